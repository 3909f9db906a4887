"""The Faust runners on a real broker: the same answers as the embedded ones, and what goes wrong in between."""

import itertools
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deploy.broker import Broker
from newstide.engines import open_log
from newstide.errors import EngineError
from newstide.ports import Log, Message
from newstide.records import Article, Decision, Ended, Origin, decode, encode
from newstide.topics import DEAD, DECISIONS, ENRICHED, LINEAGE, MOVES, RAW, RESOLVED
from newstide.workers import Workers
from streams.faust_app import FaustEnrich, FaustResolve
from streams.local import EnrichWorkers, ResolveRunner
from streams.pipeline import enrich_bytes
from streams.resolve.resolver import WINDOW
from tests import samples
from tests.fakes import MemoryLog
from tests.flow import articles, drained, entered, everything, failing, running, until
from tests.unit.resolve.world import stream

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
BATCH = 32
_numbers = itertools.count()


@pytest.fixture
def url(broker: Broker) -> str:
    return f"kafka://{broker.address}/faust{next(_numbers)}"


@pytest.fixture
def log(url: str) -> Iterator[Log]:
    opened = open_log(url)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def workers() -> Iterator[EnrichWorkers]:
    pool: EnrichWorkers = Workers(enrich_bytes, 2)
    yield pool
    pool.close()


def contents(log: Log, topic: str) -> list[tuple[str, bytes | None]]:
    return [(record.key, record.value) for record in everything(log, topic)]


def dead(log: Log) -> list[Ended]:
    return [decode(record.value or b"", Ended) for record in everything(log, DEAD.name)]


@pytest.mark.parametrize("count", [1, 2])
def test_records_the_step_fails_on_are_buried_and_their_neighbours_go_on(url: str, log: Log, count: int) -> None:
    pool: EnrichWorkers = Workers(failing, 1)
    given = articles(60)
    for n in range(count):
        given[20 + n] = samples.raw(7000 + n, text="POISON", id=given[20 + n].key)
    log.produce(given)
    try:
        with running(FaustEnrich(url, log, pool, BATCH)):
            until(drained(log, "enrich", RAW.name))
    finally:
        pool.close()
    buried = dead(log)
    assert {ended.id for ended in buried} == {m.key for m in given[20 : 20 + count]}
    assert {(e.kind, e.stage, e.reason, e.topic) for e in buried} == {("dead", "enrich", "step failed", RAW.name)}
    assert all((e.partition, e.offset) in entered(log) and "a bug" in e.detail for e in buried)
    assert len(contents(log, ENRICHED.name)) == 60 - count


def test_a_record_that_no_resolver_can_read_is_buried(url: str, log: Log, tmp_path: Path) -> None:
    log.produce([Message(ENRICHED.name, f"a{n}", encode(samples.article(n))) for n in range(3)])
    log.produce(
        [Message(ENRICHED.name, "odd", b"{no record"), Message(ENRICHED.name, "a9", encode(samples.article(9)))]
    )
    with running(FaustResolve(url, log, WINDOW, tmp_path)):
        until(drained(log, "resolve", ENRICHED.name))
    unread = next(e for e in dead(log) if e.id == "odd")
    assert (unread.kind, unread.topic, unread.partition, unread.offset) == ("dead", ENRICHED.name, 0, 3)
    assert len(contents(log, RESOLVED.name)) + len(dead(log)) == 5


def test_the_first_decision_wins_over_our_own(url: str, log: Log, tmp_path: Path) -> None:
    """A resolver that lost the partition and does not know it yet writes in the very moment between look and write."""
    record = samples.article(1, relation=None, story=None)
    theirs = Decision(
        id=record.id, input=0, origin=record.origin, content=record.content, version=1, outlet=record.outlet,
        fetched=record.fetched, relation="original", story="s-of-the-other",
    )  # fmt: skip
    log.produce([Message(ENRICHED.name, record.id, encode(record))])
    with running(
        FaustResolve(url, Overtaken(log, Message(DECISIONS.name, record.id, encode(theirs))), WINDOW, tmp_path)
    ):
        until(drained(log, "resolve", ENRICHED.name))
    assert len(contents(log, DECISIONS.name)) == 2
    [(_, value)] = contents(log, RESOLVED.name)
    assert decode(value or b"", Article).story == "s-of-the-other"


def test_decisions_of_another_owner_are_taken_up(url: str, log: Log, tmp_path: Path) -> None:
    other = MemoryLog()
    order = [Message(ENRICHED.name, f"a{n}", encode(samples.article(n, story=None, relation=None))) for n in range(4)]
    other.produce(order)
    with running(ResolveRunner(other, WINDOW, tmp_path)):
        until(drained(other, "resolve", ENRICHED.name))
    decided = [Message(DECISIONS.name, key, value) for key, value in contents(other, DECISIONS.name)]
    with running(FaustResolve(url, log, WINDOW, tmp_path)):
        log.produce(order[:1])
        until(drained(log, "resolve", ENRICHED.name))
        log.produce(decided[1:3])
        log.produce(order[1:])
        until(drained(log, "resolve", ENRICHED.name))
    assert contents(log, DECISIONS.name) == contents(other, DECISIONS.name)
    assert contents(log, RESOLVED.name) == contents(other, RESOLVED.name)


def test_a_kill_between_the_decisions_and_what_follows_from_them_loses_nothing(
    url: str, log: Log, tmp_path: Path
) -> None:
    given = [
        Message(ENRICHED.name, a.id, encode(replace(a, origin=Origin(0, n)))) for n, a in enumerate(stream(1, 300))
    ]
    undisturbed = MemoryLog()
    for one in (log, undisturbed):
        one.produce(given)
    with running(ResolveRunner(undisturbed, WINDOW, tmp_path)):
        until(drained(undisturbed, "resolve", ENRICHED.name))
    with pytest.raises(EngineError):
        FaustResolve(url, Cut(log), WINDOW, tmp_path).run(threading.Event())
    assert contents(log, DECISIONS.name)
    assert contents(log, RESOLVED.name) == []
    with running(FaustResolve(url, log, WINDOW, tmp_path)):
        until(drained(log, "resolve", ENRICHED.name))
    assert contents(log, DECISIONS.name) == contents(undisturbed, DECISIONS.name)
    assert log.latest(MOVES.name) == undisturbed.latest(MOVES.name) != {}
    assert log.latest(LINEAGE.name) == undisturbed.latest(LINEAGE.name) != {}
    assert set(contents(log, RESOLVED.name)) == set(contents(undisturbed, RESOLVED.name))


class Cut:
    """A log that takes decisions and is gone before anything else is written."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def produce(self, messages: Sequence[Message]) -> list[tuple[int, int]]:
        if any(m.topic != DECISIONS.name for m in messages):
            raise EngineError("gone")
        return self._log.produce(messages)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


class Overtaken:
    """A log on which another writes a decision just before our first one."""

    def __init__(self, log: Log, theirs: Message) -> None:
        self._log, self._theirs = log, [theirs]

    def produce(self, messages: Sequence[Message]) -> list[tuple[int, int]]:
        if self._theirs and any(m.topic == DECISIONS.name for m in messages):
            self._log.produce([self._theirs.pop()])
        return self._log.produce(messages)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)
