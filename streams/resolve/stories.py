"""Stories: which articles report the same event.

An article is held against each story as a whole, never against single articles, so that one odd link
cannot chain two events together: a story's term counts in full only where a quorum of its articles has
it. What is compared is the share of the article's weighted terms that the story covers. A term weighs by
its rank in the article and by its rarity among *stories* (not articles: a term that fills one story is
telling).

Everything here is a sum over the decisions of the window, in integers, so that adding and dropping
leave exactly what a fold over the rest would give.
"""

import hashlib
import math
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from newstide.records import Decision, Move

# Tuned on halves of two sets, see docs/concepts/stories.md; they hang together: do not turn one alone.
JOIN = 0.28  # least share of an article's weighted terms that its story covers
MERGE = 0.38  # what two stories need, each, for an article to merge them
QUORUM = 0.4  # share of a story's articles that must have a term for it to count in full
LEAST_SHARED = 2  # terms that at least half the quorum has
RANK = 0.2  # a term at rank r weighs (1 + r) ** -RANK
UNHEARD = 0.6  # weight of a term that no story has, so that new facts do not push an article away
PRIOR = 50  # stories assumed beside those held: early on, every term would look common

TERMS = 32  # terms of one article that are looked at
# A term in more articles than this share (within bounds) tells nothing, unless it stays in few stories:
# the words of one great event are in many articles and few stories, "shares" and "police" in many of both.
COMMON_SHARE, COMMON_LEAST, COMMON_MOST = 0.05, 40, 500
FEW = 20
SPREAD = 500  # stories of one term that are looked at: bounds the time for one article
GAP = 3 * 86_400.0  # seconds after its last article in which a story takes another
FULL = 500  # articles after which a story takes no more: by then it is a genre

_BY_RANK = [(1 + rank) ** -RANK for rank in range(TERMS)]


def story_id(article: str) -> str:
    """The id of the story that this article founds."""
    return "s" + hashlib.sha256(article.encode("utf-8", "replace")).hexdigest()[:16]


@dataclass(slots=True, eq=False)
class Story:
    """`inputs` are all its decisions in the window, oldest first; `size` counts those whose terms count.

    `last` is the Unix time of the newest; `per_quorum` is what one article adds to a term's quorum.
    """

    id: str
    last: float = 0.0
    size: int = 0
    per_quorum: float = 0.0
    inputs: list[int] = field(default_factory=list)

    def resize(self, by: int) -> None:
        self.size += by
        self.per_quorum = 1 / (QUORUM * self.size) if self.size else 0.0


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an article belongs; no story: it founds its own."""

    story: str | None
    moves: tuple[Move, ...] = ()


class Stories:
    def __init__(self) -> None:
        self._stories: dict[str, Story] = {}
        self._moved: dict[str, str] = {}
        # Terms by input: those that count, and those of stories that closed.
        self._counted: dict[int, array[int]] = {}
        self._closed: dict[int, array[int]] = {}
        self._open = 0
        # Term → its articles by story. Most terms are heard in one story: a pair takes a quarter of a dict.
        self._index: dict[int, tuple[Story, int] | dict[Story, int]] = {}
        self._articles: dict[int, int] = {}

    def follow(self, story: str) -> str:
        """The story that lives on under this id."""
        while story in self._moved:
            story = self._moved[story]
        return story

    def terms(self, offset: int) -> tuple[int, ...]:
        """The terms that the decision on this input came with."""
        return tuple(self._counted.get(offset) or self._closed.get(offset) or ())

    def place(self, terms: Sequence[int], at: float) -> Placed:
        """The story of an article with these terms, fetched at this Unix time."""
        best = self._score(terms[:TERMS], at)
        if not best or best[0][0] < JOIN:
            return Placed(None)
        first = best[0][1]
        if len(best) < 2 or best[1][0] < MERGE or first.size + best[1][1].size >= FULL:
            return Placed(first.id)
        old, new = sorted((first, best[1][1]), key=lambda s: s.inputs[0])
        # Those that moved to the younger one before move on with it: a reader follows one step only.
        sources = [new.id, *sorted(id for id in self._moved if self.follow(id) == new.id)]
        return Placed(old.id, tuple(Move(source=source, target=old.id) for source in sources))

    def add(self, decision: Decision) -> None:
        """Count a decision in, and do its moves."""
        if decision.story is None:
            return
        story = self._stories.setdefault(self.follow(decision.story), Story(self.follow(decision.story)))
        story.inputs.append(decision.input)
        story.last = decision.fetched.timestamp()
        if decision.terms:
            self._counted[decision.input] = array("I", decision.terms)
            self._count(story, decision.terms, 1)
        for move in decision.moves:
            self._move(move)

    def remove(self, decisions: Iterable[Decision]) -> None:
        """Count out the oldest decisions, all of one bucket."""
        moves: list[Move] = []
        for decision in decisions:
            moves += decision.moves
            if decision.story is None:
                continue
            story = self._stories[self.follow(decision.story)]
            story.inputs.remove(decision.input)
            self._closed.pop(decision.input, None)
            if terms := self._counted.pop(decision.input, None):
                self._count(story, terms, -1)
            if not story.inputs:
                del self._stories[story.id]
        # Last of all: until here they were needed to find the stories.
        for move in moves:
            self._moved.pop(move.source, None)

    def close(self, now: float, before: int) -> None:
        """Let go of the terms of stories that are over: none since input `before`, none GAP before `now`.

        Else, words that were in the news for weeks would become common ones. A story that gets a copy
        or derivation all the same keeps its id.
        """
        for story in self._stories.values():
            if story.size and story.inputs[-1] < before and now - story.last > GAP:
                for at in story.inputs:
                    if terms := self._counted.pop(at, None):
                        self._closed[at] = terms
                        self._count(story, terms, -1)

    def state(self) -> list[object]:
        """All of it, in an order that does not depend on how it came about."""
        index = sorted((term, sorted((s.id, n) for s, n in self._heard(term).items())) for term in self._index)
        stories = sorted((s.id, s.last, s.size, s.inputs) for s in self._stories.values())
        terms = [sorted((at, list(t)) for at, t in kept.items()) for kept in (self._counted, self._closed)]
        return [stories, sorted(self._moved.items()), terms, index, sorted(self._articles.items()), self._open]

    def _score(self, terms: Sequence[int], at: float) -> list[tuple[float, Story]]:
        """The two open stories that cover the terms best, the older first where they tie."""
        weighed = [(self._heard(term), _BY_RANK[rank] * self._rarity(term)) for rank, term in enumerate(terms)]
        total = sum(weight for _, weight in weighed)
        least = JOIN * total
        # Rarest first: once too little weight is left for a new story to reach `least`, only those met so
        # far are followed, and of them those that still can. It changes no result, only the time.
        weighed = sorted((w for w in weighed if w[0] and w[1]), key=lambda w: len(w[0]))
        left = sum(weight for _, weight in weighed)
        covered: dict[Story, float] = {}
        shared: Counter[Story] = Counter()
        for counts, weight in weighed:
            stories: Iterable[Story] = counts
            if left < least:
                covered = {story: score for story, score in covered.items() if score + left >= least}
                stories = covered if len(covered) < len(counts) else counts.keys() & covered.keys()
            for story in stories:
                share = counts.get(story, 0) * story.per_quorum
                covered[story] = covered.get(story, 0.0) + (weight if share >= 1 else weight * share)
                if share >= 0.5:
                    shared[story] += 1
            left -= weight
        found = [
            (round(score / total, 6), story)
            for story, score in covered.items()
            if score >= least and shared[story] >= LEAST_SHARED and _takes(story, at)
        ]
        return sorted(found, key=lambda f: (-f[0], f[1].inputs[0]))[:2]

    def _rarity(self, term: int) -> float:
        """Inverse story frequency, 0 for common terms."""
        heard, articles = len(self._heard(term)), self._articles.get(term, 0)
        common = articles > min(max(COMMON_SHARE * len(self._counted), COMMON_LEAST), COMMON_MOST)
        if heard > SPREAD or (common and heard > FEW):
            return 0.0
        rarity = math.log((self._open + PRIOR) / (heard + 0.5))
        return rarity if heard else UNHEARD * rarity

    def _count(self, story: Story, terms: Iterable[int], by: int) -> None:
        self._open -= story.size > 0
        story.resize(by)
        self._open += story.size > 0
        for term in terms:
            self._hear(term, story, by)
            self._articles[term] = self._articles.get(term, 0) + by
            if not self._articles[term]:
                del self._articles[term]

    def _heard(self, term: int) -> dict[Story, int]:
        """In which stories a term was heard, and in how many articles of each."""
        held = self._index.get(term)
        return {held[0]: held[1]} if isinstance(held, tuple) else held or {}

    def _hear(self, term: int, story: Story, by: int) -> None:
        counts = self._heard(term)
        counts[story] = counts.get(story, 0) + by
        if not counts[story]:
            del counts[story]
        if len(counts) > 1:
            self._index[term] = counts
        elif counts:
            self._index[term] = next(iter(counts.items()))
        else:
            del self._index[term]

    def _move(self, move: Move) -> None:
        """Let a story live on in an older one."""
        target = self._stories[self.follow(move.target)]
        self._moved[move.source] = target.id
        source = self._stories.pop(move.source, None)
        if source is None:  # all of it lies before the window
            return
        target.inputs = sorted(target.inputs + source.inputs)
        self._open -= source.size > 0
        target.resize(source.size)
        for term in {t for at in source.inputs for t in self._counted.get(at, ())}:
            count = self._heard(term)[source]
            self._hear(term, source, -count)
            self._hear(term, target, count)


def _takes(story: Story, at: float) -> bool:
    return story.size < FULL and abs(at - story.last) <= GAP
