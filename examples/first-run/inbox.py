"""A webhook receiver to look at: checks the Standard Webhooks signature and keeps the last 100 deliveries."""

import base64
import binascii
import hashlib
import hmac
import json
import threading
from collections import deque
from collections.abc import Mapping
from datetime import datetime
from typing import Any

TOLERANCE = 300  # seconds between the sender's clock and ours, as the Standard Webhooks libraries allow


def verified(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether one of the `v1` signatures is HMAC-SHA256 of `id.timestamp.body` and the timestamp is fresh.

    `secret` is `whsec_` and the key in base64. Source: standardwebhooks.com, specification 1.0.
    """
    timestamp = headers.get("webhook-timestamp", "")
    if not timestamp.isdecimal() or abs(now.timestamp() - int(timestamp)) > TOLERANCE:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers.get('webhook-id', '')}.{timestamp}.".encode() + body
    expected = hmac.digest(key, signed, hashlib.sha256)
    return any(hmac.compare_digest(expected, given) for given in _signatures(headers))


def _signatures(headers: Mapping[str, str]) -> list[bytes]:
    found = []
    for version, _, value in (part.partition(",") for part in headers.get("webhook-signature", "").split()):
        if version == "v1":
            try:
                found.append(base64.b64decode(value, validate=True))
            except (binascii.Error, ValueError):
                continue
    return found


class Inbox:
    """The deliveries received, newest first. Safe from every thread."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._kept: deque[dict[str, Any]] = deque(maxlen=100)
        self._lock = threading.Lock()

    def receive(self, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
        """Keep the delivery and say whether its signature holds. Header names are in lower case."""
        good = verified(self._secret, headers, body, now)
        delivery = {"received": now.isoformat(), "webhook-id": headers.get("webhook-id"), "verified": good}
        with self._lock:
            self._kept.appendleft(delivery | {"body": _readable(body)})
        return good

    def show(self) -> bytes:
        """All that is kept, as JSON."""
        with self._lock:
            kept = list(self._kept)
        return json.dumps({"count": len(kept), "deliveries": kept}, ensure_ascii=False, indent=1).encode()


def _readable(body: bytes) -> Any:
    text = body.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except ValueError:
        return text
