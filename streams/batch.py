"""The steps over records in hand: no log, no store, in this process. What `newstide process` runs."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Literal

import zstandard

from newstide.deadletter import bury
from newstide.errors import Reject
from newstide.profiles import lines, newest
from newstide.records import Article, Ended, Profile, RawArticle, encode
from streams.enrich.repeated import learn
from streams.pipeline import BROUGHT, Chosen, enrich
from streams.resolve.resolver import Resolver, merge
from streams.step import Dropped

BATCH = 64

Through = Literal["enrich", "resolve"]


class PackedTexts:
    """Titles and texts by their place in the run, compressed: a long file must fit."""

    def __init__(self) -> None:
        self._packed: dict[int, bytes] = {}

    def put(self, place: int, article: Article) -> None:
        self._packed[place] = zstandard.compress(f"{article.title}\n{article.text}".encode())

    def get(self, place: int) -> str | None:
        packed = self._packed.get(place)
        return None if packed is None else zstandard.decompress(packed).decode()


def process(
    records: Iterable[RawArticle | Ended], through: Through, chosen: Chosen = BROUGHT
) -> Iterator[Article | Ended]:
    """What each record became, in the order of the input. The same input gives the same output."""
    resolve = _Resolving() if through == "resolve" else None
    learning = _Learning()
    source = iter(records)
    while batch := list(islice(source, BATCH)):
        named = [learning.named(r) for r in batch if isinstance(r, RawArticle)]
        outcomes = iter(enrich([(None, r) for r in named], learning.lines(named), chosen))
        for record in batch:
            if isinstance(record, Ended):
                yield record
                continue
            outcome = next(outcomes)
            stage = "enrich"
            if isinstance(outcome, Article) and resolve is not None:
                outcome, stage = resolve(outcome), "resolve"
            learning.count(outcome)
            yield outcome if isinstance(outcome, Article) else _ended(record, outcome, stage)


class _Learning:
    """Profiles of the outlets in the file: each batch is cleaned with what the articles before it have taught."""

    def __init__(self) -> None:
        self._profiles: dict[str, Profile] = {}
        self._place = 0

    def named(self, raw: RawArticle) -> RawArticle:
        profile = self._profiles.get(raw.outlet)
        return replace(raw, profile=newest(profile) if profile else "")

    def lines(self, named: list[RawArticle]) -> dict[str, frozenset[int]]:
        """The lines of each version that the articles name."""
        return {r.profile: frozenset(lines(self._profiles[r.outlet], r.profile)) for r in named if r.profile}

    def count(self, outcome: Article | Dropped | Reject) -> None:
        if isinstance(outcome, Article):
            before = self._profiles.get(outcome.outlet) or Profile(outlet=outcome.outlet)
            self._profiles[outcome.outlet] = learn(before, outcome, self._place)
            self._place += 1


class _Resolving:
    """A resolver whose inputs are numbered as they come."""

    def __init__(self) -> None:
        self._texts = PackedTexts()
        self._resolver = Resolver(self._texts.get)
        self._place = 0

    def __call__(self, article: Article) -> Article | Dropped:
        decision = self._resolver.decide(article, self._place)
        self._resolver.apply(decision)
        self._texts.put(self._place, article)
        self._place += 1
        return merge(article, decision)


def _ended(record: RawArticle, outcome: Dropped | Reject, stage: str) -> Ended:
    return bury(
        encode(record),
        kind="dropped" if isinstance(outcome, Dropped) else "dead",
        stage=stage,
        reason=outcome.reason,
        detail=outcome.detail,
        at=record.fetched,
        id=record.id,
        source=record.url,
    )
