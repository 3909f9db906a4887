"""The sink: topics into tables, each range once.

Per partition: (1) the gapless range [first, last] is frozen as a row of `sink_ranges`; (2) its rows are
inserted under the token `topic:partition:first-last`; (3) the watermark moves; (4) the offset is
committed. A restart repeats the frozen range with unchanged bounds and skips what the watermark covers.
Row keys are deterministic, so ReplacingMergeTree is the second net when a token's window has passed.
"""

import threading
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from newstide import log as logging
from newstide.deadletter import bury_record, message, origin_of
from newstide.erased import ErasedIds
from newstide.metrics import DROPPED, EMITTED, OLDEST_UNFLUSHED, RECEIVED, SECONDS
from newstide.paging import pages
from newstide.ports import Consumer, Delivered, Log, Store
from newstide.topics import DEAD, RESOLVED
from sinks import rows
from sinks.ledger import check_log

TICK = 0.1  # seconds between two looks at quiet topics: a tenth of the default flush

logger = logging.get("store")


@dataclass(slots=True)
class Buffer:
    """What was polled of one topic and is not yet in the store."""

    consumer: Consumer
    held: frozenset[int]
    records: list[Delivered] = field(default_factory=list)
    since: float = 0.0


class Writer:
    """The store role. One thread owns it.

    Several processes share the topics' partitions: what was polled of a partition that went away is dropped, for
    its new owner reads it again; who gets one first finishes the range that its last owner had frozen.
    """

    def __init__(self, log: Log, store: Store, flush_seconds: float, flush_rows: int) -> None:
        self._log, self._store = log, store
        self._flush_seconds, self._flush_rows = flush_seconds, flush_rows
        self._erased = ErasedIds(log)
        self._watermarks: dict[tuple[str, int], int] = {}
        self._buffers: dict[str, Buffer] = {}

    def run(self, stop: threading.Event) -> None:
        """Until stopped; what is buffered then is written before it returns."""
        try:
            self.recover()
            while not stop.is_set():
                if not self.step():
                    stop.wait(TICK)
            self.flush()
        finally:
            for buffer in self._buffers.values():
                buffer.consumer.close()

    def recover(self) -> None:
        """Finish what was frozen, fill what the store lacks, and take up the reading."""
        check_log(self._log, self._store)
        self._load_watermarks()
        consumers = {topic: self._log.consumer("store", topic) for topic in rows.MAPPING}
        self._buffers = {topic: Buffer(consumer, consumer.partitions) for topic, consumer in consumers.items()}
        for topic, buffer in self._buffers.items():
            self._take_over(topic, buffer.held)

    def _load_watermarks(self) -> None:
        found = self._store.query("SELECT topic, partition, next FROM sink_watermarks FINAL").rows
        self._watermarks = {(topic, partition): next for topic, partition, next in found}

    def _take_over(self, topic: str, partitions: Collection[int]) -> None:
        self._repeat(topic, partitions)
        self._refill(topic, partitions)

    def _repeat(self, topic: str, partitions: Collection[int]) -> None:
        """Write the ranges that were frozen and perhaps not finished, with their own bounds."""
        frozen = self._store.query(
            "SELECT partition, first, last FROM sink_ranges FINAL WHERE topic = {topic:String}", {"topic": topic}
        )
        for partition, first, last in frozen.rows:
            if partition in partitions and last >= self._watermarks.get((topic, partition), 0):
                logger.info("repeating a range", topic=topic, partition=partition, first=first, last=last)
                read = pages(self._log, topic, partition, first, last + 1)
                self._write(topic, partition, first, last, [record for page in read for record in page])

    def _refill(self, topic: str, partitions: Collection[int]) -> None:
        """Where the store is behind what was committed (it is new, or an older backup), read the log again."""
        for partition, position in self._log.positions("store", topic).items():
            next = self._watermarks.get((topic, partition), 0) if partition in partitions else position
            for page in pages(self._log, topic, partition, next, position, self._flush_rows):
                logger.info("refilling the store", topic=topic, partition=partition, first=page[0].offset)
                self._write(topic, partition, page[0].offset, page[-1].offset, page)

    def step(self) -> bool:
        """Poll each topic once and flush what is due. True when anything was polled."""
        moved = False
        for topic, buffer in self._buffers.items():
            moved |= self._poll(topic, buffer)
            age = time.monotonic() - buffer.since if buffer.records else 0.0
            if len(buffer.records) >= self._flush_rows or age >= self._flush_seconds:
                self._flush(topic, buffer)
        waiting = [b.since for b in self._buffers.values() if b.records]
        OLDEST_UNFLUSHED.set(time.monotonic() - min(waiting) if waiting else 0)
        return moved

    def flush(self) -> None:
        """Write everything that is buffered."""
        for topic, buffer in self._buffers.items():
            self._flush(topic, buffer)

    def _poll(self, topic: str, buffer: Buffer) -> bool:
        got = buffer.consumer.poll(self._flush_rows - len(buffer.records), 0)
        if buffer.consumer.partitions != buffer.held:
            self._rebalance(topic, buffer)
        if got and not buffer.records:
            buffer.since = time.monotonic()
        # After a rebalance what was not committed is read again.
        again = {r.partition: r.offset for r in reversed(got)}
        buffer.records = [r for r in buffer.records if r.offset < again.get(r.partition, r.offset + 1)] + got
        RECEIVED.labels("store").inc(len(got) if topic == RESOLVED.name else 0)
        return bool(got)

    def _rebalance(self, topic: str, buffer: Buffer) -> None:
        before, buffer.held = buffer.held, buffer.consumer.partitions
        logger.info("partitions", topic=topic, held=sorted(buffer.held))
        buffer.records = [r for r in buffer.records if r.partition in buffer.held]
        self._load_watermarks()
        self._take_over(topic, buffer.held - before)

    def _flush(self, topic: str, buffer: Buffer) -> None:
        begun = time.perf_counter()
        by_partition: dict[int, list[Delivered]] = {}
        for record in buffer.records:
            by_partition.setdefault(record.partition, []).append(record)
        for partition, records in by_partition.items():
            done = self._watermarks.get((topic, partition), 0)
            fresh = [r for r in records if r.offset >= done]
            if fresh:
                first, last = fresh[0].offset, fresh[-1].offset
                place = (topic, partition, first, last)
                self._store.insert("sink_ranges", rows.COLUMNS["sink_ranges"], [place], f"{place}")
                self._write(topic, partition, first, last, fresh)
        buffer.consumer.commit(buffer.records)
        if buffer.records and topic == RESOLVED.name:
            SECONDS.labels("store").observe(time.perf_counter() - begun)
            EMITTED.labels("store").inc(len(buffer.records))
        buffer.records = []

    def _write(self, topic: str, partition: int, first: int, last: int, records: Sequence[Delivered]) -> None:
        """Insert one frozen range and move its watermark."""
        token = f"{topic}:{partition}:{first}-{last}"
        for table, lines in rows.by_table(self._rows(topic, records)).items():
            self._store.insert(table, rows.COLUMNS[table], lines, token)
        mark = (topic, partition, last + 1)
        self._store.insert("sink_watermarks", rows.COLUMNS["sink_watermarks"], [mark], token)
        self._watermarks[topic, partition] = last + 1

    def _rows(self, topic: str, records: Sequence[Delivered]) -> rows.Rows:
        """The range's rows. An unreadable record becomes a dead letter; of an erased one only its place stays."""
        erased = self._erased.current()
        found: rows.Rows = []
        for record in records:
            if topic == RESOLVED.name and (record.value is None or record.key in erased):
                origin = origin_of(record.value or b"")
                found += [("erased_origins", (origin.partition, origin.offset))] if origin else []
                continue
            try:
                found += rows.MAPPING[topic](record)
            except Exception as e:  # noqa: BLE001 - one record must not stop the sink for ever
                self._bury(record, f"{type(e).__name__}: {e}")
        return found

    def _bury(self, record: Delivered, detail: str) -> None:
        if record.topic == DEAD.name:
            if record.value is not None:
                logger.error("unreadable dead letter", offset=record.offset, detail=detail)
            return
        DROPPED.labels("store", "unreadable").inc()
        value = record.value or b""
        place = {"kind": "dead", "stage": "store", "reason": "unreadable", "detail": detail[:2000]}
        self._log.produce(
            [message(bury_record(record, value, origin=origin_of(value), id=record.key or None, **place))]
        )
