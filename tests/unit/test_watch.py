"""What the watch tells: lag, what stands still, and a log that does not answer."""

import threading

import pytest

from newstide import metrics
from newstide.clock import SystemClock
from newstide.ports import Message
from newstide.records import Attempt, Delivery, encode
from newstide.topics import DELIVERIES, RAW
from newstide.watch import SILENT, STILL, Watch
from tests import samples
from tests.fakes import MemoryLog, Seconds

STUCK = ("enrich", RAW.name)
RUNNING = {"enrich": "running"}


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def watch(log: MemoryLog, seconds: Seconds) -> Watch:
    return Watch(log, SystemClock(), seconds)


def stuck() -> float:
    return metrics.STUCK.labels(*STUCK)._value.get()


def test_lag_is_told_by_group_and_topic(log: MemoryLog, watch: Watch) -> None:
    log.produce([samples.raw(n) for n in range(7)])
    watch.look()
    health = watch.health(RUNNING)
    assert (health.ready, health.lag["enrich articles.raw"], health.in_flight) == (True, 7, 7)


def test_a_partition_whose_records_wait_for_a_minute_is_stuck(log: MemoryLog, watch: Watch, seconds: Seconds) -> None:
    log.produce([samples.raw(1)])
    watch.look()
    seconds.now += STILL + 1
    watch.look()
    [told] = watch.health(RUNNING).missing
    assert told.startswith("enrich: stuck, 1 record waits in articles.raw/")
    assert stuck() == 1
    consumer = log.consumer("enrich", RAW.name)
    consumer.commit(consumer.poll(10, 0))
    watch.look()
    assert (watch.health(RUNNING).ready, stuck()) == (True, 0)


def test_a_slow_stage_is_not_stuck(log: MemoryLog, watch: Watch, seconds: Seconds) -> None:
    log.produce([samples.raw(1, id="a"), samples.raw(2, id="a"), samples.raw(3, id="a")])
    consumer = log.consumer("enrich", RAW.name)
    for _ in range(3):
        watch.look()
        seconds.now += STILL - 1
        consumer.commit(consumer.poll(1, 0))
    watch.look()
    assert watch.health(RUNNING).ready


def test_an_idle_stage_is_not_stuck(watch: Watch, seconds: Seconds) -> None:
    watch.look()
    seconds.now += 10 * STILL
    watch.look()
    assert watch.health(RUNNING).ready


def test_only_the_roles_of_this_process_speak_of_it(log: MemoryLog, watch: Watch, seconds: Seconds) -> None:
    log.produce([samples.raw(1)])
    watch.look()
    seconds.now += STILL + 1
    watch.look()
    assert watch.health({"store": "running"}).ready


def test_a_log_that_does_not_answer_is_told(watch: Watch, seconds: Seconds) -> None:
    watch.look()
    seconds.now += SILENT + 4
    assert watch.health(RUNNING).missing == ("log: no answer for 14 s",)


def test_a_role_that_waits_is_told_with_its_reason(watch: Watch) -> None:
    watch.look()
    health = watch.health({"store": "waiting: store http://db does not answer"})
    assert (health.ready, health.missing) == (False, ("store: waiting: store http://db does not answer",))


def test_a_log_that_is_closed_under_the_last_look_ends_it_without_a_word() -> None:
    stop = threading.Event()

    class Closing(MemoryLog):
        def positions(self, group: str, topic: str) -> dict[int, int]:
            stop.set()
            raise RuntimeError("closed")

    Watch(Closing(), SystemClock()).run(stop)


def test_any_other_error_of_a_look_is_raised() -> None:
    class Broken(MemoryLog):
        def positions(self, group: str, topic: str) -> dict[int, int]:
            raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        Watch(Broken(), SystemClock()).run(threading.Event())


def test_the_disabled_hooks_of_the_settings_are_told(log: MemoryLog) -> None:
    for hook in ("desk", "lost"):
        refused = Delivery(
            id=hook, alert="al_1", hook=hook, rule="r", body="{}", created=samples.NOON, status="failed",
            attempts=(Attempt(samples.NOON, 410, "http 410", 0.1),),
        )  # fmt: skip
        log.produce([Message(DELIVERIES.name, hook, encode(refused))])
    watch = Watch(log, SystemClock(), hooks=["desk", "night"])
    watch.look()
    assert watch.health(RUNNING).disabled == ("desk",)
