"""An article: as a producer met it, and as the steps leave it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

EntityType = Literal["PER", "ORG", "LOC", "MISC"]
Relation = Literal["original", "copy", "derived"]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an article entered: its partition and offset in `articles.raw`."""

    partition: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RawArticle:
    """One article as a producer met it. `page` is base64 of zstd of the page's bytes (`pack`).

    `page_type` and `page_modified` are the answer's `Content-Type` and `Last-Modified`, as they came. `profile` names the
    version of the outlet's profile to clean it with.
    """

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
    page_modified: str | None = None
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
    """An IPTC Media Topic of the first or second level with its score in 0..1, or one of the user's own (`user:name`) with its likeness."""

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

    `sources` are outlets that the page itself names as the text's source, besides its `canonical` link. `by` names the extractor whose text was taken (`feed` and `text` for what came without a page) and `score` its
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
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article out. The keys up to `story` are the public contract, in this order.

    `relation`, `of` and `story` are null until the resolver decided. On the log `story` is the id of what the article tells: follow
    `story_moves` to where that lives now, as the store's views do. After them come the keys of the
    pipeline: `origin`; `signature`, base64 of 128 little-endian uint32 MinHash values; `terms`, the
    article's most telling words as 32-bit hashes, heaviest first; `vector`, base64 of 384 int8 of length 500, what it
    is about as the sentence encoder has it ("": not its language); `evidence`, why `of` is the original; `made_by`, the
    versions of models, lexicon, phrases and rules that the record depends on; `extraction`, how its text was come by.
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
    vector: str = ""
    evidence: str = ""
    made_by: dict[str, str] = field(default_factory=dict)
    extraction: Extraction | None = None


PUBLIC: tuple[str, ...] = tuple(Article.__dataclass_fields__)[: list(Article.__dataclass_fields__).index("story") + 1]


def public(article: Article) -> dict[str, Any]:
    """The article's public keys, in their order."""
    return {name: getattr(article, name) for name in PUBLIC}
