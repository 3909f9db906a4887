"""The Log port on one SQLite file: the embedded default.

A record's row id packs topic, partition and offset, so that reading a partition is a range scan. WAL,
and `synchronous=full`, since this is the only copy. One process owns the file (a lock beside it); its
threads share one writing connection, and each thread has a reading one.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from newstide.engines.lockfile import own
from newstide.errors import Backpressure, EngineError
from newstide.ports import Delivered, Extent, Message
from newstide.topics import TOPICS, TopicSpec

SCHEMA = """
CREATE TABLE IF NOT EXISTS topics (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, partitions INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS records (id INTEGER PRIMARY KEY, compacted INTEGER NOT NULL, key TEXT NOT NULL, value BLOB,
    at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS compacted_key ON records (key) WHERE compacted;
CREATE TABLE IF NOT EXISTS ends (partition INTEGER PRIMARY KEY, next INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS positions (consumers TEXT NOT NULL, partition INTEGER NOT NULL, next INTEGER NOT NULL,
    PRIMARY KEY (consumers, partition)) WITHOUT ROWID;
"""
# Row id = topic << 52 | partition << 40 | offset: 2,047 topics, 4,096 partitions, 10^12 offsets.
TOPIC_BITS, PARTITION_BITS = 52, 40
MAX_BYTES = 8 << 30
TOMBSTONES_KEPT_MS = 86_400_000
KEYS_AT_ONCE = 500
CHECKPOINT_TRIES = 20
WAIT = 0.25  # seconds between two looks of a waiting reader, should it miss a notice


class SqliteLog:
    """Opens or creates the file. Raises Held when another process owns it, EngineError otherwise.

    Above `max_bytes` in the file, `retain` also deletes the oldest records that every reader has read.
    """

    def __init__(self, path: Path, max_bytes: int = MAX_BYTES, *, hold_back: bool = True) -> None:
        self._path, self._max_bytes, self._hold = path, max_bytes, hold_back
        self._readers: list[sqlite3.Connection] = []
        self._write_lock = threading.RLock()
        self._news = threading.Condition()
        self._owned = own(path.with_name(path.name + ".lock"))
        with self._errors():
            self._writer = self._connect()
            self._writer.executescript(SCHEMA)
            self._ids = self._register()
            self._ends = self._load_ends()
        self._positions = self._load_positions()

    def produce(self, messages: Sequence[Message]) -> list[tuple[int, int]]:
        if self._hold:
            self._hold_back({m.topic for m in messages})
        # The ends move before the next writer may look at them.
        with self._write_lock:
            ends = dict(self._ends)
            placed = [self._place(m, ends) for m in messages]
            with self._transaction() as db:
                self._write(db, messages, placed, ends)
            self._ends.update((base, ends[base]) for base, _ in placed)
        with self._news:
            self._news.notify_all()
        return [(_partition(base), offset) for base, offset in placed]

    def consumer(self, group: str, topic: str) -> "SqliteConsumer":
        return SqliteConsumer(self, group, topic)

    def read(self, topic: str, partition: int, start: int, limit: int) -> list[Delivered]:
        base = self._base(topic, partition)
        with self._reading() as db:
            rows = db.execute(
                "SELECT id, key, value, at FROM records WHERE id >= ? AND id < ? ORDER BY id LIMIT ?",
                (base | start, base | self._ends.get(base, 0), limit),
            )
            return [Delivered(topic, partition, id - base, key, value, _time(at)) for id, key, value, at in rows]

    def extents(self, topic: str) -> dict[int, Extent]:
        found = {}
        for partition in range(TOPICS[topic].partitions):
            base = self._base(topic, partition)
            end = self._ends.get(base, 0)
            oldest = self.read(topic, partition, 0, 1)
            found[partition] = Extent(oldest[0].offset if oldest else end, end)
        return found

    def positions(self, group: str, topic: str) -> dict[int, int]:
        bases = {p: self._base(topic, p) for p in range(TOPICS[topic].partitions)}
        return {p: self._positions.get((group, base), 0) for p, base in bases.items()}

    def latest(self, topic: str) -> dict[str, bytes]:
        with self._reading() as db:
            rows = db.execute(
                "SELECT key, value FROM records WHERE id >= ? AND id < ? ORDER BY id",
                (self._ids[topic] << TOPIC_BITS, (self._ids[topic] + 1) << TOPIC_BITS),
            )
            return {key: value for key, value in dict(rows.fetchall()).items() if value is not None}

    def erase(self, topic: str, keys: Sequence[str]) -> int:
        low, high = self._ids[topic] << TOPIC_BITS, (self._ids[topic] + 1) << TOPIC_BITS
        blanked = 0
        with self._transaction() as db:
            for start in range(0, len(keys), KEYS_AT_ONCE):
                some = keys[start : start + KEYS_AT_ONCE]
                marks = ", ".join("?" * len(some))
                blanked += db.execute(
                    f"UPDATE records SET value = NULL WHERE id >= ? AND id < ? AND value IS NOT NULL AND key IN ({marks})",
                    (low, high, *some),
                ).rowcount
        self._checkpoint()
        return blanked

    def retain(self, now: datetime) -> int:
        ms = int(now.timestamp() * 1000)
        with self._transaction() as db:
            deleted = sum(self._expire(db, spec, ms) for spec in TOPICS.values())
            return deleted + self._shrink(db)

    def close(self) -> None:
        with self._write_lock:
            for connection in [*self._readers, self._writer]:
                connection.close()
            self._owned.close()

    # --- for its consumers ---

    def end(self, topic: str, partition: int) -> int:
        """The offset that the partition's next record will get."""
        return self._ends.get(self._base(topic, partition), 0)

    def bases(self, topic: str, places: dict[int, int]) -> dict[int, int]:
        """Positions by partition as positions by row id base."""
        return {self._base(topic, partition): place for partition, place in places.items()}

    def move(self, group: str, places: dict[int, int]) -> None:
        """Commit: the group's next offset by partition base. Never back."""
        with self._write_lock:
            ahead = {b: n for b, n in places.items() if n > self._positions.get((group, b), 0)}
            with self._transaction() as db:
                rows = [(group, b, n) for b, n in ahead.items()]
                db.executemany("INSERT OR REPLACE INTO positions VALUES (?, ?, ?)", rows)
            self._positions.update({(group, b): n for b, n in ahead.items()})

    def wait(self, seen: dict[int, int], deadline: float) -> bool:
        """Wait until a partition (by base) ends beyond what was seen; False at the deadline."""
        with self._news:
            while not any(self._ends.get(base, 0) > next for base, next in seen.items()):
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self._news.wait(min(left, WAIT))
        return True

    # --- inside ---

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=10)
        # secure_delete: an erased article's bytes are overwritten, not merely unlinked.
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "journal_size_limit=67108864"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """A reading connection: as many are open as threads have ever read at once."""
        with self._errors():
            try:
                connection = self._readers.pop()
            except IndexError:
                connection = self._connect()
            try:
                yield connection
            finally:
                self._readers.append(connection)

    def _register(self) -> dict[str, int]:
        known = {name: (id, n) for id, name, n in self._writer.execute("SELECT id, name, partitions FROM topics")}
        for spec in TOPICS.values():
            if spec.name not in known:
                self._writer.execute(
                    "INSERT INTO topics (name, partitions) VALUES (?, ?)", (spec.name, spec.partitions)
                )
            elif known[spec.name][1] != spec.partitions:
                raise EngineError(
                    f"{self._path}: topic {spec.name} has {known[spec.name][1]} partitions, "
                    f"this version expects {spec.partitions}; use the version that wrote it, or a new data_dir"
                )
        return dict(self._writer.execute("SELECT name, id FROM topics").fetchall())

    def _load_ends(self) -> dict[int, int]:
        return dict(self._writer.execute("SELECT partition, next FROM ends").fetchall())

    def _load_positions(self) -> dict[tuple[str, int], int]:
        rows = self._writer.execute("SELECT consumers, partition, next FROM positions")
        return {(group, base): position for group, base, position in rows}

    def _base(self, topic: str, partition: int) -> int:
        return self._ids[topic] << TOPIC_BITS | partition << PARTITION_BITS

    def _place(self, message: Message, ends: dict[int, int]) -> tuple[int, int]:
        base = self._base(message.topic, TOPICS[message.topic].partition(message.key))
        offset = ends.get(base, 0)
        ends[base] = offset + 1
        return base, offset

    def _write(
        self,
        db: sqlite3.Connection,
        messages: Sequence[Message],
        placed: Sequence[tuple[int, int]],
        ends: dict[int, int],
    ) -> None:
        self._compact(db, messages, placed)
        at = time.time_ns() // 1_000_000
        rows = [
            (base | offset, TOPICS[m.topic].compacted, m.key, m.value, at)
            for m, (base, offset) in zip(messages, placed, strict=True)
        ]
        db.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?)", rows)
        touched = [(base, ends[base]) for base in {base for base, _ in placed}]
        db.executemany("INSERT OR REPLACE INTO ends VALUES (?, ?)", touched)

    def _compact(self, db: sqlite3.Connection, messages: Sequence[Message], placed: Sequence[tuple[int, int]]) -> None:
        old = [
            (m.key, base, base | offset)
            for m, (base, offset) in zip(messages, placed, strict=True)
            if TOPICS[m.topic].compacted
        ]
        db.executemany("DELETE FROM records WHERE compacted AND key = ? AND id >= ? AND id < ?", old)

    def _hold_back(self, topics: set[str]) -> None:
        for topic in topics:
            spec = TOPICS[topic]
            if spec.readers and not spec.compacted and self._behind(spec) > spec.limit:
                raise Backpressure(topic, 0.5)

    def _behind(self, spec: TopicSpec) -> int:
        bases = [self._base(spec.name, p) for p in range(spec.partitions)]
        return max(
            sum(self._ends.get(b, 0) - self._positions.get((group, b), 0) for b in bases)
            for group in self._running(spec)
        )

    def _running(self, spec: TopicSpec) -> Sequence[str]:
        """The readers that have ever committed; all, where none has. A role that nobody runs holds nobody back."""
        begun = {group for group, _ in list(self._positions)}
        return [group for group in spec.readers if group in begun] or spec.readers

    def _expire(self, db: sqlite3.Connection, spec: TopicSpec, now: int) -> int:
        before = now - (TOMBSTONES_KEPT_MS if spec.compacted else spec.retain * 1000)
        only = " AND value IS NULL" * spec.compacted
        return sum(
            db.execute(f"DELETE FROM records WHERE id >= ? AND id < ? AND at < ?{only}", (low, high, before)).rowcount
            for low, high in self._read_by_all(spec)
        )

    def _shrink(self, db: sqlite3.Connection) -> int:
        """Above `max_bytes`: delete the older half of what all readers have read, one topic after another."""
        deleted = 0
        for spec in sorted(TOPICS.values(), key=lambda s: s.retain):
            if spec.compacted or self._bytes(db) <= self._max_bytes:
                continue
            for low, high in self._read_by_all(spec):
                first = db.execute("SELECT min(id) FROM records WHERE id >= ? AND id < ?", (low, high)).fetchone()[0]
                if first is not None:
                    middle = (first + high + 1) // 2
                    deleted += db.execute("DELETE FROM records WHERE id >= ? AND id < ?", (low, middle)).rowcount
        return deleted

    def _checkpoint(self) -> None:
        """Bring the WAL into the file and cut it: old bytes live on there, too. Waits for readers a while."""
        for _ in range(CHECKPOINT_TRIES):
            with self._write_lock, self._errors():
                busy = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if not busy:
                return
            time.sleep(WAIT)

    def _bytes(self, db: sqlite3.Connection) -> int:
        pages, free, size = (
            db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)

    def _read_by_all(self, spec: TopicSpec) -> Iterator[tuple[int, int]]:
        """Per partition the row ids from its start to where its slowest reader is."""
        for partition in range(spec.partitions):
            base = self._base(spec.name, partition)
            done = min(
                (self._positions.get((g, base), 0) for g in self._running(spec)), default=self._ends.get(base, 0)
            )
            yield base, base | done

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._write_lock, self._errors():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as e:
            if "disk is full" in str(e) or "disk I/O" in str(e):
                raise EngineError(f"{self._path}: the disk is full or fails ({e}); free some space") from e
            raise EngineError(f"{self._path}: {e}") from e
        except sqlite3.DatabaseError as e:
            hint = "; is it Newstide's log?" * ("not a database" in str(e))
            hint += "; it is damaged: bring back a back-up of log and store" * ("malformed" in str(e))
            raise EngineError(f"{self._path}: {e}{hint}") from e


class SqliteConsumer:
    """One group's reader of one topic."""

    def __init__(self, log: SqliteLog, group: str, topic: str) -> None:
        self._log, self._group, self._topic = log, group, topic
        self._turn = 0
        self.rewind()

    @property
    def partitions(self) -> frozenset[int]:
        return frozenset(self._next)

    def poll(self, limit: int, timeout: float) -> list[Delivered]:
        if not self._log.wait(self._log.bases(self._topic, self._next), time.monotonic() + timeout):
            return []
        batch: list[Delivered] = []
        partitions = sorted(self._next)
        # Start with another partition each time, so that a long one does not starve the rest.
        for partition in partitions[self._turn :] + partitions[: self._turn]:
            end = self._log.end(self._topic, partition)  # before the read: what comes after it must not be skipped
            got = self._log.read(self._topic, partition, self._next[partition], limit - len(batch))
            if got:
                self._next[partition] = got[-1].offset + 1
                batch += got
            elif len(batch) < limit:
                # Compaction left nothing between here and the end.
                self._next[partition] = max(self._next[partition], end)
        self._turn = (self._turn + 1) % len(partitions)
        return batch

    def commit(self, batch: Sequence[Delivered]) -> None:
        places: dict[int, int] = {}
        for record in batch:
            places[record.partition] = max(places.get(record.partition, 0), record.offset + 1)
        self._log.move(self._group, self._log.bases(self._topic, places))

    def rewind(self) -> None:
        self._next = self._log.positions(self._group, self._topic)

    def close(self) -> None:
        self._next = {}


def _partition(base: int) -> int:
    return (base >> PARTITION_BITS) & ((1 << (TOPIC_BITS - PARTITION_BITS)) - 1)


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
