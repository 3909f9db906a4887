"""The Kafka engine beyond the port's contract: sharing, large records, wrong settings, a broker that is away."""

import itertools
import random
import threading
import time

import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from deploy.broker import Broker
from newstide import brokers
from newstide.engines import open_log
from newstide.engines.kafka import KafkaLog
from newstide.errors import EngineError, SettingsError
from newstide.ports import Message
from newstide.topics import DECISIONS, FEEDS, RAW, RULES
from tests.flow import until
from tests.service import free_port

slow = pytest.mark.slow
_numbers = itertools.count()


@pytest.fixture
def url(broker: Broker) -> str:
    return f"kafka://{broker.address}/kafka{next(_numbers)}"


def messages(count: int, topic: str = RAW.name) -> list[Message]:
    return [Message(topic, f"k{n}", f"v{n}".encode()) for n in range(count)]


@slow
def test_readers_of_a_group_share_the_partitions_and_what_moved_is_not_committed(url: str) -> None:
    log = KafkaLog(url)
    log.produce(messages(200))
    alone = log.consumer("g", RAW.name)
    assert alone.partitions == frozenset(range(RAW.partitions))
    held = [record for _ in range(20) for record in alone.poll(10, 1)]
    assert len(held) == 200
    joining = []
    thread = threading.Thread(target=lambda: joining.append(log.consumer("g", RAW.name)))
    thread.start()
    until(lambda: (alone.poll(10, 0.1), len(alone.partitions) < RAW.partitions)[1])
    thread.join()
    [other] = joining
    moved = other.partitions
    assert alone.partitions | moved == frozenset(range(RAW.partitions))
    assert not alone.partitions & moved
    alone.commit(held)  # of what it had before the others came: nothing
    assert log.positions("g", RAW.name) == dict.fromkeys(range(RAW.partitions), 0)
    again = []
    while batch := other.poll(50, 0.5):
        again += batch
    assert {r.partition for r in again} == set(moved)
    other.commit(again)
    assert {p for p, position in log.positions("g", RAW.name).items() if position} == set(moved)
    alone.close()
    other.close()
    log.close()


@slow
def test_a_large_record_passes_and_one_too_large_is_refused_with_its_whole_batch(url: str) -> None:
    log = open_log(url)
    large = random.Random(1).randbytes(brokers.LARGEST - 100)  # does not compress
    log.produce([Message(DECISIONS.name, "large", large)])
    assert log.read(DECISIONS.name, 0, 0, 1)[0].value == large
    consumer = log.consumer("g", DECISIONS.name)
    assert [record.value for record in consumer.poll(1, 5)] == [large]
    consumer.close()
    with pytest.raises(EngineError, match=r"decisions: the record of huge has \d+ bytes, the log takes 8388608"):
        log.produce([Message(DECISIONS.name, "small", b"x"), Message(DECISIONS.name, "huge", large + b"x" * 200)])
    assert log.extents(DECISIONS.name)[0].end == 1
    log.close()


@slow
def test_a_table_is_followed_while_others_write(url: str) -> None:
    ours, theirs = open_log(url), open_log(url)
    assert ours.latest(FEEDS.name) == {}
    theirs.produce([Message(FEEDS.name, f"h{n} f", b"1") for n in range(50)])
    assert len(ours.latest(FEEDS.name)) == 50
    theirs.produce([Message(FEEDS.name, "h1 f", None), Message(FEEDS.name, "h2 f", b"2")])
    found = ours.latest(FEEDS.name)
    assert (len(found), found["h2 f"], "h1 f" in found) == (49, b"2", False)
    ours.close()
    theirs.close()


@slow
def test_topics_carry_the_tables_settings(broker: Broker, url: str) -> None:
    open_log(url).close()
    admin = KafkaAdminClient(bootstrap_servers=broker.address)
    names = {spec.name: brokers.parse(url).topic(spec.name) for spec in (RAW, RULES)}
    found = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in names.values()])["topic"]
    admin.close()
    raw, rules = ({key: c["value"] for key, c in found[name].items()} for name in names.values())
    assert int(raw["retention.ms"]) == RAW.retain * 1000
    assert rules["cleanup.policy"] == "compact"
    assert int(raw["max.message.bytes"]) == int(rules["max.message.bytes"]) == brokers.LARGEST + brokers.HEADROOM


@slow
def test_a_group_that_moved_to_another_broker_is_found_there(url: str) -> None:
    log = open_log(url)
    assert log.positions("store", RULES.name) == {0: 0}
    known = log._admin._manager.cluster._coordinators  # type: ignore[attr-defined]
    assert known
    known.update(dict.fromkeys(known, 77))  # where nobody is
    begun = time.monotonic()
    assert log.positions("store", RULES.name) == {0: 0}
    assert time.monotonic() - begun < 10
    log.close()


@slow
def test_a_topic_with_another_partition_count_is_refused_with_the_fix(broker: Broker, url: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=broker.address)
    name = brokers.parse(url).topic(RAW.name)
    admin.create_topics({name: {"num_partitions": 3}}, wait_for_metadata=True)
    admin.close()
    with pytest.raises(EngineError, match=f"topic {name} has 3 partitions, this version expects 4; use .*namespace"):
        open_log(url)


def test_a_broker_that_is_down_at_the_start_is_named() -> None:
    port, begun = free_port(), time.monotonic()
    with pytest.raises(EngineError, match=rf"broker 127.0.0.1:{port} does not answer; is it up, and is `log` right\?"):
        open_log(f"kafka://127.0.0.1:{port}")
    assert time.monotonic() - begun < 15


@slow
def test_tls_and_a_user_where_the_broker_wants_none_are_doubted(broker: Broker) -> None:
    with pytest.raises(EngineError, match=r"does not serve us; are tls, user and password in `log` right\?") as raised:
        open_log(f"kafka://me:secret@{broker.address}")
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("kafka://", "expected kafka://host:port"),
        ("kafka://host", "expected kafka://host:port, found the host 'host'"),
        ("kafka://a:1,b", "found the host 'b'"),
        ("kafka://a:1?tsl=true", "tsl is no parameter of kafka://; these are: ca, cert, key, mechanism"),
        ("kafka://a:1?tls=maybe", "tls=maybe is no value"),
        ("kafka://u:secret@a:1?mechanism=MD5", "mechanism=MD5 is no value"),
        ("kafka://a:1?replication=0", "replication=0 is no value"),
    ],
)
def test_a_wrong_url_is_said_to_be_wrong(url: str, said: str) -> None:
    with pytest.raises(SettingsError) as raised:
        brokers.parse(url)
    assert said in str(raised.value)
    assert "secret" not in str(raised.value)


def test_a_url_says_it_all() -> None:
    found = brokers.parse("kafka://me:p%40ss@a:9092,[::1]:9093/news?tls=true&mechanism=scram-sha-512&replication=3")
    assert found.servers == ("a:9092", "[::1]:9093")
    assert (found.user, found.password, found.tls, found.mechanism) == ("me", "p@ss", True, "SCRAM-SHA-512")
    assert (found.replication, found.topic("rules"), found.group("enrich", RAW)) == (
        3, "news.rules", "news.enrich.articles.raw",
    )  # fmt: skip
    assert "p@ss" not in repr(found)


def test_missing_certificates_are_named() -> None:
    with pytest.raises(SettingsError, match="certificates of a:1 cannot be used"):
        brokers.parse("kafka://a:1?tls=true&ca=/no/such/file").context()
