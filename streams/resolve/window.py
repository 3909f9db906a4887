"""The window: what the last decisions say about articles, in buckets that are dropped as a whole.

A bucket holds the decisions on a fixed range of input offsets. The window is always the longest run of
newest buckets that holds at most `size` decisions: a pure function of the decisions, whatever the clock
says, so that a restart that folds enough of them comes to the same window.
"""

import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from newstide.records import Decision, Origin
from streams.resolve.signatures import Signature, Signatures, read_signature, write_signature

BUCKETS = 16


@dataclass(slots=True)
class Bucket:
    """Decisions without their signatures and terms, which lie in numpy and in the stories."""

    number: int
    slab: int
    decisions: list[Decision] = field(default_factory=list)
    signed: list[Decision] = field(default_factory=list)
    known: dict[int, Decision] = field(default_factory=dict)
    newest: dict[str, Decision] = field(default_factory=dict)
    bodies: dict[str, Decision] = field(default_factory=dict)


def _input_key(origin: Origin | None, offset: int) -> int:
    return offset if origin is None else -1 - (origin.partition << 48 | origin.offset)


class Window:
    """Decisions by input, article, body and signature."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.bucket_size = min(max(size // BUCKETS, 64), 32_768)
        # Ranges of offsets may have gaps, so buckets need not be full; twice as many bound their number.
        self._free = list(range(2 * BUCKETS))
        self._signatures = Signatures(len(self._free), self.bucket_size)
        self._buckets: deque[Bucket] = deque()
        self._held = 0

    def __iter__(self) -> Iterator[Decision]:
        """Every decision held, oldest first."""
        return (decision for bucket in self._buckets for decision in bucket.decisions)

    def known(self, origin: Origin | None, offset: int) -> Decision | None:
        """The decision on this input."""
        key = _input_key(origin, offset)
        return next((b.known[key] for b in self._buckets if key in b.known), None)

    def newest(self, article: str) -> Decision | None:
        """The decision on the article's newest version."""
        return next((b.newest[article] for b in reversed(self._buckets) if article in b.newest), None)

    def with_body(self, body: str) -> Iterator[Decision]:
        """The first decision of each bucket on a text with this hash, oldest first."""
        return (b.bodies[body] for b in self._buckets if body in b.bodies)

    def near(self, signature: Signature) -> list[Decision]:
        """Decisions whose texts are probably similar, most similar first, then oldest first."""
        by_slab = {b.slab: b.signed for b in self._buckets}
        return [by_slab[n.slab][n.row] for n in self._signatures.near(signature, list(by_slab))]

    def signature(self, decision: Decision) -> str:
        """The signature that the held decision came with."""
        for bucket in self._buckets:
            for row, signed in enumerate(bucket.signed):
                if signed is decision:
                    return write_signature(self._signatures.get(bucket.slab, row))
        return ""

    def finished(self) -> list[Decision]:
        """The decisions of the bucket before the newest, where the last decision opened that one; else []."""
        turned = len(self._buckets) > 1 and len(self._buckets[-1].decisions) == 1
        return self._buckets[-2].decisions if turned else []

    def add(self, decision: Decision) -> list[Bucket]:
        """Take a decision in; gives the buckets that had to go for it."""
        bucket = self._open(decision.input)
        held = replace(decision, signature="", terms=(), outlet=sys.intern(decision.outlet))
        bucket.decisions.append(held)
        bucket.known[_input_key(decision.origin, decision.input)] = held
        if decision.dropped is None:
            bucket.newest[decision.id] = held
        if decision.body:
            bucket.bodies.setdefault(decision.body, held)
        signature = read_signature(decision.signature)
        if signature is not None:
            self._signatures.add(bucket.slab, signature)
            bucket.signed.append(held)
        self._held += 1
        return self._trim()

    def _open(self, offset: int) -> Bucket:
        """The newest bucket, or a new one where the input lies beyond it or it is full."""
        number = offset // self.bucket_size
        if self._buckets:
            last = self._buckets[-1]
            if number <= last.number and len(last.decisions) < self.bucket_size:
                return last
            number = max(number, last.number + 1)
        bucket = Bucket(number, self._free.pop())
        self._buckets.append(bucket)
        return bucket

    def _trim(self) -> list[Bucket]:
        gone = []
        while self._held > self.size or not self._free:
            bucket = self._buckets.popleft()
            self._held -= len(bucket.decisions)
            self._signatures.clear(bucket.slab)
            self._free.append(bucket.slab)
            gone.append(bucket)
        return gone
