"""Faults of a ClickHouse server, in a process of its own, while articles come from a real broker."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.broker import Broker
from newstide.engines import open_store
from newstide.ports import Log, Store
from newstide.topics import DEAD, RESOLVED
from sinks import migrate
from sinks.writer import Writer
from tests.clickhouse_server import ClickHouseServer
from tests.distributed import Fleet, check_books, namespace
from tests.flow import articles, drained, running, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
AWAY = 30.0
WINDOW = 3  # blocks that a table remembers in the test of it; the migrations say 10,000
ARTICLES = 24


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseServer]:
    made = ClickHouseServer(tmp_path_factory.mktemp("server"))
    made.start()
    yield made
    made.kill()


@pytest.fixture
def fleet(broker: Broker, server: ClickHouseServer, tmp_path: Path) -> Iterator[Fleet]:
    """Everything up to the resolver. Each test has a database of its own."""
    name = f"store{time.time_ns() % 10**9}"
    made = Fleet(tmp_path, namespace(broker.address, "server"), f"http://default:@{server.address}/{name}")
    made.start("resolve", "enrich")
    yield made
    made.close()


def fill(log: Log, count: int, first: int = 0) -> None:
    """Send articles, and wait until the resolver has done with them."""
    log.produce(articles(count, seed=first + 4, first=first, sentences=4))
    until(drained(log, "enrich", "articles.raw"), 90)
    until(drained(log, "resolve", "articles.enriched"), 60)


def drain(log: Log, store: Store, rows: int = 1000) -> None:
    """Write what is on the log, in inserts of so many rows."""

    def written() -> bool:
        found = store.query("SELECT topic, next FROM sink_watermarks FINAL").rows
        ends = {topic.name: log.extents(topic.name)[0].end for topic in (RESOLVED, DEAD)}
        return all(dict(found).get(topic, 0) == end == log.positions("store", topic)[0] for topic, end in ends.items())

    with running(Writer(log, store, flush_seconds=0.2, flush_rows=rows)):
        until(written, 120)


class Crash(Exception):
    """The process of the sink dies here."""


class Killing:
    """A store whose server is killed, and the sink with it, when it has taken `at` inserts; 0: never."""

    def __init__(self, store: Store, server: ClickHouseServer, at: int) -> None:
        self._store, self._server, self._at, self.taken = store, server, at, 0

    def insert(self, *args: object, **more: object) -> None:
        self._store.insert(*args, **more)  # type: ignore[arg-type]
        self.taken += 1
        if self.taken == self._at:
            self._server.kill()
            raise Crash

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


def test_a_server_killed_between_insert_and_commit(fleet: Fleet, log: Log, server: ClickHouseServer) -> None:
    """At each insert of a flush in turn: the frozen range, the tables, the watermark."""
    store = open_store(fleet.store)
    migrate.apply(store)
    fill(log, ARTICLES)
    whole = Killing(store, server, 0)
    drain(log, whole)  # type: ignore[arg-type]
    for at in range(1, whole.taken + 1):
        fill(log, ARTICLES, first=at * 1000)
        broken = Writer(log, Killing(store, server, at), flush_seconds=0.2, flush_rows=1000)  # type: ignore[arg-type]
        with pytest.raises(Crash):
            broken.run(threading.Event())
        server.start()
    drain(log, store)
    assert check_books(fleet, log)["stored"] == (1 + whole.taken) * ARTICLES
    store.close()


def test_more_inserts_than_the_window_holds_then_a_replay_from_the_beginning(fleet: Fleet, log: Log) -> None:
    store = open_store(fleet.store)
    migrate.apply(store)
    tables = store.query("SELECT name FROM system.tables WHERE database = currentDatabase() AND name LIKE '%\\_rows'")
    for (table,) in tables.rows:
        store.command(f"ALTER TABLE {table} MODIFY SETTING non_replicated_deduplication_window = {WINDOW}")
    store.command("SYSTEM STOP MERGES")  # which might hide what is stored twice
    fill(log, ARTICLES)
    drain(log, store, rows=4)
    before = store.query("SELECT count() FROM article_rows").scalar()
    for table in ("sink_watermarks", "sink_ranges"):
        store.command(f"TRUNCATE TABLE {table}")
    drain(log, store, rows=1)
    assert (
        store.query("SELECT count() FROM article_rows").scalar() > before
    )  # the window had passed: the first net tore
    assert check_books(fleet, log)["stored"] == ARTICLES
    store.close()


def test_a_server_down_for_half_a_minute_in_the_flow(fleet: Fleet, log: Log, server: ClickHouseServer) -> None:
    fleet.start("store", "alert", "web")
    fleet.until_ready()
    log.produce(given := articles(600, sentences=4))
    until(lambda: any(log.positions("store", RESOLVED.name).values()))
    server.kill()
    log.produce(meanwhile := articles(100, seed=6, first=2000, sentences=4))  # else all may be stored already
    time.sleep(AWAY)
    away = {member.role: member.missing() for member in fleet.members}
    assert server.address in " ".join(away["store"]), away
    assert not away["enrich"], away
    server.start()
    fleet.until_ready()
    fleet.until_idle(log)
    log.produce(more := articles(100, seed=5, first=1000, sentences=4))
    fleet.until_idle(log)
    assert check_books(fleet, log)["stored"] == len(given) + len(meanwhile) + len(more)
