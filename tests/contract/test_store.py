"""The contract of the Store port, on chDB in this process and by HTTP on a server that is chDB in another."""

import itertools
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from newstide.engines import open_store
from newstide.errors import EngineError, NewstideError, UsageError
from newstide.ports import Store
from tests.clickhouse_server import clickhouse_server

COLUMNS = ("id", "at")
NOON = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
_numbers = itertools.count()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with clickhouse_server(tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture(params=["chdb", "http"])
def empty_store(request: pytest.FixtureRequest, chdb_path: Path) -> Iterator[Callable[[], Store]]:
    name, opened = f"contract_{next(_numbers)}", []
    here = request.param == "chdb"
    dsn = f"chdb://{chdb_path}?database={name}" if here else f"http://{request.getfixturevalue('server')}/{name}"

    def make() -> Store:
        opened.append(open_store(dsn))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def table(empty_store: Callable[[], Store]) -> Store:
    store = empty_store()
    store.command(
        "CREATE TABLE t (id String, at DateTime64(3, 'UTC')) ENGINE = ReplacingMergeTree ORDER BY id "
        "SETTINGS non_replicated_deduplication_window = 100"
    )
    return store


def test_a_password_of_any_characters_opens_the_server_percent_encoded(tmp_path: Path) -> None:
    password = "p@ss/w%rd: ü"
    with clickhouse_server(tmp_path, "--password", password) as address:
        store = open_store(f"http://ann:{quote(password, safe='')}@{address}/locked")
        assert store.query("SELECT 1").scalar() == 1
        store.close()


def count(store: Store) -> int:
    return store.query("SELECT count() FROM t").scalar()


def test_the_same_token_is_kept_once_and_another_is_not(table: Store) -> None:
    for _ in range(3):
        table.insert("t", COLUMNS, [("a", NOON), ("b", NOON)], "first")
    assert count(table) == 2
    table.insert("t", COLUMNS, [("a", NOON), ("b", NOON)], "second")
    assert count(table) == 4
    assert table.query("SELECT count() FROM t FINAL").scalar() == 2


def test_times_are_aware_utc_both_ways(table: Store) -> None:
    table.insert("t", COLUMNS, [("a", NOON)], "x")
    assert table.query("SELECT at FROM t WHERE at = {at:DateTime64(3, 'UTC')}", {"at": NOON}).scalar() == NOON
    assert table.query("SELECT at FROM t").scalar().tzinfo is not None


def test_parameters_are_bound_not_pasted(table: Store) -> None:
    nasty = "it's; DROP TABLE t --\n\\ \t ünï 🙂"
    table.insert("t", COLUMNS, [(nasty, NOON)], "x")
    assert table.query("SELECT id FROM t WHERE id = {id:String}", {"id": nasty}).rows == [(nasty,)]


def test_a_wrong_statement_is_the_users_error(table: Store) -> None:
    with pytest.raises(UsageError, match="bogus"):
        table.raw("SELECT bogus FROM t", "TSV")
    with pytest.raises(EngineError, match="bogus"):
        table.query("SELECT bogus FROM t")  # our own statement is no user's mistake


def test_what_a_broken_answer_left_behind_stands_in_no_later_one(table: Store) -> None:
    breaks = "SELECT throwIf(number = 200000) AS a, number FROM numbers(300000)"
    with pytest.raises(EngineError, match="throwIf"):
        table.query(breaks)
    assert table.query("SELECT 1 AS a").rows == [(1,)]
    with pytest.raises(UsageError, match="throwIf"):
        table.raw(breaks, "JSON")
    assert table.raw("SELECT 1 AS a", "TSV") == b"1\n"


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO t VALUES ('x', now64(3))",
        "DROP TABLE t",
        "SELECT * FROM file('/etc/hostname', 'CSV', 'a String')",
        "SELECT file('/etc/hostname')",
        "SELECT file /* between */ ('/etc/hostname')",
        "SELECT 1 INTO OUTFILE '/tmp/newstide-out'",
        "SELECT 1 INTO /**/ OUTFILE '/tmp/newstide-out'",
        "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')",
        "SET readonly = 0",
        "SELECT 1 SETTINGS readonly = 0",
        "SELECT `file`('/etc/hostname')",
        "SELECT upper(file('/etc/hostname'))",
        "SELECT 1; SELECT file('/etc/hostname')",
        "SELECT 1 FORMAT TSVRaw; SELECT file('/etc/hostname')",
        "SELECT 1 WHERE '' = $x$ ; $x$; SELECT file('/etc/hostname') WHERE 0",
        "SELECT ';' ; SELECT 2",
        "EXPLAIN SELECT file('/etc/hostname')",
        "SYSTEM FLUSH LOGS",
        "KILL QUERY WHERE 1",
        ";",
    ],
)
def test_a_guest_may_only_read(table: Store, statement: str) -> None:
    with pytest.raises(NewstideError):
        table.raw(statement, "JSONEachRow")
    assert count(table) == 0


def test_a_guest_may_write_semicolons_in_strings_and_at_the_end(table: Store) -> None:
    assert table.raw("SELECT ';--' AS x -- ; done\n;", "TSV") == b";--\n"
    assert b"id" in table.raw("DESCRIBE TABLE t", "TSV")


def test_a_guest_gets_the_format_it_asked_for(table: Store) -> None:
    assert table.raw("SELECT 1 AS x, 'a' AS y", "JSONEachRow") == b'{"x":1,"y":"a"}\n'
    assert table.raw("SELECT 1 AS x", "CSVWithNames") == b'"x"\n1\n'


def test_threads_read_and_write_at_once(table: Store) -> None:
    def work(number: int) -> None:
        for n in range(5):
            table.insert("t", COLUMNS, [(f"{number}-{n}", NOON)], f"{number}-{n}")
            table.query("SELECT count() FROM t")

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(table) == 20
