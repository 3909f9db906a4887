"""The frame of every page, and the pieces that several pages share."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from newstide.web.assets import address
from newstide.web.html import Html, ago, html, join, language, plural

TYPES = {"PER": "person", "ORG": "organisation", "LOC": "place", "MISC": "other"}


def page(title: str, main: Html, scripts: Sequence[str] = (), query: str = "") -> str:
    """A whole document. `main` is what stands inside `<main>`.

    The id and class of the stylesheet tell plotly that it need not write styles of its own.
    """
    return html(
        """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title} · Newstide</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="{icon}" type="image/svg+xml">
<link id="plotly.js-style-global" class="no-inline-styles" rel="stylesheet" href="{style}">
{scripts}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<a class="mark" href="/">Newstide</a>
<form role="search" action="/search"><input type="search" name="q" value="{query}" placeholder="Search the news"
 aria-label="Search the news"><button>Search</button></form>
<p id="live" class="live" role="status"></p>
</header>
<main id="main">{main}</main>
<footer><p>Counted on originals; copies stand beside. All times in UTC.</p>
<nav aria-label="Machine-readable"><a href="/openapi.json">API</a> <a href="/metrics">Metrics</a>
 <a href="/readyz">Ready?</a></nav></footer>
</body>
</html>
""",
        title=title,
        main=main,
        query=query,
        icon=address("favicon.svg"),
        style=address("style.css"),
        scripts=join(html('<script src="{src}" defer></script>', src=address(name)) for name in scripts),
    )


def entity_link(key: str, name: str, kind: str = "") -> Html:
    return html(
        '<a class="entity {kind}" href="{to}" dir="auto">{name}</a>',
        kind=kind.lower(),
        to=link("/entity", id=key),
        name=name,
    )


def topic_link(key: str, name: str) -> Html:
    return html('<a href="{to}">{name}</a>', to=link("/topic", id=key), name=name or key)


def region(code: str, of: str = "") -> Html:
    """A country by its code (ISO 3166-1 alpha-2), which `regions.js` puts into words; after the name of a place, `of`, that
    is not the country itself.
    """
    return html('<data class="region" value="{code}" data-of="{of}">{code}</data>', code=code, of=of)


def link(path: str, **query: object) -> str:
    """An address of ours with its query."""
    return path + ("?" + urlencode(query) if query else "")


def link_to(kind: str, key: str) -> str:
    """The page of an article or a story."""
    return f"/{kind}/{quote(key, safe='')}"


def choices(options: Mapping[str, str], chosen: str, base: str, **query: object) -> Html:
    """Links between windows; the chosen one is marked."""
    parts = [
        html(
            '<a href="{to}"{current}>{label}</a>',
            to=link(base, **query, window=key),
            label=label,
            current=Html(' aria-current="true"' if key == chosen else ""),
        )
        for key, label in options.items()
    ]
    return html('<nav class="choices" aria-label="Window">{parts}</nav>', parts=join(parts))


def article_list(rows: Sequence[Mapping[str, Any]], now: datetime, show: Callable[[str], Html | str] = str) -> Html:
    """Articles as a list of headlines; `show` may mark something in headline and summary."""
    return html('<ol class="articles">{items}</ol>', items=join(_article(row, now, show) for row in rows))


def relation(row: Mapping[str, Any]) -> Html:
    """What an article is to others, where it is no original."""
    if row["relation"] in {"", "original"}:
        return Html("")
    return html(' <span class="tag {kind}">{kind}</span>', kind=row["relation"])


def empty(what: str, todo: str, command: str = "") -> Html:
    """An empty state that says what to do."""
    code = html("<pre><code>{command}</code></pre>", command=command) if command else Html("")
    return html('<div class="empty"><p><b>{what}</b> {todo}</p>{code}</div>', what=what, todo=todo, code=code)


def ranking(rows: Iterable[tuple[Html, *tuple[object, ...]]], head: Sequence[str] = ()) -> Html:
    """A table of names, each with its numbers; `head` names the columns."""
    lines = [
        html(
            '<tr><th scope="row">{name}</th>{numbers}</tr>',
            name=name,
            numbers=join(html('<td class="num">{n}</td>', n=n) for n in numbers),
        )
        for name, *numbers in rows
    ]
    titles = [html('<th scope="col">{title}</th>', title=title) for title in head[:1]]
    titles += [html('<th scope="col" class="num">{title}</th>', title=title) for title in head[1:]]
    return html(
        '<table class="related">{head}<tbody>{lines}</tbody></table>',
        head=html("<thead><tr>{titles}</tr></thead>", titles=join(titles)) if head else "",
        lines=join(lines),
    )


def counts(originals: int, derived: int, copies: int) -> str:
    """`3 originals, 1 derived, 4 copies`, without what there is none of."""
    parts = [plural(originals, "original")] if originals else []
    parts += [f"{derived} derived"] if derived else []
    parts += [plural(copies, "copy", "copies")] if copies else []
    return ", ".join(parts)


def _article(row: Mapping[str, Any], now: datetime, show: Callable[[str], Html | str]) -> Html:
    return html(
        '<li data-key="{id}"><a class="headline" href="{to}" dir="auto"{lang}>{title}</a>'
        '<p class="meta"><b><bdi>{outlet}</bdi></b> {age}{relation}</p><p class="summary" dir="auto"{lang}>{summary}</p></li>',
        id=row["id"],
        to=link_to("article", row["id"]),
        lang=language(row["language"]),
        title=show(row["title"]) if row["title"] else "(no title)",
        outlet=row["outlet"],
        age=ago(row["time"], now),
        relation=relation(row),
        summary=show(row["summary"]),
    )
