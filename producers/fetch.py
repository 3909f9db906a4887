"""One look at a feed: what to ask, and what the answer means. What goes wrong is a value, never raised."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from newstide import metrics
from newstide.http import Client, FetchError, Response
from newstide.retry_after import retry_after
from newstide.settings import Fetch

ACCEPT = {
    "feed": "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5",
    "page": "text/html, application/xhtml+xml, */*;q=0.5",
}
LONGEST_WAIT = 7 * 86_400  # seconds; a Retry-After beyond a week is a mistake

Answer = Response | FetchError


@dataclass(frozen=True, slots=True)
class Request:
    """A request to make."""

    url: str
    kind: Literal["feed", "page"]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fresh:
    """A body. `url` is where it came from after redirects; `moved`: where the feed lives for good by now."""

    body: bytes
    etag: str | None
    modified: str | None
    content_type: str
    url: str
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The body is still the one that the validators name. `url`, `moved`: as of a body."""

    url: str
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Limited:
    """The host asks to wait `retry_after` seconds; `reason` is `http 429` or `http 503`."""

    retry_after: float
    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """No body. `gone` is true where the host says that the feed will not return (410)."""

    reason: str
    detail: str = ""
    gone: bool = False


Result = Fresh | Unchanged | Limited | Failed


def client(settings: Fetch) -> Client:
    """The guarded client of the producers."""
    return Client(
        allow_private=settings.allow_private,
        user_agent=settings.user_agent,
        timeout=settings.timeout,
        max_bytes=settings.max_bytes,
    )


def conditional(etag: str | None, modified: str | None) -> dict[str, str]:
    """Headers that ask for the body only if it changed since these validators (RFC 9110, section 13.1)."""
    asked = {"if-none-match": etag, "if-modified-since": modified}
    return {name: value for name, value in asked.items() if value and value.isascii() and value.isprintable()}


def get(client: Client, request: Request) -> Answer:
    """What the request came to, counted."""
    answer: Answer
    try:
        answer = client.request("GET", request.url, {"accept": ACCEPT[request.kind], **request.headers})
        outcome = f"http {answer.status}"
    except FetchError as e:
        answer, outcome = e, e.reason
    metrics.FETCHES.labels(request.kind, outcome).inc()
    return answer


def judge(answer: Answer, now: datetime, *, conditional: bool = False) -> Result:
    """What the answer to a look at a feed means; `conditional`: validators were sent. Pure."""
    if isinstance(answer, FetchError):
        return Failed(answer.reason, answer.detail)
    headers, status = answer.headers, answer.status
    if status == 304 and conditional:
        return Unchanged(answer.url, answer.moved)
    if 200 <= status < 300:
        kind = headers.get("content-type", "")
        return Fresh(answer.body, headers.get("etag"), headers.get("last-modified"), kind, answer.url, answer.moved)
    wait = retry_after(headers.get("retry-after", ""), now, LONGEST_WAIT)
    if status in {429, 503} and wait is not None:
        return Limited(wait, f"http {status}")
    return Failed(f"http {status}", gone=status == 410)
