"""The learned witness: a line that no rule knows goes where it is like lines that were boilerplate elsewhere.

A softmax regression over hashed features (streams/models/BOILERPLATE.md): the words of a line, its form, what its
element is and is called, where it stands, and what the rules said of the lines beside it. It is asked last, only about
short lines whose element on the page is known, and cuts only where it is sure: where the rules are silent, a line
that stays by mistake costs less than one that goes.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import accumulate, pairwise
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from streams.enrich.blocks import Block
from streams.enrich.lines import bare, is_note
from streams.enrich.voice import LANGUAGES

BUCKETS = 1 << 15
# The chance of being boilerplate from which a line goes; by the host-wise look in the card.
SURE = 0.5
# Lines beyond this length are prose.
LONGEST = 400
_TOKENS = 60  # of a line that are read
_UP = 4  # elements whose names are read: its own, and those around it
_TOKEN = re.compile(r"\w+|[^\w\s]")
_NAME = re.compile(r"[a-z]{3,}")
_ENDED = re.compile(r"[.!?…\"”»]\s*$")
_ADDRESS = re.compile(r"https?://|www\.")
Index = npt.NDArray[np.int64]


class Model(NamedTuple):
    """`classes`: "keep", then the reasons. A class's logit is `bias` plus the mean-like sum of `weights` times `scale`."""

    classes: tuple[str, ...]
    weights: npt.NDArray[np.int8]
    scale: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]

    def chances(self, found: Sequence[Index]) -> npt.NDArray[np.float64]:
        """The chance of each class (columns) for each line's features (rows)."""
        sizes = np.array([len(each) for each in found])
        sums = np.add.reduceat(self.weights[np.concatenate(found)].astype(np.int32), np.cumsum(sizes) - sizes)
        logits = sums * self.scale / np.sqrt(sizes)[:, None] + self.bias
        powers = np.exp(logits - logits.max(1, keepdims=True))
        return np.asarray(powers / powers.sum(1, keepdims=True))


@cache
def model() -> Model:
    """The model that is committed."""
    with files("streams.models").joinpath("boilerplate.npz").open("rb") as file, np.load(file) as kept:
        return Model(tuple(map(str, kept["classes"])), kept["weights"], kept["scale"], kept["bias"])


@cache
def version() -> str:
    """The first eight hex digits of a hash over the model and the phrases of the rules before it."""
    digest = hashlib.blake2b(files("streams.models").joinpath("boilerplate.npz").read_bytes(), digest_size=4)
    for name in (*LANGUAGES, "any"):
        digest.update((files("streams.enrich") / "phrases" / f"{name}.toml").read_bytes())
    return digest.hexdigest()


def witness(
    lines: Sequence[str], reasons: list[str | None], blocks: Mapping[str, Block], labels: Mapping[str, str]
) -> None:
    """Goes over the lines' reasons and adds to them; `blocks` are the page's by line, `labels` what its markup says of a line."""
    page = Lines(lines, reasons, blocks, labels)
    asked = page.asked()
    if not asked:
        return
    known = model()
    for number, chances in zip(asked, known.chances([page.features(number) for number in asked]), strict=True):
        if 1 - chances[0] >= SURE:
            reasons[number] = known.classes[1 + int(chances[1:].argmax())]


class Lines:
    """The lines of a page's text, as the rules left them."""

    def __init__(
        self,
        lines: Sequence[str],
        reasons: Sequence[str | None],
        blocks: Mapping[str, Block],
        labels: Mapping[str, str],
    ) -> None:
        self.lines, self.reasons, self.known, self.labels = lines, tuple(reasons), blocks, labels
        self.said = [bare(line) for line in lines]
        self.blocks = [blocks.get(said) for said in self.said]
        self.often = Counter(self.said)
        kept = (0 if why else len(line) for line, why in zip(reversed(lines), reversed(self.reasons), strict=True))
        self.below = list(accumulate(kept, initial=0))[-2::-1]

    def asked(self) -> list[int]:
        """The lines that the witness is asked about."""
        return [
            number
            for number, line in enumerate(self.lines)
            if not self.reasons[number]
            and self.blocks[number]
            and len(line) <= LONGEST
            and any(map(str.isalpha, line))
            and not is_note(line)
        ]

    def features(self, number: int) -> Index:
        """The hashes of what is to be said of a line, sorted, each once."""
        names = [*_words(self.lines[number]), *_form(self.lines[number]), *self._place(number)]
        names += _markup(self.blocks[number], self.labels.get(self.said[number]))
        names += [*self._beside(number - 1, "<"), *self._beside(number + 1, ">")]
        return np.unique(np.fromiter((crc32(name.encode()) % BUCKETS for name in names), np.int64, len(names)))

    def _place(self, number: int) -> Iterator[str]:
        left = len(self.lines) - 1 - number
        yield f"end {min(left, 6)}"
        yield f"top {min(number, 4)}"
        yield f"at {5 * number // len(self.lines)}"
        yield f"end {min(left, 6)} {len(self.lines[number]) < 80}"
        yield f"often {min(self.often[self.said[number]], 3)}"
        yield f"below {min(self.below[number].bit_length(), 12)}"

    def _beside(self, number: int, side: str) -> Iterator[str]:
        if not 0 <= number < len(self.lines):
            yield f"{side}none"
            return
        line, block = self.lines[number], self.blocks[number]
        yield f"{side}why {self.reasons[number]}"
        yield f"{side}long {min(len(line) // 60, 4)}"
        yield f"{side}ended {bool(_ENDED.search(line))}"
        if line.endswith(":"):
            yield f"{side}:"
        if block:
            yield f"{side}tag {block.tag}"
            yield f"{side}linked {3 * block.linked // max(1, len(block.text))}"


def _words(line: str) -> Iterator[str]:
    words = ["0" if word.isdigit() else word for word in _TOKEN.findall(line.casefold())[:_TOKENS]]
    for word in words:
        yield word
        if len(word) > 6:
            yield f"{word[:5]}-"
    yield from (f"{one} {other}" for one, other in pairwise(words))
    for few in (1, 2):
        yield "^" + " ".join(words[:few])
        yield " ".join(words[-few:]) + "$"


def _form(line: str) -> Iterator[str]:
    line = line.strip()
    words = line.split()
    yield f"long {len(line).bit_length()} {len(words).bit_length()}"
    yield f"first {line[0] if not line[0].isalnum() else line[0].isupper()}"
    yield f"last {line[-1] if not line[-1].isalnum() else ''}"
    yield f"capitals {4 * sum(word[0].isupper() for word in words) // len(words)} {min(len(words), 3)}"
    yield f"digits {any(map(str.isdigit, line))}"
    yield from (f"has {sign}" for sign in "@|" if sign in line)
    if ":" in line[:30]:
        yield "colon"
    if _ADDRESS.search(line):
        yield "address"


def _markup(block: Block | None, why: str | None) -> Iterator[str]:
    yield f"why {why}"
    if not block:
        return
    yield f"tag {block.tag}"
    yield f"linked {5 * block.linked // max(1, len(block.text))}"
    yield f"away {block.away}"
    yield f"label {block.label}"
    element: Any = block.element
    for up in range(_UP):
        if element is None:
            return
        yield f"up {up} {element.tag}"
        for name in _NAME.findall(f"{element.get('class', '')} {element.get('id', '')}"[:300].lower()):
            yield f"named {name}"
            if up < 2:
                yield f"named {up} {name}"
        element = element.getparent()
