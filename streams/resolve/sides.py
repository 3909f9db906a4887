"""The sides of a story that was several: which one an article tells, and whether two tell of one event after all.

Two sets of articles are held against each other by their pairs: the mean product of two articles across them, by that of two
within each. It is 1 where both tell the same, whatever their sizes, which the cosine of two sums is not: sums of many are alike.
"""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.enrich import vector
from streams.resolve.heard import TERMS

# Least articles of each of two events, and how alike they are at most: by vectors and by terms, and what 32 terms an article
# add. Two headlines on one event may have no word in common, two long texts hardly. See docs/quality.md.
EACH = 3
ALIKE, ALIKE_FULL = 0.5, 0.4
SHARED, SHARED_FULL = 0.1, 0.35

Vectors = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Counts:
    """What one decision counts by."""

    terms: "array[int]"
    vector: bytes
    at: float


def nearest(counts: Iterable[Counts], sides: Mapping[str, Sequence[Counts]]) -> str | None:
    """The side that points most nearly as these do, the first where they tie; None where nothing points."""
    ours, near = _sum(_vectors(counts)), []
    for place, (side, held) in enumerate(sides.items()):
        total = _sum(_vectors(held))
        if total.any() and ours.any():
            near.append((-round(int(total @ ours) / int(total @ total) ** 0.5, 6), place, side))
    return min(near)[2] if near else None


def apart(one: Sequence[Counts], other: Sequence[Counts], weight: Callable[[int], float]) -> bool:
    """Whether two sides tell of two events; `weight` is a term's."""
    if min(len(one), len(other)) < EACH:
        return False
    full = sum(min(len(c.terms), TERMS) for side in (one, other) for c in side) / (TERMS * (len(one) + len(other)))
    if _likeness(*_of_vectors(_vectors(one), _vectors(other))) > ALIKE + ALIKE_FULL * full:
        return False
    return _likeness(*_of_terms(one, other, weight)) <= SHARED + SHARED_FULL * full


def _likeness(across: float, first: float, second: float) -> float:
    """Mean product of pairs across, by those within; 1 where one has nothing within, which shows nothing."""
    return round(across / (first * second) ** 0.5, 6) if first > 0 and second > 0 else 1.0


def _of_vectors(one: Vectors, other: Vectors) -> tuple[float, float, float]:
    within = []
    for held in (one, other):
        total, pairs = _sum(held), len(held) * (len(held) - 1)
        within.append((int(total @ total) - int((held.astype(np.int64) ** 2).sum())) / max(pairs, 1))
    return int(_sum(one) @ _sum(other)) / max(len(one) * len(other), 1), within[0], within[1]


def _of_terms(
    one: Sequence[Counts], other: Sequence[Counts], weight: Callable[[int], float]
) -> tuple[float, float, float]:
    first, second = (Counter(term for counts in side for term in counts.terms) for side in (one, other))
    # In order: sums of floats depend on it.
    squares = {term: weight(term) ** 2 for term in sorted(first.keys() | second.keys())}
    across = sum(square * first[term] * second[term] for term, square in squares.items())
    within = [
        sum(square * held[term] * (held[term] - 1) for term, square in squares.items()) / (len(side) * (len(side) - 1))
        for held, side in ((first, one), (second, other))
    ]
    return across / (len(one) * len(other)), within[0], within[1]


def _vectors(counts: Iterable[Counts]) -> Vectors:
    """One row for each that has a vector."""
    return np.frombuffer(b"".join(c.vector for c in counts), np.int8).reshape(-1, vector.WIDTH)


def _sum(held: Vectors) -> Vectors:
    return np.asarray(held.sum(axis=0, dtype=np.int64))
