"""The steps over records in hand: no log, no store. What `newstide process` runs."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import chain, count, islice
from typing import Literal, Protocol

import zstandard

from newstide.deadletter import bury
from newstide.errors import Reject
from newstide.profiles import lines, newest
from newstide.records import Article, Ended, Lineage, Move, Profile, RawArticle, decode, encode
from newstide.workers import Workers
from streams import outcomes
from streams.enrich.repeated import learn
from streams.outcomes import Answer, Entry
from streams.pipeline import BROUGHT, Chosen, enrich_bytes
from streams.resolve.resolver import Resolver, merge
from streams.resolve.story import side_id
from streams.step import Dropped

BATCH = 8
# Records below which it does not pay to start processes.
FEW = 64
# Batches on their way at once. An article is cleaned with what those before these have taught, however many are at work.
AHEAD = 16

Through = Literal["enrich", "resolve"]


class _Batch(Protocol):
    """A batch on its way; `result` waits for it."""

    def result(self) -> Sequence[Answer | Reject]: ...


Submit = Callable[[list[Entry]], _Batch]


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
    records: Iterable[RawArticle | Ended], through: Through, chosen: Chosen = BROUGHT, workers: int = 1
) -> Iterator[Article | Ended | Lineage | Move]:
    """What each record became, in the order of the input, and after it what it put right in earlier ones.

    Articles stand in the story in which their own lives at that moment. A move of a story to itself says that it is one by itself
    from here on; which of the articles from before are its is not told (the log tells: there each has the id of what it tells).

    The same input gives the same output.
    From `FEW` records on they are spread over this many processes (0: one per core).
    """
    resolve = _Resolving() if through == "resolve" else None
    learning = _Learning()
    source = iter(records)
    begun = list(islice(source, FEW))
    batches = _batches(chain(begun, source))
    with _submitting(chosen, workers if len(begun) == FEW else 1) as submit:
        flight: deque[tuple[list[RawArticle | Ended], _Batch]] = deque()
        while True:
            for batch in islice(batches, AHEAD - len(flight)):
                flight.append((batch, submit(learning.entries(batch))))
            if not flight:
                return
            batch, enriching = flight.popleft()
            answers = iter(enriching.result())
            for record in batch:
                if isinstance(record, Ended):
                    yield record
                    continue
                outcome = _enriched(next(answers))
                stage = "enrich"
                corrections: Iterable[Lineage | Move] = ()
                if isinstance(outcome, Article) and resolve is not None:
                    (outcome, corrections), stage = resolve(outcome), "resolve"
                learning.count(outcome)
                yield outcome if isinstance(outcome, Article) else _ended(record, outcome, stage)
                yield from corrections


def _batches(records: Iterator[RawArticle | Ended]) -> Iterator[list[RawArticle | Ended]]:
    while batch := list(islice(records, BATCH)):
        yield batch


class _Here:
    """A batch that is done in this process, once it is asked for."""

    def __init__(self, chosen: Chosen, entries: list[Entry]) -> None:
        self._chosen, self._entries = chosen, entries

    def result(self) -> list[Answer]:
        return enrich_bytes(self._entries, self._chosen)


@contextmanager
def _submitting(chosen: Chosen, workers: int) -> Iterator[Submit]:
    if workers == 1:
        yield partial(_Here, chosen)
        return
    pool: Workers[Entry, Answer] = Workers(partial(enrich_bytes, chosen=chosen), workers)
    try:
        yield pool.submit
    finally:
        pool.close()


def _enriched(answer: Answer | Reject) -> Article | Dropped | Reject:
    found = outcomes.read(answer)
    return decode(found, Article) if isinstance(found, bytes) else found


class _Learning:
    """Profiles of the outlets in the file."""

    def __init__(self) -> None:
        self._profiles: dict[str, Profile] = {}
        self._given, self._place = count(), 0

    def entries(self, batch: list[RawArticle | Ended]) -> list[Entry]:
        """The batch's articles, each to be cleaned with its outlet's newest profile."""
        return [self._entry(record) for record in batch if isinstance(record, RawArticle)]

    def _entry(self, raw: RawArticle) -> Entry:
        profile = self._profiles.get(raw.outlet)
        name = newest(profile) if profile else ""
        known = lines(profile, name) if profile and name else ()
        return (0, next(self._given), encode(replace(raw, profile=name)), *known)

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

    def __call__(self, article: Article) -> tuple[Article | Dropped, tuple[Lineage | Move, ...]]:
        """The article in the story where that lives by now: whoever reads on need not follow it there."""
        decision = self._resolver.decide(article, self._place)
        self._resolver.apply(decision)
        self._texts.put(self._place, article)
        self._place += 1
        decided = merge(article, decision)
        if isinstance(decided, Article):
            decided = replace(decided, story=self._resolver.lives(decision))
        founded = side_id(article.id, decision.input)  # nothing was given out under it
        later = tuple(move for move in decision.moves if move.source != founded)
        return decided, decision.lineage + later


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
