"""A text as the encoder sees it: units (runs of letters and digits, or one sign), word pieces, word shapes.

Spans are found over units, so that "SDF-led" can be "SDF" and something else. The base model's pieces are
uncased; the shape gives it the case back.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

# Pieces of a window, [CLS] included.
LONGEST: Final = 126
UNIT = re.compile(r"[^\W_]+|[^\w\s]|_")
# Shape ids, the rows of the encoder's token-type table: see `shape`.
PLAIN, CAPITAL, UPPER, LETTER, MIXED, DIGITS, DIGITS_TOO, SIGN, MARK = range(9)
SHAPES: Final = 10
# A line that does not end in one of these is closed with [SEP]: headlines, list items, captions.
_CLOSING = frozenset('.!?…。؟"”»')


class Encoding(Protocol):
    ids: list[int]
    word_ids: list[int | None]


class Tokenizer(Protocol):
    """The part of `tokenizers.Tokenizer` that is used here. Not its batches, which take every core."""

    def encode(self, sequence: list[str], *, is_pretokenized: bool, add_special_tokens: bool) -> Encoding: ...


@dataclass(frozen=True, slots=True)
class Pieces:
    """One line: parallel lists per piece. `unit` is the index of the unit whose first piece it is, else -1."""

    ids: list[int]
    shapes: list[int]
    unit: list[int]


def spans(text: str, start: int = 0, end: int = sys.maxsize) -> list[tuple[int, int]]:
    """Where the units stand, in code points."""
    return [match.span() for match in UNIT.finditer(text, start, end)]


def shape(unit: str) -> int:
    """PLAIN also stands for scripts without case."""
    if unit.isdigit():
        return DIGITS
    if not unit[0].isalnum():
        return SIGN
    if any(c.isdigit() for c in unit):
        return DIGITS_TOO
    if unit.islower() or not (unit.isupper() or any(c.isupper() for c in unit)):
        return PLAIN
    if unit.isupper():
        return LETTER if len(unit) == 1 else UPPER
    return CAPITAL if unit[0].isupper() and unit[1:].islower() else MIXED


def closes(units: list[str]) -> bool:
    """Does the line end as a sentence does?"""
    return bool(units) and units[-1] in _CLOSING


def pieces(tokenizer: Tokenizer, units: list[str], separator: int) -> Pieces:
    """The word pieces of a line of units. A unit without a piece (a lone combining mark) is left out."""
    encoding = tokenizer.encode(units, is_pretokenized=True, add_special_tokens=False)
    words = [w if w is not None else -1 for w in encoding.word_ids]
    shapes = [shape(unit) for unit in units]
    found = Pieces(
        list(encoding.ids),
        [shapes[w] for w in words],
        [w if i == 0 or words[i - 1] != w else -1 for i, w in enumerate(words)],
    )
    if found.ids and not closes(units):
        found.ids.append(separator)
        found.shapes.append(MARK)
        found.unit.append(-1)
    return found


def windows(sizes: list[int], longest: int = LONGEST) -> Iterator[list[tuple[int, int, int]]]:
    """Which pieces stand in one window: (line, first, after the last) of each part, lines whole where they can be.

    `sizes` are the lines' pieces; a line that no window holds is cut up.
    """
    parts: list[tuple[int, int, int]] = []
    room = longest - 1
    for line, size in enumerate(sizes):
        for first in range(0, size, longest - 1):
            after = min(size, first + longest - 1)
            if after - first > room:
                yield parts
                parts, room = [], longest - 1
            parts.append((line, first, after))
            room -= after - first
    if parts:
        yield parts
