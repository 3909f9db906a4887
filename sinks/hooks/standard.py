"""Sender of Standard Webhooks 1.0.0: signed POSTs that any library of that scheme verifies."""

import base64
import hashlib
import hmac
from datetime import datetime

from newstide.clock import SystemClock
from newstide.http import Client, FetchError, Response
from newstide.ports import GONE, Clock, Sent
from newstide.retry_after import retry_after
from newstide.settings import webhook_key

# A receiver may ask for a pause, but not for longer than the schedule's longest.
LONGEST_PAUSE = 86_400.0


def sign(key: bytes, webhook_id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`."""
    digest = hmac.digest(key, f"{webhook_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(digest).decode()


class StandardWebhook:
    """A receiver at `url`. The client follows no redirect and guards against private addresses."""

    def __init__(self, url: str, secret: str, client: Client, clock: Clock | None = None) -> None:
        self._url, self._key, self._client, self._clock = url, webhook_key(secret), client, clock or SystemClock()

    def send(self, id: str, body: bytes) -> Sent:
        now = self._clock.now()
        timestamp = int(now.timestamp())
        headers = {
            "content-type": "application/json",
            "webhook-id": id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(self._key, id, timestamp, body),
        }
        try:
            response = self._client.request("POST", self._url, headers=headers, body=body)
        except FetchError as e:
            return Sent(ok=False, status=None, detail=str(e))
        return _judge(response, now)


def _judge(response: Response, now: datetime) -> Sent:
    """Only 2xx is success."""
    status = response.status
    if 200 <= status < 300:
        return Sent(ok=True, status=status, detail="delivered")
    detail = f"http {status}"
    if 300 <= status < 400:
        detail += ": redirects are not followed, set the hook's url to where it lives"
    if status == GONE:
        detail += ": the receiver wants no more"
    pause = retry_after(response.headers.get("retry-after", ""), now, LONGEST_PAUSE)
    return Sent(ok=False, status=status, detail=detail, retry_after=pause)
