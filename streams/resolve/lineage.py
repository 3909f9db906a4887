"""Which of two articles with the same text is the original, and what was corrected so far.

The first that arrives is decided to be the original. Where better evidence comes later, the newcomer is,
and the first gets a correction; a text that was taken for the original before is one step from the true
one, however often it was corrected.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from newstide.records import Article, Claim, Decision, Lineage, Relation
from streams.resolve.credits import credits, key
from streams.resolve.overlap import Overlap

# Times that lie closer are no evidence: a wire is printed everywhere within the same minute.
APART = timedelta(seconds=60)
FRESH = timedelta(days=7)  # before being fetched; what claims to be older, or of the future, is not believed
# One text holds the other whole, begins like it, and goes on for a fifth: the other was cut.
HELD, ALIKE, MORE = 0.95, 0.05, 0.2

FIRST = "arrived first"


def claim(article: Article) -> Claim:
    """What the article itself says of its origin."""
    said = article.published
    believed = (
        said is not None
        and timedelta(0) <= article.fetched - said <= FRESH
        and (said.hour or said.minute or said.second)
    )
    return Claim(published=said if believed else None, credits=credits(article))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the newcomer goes before the article that was there, and why."""

    newer: bool
    evidence: str


def judge(article: Article, own: Claim, other: Decision, common: Overlap | None) -> Verdict:
    """Who of two with the same text had it first: whom one of them names, else whose time is earlier, else whose
    text is complete, else who came first. `common` is what the article shares with the other, None: everything.
    """
    theirs = other.claim
    named, names = key(article.outlet) in theirs.credits, key(other.outlet) in own.credits
    if named != names:
        return Verdict(named, f"credits {article.outlet if named else other.outlet}")
    if (apart := _apart(own.published, theirs.published)) is not None:
        newer = apart > timedelta(0)
        return Verdict(newer, f"published {_said(abs(apart))} after it")
    if common is not None and common.given >= HELD and common.lead <= ALIKE and common.taken <= 1 - MORE:
        return Verdict(True, "a part of it, cut")
    return Verdict(False, FIRST)


def _apart(ours: datetime | None, theirs: datetime | None) -> timedelta | None:
    """How much later theirs is; None where that says nothing."""
    if ours is None or theirs is None or abs(theirs - ours) < APART:
        return None
    return theirs - ours


def _said(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


class Corrections:
    """Article → what it is after all, for as long as the decision that says so is in the window."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[int, Lineage]] = {}

    def of(self, article: str) -> Lineage | None:
        found = self._held.get(article)
        return found and found[1]

    def original(self, article: str) -> str:
        """The article that this one is a copy of after all, else itself."""
        found = self.of(article)
        return found.of if found is not None and found.relation == "copy" and found.of else article

    def made(self, root: str, relation: Relation, of: str, evidence: str) -> tuple[Lineage, ...]:
        """The corrections that make `root` no original: its own, and of those that had become its copies."""
        after = [
            Lineage(article=a, relation="copy", of=of, evidence=held.evidence)
            for a, (_, held) in self._held.items()
            if held.of == root and held.relation == "copy" and relation == "copy" and a != of
        ]
        return Lineage(article=root, relation=relation, of=of, evidence=evidence), *after

    def add(self, decision: Decision) -> None:
        for correction in decision.lineage:
            self._held[correction.article] = decision.input, correction

    def remove(self, decisions: Iterable[Decision]) -> None:
        for decision in decisions:
            for correction in decision.lineage:
                if self._held.get(correction.article, (None,))[0] == decision.input:
                    del self._held[correction.article]

    def state(self) -> list[object]:
        return [[article, at, c.relation, c.of, c.evidence] for article, (at, c) in sorted(self._held.items())]
