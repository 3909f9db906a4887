"""From numbers of 32 bits to numbers of 32 bits, in 12 to 24 bytes an entry, where a dict of objects takes eighty.

Open hash tables with linear probing; a deletion moves back what follows it (Knuth, TAOCP 3, 6.4, algorithm R). There are 256, so that one
that grows holds nothing up.
"""

from array import array
from collections.abc import Iterator

_SPREAD = 0x9E3779B1  # 2**32 / golden ratio: Fibonacci hashing
_WORD = 2**32 - 1
_SHARDS, _BITS = 8, 24  # bits of a hash that choose the table, and those left for the place in it


class Table:
    """A mapping of which no value is 0."""

    def __init__(self) -> None:
        self._shards = [_Shard() for _ in range(1 << _SHARDS)]

    def __len__(self) -> int:
        return sum(shard.used for shard in self._shards)

    def __iter__(self) -> Iterator[int]:
        """Its keys, in no order."""
        return (key for shard in self._shards for key, value in zip(shard.keys, shard.values, strict=True) if value)

    def get(self, key: int) -> int:
        """0 where there is none."""
        spread = key * _SPREAD & _WORD
        shard = self._shards[spread >> _BITS]
        return shard.values[shard.find(key, spread)]

    def put(self, key: int, value: int) -> None:
        spread = key * _SPREAD & _WORD
        shard = self._shards[spread >> _BITS]
        at = shard.find(key, spread)
        if not shard.values[at]:
            shard.used += 1
        shard.keys[at], shard.values[at] = key, value
        if 3 * shard.used > 2 * len(shard.keys):
            shard.grow()

    def drop(self, key: int) -> None:
        """Of one that is there."""
        spread = key * _SPREAD & _WORD
        self._shards[spread >> _BITS].drop(key, spread)


class _Shard:
    __slots__ = ("keys", "mask", "shift", "used", "values")

    def __init__(self, bits: int = 4) -> None:
        self.keys, self.values = array("I", bytes(4 << bits)), array("I", bytes(4 << bits))
        self.mask, self.shift, self.used = (1 << bits) - 1, _BITS - bits, 0

    def find(self, key: int, spread: int) -> int:
        """Where the key is, or would be."""
        keys, values, mask = self.keys, self.values, self.mask
        at = spread >> self.shift & mask
        while values[at] and keys[at] != key:
            at = at + 1 & mask
        return at

    def drop(self, key: int, spread: int) -> None:
        keys, values, mask = self.keys, self.values, self.mask
        gap = at = self.find(key, spread)
        while values[at := at + 1 & mask]:
            home = (keys[at] * _SPREAD & _WORD) >> self.shift & mask
            # It may fill the gap unless its home lies behind that.
            if (at - home & mask) >= (at - gap & mask):
                keys[gap], values[gap] = keys[at], values[at]
                gap = at
        values[gap] = 0
        self.used -= 1

    def grow(self) -> None:
        old = zip(self.keys, self.values, strict=True)
        wider = _Shard(_BITS - self.shift + 1)
        for key, value in old:
            if value:
                at = wider.find(key, key * _SPREAD & _WORD)
                wider.keys[at], wider.values[at] = key, value
        self.keys, self.values, self.mask, self.shift = wider.keys, wider.values, wider.mask, wider.shift
