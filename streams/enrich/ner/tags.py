"""The encoder's nine BIO tags, and the best sequence of them that makes sense."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
KINDS: Final = ("PER", "ORG", "LOC", "MISC")
TAGS: Final = ("O", *(f"{part}-{kind}" for kind in KINDS for part in "BI"))


def _barred() -> Floats:
    """What a step from one tag to another costs: nothing, or too much (I-X only follows B-X and I-X)."""
    cost = np.zeros((len(TAGS), len(TAGS)), np.float32)
    for after, tag in enumerate(TAGS):
        if tag.startswith("I-"):
            cost[[i for i, before in enumerate(TAGS) if before[2:] != tag[2:]], after] = -1e4
    return cost


BARRED: Final = _barred()


def best(logits: Floats) -> list[int]:
    """Viterbi: the likeliest lawful tag ids of one window, from its units' logits (units x tags)."""
    path = logits.argmax(1)
    if not len(path) or not (BARRED[path[:-1], path[1:]].any() or BARRED[0, path[0]]):
        return [int(tag) for tag in path]
    score = logits[0] + BARRED[0]
    back = np.zeros(logits.shape, np.int64)
    for at in range(1, len(logits)):
        options = score[:, None] + BARRED
        back[at] = options.argmax(0)
        score = options.max(0) + logits[at]
    steps = [int(score.argmax())]
    for at in range(len(logits) - 1, 0, -1):
        steps.append(int(back[at, steps[-1]]))
    return steps[::-1]


def spans(tags: list[int]) -> list[tuple[int, int, str]]:
    """(first unit, unit after the last, kind) of each name in a lawful sequence."""
    found: list[tuple[int, int, str]] = []
    for at, tag in enumerate(tags):
        if TAGS[tag].startswith("B-"):
            found.append((at, at + 1, TAGS[tag][2:]))
        elif TAGS[tag].startswith("I-") and found:
            found[-1] = (found[-1][0], at + 1, found[-1][2])
    return found
