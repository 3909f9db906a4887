"""What changed between two wordings of a text, word by word. Pure."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

# Words with what is attached to them; in scripts without blanks, each character.
_TOKEN = re.compile(
    r"[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]|[^\s\u0e00-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]+"
)
# Between two changes, as many equal words as this are counted to the change: one word in common is no island.
ISLAND = 1
LONGEST = 20_000  # words that are compared; a change after them is not looked for


@dataclass(frozen=True, slots=True)
class Change:
    """At code point `at` of the new text, `out` went and `into` came; either may be empty."""

    at: int
    out: str
    into: str


def changes(old: str, new: str) -> list[Change]:
    """The changes that make `new` of `old`, in order. White space alone is none."""
    ours, theirs = _words(old), _words(new)
    return [
        Change(theirs[j1].start() if j1 < len(theirs) else len(new), _span(old, ours[i1:i2]), _span(new, theirs[j1:j2]))
        for i1, i2, j1, j2 in _joined([w[0] for w in ours], [w[0] for w in theirs])
    ]


def _words(text: str) -> list[re.Match[str]]:
    return list(islice(_TOKEN.finditer(text), LONGEST))


def _span(text: str, words: Sequence[re.Match[str]]) -> str:
    return text[words[0].start() : words[-1].end()] if words else ""


def _joined(ours: list[str], theirs: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """Ranges that differ, those that almost touch as one."""
    held: tuple[int, int, int, int] | None = None
    # Words that stand everywhere are no landmarks to it (autojunk): that bounds its time.
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, ours, theirs).get_opcodes():
        if tag == "equal":
            continue
        if held and j1 - held[3] <= ISLAND and i1 - held[1] <= ISLAND:
            held = held[0], i2, held[2], j2
            continue
        if held:
            yield held
        held = i1, i2, j1, j2
    if held:
        yield held
