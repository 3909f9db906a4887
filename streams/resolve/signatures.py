"""MinHash signatures in buckets, searched by locality-sensitive hashing: 64 bands of 2 values.

64 x 2 catches a pair at Jaccard .3 in 99.8 % of cases (1 - (1 - .3**2)**64); a wire copy shares hardly
more. What it catches too much is sorted out by the share of equal values, an estimate of the Jaccard
similarity with a standard deviation of at most .044.

Each bucket is a slab of its own with one chained hash table per band, so that dropping a bucket costs
nothing and a search takes the same steps over all slabs at once.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BANDS = 64
VALUES = 2 * BANDS
# Entries looked at in one chain; newest first. Bounds the time of adversarially similar texts.
DEPTH = 12
# Candidates whose signatures are compared, those with most equal bands first.
COMPARED = 256
# Below this estimate nothing is verified: a text of which a third was taken over has .15 and more.
LEAST_ESTIMATE = 0.1

_BAND = np.arange(BANDS)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio: Fibonacci hashing (Knuth, TAOCP 3, 6.4)

Signature = NDArray[np.uint64]


def read_signature(signature: str) -> Signature | None:
    """The 128 little-endian uint32 behind base64 as 64 bands; None where it is empty or no such thing."""
    try:
        body = base64.b64decode(signature, validate=True)
    except binascii.Error:
        return None
    return np.frombuffer(body, dtype="<u8") if len(body) == 4 * VALUES else None


def write_signature(signature: Signature) -> str:
    return base64.b64encode(signature.tobytes()).decode("ascii")


@dataclass(frozen=True, slots=True)
class Near:
    """A candidate: its slab, its row there, and the estimated Jaccard similarity."""

    slab: int
    row: int
    estimate: float


class Signatures:
    """`slabs` slabs of up to `size` (< 65,535) signatures; the memory is touched as it fills."""

    def __init__(self, slabs: int, size: int) -> None:
        self._size = size
        bits = (size - 1).bit_length()
        self._shift, self._slots = np.uint64(64 - bits), 1 << bits
        self._bands = np.zeros((slabs * size, BANDS), np.uint64)
        self._next = np.zeros((slabs * size, BANDS), np.uint16)
        self._heads = np.zeros((BANDS * self._slots, slabs), np.uint16)  # of one place all slabs side by side
        self._count = [0] * slabs

    def add(self, slab: int, signature: Signature) -> int:
        """Put a signature into a slab; gives its row."""
        row = self._count[slab]
        at, places = slab * self._size + row, self._places(signature)
        self._bands[at] = signature
        self._next[at] = self._heads[places, slab]
        self._heads[places, slab] = row + 1
        self._count[slab] = row + 1
        return row

    def get(self, slab: int, row: int) -> Signature:
        found: Signature = self._bands[slab * self._size + row]
        return found

    def clear(self, slab: int) -> None:
        """Empty a slab."""
        self._heads[:, slab] = 0
        self._count[slab] = 0

    def near(self, signature: Signature, slabs: Sequence[int]) -> list[Near]:
        """Rows similar to the signature, best first; among equals in the order of `slabs` and rows."""
        order = np.asarray(slabs, dtype=np.int64)
        found = self._collide(signature, order)
        if not found.size:
            return []
        # Numbered by age, not by slab: the answer must not depend on where a bucket happens to lie.
        ages, hits = np.unique(found, return_counts=True)
        if ages.size > COMPARED:
            ages = np.sort(ages[np.argsort(-hits, kind="stable")[:COMPARED]])
        at = order[ages // self._size] * self._size + ages % self._size
        equal = self._bands[at].view(np.uint32) == signature.view(np.uint32)
        estimates = equal.mean(axis=1)
        best = [int(i) for i in np.argsort(-estimates, kind="stable") if estimates[i] >= LEAST_ESTIMATE]
        return [Near(*divmod(int(at[i]), self._size), float(estimates[i])) for i in best]

    def _places(self, signature: Signature) -> NDArray[np.int64]:
        return _BAND * self._slots + ((signature * _SPREAD) >> self._shift).astype(np.int64)

    def _collide(self, signature: Signature, order: NDArray[np.int64]) -> NDArray[np.int64]:
        """Ages (position in `order` x size + row) of the entries that share a band, once per band."""
        heads = self._heads[self._places(signature)][:, order]
        band, age = heads.nonzero()
        row = heads[band, age].astype(np.int64) - 1
        found = []
        for _ in range(DEPTH):
            at = order[age] * self._size + row
            hit = self._bands[at, band] == signature[band]
            found.append(age[hit] * self._size + row[hit])
            link = self._next[at, band]
            more = link.nonzero()[0]
            if not more.size:
                break
            age, band, row = age[more], band[more], link[more].astype(np.int64) - 1
        return np.concatenate(found)
