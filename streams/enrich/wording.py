"""What lines say, as hashes: their words, pairs of words and beginnings, and their pieces of three to five letters.

Letters are read without case and accents, digits as one digit, so that a word of one language is known in its forms and
in its neighbour's tongue. All lines go at once, over arrays: the hash of a stretch is a difference of two sums over
the letters before its ends, each letter times a power.
"""

import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

BITS = 16
# Of a line so many characters are read.
LONGEST = 400
_PIECES = (3, 4, 5)  # letters
_SCRIPTS = 1 << 16  # code points; what is beyond is alike
_BREAK, _FOLDED = 10, 0x2000
# A power of it stands for a place; odd, so that it has an inverse modulo 2^64.
_BASE = 0x9E3779B97F4A7C15
_MIX, _KIND = np.uint64(0xD6E8FEB86659FD93), 0xC2B2AE3D27D4EB4F
Index = npt.NDArray[np.int64]
# Hashes, and the line that each is of.
Group = tuple[Index, Index]


def groups(lines: Sequence[str]) -> tuple[Group, Group]:
    """The hashes (below 2^BITS) of the lines' words, and of their pieces."""
    text = "\n".join(["", *(" ".join(line[:LONGEST].casefold().split()) for line in lines), ""])
    codes = np.minimum(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4"), _SCRIPTS - 1)
    read = _Reading(codes)
    return read.words(), read.pieces()


class _Reading:
    """Lines as code points, with a break before the first, between them, and behind the last."""

    def __init__(self, codes: npt.NDArray[np.uint32]) -> None:
        letters, in_word = _alphabet()
        power, self.inverse = _powers(1 << max(16, len(codes).bit_length()))
        self.sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(letters[codes] * power[: len(codes)])])
        self.breaks = codes == _BREAK
        self.line = np.cumsum(self.breaks) - 1
        word = in_word[codes]
        self.starts, self.ends = np.flatnonzero(word[1:] & ~word[:-1]) + 1, np.flatnonzero(word[:-1] & ~word[1:]) + 1

    def hashes(self, starts: Index, ends: Index, kind: int) -> Index:
        found = (self.sums[ends] - self.sums[starts]) * self.inverse[starts]
        found = (found ^ np.uint64(kind * _KIND % (1 << 64))) * _MIX
        found = (found ^ (found >> np.uint64(29))) * _MIX
        return np.asarray(found >> np.uint64(64 - BITS), np.int64)

    def pieces(self) -> Group:
        """Stretches of a line; its ends are letters too."""
        before = np.concatenate([np.zeros(1, np.int64), np.cumsum(self.breaks)])
        found, of = [], []
        for size in _PIECES:
            starts = np.arange(len(self.breaks) - size + 1)
            starts = starts[before[starts + size - 1] == before[starts + 1]]
            found.append(self.hashes(starts, starts + size, size))
            of.append(self.line[starts])
        return np.concatenate(found), np.concatenate(of)

    def words(self) -> Group:
        """Words, pairs, the first one to three with the line's beginning, the last one and two with its end."""
        of = self.line[self.starts]
        first, last = (
            np.searchsorted(of, np.arange(self.line[-1])),
            np.searchsorted(of, np.arange(self.line[-1]), "right"),
        )
        begins, stops = np.flatnonzero(self.breaks)[:-1], np.flatnonzero(self.breaks)[1:]
        pair = np.flatnonzero(of[1:] == of[:-1])
        found = [
            (self.hashes(self.starts, self.ends, 11), of),
            (self.hashes(self.starts[pair], self.ends[pair + 1], 12), of[pair]),
        ]
        for count in (1, 2, 3):
            has = np.flatnonzero(last - first >= count)
            found.append((self.hashes(begins[has], self.ends[first[has] + count - 1], 13), has))
            if count < 3:
                found.append((self.hashes(self.starts[last[has] - count], stops[has], 14), has))
        return np.concatenate([each for each, _ in found]), np.concatenate([lines for _, lines in found])


@cache
def _powers(count: int) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """The first powers of the base, and what undoes them, modulo 2^64; of place 0 it is 1."""
    return tuple(  # type: ignore[return-value]  # two
        np.concatenate([np.ones(1, np.uint64), np.cumprod(np.full(count, each, np.uint64))])
        for each in (_BASE, pow(_BASE, -1, 1 << 64))
    )


@cache
def _alphabet() -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.bool_]]:
    """Code point → what it is read as; and whether it is part of a word."""
    letters, in_word = np.arange(_SCRIPTS, dtype=np.uint64), np.zeros(_SCRIPTS, bool)
    for code, char in enumerate(map(chr, range(_SCRIPTS))):
        in_word[code] = char.isalnum()
        if char.isdigit():
            letters[code] = ord("0")
        elif char.isalpha() and code < _FOLDED:
            letters[code] = ord(unicodedata.normalize("NFD", char)[0])
    return letters, in_word
