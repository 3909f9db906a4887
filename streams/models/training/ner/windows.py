"""From documents to the encoder's windows and batches."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from streams.enrich.ner import units
from streams.enrich.ner.tags import TAGS
from streams.enrich.ner.units import LONGEST
from streams.models.training.ner.sets import Document, Sentence

Ints = npt.NDArray[np.int64]
# The shortest window: training draws its length, the run time takes the longest.
SHORTEST = 40
# Shares of windows written in capitals, in small letters, and As a Headline.
UPPER, LOWER, HEADLINE = 0.03, 0.03, 0.03
# A label that says "do not judge here": later pieces of a unit, [CLS], [SEP], padding.
NONE = -1


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence in pieces."""

    ids: Ints
    shapes: Ints
    labels: Ints
    misc: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows x pieces, padded with 0 (labels with NONE); `misc` per window."""

    ids: Ints
    shapes: Ints
    labels: Ints
    misc: npt.NDArray[np.bool_]

    @property
    def mask(self) -> npt.NDArray[np.bool_]:
        return np.not_equal(self.ids, 0)


def lines(documents: list[Document], tokenizer: units.Tokenizer, separator: int) -> list[list[Line]]:
    """Each document's sentences in pieces; a token's tag goes to its units, a unit's to its first piece."""
    return [[_line(sentence, tokenizer, separator) for sentence in d] for d in documents]


def _units(sentence: Sentence) -> list[tuple[str, int]]:
    return [(t[a:b], at) for at, t in enumerate(sentence.tokens) for a, b in units.spans(t)]


def _line(sentence: Sentence, tokenizer: units.Tokenizer, separator: int) -> Line:
    split = _units(sentence)
    owner = [o for _, o in split]
    found = units.pieces(tokenizer, [u for u, _ in split], separator)
    tags = [sentence.tags[o] for o in owner]
    inner = [i > 0 and owner[i - 1] == owner[i] for i in range(len(owner))]
    wanted = [TAGS.index(f"I-{t[2:]}" if t != "O" and i else t) for t, i in zip(tags, inner, strict=True)]
    labels = _ints([wanted[u] if u >= 0 else NONE for u in found.unit])
    return Line(_ints(found.ids), _ints(found.shapes), labels, sentence.misc)


def _ints(values: npt.ArrayLike) -> Ints:
    return np.array(values, np.int64)


def cut(document: list[Line], longest: int) -> Iterator[list[Line]]:
    """A document's lines in windows of at most `longest` pieces, [CLS] included; a longer line is cut up."""
    for parts in units.windows([len(line.ids) for line in document], longest):
        yield [_part(document[at], slice(first, after)) for at, first, after in parts]


def _part(line: Line, where: slice) -> Line:
    return Line(line.ids[where], line.shapes[where], line.labels[where], line.misc)


def epoch(documents: list[list[Line]], start: int, tokens: int, random: np.random.Generator) -> list[Batch]:
    """All documents once, in batches of about `tokens` pieces of like length, in random order. `start` is [CLS]."""
    windows = [(w, _draw(random)) for d in documents for w in cut(d, int(random.integers(SHORTEST, LONGEST + 1)))]
    windows.sort(key=lambda w: sum(len(line.ids) for line in w[0]) + random.random())
    batches = [batch(some, start) for some in grouped([w for w, _ in windows], tokens)]
    cases = iter([c for _, c in windows])
    batches = [Batch(b.ids, _recased(b.shapes, [next(cases) for _ in b.ids]), b.labels, b.misc) for b in batches]
    return [batches[i] for i in random.permutation(len(batches))]


def grouped(windows: list[list[Line]], tokens: int) -> Iterator[list[list[Line]]]:
    """Neighbours together, so that padded to the longest they come to about `tokens` pieces."""
    some: list[list[Line]] = []
    longest = 0
    for window in windows:
        size = 1 + sum(len(line.ids) for line in window)
        if some and max(longest, size) * (len(some) + 1) > tokens:
            yield some
            some, longest = [], 0
        some.append(window)
        longest = max(longest, size)
    if some:
        yield some


def batch(windows: list[list[Line]], start: int) -> Batch:
    longest = 1 + max(sum(len(line.ids) for line in w) for w in windows)
    ids, shapes = np.zeros((2, len(windows), longest), np.int64)
    labels = np.full((len(windows), longest), NONE, np.int64)
    for row, window in enumerate(windows):
        size = 1 + sum(len(line.ids) for line in window)
        ids[row, 0], shapes[row, 0] = start, units.MARK
        ids[row, 1:size] = np.concatenate([line.ids for line in window])
        shapes[row, 1:size] = np.concatenate([line.shapes for line in window])
        labels[row, 1:size] = np.concatenate([line.labels for line in window])
    return Batch(ids, shapes, labels, np.array([w[0].misc for w in windows]))


def _draw(random: np.random.Generator) -> int:
    """0 as written, 1 capitals, 2 small letters, 3 headline."""
    return int(random.choice(4, p=[1 - UPPER - LOWER - HEADLINE, UPPER, LOWER, HEADLINE]))


# What a shape becomes in capitals, in small letters, and with a capital at each word.
_RECASED = np.array([range(units.SHAPES)] * 4)
_RECASED[1, [units.PLAIN, units.CAPITAL, units.MIXED]] = units.UPPER
_RECASED[2, [units.CAPITAL, units.UPPER, units.LETTER, units.MIXED]] = units.PLAIN
_RECASED[3, units.PLAIN] = units.CAPITAL


def _recased(shapes: Ints, cases: list[int]) -> Ints:
    return _ints(_RECASED[np.array(cases)[:, None], shapes])
