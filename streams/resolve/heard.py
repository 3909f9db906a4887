"""Which stories a term was heard in, and how much of an article's terms a story covers.

A term weighs by its rank in the article and by its rarity among *stories* (not articles: a term that fills one story
is telling). It counts in full only where a quorum of the story's articles has it.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from streams.resolve.story import Story
from streams.resolve.table import Table

TERMS = 32  # terms of one article that are looked at
RANK = 0.258  # a term at rank r weighs (1 + r) ** -RANK
UNHEARD = 0.586  # weight of a term that no story has, so that new facts do not push an article away
PRIOR = 50  # stories assumed beside those held: early on, every term would look common
# A term in more articles than this share (within bounds) tells nothing, unless it stays in few stories:
# the words of one great event are in many articles and few stories, "shares" and "police" in many of both.
COMMON_SHARE, COMMON_LEAST, COMMON_MOST = 0.05, 40, 500
FEW = 20
SPREAD = 500  # stories of one term that are looked at: bounds the time for one article
# Stories that cover less are followed only where their direction is near.
LEAST_COVERED = 0.2

_BY_RANK = [(1 + rank) ** -RANK for rank in range(TERMS)]
Weighed = list[tuple[dict[Story, int], float]]


@dataclass(frozen=True, slots=True)
class Covered:
    """`share` of an article's weight, 0..1; `terms` are those that at least half a quorum has."""

    share: float = 0.0
    terms: int = 0


class Heard:
    """Term → its articles by story, of the stories that are open."""

    def __init__(self) -> None:
        self.stories = self.articles = 0
        # Term → place + 1 of what it was heard in: most are heard once, and share the place of their story.
        self._index = Table()
        self._held: list[Story | dict[Story, int] | None] = []
        self._free: list[int] = []

    def weighed(self, terms: Sequence[int]) -> Weighed:
        """Each term's articles by story and its weight, rarest first."""
        found = [(self.by_story(term), _BY_RANK[rank] * self.rarity(term)) for rank, term in enumerate(terms[:TERMS])]
        return sorted(found, key=lambda f: len(f[0]))

    def covering(self, weighed: Weighed) -> list[tuple[float, Story]]:
        """The stories that cover at least LEAST_COVERED of the weight, with the share.

        Once too little weight is left for a new story to reach that, only those met so far are followed, and of
        them those that still can. It changes no result, only the time.
        """
        total = left = sum(weight for _, weight in weighed)
        least = LEAST_COVERED * total
        covered: dict[Story, float] = {}
        for counts, weight in weighed:
            if not counts or not weight:
                left -= weight
                continue
            stories: Iterable[Story] = counts
            if left < least:
                covered = {story: score for story, score in covered.items() if score + left >= least}
                stories = covered if len(covered) < len(counts) else counts.keys() & covered.keys()
            for story in stories:
                share = counts.get(story, 0) * story.per_quorum
                covered[story] = covered.get(story, 0.0) + weight * min(share, 1.0)
            left -= weight
        return [(score / total, story) for story, score in covered.items() if score >= least] if total else []

    def cover(self, weighed: Weighed, story: "Story") -> Covered:
        """How one story covers the terms."""
        total = sum(weight for _, weight in weighed)
        shares = [counts.get(story, 0) * story.per_quorum for counts, _ in weighed]
        sum_ = sum(weight * min(share, 1.0) for (_, weight), share in zip(weighed, shares, strict=True))
        telling = sum(share >= 0.5 and weight > 0 for (_, weight), share in zip(weighed, shares, strict=True))
        return Covered(round(sum_ / total, 6), telling) if total else Covered()

    def by_story(self, term: int) -> dict[Story, int]:
        """In how many articles of each story a term was heard."""
        place = self._index.get(term)
        held = self._held[place - 1] if place else None
        return held if isinstance(held, dict) else {} if held is None else {held: 1}

    def count(self, story: "Story", terms: Iterable[int], by: int) -> None:
        """Count an article's terms in (1) or out (-1)."""
        for term in terms:
            self._hear(term, story, by)

    def move(self, source: "Story", target: "Story", terms: Iterable[int]) -> None:
        """What was heard in one story was heard in another."""
        for term in set(terms):
            count = self.by_story(term)[source]
            self._hear(term, source, -count)
            self._hear(term, target, count)

    def state(self) -> list[object]:
        index = sorted((term, sorted((s.id, n) for s, n in self.by_story(term).items())) for term in self._index)
        return [index, self.stories, self.articles]

    def __len__(self) -> int:
        return len(self._index)

    def rarity(self, term: int) -> float:
        """A term's inverse story frequency, 0 for common ones."""
        counts = self.by_story(term)
        heard = len(counts)
        if heard > SPREAD or (heard > FEW and sum(counts.values()) > self._common()):
            return 0.0
        rarity = max(math.log((self.stories + PRIOR) / (heard + 0.5)), 0.0)
        return rarity if heard else UNHEARD * rarity

    def _common(self) -> float:
        """The articles in which a term of many stories may be."""
        return min(max(COMMON_SHARE * self.articles, COMMON_LEAST), COMMON_MOST)

    def _hear(self, term: int, story: "Story", by: int) -> None:
        place = self._index.get(term)
        held = self._held[place - 1] if place else None
        counts = held if isinstance(held, dict) else {} if held is None else {held: 1}
        counts[story] = counts.get(story, 0) + by
        if not counts[story]:
            del counts[story]
        only = next(iter(counts)) if len(counts) == 1 else None
        if only is not None and counts[only] == 1:
            self._index.put(term, self._alone(only))
        elif counts and counts is held:
            return
        elif counts:
            self._index.put(term, self._keep(counts))
        else:
            self._index.drop(term)
        if held is not None:
            self._let_go(place, held)

    def _alone(self, story: Story) -> int:
        """The place of a story, which one more term has to itself."""
        if not story.alone:
            story.place = self._keep(story)
        story.alone += 1
        return story.place

    def _keep(self, held: "Story | dict[Story, int]") -> int:
        if not self._free:
            self._held.append(held)
            return len(self._held)
        place = self._free.pop()
        self._held[place - 1] = held
        return place

    def _let_go(self, place: int, held: "Story | dict[Story, int]") -> None:
        """Free the place that a term had, once no other one has it."""
        if isinstance(held, Story):
            held.alone -= 1
            if held.alone:
                return
        self._held[place - 1] = None
        self._free.append(place)
