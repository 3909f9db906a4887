"""What is found out over many articles: the resolver's decisions, and what an outlet repeats."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from newstide.records.articles import Origin, Relation


@dataclass(frozen=True, slots=True)
class Move:
    """Story `source` was merged into `target`: the older id survives; or a side of `target` was founded, whose id begins with `d`.
    Into itself: it came back, under the id that it had.

    `article` told both, or was the one that told them apart, and was fetched `at` (None in records of before these were kept).
    """

    source: str
    target: str
    at: datetime | None = None
    article: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """A correction: what `article` is after all, since an earlier or better one came late. `evidence` says why."""

    article: str
    relation: Relation
    of: str | None
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What an article says of its own origin: when it was published, where that can be believed, and the keys of those
    whom it names as its source (`streams.resolve.credits`).
    """

    published: datetime | None = None
    credits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the resolver decided on one input; the resolver's whole state is a fold over these.

    `input` is the offset in `articles.enriched`, where the text can be read again. `dropped` names the
    reason when nothing goes on (an unchanged article met again), else relation and story are set. `under` is the story in
    which `story` lived on at that time, if it had been merged.
    `body` is a hash of the text's words, by which exact copies are known ("": too short to be one).
    `signature`, `terms` and `vector` are there only where later articles are held against them. `evidence` says why the
    other one is the original, `lineage` whom this article replaced as one. `full` is the story that fitted best and
    takes no more articles.
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
    under: str | None = None
    similarity: float = 0.0
    body: str = ""
    signature: str = ""
    terms: tuple[int, ...] = ()
    vector: str = ""
    moves: tuple[Move, ...] = ()
    full: str | None = None
    claim: Claim = field(default_factory=Claim)
    evidence: str = ""
    lineage: tuple[Lineage, ...] = ()


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
