"""Trains streams/models/boilerplate.npz: `python -m streams.models.training.boilerplate --data ../shared/data`.

A softmax regression (`streams/enrich/learned.py`) on the lines that the rules leave and those that they cut: labels by
hand where there are some, elsewhere what the rules say (`boilerplate_lines`). Prints what cross-validation by host
finds on the pages labelled whole. Deterministic: one seed.
"""

import argparse
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from streams.enrich.learned import BUCKETS, Model
from streams.models.training.boilerplate_lines import CLASSES, Row, rows

OUT = Path(__file__).parents[1] / "boilerplate.npz"
EPOCHS, BATCH, RATE, START, DECAY, SEED, FOLDS = 8, 32, 0.3, 1e-2, 1e-5, 0, 5


def fit(lines: Sequence[Row]) -> Model:
    """By Adagrad; weights rounded to int8, a class with a scale of its own."""
    draw = np.random.default_rng(SEED)
    label, weight = np.array([row.label for row in lines]), np.array([row.weight for row in lines])
    weights, bias = np.zeros((BUCKETS, len(CLASSES)), np.float32), np.zeros(len(CLASSES), np.float32)
    squares, bias_squares = np.full_like(weights, START), np.full_like(bias, START)
    for _ in range(EPOCHS):
        for chunk in np.array_split(draw.permutation(len(lines)), len(lines) // BATCH + 1):
            index = np.concatenate([lines[row].features for row in chunk])
            sizes = np.array([len(lines[row].features) for row in chunk])
            share = (1 / np.sqrt(np.repeat(sizes, sizes)))[:, None]
            logits = np.add.reduceat(weights[index] * share, np.cumsum(sizes) - sizes) + bias
            wrong = np.exp(logits - logits.max(1, keepdims=True))
            wrong /= wrong.sum(1, keepdims=True)
            wrong[np.arange(len(chunk)), label[chunk]] -= 1
            wrong *= weight[chunk][:, None]
            order = np.argsort(index, kind="stable")
            touched, firsts = np.unique(index[order], return_index=True)
            slope = np.add.reduceat((np.repeat(wrong, sizes, axis=0) * share)[order], firsts)
            slope += DECAY * len(chunk) * weights[touched]
            squares[touched] += slope * slope
            weights[touched] -= RATE * slope / np.sqrt(squares[touched])
            bias_squares += wrong.sum(0) ** 2
            bias -= RATE * wrong.sum(0) / np.sqrt(bias_squares)
    scale = np.abs(weights).max(0) / 127
    return Model(CLASSES, np.round(weights / scale).astype(np.int8), scale, bias.astype(np.float32))


def report(lines: Sequence[Row]) -> None:
    """Lines right and wrong by the rules, and what a witness that never saw the host adds to them, by its threshold."""
    fold = np.array([zlib.crc32(row.host.encode()) % FOLDS for row in lines])
    sure, chosen = np.zeros(len(lines)), np.zeros(len(lines), int)
    for number in range(FOLDS):
        tested = [at for at, row in enumerate(lines) if row.gold and fold[at] == number]
        known = fit([row for row, each in zip(lines, fold, strict=True) if each != number])
        chances = known.chances([lines[at].features for at in tested])
        sure[tested], chosen[tested] = 1 - chances[:, 0], 1 + chances[:, 1:].argmax(1)
    right = sum(row.gold and row.cut and row.label > 0 for row in lines)
    wrong = sum(row.gold and row.cut and row.label == 0 for row in lines)
    left = [at for at, row in enumerate(lines) if row.gold and not row.cut]
    missed = sum(lines[at].label > 0 for at in left)
    print(f"rules: right {right}, wrong {wrong}, missed {missed}")
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        cut = [at for at in left if sure[at] >= threshold]
        more = sum(lines[at].label > 0 for at in cut)
        named = sum(lines[at].label == chosen[at] for at in cut)
        precision, recall = (right + more) / (right + wrong + len(cut)), (right + more) / (right + missed)
        print(
            f"from {threshold}: {more} of {len(cut)} more are right, {named} by their reason too, P {precision:.3f} R {recall:.3f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    args = parser.parse_args()
    lines = rows(args.data)
    print(f"{len(lines)} lines, {sum(row.weight == 1 for row in lines)} of them labelled by hand")
    report(lines)
    made = fit(lines)
    np.savez_compressed(OUT, classes=np.array(CLASSES), weights=made.weights, scale=made.scale, bias=made.bias)
    print(f"{OUT.name}: {OUT.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
