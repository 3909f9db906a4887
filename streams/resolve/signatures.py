"""MinHash signatures in buckets, searched by locality-sensitive hashing: 64 bands of 2 values.

64 x 2 catches a pair at Jaccard .3 in 99.8 % of cases (1 - (1 - .3**2)**64); a wire copy shares hardly
more. What it catches too much is sorted out by the share of equal values, an estimate of the Jaccard
similarity with a standard deviation of at most .044.

One table of lines of 64 bytes, what a processor fetches at once: a band's key has one line, in which the
newest entries stand first and push the oldest out. So dropping a bucket costs nothing, a key costs one
fetch however large the window is, and a batch of signatures is looked up in one pass of numpy.
"""

import base64
import binascii
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BANDS = 64
VALUES = 2 * BANDS
# Entries in a line, and those that a line has on average. Of the oldest rows of a full window 0.8 % have lost a band's
# entry (Poisson: 16 or more of 8 are newer). Bounds the time of adversarially similar texts, too.
WAYS, LOAD = 16, 8
# Values that must be equal for a text to be verified (an estimate of .1): one of which a third was taken over has .15 and more.
LEAST_EQUAL = 13
# Pairs of signatures compared at once: 4 MB of them.
COMPARED = 4096

_BAND = np.arange(BANDS)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio: Fibonacci hashing (Knuth, TAOCP 3, 6.4)
_HALF = np.uint64(32)
_LINE = np.dtype((np.void, 4 * WAYS))  # read and written as one item

Signature = NDArray[np.uint64]
Ints = NDArray[np.int64]


def read_signature(signature: str) -> Signature | None:
    """The 128 little-endian uint32 behind base64 as 64 bands; None where it is empty or no such thing."""
    try:
        body = base64.b64decode(signature, validate=True)
    except binascii.Error:
        return None
    return np.frombuffer(body, dtype="<u8") if len(body) == 4 * VALUES else None


def write_signature(signature: Signature) -> str:
    return base64.b64encode(signature.tobytes()).decode("ascii")


class _Found(NamedTuple):
    """Where keys were found: their numbers, the entry's place in its line, and its row."""

    key: Ints
    way: Ints
    at: Ints


class Signatures:
    """`slabs` slabs of up to `size` signatures, of which some `held` are there at a time; memory is touched as it fills."""

    def __init__(self, slabs: int, size: int, held: int) -> None:
        self._size = size
        self._bands = np.zeros((slabs * size, BANDS), np.uint64)
        self._count = np.zeros(slabs, np.int64)
        self._lines = -(-held // LOAD)  # of a band
        # An entry: the row + 1 in the lower bits, some of the key's hash above them; 0: free.
        self._row_bits = np.uint32((slabs * size).bit_length())
        self._table = _aligned(BANDS * self._lines)
        # Answers for a batch that is being added one by one; None: the others of the batch may change it.
        self._ready: dict[bytes, list[int] | None] = {}

    def add(self, slab: int, signature: Signature) -> int:
        """Put a signature into a slab; gives its row."""
        if self._ready.pop(signature.tobytes(), ()) == ():
            self._ready.clear()
        row = int(self._count[slab])
        at = slab * self._size + row
        lines, marks = self._places(signature, _BAND)
        entries = np.empty((BANDS, WAYS), np.uint32)
        entries[:, 0] = marks | np.uint32(at + 1)
        entries[:, 1:] = self._table.take(lines, axis=0)[:, :-1]
        self._table.view(_LINE)[lines, 0] = entries.view(_LINE)[:, 0]
        self._bands[at] = signature
        self._count[slab] = row + 1
        return row

    def get(self, slab: int, row: int) -> Signature:
        found: Signature = self._bands[slab * self._size + row]
        return found

    def clear(self, slab: int) -> None:
        """Empty a slab. Its entries stay until they are pushed out, and lead to nothing."""
        self._count[slab] = 0
        self._ready.clear()

    def prepare(self, signatures: Sequence[Signature], slabs: Sequence[int]) -> None:
        """Look all of them up at once, for `near`, before they are added one by one. Another one that is added ends that."""
        if not signatures:
            return
        batch = np.stack(signatures)
        lines, marks = self._places(batch.ravel(), np.tile(_BAND, len(batch)))
        found = self._collide(batch.ravel(), lines, marks)
        ready: list[list[int] | None] = [*self._rows(batch, found, slabs)]
        for query in _crossed(lines, marks, found):
            ready[query] = None
        self._ready = dict(zip((one.tobytes() for one in signatures), ready, strict=True))

    def near(self, signature: Signature, slabs: Sequence[int]) -> list[tuple[int, int]]:
        """(slab, row) of those similar to the signature, best first; among equals in the order of `slabs` and rows."""
        rows = self._ready.get(signature.tobytes())
        if rows is None:
            found = self._collide(signature, *self._places(signature, _BAND))
            [rows] = self._rows(signature[np.newaxis], found, slabs)
        return [divmod(at, self._size) for at in rows]

    def _rows(self, signatures: Signature, found: _Found, slabs: Sequence[int]) -> list[list[int]]:
        """Of each signature the rows that share enough with it, best first."""
        span = len(self._bands)
        query, at = np.divmod(np.unique(found.key // BANDS * span + found.at), span)
        query, at = self._best(signatures, query, at, slabs)
        rows, ends = at.tolist(), np.searchsorted(query, np.arange(len(signatures) + 1)).tolist()
        return [rows[start:end] for start, end in pairwise(ends)]

    def _best(self, signatures: Signature, query: Ints, at: Ints, slabs: Sequence[int]) -> tuple[Ints, Ints]:
        """Of pairs of a query and a row those that share enough, by query, the best first."""
        equal = self._equal(signatures, query, at)
        enough = equal >= LEAST_EQUAL
        query, at, equal = query[enough], at[enough], equal[enough]
        # By age, not by slab: the answer must not depend on where a bucket happens to lie.
        ages = np.zeros(len(self._count), np.int64)
        ages[np.asarray(slabs, np.int64)] = np.arange(len(slabs))
        order = np.lexsort((at % self._size, ages[at // self._size], -equal, query))
        return query[order], at[order]

    def _equal(self, signatures: Signature, query: Ints, at: Ints) -> Ints:
        """How many values each pair of a query and a row shares."""
        wanted, held = signatures.view(np.uint32), self._bands.view(np.uint32)
        parts = [slice(start, start + COMPARED) for start in range(0, len(at), COMPARED)]
        return np.concatenate([np.zeros(0, np.int64), *((wanted[query[p]] == held[at[p]]).sum(axis=1) for p in parts)])

    def _collide(self, keys: Signature, lines: Ints, marks: NDArray[np.uint32]) -> _Found:
        """Wherever a row has one of the keys, which are those of whole signatures."""
        entries = self._table.take(lines, axis=0)
        entries ^= marks[:, np.newaxis]
        entries -= np.uint32(1)  # 0, a free one, becomes the largest number
        found = np.flatnonzero(entries < (np.uint32(1) << self._row_bits) - np.uint32(1))
        key, way = np.divmod(found, WAYS)
        at = entries.ravel()[found].astype(np.int64)
        held = at % self._size < self._count[at // self._size]
        held &= self._bands[at, key % BANDS] == keys[key]
        return _Found(key[held], way[held], at[held])

    def _places(self, keys: Signature, bands: Ints) -> tuple[Ints, NDArray[np.uint32]]:
        """The line of each key, by the upper bits of its hash, and by the lower ones its mark."""
        hashed = (keys * _SPREAD) >> _HALF
        lines = (hashed * np.uint64(self._lines) >> _HALF).view(np.int64) + bands * self._lines
        return lines, hashed.astype(np.uint32) << self._row_bits


def _crossed(lines: Ints, marks: NDArray[np.uint32], found: _Found) -> Ints:
    """The signatures of a batch whose answer may change while the others are added: for one that is like them, or pushes out what was found."""
    places = lines << 32 | marks
    order = np.argsort(places)
    ordered = places[order]
    alike = (ordered[1:] == ordered[:-1]).nonzero()[0]
    held, ordered = lines[found.key], ordered >> 32
    beside = np.searchsorted(ordered, held, "right") - np.searchsorted(ordered, held, "left") - 1
    pushed = found.key[found.way + beside >= WAYS]
    return np.unique(np.concatenate([order[alike], order[alike + 1], pushed]) // BANDS)


def _aligned(lines: int) -> NDArray[np.uint32]:
    """Empty lines that begin where the processor's do."""
    memory = np.zeros((lines + 1) * WAYS, np.uint32)
    start = -memory.ctypes.data % (4 * WAYS) // 4
    return memory[start : start + lines * WAYS].reshape(lines, WAYS)
