"""The dashboard's side: the ledger, the alerts, the feeds."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from newstide.web.html import Html, ago, html, join, number, plural
from newstide.web.layout import empty, link_to

WELL = {"ok", "unchanged"}
# A feed without anything new for a day is worth a look, though some are slow by nature.
SILENT_AFTER = timedelta(days=1)
REASONS_SHOWN = 6


def ledger_section(rows: Sequence[Mapping[str, Any]], in_flight: int) -> Html:
    """Entered = stored + dropped + dead + erased + in flight, each with its reasons."""
    totals = {outcome: _total(rows, outcome) for outcome in ("stored", "dropped", "dead", "erased")}
    entered = sum(totals.values()) + in_flight
    lines = [_line(outcome, totals[outcome], _reasons(rows, outcome)) for outcome in totals if totals[outcome]]
    return html(
        '<section id="ledger"><div class="head"><h2>Ledger</h2><p>every article accounted for</p></div>'
        '<table class="ledger"><tbody><tr class="sum"><th scope="row">Entered</th><td class="num">{entered}</td></tr>'
        "{lines}{flight}</tbody></table></section>",
        entered=number(entered),
        lines=join(lines),
        flight=_line("in flight", in_flight, Html("")),
    )


def alerts_section(rows: Sequence[Mapping[str, Any]], disabled: Sequence[str], now: datetime) -> Html:
    """The newest alerts and what came of their deliveries; before them the hooks that are disabled."""
    warnings = [
        html(
            '<p class="warning"><b>The hook {hook} is disabled:</b> its receiver answered 410 Gone. '
            "<code>newstide alerts enable {hook}</code> calls it again.</p>",
            hook=hook,
        )
        for hook in disabled
    ]
    body = (
        html('<ol class="alerts">{items}</ol>', items=join(_alert(row, now) for row in rows))
        if rows
        else empty("No alerts.", "Let a rule watch for you:", "newstide alerts --help")
    )
    return html(
        '<section id="alerts"><div class="head"><h2>Alerts</h2></div>{warnings}{body}</section>',
        warnings=join(warnings),
        body=body,
    )


def feeds_section(rows: Sequence[Mapping[str, Any]], now: datetime) -> Html:
    """Feeds by health: what fails and why, what is silent, then the rest folded away."""
    if not rows:
        body = empty(
            "No feeds yet.", "Add one, or a whole list:", "newstide feeds add https://…\nnewstide feeds import my.opml"
        )
        return html('<section id="feeds"><div class="head"><h2>Feeds</h2></div>{body}</section>', body=body)
    groups: dict[str, list[Mapping[str, Any]]] = {"failing": [], "silent": [], "well": [], "not yet read": []}
    for row in rows:
        groups[feed_health(row, now)].append(row)
    told = " · ".join(f"{len(found)} {name}" for name, found in groups.items() if found)
    return html(
        '<section id="feeds"><div class="head"><h2>Feeds</h2><p>{told}</p></div>{bad}{rest}</section>',
        told=told,
        bad=_feeds(groups["failing"] + groups["silent"], now),
        rest=_folded(groups["well"] + groups["not yet read"], now),
    )


def feed_health(row: Mapping[str, Any], now: datetime) -> str:
    """`failing`, `silent`, `well` or `not yet read`."""
    if row["status"] == "not yet read":
        return "not yet read"
    if row["status"] not in WELL:
        return "failing"
    return "well" if row["last_new"] and now - row["last_new"] < SILENT_AFTER else "silent"


def _total(rows: Sequence[Mapping[str, Any]], outcome: str) -> int:
    return sum(row["count"] for row in rows if row["outcome"] == outcome)


def _reasons(rows: Sequence[Mapping[str, Any]], outcome: str) -> Html:
    found = [row for row in rows if row["outcome"] == outcome and row["reason"]]
    items = [
        html("<li>{stage}: {reason} <b>{n}</b></li>", stage=row["stage"], reason=row["reason"], n=number(row["count"]))
        for row in found[:REASONS_SHOWN]
    ]
    if len(found) > REASONS_SHOWN:
        rest = sum(row["count"] for row in found[REASONS_SHOWN:])
        items.append(html("<li>other reasons <b>{n}</b></li>", n=number(rest)))
    return html("<ul>{items}</ul>", items=join(items)) if items else Html("")


def _line(name: str, count: int, reasons: Html) -> Html:
    return html(
        '<tr data-key="{name}"><th scope="row">{label}{reasons}</th><td class="num">{n}</td></tr>',
        name=name,
        label=name.capitalize(),
        reasons=reasons,
        n=number(count),
    )


def _alert(row: Mapping[str, Any], now: datetime) -> Html:
    to = link_to("story", row["story"]) if row["story"] else link_to("article", row["article"])
    state, label = _delivery(row)
    return html(
        '<li data-key="{key}"><p class="meta"><b><bdi>{rule}</bdi></b> {age} <span class="state {state}">{label}</span></p>'
        '<a href="{to}" dir="auto">{title}</a>{count}</li>',
        key=row["key"],
        rule=row["rule"],
        age=ago(row["fired"], now),
        state=state,
        label=label,
        to=to,
        title=row["title"] or "(no title)",
        count=html(" <small>{n}</small>", n=plural(row["count"], "article")) if row["count"] > 1 else Html(""),
    )


def _delivery(row: Mapping[str, Any]) -> tuple[str, str]:
    if row["failed"]:
        return "bad", f"{row['failed']} of {row['hooks']} failed"
    if row["pending"]:
        return "wait", f"{row['pending']} of {row['hooks']} waiting"
    return ("good", "delivered") if row["hooks"] else ("none", "no hook")


def _feeds(rows: Sequence[Mapping[str, Any]], now: datetime) -> Html:
    return html('<ul class="feeds">{items}</ul>', items=join(_feed(row, now) for row in rows)) if rows else Html("")


def _folded(rows: Sequence[Mapping[str, Any]], now: datetime) -> Html:
    if not rows:
        return Html("")
    return html(
        "<details><summary>{n} without trouble</summary>{feeds}</details>",
        n=plural(len(rows), "feed"),
        feeds=_feeds(rows, now),
    )


def _feed(row: Mapping[str, Any], now: datetime) -> Html:
    health = feed_health(row, now)
    state = {"failing": "bad", "silent": "wait", "well": "good"}.get(health, "none")
    return html(
        '<li data-key="{url}"><p><span class="state {state}">{status}</span> <a href="{url:href}" rel="noopener noreferrer"'
        ' dir="auto">{title}</a></p><p class="meta">{told}</p></li>',
        url=row["url"],
        state=state,
        status="silent" if health == "silent" else row["status"],
        title=row["title"] or row["url"],
        told=_told(row, health, now),
    )


def _told(row: Mapping[str, Any], health: str, now: datetime) -> Html:
    if health == "failing":
        return html(
            "{detail}{times}, last good {age}",
            detail=row["detail"] + " · " if row["detail"] else "",
            times=plural(row["failures"], "try", "tries") + " failed",
            age=ago(row["last_ok"], now),
        )
    if health == "not yet read":
        return Html("waiting for its first turn")
    counts = f"{row['seen']} seen, {row['published']} new"
    return html(
        "last new item {new} · {counts} · read {age}",
        new=ago(row["last_new"], now),
        counts=counts,
        age=ago(row["checked"], now),
    )
