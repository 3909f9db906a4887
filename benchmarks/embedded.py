"""The embedded way through log, pool, resolver and sink, beside the bare steps on the same cores.

Both take the same articles, text in hand, in rounds that alternate, each in a fresh process.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from statistics import median

from benchmarks import report, sources
from benchmarks.measure import Measured, fresh, measured
from benchmarks.service import service
from newstide.records import Article, RawArticle, decode, encode
from newstide.settings import Workers
from newstide.workers import available_cores
from streams.pipeline import enrich_bytes
from streams.resolve.resolver import Resolver

ROUNDS = 3
WARM = 400
LEAST = 0.70
BATCH = Workers().batch

Batch = list[tuple[int, int, bytes]]


@dataclass(frozen=True, slots=True)
class Round:
    articles: int
    took: Measured

    @property
    def rate(self) -> float:
        return self.articles / self.took.seconds

    def per_article(self, seconds: float) -> float:
        """Milliseconds."""
        return 1000 * seconds / self.articles


def bare(source: str, count: int) -> Round:
    """`enrich_bytes` in as many plain processes as there are cores, and the resolver in a loop here."""
    records = list(sources.read(source, count + WARM))
    resolver = BareResolver()
    with get_context("spawn").Pool(available_cores()) as pool:
        for answers in pool.imap(enrich_bytes, _batches(records[:WARM])):
            resolver.take(answers)
        with measured() as took:
            for answers in pool.imap(enrich_bytes, _batches(records[WARM:])):
                resolver.take(answers)
    return Round(count, took)


def whole(source: str, count: int) -> Round:
    """From "all on the log, workers warm" to "all queryable", as `newstide run` does it."""
    records = list(sources.read(source, count + WARM))
    with service(records[:WARM]) as running:
        running.put(records[WARM:])
        with measured() as took:
            running.drain()
        ended = running.app.store.query("SELECT count() FROM ended_rows").scalar()
        if running.stored() + ended != count + WARM:
            raise AssertionError(f"{running.stored()} stored and {ended} ended of {count + WARM}")
    return Round(count, took)


class BareResolver:
    """Decides and applies; texts in a dictionary."""

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}
        self._resolver = Resolver(self._texts.get)

    def take(self, answers: Sequence[tuple[str, bytes]]) -> None:
        for kind, body in answers:
            if kind == "article":
                article, place = decode(body, Article), len(self._texts)
                self._texts[place] = f"{article.title}\n{article.text}"
                self._resolver.apply(self._resolver.decide(article, place))


def _batches(records: list[RawArticle]) -> list[Batch]:
    values = iter([(0, place, encode(record)) for place, record in enumerate(records)])
    return list(iter(lambda: list(islice(values, BATCH)), []))


def main() -> None:
    for source, count in sources.known():
        print(f"\n{count:,} articles, {source}; {ROUNDS} rounds, each bare then whole")
        pairs = [(fresh(bare, source, count), fresh(whole, source, count)) for _ in range(ROUNDS)]
        for line in _lines(pairs):
            print(line)


def _lines(pairs: list[tuple[Round, Round]]) -> Iterator[str]:
    yield from report.table(
        ("round", "bare /s", "whole /s", "ratio", "bare CPU ms", "whole CPU ms", "others' cores: bare", "whole"),
        [
            (
                f"{number}",
                f"{a.rate:.0f}",
                f"{b.rate:.0f}",
                f"{b.rate / a.rate:.2f}",
                f"{a.per_article(a.took.spent):.2f}",
                f"{b.per_article(b.took.spent):.2f}",
                f"{a.took.others / a.took.seconds:.2f}",
                f"{b.took.others / b.took.seconds:.2f}",
            )
            for number, (a, b) in enumerate(pairs, 1)
        ],
    )
    wall = median(b.rate / a.rate for a, b in pairs)
    cpu = median(a.per_article(a.took.spent) / b.per_article(b.took.spent) for a, b in pairs)
    yield f"ratio by the clock {wall:.2f}, by CPU per article {cpu:.2f} (at least {LEAST:.2f}: {report.verdict(wall >= LEAST)})"
    yield "CPU ms per article, medians of the rounds"
    for name, rounds in (("bare", [a for a, _ in pairs]), ("whole", [b for _, b in pairs])):
        yield f"  {name}: {_shares(rounds)}"


def _shares(rounds: list[Round]) -> str:
    names = dict.fromkeys(name for r in rounds for name in r.took.cpu)
    costs = {name: median(r.per_article(r.took.cpu.get(name, 0.0)) for r in rounds) for name in names}
    return ", ".join(f"{n} {ms:.2f}" for n, ms in sorted(costs.items(), key=lambda c: -c[1]) if ms >= 0.01)


if __name__ == "__main__":
    main()
