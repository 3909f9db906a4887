"""The guests' server over a store with two articles, as a process would serve it."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from newstide.engines import open_store
from newstide.ports import Store
from newstide.serve import Server, tcp
from newstide.sqlserver.app import create_sql_app
from sinks import migrate
from sinks.writer import Writer
from tests.fakes import MemoryLog
from tests.samples import resolved


@pytest.fixture(scope="package")
def filled(chdb_path: Path) -> Iterator[Store]:
    store = open_store(f"chdb://{chdb_path}?database=guests")
    migrate.apply(store)
    log = MemoryLog()
    log.produce([resolved(1), resolved(2, outlet="example.org", story="s2")])
    writer = Writer(log, store, flush_seconds=0.01, flush_rows=1000)
    writer.recover()
    while writer.step():
        pass
    writer.flush()
    yield store
    store.close()


@pytest.fixture(scope="package")
def guests(filled: Store) -> Iterator[httpx2.Client]:
    server = Server(create_sql_app(filled), tcp("test", "127.0.0.1:0"))
    with httpx2.Client(base_url=f"http://{server.address}", timeout=60) as client:
        yield client
    server.close()
