"""Reading from Kafka: a group's share of a topic, and single places of partitions."""

import threading
import time
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition
from kafka.errors import (
    CommitFailedError,
    IllegalGenerationError,
    KafkaError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)
from kafka.structs import OffsetAndMetadata

from newstide import log as logging
from newstide.brokers import HEADROOM, HEARTBEAT, LARGEST, SESSION, Brokers
from newstide.engines.kafka_client import PATIENCE, client, patiently, refused
from newstide.errors import EngineError
from newstide.ports import Delivered
from newstide.topics import TopicSpec

JOIN = 15.0  # seconds a new reader waits for its share: longer than a dead one's session
GRAIN = 0.01  # seconds of the shortest look
LATE = 5.0  # seconds beyond its timeout that a poll waits for records that are known to be there
SHORT_WAIT = 100  # milliseconds the broker may let a fetch wait for news
AT_ONCE = 256 << 10  # bytes per fetch of single places; a larger record comes whole all the same
LEAVE = 5000  # milliseconds
MOVED = (CommitFailedError, IllegalGenerationError, RebalanceInProgressError, UnknownMemberIdError)

logger = logging.get("kafka")


class Share(ConsumerRebalanceListener):  # type: ignore[misc]
    """What a reader holds now. `polled` and `committed` are next offsets by partition since it got them.

    `given` is the broker's answer that has not been taken yet, with the group's generation that it belongs to.
    """

    def __init__(self) -> None:
        self.given: tuple[object, bytes] | None = None
        self.joined = threading.Event()
        self.polled: dict[int, int] = {}
        self.committed: dict[int, int] = {}

    def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:  # noqa: ARG002 - Kafka's
        self.given = None
        self.joined.set()

    def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        for place in revoked:
            self.polled.pop(place.partition, None)
            self.committed.pop(place.partition, None)

    def committable(self, batch: Sequence[Delivered]) -> dict[int, int]:
        """The next offsets that the batch moves: never back, and never in a partition that went away meanwhile."""
        ends: dict[int, int] = {}
        for record in batch:
            ends[record.partition] = max(ends.get(record.partition, 0), record.offset + 1)
        return {
            partition: end
            for partition, end in ends.items()
            if self.committed.get(partition, 0) < end <= self.polled.get(partition, -1)
        }


class GroupReader:
    """The Consumer port: one member of a Kafka group, which shares the topic's partitions with the others.

    Joining takes up to JOIN seconds. Partitions that are taken away are forgotten with what was polled of them:
    its commit does nothing, and the next owner reads it again. `ends` gives the topic's end offsets.
    """

    def __init__(self, at: Brokers, group: str, spec: TopicSpec, ends: Callable[[], dict[int, int]]) -> None:
        self._at, self._spec, self._ends = at, spec, ends
        self._share = Share()
        self._consumer = patiently(at, lambda: KafkaConsumer(**_grouped(at, at.group(group, spec))))
        _keep_answer(self._consumer, self._share)
        self._consumer.subscribe([at.topic(spec.name)], listener=self._share)
        # Else the first to join shares out a topic of which it knows no partition yet, and a second round follows.
        patiently(at, lambda: self._consumer.partitions_for_topic(at.topic(spec.name)))
        deadline = time.monotonic() + JOIN
        waiting: list[Delivered] = []
        while not waiting and not self._share.joined.is_set() and time.monotonic() < deadline:
            waiting = self._fetch(1, 0.1)
        self.rewind()

    @property
    def partitions(self) -> frozenset[int]:
        """The partitions that this reader holds now."""
        return frozenset(place.partition for place in self._consumer.assignment())

    def poll(self, limit: int, timeout: float) -> list[Delivered]:
        deadline = time.monotonic() + timeout
        while True:
            batch = self._fetch(limit, max(deadline - time.monotonic(), GRAIN))
            late = time.monotonic() - deadline
            if batch or (late >= 0 and (late > LATE or self._at_end())):
                return batch

    def commit(self, batch: Sequence[Delivered]) -> None:
        moves = self._share.committable(batch)
        if not moves:
            return
        offsets = {self._place(partition): OffsetAndMetadata(end, "", -1) for partition, end in moves.items()}
        try:
            self._consumer.commit(offsets, timeout_ms=int(PATIENCE * 1000))
        except MOVED as e:
            logger.info("partitions have moved; what was in hand comes again there", topic=self._spec.name, why=str(e))
        except KafkaError as e:
            raise refused(self._at, e) from e
        else:
            self._share.committed.update({p: end for p, end in moves.items() if p in self._share.polled})

    def rewind(self) -> None:
        for place in self._consumer.assignment():
            committed = patiently(self._at, lambda place=place: self._consumer.committed(place))  # type: ignore[misc]
            if committed is None:
                self._consumer.seek_to_beginning(place)
            else:
                self._consumer.seek(place, committed)
            self._share.polled.pop(place.partition, None)

    def close(self) -> None:
        self._consumer.close(autocommit=False, timeout_ms=LEAVE)

    def _fetch(self, limit: int, timeout: float) -> list[Delivered]:
        try:
            found = self._consumer.poll(timeout_ms=int(timeout * 1000), max_records=limit)
        except KafkaError as e:
            if e.retriable:
                return []
            raise refused(self._at, e) from e
        batch = [delivered(self._spec, record) for records in found.values() for record in records]
        for record in batch:
            self._share.polled[record.partition] = record.offset + 1
        return batch

    def _at_end(self) -> bool:
        """Whether nothing is left to poll, as far as one can see; a broker that is away has nothing."""
        try:
            ends = self._ends()
            return all(
                (self._consumer.position(place, timeout_ms=1000) or 0) >= ends[place.partition]
                for place in self._consumer.assignment()
            )
        except (KafkaError, EngineError):
            return True

    def _place(self, partition: int) -> TopicPartition:
        return TopicPartition(self._at.topic(self._spec.name), partition)


class PlaceReader:
    """Reads from any offset of any partition, without a group. Safe to share; one read at a time."""

    def __init__(self, at: Brokers) -> None:
        self._at = at
        self._lock = threading.Lock()
        self._consumer: KafkaConsumer | None = None
        self._at_place: tuple[TopicPartition, int] | None = None

    def read(self, spec: TopicSpec, partition: int, start: int, end: int, limit: int) -> list[Delivered]:
        """Up to `limit` records from `start` on, before `end`. Waits for them; EngineError when none comes."""
        found: list[Delivered] = []
        place = TopicPartition(self._at.topic(spec.name), partition)
        with self._lock:
            consumer = self._go(place, start)
            deadline = time.monotonic() + PATIENCE
            while len(found) < limit and (self._position(consumer, place) or 0) < end:
                if time.monotonic() > deadline:
                    raise EngineError(f"broker {self._at} gives nothing of {place.topic}, though it says it is there")
                found += self._fetch(consumer, spec, limit - len(found))
            self._at_place = (place, found[-1].offset + 1) if found else None
        return found

    def close(self) -> None:
        with self._lock:
            if self._consumer is not None:
                self._consumer.close(autocommit=False, timeout_ms=LEAVE)
                self._consumer = None

    def _go(self, place: TopicPartition, start: int) -> KafkaConsumer:
        if self._consumer is None:
            self._consumer = patiently(self._at, lambda: KafkaConsumer(**_single(self._at)))
        if self._at_place is None or self._at_place[0] != place:
            self._consumer.assign([place])
        if self._at_place != (place, start):
            self._consumer.seek(place, start)
        self._at_place = None  # until this read has ended well
        return self._consumer

    def _position(self, consumer: KafkaConsumer, place: TopicPartition) -> int | None:
        offset: int | None = patiently(self._at, lambda: consumer.position(place, timeout_ms=1000))
        return offset

    def _fetch(self, consumer: KafkaConsumer, spec: TopicSpec, limit: int) -> list[Delivered]:
        records = patiently(self._at, lambda: consumer.poll(timeout_ms=SHORT_WAIT, max_records=limit))
        return [delivered(spec, record) for some in records.values() for record in some]


def delivered(spec: TopicSpec, record: Any) -> Delivered:
    """A Kafka record as the port's."""
    return Delivered(
        spec.name,
        record.partition,
        record.offset,
        (record.key or b"").decode("utf-8", "replace"),
        record.value,
        datetime.fromtimestamp(record.timestamp / 1000, UTC),
    )


def _keep_answer(consumer: KafkaConsumer, share: Share) -> None:
    """Let no share be lost that the broker gives between two polls.

    kafka-python 3.0.12 forgets it there, and asks again at the next poll, so that everybody has to come back to share
    out once more: with short polls that goes on and on.
    """
    coordinator = consumer._coordinator  # noqa: SLF001 - there is no other way in
    ask = coordinator._do_join_and_sync_async  # noqa: SLF001

    async def join() -> bytes:
        if share.given is None or share.given[0] is not coordinator._generation:  # noqa: SLF001
            answer = await ask()
            share.given = (coordinator._generation, answer)  # noqa: SLF001
        return share.given[1]

    coordinator._do_join_and_sync_async = join  # noqa: SLF001


def _grouped(at: Brokers, group: str) -> dict[str, Any]:
    return _reading(at) | {
        "group_id": group,
        "session_timeout_ms": int(SESSION * 1000),
        "heartbeat_interval_ms": int(HEARTBEAT * 1000),
        "max_partition_fetch_bytes": LARGEST + HEADROOM,
    }


def _single(at: Brokers) -> dict[str, Any]:
    return _reading(at) | {"group_id": None, "max_partition_fetch_bytes": AT_ONCE, "fetch_max_wait_ms": SHORT_WAIT}


def _reading(at: Brokers) -> dict[str, Any]:
    return client(at) | {
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "allow_auto_create_topics": False,
        "metrics_enabled": False,
    }
