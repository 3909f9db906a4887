"""The flow over a real broker through kills: of a worker, and of the broker."""

import itertools
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.broker import Broker
from newstide.engines import open_log
from newstide.ports import Log
from newstide.topics import DEAD, ENRICHED, RAW, RESOLVED
from newstide.workers import Workers
from streams.faust_app import FaustEnrich, FaustResolve
from streams.local import EnrichWorkers
from streams.pipeline import enrich_bytes
from streams.resolve.resolver import WINDOW
from tests.broker import fresh
from tests.flow import articles, drained, entered, origins, running, slow, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
ROOT = Path(__file__).parents[2]
TAKEN_OVER = 15.0  # seconds until a dead worker's partitions work again
_numbers = itertools.count()


@contextmanager
def worker(url: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", "tests.faust_worker", url], cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"  # a signal before that would only end an import
        yield process
    finally:
        process.kill()
        process.wait()


def end(log: Log, topic: str) -> int:
    return sum(extent.end for extent in log.extents(topic).values())


def test_a_worker_killed_in_the_flow_loses_nothing(broker: Broker) -> None:
    url = f"kafka://{broker.address}/faults{next(_numbers)}"
    log = open_log(url)
    log.produce(articles(1500, sentences=4))
    with worker(url) as first, worker(url) as second:
        until(lambda: end(log, ENRICHED.name) > 300)
        first.kill()
        killed = time.monotonic()
        until(drained(log, "enrich", RAW.name), 120)
        assert second.poll() is None
        # A new worker takes its part of what comes now.
        with worker(url) as third:
            log.produce(articles(300, seed=5, sentences=4))
            until(drained(log, "enrich", RAW.name), 60)
            third.send_signal(signal.SIGTERM)
            assert third.wait(30) == 0
        second.send_signal(signal.SIGTERM)
        assert second.wait(30) == 0
    found = origins(log, ENRICHED, DEAD)
    print(f"{sum(found.values()) - len(found)} twice; all after {time.monotonic() - killed:.1f} s")
    assert set(found) == entered(log)
    assert len(found) == 1800
    log.close()


def test_a_dead_workers_partitions_work_again_in_time(broker: Broker) -> None:
    url = f"kafka://{broker.address}/faults{next(_numbers)}"
    log = open_log(url)
    with worker(url) as first, worker(url):
        log.produce(articles(40))
        until(drained(log, "enrich", RAW.name))
        first.kill()
        killed = time.monotonic()
        log.produce(articles(40, seed=6))
        until(lambda: entered(log) == set(origins(log, ENRICHED, DEAD)))
        taken = time.monotonic() - killed
    print(f"taken over in {taken:.1f} s")
    assert taken < TAKEN_OVER
    log.close()


def test_no_commit_passes_what_has_not_come_out_while_workers_come_and_go(broker: Broker) -> None:
    url = f"kafka://{broker.address}/faults{next(_numbers)}"
    log = open_log(url)
    log.produce(articles(5000))  # more than Faust's buffers hold
    pools: list[EnrichWorkers] = [Workers(slow, 1) for _ in range(2)]

    def nothing_passed() -> bool:
        positions, out = log.positions("enrich", RAW.name), origins(log, DEAD)
        assert not [(p, n) for p, position in positions.items() for n in range(position) if (p, n) not in out]
        return len(out) > 100

    with running(FaustEnrich(url, log, pools[0], 16)):
        for wait in (0.0, 2.0):
            time.sleep(wait)
            with running(FaustEnrich(url, log, pools[1], 16)):
                for _ in range(12):
                    time.sleep(0.25)
                    nothing_passed()
        until(nothing_passed)
    for pool in pools:
        pool.close()
    log.close()


def test_a_broker_away_when_the_runners_start_and_killed_in_their_flow_is_survived(tmp_path: Path) -> None:
    broker = fresh()
    url = f"kafka://{broker.address}"
    log = open_log(url)
    log.produce(articles(300, sentences=4))
    broker.kill()
    pool: EnrichWorkers = Workers(enrich_bytes, 1)
    try:
        with running(FaustEnrich(url, log, pool, 16), FaustResolve(url, log, WINDOW, tmp_path)):
            time.sleep(2)
            broker.start()
            until(lambda: end(log, RESOLVED.name) > 50)
            log.produce(articles(400, seed=5, sentences=4))
            broker.kill()
            time.sleep(15)
            broker.start()
            back = time.monotonic()
            log.produce(articles(100, seed=6, sentences=4))
            until(drained(log, "enrich", RAW.name), 90)
            until(drained(log, "resolve", ENRICHED.name), 60)
            print(f"drained {time.monotonic() - back:.1f} s after the broker came back")
        assert set(origins(log, ENRICHED, DEAD)) == entered(log)
        assert set(origins(log, RESOLVED, DEAD)) == entered(log)
        assert len(entered(log)) == 800
    finally:
        pool.close()
        log.close()
        broker.remove()
