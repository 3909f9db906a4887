"""Time from resolved to queryable, at a steady 20 articles a second over 30 s. At most 2 s is promised."""

import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime

from benchmarks import report
from benchmarks.articles import articles
from benchmarks.service import Service, service
from newstide.records import RawArticle
from newstide.topics import RAW, RESOLVED

RATE, SECONDS, WARM = 20, 30, 200
LOOK = 0.04  # seconds between two queries: by so much, and the query's own time, each latency is too long
LIMIT = 2.0
PATIENCE = 60.0


def main() -> None:
    stream = list(articles(WARM + RATE * SECONDS))
    with service(stream[:WARM]) as running:
        entered = _times(running, RAW.name)  # of the warm ones, to be left out
        feeder = threading.Thread(target=_feed, args=(running, stream[WARM:]))
        feeder.start()
        seen = _watch(running, {article.id for article in stream[WARM:]})
        feeder.join()
        _tell("resolved to queryable", seen, _times(running, RESOLVED.name), LIMIT)
        whole = {id: at for id, at in _times(running, RAW.name).items() if id not in entered}
        _tell("on the log to queryable", seen, whole, None)


def _feed(running: Service, stream: Iterable[RawArticle]) -> None:
    due = time.monotonic()
    for article in stream:
        time.sleep(max(0.0, due - time.monotonic()))
        running.put([article])
        due += 1 / RATE


def _watch(running: Service, wanted: set[str]) -> dict[str, datetime]:
    """When each article was first in a query's answer."""
    seen: dict[str, datetime] = {}
    deadline = time.monotonic() + SECONDS + PATIENCE
    while len(seen) < len(wanted):
        found = running.app.store.query("SELECT id FROM articles").rows
        now = datetime.now(UTC)
        seen |= {id: now for (id,) in found if id in wanted and id not in seen}
        if time.monotonic() > deadline:
            raise TimeoutError(f"{len(seen)} of {len(wanted)} articles can be queried")
        time.sleep(LOOK)
    return seen


def _times(running: Service, topic: str) -> dict[str, datetime]:
    """When the log took each article's record."""
    log = running.app.log
    return {
        record.key: record.time
        for partition, extent in log.extents(topic).items()
        for record in log.read(topic, partition, extent.first, extent.end)
    }


def _tell(what: str, seen: dict[str, datetime], since: dict[str, datetime], limit: float | None) -> None:
    found = sorted((at - since[id]).total_seconds() for id, at in seen.items())
    p50, p99 = found[len(found) // 2], found[len(found) * 99 // 100]
    held = f" (at most {limit:g} s: {report.verdict(found[-1] <= limit)})" if limit else ""
    print(f"{what}, {len(found)} articles: p50 {p50:.2f} s, p99 {p99:.2f} s, max {found[-1]:.2f} s{held}")


if __name__ == "__main__":
    main()
