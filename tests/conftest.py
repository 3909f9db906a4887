"""Shared fixtures: chDB allows one path per process, so every test gets a database of its own under one."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newstide.ports import Store

_numbers = itertools.count()


@pytest.fixture(scope="session")
def chdb_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("chdb")


@pytest.fixture
def empty_store(chdb_path: Path) -> Iterator[Callable[[], Store]]:
    """Opens a store in a database that no other test sees; closed at the end."""
    from newstide.engines import open_store

    name, opened = f"test_{next(_numbers)}", []

    def make() -> Store:
        opened.append(open_store(f"chdb://{chdb_path}?database={name}"))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def store(empty_store: Callable[[], Store]) -> Store:
    """A migrated store."""
    from sinks import migrate

    made = empty_store()
    migrate.apply(made)
    return made
