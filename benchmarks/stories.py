"""python -m benchmarks.stories: how well articles are put into stories, online, beside two simpler ways.

B³ (Bagga and Baldwin 1998) on our parts of the UCI news aggregator (headlines only, in time order) and of ECB+ topics 1-35
(full text; it has no times, so the scores are means over the file's order and four seeded ones). One setting for both sets; the
rivals have the best threshold of each set, found in its first order.
Stories are halved by the CRC-32 of their name: parameters are tuned on the even half, the odd half is reported. All
articles run in every case; a half is scored on its own articles, clusters counted whole.
"""

import math
import random
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from newstide.records import Article, RawArticle
from streams.enrich import vector
from streams.enrich.words import words
from streams.models.training import jsonl
from streams.pipeline import enrich
from streams.resolve.resolver import Resolver

DATA = Path(__file__).parents[2] / "shared" / "data" / "cluster"
START = datetime(2026, 3, 1, tzinfo=UTC)
BATCH = 64
UNTIMED, SEEDS = "ECB+ full text", range(1, 5)
Point = tuple[np.ndarray, np.ndarray]  # where its numbers are not 0, and the numbers


@dataclass(frozen=True, slots=True)
class Labelled:
    article: Article
    story: str

    @property
    def held(self) -> bool:
        """Whether its story was not tuned on."""
        return zlib.crc32(self.story.encode()) % 2 == 1


@dataclass(frozen=True, slots=True)
class Score:
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def b3(gold: Sequence[str], found: Sequence[object], counted: Sequence[bool]) -> Score:
    """Over the articles that are counted."""
    golds, founds, both = Counter(gold), Counter(found), Counter(zip(gold, found, strict=True))
    pairs = [(g, f) for g, f, own in zip(gold, found, counted, strict=True) if own]
    precision = sum(both[g, f] / founds[f] for g, f in pairs) / len(pairs)
    return Score(precision, sum(both[g, f] / golds[g] for g, f in pairs) / len(pairs))


def sets() -> dict[str, list[Labelled]]:
    """Raises FileNotFoundError where the data is not there."""
    return {"UCI headlines": list(_enriched(_uci())), UNTIMED: list(_enriched(_ecb()))}


def orders(name: str, rows: Sequence[Labelled]) -> list[Sequence[Labelled]]:
    """The orders in which a set is read; times stay where they are."""
    return [rows, *(_shuffled(rows, seed) for seed in SEEDS)] if name == UNTIMED else [rows]


def _shuffled(rows: Sequence[Labelled], seed: int) -> list[Labelled]:
    mixed = random.Random(seed).sample(rows, len(rows))
    return [
        replace(row, article=replace(row.article, fetched=placed.article.fetched))
        for row, placed in zip(mixed, rows, strict=True)
    ]


def _lines(name: str) -> Iterator[dict[str, Any]]:
    return jsonl.rows(DATA / f"{name}.jsonl.gz")


def _uci() -> Iterator[tuple[str, RawArticle]]:
    for row in sorted(_lines("uci_news_aggregator_part.open"), key=lambda r: (r["ts_ms"], r["id"])):
        at = datetime.fromtimestamp(row["ts_ms"] / 1000, UTC)
        outlet = row["publisher"] or row["host"] or "x"
        yield row["story"], _raw(str(row["id"]), outlet, row["title"], None, at)


def _ecb() -> Iterator[tuple[str, RawArticle]]:
    for place, row in enumerate(_lines("ecbplus.topics1-35")):
        title, *text = row["sentences"]
        yield row["story"], _raw(row["id"], f"o{place}", title, "\n".join(text), START + timedelta(minutes=place))


def _raw(name: str, outlet: str, title: str, text: str | None, at: datetime) -> RawArticle:
    url = f"https://{zlib.crc32(outlet.encode()):x}.example/{name}"
    return RawArticle(id=name, outlet=outlet, url=url, fetched=at, title=title, text=text, language="en")


def _enriched(rows: Iterator[tuple[str, RawArticle]]) -> Iterator[Labelled]:
    listed = list(rows)
    for at in range(0, len(listed), BATCH):
        batch = listed[at : at + BATCH]
        outcomes = enrich([(None, raw) for _, raw in batch])
        yield from (Labelled(o, story) for o, (story, _) in zip(outcomes, batch, strict=True) if isinstance(o, Article))


def ours(rows: Sequence[Labelled]) -> list[str]:
    """The whole resolver: copies are folded first, and are in their original's story."""
    texts = [f"{row.article.title}\n{row.article.text}" for row in rows]
    resolver, found = Resolver(lambda offset: texts[offset]), []
    moved: dict[str, str] = {}
    for offset, row in enumerate(rows):
        decision = resolver.decide(row.article, offset)
        resolver.apply(decision)
        found.append(decision.story or "")
        moved |= {move.source: move.target for move in decision.moves}
    return [_followed(moved, story) for story in found]


def _followed(moved: dict[str, str], story: str) -> str:
    while moved.get(story, story) != story:
        story = moved[story]
    return story


def single_pass(points: Sequence[Point], width: int, threshold: float) -> list[int]:
    """Each joins the cluster whose sum is nearest, if its cosine reaches the threshold."""
    sums, squares = np.zeros((width, len(points)), np.float32), np.zeros(len(points), np.float32)
    found: list[int] = []
    held = 0
    for at, values in points:
        products = values @ sums[at, :held]
        likeness = products / np.sqrt(np.maximum(squares[:held], 1e-9))
        best = int(likeness.argmax()) if held else -1
        if best < 0 or likeness[best] < threshold:
            best, held, shared = held, held + 1, 0.0
        else:
            shared = float(products[best])
        sums[at, best] += values
        squares[best] += 2 * shared + float(values @ values)
        found.append(best)
    return found


def tfidf(rows: Sequence[Labelled]) -> tuple[list[Point], int]:
    """Logarithmic counts by inverse document frequency; frequencies of the whole set, which flatters it."""
    bags = [Counter(words(f"{row.article.title} {row.article.text}")) for row in rows]
    frequency = Counter(word for bag in bags for word in bag)
    column = {word: n for n, (word, count) in enumerate(frequency.most_common()) if count > 1}
    points = []
    for bag in bags:
        own = {column[w]: (1 + math.log(n)) * math.log(len(rows) / frequency[w]) for w, n in bag.items() if w in column}
        points.append((np.array(list(own), np.int64), _unit(np.array(list(own.values()), np.float32))))
    return points, len(column)


def vectors(rows: Sequence[Labelled]) -> tuple[list[Point], int]:
    every = np.arange(vector.WIDTH)
    given = (vector.read(row.article.vector) for row in rows)
    none = np.zeros(vector.WIDTH, np.float32)
    return [(every, none if g is None else _unit(g.astype(np.float32))) for g in given], vector.WIDTH


def _unit(values: np.ndarray) -> np.ndarray:
    return values / max(float(np.linalg.norm(values)), 1e-9)


def part(rows: Sequence[Labelled], found: Sequence[object], half: bool | None = None) -> Score:
    """On the held half (True), the tuned one (False), or all."""
    return b3([row.story for row in rows], found, [half is None or row.held == half for row in rows])


def mean(scores: Sequence[Score]) -> Score:
    """Of precisions, and of recalls."""
    count = len(scores)
    return Score(sum(s.precision for s in scores) / count, sum(s.recall for s in scores) / count)


def report(name: str, rows: Sequence[Labelled]) -> None:
    read = orders(name, rows)

    def line(who: str, way: Callable[[Sequence[Labelled]], Sequence[object]], note: str) -> None:
        found = [(order, way(order)) for order in read]
        cells = [mean([part(order, named, half) for order, named in found]) for half in (True, False, None)]
        shown = " | ".join(f"{c.f1:.3f} ({c.precision:.3f}, {c.recall:.3f})" for c in cells)
        each = " ".join(f"{part(order, named, True).f1:.3f}" for order, named in found)
        print(f"| {name} | {who} | {shown} | {each} | {len(set(found[0][1]))} | {note} |", flush=True)

    line("newstide", ours, "one setting")
    for who, points_of in (("single-pass TF-IDF", tfidf), ("single-pass MiniLM", vectors)):
        points, width = points_of(rows)
        tried = [(part(rows, single_pass(points, width, step / 50)).f1, step / 50) for step in range(2, 42, 2)]
        threshold = max(tried, key=lambda t: t[0])[1]
        line(who, _at(points_of, threshold), f"at {threshold:.2f}")


def _at(
    points_of: Callable[[Sequence[Labelled]], tuple[list[Point], int]], threshold: float
) -> Callable[[Sequence[Labelled]], Sequence[object]]:
    return lambda rows: single_pass(*points_of(rows), threshold)


def main() -> int:
    try:
        found = sets()
    except FileNotFoundError as e:
        print(f"needs {e.filename}", file=sys.stderr)
        return 2
    print(
        "| set | who | held half: F1 (P, R) | tuned half | all | held, by order | clusters | |\n|---|---|---|---|---|---|---|---|"
    )
    for name, rows in found.items():
        report(name, rows)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
