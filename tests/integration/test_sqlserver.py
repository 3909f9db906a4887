"""Stock clients against the interface, and the store behind it by HTTP: the same answers as in the process."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import clickhouse_connect
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError, ProgrammingError

from newstide.app import opened
from newstide.engines import open_store
from newstide.errors import EngineError
from newstide.ports import Message, Store
from newstide.records import Ended, Origin, encode
from newstide.settings import Settings
from newstide.topics import DEAD
from sinks import migrate, queries
from sinks.writer import Writer
from tests.clickhouse_server import clickhouse_server
from tests.fakes import MemoryLog
from tests.samples import NOON, resolved

LATER = NOON + timedelta(hours=1)
PASSWORD = "a long password"
VIEWS = ("articles", "article_versions", "mentions", "article_topics", "article_places", "stories", "outcomes", "feeds")


def fill(store: Store) -> MemoryLog:
    """Tables, views, and articles through the sink."""
    migrate.apply(store)
    log = MemoryLog()
    log.produce([resolved(n, story=f"s{n % 7}", outlet=f"o{n % 3}.example") for n in range(40)])
    log.produce([resolved(3, version=2, title="Dam closes; it's “over” \\ \t 🙂", origin=Origin(0, 40))])
    ended = Ended(kind="dead", stage="enrich", reason="x", at=NOON, origin=Origin(0, 41), sha256="f" * 64)
    log.produce([resolved(5, story="s5", outlet="o2.example"), Message(DEAD.name, ended.sha256, encode(ended))])
    writer = Writer(log, store, flush_seconds=0.01, flush_rows=9)
    writer.recover()
    while writer.step():
        pass
    writer.flush()
    return log


@pytest.fixture(scope="module")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with clickhouse_server(tmp_path_factory.mktemp("writable")) as address:
        yield address


@pytest.fixture(scope="module")
def here(chdb_path: Path) -> Iterator[Store]:
    store = open_store(f"chdb://{chdb_path}?database=compared")
    fill(store)
    yield store
    store.close()


@pytest.fixture(scope="module")
def there(writable: str) -> Iterator[Store]:
    store = open_store(f"http://{writable}/compared")
    fill(store)
    yield store
    store.close()


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_the_same_by_http(here: Store, there: Store, view: str) -> None:
    for format in ("JSONEachRow", "CSVWithNames"):
        asked = f"SELECT * FROM {view} ORDER BY ALL"
        assert here.raw(asked, format) == there.raw(asked, format)
    assert here.query(f"SELECT * FROM {view} ORDER BY ALL") == there.query(f"SELECT * FROM {view} ORDER BY ALL")


QUERIES: dict[str, Callable[[Store], object]] = {
    "rising": lambda store: queries.rising(store, LATER),
    "timeline": lambda store: queries.timeline(store, "x:LOC:ilisu", LATER, 86_400, 3600),
    "compare": lambda store: queries.compare(store, ["x:LOC:ilisu", "none"], LATER, 7200, 3600),
    "related": lambda store: queries.related(store, "x:LOC:ilisu", LATER, 86_400),
    "places": lambda store: queries.places(store, LATER, 86_400),
    "sources": lambda store: queries.sources(store, LATER, 86_400),
    "entity": lambda store: queries.entity(store, "Ilisu"),
    "profile": lambda store: queries.profile(store, "x:LOC:ilisu"),
    "articles": lambda store: queries.articles(store, outlet="o1.example", entity="x:LOC:ilisu", limit=5),
    "search": lambda store: queries.search(store, "dam ilisu"),
    "article": lambda store: queries.article(store, "a3"),
    "stories": lambda store: queries.stories(store, active_since=NOON - timedelta(days=1)),
    "story": lambda store: queries.story(store, "s3"),
    "migrations": lambda store: [(s.name, s.state) for s in migrate.status(store)],
    "again": migrate.apply,
}


@pytest.mark.parametrize("name", QUERIES)
def test_every_question_has_the_same_answer_by_http(here: Store, there: Store, name: str) -> None:
    assert QUERIES[name](here) == QUERIES[name](there)


def test_an_export_is_the_same_by_http(here: Store, there: Store, tmp_path: Path) -> None:
    for store, name in ((here, "here"), (there, "there")):
        with (tmp_path / name).open("wb") as file:
            store.stream("SELECT * FROM articles ORDER BY id", "JSONEachRow", file)
    assert (tmp_path / "here").read_bytes() == (tmp_path / "there").read_bytes() != b""


def test_a_replay_by_http_writes_nothing_twice(there: Store) -> None:
    before = there.query("SELECT count() FROM article_rows").scalar()
    fill(there)
    assert there.query("SELECT count() FROM article_rows").scalar() == before


def test_a_store_with_replicas_is_given_replicated_tables(writable: str, tmp_path: Path) -> None:
    # As far as the embedded engine follows: it stops at the path, for the database is no replicated one.
    settings = Settings(data_dir=tmp_path, store=f"http://{writable}/replicas?replicated=1")
    with pytest.raises(EngineError, match=r"Macro 'uuid' in engine arguments"), opened(settings, tables="apply") as app:
        app.store.close()


# --- stock clients, as guests ---


@pytest.fixture(scope="module")
def guests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server as users get it, over a store with articles, behind a password."""
    path = tmp_path_factory.mktemp("guests")
    with clickhouse_server(path) as address:
        store = open_store(f"http://{address}/newstide")
        fill(store)
        store.close()
    with clickhouse_server(path, "--guests", "--password", PASSWORD) as address:
        yield address


@pytest.fixture
def client(guests: str) -> Iterator[Client]:
    host, _, port = guests.partition(":")
    client = clickhouse_connect.get_client(host=host, port=int(port), username="analyst", password=PASSWORD)
    yield client
    client.close()


def test_clickhouse_connect_reads(client: Client) -> None:
    assert client.query("SELECT count() FROM articles").result_rows == [(40,)]
    found = client.query(
        "SELECT title, texts, time FROM articles AS a JOIN mentions AS m ON m.article = a.id WHERE a.id = {id:String}",
        parameters={"id": "a3"},
    )
    assert found.first_row[:2] == ("Dam closes; it's “over” \\ \t 🙂", ["Ilısu"])
    assert client.command("SELECT max(version) FROM articles") == 2
    rising = "SELECT * FROM trend_rising(at = {at:DateTime64(3, 'UTC')}, window = 7200, baseline = 86400)"
    assert client.query(rising, parameters={"at": LATER}).result_set[0][0] == "x:LOC:ilisu"
    assert b'"outlet":"o1.example"' in client.raw_query("SELECT DISTINCT outlet FROM articles", fmt="JSONEachRow")
    with client.query_rows_stream("SELECT number FROM numbers(100000)") as rows:
        assert sum(n for (n,) in rows) == 4999950000
    assert client.ping()


def test_clickhouse_connect_sends_the_settings_that_are_open(client: Client) -> None:
    zone = {"session_timezone": "Asia/Tokyo"}
    assert client.query("SELECT toString(toDateTime(0))", settings=zone).first_row == ("1970-01-01 09:00:00",)
    join = "SELECT b FROM (SELECT 1 AS a) AS l LEFT JOIN (SELECT 2 AS a, 3 AS b) AS r USING (a)"
    assert client.query(join, settings={"join_use_nulls": 1, "max_threads": 1}).first_row == (None,)
    with pytest.raises(DatabaseError, match="Limit for result exceeded"):
        client.query("SELECT number FROM numbers(100)", settings={"max_result_rows": 10})
    with pytest.raises(ProgrammingError, match="format_schema is readonly"):
        client.query("SELECT 1", settings={"format_schema": "x"})


def test_clickhouse_connect_sends_long_parameters_as_a_form(guests: str) -> None:
    host, _, port = guests.partition(":")
    client = clickhouse_connect.get_client(
        host=host, port=int(port), password=PASSWORD, form_encode_query_params=True, compress="zstd"
    )
    ids = [f"a{n}" for n in range(20_000)]
    found = client.query("SELECT count() FROM articles WHERE id IN {ids:Array(String)}", parameters={"ids": ids})
    assert found.first_row == (40,)
    client.close()


def test_clickhouse_connect_may_not_write(client: Client) -> None:
    for attempt in (
        lambda: client.insert("article_rows", [["x"]], column_names=["id"]),
        lambda: client.command("DROP TABLE article_rows"),
        lambda: client.query("SELECT file('/etc/hostname')"),
    ):
        with pytest.raises(DatabaseError) as refused:
            attempt()
        assert refused.value.code in {62, 497}
    assert client.query("SELECT uniqExact(id) FROM article_rows").first_row == (40,)


def test_clickhouse_connect_needs_the_password(guests: str) -> None:
    host, _, port = guests.partition(":")
    with pytest.raises(DatabaseError) as refused:
        clickhouse_connect.get_client(host=host, port=int(port), password="wrong")
    assert refused.value.code == 516


def curl(address: str, *options: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = ["curl", "-sS", "--noproxy", "*", *options, f"http://{address}/"]
    return subprocess.run(command, input=data, capture_output=True, check=True, timeout=60)


def test_curl_reads(guests: str) -> None:
    login = ("--user", f"me:{PASSWORD}")
    asked = ("--data-binary", "SELECT count() AS n FROM articles FORMAT JSONEachRow")
    assert json.loads(curl(guests, *login, *asked).stdout) == {"n": 40}
    chunked = ("-H", "Transfer-Encoding: chunked", "--data-binary", "@-")
    assert curl(guests, *login, *chunked, data=b"SELECT 1").stdout == b"1\n"
    key = ("-H", f"X-ClickHouse-Key: {PASSWORD}", "-H", "X-ClickHouse-User: me", "--compressed")
    assert curl(guests, *key, "--data-binary", "SELECT number FROM numbers(3000)").stdout.endswith(b"2999\n")
    get = ("-G", "--data-urlencode", "query=SELECT {x:UInt8} + 1", "--data-urlencode", "param_x=1")
    assert curl(guests, *login, *get).stdout == b"2\n"


def test_curl_sees_errors(guests: str) -> None:
    answer = curl(guests, "-i", "--user", f"me:{PASSWORD}", "--data-binary", "SELEC 1").stdout
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"x-clickhouse-exception-code: 62" in answer
    assert curl(guests, "-i", "--data-binary", "SELECT 1").stdout.startswith(b"HTTP/1.1 401")


SCRIPT = Path(__file__).with_name("clients.mjs")


@pytest.mark.slow
def test_the_javascript_client_reads_and_inserts(guests: str, writable: str, tmp_path: Path) -> None:
    shutil.copy(SCRIPT, tmp_path)
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "@clickhouse/client@1"]
    subprocess.run(install, cwd=tmp_path, check=True, timeout=300)
    command = ["node", "clients.mjs", f"http://{guests}", PASSWORD, f"http://{writable}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "ping": True,
        "count": 40,
        "title": "Dam closes; it's “over” \\ \t 🙂",
        "streamed": 1000,
        "refused": "497",
        "wrong": "516",
        "inserted": [{"id": 1, "name": "one"}, {"id": 2, "name": "it's ünï"}],
    }
