"""The contract of the Log port; every engine and the fake run it."""

import itertools
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.broker import Broker
from newstide.engines import open_log
from newstide.errors import Backpressure
from newstide.ports import Log, Message
from newstide.topics import DECISIONS, FEEDS, RAW, RESOLVED
from tests.fakes import MemoryLog

ENGINES = ["memory", "sqlite", pytest.param("kafka", marks=pytest.mark.slow)]
_numbers = itertools.count()


@pytest.fixture(params=ENGINES)
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Log]:
    engine = opened(request, tmp_path)
    yield engine
    engine.close()


def opened(request: pytest.FixtureRequest, folder: Path) -> Log:
    if request.param == "memory":
        return MemoryLog()
    if request.param == "sqlite":
        return open_log(f"sqlite://{folder}/log.sqlite")
    broker: Broker = request.getfixturevalue("broker")
    return open_log(f"kafka://{broker.address}/contract{next(_numbers)}")


def unlike_kafka(request: pytest.FixtureRequest, why: str) -> None:
    """The port leaves this to the broker: there the test must fail."""
    if request.node.callspec.params["log"] == "kafka":
        request.applymarker(pytest.mark.xfail(strict=True, reason=why, raises=AssertionError))


@pytest.fixture
def eager_threads() -> Iterator[None]:
    """Threads change places between any two steps."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def messages(count: int, topic: str = DECISIONS.name, start: int = 0) -> list[Message]:
    return [Message(topic, f"k{n}", f"v{n}".encode()) for n in range(start, start + count)]


def drain(log: Log, group: str, topic: str, limit: int = 100) -> list[bytes | None]:
    consumer, values = log.consumer(group, topic), []
    while batch := consumer.poll(limit, 0):
        values += [record.value for record in batch]
    consumer.close()
    return values


def test_offsets_are_gapless_per_partition_and_keys_keep_their_partition(log: Log) -> None:
    placed = log.produce(messages(100, RAW.name))
    by_partition: dict[int, list[int]] = {}
    for partition, offset in placed:
        by_partition.setdefault(partition, []).append(offset)
    assert len(by_partition) == RAW.partitions
    assert all(offsets == list(range(len(offsets))) for offsets in by_partition.values())
    assert [p for p, _ in log.produce(messages(100, RAW.name))] == [p for p, _ in placed]
    assert {p: e.end for p, e in log.extents(RAW.name).items()} == {p: 2 * len(o) for p, o in by_partition.items()}


def test_a_group_reads_everything_in_order_of_its_partitions(log: Log) -> None:
    log.produce(messages(250, RAW.name))
    consumer, seen = log.consumer("g", RAW.name), []
    while batch := consumer.poll(17, 0):
        assert len(batch) <= 17
        seen += batch
    assert {record.value for record in seen} == {m.value for m in messages(250)}
    for partition in range(RAW.partitions):
        offsets = [record.offset for record in seen if record.partition == partition]
        assert offsets == list(range(len(offsets)))


def test_what_is_not_committed_comes_again_and_what_is_committed_does_not(log: Log) -> None:
    log.produce(messages(10))
    first = log.consumer("g", DECISIONS.name)
    done, lost = first.poll(4, 0), first.poll(4, 0)
    first.commit(done)
    first.close()
    again = log.consumer("g", DECISIONS.name)
    assert [record.value for record in again.poll(4, 0)] == [record.value for record in lost]
    again.rewind()
    assert again.poll(1, 0)[0].value == b"v4"
    assert log.positions("g", DECISIONS.name) == {0: 4}
    assert log.positions("unheard of", DECISIONS.name) == {0: 0}


def test_a_commit_never_moves_back(log: Log) -> None:
    log.produce(messages(10))
    consumer = log.consumer("g", DECISIONS.name)
    early, late = consumer.poll(3, 0), consumer.poll(3, 0)
    consumer.commit(late)
    consumer.commit(early)
    assert log.positions("g", DECISIONS.name) == {0: 6}


def test_groups_do_not_see_one_another(log: Log) -> None:
    log.produce(messages(3))
    assert drain(log, "a", DECISIONS.name) == drain(log, "b", DECISIONS.name) == [b"v0", b"v1", b"v2"]


def test_a_waiting_reader_wakes_when_a_record_comes(log: Log) -> None:
    consumer = log.consumer("g", DECISIONS.name)
    threading.Timer(0.1, lambda: log.produce(messages(1))).start()
    begun = time.monotonic()
    assert [record.value for record in consumer.poll(10, 5)] == [b"v0"]
    assert time.monotonic() - begun < 2
    assert consumer.poll(10, 0.05) == []


def test_read_needs_no_group(log: Log) -> None:
    log.produce(messages(5))
    assert [record.offset for record in log.read(DECISIONS.name, 0, 3, 10)] == [3, 4]
    assert log.read(DECISIONS.name, 0, 5, 10) == []


def test_a_compacted_topic_is_a_table_of_newest_values(log: Log) -> None:
    log.produce(
        [Message(FEEDS.name, "h1 a", b"1"), Message(FEEDS.name, "h2 b", b"1"), Message(FEEDS.name, "h1 a", b"2")]
    )
    log.produce([Message(FEEDS.name, "h2 b", None), Message(FEEDS.name, "h1 a", b"3")])
    assert log.latest(FEEDS.name) == {"h1 a": b"3"}
    values = drain(log, "store", FEEDS.name)
    assert {None, b"3"} <= set(values)  # a reader learns of the removal


def test_keys_of_one_host_share_a_partition(log: Log) -> None:
    placed = log.produce([Message(FEEDS.name, f"host.example http://host.example/{n}", b"x") for n in range(20)])
    assert len({partition for partition, _ in placed}) == 1


def test_readers_far_behind_hold_producers_back(log: Log) -> None:
    log.produce(messages(RAW.limit + 1, RAW.name))
    with pytest.raises(Backpressure) as held:
        log.produce(messages(1, RAW.name))
    assert held.value.retry_after > 0
    consumer = log.consumer("enrich", RAW.name)
    while batch := consumer.poll(5000, 0):
        consumer.commit(batch)
    log.produce(messages(1, RAW.name))


def read_on(log: Log, group: str, topic: str, most: int) -> None:
    consumer, left = log.consumer(group, topic), most
    while left and (batch := consumer.poll(min(left, 5000), 1)):
        consumer.commit(batch)
        left -= len(batch)
    consumer.close()


@pytest.mark.parametrize(("read_by_alert", "held"), [(0, False), (1, True)], ids=["nobody runs it", "it is slow"])
def test_a_reader_that_nobody_runs_holds_nobody_back(log: Log, read_by_alert: int, held: bool) -> None:
    log.produce(messages(RESOLVED.limit + 2, RESOLVED.name))
    read_on(log, "store", RESOLVED.name, RESOLVED.limit + 2)
    read_on(log, "alert", RESOLVED.name, read_by_alert)
    with pytest.raises(Backpressure) if held else nullcontext():
        log.produce(messages(1, RESOLVED.name))


def test_a_refused_batch_leaves_nothing_behind(log: Log) -> None:
    log.produce(messages(RAW.limit + 1, RAW.name))
    with pytest.raises(Backpressure):
        log.produce([Message(FEEDS.name, "h f", b"x"), *messages(1, RAW.name)])
    assert log.latest(FEEDS.name) == {}


def test_erased_values_are_gone_and_their_offsets_stay(log: Log, request: pytest.FixtureRequest) -> None:
    unlike_kafka(request, "Kafka cannot blank a record; it goes with its topic's retention")
    log.produce([*messages(3), Message(DECISIONS.name, "k1", b"again")])
    assert log.erase(DECISIONS.name, ["k1"]) == 2
    assert [record.value for record in log.read(DECISIONS.name, 0, 0, 10)] == [b"v0", None, b"v2", None]
    assert log.erase(DECISIONS.name, ["k1"]) == 0


def test_keys_erased_from_a_table_are_gone(log: Log) -> None:
    log.produce([Message(FEEDS.name, "h a", b"1"), Message(FEEDS.name, "h b", b"2")])
    assert log.erase(FEEDS.name, ["h a", "h c"]) == 1
    assert log.latest(FEEDS.name) == {"h b": b"2"}


def test_retention_takes_old_records_that_all_readers_have_read(log: Log, request: pytest.FixtureRequest) -> None:
    unlike_kafka(request, "the broker deletes by its topics' own settings")
    log.produce(messages(20, RAW.name))
    late = datetime.now(UTC) + timedelta(seconds=RAW.retain + 60)
    assert log.retain(late) == 0  # enrich has read none
    consumer = log.consumer("enrich", RAW.name)
    consumer.commit(consumer.poll(100, 0))
    assert log.retain(datetime.now(UTC)) == 0
    assert log.retain(late) == 20
    assert all(extent.first == extent.end for extent in log.extents(RAW.name).values())
    placed = log.produce(messages(20, RAW.name))
    assert min(offset for _, offset in placed) > 0  # offsets are never used twice


def test_a_reader_beside_writers_misses_nothing(log: Log) -> None:
    def write(number: int) -> None:
        for n in range(150):
            log.produce([Message(RAW.name, f"{number}-{n}", b"x")])

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    consumer, seen = log.consumer("enrich", RAW.name), 0
    while any(thread.is_alive() for thread in threads):
        seen += len(consumer.poll(5, 0))
    while batch := consumer.poll(100, 0):
        seen += len(batch)
    assert seen == 600


def test_threads_may_produce_at_once(log: Log, eager_threads: None) -> None:
    threads = [threading.Thread(target=lambda n=n: log.produce(messages(50, start=50 * n))) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(drain(log, "g", DECISIONS.name)) == sorted(m.value for m in messages(400) if m.value)
