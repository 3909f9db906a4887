"""Scores of the enrich step on data outside the repository; they may not fall below what is pinned here.

They are scores on our part of each set, not comparable with published ones.
"""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newstide.records import Article, RawArticle, pack
from streams.enrich import topics
from streams.models.training import topics as training
from streams.pipeline import enrich

DATA = Path(__file__).parents[3] / "shared" / "data"
pytestmark = pytest.mark.slow


def lines(path: str) -> Iterator[dict[str, Any]]:
    file = DATA / path
    if not file.exists():
        pytest.skip(f"needs ../shared/data/{path}")
    with gzip.open(file, "rt", encoding="utf-8") as text:
        yield from map(json.loads, text)


@pytest.mark.parametrize(
    ("source", "least"), [("bbc", 0.93), ("masakhanews", 0.80), ("huffpost", 0.80), ("agnews", 0.62)]
)
def test_best_topic_on_rows_not_trained_on(source: str, least: float) -> None:
    for path, *_ in training.SETS.values():
        next(lines(path))
    rows = training.read(DATA)[source, "test"]
    best = [(found[0].id, row[2]) for row in rows if (found := topics.classify(row[0], row[1], "en"))]
    right = sum(topic in gold for topic, gold in best) / len(best)
    print(f"{source}: answered {len(best) / len(rows):.3f}, best topic right {right:.3f}")
    assert right >= least
    assert len(best) / len(rows) >= 0.3


def test_extraction_f1() -> None:
    """Bags of four-word shingles against the human body text, averaged over pages."""
    scores = []
    for row in lines("extract/zyte_article_extraction.open.jsonl.gz"):
        raw = RawArticle(
            id="1",
            outlet="o",
            url=row["url"],
            fetched=datetime(2026, 3, 3, tzinfo=UTC),
            page=pack(row["html"].encode()),
            title="T",
        )
        [outcome] = enrich([(None, raw)])
        text = outcome.text if isinstance(outcome, Article) else ""
        scores.append(_shingle_f1(text, row["articleBody"]))
    print(f"pages {len(scores)}, F1 {sum(scores) / len(scores):.3f}")
    assert sum(scores) / len(scores) >= 0.90


def _shingle_f1(ours: str, gold: str) -> float:
    one, two = ({tuple(w[i : i + 4]) for i in range(len(w) - 3)} for w in (ours.split(), gold.split()))
    return 2 * len(one & two) / max(1, len(one) + len(two))
