"""Faults in the flow of a service of eight processes on a real broker. Nothing is lost, nothing double, views agree."""

import itertools
import random
import time
from collections.abc import Iterator

import pytest

from deploy.broker import Broker
from newstide import brokers
from newstide.ports import Log, Message
from newstide.topics import ENRICHED, RAW, RESOLVED
from tests import samples
from tests.distributed import ROLES, Fleet, check_books, namespace
from tests.flow import articles, drained, until
from tests.service import sample_wire

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
KILLS = 20
ARTICLES = 5000
_numbers = itertools.count(step=10_000)


@pytest.fixture(scope="module")
def wire() -> Iterator[str]:
    with sample_wire() as address:
        yield address


@pytest.fixture(scope="module")
def fleet(broker: Broker, wire: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    allowed = {"NEWSTIDE_FETCH__ALLOW_PRIVATE": f'["{wire}"]'}
    made = Fleet(tmp_path_factory.mktemp("fleet"), namespace(broker.address, "fleet"), settings=allowed)
    try:
        made.start(*ROLES)
        made.until_ready()
        yield made
    finally:
        made.close()


def fresh(count: int) -> list[Message]:
    """Short articles that no other test has sent."""
    first = next(_numbers)
    return articles(count, seed=first + 4, first=first, sentences=4)


def check_stored(fleet: Fleet, sent: list[Message]) -> None:
    shown = {row["id"] for row in fleet.command.sql("SELECT id FROM articles")}
    assert {message.key for message in sent} <= shown


def test_a_poisoned_record_in_the_middle_of_a_batch(fleet: Fleet, log: Log) -> None:
    given = fresh(200)
    poison = [Message(topic.name, "poison", b"{no record \xff") for topic in (RAW, ENRICHED, RESOLVED)]
    log.produce([*given[:100], *poison, *given[100:]])
    fleet.until_idle(log)
    check_books(fleet, log)
    check_stored(fleet, given)
    buried = [row for row in fleet.command.json("dlq", "list") if row["id"] == "poison"]
    assert sorted(row["stage"] for row in buried) == ["enrich", "resolve", "store"]


def test_a_record_too_large(fleet: Fleet, log: Log) -> None:
    """It passes as it entered, and is too large for the log with what was found in it."""
    given = fresh(50)
    text = "The harbour office of Izmir counted ships. "
    large = samples.raw(1, id="large", text=text * ((brokers.LARGEST - brokers.HEADROOM) // len(text)))
    log.produce([*given[:25], large, *given[25:]])
    fleet.until_idle(log)
    check_books(fleet, log)
    check_stored(fleet, given)
    [buried] = [row for row in fleet.command.json("dlq", "list") if row["id"] == "large"]
    assert (buried["stage"], buried["reason"]) == ("enrich", "too large")


def test_an_enrich_worker_comes_and_one_goes_in_the_flow(fleet: Fleet, log: Log) -> None:
    given = fresh(1500)
    log.produce(given)
    [third] = fleet.start("enrich")
    until(lambda: not third.missing(), 60)
    assert not drained(log, "enrich", RAW.name)()
    log.produce(more := fresh(500))
    assert fleet.of("enrich")[0].end() == 0
    fleet.members.remove(fleet.of("enrich")[0])
    fleet.until_idle(log)
    check_books(fleet, log)
    check_stored(fleet, [*given, *more])


def test_twenty_kills_at_random_moments(fleet: Fleet, log: Log, wire: str) -> None:
    seed = time.time_ns() % 10**6
    print(f"seed {seed}")  # shown when the test fails
    dice, given = random.Random(seed), fresh(ARTICLES)
    fleet.command.run("feeds", "import", f"http://{wire}/opml")
    roles = [*sorted(set(ROLES)) * 3, *dice.choices(ROLES, k=2)]
    dice.shuffle(roles)
    assert len(roles) == KILLS
    for n, role in enumerate(roles):
        log.produce(given[n * ARTICLES // KILLS : (n + 1) * ARTICLES // KILLS])
        time.sleep(dice.uniform(0.0, 6.0))
        member = dice.choice(fleet.of(role))
        member.kill()
        member.start()
    fleet.until_ready()
    fleet.until_idle(log)
    outcomes = check_books(fleet, log)
    check_stored(fleet, given)
    print(outcomes)
    [wired] = fleet.command.sql("SELECT uniqExact(url) AS n FROM articles WHERE url LIKE '%127.0.0.1%'")
    assert int(wired["n"]) >= 100  # the sample wire has 110
