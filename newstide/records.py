"""The records that travel: frozen dataclasses, encoded by orjson, decoded and validated by msgspec.

One article's way: `RawArticle` (articles.raw) → `Article` (articles.enriched, then articles.resolved
with the `Decision` applied), or `Ended` (articles.dead) when it stops early. Times are aware UTC
datetimes with millisecond precision. Offsets into text count Unicode code points.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeVar

import msgspec
import orjson
import zstandard

T = TypeVar("T")

EntityType = Literal["PER", "ORG", "LOC", "MISC"]
Relation = Literal["original", "copy", "derived"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an article entered: its partition and offset in `articles.raw`."""

    partition: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RawArticle:
    """One article as a producer met it. `page`: base64 of zstd of its bytes (`pack`). `profile`: the version to clean it with."""

    id: str
    outlet: str
    url: str
    fetched: datetime
    title: str = ""
    author: str = ""
    published: datetime | None = None
    language: str = ""
    feed: str | None = None
    text: str | None = None
    page: str | None = None
    page_type: str | None = None
    sections: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)
    profile: str = ""


@dataclass(frozen=True, slots=True)
class Dateline:
    place: str
    date: str | None = None
    agency: str | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """What was removed from inside the article: `text` stood at offset `at` of the clean text."""

    reason: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Mention:
    field: Literal["title", "text"]
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Entity:
    id: str
    name: str
    type: EntityType
    salience: float
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """An IPTC Media Topic with the classifier's score in 0..1."""

    id: str
    name: str
    score: float


@dataclass(frozen=True, slots=True)
class Place:
    id: str
    name: str
    country: str
    lat: float
    lon: float
    role: str


@dataclass(frozen=True, slots=True)
class Witness:
    """What one source (`feed`, `json-ld`, `meta`, `h1` …) said of a field (`title`, `author`, `published` …)."""

    field: str
    source: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """How title, text and date were come by: what `newstide inspect` shows.

    `by` names the extractor whose text was taken (`feed` and `text` for what came without a page) and `score` its
    agreement with the others, 0..1. `won` names the sources that decided a field. `marks` say what else the
    page is: `live blog`, `gallery`, `video`, `multi-page`, `paywall`, `future date`.
    """

    by: str
    score: float
    marks: tuple[str, ...] = ()
    won: dict[str, str] = field(default_factory=dict)
    witnesses: tuple[Witness, ...] = ()
    modified: datetime | None = None
    canonical: str = ""
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article out. The keys up to `story` are the public contract, in this order.

    `relation`, `of` and `story` are null until the resolver decided. After them come the keys of the
    pipeline: `origin`; `signature`, base64 of 128 little-endian uint32 MinHash values; `terms`, the
    article's most telling words as 32-bit hashes, heaviest first; `made_by`, the versions of model,
    lexicon and rules that the record depends on; `extraction`, how its text was come by.
    """

    id: str
    version: int = 1
    content: str
    outlet: str
    url: str
    feed: str | None
    title: str
    author: str
    published: datetime | None
    fetched: datetime
    language: str
    extra: dict[str, Any]
    time: datetime
    dateline: Dateline | None
    text: str
    removed: tuple[Cut, ...]
    entities: tuple[Entity, ...]
    topics: tuple[Topic, ...]
    places: tuple[Place, ...]
    relation: Relation | None = None
    of: str | None = None
    story: str | None = None
    origin: Origin | None = None
    signature: str = ""
    terms: tuple[int, ...] = ()
    made_by: dict[str, str] = field(default_factory=dict)
    extraction: Extraction | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Story `source` was merged into `target`: the older id survives."""

    source: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the resolver decided on one input; the resolver's whole state is a fold over these.

    `input` is the offset in `articles.enriched`, where the text can be read again. `dropped` names the
    reason when nothing goes on (an unchanged article met again), else relation and story are set.
    `body` is a hash of the text's words, by which exact copies are known ("": too short to be one).
    `signature` and `terms` are there only where later articles are held against them.
    """

    id: str
    input: int
    origin: Origin | None
    content: str
    version: int
    outlet: str
    fetched: datetime
    dropped: str | None = None
    relation: Relation | None = None
    of: str | None = None
    story: str | None = None
    similarity: float = 0.0
    body: str = ""
    signature: str = ""
    terms: tuple[int, ...] = ()
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What one outlet repeats, as hashes. `lines`: (hash, since, until), of the versions from `since` to before `until` (0: still).

    `counting`: a hash, and two keys of each article it stood in so far; `upto`: the offset of the last one in articles.resolved.
    """

    outlet: str
    version: int = 0
    lines: tuple[tuple[int, int, int], ...] = ()
    counting: tuple[tuple[int, ...], ...] = ()
    upto: int = -1


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
    """The items a feed carried when last read: article id → hash of what the feed said of it."""

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
    status: Literal["pending", "delivered", "failed", "cancelled"] = "pending"
    next: datetime | None = None
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """An article that must not be kept: nothing of it is stored again. It holds no content.

    `origins` are the places in `articles.raw` that the ledger must know as erased; of an erasure of several
    articles the first one's notice has them all.
    """

    id: str
    at: datetime
    origins: tuple[Origin, ...] = ()


def encode(record: object) -> bytes:
    """JSON bytes of a record: keys in the order of its fields, times in UTC with `Z`."""
    return orjson.dumps(record, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def decode(data: bytes, kind: type[T]) -> T:
    """The record of type `kind` in `data`. Raises msgspec.ValidationError, which names the path."""
    if kind not in _decoders:
        _decoders[kind] = msgspec.json.Decoder(kind)
    record: T = _decoders[kind].decode(data)
    return record


def pack(data: bytes) -> str:
    """Bytes as base64 of zstd, to travel inside JSON."""
    return base64.b64encode(zstandard.compress(data, 3)).decode("ascii")


def unpack(packed: str, limit: int = 64 * 1024 * 1024) -> bytes:
    """The bytes of `pack`. Raises ValueError above `limit` bytes or when damaged."""
    try:
        body = base64.b64decode(packed, validate=True)
        if zstandard.frame_content_size(body) > limit:
            raise ValueError(f"packed bytes are more than {limit}")
        return zstandard.ZstdDecompressor().decompress(body, max_output_size=limit)
    except zstandard.ZstdError as e:
        raise ValueError(f"packed bytes cannot be read: {e}") from e


PUBLIC: tuple[str, ...] = tuple(Article.__dataclass_fields__)[: list(Article.__dataclass_fields__).index("story") + 1]


def public(article: Article) -> dict[str, Any]:
    """The article's public keys, in their order."""
    return {name: getattr(article, name) for name in PUBLIC}
