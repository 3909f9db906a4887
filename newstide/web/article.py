"""The page of one article: its text, what was found in it, what was cut from it, and where it came from."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from newstide.web import highlight
from newstide.web.api import Asking, NotFound
from newstide.web.html import Html, ago, full, html, join, language
from newstide.web.layout import article_list, entity_link, link_to, page, ranking, region, topic_link
from sinks import queries

Row = Mapping[str, Any]


def article(asking: Asking, key: str) -> str:
    """One article. Raises NotFound."""
    found = queries.article(asking.store, key)
    if found is None:
        raise NotFound(f"There is no article {key!r}.")
    now = asking.clock.now()
    body = html(
        '<div class="columns"><article>{head}<div class="text">{text}</div>{versions}</article>'
        "<aside>{entities}{topics}{places}{siblings}{origin}</aside></div>",
        head=_head(found, now),
        text=highlight.body(found["text"], found["mentions"], found["removed"], found["language"]),
        versions=_versions(found["versions"], now),
        entities=_entities(found["mentions"]),
        topics=_list("Topics", [_topic(row) for row in found["topics"]]),
        places=_list("Places", [_place(row) for row in found["places"]]),
        siblings=html("<section><h2>Same story</h2>{list}</section>", list=article_list(found["siblings"], now))
        if found["siblings"]
        else Html(""),
        origin=_origin(found),
    )
    return page(found["title"] or "Article", body, ("regions.js",))


def _head(row: Row, now: datetime) -> Html:
    return html(
        '<p class="kicker"><bdi>{outlet}</bdi>{author}</p><h1 dir="auto"{lang}>{title}</h1>'
        '<p class="meta">{age} · {language}{dateline} · {kind}{story} · <a href="{url:href}" rel="noopener noreferrer">'
        "at the publisher’s</a></p>",
        outlet=row["outlet"],
        author=html(" · <bdi>{name}</bdi>", name=row["author"]) if row["author"] else Html(""),
        lang=language(row["language"]),
        title=highlight.marked(row["title"], row["mentions"]) if row["title"] else "(no title)",
        age=ago(row["time"], now),
        language=row["language"] or "und",
        dateline=f" · from {row['dateline_place']}" if row["dateline_place"] else "",
        kind=_kind(row, row["lineage"]),
        story=html(' · <a href="{to}">its story</a>', to=link_to("story", row["story"])) if row["story"] else Html(""),
        url=row["url"],
    )


def _kind(row: Row, lineage: Row) -> Html:
    """What it is to others, whose text it is, and why that is known."""
    if row["relation"] in {"copy", "derived"} and row["of"]:
        return html(
            '{text} <a href="{to}"><bdi>{whose}</bdi></a>{why}',
            text="a copy of" if row["relation"] == "copy" else "derived from",
            to=link_to("article", row["of"]),
            whose=lineage["original"]["outlet"] if lineage["original"] else "another article",
            why=f" ({lineage['evidence']})" if lineage["evidence"] else "",
        )
    return html("{text}", text=row["relation"] or "not resolved")


def _versions(versions: Sequence[Row], now: datetime) -> Html:
    if len(versions) < 2:
        return Html("")
    items = [
        html(
            '<details><summary>Version {n}, {age}: <span dir="auto">{title}</span></summary><div class="text">{text}</div></details>',
            n=row["version"],
            age=ago(row["fetched"], now),
            title=row["title"],
            text=highlight.body(row["text"], [], row["removed"], row["language"]),
        )
        for row in reversed(versions)
    ]
    return html("<section><h2>Versions</h2>{items}</section>", items=join(items))


def _entities(mentions: Sequence[Row]) -> Html:
    if not mentions:
        return Html("")
    rows = [(entity_link(row["entity"], row["name"], row["type"]), row["count"]) for row in mentions]
    return html("<section><h2>Who and what</h2>{table}</section>", table=ranking(rows, ("Entity", "Mentions")))


def _topic(row: Row) -> Html:
    return html("{link} {score:.2f}", link=topic_link(row["topic"], row["name"]), score=row["score"])


def _place(row: Row) -> Html:
    return html(
        "{name}{within}{role}",
        name=row["name"],
        within=region(row["country"], of=row["name"]) if row["country"] else "",
        role=f" ({row['role']})" if row["role"] else "",
    )


def _list(title: str, items: Sequence[Html]) -> Html:
    if not items:
        return Html("")
    return html(
        '<section><h2>{title}</h2><ul class="plain">{items}</ul></section>',
        title=title,
        items=join(html('<li dir="auto">{item}</li>', item=item) for item in items),
    )


def _origin(row: Row) -> Html:
    at = f"{row['origin_partition']}:{row['origin_offset']}" if row["origin_offset"] is not None else "unknown"
    facts = {
        "Id": row["id"],
        "Entered": f"articles.raw {at}",
        "Fetched": full(row["fetched"]),
        "Published": full(row["published"]) if row["published"] else "not said",
        "Feed": row["feed"] or "none",
        "Made by": ", ".join(f"{name} {version}" for name, version in row["made_by"].items()) or "unknown",
        "Extra": orjson.dumps(row["extra"]).decode() if row["extra"] else "none",
    }
    items = join(html("<dt>{name}</dt><dd>{fact}</dd>", name=name, fact=fact) for name, fact in facts.items())
    return html('<section><h2>Where it came from</h2><dl class="facts">{items}</dl></section>', items=items)
