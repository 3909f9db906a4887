"""Alert rules, what they raised, and what became of its delivery."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from newstide.app import App
from newstide.errors import UsageError
from newstide.records import Delivery, Rule, decode
from newstide.settings import Settings
from newstide.topics import DELIVERIES
from sinks import queries
from sinks.hooks import rules
from sinks.hooks.outbox import UNKNOWN, Outbox, tries
from sinks.hooks.windows import backtest


def imported(app: App, *, path: str) -> dict[str, Any]:
    """Take the rules of a file; one of the same name is replaced. `silent`: those that call no hook."""
    found = rules.read(Path(path), app.settings.hooks, _is_topic(app.settings))
    rules.put(app.log, found)
    return {"imported": [rule.name for rule in found], "silent": [rule.name for rule in found if not rule.hooks]}


def removed(app: App, *, name: str) -> dict[str, Any]:
    if not rules.remove(app.log, name):
        raise UsageError(f"no rule {name!r}; `newstide alerts rules` shows them")
    return {"removed": name}


def listed(app: App) -> list[dict[str, Any]]:
    return [asdict(rule) for rule in rules.load(app.log)]


def raised(app: App, *, limit: int) -> Any:
    return queries.alerts(app.store, limit).dicts()


def deliveries(app: App, *, limit: int) -> list[dict[str, Any]]:
    """The delivery log, newest first, with what is remembered of each: `tries` counts where its receiver was called."""
    found = [decode(value, Delivery) for value in app.log.latest(DELIVERIES.name).values()]
    found.sort(key=lambda d: (d.created, d.id), reverse=True)
    return [{k: v for k, v in asdict(d).items() if k != "body"} | {"tries": tries(d)} for d in found[:limit]]


def resend(app: App, *, id: str) -> dict[str, Any]:
    """Make a delivery due now, with the same webhook-id and bytes; the running service sends it."""
    return {"status": Outbox(app.log, {}, app.clock).resend(id).status, "id": id}


def hooks(app: App) -> list[str]:
    """The hooks of the settings."""
    return sorted(app.settings.hooks)


def disabled(app: App) -> list[str]:
    """The hooks of the settings whose receivers answered 410 Gone."""
    return Outbox(app.log, {}, app.clock).disabled(app.settings.hooks)


def enable(app: App, *, hook: str) -> dict[str, Any]:
    """Call a hook again that answered 410 Gone; the running service sends what it missed. Raises UsageError."""
    if hook not in app.settings.hooks:
        raise UsageError(f"{UNKNOWN}: {hook!r}")
    return {"hook": hook, "deliveries": Outbox(app.log, {}, app.clock).enable(hook)}


def backtested(app: App, *, path: str, hours: float) -> list[dict[str, Any]]:
    """What the rules of a file would have raised over the last hours."""
    now = app.clock.now()
    found = rules.read(Path(path), is_topic=_is_topic(app.settings))
    return [_tried(app, rule, now - timedelta(hours=hours), now) for rule in found]


def _is_topic(settings: Settings) -> Callable[[str], bool]:
    """Of the topics that an article may have, IPTC's and the user's own."""
    from streams.enrich.words import table
    from streams.match import is_topic, topic_keys

    known = {
        key for name in ("topics", "subtopics") for row in table(name) for key in topic_keys(row["id"], row["name"])
    }
    known |= {key for id, name, _ in settings.own_topics for key in topic_keys(id, name)}
    return partial(is_topic, known=known)


def _tried(app: App, rule: Rule, since: datetime, until: datetime) -> dict[str, Any]:
    try:
        return {"rule": rule.name, "alerts": backtest(rule, app.store, since, until)}
    except UsageError as e:
        return {"rule": rule.name, "alerts": [], "note": str(e)}


OPERATIONS: dict[str, Callable[..., Any]] = {
    "alerts.import": imported,
    "alerts.remove": removed,
    "alerts.rules": listed,
    "alerts.list": raised,
    "alerts.deliveries": deliveries,
    "alerts.resend": resend,
    "alerts.hooks": hooks,
    "alerts.disabled": disabled,
    "alerts.enable": enable,
    "alerts.backtest": backtested,
}
