"""A store's writer over a log, its whole work at once, and what the stages before it leave."""

from newstide.ports import Log, Message, Store
from newstide.records import Origin
from sinks.writer import Writer
from tests.fakes import MemoryLog
from tests.samples import raw, resolved


def sink(log: Log, store: Store, rows: int = 1000) -> Writer:
    writer = Writer(log, store, flush_seconds=0.01, flush_rows=rows)
    writer.recover()
    return writer


def drain(writer: Writer) -> None:
    while writer.step():
        pass
    writer.flush()


def entered(log: MemoryLog, count: int, start: int = 0) -> list[tuple[int, int]]:
    """Raw records, read by enrich, as (partition, offset)."""
    placed = log.produce([raw(n) for n in range(start, start + count)])
    consumer = log.consumer("enrich", "articles.raw")
    while batch := consumer.poll(100, 0):
        consumer.commit(batch)
    return placed


def finish(log: MemoryLog, n: int, place: tuple[int, int]) -> Message:
    return resolved(n, origin=Origin(*place))
