"""The dashboard: what rises, what is told, and how the service itself is."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from newstide.web.api import Asking
from newstide.web.charts import sparkline
from newstide.web.health import Health
from newstide.web.html import Html, ago, full, html, join, language, number, plural
from newstide.web.layout import TYPES, choices, empty, entity_link, link_to, topic_link
from newstide.web.sidebar import alerts_section, feeds_section, ledger_section
from sinks import queries

WINDOWS = {"1h": "last hour", "6h": "6 hours", "24h": "24 hours"}
# Window → (its seconds, span of the small charts, their step): 48 steps each.
SPANS = {"1h": (3600, 86_400, 1800), "6h": (21_600, 3 * 86_400, 5400), "24h": (86_400, 8 * 86_400, 14_400)}
STORIES_SINCE = timedelta(days=1)
LISTED = 20
TOPICS = 8


def main(asking: Asking, window: str) -> Html:
    """What stands inside `<main>`; it changes only when the store or the minute does."""
    now, health = asking.clock.now(), asking.health()
    feeds = queries.feeds(asking.store).dicts()
    return join(
        [
            _status(health),
            html(
                '<div class="columns"><div>{rising}{stories}</div><aside>{topics}{ledger}{alerts}{feeds}</aside></div>',
                rising=_rising(asking, window, now),
                stories=_stories(asking, now, bool(feeds)),
                topics=_topics(asking, now),
                ledger=ledger_section(queries.ledger(asking.store).dicts(), health.in_flight),
                alerts=alerts_section(queries.alerts(asking.store, 12).dicts(), health.disabled, now),
                feeds=feeds_section(feeds, now),
            ),
        ]
    )


def _status(health: Health) -> Html:
    wrong = [f"{role} {state}" for role, state in health.roles.items() if state != "running"]
    if health.ready and not wrong:
        return html(
            '<h1 class="sub">What the news is about <span>complete until {until}</span></h1>',
            until=full(health.complete_until),
        )
    return html(
        '<h1 class="sub">What the news is about</h1><p class="warning" role="alert"><b>{what}</b> {why}</p>',
        what="Not everything runs." if health.ready else "Not ready yet.",
        why=", ".join([*health.missing, *wrong]),
    )


def _topics(asking: Asking, now: datetime) -> Html:
    rows = queries.topics(asking.store, now, int(STORIES_SINCE.total_seconds()), TOPICS).dicts()
    if not rows:
        return Html("")
    items = [
        html(
            '<tr><th scope="row">{topic}</th><td class="num">{n}</td><td class="num soft">{copies}</td></tr>',
            topic=topic_link(row["topic"], row["name"]),
            n=number(row["originals"]),
            copies=f"+{number(row['reach'])}" if row["reach"] else "",
        )
        for row in rows
    ]
    return html(
        '<section id="topics"><div class="head"><h2>Topics</h2><p>originals of the last 24 hours</p></div>'
        '<table class="ledger"><tbody>{items}</tbody></table></section>',
        items=join(items),
    )


def _rising(asking: Asking, window: str, now: datetime) -> Html:
    seconds, span, step = SPANS[window]
    rows = queries.rising(asking.store, now, window=seconds, limit=LISTED).dicts()
    lines = queries.sparklines(asking.store, [row["entity"] for row in rows], now, span, step)
    items = [_risen(row, lines[row["entity"]], seconds // step, span) for row in rows]
    body = (
        html(
            '<table class="rising"><thead><tr><th scope="col">Who or what</th><th scope="col" class="chart">{span}</th>'
            '<th scope="col" class="num">Originals</th><th scope="col" class="num">Copies</th>'
            '<th scope="col" class="num usual">Usually</th></tr></thead><tbody>{items}</tbody></table>',
            span=f"Last {span // 86_400} days" if span > 86_400 else "Last 24 hours",
            items=join(items),
        )
        if items
        else empty(
            "Nothing rises.",
            "An entity rises when at least two originals name it, more than is usual for it. Try a longer window.",
        )
    )
    return html(
        '<section id="rising"><div class="head"><h2>Rising</h2>{choices}</div>{body}</section>',
        choices=choices(WINDOWS, window, "/"),
        body=body,
    )


def _risen(row: Mapping[str, Any], line: Sequence[int], recent: int, span: int) -> Html:
    label = f"{sum(line)} originals in {span // 3600} hours, at most {max(line, default=0)} in one step"
    return html(
        '<tr data-key="{key}"><th scope="row">{entity} <small>{type} · {outlets}</small></th><td class="chart">{chart}</td>'
        '<td class="num big">{now}</td><td class="num">{copies}</td><td class="num usual">{usual}</td></tr>',
        key=row["entity"],
        entity=entity_link(row["entity"], row["name"], row["type"]),
        type=TYPES.get(row["type"], row["type"]),
        outlets=plural(row["outlets"], "outlet"),
        chart=sparkline(line, label, recent),
        now=number(row["now"]),
        copies=f"+{number(row['copies'])}" if row["copies"] else "",
        usual=_usual(row["expected"]),
    )


def _usual(expected: float) -> str:
    return "new" if expected == 0 else f"{expected:.1f}" if expected >= 0.1 else "< 0.1"


def _stories(asking: Asking, now: datetime, has_feeds: bool) -> Html:
    rows = queries.stories(asking.store, active_since=now - STORIES_SINCE, limit=LISTED).dicts()
    return html(
        '<section id="stories"><div class="head"><h2>Stories</h2><p>most told in the last 24 hours</p></div>{body}</section>',
        body=html('<ol class="stories">{items}</ol>', items=join(_story(row, now) for row in rows))
        if rows
        else _no_stories(has_feeds),
    )


def _no_stories(has_feeds: bool) -> Html:
    if has_feeds:
        return empty("No stories in the last day.", "They appear seconds after a feed brings something new.")
    return empty("No feeds yet.", "Give Newstide something to read:", "newstide feeds import my.opml")


def _story(row: Mapping[str, Any], now: datetime) -> Html:
    more = row["outlets"] - len(row["by"])
    return html(
        '<li data-key="{key}"><p class="count"><b>{told}</b>{copies}</p><div>'
        '<a class="headline" href="{to}" dir="auto"{lang}>{headline}</a>'
        '<p class="meta">{age} · {by}{more}</p><p class="entities">{entities}</p></div></li>',
        key=row["story"],
        told=number(row["originals"] + row["derived"]),
        copies=html("<small>+{n}</small>", n=plural(row["copies"], "copy", "copies")) if row["copies"] else Html(""),
        to=link_to("story", row["story"]),
        lang=language(row["language"]),
        headline=row["headline"] or "(no title)",
        age=ago(row["last"], now),
        by=join((html("<bdi>{name}</bdi>", name=name) for name in row["by"]), ", "),
        more=f" and {plural(more, 'more', 'more')}" if more > 0 else "",
        entities=join((entity_link(entity["id"], entity["name"], entity["type"]) for entity in row["entities"]), " "),
    )
