"""The embedded log: append and poll by batch size, beside SQLite doing the same without a log around it."""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import median

from benchmarks import report
from benchmarks.articles import articles
from newstide.engines import open_log
from newstide.ports import Log, Message
from newstide.records import encode
from newstide.topics import RESOLVED

ROUNDS = 3
# Batch size → records of one round: few where each waits for the disk.
SIZES = {1: 400, 32: 3200, 256: 5120, 1000: 6000}
TOPIC = RESOLVED.name  # one partition

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "journal_size_limit=67108864")
SCHEMA = """
CREATE TABLE records (id INTEGER PRIMARY KEY, key TEXT NOT NULL, value BLOB, at INTEGER NOT NULL);
CREATE TABLE positions (id INTEGER PRIMARY KEY, next INTEGER NOT NULL);
"""

Record = tuple[str, bytes]


class Plain:
    """A table of records and a position, with the log's pragmas."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        for pragma in PRAGMAS:
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(SCHEMA)
        self._end = self._read = 0

    def append(self, batch: Sequence[Record]) -> None:
        at = time.time_ns() // 1_000_000
        rows = [(self._end + n, key, value, at) for n, (key, value) in enumerate(batch)]
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany("INSERT INTO records VALUES (?, ?, ?, ?)", rows)
        self._db.execute("COMMIT")
        self._end += len(batch)

    def poll(self, limit: int) -> int:
        found = self._db.execute("SELECT * FROM records WHERE id >= ? ORDER BY id LIMIT ?", (self._read, limit))
        self._read += (count := len(found.fetchall()))
        self._db.execute("INSERT OR REPLACE INTO positions VALUES (0, ?)", (self._read,))
        return count


class Engine:
    """The log, used as the stages use it."""

    def __init__(self, log: Log) -> None:
        self._log, self._consumer = log, log.consumer("store", TOPIC)

    def append(self, batch: Sequence[Record]) -> None:
        self._log.produce([Message(TOPIC, key, value) for key, value in batch])

    def poll(self, limit: int) -> int:
        batch = self._consumer.poll(limit, 0)
        self._consumer.commit(batch)
        return len(batch)


def main() -> None:
    records = [(article.id, encode(article)) for article in articles(max(SIZES.values()))]
    size = sum(len(value) for _, value in records) / len(records)
    print(f"records of {size:,.0f} bytes, one batch a transaction; thousands a second, medians of {ROUNDS} rounds")
    with tempfile.TemporaryDirectory(prefix="newstide-bench-") as folder:
        log = open_log(f"sqlite://{folder}/log.sqlite", hold_back=False)
        pair = (Engine(log), Plain(Path(folder) / "plain.sqlite"))
        rows = [_row(pair, records[:count], batch) for batch, count in SIZES.items()]
        log.close()
    head = ("batch", "append", "plain", "ratio", "poll + commit", "plain", "ratio")
    print(*report.table(head, rows), sep="\n")


def _row(pair: tuple[Engine, Plain], records: list[Record], batch: int) -> list[str]:
    appends: list[list[float]] = [[], []]
    polls: list[list[float]] = [[], []]
    for _ in range(ROUNDS):
        for at, one in enumerate(pair):
            appends[at].append(len(records) / _seconds(lambda one=one: _append(one, records, batch)))  # type: ignore[misc]
            polls[at].append(len(records) / _seconds(lambda one=one: _poll(one, len(records), batch)))  # type: ignore[misc]
    cells = [f"{batch}"]
    for engine, plain in (map(median, appends), map(median, polls)):
        cells += [f"{engine / 1000:.1f}", f"{plain / 1000:.1f}", f"{engine / plain:.2f}"]
    return cells


def _append(one: Engine | Plain, records: list[Record], batch: int) -> None:
    for part in _parts(records, batch):
        one.append(part)


def _poll(one: Engine | Plain, count: int, batch: int) -> None:
    while count > 0:
        count -= one.poll(batch)


def _parts(records: list[Record], batch: int) -> Iterator[list[Record]]:
    source = iter(records)
    while part := list(islice(source, batch)):
        yield part


def _seconds(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
