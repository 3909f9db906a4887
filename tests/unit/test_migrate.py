"""Migrations for a server with replicas: only the text can be tested here, for the embedded engine knows no Keeper."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from newstide.errors import EngineError
from newstide.ports import Rows, Store
from sinks import migrate

TABLES = [m for m in migrate.load() if "ENGINE" in m.sql]
VIEWS = [m for m in migrate.load() if m.repeatable]


def name(migration: migrate.Migration) -> str:
    return migration.name


class Recorder:
    """A store that only remembers."""

    def __init__(self) -> None:
        self.commands: list[str] = []
        self.inserted: dict[str, list[Sequence[Any]]] = {}

    def command(self, sql: str, params: Mapping[str, Any] | None = None) -> None:
        self.commands.append(sql)

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> Rows:
        return Rows(("name", "checksum"), [tuple(row) for row in self.inserted.get("migrations", [])])

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], token: str) -> None:
        self.inserted.setdefault(table, []).extend(rows)


@pytest.mark.parametrize("migration", TABLES, ids=name)
def test_with_replicas_the_engine_and_its_window_change_and_nothing_else(migration: migrate.Migration) -> None:
    plain, turned = migration.statements(), migration.statements(replicated=True)
    assert len(turned) == len(plain)
    for before, after in zip(plain, turned, strict=True):
        engine = re.search(r"\) ENGINE = (\w+)(\(\w+\))?\n", after)
        assert engine is not None
        assert engine[1] == "ReplicatedReplacingMergeTree"
        assert " replicated_deduplication_window = 10000" in after
        assert "non_replicated" not in after
        assert after.replace("ReplicatedReplacing", "Replacing").replace(" replicated_", " non_replicated_") == before


@pytest.mark.parametrize("migration", VIEWS, ids=name)
def test_views_are_the_same_with_replicas(migration: migrate.Migration) -> None:
    assert migration.statements(replicated=True) == migration.statements()


def test_applied_files_keep_their_checksums_and_the_bookkeeping_stays_with_its_server() -> None:
    plain, replicated = Recorder(), Recorder()
    assert migrate.apply(plain) == migrate.apply(replicated, replicated=True)  # type: ignore[arg-type]
    assert plain.inserted == replicated.inserted
    [bookkeeping] = [sql for sql in replicated.commands if "migrations (" in sql]
    assert "Replicated" not in bookkeeping
    assert sum("ENGINE = ReplicatedReplacingMergeTree" in sql for sql in replicated.commands) == sum(
        "ENGINE = ReplacingMergeTree" in sql for sql in plain.commands if sql != bookkeeping
    )
    assert migrate.apply(replicated, replicated=True) == []  # type: ignore[arg-type]


def test_the_engine_takes_every_statement_and_misses_nothing_but_a_keeper(empty_store: Callable[[], Store]) -> None:
    store = empty_store()
    for statement in (s for m in TABLES for s in m.statements(replicated=True)):
        with pytest.raises(EngineError, match="NO_ZOOKEEPER"):
            store.command(placed(statement))
        with pytest.raises(EngineError, match="UNKNOWN_SETTING"):
            store.command(placed(statement).replace("replicated_deduplication", "replicated_duplication"))


def placed(statement: str) -> str:
    """With a path spelled out: the server's own has macros, which the embedded engine lacks."""
    arguments = re.search(r"ReplicatedReplacingMergeTree(?:\((\w+)\))?", statement)
    assert arguments is not None
    version = f", {arguments[1]}" if arguments[1] else ""
    return statement.replace(arguments[0], f"ReplicatedReplacingMergeTree('/one', 'two'{version})")
