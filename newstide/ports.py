"""The ports: what Newstide asks of its engines. The docstrings are the contract; `tests/contract` runs it.

Everything is at least once: write the effect, then commit. Engines are safe to share between threads;
a Consumer belongs to one thread.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """One record to write. `value` None is a tombstone: on a compacted topic it removes the key."""

    topic: str
    key: str
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Delivered:
    """One record as read. `time` is when the log took it (UTC). A tombstone's or erased `value` is None."""

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes | None
    time: datetime


@dataclass(frozen=True, slots=True)
class Extent:
    """A partition's readable offsets: `first` (oldest kept) to `end` (the next to be written)."""

    first: int
    end: int


class Consumer(Protocol):
    """One group's reader of one topic: of the partitions that it holds, in order within each.

    Where processes share a topic, partitions come and go while polling; what was polled of one that went
    away is its next owner's, and a commit of it does nothing.
    """

    @property
    def partitions(self) -> frozenset[int]:
        """The partitions held as of the last poll: all of them where nobody shares the topic."""

    def poll(self, limit: int, timeout: float) -> list[Delivered]:
        """Up to `limit` records after those already polled; waits up to `timeout` s for the first."""

    def commit(self, batch: Sequence[Delivered]) -> None:
        """Durably mark the batch, and all before it in its partitions, as done. Never moves back."""

    def rewind(self) -> None:
        """Continue from the committed positions: what was polled and not committed comes again."""

    def close(self) -> None:
        """Give the reader back; nothing is committed."""


class Log(Protocol):
    """Topics of `newstide.topics`, partitioned and ordered."""

    def produce(self, messages: Sequence[Message]) -> list[tuple[int, int]]:
        """Write in order; durable on return. Gives (partition, offset) of each message.

        A refused call writes nothing; a crash in the middle may leave a part. Raises Backpressure when a topic's
        slowest reader is more than its limit behind (compacted topics never do; a reader that never committed counts
        only while none has), EngineError when the disk is full or the engine is gone.
        """

    def consumer(self, group: str, topic: str) -> Consumer:
        """A reader for the group, from its committed positions (none yet: from the oldest)."""

    def read(self, topic: str, partition: int, start: int, limit: int) -> list[Delivered]:
        """Up to `limit` records at or after offset `start`, without any group; [] past the end."""

    def extents(self, topic: str) -> dict[int, Extent]:
        """The readable offsets of every partition. Raises Away when a broker does not answer, as every method does."""

    def positions(self, group: str, topic: str) -> dict[int, int]:
        """The next offset each partition's group will read (committed), 0 where none yet."""

    def latest(self, topic: str) -> dict[str, bytes]:
        """A compacted topic as a table: the newest value of each key."""

    def erase(self, topic: str, keys: Sequence[str]) -> int:
        """Blank the values stored under the keys for good, offsets stay. Gives how many were blanked.

        A broker can do so in compacted topics alone: elsewhere the values stay until their retention ends.
        """

    def retain(self, now: datetime) -> int:
        """Delete what is older than its topic's retention and read by every reader. Gives how many.

        A broker does so by itself, whether it was read or not; then this does nothing.
        """

    def close(self) -> None:
        """Release files and connections."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A query's answer: column names and rows in their order."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def dicts(self) -> list[dict[str, Any]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def scalar(self) -> Any:
        return self.rows[0][0]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client's statement came to: bytes in its format, and the engine's account (`elapsed` in seconds)."""

    body: bytes
    read_rows: int
    read_bytes: int
    written_rows: int
    written_bytes: int
    elapsed: float


class Store(Protocol):
    """ClickHouse, on a server or in this process. Times are aware UTC. Safe from every thread."""

    replicated: bool  # whether its tables are to be kept by several servers

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], token: str) -> None:
        """Insert rows durably. The same token on the same table again is kept once (within its window)."""

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> Rows:
        """Run one read-only statement with `{name:Type}` parameters."""

    def raw(self, sql: str, format: str) -> bytes:
        """Run one statement of a user's, read-only and limited; the answer in a ClickHouse format."""

    def execute(
        self,
        statement: str | bytes,
        format: str,
        *,
        guest: bool,
        params: Mapping[str, str] | None = None,
        settings: Mapping[str, str] | None = None,
        database: str = "",
    ) -> Answer:
        """Run one statement as a client of ClickHouse's HTTP interface sends it, on the embedded engine.

        `format` is for statements that name none; `params` are in ClickHouse's escaping; unknown `settings` are dropped.
        A guest only reads, within limits; anyone else may do anything, and bytes may carry an insert's data. Raises
        UsageError with the engine's text ("Code: 62. …"), EngineError where the store is a server.
        """

    def stream(self, sql: str, format: str, to: BinaryIO) -> int:
        """Write a reading statement's answer in a ClickHouse format to an open file, times as RFC 3339; gives the bytes."""

    def command(self, sql: str, params: Mapping[str, Any] | None = None) -> None:
        """Run one statement that changes something (DDL, mutation)."""

    def close(self) -> None:
        """Release the engine."""


class Clock(Protocol):
    """Time as an argument, so that tests own it."""

    def now(self) -> datetime:
        """Aware UTC, millisecond precision."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


GONE = 410  # the status of a receiver that wants nothing more, ever (Standard Webhooks, Operational considerations)


class Hook(Protocol):
    """Sends one alert somewhere, once."""

    def send(self, id: str, body: bytes) -> "Sent":
        """Try once; never raises for what the receiver or the network does."""


@dataclass(frozen=True, slots=True)
class Sent:
    """`status` is the HTTP status, None when none came. `retry_after` is in seconds, when the receiver said."""

    ok: bool
    status: int | None
    detail: str
    retry_after: float | None = None
