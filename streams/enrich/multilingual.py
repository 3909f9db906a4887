"""What an article in another language than English is about: its point among those of a hundred languages.

The encoder (streams/models/multilingual/MULTILINGUAL.md) puts reports on like matters near one another whatever their
language. Topics are read from the point, by what was learned from English (`chances`, `subtopics`, `own`); it is not written to the
article, for it cannot be compared with the vectors of English ones. Rounding to int8 inside the graph is by call: one article a call.
"""

import hashlib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from streams.enrich.ner.encoder import opened
from streams.enrich.network import Floats, Network, softmax
from streams.enrich.tidy import unbroken

# What is read: word pieces of headline and beginning, and characters that are cut into pieces at all.
PIECES: Final = 128
READ: Final = 600
# Of fewer pieces ("Sudoku", "In brief") nothing is said.
FEWEST: Final = 5
# Whose articles other encoders read, and of which it is not known what they are in.
OTHERS: Final = frozenset({"en", "und"})
# How the encoder was taught to be asked.
_ASKED: Final = "query:"
_START, _END, _UNKNOWN, _MARKS = 0, 2, 3, 4
_SPACE: Final = "\u2581"
# What a character that no piece has is worth: less than any piece (SentencePiece's own rule).
_STRANGE: Final = 10.0
# Words whose pieces are remembered; longer ones are seldom met again.
_KEPT, _WORD = 1 << 14, 24
_FOLDER: Final = Path(__file__).parents[1] / "models" / "multilingual"


@dataclass(frozen=True, slots=True)
class _Words:
    """The pieces with their numbers, and each one's vector as codes into `books` (parts x 256 x numbers of a part)."""

    numbers: dict[str, int]
    scores: list[float]
    longest: int
    strange: float
    codes: npt.NDArray[np.uint8]
    books: Floats

    def vectors(self, pieces: list[int]) -> Floats:
        """Pieces x 384."""
        parts = np.arange(len(self.books))
        return self.books[parts, self.codes[pieces]].reshape(len(pieces), -1)


@cache
def _words() -> _Words:
    with np.load(_FOLDER / "words.npz", allow_pickle=False) as kept:
        pieces = kept["pieces"].tobytes().decode().split("\n")
        scores, codes, books = (
            kept["scores"].astype(np.float64).tolist(),
            kept["codes"],
            kept["books"].astype(np.float32),
        )
    numbers = {piece: number for number, piece in enumerate(pieces) if number >= _MARKS}
    return _Words(numbers, scores, max(map(len, numbers)), min(scores) - _STRANGE, codes, books)


def find(title: str, text: str, language: str, fewest: int = FEWEST) -> Floats | None:
    """The article's point as topics are read from it; None in English, which has encoders of its own, and of fewer pieces."""
    if language.partition("-")[0] in OTHERS:
        return None
    found = point(title, text, fewest)
    return None if found is None else centred(found, _topics().middle)


def point(title: str, text: str, fewest: int = 1) -> Floats | None:
    """The article's point as the encoder gives it, of length one; None where it knows fewer pieces of it."""
    pieces = list(_pieces(". ".join(part for part in (title, text[:READ]) if part)))
    if sum(piece != _UNKNOWN for piece in pieces) < fewest:
        return None
    asked = [_START, *_remembered(_ASKED), *pieces, _END]
    [found] = _session().run(None, {"words": _words().vectors(asked)[None]})
    return np.asarray(found[0] / np.linalg.norm(found[0]), np.float32)


def _pieces(text: str) -> Iterator[int]:
    """At most `PIECES` of them."""
    left = PIECES
    for word in unicodedata.normalize("NFKC", unbroken(text[: 2 * READ])).split():
        found = _remembered(word) if len(word) <= _WORD else _cut(_SPACE + word[: 2 * READ])
        yield from found[:left]
        left -= len(found)
        if left <= 0:
            return


@lru_cache(_KEPT)
def _remembered(word: str) -> tuple[int, ...]:
    return _cut(_SPACE + word)


def _cut(word: str) -> tuple[int, ...]:
    """The likeliest row of pieces that spells the word, by Viterbi (Kudo 2018); strange characters in a row are one piece."""
    known = _words()
    best: list[tuple[float, int, int]] = [(0.0, 0, _UNKNOWN)]  # to each place: how likely, from which, by which piece
    for end in range(1, len(word) + 1):
        ways = [(best[end - 1][0] + known.strange, end - 1, _UNKNOWN)]
        for start in range(max(0, end - known.longest), end):
            number = known.numbers.get(word[start:end])
            if number is not None:
                ways.append((best[start][0] + known.scores[number], start, number))
        best.append(max(ways))
    found: list[int] = []
    end = len(word)
    while end:
        _, start, number = best[end]
        if not (number == _UNKNOWN and found and found[-1] == _UNKNOWN):
            found.append(number)
        end = start
    return tuple(reversed(found))


@cache
def _session() -> Any:
    return opened(_FOLDER / "body.onnx")


@dataclass(frozen=True, slots=True)
class _Topics:
    """One hidden layer on a point less the `middle` of all, brought to length one."""

    names: tuple[str, ...]
    middle: Floats
    network: Network


@cache
def _topics() -> _Topics:
    with np.load(_FOLDER / "topics.npz", allow_pickle=False) as kept:
        middle, *layers = (kept[name].astype(np.float32) for name in ("middle", *Network._fields))
        return _Topics(tuple(map(str, kept["topics"])), middle, Network(*layers))


def centred(points: Floats, middle: Floats) -> Floats:
    """Points less the middle of all, of length one again: raw ones all lie in one corner."""
    moved = points - middle
    return np.asarray(moved / np.linalg.norm(moved, axis=-1, keepdims=True), np.float32)


def chances(point: Floats) -> dict[str, float]:
    """How likely each top-level topic is, by what `find` gave."""
    known = _topics()
    found = softmax(known.network.logits(point))
    return {name: float(chance) for name, chance in zip(known.names, found, strict=True)}


@cache
def version() -> str:
    """The first eight hex digits of a hash over the encoder's files and the topics'."""
    digest = hashlib.blake2b(digest_size=4)
    for file in ("body.onnx", "words.npz", "topics.npz", "subtopics.npz"):
        digest.update((_FOLDER / file).read_bytes())
    return digest.hexdigest()
