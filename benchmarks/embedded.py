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

WARM = 64
LEAST = 0.70
BATCH = Workers().batch

Batch = list[tuple[int, int, bytes]]


@dataclass(frozen=True, slots=True)
class Round:
    """`log`: bytes of the log's file afterwards, with the warm articles, where there is one."""

    articles: int
    took: Measured
    log: int = 0

    @property
    def rate(self) -> float:
        """Articles a second by the clock."""
        return self.articles / self.took.seconds

    @property
    def per_core(self) -> float:
        """Articles a second and core that others left to us: as the clock would say on a machine of our own."""
        return self.articles / (available_cores() * self.took.seconds - self.took.others)

    def milliseconds(self, cpu: float) -> float:
        """CPU seconds of the round as milliseconds an article."""
        return 1000 * cpu / self.articles


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
        return Round(count, took, running.log_bytes())


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
    for plan in sources.known():
        print(f"\n{plan.count:,} articles, {plan.source}; {plan.rounds} rounds, each bare then whole", flush=True)
        job = (plan.source, plan.count)
        pairs = [(fresh(bare, *job), fresh(whole, *job)) for _ in range(plan.rounds)]
        print(*_lines(pairs), sep="\n", flush=True)


def _lines(pairs: list[tuple[Round, Round]]) -> Iterator[str]:
    yield from compared("bare", "whole", pairs)
    cores = _by_core(pairs)
    yield f"by the free core at least {LEAST:.2f}: {report.verdict(cores >= LEAST)}"
    yield "CPU ms an article by thread, medians"
    for name, rounds in (("bare", [a for a, _ in pairs]), ("whole", [b for _, b in pairs])):
        yield f"  {name}: {shares(rounds)}"


def compared(one: str, other: str, pairs: list[tuple[Round, Round]]) -> Iterator[str]:
    """The rounds of the two in a table, and the medians of other ÷ one."""
    yield from report.table(
        ("", "articles/s", "cores of others", "articles/s a free core", "CPU ms an article"),
        [_cells(name, it) for pair in pairs for name, it in zip((one, other), pair, strict=True)],
    )
    clock = median(b.rate / a.rate for a, b in pairs)
    cpu = median(a.milliseconds(a.took.spent) / b.milliseconds(b.took.spent) for a, b in pairs)
    yield (
        f"{other} / {one}, medians: {clock:.2f} by the clock, {_by_core(pairs):.2f} by the free core, "
        f"{cpu:.2f} by CPU time"
    )


def _by_core(pairs: list[tuple[Round, Round]]) -> float:
    return median(b.per_core / a.per_core for a, b in pairs)


def _cells(name: str, one: Round) -> tuple[str, ...]:
    others, cpu = one.took.others / one.took.seconds, one.milliseconds(one.took.spent)
    return name, f"{one.rate:.0f}", f"{others:.2f}", f"{one.per_core:.0f}", f"{cpu:.2f}"


def shares(rounds: list[Round]) -> str:
    names = dict.fromkeys(name for r in rounds for name in r.took.cpu)
    costs = {name: median(r.milliseconds(r.took.cpu.get(name, 0.0)) for r in rounds) for name in names}
    return ", ".join(f"{n} {ms:.2f}" for n, ms in sorted(costs.items(), key=lambda c: -c[1]) if ms >= 0.01)


if __name__ == "__main__":
    main()
