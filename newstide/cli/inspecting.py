"""What `newstide inspect` prints: one article with everything that was found in it and cut from it."""

import sys

from newstide.cli import output
from newstide.records import Article, public

COLOURS = {"PER": "cyan", "ORG": "magenta", "LOC": "green", "MISC": "yellow"}


def show(article: Article, *, json: bool) -> None:
    """Coloured on a terminal; in a pipe the same words without colour."""
    if json:
        output.data(public(article))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=sys.stdout, soft_wrap=True)
    console.print(Text(article.title, style="bold"))
    for label, value in _facts(article):
        console.print(Text(f"{label:<10}", style="dim") + Text(value))
    console.print()
    console.print(_body(article))
    console.print()
    for cut in article.removed:
        console.print(Text(f"removed at {cut.at} ({cut.reason}): ", style="red") + Text(cut.text.strip()))
    for e in article.entities:
        mentions = f"{len(e.mentions)} mentions" if len(e.mentions) > 1 else "1 mention"
        console.print(
            Text(f"{e.type:<5}", style=COLOURS[e.type])
            + Text(f"{e.name} · {e.id} · salience {e.salience:g} · {mentions}")
        )
    for t in article.topics:
        console.print(Text("topic ", style="dim") + Text(f"{t.name} · {t.id} · {t.score:g}"))
    for p in article.places:
        console.print(Text("place ", style="dim") + Text(f"{p.name} · {p.country} · {p.lat:g}, {p.lon:g} · {p.role}"))


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
        ("made by", ", ".join(f"{k} {v}" for k, v in article.made_by.items())),
    ]
    return [(label, value) for label, value in facts if value]


def _body(article: Article) -> "object":
    from rich.text import Text

    body = Text(article.text)
    for entity in article.entities:
        for mention in entity.mentions:
            if mention.field == "text":
                body.stylize(COLOURS[entity.type], mention.start, mention.end)
    return body
