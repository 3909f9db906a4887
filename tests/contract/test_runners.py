"""Both runners give the same answers: 2,000 articles through the embedded one and through Kafka, to the store's rows."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks import sources
from deploy.broker import Broker
from newstide.engines import open_log, open_store
from newstide.ports import Log, Message, Store
from newstide.profiles import Profiles
from newstide.records import Article, Decision, Ended, decode, encode
from newstide.topics import DEAD, DECISIONS, ENRICHED, LINEAGE, MOVES, PROFILES, RAW, RESOLVED
from newstide.workers import Workers
from producers.publish import Publisher, message
from sinks import migrate, rows
from sinks.writer import Writer
from streams.faust_app import FaustEnrich, FaustResolve
from streams.learn import GROUP, Learner
from streams.local import EnrichRunner, EnrichWorkers, ResolveRunner
from streams.pipeline import enrich_bytes
from streams.resolve.resolver import WINDOW
from tests import samples
from tests.clickhouse_server import clickhouse_server
from tests.flow import drained, everything, running, until
from tests.unit.enrich.test_repeated import APPEAL, told
from tests.unit.test_learn import raw

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
COUNT = 2000
# What a log says of itself: when it took a record.
OF_THE_LOG = {"ended_rows": {"at"}, "story_move_rows": {"at"}, "lineage_rows": {"at"}}


@pytest.fixture
def url(broker: Broker, request: pytest.FixtureRequest) -> str:
    """Topics of the test's own."""
    return f"kafka://{broker.address}/{request.node.name.replace('_', '-')[:40]}"


@pytest.fixture
def logs(url: str, tmp_path: Path) -> Iterator[tuple[Log, Log]]:
    opened = open_log(f"sqlite://{tmp_path}/log.sqlite"), open_log(url)
    yield opened
    for log in opened:
        log.close()


@pytest.fixture
def workers() -> Iterator[EnrichWorkers]:
    pool: EnrichWorkers = Workers(enrich_bytes, 2)
    yield pool
    pool.close()


def given() -> list[Message]:
    """Real newswire where it lies beside the repository, else made-up articles; with what no step takes among them."""
    source = sources.REUTERS if sources.NEWSWIRE.is_file() else sources.GENERATED
    found = [message(record) for record in sources.read(source, COUNT)]
    odd = [Message(RAW.name, "odd", b"{no record"), samples.raw(9001, text="", title="")]
    return [*found[:700], odd[0], *found[700:], odd[1]]


def contents(log: Log, topic: str) -> list[tuple[str, bytes | None]]:
    return [(record.key, record.value) for record in everything(log, topic)]


def newest(log: Log, topic: str) -> list[tuple[str, bytes | None]]:
    """A compacted topic's newest record of each key, in order: when the older ones go is the log's affair."""
    found: dict[str, bytes | None] = {}
    for key, value in contents(log, topic):
        found.pop(key, None)
        found[key] = value
    return list(found.items())


def by_key(log: Log, topic: str) -> dict[str, list[bytes | None]]:
    found: dict[str, list[bytes | None]] = {}
    for key, value in contents(log, topic):
        found.setdefault(key, []).append(value)
    return found


def letters(log: Log) -> list[bytes]:
    """The dead letters, but for the time at which each log took its record and the place it lies at."""
    found = (decode(value or b"", Ended) for _, value in contents(log, DEAD.name))
    return sorted(encode(Ended(**{**_fields(e), "at": samples.NOON})) for e in found)


def _fields(ended: Ended) -> dict[str, Any]:
    return {name: getattr(ended, name) for name in ended.__dataclass_fields__}


def filled(log: Log, store: Store) -> None:
    migrate.apply(store)
    writer = Writer(log, store, flush_seconds=0.2, flush_rows=500)
    with running(writer):
        for topic in rows.MAPPING:
            until(drained(log, "store", topic))


def table(store: Store, name: str) -> list[tuple[Any, ...]]:
    columns = ", ".join(f"`{c}`" for c in rows.COLUMNS[name] if c not in OF_THE_LOG.get(name, ()))
    return store.query(f"SELECT {columns} FROM {name} FINAL ORDER BY ALL").rows


def test_both_runners_give_the_same_answers(
    url: str, logs: tuple[Log, Log], workers: EnrichWorkers, chdb_path: Path, tmp_path: Path
) -> None:
    embedded, kafka = logs
    for log in logs:
        log.produce(given())

    with running(EnrichRunner(embedded, workers, 32)):
        until(drained(embedded, "enrich", RAW.name), 200)
    with running(FaustEnrich(url, kafka, workers, 32)):
        until(drained(kafka, "enrich", RAW.name), 200)
    assert sum(map(len, by_key(embedded, ENRICHED.name).values())) > COUNT * 0.9
    assert by_key(kafka, ENRICHED.name) == by_key(embedded, ENRICHED.name)
    assert letters(kafka) == letters(embedded) != []

    # The four partitions came into one in another order there; resolving is over one recorded order.
    recorded = open_log(f"sqlite://{tmp_path}/recorded.sqlite")
    recorded.produce([Message(ENRICHED.name, key, value) for key, value in contents(kafka, ENRICHED.name)])
    recorded.produce([Message(DEAD.name, key, value) for key, value in contents(kafka, DEAD.name)])
    with running(ResolveRunner(recorded, WINDOW, tmp_path)):
        until(drained(recorded, "resolve", ENRICHED.name), 200)
    with running(FaustResolve(url, kafka, WINDOW, tmp_path)):
        until(lambda: contents(kafka, RESOLVED.name))
    with running(FaustResolve(url, kafka, WINDOW, tmp_path)):  # it finds its state on the log
        until(drained(kafka, "resolve", ENRICHED.name), 200)
    for topic in (DECISIONS, RESOLVED, DEAD):
        assert contents(kafka, topic.name) == contents(recorded, topic.name), topic.name
    for topic in (LINEAGE, MOVES):
        assert newest(kafka, topic.name) == newest(recorded, topic.name), topic.name
        assert kafka.extents(topic.name)[0].end == recorded.extents(topic.name)[0].end, topic.name
    assert {decode(value or b"", Decision).relation for _, value in contents(kafka, DECISIONS.name)} >= {
        "original",
        "copy",
    }

    local = open_store(f"chdb://{chdb_path}?database=same")
    filled(recorded, local)
    with clickhouse_server(tmp_path / "server") as address:
        server = open_store(f"http://{address}/same")
        filled(kafka, server)
        for name in sorted(set(rows.COLUMNS) - {"sink_ranges"}):
            assert table(server, name) == table(local, name), name
        assert len(table(server, "article_rows")) > COUNT * 0.9
        server.close()
    local.close()
    recorded.close()


def test_both_learn_the_same_profile_and_clean_the_article_that_names_it_alike(
    url: str, logs: tuple[Log, Log], workers: EnrichWorkers
) -> None:
    for log in logs:
        log.produce([samples.resolved(n, text=(a := told(n, APPEAL)).text, outlet=a.outlet) for n in range(6)])
        with running(Learner(log, articles=6)):
            until(lambda log=log: log.latest(PROFILES.name) and log.positions(GROUP, RESOLVED.name).get(0) == 6)
        Publisher(log, threading.Event(), Profiles(log)).publish([raw(50)])
    embedded, kafka = logs
    with running(EnrichRunner(embedded, workers, 32)), running(FaustEnrich(url, kafka, workers, 32)):
        until(lambda: all(drained(log, "enrich", RAW.name)() for log in logs))
    assert kafka.latest(PROFILES.name) == embedded.latest(PROFILES.name)
    [(_, value)] = contents(kafka, ENRICHED.name)
    assert contents(embedded, ENRICHED.name) == [("r50", value)]
    article = decode(value or b"", Article)
    assert [cut.reason for cut in article.removed] == ["repeated"]
    assert article.made_by["profile"].startswith("1-")


def test_a_record_that_no_broker_takes_ends_alike(url: str, logs: tuple[Log, Log]) -> None:
    pool: EnrichWorkers = Workers(growing, 1)
    try:
        for log in logs:
            log.produce([samples.raw(n, fetched=samples.NOON + timedelta(seconds=n)) for n in range(5)])
        with running(EnrichRunner(logs[0], pool, 8)):
            until(drained(logs[0], "enrich", RAW.name))
        with running(FaustEnrich(url + "large", large := open_log(url + "large"), pool, 8)):
            large.produce([samples.raw(n, fetched=samples.NOON + timedelta(seconds=n)) for n in range(5)])
            until(lambda: len(contents(large, DEAD.name)) == 1)
        large.close()
        [letter] = [decode(value or b"", Ended) for _, value in contents(logs[0], DEAD.name)]
        assert (letter.id, letter.kind, letter.reason) == ("a3", "dead", "too large")
    finally:
        pool.close()


def growing(batch: list[tuple[int, int, bytes]]) -> list[tuple[str, bytes]]:
    """A step that makes one article larger than the log takes."""
    answers = enrich_bytes(batch)
    return [
        (kind, body + b" " * (9 << 20)) if b'"a3"' in value else (kind, body)
        for (kind, body), (_, _, value) in zip(answers, batch, strict=True)
    ]
