"""Enrich workers on a real broker: one against two, and how long a killed one's partitions stand still."""

import logging
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from benchmarks import report
from benchmarks.articles import articles
from benchmarks.processes import Process, opened, until
from newstide.deadletter import origin_of
from newstide.ports import Log, Message
from newstide.records import encode
from newstide.topics import ENRICHED, RAW
from tests.broker import shared

WARM, COUNT = 32, 600
LEAST = 1.8  # what two workers must do of one's work
RATE = 20  # articles a second while workers are killed: five for each partition
KILLS = 3
LIMIT = 15.0
FED = 3.0  # seconds of feeding before a kill


def main() -> None:
    address = shared().address
    _tell_scaling(*(scaled(address, workers) for workers in (1, 2)))
    _tell_kills(list(killed(address)))


def scaled(address: str, workers: int) -> float:
    """Articles a second of so many worker processes whose step waits 100 ms an article."""
    namespace = f"n{time.time_ns()}"
    url = f"kafka://{address}/{namespace}"
    messages = [Message(RAW.name, a.id, encode(a)) for a in articles(WARM + COUNT)]
    with opened(url) as log:
        started = [subprocess.Popen([sys.executable, "-m", "benchmarks.waiting", url]) for _ in range(workers)]
        try:
            until_shared(address, f"{namespace}.enrich.{RAW.name}", workers)
            log.produce(messages[:WARM])
            until(lambda: log.extents(ENRICHED.name)[0].end >= WARM)
            begun = time.perf_counter()
            log.produce(messages[WARM:])
            until(lambda: log.extents(ENRICHED.name)[0].end >= WARM + COUNT)
            return COUNT / (time.perf_counter() - begun)
        finally:
            for process in started:
                process.terminate()
                process.wait(30)


def killed(address: str) -> Iterator[float]:
    """Seconds from a kill -9 of one of two workers until every partition gives articles again."""
    namespace = f"n{time.time_ns()}"
    url = f"kafka://{address}/{namespace}"
    group = f"{namespace}.enrich.{RAW.name}"
    settings = {"NEWSTIDE_LOG": url, "NEWSTIDE_WORKERS__COUNT": "1"}
    with tempfile.TemporaryDirectory(prefix="newstide-bench-") as name, opened(url) as log:
        workers = [Process(Path(name), "enrich", settings=settings) for _ in range(2)]
        try:
            with fed(url, _raw()):
                for _ in range(KILLS):
                    until_shared(address, group, 2)
                    _all_work(log, time.time())
                    time.sleep(FED)
                    at = workers.pop(0).kill()
                    yield _all_work(log, at) - at
                    workers.append(Process(Path(name), "enrich", settings=settings))
        finally:
            for worker in workers:
                worker.kill()


def until_shared(address: str, group: str, members: int) -> None:
    """Wait until so many hold the group's partitions."""
    # It cannot read what Faust's members say of themselves, and complains about each.
    logging.getLogger("kafka.admin._groups").setLevel(logging.ERROR)
    admin = KafkaAdminClient(bootstrap_servers=address)
    try:
        until(lambda: _holding(admin, group) == members)
    finally:
        admin.close()


def _holding(admin: KafkaAdminClient, group: str) -> int:
    """Members of a group that is at rest; 0 otherwise."""
    try:
        found = admin.describe_groups([group])[group]
    except KafkaError:  # the first group of a new broker: its coordinator is on its way
        return 0
    return len(found["members"]) if found["group_state"] == "Stable" else 0


def _all_work(log: Log, since: float) -> float:
    """When (Unix time) the last of the partitions gave its first article after `since`."""
    first: dict[int, float] = {}
    place = log.extents(ENRICHED.name)[0].end

    def all_there() -> bool:
        nonlocal place
        for record in log.read(ENRICHED.name, 0, place, 1000):
            place = record.offset + 1
            origin = origin_of(record.value or b"")
            if origin is not None and record.time.timestamp() > since:
                first.setdefault(origin.partition, record.time.timestamp())
        return len(first) == RAW.partitions

    until(all_there)
    return max(first.values())


@contextmanager
def fed(url: str, messages: Iterator[Message], rate: float = RATE) -> Iterator[None]:
    """So many of the messages a second go onto the log while the block runs."""
    stop = threading.Event()

    def feed() -> None:
        with opened(url) as log:
            due = time.monotonic()
            while not stop.wait(max(0.0, due - time.monotonic())):
                log.produce([next(messages)])
                due = max(due + 1 / rate, time.monotonic() - 1)

    feeder = threading.Thread(target=feed, daemon=True)
    feeder.start()
    try:
        yield
    finally:
        stop.set()
        feeder.join(30)


def _raw() -> Iterator[Message]:
    for seed in count(1):
        yield from (Message(RAW.name, a.id, encode(a)) for a in articles(2000, seed, seed * 2000))


def _tell_scaling(one: float, two: float) -> None:
    print(f"{COUNT} articles, the step waits 100 ms an article: 10.0 articles/s at most for a worker process")
    print(
        f"one {one:.1f}/s, two {two:.1f}/s: {two / one:.2f} times (at least {LEAST}: {report.verdict(two / one >= LEAST)})"
    )


def _tell_kills(silent: Sequence[float]) -> None:
    told = ", ".join(f"{seconds:.1f}" for seconds in silent)
    print(f"\none of two workers killed with -9 at {RATE} articles/s, until every partition works again: {told} s")
    print(f"at most {LIMIT:g} s: {report.verdict(max(silent) <= LIMIT)}")


if __name__ == "__main__":
    main()
