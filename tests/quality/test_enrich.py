"""Scores of the enrich step on data outside the repository; they may not fall below what is pinned here.

They are scores on our part of each set, not comparable with published ones.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from streams.enrich import topics
from streams.models.training import topics as training

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
