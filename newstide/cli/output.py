"""What a command prints: data on stdout, talk on stderr; a table for people, JSON for programs."""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from newstide.printable import CONTROL, printable

if TYPE_CHECKING:
    from rich.text import Text

NARROWEST = 12  # characters that words keep on a narrow terminal
READABLE = 30  # characters of words; where there is no room for them, words stand on a line of their own
INDENT = "    "  # of that line
GAP = 2  # characters between two columns
AROUND = 40  # characters shown on either side of a change
BAR = 30  # characters of the longest bar
WIDEST = 60  # characters of words in one cell
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z")  # as times arrive, in JSON
TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ")


def say(text: str) -> None:
    """Talk, on stderr."""
    print(printable(text), file=sys.stderr, flush=True)


def tell(text: str = "") -> None:
    """What was asked for, in words, on stdout."""
    print(printable(text))


def styled(text: str, style: str = "") -> "Text":
    """The text for rich, in a style of its own."""
    from rich.text import Text

    return Text(printable(text), style)


def data(value: Any) -> None:
    """One JSON document on stdout."""
    text = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z).decode()
    # JSON lets DEL and C1 through as they are; escaped they mean the same.
    sys.stdout.write(CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")


def rows(found: Sequence[Mapping[str, Any]], columns: Iterable[str], empty: str, *, json: bool) -> None:
    """What a listing answers: a table for people, one JSON document where `json` is asked for."""
    data(found) if json else table(found, columns, empty)


def table(rows: Sequence[Mapping[str, Any]], columns: Iterable[str], empty: str) -> None:
    """Rows as a table; tab-separated without a terminal, so that `cut` and `sort` work on it."""
    names = list(columns)
    if not rows:
        say(empty)
    elif sys.stdout.isatty():
        _draw(rows, names)
    else:
        tell("\t".join(names))
        for row in rows:
            tell("\t".join(cell(row.get(name)).replace("\t", " ") for name in names))


def change(text: str, found: Mapping[str, Any], head: str) -> None:
    """A change of words with those around it: in colour on a terminal, else `[-out-]{+into+}` as wdiff writes it."""
    at = found["at"]
    end = at + len(found["into"])
    before, after = text[max(0, at - AROUND) : at], text[end : end + AROUND]
    parts = [(head + ("…" if at > AROUND else "") + before, "", "", ""), (found["out"], "[-", "-]", "red strike")]
    parts += [(found["into"], "{+", "+}", "green"), (after + ("…" if end + AROUND < len(text) else ""), "", "", "")]
    shown = [(" ".join(words.split("\n")), *more) for words, *more in parts if words]
    if not sys.stdout.isatty():
        tell("".join(f"{left}{words}{right}" for words, left, right, _ in shown))
        return
    from rich.console import Console
    from rich.text import Text

    Console().print(Text.assemble(*(styled(words, style) for words, _, _, style in shown)))


def named(name: str, wordings: Iterable[str]) -> str:
    """A name, and in what other words it stood there: `Syrian Democratic Forces (SDF)`."""
    others = sorted({words for words in wordings if words.casefold() != name.casefold()})
    return f"{name} ({', '.join(others)})" if others else name


def in_place(reason: str, cut: str) -> tuple[str, str, str]:
    """What was cut, to stand where it stood: the blanks before it, `[appeal: …]`, the blanks after it."""
    cut = printable(cut)
    words = cut.strip()
    before, _, after = cut.partition(words) if words else (cut, "", "")
    return before, f"[{reason}: {words}]", after


def bar(value: int, most: int) -> str:
    return "█" * -(-value * BAR // max(most, 1))


def cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%SZ}"
    if isinstance(value, list | tuple):
        return ", ".join(cell(item.get("name") if isinstance(item, dict) else item) for item in value)
    if isinstance(value, float):
        return f"{value:g}"
    text = str(value)
    found = MOMENT.fullmatch(text)
    return f"{found[1]} {found[2]}Z" if found else text


def _draw(rows: Sequence[Mapping[str, Any]], names: list[str]) -> None:
    from rich.cells import cell_len
    from rich.console import Console

    cells = [[printable(cell(row.get(name))).replace("\n", " ") for name in names] for row in rows]
    columns = list(zip(*cells, strict=True))
    numbers = [all(isinstance(row.get(name), int | float) for row in rows) for name in names]
    words = [any(" " in text and not TIME.fullmatch(text) for text in column) for column in columns]
    needed = [max(map(cell_len, (name, *column))) for name, column in zip(names, columns, strict=True)]
    room = Console().width
    widths = _widths(needed, words, room)
    readable = all(have >= min(want, READABLE) for have, want, cut in zip(widths, needed, words, strict=True) if cut)
    lines = [(names, "bold"), *((row, "") for row in cells)]
    for texts, style in lines:
        for line in _lines(texts, widths, numbers, [cut and not readable for cut in words], room):
            # One that is still too long is folded by the terminal: an id in two parts can be copied, half an id cannot.
            Console(width=max(room, cell_len(line)), highlight=False).print(styled(line, style))


def _lines(
    texts: Sequence[str], widths: Sequence[int], right: Sequence[bool], below: Sequence[bool], room: int
) -> list[str]:
    """A row as one line; what is `below` on a second one, which has the whole width."""
    kept = [
        _padded(text, width, right=number)
        for text, width, number, under in zip(texts, widths, right, below, strict=True)
        if not under
    ]
    under = (" " * GAP).join(text for text, under in zip(texts, below, strict=True) if under and text)
    first = (" " * GAP).join(kept).rstrip() if any(below) else (" " * GAP).join(kept)
    return [first, *([INDENT + _cut(under, room - len(INDENT))] if under else [])]


def _padded(text: str, width: int, *, right: bool) -> str:
    from rich.cells import cell_len

    text = _cut(text, width)
    blanks = " " * (width - cell_len(text))
    return blanks + text if right else text + blanks


def _cut(text: str, width: int) -> str:
    """The text, or its beginning and `…`, in so many columns of a terminal."""
    from rich.cells import cell_len, set_cell_size

    return text if cell_len(text) <= width else set_cell_size(text, width - 1).rstrip() + "…"


def _widths(needed: Sequence[int], words: Sequence[bool], room: int) -> list[int]:
    """What each column takes. Where there is no room for all, words are cut, the longest first; ids, numbers, addresses
    and times never are, for they are there to be copied.
    """
    widths = [min(width, WIDEST) if cut else width for width, cut in zip(needed, words, strict=True)]
    shrinking = [n for n, cut in enumerate(words) if cut]
    while shrinking and _line(widths) > room:
        longest = max(shrinking, key=widths.__getitem__)
        if widths[longest] <= NARROWEST:
            break
        widths[longest] -= 1
    return widths


def _line(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)
