"""Fakes that implement the ports: the whole Log in memory, for tests of everything above it."""

import threading
from bisect import bisect_left
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from newstide.clock import SystemClock, to_millis
from newstide.errors import Backpressure, EngineError
from newstide.ports import Clock, Consumer, Delivered, Extent, Log, Message
from newstide.topics import TOPICS, TopicSpec


class Partition:
    """Records in order of their offsets; retention leaves gaps, offsets are never used twice."""

    def __init__(self) -> None:
        self.records: list[Delivered] = []
        self.end = 0

    @property
    def first(self) -> int:
        return self.records[0].offset if self.records else self.end

    def after(self, start: int, limit: int) -> list[Delivered]:
        at = bisect_left(self.records, start, key=lambda record: record.offset)
        return self.records[at : at + limit]


class MemoryLog:
    """The Log port without a disk. `limits` overrides how far a topic's readers may fall behind."""

    def __init__(self, clock: Clock | None = None, limits: dict[str, int] | None = None) -> None:
        self._clock = clock or SystemClock()
        self._limits = limits or {}
        self._partitions = {name: [Partition() for _ in range(spec.partitions)] for name, spec in TOPICS.items()}
        self._committed: dict[tuple[str, str], dict[int, int]] = {}
        self._changed = threading.Condition()
        self.refused = 0

    def produce(self, messages: Sequence[Message]) -> list[tuple[int, int]]:
        with self._changed:
            for topic in {message.topic for message in messages}:
                self._hold_back(TOPICS[topic])
            written = [self._append(message) for message in messages]
            self._changed.notify_all()
            return written

    def consumer(self, group: str, topic: str) -> Consumer:
        return MemoryConsumer(self, group, topic)

    def read(self, topic: str, partition: int, start: int, limit: int) -> list[Delivered]:
        with self._changed:
            return self._partitions[topic][partition].after(start, limit)

    def extents(self, topic: str) -> dict[int, Extent]:
        with self._changed:
            return {number: Extent(part.first, part.end) for number, part in enumerate(self._partitions[topic])}

    def positions(self, group: str, topic: str) -> dict[int, int]:
        with self._changed:
            committed = self._committed.get((group, topic), {})
            return {number: committed.get(number, 0) for number in range(TOPICS[topic].partitions)}

    def latest(self, topic: str) -> dict[str, bytes]:
        table: dict[str, bytes] = {}
        with self._changed:
            for record in (record for part in self._partitions[topic] for record in part.records):
                table.pop(record.key, None)
                if record.value is not None:
                    table[record.key] = record.value
        return table

    def erase(self, topic: str, keys: Sequence[str]) -> int:
        blanked, wanted = 0, set(keys)
        with self._changed:
            for part in self._partitions[topic]:
                for at, record in enumerate(part.records):
                    if record.key in wanted and record.value is not None:
                        part.records[at] = Delivered(
                            topic, record.partition, record.offset, record.key, None, record.time
                        )
                        blanked += 1
        return blanked

    def retain(self, now: datetime) -> int:
        gone = 0
        with self._changed:
            for name, parts in self._partitions.items():
                for number, part in enumerate(parts):
                    kept = [record for record in part.records if not self._may_go(TOPICS[name], number, record, now)]
                    gone += len(part.records) - len(kept)
                    part.records = kept
        return gone

    def close(self) -> None:
        pass

    # What the consumer uses.

    def wait_for(self, topic: str, positions: dict[int, int], limit: int, timeout: float) -> list[Delivered]:
        def found() -> list[Delivered]:
            parts = self._partitions[topic]
            return [r for number, start in positions.items() for r in parts[number].after(start, limit)][:limit]

        with self._changed:
            self._changed.wait_for(found, timeout)
            return found()

    def commit(self, group: str, batch: Sequence[Delivered]) -> None:
        with self._changed:
            for record in batch:
                committed = self._committed.setdefault((group, record.topic), {})
                committed[record.partition] = max(committed.get(record.partition, 0), record.offset + 1)

    def _append(self, message: Message) -> tuple[int, int]:
        number = TOPICS[message.topic].partition(message.key)
        part = self._partitions[message.topic][number]
        now = to_millis(self._clock.now())
        part.records.append(Delivered(message.topic, number, part.end, message.key, message.value, now))
        part.end += 1
        return number, part.end - 1

    def _hold_back(self, spec: TopicSpec) -> None:
        if spec.compacted:
            return
        end = sum(part.end for part in self._partitions[spec.name])
        for group in self._running(spec):
            behind = end - sum(self._committed.get((group, spec.name), {}).values())
            if behind > self._limits.get(spec.name, spec.limit):
                self.refused += 1
                raise Backpressure(spec.name, 0.05)

    def _running(self, spec: TopicSpec) -> Sequence[str]:
        begun = {group for group, _ in self._committed}
        return [group for group in spec.readers if group in begun] or spec.readers

    def _may_go(self, spec: TopicSpec, number: int, record: Delivered, now: datetime) -> bool:
        positions = [self._committed.get((group, spec.name), {}).get(number, 0) for group in self._running(spec)]
        if any(record.offset >= position for position in positions):
            return False
        if not spec.compacted:
            return record.time < now - timedelta(seconds=spec.retain)
        newer = self._partitions[spec.name][number].after(record.offset + 1, 1 << 62)
        return record.value is None or any(other.key == record.key for other in newer)


class MemoryConsumer:
    """`holds` tells which partitions are this reader's now; after a change it goes on from what was committed."""

    def __init__(
        self, log: MemoryLog, group: str, topic: str, holds: Callable[[], frozenset[int]] | None = None
    ) -> None:
        self._log, self._group, self._topic = log, group, topic
        self._holds = holds or (lambda: frozenset(range(TOPICS[topic].partitions)))
        self.rewind()

    @property
    def partitions(self) -> frozenset[int]:
        return frozenset(self._positions)

    def poll(self, limit: int, timeout: float) -> list[Delivered]:
        if self._holds() != self.partitions:
            self.rewind()
        batch = self._log.wait_for(self._topic, self._positions, limit, timeout)
        for record in batch:
            self._positions[record.partition] = record.offset + 1
        return batch

    def commit(self, batch: Sequence[Delivered]) -> None:
        self._log.commit(self._group, [r for r in batch if r.offset < self._positions.get(r.partition, 0)])

    def rewind(self) -> None:
        held, committed = self._holds(), self._log.positions(self._group, self._topic)
        self._positions = {partition: committed[partition] for partition in held}

    def close(self) -> None:
        pass


class Member:
    """A log as one of several processes has it: its readers hold the partitions of `share`, where a topic is named."""

    def __init__(self, log: MemoryLog, share: Mapping[str, Collection[int]]) -> None:
        self._log = log
        self.share = dict(share)

    def consumer(self, group: str, topic: str) -> Consumer:
        everything = range(TOPICS[topic].partitions)
        return MemoryConsumer(self._log, group, topic, lambda: frozenset(self.share.get(topic, everything)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


class Seconds:
    """A clock that never jumps, and goes on only when told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Dying:
    """A log whose process is killed in the middle of writing: after `left` messages."""

    def __init__(self, log: Log, left: int) -> None:
        self._log, self._left = log, left

    def produce(self, messages: Sequence[Message]) -> list[tuple[int, int]]:
        written = self._log.produce(messages[: self._left])
        self._left -= len(written)
        if len(written) < len(messages):
            raise EngineError("killed")
        return written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)
