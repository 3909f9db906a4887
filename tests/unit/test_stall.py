"""When a member without a partition takes it that its group has lost the topic."""

import pytest

from newstide.topics import RAW
from streams.stall import LOOK, STALLED, Stall
from tests import samples
from tests.fakes import MemoryLog, Seconds


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def stall(log: MemoryLog, seconds: Seconds) -> Stall:
    return Stall(log, "enrich", RAW.name, seconds)


def test_records_that_nobody_takes_for_a_minute(log: MemoryLog, stall: Stall, seconds: Seconds) -> None:
    log.produce([samples.raw(1)])
    assert not stall.lasts()
    seconds.now += STALLED
    assert not stall.lasts()
    seconds.now += LOOK
    assert stall.lasts()


def test_an_idle_group_is_none(stall: Stall, seconds: Seconds) -> None:
    assert not stall.lasts()
    seconds.now += 10 * STALLED
    assert not stall.lasts()


def test_records_that_came_just_now_are_none(log: MemoryLog, stall: Stall, seconds: Seconds) -> None:
    stall.lasts()
    seconds.now += 10 * STALLED
    stall.lasts()
    log.produce([samples.raw(1)])
    seconds.now += LOOK
    assert not stall.lasts()


def test_a_slow_group_is_none(log: MemoryLog, stall: Stall, seconds: Seconds) -> None:
    log.produce([samples.raw(n, id="a") for n in range(4)])
    consumer = log.consumer("enrich", RAW.name)
    for _ in range(3):
        assert not stall.lasts()
        seconds.now += STALLED - 1
        consumer.commit(consumer.poll(1, 0))
    assert not stall.lasts()


def test_with_a_partition_again_it_begins_anew(log: MemoryLog, stall: Stall, seconds: Seconds) -> None:
    log.produce([samples.raw(1)])
    stall.lasts()
    seconds.now += 2 * STALLED
    stall.over()
    assert not stall.due()
    seconds.now += LOOK
    assert stall.due()
    assert not stall.lasts()
