"""What an alert becomes on the log: itself, and one delivery per hook. Every key here is deterministic."""

import hashlib
from dataclasses import asdict
from datetime import datetime

from newstide.ports import Message
from newstide.records import Alert, Delivery, Rule, encode
from newstide.topics import ALERTS, DELIVERIES


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def alert_key(rule: Rule, story: str) -> str:
    """One alert per rule and story, however many of its articles match, however often they are read."""
    return "al_" + _hash("story", rule.name, story)


def window_key(rule: Rule, at: datetime) -> str:
    """The same key for a repeated write: of the span of `rule.within` seconds, counted from 1970, in which `at` lies.

    After an alert its rule is silent for as long (`Alerting`), so the next alert has another key.
    """
    return "al_" + _hash("window", rule.name, str(int(at.timestamp()) // rule.within), str(rule.within))


def delivery_id(alert: Alert, hook: str) -> str:
    """The `webhook-id`: the same for every try. It holds no full stop, which parts the signed content."""
    return "msg_" + _hash(alert.key, hook)


def render(alert: Alert, reason: str) -> bytes:
    """The body that is posted, rendered once: every try sends these bytes."""
    data = asdict(alert) | {"reason": reason}
    return encode({"type": "alert", "timestamp": alert.fired, "data": data})


def messages(alert: Alert, rule: Rule, reason: str) -> list[Message]:
    """The deliveries and then their alert, to be written in one call.

    The alert comes last, for it says that all is written: a call that was cut short is repeated.
    """
    body = render(alert, reason).decode()
    deliveries = [
        Delivery(
            id=delivery_id(alert, hook),
            alert=alert.key,
            hook=hook,
            rule=rule.name,
            body=body,
            created=alert.fired,
            next=alert.fired,
        )
        for hook in dict.fromkeys(rule.hooks)
    ]
    posted = [Message(DELIVERIES.name, delivery.id, encode(delivery)) for delivery in deliveries]
    return [*posted, Message(ALERTS.name, alert.key, encode(alert))]
