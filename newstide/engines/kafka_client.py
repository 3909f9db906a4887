"""What every client of the broker needs: how to connect, how to wait through an outage, how to say what failed."""

import socket
import textwrap
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from kafka import KafkaAdminClient, TopicPartition
from kafka.errors import KafkaError, TopicAlreadyExistsError

from newstide.brokers import HEADROOM, LARGEST, Brokers
from newstide.errors import Away, EngineError
from newstide.topics import DAY, TOPICS, TopicSpec

T = TypeVar("T")

CONNECT = 10.0  # seconds for the first answer of a broker
PATIENCE = 120.0  # seconds that a broker may be away while we run: a restart, an election
RETRY = 0.25


def client(at: Brokers) -> dict[str, Any]:
    """The settings that all clients share."""
    protocol = ("SASL_" if at.user else "") + ("SSL" if at.tls else "PLAINTEXT")
    settings: dict[str, Any] = {
        "bootstrap_servers": list(at.servers),
        "bootstrap_timeout_ms": int(CONNECT * 1000),
        "security_protocol": protocol,
        "ssl_context": at.context(),
        # Seconds, not the default half minute: a broker that is back must be found again at once.
        "reconnect_backoff_max_ms": 1000,
    }
    if at.user:
        settings |= {"sasl_mechanism": at.mechanism, "sasl_plain_username": at.user, "sasl_plain_password": at.password}
    return settings


def connect(at: Brokers) -> KafkaAdminClient:
    """The admin client, with every topic there. Raises EngineError in the user's words."""
    _reach(at)
    try:
        admin = KafkaAdminClient(**client(at))
    except (KafkaError, OSError) as e:
        doubt = "are tls, user and password in `log` right?" if at.user or at.tls else "does it want tls or a user?"
        kind = Away if getattr(e, "retriable", True) else EngineError  # it may be starting
        raise kind(f"broker {at} takes the connection but does not serve us; {doubt} ({_name(e)})") from e
    try:
        patiently(at, lambda: _prepare(admin, at), CONNECT)
    except BaseException:
        admin.close()
        raise
    return admin


def patiently(at: Brokers, call: Callable[[], T], patience: float = PATIENCE) -> T:
    """Call until it succeeds, through what passes by itself. Raises EngineError for the rest, Away when it lasts."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return call()
        except KafkaError as e:
            if not e.retriable or time.monotonic() > deadline:
                raise refused(at, e) from e
            time.sleep(RETRY)


def offsets(admin: KafkaAdminClient, group: str, places: Sequence[TopicPartition]) -> dict[TopicPartition, Any]:
    """The committed offsets of a group, as far as it has any. Raises KafkaError."""
    try:
        found = admin.list_group_offsets({group: list(places)})
    except KafkaError:
        # kafka-python 3.0 asks the broker that had the group once for ever, also when another one has taken it over.
        admin._manager.cluster._coordinators.clear()  # noqa: SLF001 - it has no other way to forget
        found = admin.list_group_offsets({group: list(places)})
    offsets: dict[TopicPartition, Any] = found[group]
    return offsets


def refused(at: Brokers, error: BaseException) -> EngineError:
    """The error in a sentence."""
    if getattr(error, "retriable", False):
        return Away(f"broker {at} does not answer; is it up, and is `log` right? ({_name(error)})")
    # Some carry the whole request and the whole answer.
    return EngineError(f"broker {at}: {_name(error)}: {textwrap.shorten(str(error), 300)}")


def _name(error: BaseException) -> str:
    return type(error).__name__.removesuffix("Error")


def _reach(at: Brokers) -> None:
    """Raise Away unless one of the servers takes a connection."""
    failed = []
    for server in at.servers:
        host, _, port = server.rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), CONNECT / len(at.servers)).close()
        except OSError as e:
            failed.append(f"{server}: {e.strerror or e}")
        else:
            return
    raise Away(f"broker {at} does not answer; is it up, and is `log` right? ({'; '.join(failed)})")


def _prepare(admin: KafkaAdminClient, at: Brokers) -> None:
    """Create the topics that are missing; refuse those that are cut otherwise. Settings of existing ones stay."""
    wanted = {at.topic(spec.name): spec for spec in TOPICS.values()}
    found = {t["name"]: len(t["partitions"]) for t in admin.describe_topics() if t["name"] in wanted}
    for name, count in found.items():
        if count != wanted[name].partitions:
            raise EngineError(
                f"broker {at}: topic {name} has {count} partitions, this version expects {wanted[name].partitions}; "
                f"use the version that made it, or a new namespace (kafka://{at}/another), or delete the topic"
            )
    if missing := {name: _creation(spec, at) for name, spec in wanted.items() if name not in found}:
        with suppress(TopicAlreadyExistsError):  # another process was faster, with the same table
            admin.create_topics(missing)
        admin.wait_for_topics(list(missing))


def _creation(spec: TopicSpec, at: Brokers) -> dict[str, Any]:
    configs = {
        "max.message.bytes": LARGEST + HEADROOM,
        # When the log took it: the promise of `Delivered.time`.
        "message.timestamp.type": "LogAppendTime",
    }
    if spec.compacted:
        # Small tables: close and compact their segments often, so that reading one stays short.
        configs |= {"cleanup.policy": "compact", "segment.ms": DAY // 4 * 1000, "min.cleanable.dirty.ratio": 0.1}
        configs |= {"delete.retention.ms": DAY * 1000}
    else:
        # Only whole segments expire: a day's segment keeps a record at most a day too long.
        configs |= {"retention.ms": spec.retain * 1000, "segment.ms": DAY * 1000}
    return {
        "num_partitions": spec.partitions,
        "replication_factor": at.replication,
        "configs": {key: str(value) for key, value in configs.items()},
    }
