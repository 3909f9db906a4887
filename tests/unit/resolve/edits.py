"""What outlets do to an agency's text. Each takes (title, text) and gives (title, text)."""

import re
from collections.abc import Callable

Edit = Callable[[str, str], tuple[str, str]]


def new_headline(title: str, text: str) -> tuple[str, str]:
    return f"Morning briefing: {title.split(maxsplit=1)[0]} and what it means", text


def dropped_dateline(title: str, text: str) -> tuple[str, str]:
    return title, re.sub(r"\A[^\n]{0,60}?\s?(?: - |——)", "", text)


def cut_tail(title: str, text: str) -> tuple[str, str]:
    paragraphs = text.split("\n")
    return title, "\n".join(paragraphs[: (len(paragraphs) + 1) // 2 + 1])


def merged_paragraphs(title: str, text: str) -> tuple[str, str]:
    return title, text.replace("\n", " ")


def house_style(title: str, text: str) -> tuple[str, str]:
    for ours, theirs in [
        ('"', "”"),
        ("per cent", "percent"),
        (" - ", " — "),
        ("two", "2"),
        ("said", "told us"),
        ("«", '"'),
    ]:
        text = text.replace(ours, theirs)
    return title.upper(), text


def local_lead(title: str, text: str) -> tuple[str, str]:
    return title, "Our region follows the matter closely, as many families here have relatives there.\n" + text


def trimmed_quote(title: str, text: str) -> tuple[str, str]:
    paragraphs = text.split("\n")
    return title, "\n".join(p for i, p in enumerate(paragraphs) if i != 2)


def renumbered(title: str, text: str) -> tuple[str, str]:
    """Not a copy: the same form filled in with other figures."""
    return title, re.sub(r"\d+", lambda m: str(int(m[0]) + 7), text)


COPIES: tuple[Edit, ...] = (
    new_headline,
    dropped_dateline,
    cut_tail,
    merged_paragraphs,
    house_style,
    local_lead,
    trimmed_quote,
)
