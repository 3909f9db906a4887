"""What is kept beside the articles: early ends, the catalogue, rules, alerts and their deliveries, erasures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from newstide.records.articles import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """An article's early end: `dropped` on purpose or `dead` by a fault; its bytes are kept.

    `topic`, `partition` and `offset` say where the bytes were met; `source` says it in words for what
    never reached the log (`file.jsonl:12`, a feed's URL). `body` is packed (`pack`), cut to the first
    64 KB where `size` is larger; `sha256` is that of the whole.
    """

    kind: Literal["dropped", "dead"]
    stage: str
    reason: str
    at: datetime
    detail: str = ""
    id: str | None = None
    origin: Origin | None = None
    source: str = ""
    topic: str | None = None
    partition: int | None = None
    offset: int | None = None
    body: str = ""
    size: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A line of the catalogue."""

    url: str
    added: datetime
    title: str = ""
    outlet: str = ""
    language: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What one feed's last polls came to; why a feed is silent can be read from here.

    `status` is `ok`, `unchanged` or the failure's reason (`http 404`, `not a feed`, `timed out` …).
    The four counts are of the last poll that read items: seen = published + unchanged + dropped.
    """

    url: str
    status: str
    checked: datetime
    next: datetime
    detail: str = ""
    failures: int = 0
    last_ok: datetime | None = None
    last_new: datetime | None = None
    etag: str | None = None
    modified: str | None = None
    title: str = ""
    seen: int = 0
    published: int = 0
    unchanged: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSeen:
    """The items a feed carried when last read: article id → hash of what the feed said of it, marked while its page is to come."""

    url: str
    items: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An alert rule. Empty conditions match all; all that are set must hold.

    `words` match as whole words, case folded, all of them. `at_least` > 1 makes it a window rule:
    that many matching originals within `within` seconds.
    """

    name: str
    hooks: tuple[str, ...] = ()
    entity: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    at_least: int = 1
    within: int = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A rule's match. `key` is deterministic: one per rule and story, or per rule and window."""

    key: str
    rule: str
    fired: datetime
    story: str | None
    article: str | None
    title: str
    url: str
    outlet: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Attempt:
    at: datetime
    status: int | None
    detail: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One alert on its way to one hook. `id` is the `webhook-id`, the same on every try."""

    id: str
    alert: str
    hook: str
    rule: str
    body: str
    created: datetime
    status: Literal["pending", "delivered", "failed"] = "pending"
    next: datetime | None = None
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """An article that must not be kept: nothing of it is stored again. It holds no content.

    `origins` are its places in `articles.raw`, which the ledger must know as erased.
    """

    id: str
    at: datetime
    origins: tuple[Origin, ...] = ()
