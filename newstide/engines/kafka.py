"""The Log port on Kafka: many processes, one log.

Topics come from the one table `newstide.topics`; where they exist already, only their partition counts
must match. A group's readers share the partitions among themselves (`kafka_readers`). Three promises are
the broker's own here: `retain` does nothing, for topics carry their retention; `erase` removes keys of
compacted topics, and cannot blank in the others, whose records go with their retention; `produce` is
refused as a whole when it may not be written, but a broker lost in the middle may have taken a part.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kafka import KafkaProducer, OffsetSpec, TopicPartition
from kafka.errors import KafkaError

from newstide import brokers
from newstide.brokers import COMPRESSION, HEADROOM, LARGEST
from newstide.engines.kafka_client import PATIENCE, client, connect, offsets, patiently, refused
from newstide.engines.kafka_readers import GroupReader, PlaceReader
from newstide.errors import Backpressure, EngineError
from newstide.forwarding import forward
from newstide.ports import Delivered, Extent, Message
from newstide.topics import TOPICS, TopicSpec

BATCH = 128 << 10  # bytes that the producer packs and compresses together
FRESH = 1.0  # seconds that a count of unread records is good for
LOOK = 1.0  # seconds a reader's look at the end of its topic may take
PAGE = 2000


@dataclass(slots=True)
class Behind:
    """How far a topic's slowest readers are behind: counted at `at`, and what we wrote since."""

    count: int
    at: float


class Table:
    """A compacted topic as far as it was read: the newest values by key, and where to go on, per partition."""

    def __init__(self, partitions: int) -> None:
        self.values: list[dict[str, bytes]] = [{} for _ in range(partitions)]
        self.next = [0] * partitions

    def take(self, record: Delivered) -> None:
        values = self.values[record.partition]
        values.pop(record.key, None)
        if record.value is not None:
            values[record.key] = record.value
        self.next[record.partition] = record.offset + 1


class KafkaLog:
    """Connects, and creates what topics are missing. The URL is described in `newstide.brokers`.

    Raises SettingsError for a wrong URL, Away when no broker answers within 10 s, EngineError when a topic has
    another number of partitions. Later a broker may be away for two minutes before that is an error.
    """

    def __init__(self, url: str, *, hold_back: bool = True) -> None:
        forward("kafka", besides=("kafka.net.selector",))  # that one times its own event loop
        self._at, self._hold = brokers.parse(url), hold_back
        self._admin = connect(self._at)
        self._producer = patiently(self._at, lambda: KafkaProducer(**_writing(self._at)))
        self._places = PlaceReader(self._at)
        self._tables: dict[str, Table] = {}
        self._tables_lock = threading.Lock()
        self._behind: dict[str, Behind] = {}

    def produce(self, messages: Sequence[Message]) -> list[tuple[int, int]]:
        self._check_sizes(messages)
        if self._hold:
            self._hold_back(messages)
        try:
            futures = [
                self._producer.send(
                    self._at.topic(m.topic),
                    key=m.key.encode(),
                    value=m.value,
                    partition=TOPICS[m.topic].partition(m.key),
                )
                for m in messages
            ]
            written = [future.get(2 * PATIENCE) for future in futures]
        except KafkaError as e:
            raise refused(self._at, e) from e
        return [(w.partition, w.offset) for w in written]

    def consumer(self, group: str, topic: str) -> GroupReader:
        return GroupReader(self._at, group, TOPICS[topic], lambda: self._ends(topic, LOOK))

    def read(self, topic: str, partition: int, start: int, limit: int) -> list[Delivered]:
        end = self._ends(topic)[partition]
        return self._places.read(TOPICS[topic], partition, start, end, limit) if start < end else []

    def extents(self, topic: str) -> dict[int, Extent]:
        firsts, ends = self._offsets(topic, OffsetSpec.EARLIEST), self._ends(topic)
        return {partition: Extent(first, ends[partition]) for partition, first in firsts.items()}

    def positions(self, group: str, topic: str) -> dict[int, int]:
        name = self._at.group(group, TOPICS[topic])
        places = self._partitions(topic)
        found = patiently(self._at, lambda: offsets(self._admin, name, places))
        return {place.partition: max(0, found[place].offset) if place in found else 0 for place in places}

    def latest(self, topic: str) -> dict[str, bytes]:
        """Read to the end once; after that only what is new."""
        with self._tables_lock:
            table = self._tables.setdefault(topic, Table(TOPICS[topic].partitions))
            for partition, end in self._ends(topic).items():
                while table.next[partition] < end:
                    page = self._places.read(TOPICS[topic], partition, table.next[partition], end, PAGE)
                    for record in page:
                        table.take(record)
                    if not page:  # compaction left nothing there
                        table.next[partition] = end
            return {key: value for values in table.values for key, value in values.items()}

    def erase(self, topic: str, keys: Sequence[str]) -> int:
        """Removes the keys of a compacted topic. Elsewhere 0: Kafka keeps a record until its retention ends."""
        if not TOPICS[topic].compacted:
            return 0
        known = self.latest(topic)
        gone = [Message(topic, key, None) for key in dict.fromkeys(keys) if key in known]
        self.produce(gone)
        return len(gone)

    def retain(self, now: datetime) -> int:  # noqa: ARG002 - the port's
        """0: the broker deletes by itself what is older than its topic's retention."""
        return 0

    def __str__(self) -> str:
        return f"broker {self._at}"

    def close(self) -> None:
        self._producer.close(timeout=5)
        self._places.close()
        self._admin.close()

    # --- inside ---

    def _partitions(self, topic: str) -> list[TopicPartition]:
        return [TopicPartition(self._at.topic(topic), n) for n in range(TOPICS[topic].partitions)]

    def _offsets(self, topic: str, spec: OffsetSpec, patience: float = PATIENCE) -> dict[int, int]:
        wanted = dict.fromkeys(self._partitions(topic), spec)
        found = patiently(self._at, lambda: self._admin.list_partition_offsets(wanted), patience)
        return {place.partition: entry.offset for place, entry in sorted(found.items())}

    def _ends(self, topic: str, patience: float = PATIENCE) -> dict[int, int]:
        return self._offsets(topic, OffsetSpec.LATEST, patience)

    def _check_sizes(self, messages: Sequence[Message]) -> None:
        for m in messages:
            size = len(m.value or b"") + len(m.key.encode())
            if size > LARGEST:
                raise EngineError(f"{m.topic}: the record of {m.key} has {size} bytes, the log takes {LARGEST}")

    def _hold_back(self, messages: Sequence[Message]) -> None:
        held = {s.name: s for s in (TOPICS[m.topic] for m in messages) if s.readers and not s.compacted}
        for name, spec in held.items():
            behind = self._behind.get(name)
            if behind is None or behind.count > spec.limit or time.monotonic() - behind.at > FRESH:
                behind = self._behind[name] = Behind(self._count_behind(spec), time.monotonic())
            if behind.count > spec.limit:
                raise Backpressure(name, 0.5)
        for m in messages:
            if m.topic in held:
                self._behind[m.topic].count += 1

    def _count_behind(self, spec: TopicSpec) -> int:
        extents = self.extents(spec.name)
        groups = [self.positions(group, spec.name) for group in spec.readers]
        # A role that nobody runs holds nobody back: readers that have ever committed count, or all where none has.
        running = [read for read in groups if any(read.values())] or groups
        # What retention took away unread is not waiting for anybody.
        return max(sum(e.end - max(e.first, read[p]) for p, e in extents.items()) for read in running)


def _writing(at: brokers.Brokers) -> dict[str, object]:
    return client(at) | {
        "acks": "all",
        "enable_idempotence": True,
        "compression_type": COMPRESSION,
        "batch_size": BATCH,
        "max_request_size": LARGEST + HEADROOM,
        "delivery_timeout_ms": int(PATIENCE * 1000),
        "max_block_ms": int(PATIENCE * 1000),
        "allow_auto_create_topics": False,
        "metrics_enabled": False,
    }
