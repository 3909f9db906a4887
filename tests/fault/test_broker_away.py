"""A broker that is not there: at the start, for half a minute in the flow, and one whose topics are cut otherwise."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaAdminClient

from deploy.broker import Broker
from newstide import brokers
from newstide.ports import Log
from newstide.topics import RAW
from tests.broker import fresh
from tests.distributed import ROLES, Fleet, check_books, namespace
from tests.flow import articles, drained, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
AWAY = 30.0


@pytest.fixture(scope="module")
def own() -> Iterator[Broker]:
    """A broker that may be killed."""
    started = fresh()
    yield started
    started.remove()


@pytest.fixture
def fleet(own: Broker, tmp_path: Path) -> Iterator[Fleet]:
    made = Fleet(tmp_path, namespace(own.address, "away"))
    yield made
    made.close()


def test_a_broker_down_at_the_start_is_waited_for(own: Broker, fleet: Fleet, log: Log) -> None:
    log.produce(given := articles(200, sentences=4))
    own.kill()
    fleet.start(*ROLES)
    said = f"broker {own.address} does not answer"
    until(lambda: all(said in " ".join(member.missing()) for member in fleet.members), 60)
    own.start()
    fleet.until_ready()
    fleet.until_idle(log)
    assert check_books(fleet, log)["stored"] == len(given)


def test_a_broker_killed_for_half_a_minute_in_the_flow(own: Broker, fleet: Fleet, log: Log) -> None:
    fleet.start(*ROLES)
    fleet.until_ready()
    log.produce(given := articles(1500, sentences=4))
    until(lambda: any(log.positions("store", "articles.resolved").values()))
    assert not drained(log, "enrich", RAW.name)()
    own.kill()
    time.sleep(AWAY)
    assert [member for member in fleet.members if member.missing()]
    own.start()
    fleet.until_ready()
    fleet.until_idle(log)
    log.produce(more := articles(100, seed=5, first=2000, sentences=4))
    fleet.until_idle(log)
    assert check_books(fleet, log)["stored"] == len(given) + len(more)


@pytest.mark.parametrize("role", ["producer", "enrich", "resolve", "store", "alert", "web"])
def test_topics_cut_otherwise_are_refused_with_the_fix(own: Broker, tmp_path: Path, role: str) -> None:
    fleet = Fleet(tmp_path, namespace(own.address, "cut"))
    name = brokers.parse(fleet.url).topic(RAW.name)
    admin = KafkaAdminClient(bootstrap_servers=own.address)
    admin.create_topics({name: {"num_partitions": 3}}, wait_for_metadata=True)
    admin.close()
    refused = fleet.command.run("run", "--role", role, check=False)
    assert refused.returncode == 1
    assert f"topic {name} has 3 partitions, this version expects 4; use" in refused.stderr
    assert "Traceback" not in refused.stderr
