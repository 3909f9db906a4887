"""python -m benchmarks.churn [articles]: how many articles change the id of their story, a day, in a replay of two streams.

Headlines of google_news_top_captures and newswire of reuters21578_stream, the first `articles` of each (15,000), through enrich and the resolver
in the order of their time. An article changes its id when its story is merged into an older one after it came, or comes back from one;
counted by the day on which it does, and held against the articles of the last seven days, as long as the log keeps them.
"""

import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks import report
from newstide.records import Article, RawArticle
from streams.models.training import jsonl
from streams.pipeline import enrich
from streams.resolve.resolver import Resolver

DATA = Path(__file__).parents[2] / "shared" / "data" / "stream"
ARTICLES, BATCH, DAYS = 15_000, 64, 7


def headlines() -> Iterator[RawArticle]:
    """Each headline of an outlet once, when it was first seen."""
    seen: set[tuple[str, str]] = set()
    for capture in _lines("google_news_top_captures"):
        at = _time(capture["captured"])
        for headline, outlet in capture["items"]:
            if headline and (headline, outlet) not in seen:
                seen.add((headline, outlet))
                yield _raw(len(seen), outlet or "x", at, headline, None)


def newswire() -> Iterator[RawArticle]:
    for number, row in enumerate(_lines("reuters21578_stream")):
        if row["date"] and (row["title"] or row["body"]):
            yield _raw(number, "Reuters", _time(row["date"]), row["title"] or "", row["body"])


def _lines(name: str) -> Iterator[dict[str, Any]]:
    return jsonl.rows(DATA / f"{name}.jsonl.gz")


def _time(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _raw(number: int, outlet: str, at: datetime, title: str, text: str | None) -> RawArticle:
    url = f"https://stream.example/{number}"
    return RawArticle(id=str(number), outlet=outlet, url=url, fetched=at, title=title, text=text, language="en")


@dataclass
class Ids:
    """Which id each article has: that of the story it was decided for, or what that has moved to since."""

    decided: Counter[str] = field(default_factory=Counter)
    moved: dict[str, str] = field(default_factory=dict)
    splits: int = 0

    def move(self, source: str, target: str) -> int:
        """Gives how many articles changed their id."""
        before, self.moved[source] = self.moved.get(source, source), target
        self.splits += source == target
        return self.decided[source] if before != target else 0

    def sizes(self) -> Counter[str]:
        """Articles by the id that they have."""
        sizes: Counter[str] = Counter()
        for story, count in self.decided.items():
            sizes[self.moved.get(story, story)] += count
        return sizes


def replay(raws: list[RawArticle]) -> tuple[list[datetime], list[tuple[datetime, int]], Ids]:
    """When articles came, how many changed their id when, and the ids at the end."""
    texts: dict[int, str] = {}
    resolver = Resolver(texts.get)
    came: list[datetime] = []
    changes: list[tuple[datetime, int]] = []
    ids = Ids()
    for at in range(0, len(raws), BATCH):
        for article in enrich([(None, raw) for raw in raws[at : at + BATCH]]):
            if not isinstance(article, Article):
                continue
            decision = resolver.decide(article, len(came))
            resolver.apply(decision)
            texts[len(came)] = f"{article.title}\n{article.text}"
            came.append(article.fetched)
            changes += ((article.fetched, ids.move(move.source, move.target)) for move in decision.moves)
            if decision.dropped is None and decision.version == 1:
                ids.decided[decision.story or ""] += 1
    return came, changes, ids


def rates(came: list[datetime], changes: list[tuple[datetime, int]]) -> list[float]:
    """Of each day with articles: the articles that changed their id, by those of the last seven days."""
    changed: Counter[object] = Counter()
    for at, count in changes:
        changed[at.date()] += count
    found = []
    for day in sorted({at.date() for at in came}):
        end = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
        found.append(changed[day] / max(bisect_right(came, end) - bisect_right(came, end - timedelta(days=DAYS)), 1))
    return found


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ARTICLES
    lines = []
    for name, source in (("headlines", headlines()), ("newswire", newswire())):
        raws = sorted(islice(source, count), key=lambda raw: raw.fetched)
        came, changes, ids = replay(raws)
        daily, held = rates(came, changes), ids.sizes()
        alone = sum(size == 1 for size in held.values())
        shown = (
            f"{len(came):,}",
            f"{len(daily)}",
            f"{len(held):,}",
            f"{alone / len(came):.2f}",
            f"{max(held.values())}",
            f"{ids.splits}",
        )
        moved = sum(count for _, count in changes)
        lines.append((name, *shown, f"{moved / len(came):.4f}", f"{sum(daily) / len(daily):.4%}", f"{max(daily):.2%}"))
    head = (
        "stream",
        "articles",
        "days",
        "stories",
        "alone",
        "largest",
        "splits",
        "changed ever",
        "a day, mean",
        "worst day",
    )
    print(*report.table(head, lines), sep="\n")


if __name__ == "__main__":
    main()
