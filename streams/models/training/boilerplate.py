"""Trains streams/models/boilerplate.npz: `python -m streams.models.training.boilerplate --data ../shared/data`.

Regressions (`streams/enrich/learned.py`) on the lines that the rules leave and those that they cut: whether a line goes,
with a page and without, and why. Labels by hand where there are some, elsewhere what the rules say (`boilerplate_lines`). Prints what
cross-validation by host finds on the pages labelled whole, with their markup and without, and on the written lines; and how many lines of
clean texts would go. Deterministic: one seed.
"""

import argparse
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from streams.enrich.learned import SIZE, Model
from streams.models.training.boilerplate_lines import CLASSES, Row, rows

OUT = Path(__file__).parents[1] / "boilerplate.npz"
EPOCHS, BATCH, RATE, START, DECAY, SEED, FOLDS = 12, 128, 0.3, 1e-2, 1e-5, 0, 5
Floats = npt.NDArray[np.floating[Any]]


class Table(NamedTuple):
    """The features of rows, one row after another, each with its share of its group; where each row begins, and its size."""

    hashes: npt.NDArray[np.int32]
    share: Floats
    begins: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]

    def of(self, chosen: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], Floats]:
        """(row by its place among the chosen, feature, share)."""
        sizes = self.sizes[chosen]
        row = np.repeat(np.arange(len(chosen)), sizes)
        at = np.arange(len(row)) + np.repeat(self.begins[chosen] - np.cumsum(sizes) + sizes, sizes)
        return row, self.hashes[at], self.share[at]


def table(lines: Sequence[Row]) -> Table:
    groups = [group for row in lines for group in row.features]
    sizes = np.array([sum(map(len, row.features)) for row in lines])
    counts = np.array(list(map(len, groups)))
    share = np.repeat(1 / np.sqrt(np.maximum(counts, 1)), counts).astype(np.float32)
    return Table(np.concatenate(groups).astype(np.int32), share, np.cumsum(sizes) - sizes, sizes)


def fit(lines: Sequence[Row]) -> Model:
    """Weights rounded to int8, a row of them with a scale of its own."""
    lines = [row for row in lines if row.weight]
    # A page's markup, in which the written lines never stood, is to outweigh where they were put.
    of_pages, gone = [row for row in lines if row.seen != "written"], [row for row in lines if row.label]
    why = np.eye(len(CLASSES) - 1)[[row.label - 1 for row in gone]]
    found = [_regression(of_pages, _goes(of_pages)), _regression(lines, _goes(lines)), _regression(gone, why)]
    weights, bias = (np.concatenate(parts) for parts in zip(*found, strict=True))
    scale = np.maximum(np.abs(weights).max(1), 1e-6) / 127
    whole = np.round(weights / scale[:, None]).astype(np.int8)
    return Model(CLASSES[1:], whole, scale.astype(np.float32), bias.astype(np.float32))


def _goes(lines: Sequence[Row]) -> npt.NDArray[np.float64]:
    return np.array([[float(row.label > 0)] for row in lines])


def _regression(lines: Sequence[Row], wanted: npt.NDArray[np.float64]) -> tuple[Floats, Floats]:
    """By Adagrad, the mean of the later half of the epochs: logistic for one column, softmax for several."""
    draw, features, columns = np.random.default_rng(SEED), table(lines), wanted.shape[1]
    weight = np.array([row.weight for row in lines])
    weights, bias = np.zeros((columns, SIZE), np.float32), np.zeros(columns, np.float32)
    squares, bias_squares = np.full_like(weights, START), np.full_like(bias, START)
    mean, bias_mean = np.zeros_like(weights), np.zeros_like(bias)
    for epoch in range(EPOCHS):
        for chunk in np.array_split(draw.permutation(len(lines)), len(lines) // BATCH + 1):
            row, index, share = features.of(chunk)
            logits = np.stack([np.bincount(row, each[index] * share, len(chunk)) for each in weights], 1) + bias
            wrong = (_chances(logits) - wanted[chunk]) * weight[chunk][:, None]
            for column in range(columns):
                slope = np.bincount(index, wrong[row, column] * share, SIZE).astype(np.float32)
                slope += DECAY * len(chunk) * weights[column] * (slope != 0)
                squares[column] += slope * slope
                weights[column] -= RATE * slope / np.sqrt(squares[column])
            bias_squares += wrong.sum(0) ** 2
            bias -= RATE * wrong.sum(0) / np.sqrt(bias_squares)
        if epoch >= EPOCHS // 2:
            mean, bias_mean = mean + weights, bias_mean + bias
    return mean / (EPOCHS - EPOCHS // 2), bias_mean / (EPOCHS - EPOCHS // 2)


def _chances(logits: Floats) -> Floats:
    if logits.shape[1] == 1:
        return np.asarray(1 / (1 + np.exp(-logits)))
    powers = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(powers / powers.sum(1, keepdims=True))


def report(lines: Sequence[Row]) -> None:
    """Lines right and wrong by the rules, and what a witness that never saw the host adds to them, by its threshold."""
    fold = np.array([zlib.crc32(row.host.encode()) % FOLDS for row in lines])
    sure, named = np.zeros(len(lines)), [""] * len(lines)
    for number in range(FOLDS):
        known = fit([row for row, each in zip(lines, fold, strict=True) if each != number])
        for at in map(int, np.flatnonzero(fold == number)):
            if lines[at].seen and not lines[at].cut:
                found = [(group, np.zeros(len(group), np.int64)) for group in lines[at].features]
                sure[at] = known.chances(found, 1, alone=lines[at].seen != "page")[0]
                named[at] = known.why(found, 0) if lines[at].label else ""
    for seen in ("page", "text", "written"):
        _told(seen, [(row, sure[at], named[at]) for at, row in enumerate(lines) if row.seen == seen])
    clean = [at for at, row in enumerate(lines) if row.seen == "clean"]
    texts = len({lines[at].host for at in clean})
    for threshold in (0.6, 0.7, 0.8, 0.85, 0.9):
        print(f"clean: from {threshold} {int((sure[clean] >= threshold).sum())} lines of {texts} texts go")


def _told(seen: str, found: Sequence[tuple[Row, float, str]]) -> None:
    right = sum(row.cut and row.label > 0 for row, *_ in found)
    wrong = sum(row.cut and row.label == 0 for row, *_ in found)
    left = [each for each in found if not each[0].cut]
    missed = sum(row.label > 0 for row, *_ in left)
    print(f"{seen}: the rules right {right}, wrong {wrong}, missed {missed}")
    for threshold in (0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8, 0.85, 0.9):
        cut = [each for each in left if each[1] >= threshold]
        more = sum(row.label > 0 for row, *_ in cut)
        named = sum(row.label > 0 and CLASSES[row.label] == why for row, _, why in cut)
        precision, recall = (right + more) / (right + wrong + len(cut)), (right + more) / (right + missed)
        print(
            f"from {threshold}: {more} of {len(cut)} more are right, {named} by their reason too, P {precision:.3f} R {recall:.3f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    args = parser.parse_args()
    lines = rows(args.data)
    print(f"{len(lines)} rows, {sum(row.weight == 1 for row in lines)} of them labelled by hand", flush=True)
    made = fit(lines)
    np.savez_compressed(OUT, reasons=np.array(made.reasons), weights=made.weights, scale=made.scale, bias=made.bias)
    print(f"{OUT.name}: {OUT.stat().st_size // 1024} KiB", flush=True)
    report(lines)


if __name__ == "__main__":
    main()
