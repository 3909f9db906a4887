"""The sides of a story that was several: which one an article tells, and whether two tell of one event after all.

Two sets of articles are held against each other by their pairs: the mean product of two articles across them, by that of two
within each. It is 1 where both tell the same, whatever their sizes, which the cosine of two sums is not: sums of many are alike.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from streams.enrich import vector
from streams.resolve.heard import TERMS

# Least articles of each of two events, and how alike they are at most, by vectors and by terms together, and what 32 terms an
# article add: two headlines on one event may have no word in common, two long texts hardly. See docs/quality.md.
EACH = 3
ALIKE, ALIKE_FULL = 0.44, 1.04


@dataclass(frozen=True, slots=True)
class Counts:
    """What one decision counts by."""

    terms: "array[int]"
    vector: bytes
    at: float


@dataclass(frozen=True, slots=True)
class Side:
    """Articles, and of those that have a vector how many, their sum, and the sum of their squared lengths."""

    counts: tuple[Counts, ...]
    pointing: int
    sum: npt.NDArray[np.int64]
    squares: int

    @classmethod
    def of(cls, counts: Iterable[Counts]) -> "Side":
        counts = tuple(counts)
        rows = np.frombuffer(b"".join(c.vector for c in counts), np.int8).reshape(-1, vector.WIDTH)
        squares = int(np.einsum("ij,ij->", rows, rows, dtype=np.int64))
        return cls(counts, len(rows), rows.sum(axis=0, dtype=np.int64), squares)

    def __add__(self, other: "Side") -> "Side":
        counts, pointing = self.counts + other.counts, self.pointing + other.pointing
        return Side(counts, pointing, self.sum + other.sum, self.squares + other.squares)


def nearest(ours: Side, sides: Mapping[str, Side]) -> str | None:
    """The side whose articles are nearest to ours by the mean of pairs, the first where they tie; None where nothing points."""
    near = [
        (-round(int(side.sum @ ours.sum) / side.pointing, 6), place, name)
        for place, (name, side) in enumerate(sides.items())
        if side.sum.any() and ours.sum.any()
    ]
    return min(near)[2] if near else None


def apart(one: Side, other: Side, weight: Callable[[int], float]) -> bool:
    """Whether two sides tell of two events; `weight` is a term's."""
    if min(len(one.counts), len(other.counts)) < EACH:
        return False
    every = one.counts + other.counts
    full = sum(min(len(c.terms), TERMS) for c in every) / (TERMS * len(every))
    most = ALIKE + ALIKE_FULL * full - _likeness(*_of_vectors(one, other))
    return most > 0 and _likeness(*_of_terms(one, other, weight)) <= most


def _likeness(across: float, first: float, second: float) -> float:
    """Mean product of pairs across, by those within; 1 where one has nothing within, which shows nothing."""
    return round(across / (first * second) ** 0.5, 6) if first > 0 and second > 0 else 1.0


def _of_vectors(one: Side, other: Side) -> tuple[float, float, float]:
    first, second = (
        (int(side.sum @ side.sum) - side.squares) / max(side.pointing * (side.pointing - 1), 1) for side in (one, other)
    )
    return int(one.sum @ other.sum) / max(one.pointing * other.pointing, 1), first, second


def _of_terms(one: Side, other: Side, weight: Callable[[int], float]) -> tuple[float, float, float]:
    first, second = (Counter(term for counts in side.counts for term in counts.terms) for side in (one, other))
    # In order: sums of floats depend on it.
    squares = {term: weight(term) ** 2 for term in sorted(first.keys() | second.keys())}
    n, m = len(one.counts), len(other.counts)
    across = sum(square * first[term] * second[term] for term, square in squares.items()) / (n * m)
    within = [
        sum(square * held[term] * (held[term] - 1) for term, square in squares.items()) / (size * (size - 1))
        for held, size in ((first, n), (second, m))
    ]
    return across, within[0], within[1]
