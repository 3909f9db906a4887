"""MinHash signatures in buckets, searched by locality-sensitive hashing: 64 bands of 2 values.

64 x 2 catches a pair at Jaccard .3 in 99.8 % of cases (1 - (1 - .3**2)**64); a wire copy shares hardly
more. What it catches too much is sorted out by the share of equal values, an estimate of the Jaccard
similarity with a standard deviation of at most .044.

One table of lines of 64 bytes, what a processor fetches at once: a band's key has one line, in which the
newest entries stand first and push the oldest out. So dropping a bucket costs nothing, however large the
window is a key costs one fetch, and many signatures are looked up in one pass of numpy.
"""

import base64
import binascii
from collections.abc import Sequence
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


class _Ready(NamedTuple):
    """An answer, and what it rests on for each band: where its line begins, its first entry, and whether the key was there."""

    rows: list[int]
    begins: Ints
    first: NDArray[np.uint32]
    hit: NDArray[np.bool_]


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
        self._ready: dict[bytes, _Ready] = {}

    def add(self, slab: int, signature: Signature) -> int:
        """Put a signature into a slab; gives its row."""
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
        """Look all of them up at once; `near` gives these answers as long as they hold."""
        self._ready = {}
        if signatures:
            found = self._search(np.stack(signatures), slabs)
            self._ready = {s.tobytes(): ready for s, ready in zip(signatures, found, strict=True)}

    def near(self, signature: Signature, slabs: Sequence[int]) -> list[tuple[int, int]]:
        """(slab, row) of those similar to the signature, best first; among equals in the order of `slabs` and rows."""
        ready = self._ready.get(signature.tobytes())
        if ready is None or not self._holds(signature, ready):
            ready = self._search(signature[np.newaxis], slabs)[0]
        return [divmod(at, self._size) for at in ready.rows]

    def _holds(self, signature: Signature, ready: _Ready) -> bool:
        """Whether what was added since neither has to be found nor has pushed out what was."""
        changed = (self._table.take(ready.begins) != ready.first).nonzero()[0]
        return not (changed.size and (ready.hit[changed].any() or self._collide(signature[changed], changed)[2].size))

    def _search(self, signatures: Signature, slabs: Sequence[int]) -> list[_Ready]:
        count, span = len(signatures), len(self._bands)
        lines, first, probe, at = self._collide(signatures.ravel(), np.tile(_BAND, count))
        hit = np.zeros(count * BANDS, np.bool_)
        hit[probe] = True
        query, at = np.divmod(np.unique(probe // BANDS * span + at), span)
        query, at = self._best(signatures, query, at, slabs)
        rows, ends = at.tolist(), np.searchsorted(query, np.arange(count + 1)).tolist()
        each = zip(ends, ends[1:], *(of.reshape(count, BANDS) for of in (lines * WAYS, first, hit)), strict=False)
        return [_Ready(rows[start:end], *of) for start, end, *of in each]

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

    def _collide(self, keys: Signature, bands: Ints) -> tuple[Ints, NDArray[np.uint32], Ints, Ints]:
        """For keys of bands: the line of each and its first entry; then (number of the key, row) wherever a row has the key."""
        lines, marks = self._places(keys, bands)
        entries = self._table.take(lines, axis=0)
        first = entries[:, 0].copy()
        entries ^= marks[:, np.newaxis]
        entries -= np.uint32(1)  # 0, a free one, becomes the largest number
        found = np.flatnonzero(entries < (np.uint32(1) << self._row_bits) - np.uint32(1))
        probe, at = found // WAYS, entries.ravel()[found].astype(np.int64)
        held = at % self._size < self._count[at // self._size]
        held &= self._bands[at, bands[probe]] == keys[probe]
        return lines, first, probe[held], at[held]

    def _places(self, keys: Signature, bands: Ints) -> tuple[Ints, NDArray[np.uint32]]:
        """The line of each key, by the upper bits of its hash, and by the lower ones its mark."""
        hashed = (keys * _SPREAD) >> _HALF
        lines = (hashed * np.uint64(self._lines) >> _HALF).view(np.int64) + bands * self._lines
        return lines, hashed.astype(np.uint32) << self._row_bits


def _aligned(lines: int) -> NDArray[np.uint32]:
    """Empty lines that begin where the processor's do."""
    memory = np.zeros((lines + 1) * WAYS, np.uint32)
    start = -memory.ctypes.data % (4 * WAYS) // 4
    return memory[start : start + lines * WAYS].reshape(lines, WAYS)
