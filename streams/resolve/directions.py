"""Where stories point: the sums of their articles' vectors, searched by the signs of their numbers.

Two directions at an angle differ in a share of signs that grows with it (Charikar 2002), so the nearest of 100,000
stories are found in 5 MB of bits, and only these are compared by their numbers. All of it is in integers.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

WIDTH = 384
# Stories with the most equal signs that are compared by their numbers.
NEAREST = 24
_WORDS = WIDTH // 64
_FAR = WIDTH + 1

Sum = npt.NDArray[Any]  # int8 of a single article, else int32
Bits = npt.NDArray[np.uint64]


class Directions:
    """Sums by key; a sum that is nothing is gone."""

    def __init__(self) -> None:
        self._sums: dict[str, tuple[Sum, float]] = {}
        self._rows: dict[str, int] = {}
        self._keys: list[str] = []
        self._bits = np.zeros((_WORDS, 64), np.uint64)

    def add(self, key: str, vector: Sum, by: int = 1) -> None:
        """Count a vector in (1) or out (-1)."""
        held = self._sums.get(key)
        total = vector if held is None else held[0].astype(np.int32) + by * vector.astype(np.int32)
        if held is not None and np.abs(total).max() <= 127:
            total = total.astype(np.int8)  # as if it had never been more
        if total.any():
            self._sums[key] = total, _length(total)
            self._write(key)
        else:
            self._drop(key)

    def move(self, source: str, target: str) -> None:
        """What was counted under one key counts under another."""
        held = self._sums.get(source)
        if held is not None:
            self._drop(source)
            self.add(target, held[0])

    def near(self, vector: Sum) -> list[str]:
        """The keys whose signs are most like the vector's, by differing signs, then by key."""
        size = len(self._keys)
        if not size:
            return []
        differing = np.bitwise_count(self._bits[:, :size] ^ _signs(vector)[:, None]).sum(axis=0, dtype=np.uint16)
        limit = np.partition(differing, NEAREST)[NEAREST] if size > NEAREST else _FAR
        rows = np.flatnonzero(differing <= limit)
        return [key for _, key in sorted((int(differing[row]), self._keys[row]) for row in rows)[:NEAREST]]

    def cosine(self, key: str, vector: Sum) -> float | None:
        """Of a story's sum and a vector, to six places; None where the story has no vector."""
        held = self._sums.get(key)
        if held is None:
            return None
        product = int(held[0].astype(np.int64) @ vector.astype(np.int64))
        return round(product / (held[1] * _length(vector)), 6)

    def between(self, one: str, other: str) -> float | None:
        """The cosine of two stories' sums."""
        return self.cosine(one, self._sums[other][0]) if other in self._sums else None

    def state(self) -> list[tuple[str, list[int]]]:
        return [(key, total.tolist()) for key, (total, _) in sorted(self._sums.items())]

    def _write(self, key: str) -> None:
        row = self._rows.setdefault(key, len(self._keys))
        if row == len(self._keys):
            self._keys.append(key)
            if row == self._bits.shape[1]:
                self._bits = np.concatenate([self._bits, np.zeros_like(self._bits)], axis=1)
        self._bits[:, row] = _signs(self._sums[key][0])

    def _drop(self, key: str) -> None:
        """The last row moves into the gap."""
        if self._sums.pop(key, None) is None:
            return
        row, last = self._rows.pop(key), self._keys.pop()
        if last != key:
            self._keys[row], self._rows[last] = last, row
            self._bits[:, row] = self._bits[:, len(self._keys)]


def _signs(vector: Sum) -> Bits:
    return np.packbits(vector > 0).view(np.uint64)


def _length(vector: Sum) -> float:
    wide = vector.astype(np.int64)
    return math.sqrt(int(wide @ wide))
