"""One small seeded database for all that only read it; it stands still at NOW."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from newstide.clock import ManualClock
from newstide.engines import open_store
from newstide.ports import Clock, Store
from newstide.web.app import create_app
from newstide.web.health import Health
from sinks import migrate
from tests.unit.web.seed import Seed

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
HARBOUR = ("x:loc:port-averin", "Port Averin", "LOC")
PARTY = ("Q173082", "Kurdistan Workers' Party", "ORG")
ISTANBUL = ("Q406", "İstanbul", "LOC")
# No page of ours has a <blink>: where one stands, it came out of a feed.
HOSTILE = '<script>alert(1)</script> <blink>& "quotes"'


@dataclass
class Web:
    """The app over a store, with its health to be set."""

    client: TestClient
    store: Store
    seed: Seed
    clock: ManualClock
    health: Health


def healthy() -> Health:
    roles = dict.fromkeys(("producer", "enrich", "resolve", "store", "alert", "web"), "running")
    lag = {"enrich articles.raw": 2, "store articles.resolved": 1, "alert articles.resolved": 40}
    return Health(True, (), roles, lag, NOW - timedelta(seconds=4))


def web_over(store: Store, clock: ManualClock, health: Health) -> Web:
    made = Web(None, store, Seed(store, clock.now()), clock, health)  # type: ignore[arg-type]
    made.client = TestClient(create_app(store, lambda: made.health, clock=clock), raise_server_exceptions=False)
    return made


@pytest.fixture(scope="session")
def seeded(chdb_path: Path) -> Iterator[Store]:
    store = open_store(f"chdb://{chdb_path}?database=web_seeded")
    migrate.apply(store)
    fill(Seed(store, NOW))
    yield store
    store.close()


@pytest.fixture
def web(seeded: Store) -> Iterator[Web]:
    made = web_over(seeded, ManualClock(NOW), healthy())
    with made.client:
        yield made


@pytest.fixture
def bare(store: Store) -> Iterator[Web]:
    """The app over a store with nothing in it."""
    made = web_over(store, ManualClock(NOW), replace(healthy(), lag={}))
    with made.client:
        yield made


def fill(seed: Seed) -> None:
    """A fire that rises with copies, a merged story, a revision, a hostile headline, feeds, alerts, endings."""
    for number in range(4):
        seed.article(
            f"fire{number}",
            f"Fire in the harbour, part {number}",
            minutes=10 + number,
            outlet=f"Outlet {number}",
            story="fire",
            entities=[HARBOUR] if number else [HARBOUR, PARTY],
            topics=[("medtop:03000000", "disaster")],
            places=[("Q406", "İstanbul")],
        )
    seed.article(
        "copy0", "Blaze!", minutes=5, outlet="Copyist", relation="copy", of="fire0", story="fire2nd", entities=[HARBOUR]
    )
    seed.move("fire2nd", "fire")
    text = "First line.\nPort Averin was calm.\nLast line."
    cut = {"reason": "appeal", "text": "Give us <blink>money</blink>.", "at": 12}
    seed.article("rev", "The first wording", minutes=200, text="Old words here.", entities=[HARBOUR, PARTY])
    seed.article("rev", "The second wording", minutes=200, version=2, text=text, entities=[HARBOUR], removed=[cut])
    seed.article(
        "evil", HOSTILE, minutes=90, url="javascript:alert(1)", outlet=HOSTILE, entities=[("x:evil", HOSTILE, "PER")]
    )
    seed.article("ist", "İSTANBUL'da Straße und Öcalan", minutes=3000, language="tr", entities=[ISTANBUL])
    seed.article("ar", "الحكومة تعلن خطة جديدة", minutes=4000, language="ar")
    text_only = "A word from the PKK about the harbour fire, in the text only."
    seed.article("body", "Something else", minutes=2000, text=text_only, entities=[PARTY], wordings=["PKK"])
    seed.article("old", "Port Averin long ago", minutes=6 * 1440, entities=[HARBOUR])
    seed.feed("https://good.example/f", "Good")
    seed.feed("https://gone.example/f", "Gone", "http 404", failures=7, last_ok=4000, detail="no such page")
    seed.feed("https://quiet.example/f", "Quiet", "unchanged", last_new=5000)
    seed.feed("https://new.example/f", "New", "")
    seed.alert("a1", "fire watch", HOSTILE, 3, ["delivered", "pending"], story="fire", article="fire0")
    seed.alert("a2", "lost", "Never got there", 9, ["failed"], story="", article="fire1")
    seed.ended("dropped", "resolve", "unchanged", 3)
    seed.ended("dead", "enrich", "too large")


def clock_of(web: Web) -> Clock:
    return web.clock
