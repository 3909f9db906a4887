"""The learned witness: a line that no rule knows goes where it is like lines that were boilerplate elsewhere.

Regressions over the same features (streams/models/BOILERPLATE.md), the wording of a line (`wording`), its form, where it
stands and what the rules said of the lines beside it, and what its element on the page is and is called: one tells whether
a line of a page goes, one whether a line of a text alone does, the others why. It is asked last, only about short lines, and cuts only where it is sure, without a page
surer still: where the rules are silent, a line that stays by mistake costs less than one that goes.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from streams.enrich import wording
from streams.enrich.blocks import Block
from streams.enrich.lines import bare, is_note
from streams.enrich.voice import LANGUAGES
from streams.enrich.wording import LONGEST, Group

# The hashes of all that is not wording come behind those of the wording.
NAMES = 1 << 13
SIZE = (1 << wording.BITS) + NAMES
# The chance of being boilerplate from which a line goes: one of a page, whose element is known, and one of a text alone;
# by the host-wise look in the card.
SURE, ALONE = 0.75, 0.85
# A text alone of fewer lines is too little to tell what belongs to it, one of more is a table or a list.
_FEWEST, _MOST = 3, 2_000
# Lines that are looked at together: what is worked with stays small, however long the text.
_AT_ONCE = 256
# A text alone may end in a table's or a match's lines ("Referee: A. Example"), which credits are like: of these it must be surer.
LABELLED = 0.95
_LABELLED = re.compile(r"\s*[^\W\d_][^:：]{0,30}[:：]")
_UP = 4  # elements whose names are read: its own, and those around it
_NAME = re.compile(r"[a-z]{3,}")
_ENDED = re.compile(r"[.!?…\"”»]\s*$")
_ADDRESS = re.compile(r"https?://|www\.")


class Model(NamedTuple):
    """`weights` has a row that says whether a line of a page goes, one for a line of a text alone, and one for each of the `reasons`.

    A logit is `bias` plus, for each group of features, the sum of their weights, times `scale`, over the root of their number.
    """

    reasons: tuple[str, ...]
    weights: npt.NDArray[np.int8]
    scale: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]

    def chances(self, found: Sequence[Group], count: int, *, alone: bool) -> npt.NDArray[np.float64]:
        """The chance of each of so many lines to be boilerplate."""
        return np.asarray(1 / (1 + np.exp(-self._logits(int(alone), found, count))))

    def why(self, found: Sequence[Group], number: int) -> str:
        """The likeliest reason of one of the lines."""
        of_it = [(index[line == number], np.zeros(int((line == number).sum()), np.int64)) for index, line in found]
        logits = [self._logits(row, of_it, 1)[0] for row in range(2, len(self.weights))]
        return self.reasons[int(np.argmax(logits))]

    def _logits(self, row: int, found: Sequence[Group], count: int) -> npt.NDArray[np.float64]:
        total, weights = np.zeros(count), self.weights[row]
        for index, line in found:
            total += np.bincount(line, weights[index], count) / np.sqrt(
                np.maximum(np.bincount(line, minlength=count), 1)
            )
        return np.asarray(total * self.scale[row] + self.bias[row])


@cache
def model() -> Model:
    """The model that is committed."""
    with files("streams.models").joinpath("boilerplate.npz").open("rb") as file, np.load(file) as kept:
        return Model(tuple(map(str, kept["reasons"])), kept["weights"], kept["scale"], kept["bias"])


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
    """Goes over the lines' reasons and adds to them; `blocks` are the page's by line, `labels` what its markup says of a line.

    Both are empty where there is no page.
    """
    page, alone = Lines(lines, reasons, blocks, labels), not blocks
    asked = page.asked()
    for some in (asked[first : first + _AT_ONCE] for first in range(0, len(asked), _AT_ONCE)):
        known, found = model(), page.features(some)
        least = [LABELLED if _LABELLED.match(lines[number]) else ALONE for number in some] if alone else SURE
        for at in map(int, np.flatnonzero(known.chances(found, len(some), alone=alone) >= least)):
            reasons[some[at]] = known.why(found, at)


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
        """The lines that the witness is asked about: of a page those whose element is known."""
        several = _FEWEST <= sum(map(bool, self.said)) <= _MOST
        return [
            number
            for number, line in enumerate(self.lines)
            if not self.reasons[number]
            and (self.blocks[number] or (several and not self.known))
            and len(line) <= LONGEST
            and any(map(str.isalpha, line))
            and not is_note(line)
        ]

    def features(self, numbers: Sequence[int]) -> list[Group]:
        """What is to be said of these lines, in groups; each line by its place among them."""
        places = [
            [*self._place(number), *self._beside(number - 1, "<"), *self._beside(number + 1, ">")] for number in numbers
        ]
        markups = [[*_markup(self.blocks[number], self.labels.get(self.said[number]))] for number in numbers]
        return [*spoken([self.lines[number] for number in numbers]), _hashed(places), _hashed(markups)]

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


def spoken(lines: Sequence[str]) -> list[Group]:
    """What is to be said of lines by themselves: three groups, to which a text adds the places, and a page the markup."""
    return [*wording.groups(lines), _hashed([[*_form(line)] for line in lines])]


def _hashed(names: Sequence[Sequence[str]]) -> Group:
    hashes = [SIZE - 1 - crc32(name.encode()) % NAMES for each in names for name in each]
    return np.array(hashes, np.int64), np.repeat(np.arange(len(names)), list(map(len, names)))


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
    if not block:
        return
    yield f"why {why}"
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
