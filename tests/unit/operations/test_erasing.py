"""Erasure beside other processes, and of the same article again."""

from collections.abc import Callable
from typing import Any

import pytest

from newstide.app import App
from newstide.clock import ManualClock
from newstide.errors import UsageError
from newstide.operations.erasing import erase
from newstide.ports import Rows, Store
from newstide.records import Erased, Origin, decode
from newstide.settings import Settings
from newstide.topics import ERASED
from sinks import ledger, migrate
from tests.fakes import MemoryLog
from tests.integration.writers import drain, entered, finish, sink
from tests.samples import NOON, resolved


class Clean:
    """A store whose engine leaves no old parts behind, so that no test waits for its clean-up."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def query(self, sql: str, params: Any = None) -> Rows:
        return Rows(("name",), []) if "system.parts" in sql else self._store.query(sql, params)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class Meanwhile(ManualClock):
    """Something happens while one sleeps."""

    def __init__(self, happens: Callable[[], None]) -> None:
        super().__init__(NOON)
        self._happens = happens

    def sleep(self, seconds: float) -> None:
        self._happens()
        super().sleep(seconds)


def app(log: MemoryLog, store: Store, happens: Callable[[], None] = lambda: None, url: str = "") -> App:
    """A command's, on engines that are open already; the log's settings say `url`."""
    made = App(Settings(log=url), log, "leave", serving=False)
    made.clock, made._store = Meanwhile(happens), Clean(store)  # type: ignore[assignment]
    return made


def test_rows_that_another_process_had_in_hand_are_erased_too(store: Store) -> None:
    late = MemoryLog()
    late.produce([resolved(1), resolved(2)])
    # What a store role does that has not seen the notice yet.
    here = app(MemoryLog(), store, lambda: drain(sink(late, store)), "kafka://127.0.0.1:9092")
    erase(here, ids=["a1"], unknown=True)
    assert store.query("SELECT id FROM articles ORDER BY id").rows == [("a2",)]


def test_who_has_the_embedded_log_to_itself_waits_for_nobody(store: Store) -> None:
    here = app(MemoryLog(), store)
    erase(here, ids=["a1"], unknown=True)
    assert here.clock.now() == NOON


def test_a_slip_in_one_of_several_ids_erases_nothing_and_is_not_remembered(store: Store) -> None:
    log = MemoryLog()
    log.produce([finish(log, n, place) for n, place in enumerate(entered(log, 3))])
    entered(log, 1, start=3)  # of which the store knows nothing yet
    drain(sink(log, store))
    with pytest.raises(UsageError, match=r"no article here has the id nope, typo2$"):
        erase(app(log, store), ids=["a0", "typo2", "nope"])
    assert log.latest(ERASED.name) == {}
    assert store.query("SELECT count() FROM articles").scalar() == 3
    erase(app(log, store), ids=["a0", "a3"])
    erase(app(log, store), ids=["a0"])
    erase(app(log, store), ids=["nope"], unknown=True)
    assert log.latest(ERASED.name).keys() == {"a0", "a3", "nope"}


def test_an_article_that_is_erased_again_keeps_its_own_and_anothers_place(store: Store) -> None:
    log = MemoryLog()
    places = dict(zip(("a0", "a1", "a2"), entered(log, 3), strict=True))
    log.produce([finish(log, n, place) for n, place in enumerate(places.values())])
    drain(sink(log, store))
    erase(app(log, store), ids=["a0", "a1"])
    log.retain(NOON.replace(year=2100))
    erase(app(log, store), ids=["a0"])
    notices = {key: decode(value, Erased).origins for key, value in log.latest(ERASED.name).items()}
    assert notices == {key: (Origin(*places[key]),) for key in ("a0", "a1")}


def test_a_store_that_is_filled_again_knows_what_was_erased(store: Store, empty_store: Callable[[], Store]) -> None:
    log = MemoryLog()
    log.produce([finish(log, n, place) for n, place in enumerate(entered(log, 3))])
    drain(sink(log, store))
    erase(app(log, store), ids=["a0", "a1"])
    erase(app(log, store), ids=["a0"])
    drain(sink(log, store))
    log.retain(NOON)  # of the notices the newest stay
    store.command(f"DROP DATABASE {store.query('SELECT currentDatabase()').scalar()}")
    again = empty_store()
    migrate.apply(again)
    drain(sink(log, again))
    found = ledger.audit(log, again)
    assert found.balanced
    assert found.outcomes == {"stored": 1, "erased": 2}
