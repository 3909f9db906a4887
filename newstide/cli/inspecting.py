"""What `newstide inspect` prints: one article with everything that was found in it and cut from it."""

import sys
from typing import TYPE_CHECKING

from newstide.cli import output
from newstide.records import Article, public

if TYPE_CHECKING:
    from rich.text import Text

COLOURS = {"PER": "cyan", "ORG": "magenta", "LOC": "green", "MISC": "yellow"}
CUT = "red strike"


def show(article: Article, *, json: bool) -> None:
    """Coloured on a terminal; in a pipe the same words without colour."""
    if json:
        output.data(public(article))
        return
    from rich.console import Console

    console = Console(file=sys.stdout, soft_wrap=True)
    console.print(output.styled(article.title, style="bold"))
    for label, value in _facts(article):
        console.print(output.styled(f"{label:<10}", style="dim") + output.styled(value))
    console.print()
    console.print(_body(article))
    console.print()
    for (field, value), sources in _said(article).items():
        say = "says" if len(sources) == 1 else "say"
        console.print(output.styled(f"{field:<10}", style="dim") + output.styled(f"{', '.join(sources)} {say} {value}"))
    for e in article.entities:
        mentions = f"{len(e.mentions)} mentions" if len(e.mentions) > 1 else "1 mention"
        console.print(
            output.styled(f"{e.type:<5}", style=COLOURS[e.type])
            + output.styled(
                f"{output.named(e.name, (m.text for m in e.mentions))} · {e.id} · salience {e.salience:g} · {mentions}"
            )
        )
    for t in article.topics:
        console.print(output.styled("topic ", style="dim") + output.styled(f"{t.name} · {t.id} · {t.score:g}"))
    for p in article.places:
        console.print(
            output.styled("place ", style="dim")
            + output.styled(f"{p.name} · {p.country} · {p.lat:g}, {p.lon:g} · {p.role}")
        )


def _said(article: Article) -> dict[tuple[str, str], list[str]]:
    """Field and value → the witnesses that say so."""
    said: dict[tuple[str, str], list[str]] = {}
    for w in article.extraction.witnesses if article.extraction else ():
        said.setdefault((w.field, w.value), []).append(w.source)
    return said


def _facts(article: Article) -> list[tuple[str, str]]:
    d = article.dateline
    facts = [
        ("id", article.id),
        ("outlet", article.outlet),
        ("url", article.url),
        ("author", article.author),
        ("published", output.cell(article.published)),
        ("time", output.cell(article.time)),
        ("language", article.language),
        ("dateline", " · ".join(part for part in (d.place, d.date, d.agency) if part) if d else ""),
        ("page", str(article.extra.get("extraction") or article.extra.get("page") or "")),
        *_extraction(article),
        ("made by", ", ".join(f"{k} {v}" for k, v in article.made_by.items())),
    ]
    return [(label, value) for label, value in facts if value]


def _extraction(article: Article) -> list[tuple[str, str]]:
    """Whose text it is, what else the page is, and which witnesses decided."""
    how = article.extraction
    if how is None:
        return []
    return [
        ("text", f"by {how.by}, agreement {how.score:.2f}, {len(article.removed)} cut"),
        ("marks", ", ".join(how.marks)),
        ("decided", "; ".join(f"{field} by {who}" for field, who in how.won.items())),
        ("modified", output.cell(how.modified)),
        ("canonical", how.canonical if how.canonical != article.url else ""),
        ("section", how.section),
    ]


def _body(article: Article) -> "Text":
    """The text as it was before anything was cut: what goes stands in its place, with the reason."""
    from rich.text import Text

    kept = output.styled(article.text)
    for entity in article.entities:
        for mention in entity.mentions:
            if mention.field == "text":
                kept.stylize(COLOURS[entity.type], mention.start, mention.end)
    body, done = Text(), 0
    for cut in article.removed:
        before, shown, after = output.in_place(cut.reason, cut.text)
        body.append_text(kept[done : cut.at])
        body.append(before).append(shown, style=CUT).append(after)
        done = cut.at
    return body.append_text(kept[done:])
