"""The window: what the last decisions say about articles, in buckets that are dropped as a whole.

A bucket holds the decisions on a fixed range of input offsets. The window is always the longest run of
newest buckets that holds at most `size` decisions: a pure function of the decisions, whatever the clock
says, so that a restart that folds enough of them comes to the same window.

A decision lies packed in about 200 bytes, with 60 for the three indexes and 1,020 for a signature.
"""

from array import array
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from newstide.records import Claim, Decision, Lineage, Move, Origin, Relation
from streams.resolve.index import Index, digest
from streams.resolve.signatures import Signature, Signatures, read_signature, write_signature

BUCKETS = 16


class _Row(msgspec.Struct, array_like=True, omit_defaults=True):
    """A decision without signature and terms, which lie in numpy and in the stories. What is rarely there comes last."""

    id: str
    input: int
    content: str
    version: int
    outlet: str
    fetched: datetime
    partition: int | None
    offset: int | None
    body: str = ""
    relation: Relation | None = None
    of: str | None = None
    story: str | None = None
    similarity: float = 0.0
    published: datetime | None = None
    credits: tuple[str, ...] = ()
    evidence: str = ""
    dropped: str | None = None
    moves: tuple[Move, ...] = ()
    lineage: tuple[Lineage, ...] = ()
    under: str | None = None


_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(_Row).decode


@dataclass(slots=True)
class Bucket:
    """Packed decisions; `signed` has the rows of those whose signatures lie in the slab, in its order."""

    number: int
    slab: int
    rows: list[bytes] = field(default_factory=list)
    signed: "array[int]" = field(default_factory=lambda: array("H"))

    @property
    def decisions(self) -> Iterator[Decision]:
        return map(_read, self.rows)


def _written(d: Decision) -> bytes:
    origin = d.origin
    return _pack(
        _Row(
            id=d.id, input=d.input, content=d.content, version=d.version, outlet=d.outlet, fetched=d.fetched,
            partition=origin.partition if origin else None, offset=origin.offset if origin else None, body=d.body, relation=d.relation, of=d.of,
            story=d.story, similarity=d.similarity, published=d.claim.published, credits=d.claim.credits,
            evidence=d.evidence, dropped=d.dropped, moves=d.moves, lineage=d.lineage, under=d.under,
        )
    )  # fmt: skip


def _read(row: bytes) -> Decision:
    r = _unpack(row)
    origin = None if r.partition is None or r.offset is None else Origin(r.partition, r.offset)
    return Decision(
        id=r.id, input=r.input, origin=origin, content=r.content, version=r.version, outlet=r.outlet, fetched=r.fetched,
        dropped=r.dropped, relation=r.relation, of=r.of, story=r.story, similarity=r.similarity, body=r.body, moves=r.moves,
        claim=Claim(published=r.published, credits=r.credits), evidence=r.evidence, lineage=r.lineage, under=r.under,
    )  # fmt: skip


def _input_key(origin: Origin | None, offset: int) -> int:
    return offset if origin is None else -1 - (origin.partition << 48 | origin.offset)


class Window:
    """Decisions by input, article, body and signature."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.bucket_size = min(max(size // BUCKETS, 64), 32_768)
        # Ranges of offsets may have gaps, so buckets need not be full; more than there can be full ones bound their number.
        self._free = list(range(max(2 * BUCKETS, size // self.bucket_size + BUCKETS)))
        places = len(self._free), self.bucket_size
        self._signatures = Signatures(*places, size)
        self._known, self._articles, self._bodies = Index(*places), Index(*places), Index(*places)
        self._buckets: deque[Bucket] = deque()
        self._by_slab: dict[int, Bucket] = {}  # oldest first, as the buckets
        self._held = 0

    def __iter__(self) -> Iterator[Decision]:
        """Every decision held, oldest first."""
        return (decision for bucket in self._buckets for decision in bucket.decisions)

    def known(self, origin: Origin | None, offset: int) -> Decision | None:
        """The decision on this input."""
        found = next(self._known.find(_input_key(origin, offset), self._slabs()), None)
        return None if found is None else self._at(*found)

    def newest(self, article: str) -> Decision | None:
        """The decision on the article's newest version."""
        found = self._articles.find(digest(article), self._slabs()[::-1])
        return next((held for at in found if (held := self._at(*at)).id == article), None)

    def with_body(self, body: str) -> Iterator[Decision]:
        """The first decision of each bucket on a text with this hash, oldest first."""
        return (held for at in self._bodies.find(digest(body), self._slabs()) if (held := self._at(*at)).body == body)

    def prepare(self, signatures: Sequence[Signature]) -> None:
        """Have these looked up at once, which takes a fifth of the time; what `near` answers stays the same."""
        self._signatures.prepare(signatures, self._slabs())

    def near(self, signature: Signature) -> Iterator[Decision]:
        """Decisions whose texts are probably similar, most similar first, then oldest first."""
        return (
            self._at(slab, self._by_slab[slab].signed[row])
            for slab, row in self._signatures.near(signature, self._slabs())
        )

    def signature(self, decision: Decision) -> str:
        """The signature that the held decision came with."""
        for slab, row in self._known.find(_input_key(decision.origin, decision.input), self._slabs()):
            signed = self._by_slab[slab].signed
            return write_signature(self._signatures.get(slab, signed.index(row))) if row in signed else ""
        return ""

    def finished(self) -> list[Decision]:
        """The decisions of the bucket before the newest, where the last decision opened that one; else []."""
        turned = len(self._buckets) > 1 and len(self._buckets[-1].rows) == 1
        return list(self._buckets[-2].decisions) if turned else []

    def add(self, decision: Decision) -> list[Bucket]:
        """Take a decision in; gives the buckets that had to go for it."""
        bucket = self._open(decision.input)
        row = len(bucket.rows)
        bucket.rows.append(_written(decision))
        self._known.put(bucket.slab, _input_key(decision.origin, decision.input), row)
        if decision.dropped is None:
            self._articles.put(bucket.slab, digest(decision.id), row)
        if decision.body:
            self._bodies.put(bucket.slab, digest(decision.body), row, keep=True)
        signature = read_signature(decision.signature)
        if signature is not None:
            self._signatures.add(bucket.slab, signature)
            bucket.signed.append(row)
        self._held += 1
        return self._trim()

    def _slabs(self) -> list[int]:
        return list(self._by_slab)

    def _at(self, slab: int, row: int) -> Decision:
        return _read(self._by_slab[slab].rows[row])

    def _open(self, offset: int) -> Bucket:
        """The newest bucket, or a new one where the input lies beyond it or it is full."""
        number = offset // self.bucket_size
        if self._buckets:
            last = self._buckets[-1]
            if number <= last.number and len(last.rows) < self.bucket_size:
                return last
            number = max(number, last.number + 1)
        bucket = Bucket(number, self._free.pop())
        self._buckets.append(bucket)
        self._by_slab[bucket.slab] = bucket
        return bucket

    def _trim(self) -> list[Bucket]:
        gone = []
        while self._held > self.size or not self._free:
            bucket = self._buckets.popleft()
            self._held -= len(bucket.rows)
            del self._by_slab[bucket.slab]
            for kept in (self._signatures, self._known, self._articles, self._bodies):
                kept.clear(bucket.slab)
            self._free.append(bucket.slab)
            gone.append(bucket)
        return gone
