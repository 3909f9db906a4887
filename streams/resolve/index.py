"""From 64-bit keys to rows of 16 bits, in slabs that are emptied as a whole: 20 bytes an entry, where a dict takes a hundred."""

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np

_SPREAD = 0x9E3779B97F4A7C15  # 2**64 / golden ratio: Fibonacci hashing (Knuth, TAOCP 3, 6.4)
_WORD = 2**64 - 1


def digest(text: str) -> int:
    """64 bits of a text, the same in every process."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest())


class Index:
    """`slabs` open hash tables for up to `size` (< 65,535) rows each, probed at once; half of a table stays empty."""

    def __init__(self, slabs: int, size: int) -> None:
        bits = (size - 1).bit_length() + 1
        self._shift, self._mask = 64 - bits, (1 << bits) - 1
        self._keys = np.zeros((1 << bits, slabs), np.uint64)
        self._rows = np.zeros((1 << bits, slabs), np.uint16)  # row + 1; 0: free

    def put(self, slab: int, key: int, row: int, *, keep: bool = False) -> None:
        """The row of a key in a slab from now on, or, to `keep` one that has a row, only where it has none."""
        at, wanted = self._place(key), np.uint64(key & _WORD)
        while self._rows[at, slab] and self._keys[at, slab] != wanted:
            at = at + 1 & self._mask
        if not (keep and self._rows[at, slab]):
            self._keys[at, slab], self._rows[at, slab] = wanted, row + 1

    def find(self, key: int, slabs: Sequence[int]) -> Iterator[tuple[int, int]]:
        """(slab, row) of each of the slabs that has the key, in their order."""
        at, wanted = self._place(key), np.uint64(key & _WORD)
        found: dict[int, int] = {}
        going = self._rows[at] != 0
        while going.any():
            for slab in (going & (self._keys[at] == wanted)).nonzero()[0]:
                found[int(slab)] = int(self._rows[at, slab]) - 1
                going[slab] = False
            at = at + 1 & self._mask
            going &= self._rows[at] != 0
        return ((slab, found[slab]) for slab in slabs if slab in found)

    def clear(self, slab: int) -> None:
        self._rows[:, slab] = 0

    def _place(self, key: int) -> int:
        return (key * _SPREAD & _WORD) >> self._shift
