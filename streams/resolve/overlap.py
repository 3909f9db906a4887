"""What two texts have in common, read off their aligned words."""

from bisect import bisect_left
from dataclasses import dataclass
from typing import Literal

from streams.resolve.words import Shingle, Words, number

# Measured on generated wire edits over real texts (docs/concepts/stories.md).
WHOLE = 0.75  # share of a text's words that makes "all of it": the rest is edits
HEAD = 0.65  # the longer text may add a lead of a third, besides a tail that the other cut
TAIL = 0.25  # shortest cut, as a share of the longer text
LARGE = 0.3  # share of an article's words that makes a derivation of it
LEAST = 40  # words taken over that make a derivation at least
# One number in ten changed in the aligned text is another day's bulletin, not an edit.
RENUMBERED = 0.1
# Tokens between two aligned runs within which numbers stand for one another.
GAP = 12


Relation = Literal["copy", "derived"]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Shares of words, 0..1. `taken`: of the article, found in the other; `given`: of the other, found
    in the article; `head` and `other_head`: of either up to its last common word, `lead` is what of the article
    stands before the first. `words` are the common words of the article; `renumbered` is the share of its aligned
    numbers that differ.
    """

    taken: float
    given: float
    head: float
    other_head: float
    lead: float
    words: int
    renumbered: float

    @property
    def relation(self) -> Relation | None:
        """What the article is to the other text; None is mere similarity."""
        return self._relation(self.taken, self.given, self.head)

    @property
    def back(self) -> Relation | None:
        """What the other text is to the article, were that the earlier one."""
        return self._relation(self.given, self.taken, self.other_head)

    def _relation(self, taken: float, given: float, head: float) -> Relation | None:
        if self.renumbered >= RENUMBERED:
            return None
        restored = given >= WHOLE and head >= HEAD and given * TAIL <= taken
        if taken >= WHOLE or restored:
            return "copy"
        return "derived" if self.words >= LEAST and taken >= LARGE else None


SAME = Overlap(taken=1.0, given=1.0, head=1.0, other_head=1.0, lead=0.0, words=LEAST, renumbered=0.0)


def overlap(article: Words, other: Words) -> Overlap:
    """Align two texts on their shared shingles; linear in their length."""
    width = article.width
    ours, theirs = article.shingles(width), other.shingles(width)
    common, first, end = _cover(ours, set(theirs), width)
    given, _, other_end = _cover(theirs, set(ours), width)
    size = max(len(article.tokens), 1)
    return Overlap(
        taken=round(common / size, 4),
        given=round(given / max(len(other.tokens), 1), 4),
        head=round(common / max(end, 1), 4),
        other_head=round(given / max(other_end, 1), 4),
        lead=round(first / size, 4),
        words=common * article.count // size,
        renumbered=_renumbered(article, other, ours, theirs, width) if common else 0.0,
    )


def _cover(own: list[Shingle], other: set[Shingle], width: int) -> tuple[int, int, int]:
    """How many tokens lie in a shingle of the other text, where the first of them begins and the last one ends."""
    covered = end = 0
    first = len(own)
    for at, shingle in enumerate(own):
        if shingle in other:
            first = min(first, at)
            covered += at + width - max(at, end)
            end = at + width
    return covered, first, end


def _renumbered(article: Words, other: Words, ours: list[Shingle], theirs: list[Shingle], width: int) -> float:
    """Share of the article's aligned numbers that the other text has otherwise."""
    places: dict[Shingle, list[int]] = {}
    for at, found in enumerate(theirs):
        places.setdefault(found, []).append(at)
    same = changed = end = other_end = 0
    for at, shingle in enumerate([*ours, None]):
        last = shingle is None
        place = len(other.tokens) if shingle is None else _next(places.get(shingle), other_end - width + 1)
        start = len(article.tokens) if last else at
        if place is None:
            continue
        if start > end and 0 <= place - other_end <= GAP and start - end <= GAP:
            changed += _differing(article.tokens[end:start], other.tokens[other_end:place])
        if not last:
            same += sum(1 for _ in filter(number, article.tokens[max(start, end) : start + width]))
            end, other_end = start + width, place + width
    return changed / max(same + changed, 1)


def _next(places: list[int] | None, at: int) -> int | None:
    """The first of the places from `at` on: a phrase that comes again is met again in its order."""
    if not places:
        return None
    found = bisect_left(places, at)
    return places[found] if found < len(places) else places[0]


def _differing(ours: list[str], theirs: list[str]) -> int:
    """Numbers of two short stretches that differ; a side without any was rephrased, not renumbered."""
    mine, yours = [*filter(None, map(number, ours))], [*filter(None, map(number, theirs))]
    if not mine or not yours:
        return 0
    return sum(a != b for a, b in zip(mine, yours, strict=False)) + abs(len(mine) - len(yours))
