"""The ledger: what entered is stored, dropped, dead, erased or under way, and until when answers are complete."""

from dataclasses import replace
from datetime import timedelta

import pytest

from newstide.clock import ManualClock
from newstide.ports import Message, Store
from newstide.records import Ended, Origin, encode
from newstide.topics import DEAD, ENRICHED, RESOLVED
from sinks import ledger, queries
from tests.fakes import MemoryLog
from tests.integration.writers import drain, entered, finish, sink
from tests.samples import ARTICLE, NOON, raw


def test_the_ledger_balances_when_all_are_stored_dropped_or_dead(store: Store) -> None:
    log = MemoryLog()
    places = entered(log, 10)
    ended = [
        Ended(kind=kind, stage="enrich", reason="x", at=NOON, origin=Origin(*place), sha256=str(n))
        for n, (kind, place) in enumerate(zip(("dropped", "dead"), places[8:], strict=True))
    ]
    log.produce([finish(log, n, place) for n, place in enumerate(places[:8])])
    ended.append(Ended(kind="dead", stage="ingest", reason="no url", at=NOON, source="a.jsonl:3", sha256="bad line"))
    log.produce([Message(DEAD.name, e.sha256, encode(e)) for e in ended])
    drain(sink(log, store))
    found = ledger.audit(log, store)
    assert found.balanced
    assert found.outcomes == {"stored": 8, "dropped": 1, "dead": 1}
    assert (found.entered, found.in_flight) == (10, 0)
    assert queries.ledger(store).rows == [
        ("stored", "", "", 8),
        ("dropped", "enrich", "x", 1),
        ("dead", "enrich", "x", 1),
    ]


def test_a_replayed_letter_has_one_outcome_and_hides_nothing_in_flight(store: Store) -> None:
    log = MemoryLog()
    places = entered(log, 4)

    def letter(n: int, reason: str) -> Message:
        dead = Ended(kind="dead", stage="resolve", reason=reason, at=NOON, origin=Origin(*places[n]), sha256=reason)
        return Message(DEAD.name, dead.sha256, encode(dead))

    log.produce([letter(0, "unreadable"), letter(1, "unreadable"), letter(1, "too large"), finish(log, 2, places[2])])
    drain(sink(log, store))
    log.produce([finish(log, 0, places[0])])  # the first was mended and replayed
    drain(sink(log, store))
    log.produce([finish(log, 3, places[3])])
    found = ledger.audit(log, store)
    assert found.outcomes == {"stored": 2, "dead": 1}
    assert found.reasons == {"dead (too large)": 1}
    assert (found.entered, found.in_flight, found.balanced) == (4, 1, True)
    assert queries.ledger(store).rows == [("stored", "", "", 2), ("dead", "resolve", "too large", 1)]


def test_the_ledger_names_what_is_missing(store: Store) -> None:
    log = MemoryLog()
    places = entered(log, 10)
    log.produce([finish(log, n, place) for n, place in enumerate(places) if n not in {3, 4}])
    drain(sink(log, store))
    found = ledger.audit(log, store)
    assert not found.balanced
    assert {id for gap in found.missing for id in gap.ids} == {"a3", "a4"}


@pytest.mark.parametrize("where", ["raw", "enriched", "resolved", "dead"])
def test_what_is_under_way_is_not_missing(store: Store, where: str) -> None:
    log = MemoryLog()
    if where == "raw":
        log.produce([raw(1)])
    else:
        [place] = entered(log, 1)
        topic = {"enriched": "articles.enriched", "resolved": RESOLVED.name, "dead": DEAD.name}[where]
        record = (
            replace(ARTICLE, origin=Origin(*place))
            if where != "dead"
            else Ended(kind="dead", stage="x", reason="y", at=NOON, origin=Origin(*place))
        )
        log.produce([Message(topic, "a1", encode(record))])
    found = ledger.audit(log, store)
    assert found.balanced
    assert found.in_flight == 1


def test_answers_are_complete_until_the_oldest_that_is_under_way(store: Store) -> None:
    log = MemoryLog()
    later = NOON + timedelta(days=9000)
    assert ledger.complete_until(log, later) == later
    log.produce([raw(1)])
    assert ledger.complete_until(log, later) < later


@pytest.mark.parametrize("topic", [ENRICHED.name, RESOLVED.name])
def test_answers_are_complete_until_the_oldest_entered_and_not_until_a_stage_wrote_it(topic: str) -> None:
    clock = ManualClock(NOON)
    log = MemoryLog(clock)
    places = []
    for number in range(8):  # on all partitions, a minute apart
        places += entered(log, 1, number)
        clock.advance(60)
    log.produce([Message(topic, f"a{n}", finish(log, n, place).value) for n, place in reversed([*enumerate(places)])])
    reader = log.consumer({ENRICHED.name: "resolve", RESOLVED.name: "store"}[topic], topic)
    assert ledger.complete_until(log, clock.now()) == NOON
    reader.commit(reader.poll(6, 0))
    assert ledger.complete_until(log, clock.now()) == NOON
    reader.commit(reader.poll(1, 0))
    assert ledger.complete_until(log, clock.now()) == NOON
    reader.commit(reader.poll(1, 0))
    assert ledger.complete_until(log, clock.now()) == clock.now()
