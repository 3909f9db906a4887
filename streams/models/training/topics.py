"""Trains streams/models/topics.npz: `python -m streams.models.training.topics --data ../shared/data`.

One-vs-rest logistic regression on hashed words and word pairs, by Adagrad; then one temperature and bias per
topic fitted on rows that were not trained on (Platt), weights rounded to int8. Prints the scores on rows that
were neither trained nor calibrated on. Deterministic: one seed, no threads that matter.
"""

import argparse
import gzip
import json
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from streams.enrich import topics
from streams.enrich.topics import BUCKETS, Floats

SEED, EPOCHS, BATCH, RATE, DECAY = 7, 12, 64, 0.5, 1e-6
# Fewer rows than this teach a topic nothing that holds elsewhere; seed words speak for it instead.
FEWEST = 60
OUT = Path(__file__).parents[1] / "topics.npz"
# name → (path under --data, key of the label, keys of the text)
SETS = {
    "huffpost": ("topic/huffpost_subset.open.jsonl.gz", "category", "headline", "short_description"),
    "masakhanews": ("topic/masakhanews_eng.train50_dev.jsonl.gz", "label", "title", "text"),
    "bbc": ("topic/bbc_news.open.jsonl.gz", "label", "title", "text"),
    "uci_news_aggregator": ("cluster/uci_news_aggregator_part.open.jsonl.gz", "category", "title", ""),
    "agnews": ("topic/agnews_testpart30.dev.jsonl.gz", "label", "title", "text"),
}
Row = tuple[str, str, frozenset[str], str]
Vector = tuple[npt.NDArray[np.int64], Floats]


def part_of(source: str, row: dict[str, Any], title: str) -> str:
    """train, calibrate or test; by a hash of the title, so that repeated articles stay on one side."""
    if source == "agnews" or row.get("split") == "dev":
        return "test"
    draw = zlib.crc32(title.casefold().encode()) % 10
    if source in {"masakhanews", "uci_news_aggregator"}:
        return "train"  # UCI's rows are many headlines of 61 stories: they say nothing about new stories
    if source == "bbc":
        return "train" if draw < 4 else "calibrate" if draw < 5 else "test"
    return "train" if draw < 7 else "calibrate" if draw < 8 else "test"


def read(data: Path) -> dict[tuple[str, str], list[Row]]:
    """(set, part) → rows of (title, text, topics). Labels that map to none or to several at once are left out."""
    labels = json.loads((data / "topic/label_to_iptc_top.json").read_text())["map"]
    parts: dict[tuple[str, str], list[Row]] = {}
    for source, (path, label, head, body) in SETS.items():
        for row in _lines(data / path):
            mapped = labels[source].get(row[label])
            if mapped and not (source == "agnews" and len(mapped) > 1):
                part = part_of(source, row, row[head])
                parts.setdefault((source, part), []).append((row[head], row.get(body, ""), frozenset(mapped), source))
    return parts


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def fit(vectors: list[Vector], gold: Floats) -> tuple[Floats, Floats]:
    """Weights (buckets × topics) and bias, by Adagrad on the log loss."""
    order = np.random.default_rng(SEED)
    weights = np.zeros((BUCKETS, gold.shape[1]), np.float32)
    squares = np.full_like(weights, 1e-3)
    bias, bias_squares = np.zeros(gold.shape[1], np.float32), np.full(gold.shape[1], 1e-3, np.float32)
    for _ in range(EPOCHS):
        for chunk in np.array_split(order.permutation(len(vectors)), max(1, len(vectors) // BATCH)):
            index = np.concatenate([vectors[i][0] for i in chunk])
            value = np.concatenate([vectors[i][1] for i in chunk])
            owner = np.repeat(np.arange(len(chunk)), [len(vectors[i][0]) for i in chunk])
            logits = np.zeros((len(chunk), gold.shape[1]), np.float32)
            np.add.at(logits, owner, weights[index] * value[:, None])
            error = (1 / (1 + np.exp(-(logits + bias))) - gold[chunk]) / len(chunk)
            touched, inverse = np.unique(index, return_inverse=True)
            slope = np.zeros((len(touched), gold.shape[1]), np.float32)
            np.add.at(slope, inverse, error[owner] * value[:, None])
            slope += DECAY * weights[touched]
            squares[touched] += slope * slope
            weights[touched] -= RATE * slope / np.sqrt(squares[touched])
            bias_squares += error.sum(0) ** 2
            bias -= RATE * error.sum(0) / np.sqrt(bias_squares)
    return weights, bias


def logits_of(vectors: list[Vector], weights: Floats, scale: Floats, bias: Floats) -> Floats:
    return np.stack([(v @ weights[i].astype(np.float32)) * scale + bias for i, v in vectors])


def calibrate(logits: Floats, gold: Floats) -> tuple[Floats, Floats]:
    """Per topic a slope and an offset (Platt 1999, with his smoothed targets); few rows keep them near the start."""
    slope, offset = np.ones(logits.shape[1], np.float64), np.zeros(logits.shape[1], np.float64)
    positive, negative = gold.sum(0), (1 - gold).sum(0)
    target = gold * ((positive + 1) / (positive + 2)) + (1 - gold) * (1 / (negative + 2))
    for _ in range(2000):
        chance = 1 / (1 + np.exp(-(logits * slope + offset)))
        error = (chance - target) / len(logits)
        slope -= 2.0 * ((error * logits).sum(0) + 1e-3 * (slope - 1))
        offset -= 2.0 * (error.sum(0) + 1e-3 * offset)
    return slope.astype(np.float32), offset.astype(np.float32)


def matrix(rows: list[Row], ids: tuple[str, ...]) -> Floats:
    return np.array([[1.0 if t in row[2] else 0.0 for t in ids] for row in rows], np.float32)


def train(parts: dict[tuple[str, str], list[Row]]) -> None:
    """Fits, calibrates, rounds to int8 and writes the model."""
    rows = [row for (_, part), some in sorted(parts.items()) if part == "train" for row in some]
    held = [row for (_, part), some in sorted(parts.items()) if part == "calibrate" for row in some]
    counts = Counter(t for row in rows for t in row[2])
    ids = tuple(sorted(t for t, n in counts.items() if n >= FEWEST))
    weights, bias = fit([topics.features(r[0], r[1]) for r in rows], matrix(rows, ids))
    step = np.abs(weights).max(0) / 127
    small = np.round(weights / step).astype(np.int8)
    vectors = [topics.features(r[0], r[1]) for r in held]
    slope, offset = calibrate(logits_of(vectors, small, step, bias), matrix(held, ids))
    scale, bias = (step * slope).astype(np.float32), (bias * slope + offset).astype(np.float32)
    np.savez_compressed(OUT, weights=small, scale=scale, bias=bias, topics=np.array(ids))
    print(f"trained on {len(rows)} rows, calibrated on {len(held)}, {OUT.name} {OUT.stat().st_size // 1024} KiB")


def report(parts: dict[tuple[str, str], list[Row]]) -> None:
    """Scores of the whole step (model and seed words) on the rows neither trained nor calibrated on."""
    for (source, part), rows in sorted(parts.items()):
        if part != "test":
            continue
        given = [tuple(t.id for t in topics.classify(r[0], r[1], "en")) for r in rows]
        answered = sum(bool(g) for g in given)
        right = sum(bool(g) and g[0] in r[2] for g, r in zip(given, rows, strict=True))
        found = sum(len(r[2] & set(g)) for g, r in zip(given, rows, strict=True))
        print(
            f"{source}: {len(rows)} rows, answered {answered / len(rows):.3f}, best topic right {right / max(1, answered):.3f}"
        )
        print(
            f"  precision {found / max(1, sum(map(len, given))):.3f} recall {found / sum(len(r[2]) for r in rows):.3f}"
        )
        for topic in sorted({t for r in rows for t in r[2]}):
            gold = [topic in r[2] for r in rows]
            said = [topic in g for g in given]
            both = sum(a and b for a, b in zip(gold, said, strict=True))
            print(f"  {topic} n={sum(gold)} precision {both / max(1, sum(said)):.3f} recall {both / sum(gold):.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--report-only", action="store_true")
    args = parser.parse_args()
    parts = read(args.data)
    if not args.report_only:
        train(parts)
        topics.model.cache_clear()
    report(parts)


if __name__ == "__main__":
    main()
