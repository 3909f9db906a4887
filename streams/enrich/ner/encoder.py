"""The trained encoder at run time: the names in one article's text."""

import re
from collections.abc import Callable, Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt

from newstide.records import EntityType
from streams.enrich.ner import tags, units
from streams.enrich.ner.tags import Floats
from streams.enrich.ner.units import Pieces, Tokenizer
from streams.enrich.words import Name

Ints = npt.NDArray[np.int32]
# (ids, shapes, mask), each windows x pieces → logits, windows x pieces x tags.
Run = Callable[[Ints, Ints, Ints], Floats]
# What is read of a text, in characters and in windows of some 100 words: names met later are known by then.
READ: Final = 24_000
MOST_WINDOWS: Final = 32
# Windows in one call: it bounds the memory, and never depends on another article.
_CALL = 16
_SURROGATE = re.compile("[\ud800-\udfff]")
# Where a window had better end: lines, and sentences as far as their signs tell.
_ENDS = re.compile(r"""\n+|(?<=[.!?…"”])(?<![A-Z]\.) (?=[^\sa-z])""")
_LINE = re.compile(r"\S(?:[^\n]*\S)?")


class Encoder:
    """Finds names in English. The same text gives the same names, whatever was read before it."""

    def __init__(self, tokenizer: Tokenizer, run: Run, start: int, separator: int) -> None:
        """`start` and `separator` are the ids of [CLS] and [SEP]."""
        self._tokenizer, self._run = tokenizer, run
        self._start, self._separator = start, separator

    def names(self, text: str) -> list[Name]:
        """In order, none overlapping and none across a line's end. Any string will do; a long one is read to `READ`.

        Rounding to int8 is by call, so the article's own windows, and nothing else, are in one.
        """
        text = _SURROGATE.sub("\ufffd", text[:READ])
        places: list[tuple[int, int]] = []
        lines = [self._line(text, first, end, places) for first, end in _lines(text)]
        windows = list(islice(units.windows([len(line.ids) for line in lines]), MOST_WINDOWS))
        found: list[Name] = []
        for at in range(0, len(windows), _CALL):
            some = [_joined([_part(lines[n], a, b) for n, a, b in window]) for window in windows[at : at + _CALL]]
            for window, logits in zip(some, self._logits(some), strict=True):
                found += _names(window, logits, places, text)
        return found

    def _line(self, text: str, first: int, end: int, places: list[tuple[int, int]]) -> Pieces:
        """One line's pieces; its units are numbered through the text, and noted in `places`."""
        before = len(places)
        places += units.spans(text, first, end)
        line = units.pieces(self._tokenizer, [text[a:b] for a, b in places[before:]], self._separator)
        return Pieces(line.ids, line.shapes, [u + before if u >= 0 else u for u in line.unit])

    def _logits(self, windows: list[Pieces]) -> Floats:
        """Of each window's pieces, padded at the end."""
        longest = 1 + max(len(window.ids) for window in windows)
        ids, shapes, mask = np.zeros((3, len(windows), longest), np.int32)
        for row, window in enumerate(windows):
            size = 1 + len(window.ids)
            ids[row, :size] = [self._start, *window.ids]
            shapes[row, :size] = [units.MARK, *window.shapes]
            mask[row, :size] = 1
        return self._run(ids, shapes, mask)[:, 1:]


def _lines(text: str) -> Iterator[tuple[int, int]]:
    marks = [(0, 0), *(m.span() for m in _ENDS.finditer(text)), (len(text), len(text))]
    return ((a, b) for (_, a), (b, _) in pairwise(marks) if a < b)


def _part(line: Pieces, first: int, after: int) -> Pieces:
    return Pieces(line.ids[first:after], line.shapes[first:after], line.unit[first:after])


def _joined(parts: list[Pieces]) -> Pieces:
    whole = Pieces([], [], [])
    for part in parts:
        whole.ids.extend(part.ids)
        whole.shapes.extend(part.shapes)
        whole.unit.extend(part.unit)
    return whole


def _names(window: Pieces, logits: Floats, places: list[tuple[int, int]], text: str) -> Iterator[Name]:
    own = np.array(window.unit, np.int64)
    firsts = np.flatnonzero(own >= 0)
    for first, after, kind in tags.spans(tags.best(logits[firsts])):
        start, end = places[own[firsts[first]]][0], places[own[firsts[after - 1]]][1]
        yield from (Name(*line.span(), cast("EntityType", kind)) for line in _LINE.finditer(text, start, end))


def load(folder: Path) -> Encoder:
    """The encoder whose ner.onnx and tokenizer.json lie in `folder`."""
    from tokenizers import Tokenizer as Tokenizers

    tokenizer = Tokenizers.from_file(str(folder / "tokenizer.json"))
    start, separator = map(tokenizer.token_to_id, ("[CLS]", "[SEP]"))
    return Encoder(tokenizer, session(folder / "ner.onnx"), start, separator)


def session(path: Path) -> Run:
    """The model in a file, in one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    model = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(ids: Ints, shapes: Ints, mask: Ints) -> Floats:
        answer: list[Any] = model.run(None, {"ids": ids, "shapes": shapes, "mask": mask})
        return np.asarray(answer[0])

    return run
