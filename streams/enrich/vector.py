"""What an article is about, as a point: 384 numbers from the frozen sentence encoder (streams/models/vector/VECTOR.md).

Rounding to int8 inside the graph is by call, so that one article, and nothing else, is in a call.
"""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from streams.enrich.tidy import unbroken

WIDTH: Final = 384
# What is read: headline and beginning, in word pieces; beyond, the encoder was not trained.
PIECES: Final = 128
# Characters that are cut into pieces at all: more than 128 pieces of any text that has words.
_READ: Final = 2_000
# The encoder was trained on English. What it makes of other languages is noise that looks alike.
LANGUAGES: Final = frozenset({"en"})
_MODELS = Path(__file__).parents[1] / "models"
# Both encoders start from the same weights and cut a text into the same pieces.
_MODEL, _SPELLING = _MODELS / "vector" / "vector.onnx", _MODELS / "ner" / "tokenizer.json"

# The length of every vector in int8, so that a product over LENGTH² is the cosine. A number above 127/500 of it is cut:
# one vector in a thousand has one.
LENGTH: Final = 500

Small = npt.NDArray[np.int8]


class Encode(Protocol):
    def __call__(self, text: str) -> npt.NDArray[np.floating[Any]]: ...


def find(title: str, text: str, language: str) -> str:
    """Base64 of 384 int8 (`write`), "" where the language is not the encoder's or there is no word."""
    if language.partition("-")[0] not in LANGUAGES:
        return ""
    found = small(encoder()(". ".join(part for part in (title, text[:_READ]) if part)))
    return write(found) if found.any() else ""


def small(vector: npt.NDArray[np.floating[Any]]) -> Small:
    """The direction in int8, of `LENGTH`; all 0 where there is no direction."""
    length = float(np.linalg.norm(vector))
    if not np.isfinite(length) or length == 0:
        return np.zeros(WIDTH, np.int8)
    return np.asarray(np.clip(np.rint(vector * (LENGTH / length)), -127, 127), np.int8)


def write(vector: Small) -> str:
    return base64.b64encode(vector.tobytes()).decode("ascii")


def read(vector: str) -> Small | None:
    """The numbers of `write`; None of what is no vector, or points nowhere."""
    try:
        found = np.frombuffer(base64.b64decode(vector, validate=True), np.int8)
    except ValueError:
        return None
    return found if len(found) == WIDTH and found.any() else None


@cache
def version() -> str:
    """Of the model: 12 hex digits of its file's SHA-256."""
    return hashlib.sha256(_MODEL.read_bytes()).hexdigest()[:12]


@cache
def encoder() -> Encode:
    """The encoder, read once per process; one thread."""
    from tokenizers import Tokenizer

    from streams.enrich.ner.encoder import session

    tokenizer = Tokenizer.from_file(str(_SPELLING))
    tokenizer.enable_truncation(PIECES)
    run = session(_MODEL)
    unknown = {tokenizer.token_to_id(mark) for mark in ("[CLS]", "[SEP]", "[UNK]")}

    def encode(text: str) -> npt.NDArray[np.floating[Any]]:
        pieces = tokenizer.encode(unbroken(text[:_READ])).ids
        if unknown.issuperset(pieces):
            return np.zeros(WIDTH, np.float32)
        ids = np.array(pieces, np.int32)
        return run(ids, np.zeros_like(ids))

    return encode
