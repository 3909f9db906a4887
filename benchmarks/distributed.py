"""A process for each role on a real broker, beside the embedded service: throughput, bytes on the log, memory.

Both take the same articles, text in hand, in rounds that alternate. The broker has no machine of its own: it
runs on the same cores, and its work counts as ours.
"""

import argparse
import json
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from kafka import KafkaAdminClient

from benchmarks import report, sources
from benchmarks.embedded import WARM, Round, compared, shares, whole
from benchmarks.measure import Measured, fresh, measured, memory, workers
from benchmarks.processes import Process, opened, until
from newstide.ports import Log, Message
from newstide.records import RawArticle, encode
from newstide.topics import RAW, TOPICS
from tests.broker import shared
from tests.service import free_port

COUNT, ROUNDS = 2000, 3
IDLE = 10.0  # seconds
LOOK = 0.25  # seconds between two looks, which cost the store's process something
ROLES = ("store", "resolve", "enrich", "alert", "producer", "web")


@dataclass(frozen=True, slots=True)
class Spread:
    """A round, what the processes did in IDLE seconds before it, the bytes on the log by topic, and the MB (PSS) of
    each process before and after.
    """

    round: Round
    idle: Measured
    topics: dict[str, int]
    before: dict[str, float]
    after: dict[str, float]


class Fleet:
    """A process for each role, on a namespace of the broker; the store is in the process of role `store`."""

    def __init__(self, folder: Path, url: str, stack: ExitStack) -> None:
        self._sql = f"127.0.0.1:{free_port()}"
        own = {"NEWSTIDE_LOG": url, "NEWSTIDE_SQL__LISTEN": self._sql, "NEWSTIDE_LOG_LEVEL": "warning"}
        reading = own | {"NEWSTIDE_STORE": f"http://{self._sql}/newstide"}
        self.processes: dict[str, Process] = {}
        for role in ROLES:
            settings = reading if role in {"alert", "web"} else own
            self.processes[role] = started = Process(folder, role, settings=settings)
            stack.callback(started.kill)
        for process in self.processes.values():
            process.until_ready()

    def stored(self) -> int:
        """Articles that can be queried, and those that ended early."""
        asked = urllib.parse.urlencode({"query": "SELECT count() FROM outcomes FORMAT JSONCompactEachRow"})
        with urllib.request.urlopen(f"http://{self._sql}/?{asked}", timeout=30) as answer:
            return int(json.loads(answer.read())[0])

    def memory(self) -> dict[str, float]:
        """MB of each process."""
        found = {role: memory(process.pid).pss for role, process in self.processes.items()}
        pool = [memory(pid).pss for pid in workers(self.processes["enrich"].pid)]
        return found | {f"worker {number}": size for number, size in enumerate(pool, 1)}


def spread(source: str, count: int, address: str, broker: int) -> Spread:
    """From "all on the log, workers warm" to "all queryable", a process for each role. `broker`: its process."""
    records = list(sources.read(source, count + WARM))
    namespace = f"n{time.time_ns()}"
    url = f"kafka://{address}/{namespace}"
    with tempfile.TemporaryDirectory(prefix="newstide-bench-") as folder, opened(url) as log, ExitStack() as stack:
        fleet = Fleet(Path(folder), url, stack)
        put(log, records[:WARM])
        until(lambda: fleet.stored() >= WARM)
        before = fleet.memory()
        processes = {"broker": broker, **{role: p.pid for role, p in fleet.processes.items()}}
        with measured(processes) as idle:
            time.sleep(IDLE)
        with fleet.processes["enrich"].paused():
            put(log, records[WARM:])
        with measured(processes) as took:
            until(lambda: fleet.stored() >= count + WARM, look=LOOK)
        if fleet.stored() != count + WARM:
            raise AssertionError(f"{fleet.stored()} outcomes of {count + WARM}")
        return Spread(Round(count, took), idle, sizes(address, namespace), before, fleet.memory())


def put(log: Log, articles: Sequence[RawArticle]) -> None:
    log.produce([Message(RAW.name, article.id, encode(article)) for article in articles])


def sizes(address: str, namespace: str) -> dict[str, int]:
    """Bytes of each topic's segments on the broker's disk."""
    admin = KafkaAdminClient(bootstrap_servers=address)
    [told] = admin.describe_log_dirs()
    admin.close()
    folder = Path(told["log_dirs"][0]["log_dir"])
    found = {
        name: sum(file.stat().st_size for file in folder.glob(f"{namespace}.{name}-*/*.log")) for name in sorted(TOPICS)
    }
    return {name: size for name, size in found.items() if size}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--articles", type=int, default=COUNT)
    options.add_argument("--rounds", type=int, default=ROUNDS)
    asked = options.parse_args()
    broker = shared()
    print(f"{asked.articles:,} generated articles; {asked.rounds} rounds, each embedded then distributed", flush=True)
    pairs = [
        (
            fresh(whole, sources.GENERATED, asked.articles),
            fresh(spread, sources.GENERATED, asked.articles, broker.address, broker.pid),
        )
        for _ in range(asked.rounds)
    ]
    print(*_throughput([(a, b.round) for a, b in pairs]), sep="\n", flush=True)
    print(f"idle, percent of a core, medians: {_idle([b.idle for _, b in pairs])}", flush=True)
    last = pairs[-1]
    print(*_bytes(last[0], last[1].topics), sep="\n", flush=True)
    print(*_memory([b for _, b in pairs], memory(broker.pid).pss), sep="\n", flush=True)


def _throughput(pairs: list[tuple[Round, Round]]) -> Iterator[str]:
    yield from compared("embedded", "distributed", pairs)
    yield "CPU ms an article, medians"
    yield f"  embedded, by thread: {shares([a for a, _ in pairs])}"
    yield f"  distributed, by process: {shares([b for _, b in pairs])}"


def _idle(found: list[Measured]) -> str:
    shares = {name: median(100 * m.cpu[name] / m.seconds for m in found) for name in found[0].cpu}
    return ", ".join(f"{name} {share:.1f}" for name, share in sorted(shares.items(), key=lambda s: -s[1]))


def _bytes(embedded: Round, topics: dict[str, int]) -> Iterator[str]:
    articles = embedded.articles + WARM
    yield "\nbytes on the log, an article"
    rows = [(name, f"{size / articles:,.0f}") for name, size in topics.items()]
    total = ("all of Kafka", f"{sum(topics.values()) / articles:,.0f}")
    yield from report.table(("topic", "bytes"), [*rows, total, ("SQLite's file", f"{embedded.log / articles:,.0f}")])


def _memory(rounds: list[Spread], broker: float) -> Iterator[str]:
    yield "\nmemory, MB (PSS), medians"
    names = dict.fromkeys(name for r in rounds for name in r.after)
    rows = [(name, *(f"{median(m.get(name, 0.0) for m in when):.0f}" for when in _when(rounds))) for name in names]
    totals = [f"{median(sum(m.values()) for m in when):.0f}" for when in _when(rounds)]
    yield from report.table(("", "warm", "after the round"), [*rows, ("all", *totals), ("broker", "", f"{broker:.0f}")])


def _when(rounds: list[Spread]) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    return [r.before for r in rounds], [r.after for r in rounds]


if __name__ == "__main__":
    main()
