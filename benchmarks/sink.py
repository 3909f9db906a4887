"""The sink: articles into chDB by its protocol, beside chDB taking the same rows and nothing else."""

import tempfile
from dataclasses import replace
from itertools import count
from statistics import median

from benchmarks import report
from benchmarks.articles import articles
from benchmarks.measure import Measured, measured
from newstide.engines import open_log, open_store
from newstide.ports import Delivered, Log, Message, Store
from newstide.records import Article, Origin, encode
from newstide.settings import Sink
from newstide.topics import RESOLVED
from sinks import migrate, rows
from sinks.writer import Writer
from streams.batch import process

ROUNDS = 3
MADE, TIMES = 500, 6  # articles that go through the steps, and how often each is stored, under other ids
BATCH = Sink().flush_rows


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="newstide-bench-") as folder:
        messages = _resolved()
        logs = [_log(folder, f"log_{n}", messages) for n in range(ROUNDS)]
        records = logs[0].read(RESOLVED.name, 0, 0, len(messages))
        parts = [_inserts(records[at : at + BATCH]) for at in range(0, len(records), BATCH)]
        lines = sum(len(found) for part in parts for found in part.values())
        print(f"{len(records):,} articles, {lines:,} rows, {BATCH} articles an insert; {ROUNDS} rounds")
        pairs = [
            (_through(log, _store(folder, f"sink_{n}")), _straight(parts, _store(folder, f"plain_{n}")))
            for n, log in enumerate(logs)
        ]
        for log in logs:
            log.close()
    _tell(pairs, len(records), lines)


def _resolved() -> list[Message]:
    made = [article for article in process(articles(MADE), "resolve") if isinstance(article, Article)]
    number = count()
    copies = [replace(a, id=f"{a.id}{n}", origin=Origin(0, next(number))) for n in range(TIMES) for a in made]
    return [Message(RESOLVED.name, article.id, encode(article)) for article in copies]


def _log(folder: str, name: str, messages: list[Message]) -> Log:
    log = open_log(f"sqlite://{folder}/{name}.sqlite", hold_back=False)
    log.produce(messages)
    return log


def _inserts(records: list[Delivered]) -> dict[str, list[rows.Row]]:
    return rows.table([row for record in records for row in rows.article(record)])


def _store(folder: str, database: str) -> Store:
    store = open_store(f"chdb://{folder}/store?database={database}")
    migrate.apply(store)
    return store


def _through(log: Log, store: Store) -> Measured:
    """As the store role does it: poll, freeze the range, insert, move the watermark, commit."""
    writer = Writer(log, store, flush_seconds=60, flush_rows=BATCH)
    writer.recover()
    with measured() as took:
        while writer.step():
            pass
        writer.flush()
    return took


def _straight(parts: list[dict[str, list[rows.Row]]], store: Store) -> Measured:
    with measured() as took:
        for number, part in enumerate(parts):
            for table, lines in part.items():
                store.insert(table, rows.COLUMNS[table], lines, f"{number}")
    return took


def _tell(pairs: list[tuple[Measured, Measured]], articles: int, lines: int) -> None:
    cells = []
    for name, found in (("sink", [a for a, _ in pairs]), ("rows alone", [b for _, b in pairs])):
        seconds, cpu = median(m.seconds for m in found), median(m.spent for m in found)
        cells.append((name, f"{articles / seconds:,.0f}", f"{lines / seconds:,.0f}", f"{1000 * cpu / articles:.2f}"))
    print(*report.table(("", "articles/s", "rows/s", "CPU ms per article"), cells), sep="\n")
    ratio = median(b.seconds / a.seconds for a, b in pairs)
    print(f"sink over rows alone: {ratio:.2f} by the clock, {median(b.spent / a.spent for a, b in pairs):.2f} by CPU")


if __name__ == "__main__":
    main()
