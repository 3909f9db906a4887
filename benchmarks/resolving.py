"""The resolver on a real broker, with 100,000 decisions behind it: its rebuilding, its rate, and its being killed."""

import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from benchmarks import report
from benchmarks.articles import articles
from benchmarks.decisions import decisions
from benchmarks.enriching import fed
from benchmarks.measure import Measured, fresh, measured, memory
from benchmarks.processes import Process, opened, until
from newstide.paging import pages
from newstide.ports import Log, Message
from newstide.records import encode
from newstide.settings import Resolve
from newstide.topics import DECISIONS, ENRICHED, RESOLVED
from newstide.workers import available_cores
from streams.pipeline import enrich_bytes
from streams.resolve.stage import ResolveStage
from tests.broker import shared

DECIDED = 100_000
REBUILT = 30.0  # seconds that rebuilding may take
WARM, COUNT, SPARE = 64, 2000, 2400  # articles: to warm up, to measure the rate with, and for the kills
NEWS, PEAK = 12, 100  # articles a second of the world's news: on average, and at peaks
KILLS = 2
LIMIT = 15.0
PAGE = 2000
FED = 3.0


@dataclass(frozen=True, slots=True)
class Rebuilding:
    window: int
    folded: int
    took: Measured


def main() -> None:
    broker = shared()
    with tempfile.TemporaryDirectory(prefix="newstide-bench-") as name:
        folder = Path(name)
        kafka, sqlite = f"kafka://{broker.address}/n{time.time_ns()}", f"sqlite://{folder}/log.sqlite"
        for url in (kafka, sqlite):
            fresh(fill, url)
        _tell_rebuilding(
            [
                (log, fresh(rebuilt, url, window))
                for window in (Resolve().window, DECIDED)
                for log, url in (("Kafka", kafka), ("SQLite", sqlite))
            ]
        )
        values = iter(_enriched(WARM + COUNT + SPARE))
        with opened(kafka) as log:
            _rate(folder, kafka, log, broker.pid, values)
            _kills(folder, kafka, log, values)


def fill(url: str) -> None:
    """Put the decisions onto a log."""
    made = decisions(DECIDED)
    with opened(url) as log:
        while page := list(islice(made, PAGE)):
            log.produce([Message(DECISIONS.name, d.id, encode(d)) for d in page])


def rebuilt(url: str, window: int) -> Rebuilding:
    """From the log to a state that decides, as a resolver without one does it."""
    with opened(url) as log, measured() as took:
        folded = ResolveStage(log, window, Path(tempfile.gettempdir())).restore(threading.Event())
    return Rebuilding(window, folded, took)


def _enriched(number: int) -> list[Message]:
    raw = [(0, place, encode(article)) for place, article in enumerate(articles(number))]
    with get_context("spawn").Pool(available_cores()) as pool:
        made = pool.map(enrich_bytes, [raw[at : at + 100] for at in range(0, number, 100)])
    return [Message(ENRICHED.name, f"a{n}", body) for n, (_, body) in enumerate(a for some in made for a in some)]


def _rate(folder: Path, url: str, log: Log, broker: int, values: Iterator[Message]) -> None:
    """Articles a second of one resolver whose window is full, from all on the log to all decided."""
    resolver = Process(folder, "resolve", settings={"NEWSTIDE_LOG": url})
    try:
        resolver.until_ready()
        log.produce(list(islice(values, WARM)))
        until(lambda: _end(log) >= WARM)
        with resolver.paused():
            log.produce(list(islice(values, COUNT)))
        with measured({"resolver": resolver.pid, "broker": broker}) as took:
            until(lambda: _end(log) >= WARM + COUNT)
        _tell_rate(took, memory(resolver.pid).pss)
    finally:
        resolver.kill()


def _kills(folder: Path, url: str, log: Log, values: Iterator[Message]) -> None:
    """A resolver killed beside a warm standby, and one killed alone and started again at once."""
    settings = {"NEWSTIDE_LOG": url}
    resolvers = [Process(folder, "resolve", settings=settings) for _ in range(2)]
    beside, alone = [], []
    try:
        with fed(url, values, NEWS):
            for _ in range(KILLS):
                _works(log, time.time())
                until(lambda: all("state is back" in r.said() for r in resolvers))
                time.sleep(FED)
                owner = max(resolvers, key=_decided)
                resolvers.remove(owner)
                at = owner.kill()
                beside.append(_works(log, at) - at)
                at = resolvers.pop().kill()
                resolvers.append(Process(folder, "resolve", settings=settings))
                alone.append(_works(log, at) - at)
                resolvers.append(Process(folder, "resolve", settings=settings))
    finally:
        for resolver in resolvers:
            resolver.kill()
    _tell_kills("beside a warm standby", beside)
    _tell_kills("alone, and started again at once", alone)


def _decided(resolver: Process) -> int:
    return resolver.count('newstide_received_total{stage="resolve"}')


def _works(log: Log, since: float) -> float:
    """When (Unix time) the first article was resolved after `since`."""
    place, first = _end(log), list[float]()

    def found() -> bool:
        for page in pages(log, RESOLVED.name, 0, place, _end(log)):
            first.extend(at for record in page if (at := record.time.timestamp()) > since)
        return bool(first)

    until(found)
    return first[0]


def _end(log: Log) -> int:
    return log.extents(RESOLVED.name)[0].end


def _tell_rebuilding(found: Sequence[tuple[str, Rebuilding]]) -> None:
    print(f"{DECIDED:,} decisions on the log, rebuilt in a fresh process")
    head = ("window", "log", "folded", "s", "CPU s", "cores of others", "folded/s", "folded/CPU s")
    lines = [
        (
            f"{r.window:,}",
            name,
            f"{r.folded:,}",
            f"{r.took.seconds:.1f}",
            f"{r.took.spent:.1f}",
            f"{r.took.others / r.took.seconds:.2f}",
            f"{r.folded / r.took.seconds:,.0f}",
            f"{r.folded / r.took.spent:,.0f}",
        )
        for name, r in found
    ]
    print(*report.table(head, lines), sep="\n")
    most = max(r.took.seconds for name, r in found if name == "Kafka")
    print(f"on Kafka at most {REBUILT:g} s: {report.verdict(most <= REBUILT)}", flush=True)


def _tell_rate(took: Measured, size: float) -> None:
    rate, cpu = COUNT / took.seconds, took.cpu["resolver"]
    print(
        f"\nthe resolver on Kafka, its window full: {rate:.0f} articles/s by the clock ({took.others / took.seconds:.2f} cores of others)"
    )
    print(
        f"{1000 * cpu / COUNT:.2f} ms of CPU an article, the broker's {1000 * took.cpu['broker'] / COUNT:.2f} ms beside it; {size:.0f} MB (PSS)"
    )
    print(
        f"the world's news is {NEWS}/s, {PEAK}/s at peaks: {rate / NEWS:.0f} and {rate / PEAK:.1f} times as much",
        flush=True,
    )


def _tell_kills(how: str, silent: Sequence[float]) -> None:
    told = ", ".join(f"{seconds:.1f}" for seconds in silent)
    print(f"\nkilled with -9 {how}, at {NEWS} articles/s: {told} s until articles are resolved again", flush=True)


if __name__ == "__main__":
    main()
