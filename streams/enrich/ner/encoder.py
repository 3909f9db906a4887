"""The trained encoder at run time: the names in one article's text."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt

from newstide.errors import SettingsError
from newstide.records import EntityType
from newstide.settings import BROUGHT
from streams.enrich.ner import tags, units
from streams.enrich.ner.tags import Floats
from streams.enrich.ner.units import Pieces, Tokenizer
from streams.enrich.tidy import unbroken
from streams.enrich.words import Name

Ints = npt.NDArray[np.int32]
# (ids, shapes) of one window's pieces → logits, pieces x tags.
Run = Callable[[Ints, Ints], Floats]
# What is read of a text, in characters and in windows of some 100 words: names met later are known by then.
READ: Final = 24_000
MOST_WINDOWS: Final = 32
# Windows whose answers are kept, some 5 KB each: copies and revisions bring the same ones again.
KEPT: Final = 1024
# What lies in a model's folder.
FILES: Final = ("ner.onnx", "tokenizer.json")
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

        Rounding to int8 is by call, so a window is a call of its own: no neighbour and no padding is in it.
        """
        text = unbroken(text[:READ])
        places: list[tuple[int, int]] = []
        read = [self._line(text, first, end, places) for first, end in lines(text)]
        windows = list(islice(units.windows([len(line.ids) for line in read]), MOST_WINDOWS))
        found = (name for window in windows for name in self._window(window, read, places, text))
        return _whole(found, text)

    def _window(
        self, parts: list[tuple[int, int, int]], lines: list[Pieces], places: list[tuple[int, int]], text: str
    ) -> Iterator[Name]:
        window = _joined([_part(lines[n], first, after) for n, first, after in parts])
        ids, shapes = np.array([[self._start, *window.ids], [units.MARK, *window.shapes]], np.int32)
        return _names(window, self._run(ids, shapes)[1:], places, text)

    def _line(self, text: str, first: int, end: int, places: list[tuple[int, int]]) -> Pieces:
        """One line's pieces; its units are numbered through the text, and noted in `places`."""
        before = len(places)
        places += units.spans(text, first, end)
        line = units.pieces(self._tokenizer, [text[a:b] for a, b in places[before:]], self._separator)
        return Pieces(line.ids, line.shapes, [u + before if u >= 0 else u for u in line.unit])


def lines(text: str) -> Iterator[tuple[int, int]]:
    """Where lines and sentences stand, as far as their signs tell: a window had better end with one."""
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


def _whole(names: Iterable[Name], text: str) -> list[Name]:
    """None ends in "of": "University of" and "Baghdad" are one name."""
    found: list[Name] = []
    for name in names:
        last = found[-1] if found else None
        if last and text.endswith(" of", 0, last.end) and text[last.end : name.start] in {" ", " the "}:
            found[-1] = Name(last.start, name.end, last.kind)
        else:
            found.append(name)
    return [Name(n.start, n.end - len(" of") * text.endswith(" of", n.start, n.end), n.kind) for n in found]


@cache
def encoder(folder: str) -> Encoder:
    """The one encoder of this process, made at first use; `folder` is the setting `workers.names`. Raises SettingsError."""
    try:
        return load(_folder(folder))
    except Exception as e:  # the tokenizer's and the run time's own kinds
        raise SettingsError(f"workers.names: the model in {_folder(folder)} cannot be read: {e}") from e


@cache
def version(folder: str) -> str:
    """The first eight hex digits of a hash over weights and tokenizer."""
    digest = hashlib.blake2b(digest_size=4)
    for name in FILES:
        digest.update((_folder(folder) / name).read_bytes())
    return digest.hexdigest()


def _folder(folder: str) -> Path:
    return Path(str(files("streams.models") / "ner" / folder)) if folder in BROUGHT else Path(folder)


def load(folder: Path) -> Encoder:
    """The encoder whose ner.onnx and tokenizer.json lie in `folder`."""
    from tokenizers import Tokenizer as Tokenizers

    model, spelling = (folder / name for name in FILES)
    tokenizer = Tokenizers.from_file(str(spelling))
    start, separator = map(tokenizer.token_to_id, ("[CLS]", "[SEP]"))
    return Encoder(tokenizer, remembering(session(model)), start, separator)


def remembering(run: Run) -> Run:
    """The same answers, the latest `KEPT` without running the model again."""

    @lru_cache(KEPT)
    def known(ids: bytes, shapes: bytes) -> Floats:
        return run(np.frombuffer(ids, np.int32), np.frombuffer(shapes, np.int32))

    return lambda ids, shapes: known(ids.tobytes(), shapes.tobytes())


def session(path: Path) -> Run:
    """The model in a file, in one thread."""
    model = opened(path)

    def run(ids: Ints, shapes: Ints) -> Floats:
        answer: list[Any] = model.run(None, {"ids": ids[None], "shapes": shapes[None]})
        return cast("Floats", answer[0][0])

    return run


def opened(path: Path) -> Any:
    """A model's file as a session of onnxruntime, in one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
