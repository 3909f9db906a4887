"""Memory of the service's process and of each worker, idle and along 20,000 articles; the curve as memory.svg.

`newstide run` with all its roles as a process, fed by `newstide ingest`: as a person would run it. Sizes
are proportional (PSS): what processes share counts once.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import report
from benchmarks.articles import articles
from benchmarks.chart import Line, chart
from benchmarks.measure import Memory, memory, workers

COUNT = 20_000
EVERY = 1.0  # seconds between two samples
IDLE = 10  # samples before the first article, and after the last
SERVICE_LIMIT, WORKER_LIMIT = 600, 250  # MB
FLAT = 1.10  # the last quarter's median over the second's
PATIENCE = 420.0
NEWSTIDE = Path(sys.executable).with_name("newstide")
PICTURE = Path(__file__).with_name("memory.svg")


@dataclass(frozen=True, slots=True)
class Sample:
    """When so many articles were in the store. `worker` is the largest one's, in MB."""

    articles: int
    service: Memory
    worker: float


class Watched:
    """A running service, seen from outside."""

    def __init__(self, process: subprocess.Popen[bytes], address: str) -> None:
        self.process, self.address = process, address

    def sample(self) -> Sample:
        pid = self.process.pid
        return Sample(self._stored(), memory(pid), max((memory(w).pss for w in workers(pid)), default=0.0))

    def _stored(self) -> int:
        with urllib.request.urlopen(f"http://{self.address}/metrics", timeout=30) as answer:
            found = re.search(r'newstide_emitted_total\{stage="store"\} (\S+)', answer.read().decode())
        return int(float(found[1])) if found else 0


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="newstide-bench-") as name:
        folder = Path(name)
        lines = folder / "articles.jsonl"
        lines.write_text("".join(_lines()), "utf-8")
        with _running(folder) as watched:
            before = list(_samples(watched, IDLE))
            along = list(_along(watched, lines))
            after = list(_samples(watched, IDLE))
    PICTURE.write_text(_picture(along), "utf-8")
    _tell(before, along, after)


def _lines() -> Iterator[str]:
    for a in articles(COUNT):
        line = {"url": a.url, "outlet": a.outlet, "title": a.title, "text": a.text, "fetched": a.fetched.isoformat()}
        yield json.dumps(line) + "\n"


@contextmanager
def _running(folder: Path) -> Iterator[Watched]:
    said = folder / "said"
    with said.open("wb") as stderr:
        process = subprocess.Popen([NEWSTIDE, "run"], cwd=folder, env=_environment(), stderr=stderr)
    try:
        yield Watched(process, _address(said))
    finally:
        process.terminate()
        process.wait(30)


def _environment() -> dict[str, str]:
    return {**os.environ, "NEWSTIDE_WEB__LISTEN": "127.0.0.1:0"}


def _address(said: Path) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if found := re.search(r"dashboard at http://([\d.:]+)/", said.read_text("utf-8")):
            return found[1]
        time.sleep(0.1)
    raise TimeoutError(f"the service did not come up: {said.read_text('utf-8')}")


def _samples(watched: Watched, count: int) -> Iterator[Sample]:
    for _ in range(count):
        time.sleep(EVERY)
        yield watched.sample()


def _along(watched: Watched, lines: Path) -> Iterator[Sample]:
    """Samples until all articles are in the store, or are not any more on their way."""
    ingest = subprocess.Popen(
        [NEWSTIDE, "ingest", lines], cwd=lines.parent, env=_environment(), stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + PATIENCE
    sample = watched.sample()
    while sample.articles < COUNT and time.monotonic() < deadline:
        time.sleep(EVERY)
        sample = watched.sample()
        yield sample
    if ingest.wait(10) != 0 or sample.articles < COUNT:
        raise AssertionError(f"ingest: exit {ingest.returncode}; {sample.articles} of {COUNT} stored")


def _picture(along: list[Sample]) -> str:
    return chart(
        f"Memory along {COUNT:,} articles",
        "articles stored",
        "MB (PSS)",
        [
            Line("service", [(s.articles, s.service.pss) for s in along], SERVICE_LIMIT),
            Line("of it in no file", [(s.articles, s.service.anonymous) for s in along]),
            Line("largest worker", [(s.articles, s.worker) for s in along if s.worker], WORKER_LIMIT),
        ],
    )


def _tell(before: list[Sample], along: list[Sample], after: list[Sample]) -> None:
    quarters = [[s for s in along if at * COUNT / 4 <= s.articles < (at + 1) * COUNT / 4] for at in range(4)]
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


def _flat(*growths: float) -> str:
    return report.verdict(max(growths) <= FLAT)


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
