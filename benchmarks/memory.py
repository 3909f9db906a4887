"""Memory of the service's process and of each worker, idle and along many articles; the curve as memory.svg.

`newstide run` with all its roles as a process, fed by `newstide ingest`: as a person would run it. Sizes
are proportional (PSS): what processes share counts once. The articles are a third as long as those of the other
benchmarks: the names' encoder takes its time by the word, and what stays in memory goes by the article.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import report
from benchmarks.articles import articles
from benchmarks.chart import Line, chart
from benchmarks.measure import Memory, memory, workers
from benchmarks.processes import NEWSTIDE, Process

COUNT = 20_000
SENTENCES = (8, 13)  # about 1 KB
EVERY = 1.0  # seconds between two samples
TELL = 500  # articles between two lines
IDLE = 10  # samples before the first article, and after the last
SERVICE_LIMIT, WORKER_LIMIT = 600, 450  # MB; a worker holds the encoders
FLAT = 1.10  # the last quarter's median over the second's
PATIENCE = 1.0  # seconds an article
PICTURE = Path(__file__).with_name("memory.svg")


@dataclass(frozen=True, slots=True)
class Sample:
    """When so many articles were in the store. `worker` is the largest one's, in MB."""

    articles: int
    service: Memory
    worker: float


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--articles", type=int, default=COUNT)
    count = options.parse_args().articles
    with tempfile.TemporaryDirectory(prefix="newstide-bench-") as name:
        folder = Path(name)
        lines = folder / "articles.jsonl"
        lines.write_text("".join(_lines(count)), "utf-8")
        service = Process(folder)
        try:
            service.until_ready()
            before = list(_samples(service, IDLE))
            along = list(_along(service, lines, count))
            after = list(_samples(service, IDLE))
        finally:
            service.end()
    PICTURE.write_text(_picture(along, count), "utf-8")
    _tell(before, along, after, count)


def _lines(count: int) -> Iterator[str]:
    for a in articles(count, sentences=SENTENCES):
        line = {"url": a.url, "outlet": a.outlet, "title": a.title, "text": a.text, "fetched": a.fetched.isoformat()}
        yield json.dumps(line) + "\n"


def _sample(service: Process) -> Sample:
    own, pool = memory(service.pid), [memory(pid).pss for pid in workers(service.pid)]
    return Sample(service.count('newstide_emitted_total{stage="store"}'), own, max(pool, default=0.0))


def _samples(service: Process, count: int) -> Iterator[Sample]:
    for _ in range(count):
        time.sleep(EVERY)
        yield _sample(service)


def _along(service: Process, lines: Path, count: int) -> Iterator[Sample]:
    """Samples until all articles are in the store, or are not any more on their way."""
    ingest = subprocess.Popen([NEWSTIDE, "ingest", lines], cwd=lines.parent, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + count * PATIENCE
    sample, told = _sample(service), 0
    while sample.articles < count and time.monotonic() < deadline:
        time.sleep(EVERY)
        sample = _sample(service)
        if sample.articles >= told + TELL:  # a long run, and somebody may have to end it
            told = sample.articles
            own = sample.service
            print(f"{told:>7,} articles: {own.pss:.0f} MB, {own.anonymous:.0f} in no file", file=sys.stderr, flush=True)
        yield sample
    if ingest.wait(10) != 0 or sample.articles < count:
        raise AssertionError(f"ingest: exit {ingest.returncode}; {sample.articles} of {count} stored")


def _picture(along: list[Sample], count: int) -> str:
    return chart(
        f"Memory along {count:,} articles",
        "articles stored",
        "MB (PSS)",
        [
            Line("service", [(s.articles, s.service.pss) for s in along], SERVICE_LIMIT),
            Line("of it in no file", [(s.articles, s.service.anonymous) for s in along]),
            Line("largest worker", [(s.articles, s.worker) for s in along if s.worker], WORKER_LIMIT),
        ],
    )


def _tell(before: list[Sample], along: list[Sample], after: list[Sample], count: int) -> None:
    quarters = [[s for s in along if at * count / 4 <= s.articles < (at + 1) * count / 4] for at in range(4)]
    spans = {"idle, new": before, **{f"quarter {n}": q for n, q in enumerate(quarters, 1)}, "idle again": after}
    print("medians, MB")
    head = ("", "samples", "service", "of it in no file", "largest worker")
    print(*report.table(head, [(name, *_cells(span)) for name, span in spans.items()]), sep="\n")
    idle, peak = _service(before), max(s.service.pss for s in along)
    growth = _service(quarters[3]) / _service(quarters[1])
    own = _anonymous(quarters[3]) / _anonymous(quarters[1])
    worker = max(s.worker for s in [*along, *after])
    print(
        f"service idle {idle:.0f} MB (under {SERVICE_LIMIT}: {report.verdict(idle < SERVICE_LIMIT)}), peak {peak:.0f} MB"
    )
    print(
        f"last quarter over second {growth:.2f} (at most {FLAT:.2f}: {report.verdict(growth <= FLAT)}), in no file {own:.2f}"
    )
    print(f"largest worker ever {worker:.0f} MB (under {WORKER_LIMIT}: {report.verdict(worker < WORKER_LIMIT)})")


def _cells(samples: list[Sample]) -> tuple[str, ...]:
    worker = median(s.worker for s in samples)
    return (
        f"{len(samples)}",
        f"{_service(samples):.0f}",
        f"{_anonymous(samples):.0f}",
        f"{worker:.0f}" if worker else "-",
    )


def _service(samples: list[Sample]) -> float:
    return median(s.service.pss for s in samples)


def _anonymous(samples: list[Sample]) -> float:
    return median(s.service.anonymous for s in samples)


if __name__ == "__main__":
    main()
