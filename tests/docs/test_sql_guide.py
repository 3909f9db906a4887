"""docs/guides/sql.md against a migrated store: every view, every column, and every query runs as a guest."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from newstide.engines import open_store
from newstide.operations.reading import VIEWS
from newstide.ports import Store
from sinks import migrate
from tests.docs.markdown import blocks, documented, read, sections

GUIDE = read("docs/guides/sql.md")
SECTIONS = sections(GUIDE, "### ")
TRENDS = "SELECT name FROM system.tables WHERE database = currentDatabase() AND name LIKE 'trend%'"
COLUMNS = "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = {view:String}"


@pytest.fixture(scope="module")
def store(chdb_path: Path) -> Iterator[Store]:
    """One migrated store for all: nothing here writes to it."""
    opened = open_store(f"chdb://{chdb_path}?database=sql_guide")
    migrate.apply(opened)
    yield opened
    opened.close()


def test_every_view_has_its_section(store: Store) -> None:
    trends = [name for (name,) in store.query(TRENDS).rows]
    assert set(SECTIONS) == {*VIEWS, *trends}


def test_every_column_of_a_view_is_documented(store: Store) -> None:
    for view in VIEWS:
        columns = [name for (name,) in store.query(COLUMNS, {"view": view}).rows]
        assert sorted(documented(SECTIONS[view])) == sorted(columns), view


def test_every_column_of_a_trend_is_documented(store: Store) -> None:
    for view in SECTIONS.keys() - VIEWS:
        [query] = blocks(SECTIONS[view], "sql")
        columns = [name for name, *_ in store.query(f"DESCRIBE ({query})").rows]
        assert sorted(documented(SECTIONS[view])) == sorted(columns), view


@pytest.mark.parametrize("query", blocks(GUIDE, "sql"))
def test_every_query_runs_for_a_guest(query: str, store: Store) -> None:
    assert store.raw(query, "JSON")
