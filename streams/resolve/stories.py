"""Stories: which articles report the same event.

An article is held against each story as a whole, never against single articles, so that one odd link cannot chain
two events together. Two witnesses are heard: the cosine of its vector with the sum of the story's, and the share of
its weighted terms that the story covers. Where one of the two has no vector (another language), the terms decide alone.

Everything here is a sum over the decisions of the window, in integers, so that adding and dropping leave exactly what
a fold over the rest would give.
"""

import math
from array import array
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import add

import numpy as np

from newstide.records import Decision, Move
from streams.enrich import vector
from streams.resolve.directions import Directions
from streams.resolve.heard import TERMS, Heard, Weighed
from streams.resolve.sides import Counts, Side, apart, nearest
from streams.resolve.story import Story, side_id, story_id

# Tuned on halves of two sets, see docs/quality.md; they hang together: do not turn one alone.
COVER = 1.8  # what a covered share weighs beside a cosine
JOIN = 0.66  # least cosine + COVER × share of an article without terms, for a story of one
JOIN_FULL = 0.37  # what 32 terms add to it: of two long texts more is alike by chance than of two headlines
JOIN_SIZE = 0.02  # what ln(1 + articles of the story) adds to it: sums of many are near to much
MERGE = 0.13  # above all these, what the second story needs for an article to merge two
MERGE_FULL = 0.25  # what 32 terms add to that
MERGE_SIZE = 0.05  # what ln(articles of the younger story) adds: the more ids change, the surer it must be
JOIN_AGE = 0.03  # what a day of the story's age adds: a saga is many stories
# An article of at least LONG terms that is less than this above all these founds a side of the story: should it be the first of
# another event, those that follow are more like it than like the others, and `apart` hears it from three of them.
DOUBT, LONG = 0.4, 16
YOUNG = 43_200.0  # seconds of a story's age in which it may be merged into an older one: ids come to rest
ALIKE = 0.447  # least cosine of the two stories' sums
# Where this many stories point nearly the article's way, its direction tells of a form or a field (earnings, markets), not of
# an event: what the next one's cosine is above APART is asked for in addition, to join once, to merge as often as said here.
CROWD, APART, CROWDED = 16, 0.25, 2.0
# Where there is no vector: shares that join and that merge, and terms that at least half the quorum has.
JOIN_TERMS, MERGE_TERMS, LEAST_SHARED = 0.28, 0.38, 2
# Of both kinds of candidates, the best are looked at.
CANDIDATES = 8

GAP = 3 * 86_400.0  # seconds after its last article in which a story takes another
FULL = 500  # articles after which a story takes no more: by then it is a genre


@dataclass(frozen=True, slots=True)
class Told:
    """What the article at offset `input` is placed by. One that does not `connect` (a round-up, a live blog) may join a story."""

    id: str
    input: int
    at: datetime
    terms: Sequence[int]
    direction: vector.Small | None = None
    connects: bool = True


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an article belongs; no story: it founds its own. `full`: the story that fits best, but takes no more.

    `under` is the story in which `story` lives on, where that is another.
    """

    story: str | None
    moves: tuple[Move, ...] = ()
    full: str | None = None
    under: str | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """How far an article is above what it needs to join the story, and to merge it with a better one."""

    joins: float
    merges: float
    story: Story


class Stories:
    def __init__(self) -> None:
        self._stories: dict[str, Story] = {}
        # Source → where it went (to itself: it came back), and the input that decided so.
        self._moved: dict[str, tuple[str, int]] = {}
        # Input → the story it tells of, where that lives on in another.
        self._sides: dict[int, str] = {}
        # By input: what counts, and what counted in stories that closed.
        self._counted: dict[int, Counts] = {}
        self._closed: dict[int, Counts] = {}
        self._heard = Heard()
        self._directions = Directions()

    def follow(self, story: str) -> str:
        """The id under which this one lives on."""
        while (after := self._moved.get(story, (story, 0))[0]) != story:
            story = after
        return story

    def lives(self, decision: Decision) -> str:
        """The id under which a decision's story lives on."""
        own = decision.story or story_id(decision.id)
        return self.follow(own if own in self._moved else decision.under or own)

    def named(self, decision: Decision) -> Placed:
        """Where what belongs to a decided article goes."""
        lives = self.lives(decision)
        own = decision.story if decision.story in self._moved else lives
        return Placed(own, under=None if own == lives else lives)

    def counts(self, offset: int) -> tuple[tuple[int, ...], str]:
        """The terms and the vector that the decision on this input came with."""
        held = self._counted.get(offset) or self._closed.get(offset)
        return (tuple(held.terms), _written(held.vector)) if held else ((), "")

    def place(self, told: Told) -> Placed:
        """The story of an article."""
        found = self._fitting(told)
        full = found[0].story.id if found and found[0].story.size >= FULL else None
        best = [fit for fit in found if fit.story.size < FULL][:2]
        if not best:
            return Placed(None, full=full)
        if not told.connects or len(best) < 2 or not self._merges(best[0], best[1], told.at.timestamp()):
            return replace(self._within(best[0], told), full=full)
        old, new = sorted((fit.story for fit in best), key=lambda s: s.inputs[0])
        # Those that moved to the younger one before move on with it: a reader follows one step only.
        sources = [new.id, *sorted(id for id in self._moved if self.follow(id) == new.id)]
        return Placed(old.id, tuple(Move(source, old.id, told.at, told.id) for source in sources), full)

    def add(self, decision: Decision) -> None:
        """Count a decision in, and do its moves."""
        if decision.story is None:
            return
        lives = self.lives(decision)
        story = self._stories.setdefault(lives, Story(lives))
        story.inputs.append(decision.input)
        if lives != decision.story:
            self._sides[decision.input] = decision.story
        story.last = decision.fetched.timestamp()
        if decision.terms or decision.vector:
            given = vector.read(decision.vector)
            counts = Counts(array("I", decision.terms), b"" if given is None else given.tobytes(), story.last)
            self._counted[decision.input] = counts
            self._count(story, counts, 1)
        self._move(decision.moves, story, decision.input)

    def remove(self, decisions: Iterable[Decision]) -> None:
        """Count out the oldest decisions, all of one bucket."""
        moves: list[tuple[str, int]] = []
        for decision in decisions:
            moves += ((move.source, decision.input) for move in decision.moves)
            if decision.story is None:
                continue
            story = self._holding(decision)
            story.inputs.remove(decision.input)
            self._sides.pop(decision.input, None)
            self._closed.pop(decision.input, None)
            if counts := self._counted.pop(decision.input, None):
                self._count(story, counts, -1)
            if not story.inputs:
                del self._stories[story.id]
        # Last of all: until here they were needed to find the stories.
        for source, at in moves:
            if source in self._moved and self._moved[source][1] == at:
                del self._moved[source]

    def close(self, now: float, before: int) -> None:
        """Let go of what stories that are over count by: none since input `before`, none GAP before `now`.

        Else, words that were in the news for weeks would become common ones. A story that gets a copy
        or derivation all the same keeps its id.
        """
        for story in self._stories.values():
            if story.size and story.inputs[-1] < before and now - story.last > GAP:
                for at in story.inputs:
                    if counts := self._counted.pop(at, None):
                        self._closed[at] = counts
                        self._count(story, counts, -1)

    def state(self) -> list[object]:
        """All of it, in an order that does not depend on how it came about."""
        stories = sorted((s.id, s.last, s.size, s.inputs) for s in self._stories.values())
        counted = [
            sorted((at, list(c.terms), _written(c.vector)) for at, c in kept.items())
            for kept in (self._counted, self._closed)
        ]
        moved, sides = sorted(self._moved.items()), sorted(self._sides.items())
        return [stories, moved, sides, counted, self._heard.state(), list(self._directions.state())]

    def _holding(self, decision: Decision) -> Story:
        """The story that a decision was counted in; where one that moved it was erased, not the one that its id says."""
        story = self._stories.get(self.lives(decision))
        if story is None or decision.input not in story.inputs:
            return next(story for story in self._stories.values() if decision.input in story.inputs)
        return story

    def _fitting(self, told: Told) -> list[Fit]:
        """The stories that the article may join, best first, the older first where they tie."""
        weighed = self._heard.weighed(told.terms)
        near = self._directions.near(told.direction) if told.direction is not None else []
        covering = sorted(self._heard.covering(weighed), key=lambda c: (-c[0], c[1].inputs[0]))[:CANDIDATES]
        candidates = {self._stories[key] for key in near} | {story for _, story in covering}
        cosines = self._cosines(told, candidates)
        crowd = _crowd(cosines.values())
        open_ = (story for story in candidates if _goes_on(story, told.at))
        fits = [self._fit(told, weighed, story, cosines.get(story), crowd) for story in open_]
        return sorted((f for f in fits if f.joins >= 0), key=lambda f: (-f.joins, f.story.inputs[0]))

    def _cosines(self, told: Told, stories: Iterable[Story]) -> dict[Story, float]:
        """Of the article and those that have a vector, if it has one."""
        if told.direction is None:
            return {}
        found = ((story, self._directions.cosine(story.id, told.direction)) for story in stories)
        return {story: cosine for story, cosine in found if cosine is not None}

    def _fit(self, told: Told, weighed: Weighed, story: Story, cosine: float | None, crowd: float) -> Fit:
        covered = self._heard.cover(weighed, story)
        if cosine is None:
            above = covered.share if covered.terms >= LEAST_SHARED else -1.0
            return Fit(above - JOIN_TERMS, above - MERGE_TERMS, story)
        full = min(len(told.terms), TERMS) / TERMS
        needed = JOIN + JOIN_FULL * full + JOIN_SIZE * math.log1p(story.size) + crowd
        needed += JOIN_AGE * self._age(story, told.at.timestamp()) / 86_400
        above = round(cosine + COVER * covered.share - needed, 6)
        return Fit(above, above - MERGE - MERGE_FULL * full - CROWDED * crowd, story)

    def _merges(self, first: Fit, second: Fit, at: float) -> bool:
        """Whether an article that fits both makes one story of them."""
        alike = self._directions.between(first.story.id, second.story.id)
        room = first.story.size + second.story.size < FULL
        young = max(first.story, second.story, key=lambda s: s.inputs[0])
        sure = second.merges >= MERGE_SIZE * math.log(young.size)
        if not sure or not room or self._age(young, at) > YOUNG or (alike is not None and alike < ALIKE):
            return False
        # What came back once stays, and what would part at once is not put together.
        back = self._moved.get(young.id, ("", 0))[0] == young.id
        one, other = (Side.of(c for at in fit.story.inputs if (c := self._counted.get(at))) for fit in (first, second))
        return not back and not apart(one, other, self._heard.rarity)

    def _age(self, story: Story, at: float) -> float:
        """Seconds since the first article in the window that counts."""
        return max(at - next((c.at for i in story.inputs if (c := self._counted.get(i))), at), 0.0)

    def _count(self, story: Story, counts: Counts, by: int) -> None:
        self._heard.stories -= story.size > 0
        self._heard.articles += by
        story.resize(by)
        self._heard.stories += story.size > 0
        self._heard.count(story, counts.terms, by)
        if counts.vector:
            self._directions.add(story.id, _numbers(counts.vector), by)

    def _within(self, fit: Fit, told: Told) -> Placed:
        """Which side of a story an article tells, and which one parts from the others now that it is heard."""
        story = fit.story
        sides, side = self._sides_of(story), story.id
        if len(sides) > 1:
            given = b"" if told.direction is None else told.direction.tobytes()
            own = Side.of([Counts(array("I", told.terms), given, told.at.timestamp())])
            side = nearest(own, sides) or story.id
        if side == story.id and self._doubtful(fit, told):
            founded = side_id(told.id, told.input)
            return Placed(founded, (Move(founded, story.id, told.at, told.id),), under=story.id)
        under = None if side == story.id else story.id
        if not told.connects or len(sides) < 2:
            return Placed(side, under=under)
        sides[side] += own
        return Placed(side, self._parting(sides, told), under=under)

    def _doubtful(self, fit: Fit, told: Told) -> bool:
        """Whether an article may be the first of another event, of which vectors could tell."""
        if not told.connects or len(told.terms) < LONG or fit.joins >= DOUBT or told.direction is None:
            return False
        return self._directions.cosine(fit.story.id, told.direction) is not None

    def _parting(self, sides: dict[str, Side], told: Told) -> tuple[Move, ...]:
        """Of the first side that is another event: it comes back to itself, and takes along what is more like it than the main one."""
        main, *others = sides
        for side in others:
            rest = (held for name, held in sides.items() if name != side)
            if apart(sides[side], reduce(add, rest), self._heard.rarity):
                two = {main: sides[main], side: sides[side]}
                along = [name for name in others if name != side and nearest(sides[name], two) == side]
                return tuple(Move(source, side, told.at, told.id) for source in (side, *along))
        return ()

    def _sides_of(self, story: Story) -> dict[str, Side]:
        """What counts in a story, by the id that it had before merges that may be undone; the story's own id first."""
        if not any(at in self._sides for at in story.inputs):
            return {}
        sides: dict[str, list[Counts]] = {story.id: []}
        for at in story.inputs:
            side = self._sides.get(at, story.id)
            if counts := self._counted.get(at):
                sides.setdefault(side if side in self._moved else story.id, []).append(counts)
        return {name: Side.of(counts) for name, counts in sides.items()}

    def _move(self, moves: Sequence[Move], story: Story, at: int) -> None:
        """Do what a decision on an article of the story moves."""
        sources = {move.source for move in moves}
        self._moved.update((move.source, (move.target, at)) for move in moves)
        back = next((move.target for move in moves if move.target in sources), None)
        if back is not None:
            self._split(back, story, sources)
        else:
            for source in sorted(sources):
                self._merge(source, story, sources)

    def _merge(self, source: str, target: Story, sources: Collection[str]) -> None:
        """Let a story live on in an older one."""
        story = self._stories.get(source)
        if story is None or story is target:  # all of it lies before the window
            return
        del self._stories[source]
        for at in story.inputs:
            if self._sides.get(at) not in sources:
                self._sides[at] = source
        target.inputs = sorted(target.inputs + story.inputs)
        self._heard.stories -= story.size > 0
        target.resize(story.size)
        counted = (self._counted[at].terms for at in story.inputs if at in self._counted)
        self._heard.move(story, target, (term for terms in counted for term in terms))
        self._directions.move(source, target.id)

    def _split(self, back: str, story: Story, sources: Collection[str]) -> None:
        """Let what was merged into a story live by itself again, under the id that it had."""
        parting = [at for at in story.inputs if self._sides.get(at) in sources]
        if not parting:  # all of it lies before the window
            return
        own = self._stories.setdefault(back, Story(back))
        story.inputs = [at for at in story.inputs if self._sides.get(at) not in sources]
        own.inputs = sorted(own.inputs + parting)
        own.last = story.last
        for at in parting:
            if self._sides[at] == back:
                del self._sides[at]
            if counts := self._counted.get(at):
                self._count(story, counts, -1)
                self._count(own, counts, 1)
        if not story.inputs:
            del self._stories[story.id]


def _crowd(cosines: Iterable[float]) -> float:
    """How far above APART the nearest story is when CROWD nearer ones are left out."""
    beyond = sorted(cosines, reverse=True)[CROWD:]
    return max(beyond[0] - APART, 0.0) if beyond else 0.0


def _goes_on(story: Story, at: datetime) -> bool:
    return story.size > 0 and abs(at.timestamp() - story.last) <= GAP


def _numbers(held: bytes) -> vector.Small:
    return np.frombuffer(held, np.int8)


def _written(held: bytes) -> str:
    return vector.write(_numbers(held)) if held else ""
