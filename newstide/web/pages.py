"""The pages behind the dashboard: one entity, one topic, a search."""

from collections.abc import Mapping, Sequence
from typing import Any

from newstide.web import highlight
from newstide.web.api import Asking, NotFound
from newstide.web.assets import plotly_address
from newstide.web.charts import bars
from newstide.web.html import Html, full, html, join, number, plural, short
from newstide.web.layout import (
    TYPES,
    article_list,
    choices,
    empty,
    entity_link,
    link,
    page,
    ranking,
)
from newstide.web.parameters import cursor
from sinks import queries

SCRIPTS = ("timeline.js",)
WINDOWS = {"24h": "24 hours", "7d": "7 days", "30d": "30 days"}
# Window → (its seconds, step of the timeline).
SPANS = {"24h": (86_400, 1800), "7d": (7 * 86_400, 3 * 3600), "30d": (30 * 86_400, 12 * 3600)}
PAGE = 30
FOUND = 50  # articles of a search


def entity(asking: Asking, values: Mapping[str, Any]) -> str:
    """One entity: its timeline, what stands beside it, its articles. Raises NotFound."""
    key = queries.entity(asking.store, values["id"])
    who = queries.profile(asking.store, key) if key else None
    if who is None:
        raise NotFound(f"No article mentions {values['id']!r}.")
    now = asking.clock.now()
    window = values["window"]
    seconds, step = SPANS[window]
    steps = queries.timeline(asking.store, who["id"], now, seconds, step).dicts()
    body = html(
        '<div class="columns"><div>{head}{chart}{articles}</div><aside>{related}</aside></div>',
        head=_entity_head(who, window),
        chart=_timeline(steps, who["name"]),
        articles=_articles(asking, "/entity", {"entity": who["id"]}, values),
        related=_related(queries.related(asking.store, who["id"], now, seconds).dicts()),
    )
    return page(who["name"], body, SCRIPTS)


def topic(asking: Asking, values: Mapping[str, Any]) -> str:
    """One topic and its articles, newest first. Raises NotFound."""
    key = values["id"]
    what = queries.topic(asking.store, key)
    if what is None:
        raise NotFound(f"No article is about {key!r}.")
    body = html(
        '<p class="kicker">topic <code>{id}</code></p><h1>{name}</h1><p class="meta">{originals} and {copies} since {first}</p>'
        "{articles}",
        id=key,
        name=what["name"] or key,
        originals=plural(what["originals"], "original"),
        copies=plural(what["copies"], "copy", "copies"),
        first=full(what["first"]),
        articles=_articles(asking, "/topic", {"topic": key}, values),
    )
    return page(what["name"] or key, body)


def search(asking: Asking, words: str) -> str:
    """Articles with all the words, and the entity of that name if there is one."""
    rows = queries.search(asking.store, words, FOUND).dicts() if words.strip() else []
    key = queries.entity(asking.store, words.strip()) if words.strip() else None
    who = queries.profile(asking.store, key) if key else None
    if rows:
        count = f"The first {len(rows)} articles" if len(rows) == FOUND else plural(len(rows), "article")
        found = html(
            '<p class="note">{count}; those with all the words in their headline come first.</p>{list}',
            count=count,
            list=article_list(rows, asking.clock.now(), lambda text: highlight.found(text, words)),
        )
    else:
        found = empty(
            "Nothing found." if words.strip() else "What are you looking for?",
            "All words must stand in one article, in its title or text; case and accents do not matter.",
        )
    body = html(
        "<h1>Search{words}</h1>{who}{found}",
        words=f": {words}" if words.strip() else "",
        who=html(
            '<p class="note">{link} has a page of its own.</p>', link=entity_link(who["id"], who["name"], who["type"])
        )
        if who
        else Html(""),
        found=found,
    )
    return page(f"Search {words}", body, query=words)


def problem(title: str, why: str) -> str:
    """A page for what went wrong, in a sentence."""
    return page(title, html("<h1>{title}</h1><p>{why}</p>", title=title, why=why))


def _entity_head(who: Mapping[str, Any], window: str) -> Html:
    return html(
        '<p class="kicker">{type} <code>{id}</code></p><div class="head"><h1 dir="auto">{name}</h1>{choices}</div>'
        '<p class="meta">{originals} and {copies} since {first}</p>',
        type=TYPES.get(who["type"], who["type"]),
        id=who["id"],
        name=who["name"],
        choices=choices(WINDOWS, window, "/entity", id=who["id"]),
        originals=plural(who["originals"], "original"),
        copies=plural(who["copies"], "copy", "copies"),
        first=full(who["first"]),
    )


def _timeline(steps: Sequence[Mapping[str, Any]], name: str) -> Html:
    """The chart without script, and its numbers as a table: `timeline.js` draws from this table."""
    series = [(short(step["bucket"]), step["originals"], step["copies"]) for step in steps]
    rows = [
        html(
            '<tr><th scope="row"><time datetime="{iso}">{at}</time></th><td>{o}</td><td>{c}</td></tr>',
            iso=step["bucket"].isoformat(),
            at=short(step["bucket"]),
            o=step["originals"],
            c=step["copies"],
        )
        for step in steps
    ]
    return html(
        '<figure class="chart" data-chart="timeline" data-plotly="{plotly}"><div class="plot">{bars}</div>'
        "<details><summary>The numbers</summary><table><thead><tr><th>From</th><th>Originals</th><th>Copies</th></tr></thead>"
        "<tbody>{rows}</tbody></table></details></figure>",
        plotly=plotly_address(),
        bars=bars(series, f"Articles about {name} over time"),
        rows=join(rows),
    )


def _articles(asking: Asking, path: str, of: Mapping[str, Any], values: Mapping[str, Any]) -> Html:
    rows = queries.articles(asking.store, **of, limit=PAGE, before=values.get("before")).dicts()
    older = Html("")
    if len(rows) == PAGE:
        window = {"window": values["window"]} if "window" in values else {}
        to = link(path, id=values["id"], **window, before=cursor(rows[-1]["time"], rows[-1]["id"]))
        older = html('<p><a class="more" href="{to}">Older articles</a></p>', to=to)
    return html(
        "<section><h2>Articles</h2>{list}{older}</section>", list=article_list(rows, asking.clock.now()), older=older
    )


def _related(found: Sequence[Mapping[str, Any]]) -> Html:
    rows = [
        (entity_link(row["entity"], row["name"], row["type"]), number(row["together"]), f"{row['lift']:.1f}×")
        for row in found
    ]
    body = html("<p>Nobody and nothing in this window.</p>")
    if rows:
        body = html(
            '{table}<p class="note">Lift: how many times more often than by chance.</p>',
            table=ranking(rows, ("Beside it", "Together", "Lift")),
        )
    return html("<section><h2>Related</h2>{body}</section>", body=body)
