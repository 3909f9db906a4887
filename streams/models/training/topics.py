"""Trains streams/models/topics.npz: `python -m streams.models.training.topics --data ../shared/data`.

Over the top-level topics, a small network with one hidden layer on the article's vector (by Adam) and a softmax regression on
hashed words and word pairs (by Adagrad, then rounded to int8); at run time their probabilities are averaged. Where a row
allows several topics, the loss is that of their sum. Prints the scores on rows that were not trained on. Deterministic: one seed.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from streams.enrich import topics, vector
from streams.enrich.network import Floats, Network, softmax
from streams.enrich.topics import BUCKETS
from streams.models.training.topic_sets import SEED, Row, codes, read

OUT = Path(__file__).parents[1] / "topics.npz"
TOPICS = tuple(sorted(codes(*range(1, 18))))
# On words: passes, rows at once, Adagrad's step and its start, pull towards 0.
EPOCHS, BATCH, RATE, START, DECAY = 8, 64, 0.5, 1e-3, 1e-5
# A softmax regression on vectors, for the second level.
V_EPOCHS, V_BATCH, V_RATE, V_DECAY = 25, 512, 0.05, 1e-4
# The network on vectors: its parts, trained one by one and then read as one; the hidden units of each; the share of them left out at a time;
# how far each number of a point (they are .05 in the mean) is shaken each time that it is shown.
PARTS, HIDDEN, DROPPED, SHAKEN = 3, 256, 0.5, 0.04
H_EPOCHS, H_BATCH, H_RATE, H_DECAY = 12, 256, 2e-3, 1e-3
Features = tuple[npt.NDArray[np.int64], Floats]


class Lesson(NamedTuple):
    """What is to be learned of a text: one of `topics`."""

    title: str
    text: str
    topics: frozenset[str]
    weight: float


def error(logits: Floats, allowed: Floats, weight: Floats) -> Floats:
    """The slope of the loss -log(probability of what is allowed), per row and topic, averaged over the rows."""
    chance = softmax(logits)
    target = chance * allowed
    target /= target.sum(1, keepdims=True) + 1e-9
    return np.asarray((chance - target) * weight[:, None] / len(logits), np.float32)


class _Adam:
    """Moves layers, in place, down their slopes, each number at its own pace (Kingma and Ba 2015)."""

    def __init__(self, layers: Sequence[Floats]) -> None:
        self._layers = list(layers)
        self._means, self._squares = [np.zeros_like(x) for x in layers], [np.zeros_like(x) for x in layers]
        self._step = 0

    def move(self, slopes: Sequence[Floats], rates: Sequence[float]) -> None:
        self._step += 1
        for at, (slope, rate) in enumerate(zip(slopes, rates, strict=True)):
            self._means[at] += 0.1 * (slope - self._means[at])
            self._squares[at] += 0.001 * (slope * slope - self._squares[at])
            moved = self._means[at] / (1 - 0.9**self._step)
            self._layers[at] -= rate * moved / (np.sqrt(self._squares[at] / (1 - 0.999**self._step)) + 1e-8)


def fit_vectors(points: Floats, allowed: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Weights (384 x topics) and bias, by Adam with a step that falls to 0."""
    draw = np.random.default_rng(SEED)
    points = np.hstack([points, np.ones((len(points), 1), np.float32)])
    values = np.zeros((points.shape[1], allowed.shape[1]), np.float32)
    adam = _Adam([values])
    pull = np.full((len(values), 1), V_DECAY, np.float32)
    pull[-1] = 0  # the bias is free
    for epoch in range(V_EPOCHS):
        order = draw.permutation(len(points))
        for chunk in (order[first : first + V_BATCH] for first in range(0, len(order), V_BATCH)):
            slope = points[chunk].T @ error(points[chunk] @ values, allowed[chunk], weight[chunk]) + pull * values
            adam.move([slope], [V_RATE * (1 - epoch / V_EPOCHS)])
    return values[:-1], values[-1]


def fit_hidden(points: Floats, allowed: Floats, weight: Floats) -> Network:
    """One whose logits are the mean of those of `PARTS` networks."""
    parts = [_fit_part(points, allowed, weight, SEED + part) for part in range(PARTS)]
    hidden, hidden_bias, out, bias = map(list, zip(*parts, strict=True))
    layers = np.hstack(hidden), np.hstack(hidden_bias), np.vstack(out) / PARTS, np.mean(bias, 0)
    return Network(*(np.asarray(layer, np.float32) for layer in layers))


def _fit_part(points: Floats, allowed: Floats, weight: Floats, seed: int) -> Network:
    draw = np.random.default_rng(seed)
    width, classes = points.shape[1], allowed.shape[1]
    # Points have length one: the first layer learns as if each of their numbers varied by one.
    hidden = draw.normal(0, np.sqrt(2), (width, HIDDEN)).astype(np.float32)
    out = draw.normal(0, np.sqrt(1 / HIDDEN), (HIDDEN, classes)).astype(np.float32)
    hidden_bias, bias = np.zeros(HIDDEN, np.float32), np.zeros(classes, np.float32)
    adam = _Adam([hidden, hidden_bias, out, bias])
    parts = len(points) // H_BATCH + 1
    chunks = [chunk for _ in range(H_EPOCHS) for chunk in np.array_split(draw.permutation(len(points)), parts)]
    for done, chunk in enumerate(chunks):
        kept = (draw.random((len(chunk), HIDDEN)) > DROPPED).astype(np.float32) / np.float32(1 - DROPPED)
        shown = points[chunk] + np.float32(SHAKEN) * draw.standard_normal((len(chunk), width), np.float32)
        raised = np.maximum(shown @ hidden + hidden_bias, 0) * kept
        wrong = error(raised @ out + bias, allowed[chunk], weight[chunk])
        back = (wrong @ out.T) * kept * (raised > 0)
        first = shown.T @ back + np.float32(H_DECAY / width) * hidden
        rate = H_RATE * (1 - done / len(chunks))
        slopes = [first, back.sum(0), raised.T @ wrong + np.float32(H_DECAY) * out, wrong.sum(0)]
        adam.move(slopes, [rate * float(np.sqrt(width)), rate, rate, rate])
    return Network(hidden, hidden_bias, out, bias)


def fit_words(found: list[Features], allowed: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Weights (buckets x topics) and bias, by Adagrad. Rows without a word are left out."""
    draw = np.random.default_rng(SEED)
    rows = np.flatnonzero([len(index) for index, _ in found])
    weights, bias = np.zeros((BUCKETS, allowed.shape[1]), np.float32), np.zeros(allowed.shape[1], np.float32)
    squares, bias_squares = np.full_like(weights, START), np.full_like(bias, START)
    for _ in range(EPOCHS):
        for chunk in np.array_split(draw.permutation(rows), len(rows) // BATCH + 1):
            index, value, sizes = _together([found[row] for row in chunk])
            logits = np.add.reduceat(weights[index] * value[:, None], np.cumsum(sizes) - sizes, 0) + bias
            wrong = error(logits, allowed[chunk], weight[chunk])
            touched, slope = _summed(index, np.repeat(wrong, sizes, axis=0) * value[:, None])
            slope += DECAY * weights[touched]
            squares[touched] += slope * slope
            weights[touched] -= RATE * slope / np.sqrt(squares[touched])
            bias_squares += wrong.sum(0) ** 2
            bias -= RATE * wrong.sum(0) / np.sqrt(bias_squares)
    return weights, bias


def _together(found: list[Features]) -> tuple[npt.NDArray[np.int64], Floats, npt.NDArray[np.int64]]:
    sizes = np.array([len(index) for index, _ in found])
    return np.concatenate([index for index, _ in found]), np.concatenate([value for _, value in found]), sizes


def _summed(index: npt.NDArray[np.int64], slopes: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """Each bucket once, with the sum of its slopes."""
    order = np.argsort(index, kind="stable")
    touched, firsts = np.unique(index[order], return_index=True)
    return touched, np.add.reduceat(slopes[order], firsts, 0)


def stored(network: Network) -> dict[str, Any]:
    """By name, as a model's file has it: weights in float16."""
    return network._replace(hidden=network.hidden.astype(np.float16), out=network.out.astype(np.float16))._asdict()


def wanted(rows: Sequence[Row | Lesson], classes: Sequence[str]) -> tuple[Floats, Floats]:
    """Rows x classes, 1 where a class is right; and what each row weighs, 1 on average."""
    weight = np.array([row.weight for row in rows], np.float32)
    return np.array([[topic in row.topics for topic in classes] for row in rows], np.float32), weight / weight.mean()


def train(rows: list[Row]) -> None:
    """Fits both, rounds the words' weights to int8, the others' to float16, and writes the model."""
    rows = [row for row in rows if row.part == "train"]
    points = np.stack([topics.point(vector.find(row.title, row.text, "en")) for row in rows])
    write(rows, points)


def write(rows: list[Row], points: Floats) -> None:
    """The same of rows whose vectors are known."""
    allowed, weight = wanted(rows, TOPICS)
    network = fit_hidden(points, allowed, weight)
    by_word, bias = fit_words([topics.features(row.title, row.text) for row in rows], allowed, weight)
    scale = np.abs(by_word).max(0) / 127
    np.savez_compressed(
        OUT,
        topics=np.array(TOPICS),
        words=np.round(by_word / scale).astype(np.int8),
        scale=scale,
        bias=bias,
        **stored(network),
    )
    print(f"trained on {len(rows)} rows, {OUT.name} {OUT.stat().st_size // 1024} KiB")


def report(rows: list[Row]) -> None:
    """Scores of the whole step on the rows that were not trained on, by set and topic."""
    tested = [row for row in rows if row.part == "test"]
    for source in sorted({row.source for row in tested}):
        some = [row for row in tested if row.source == source]
        print(source, *(f"{name} {score:.3f}" for name, score in scores(some).items()))


def scores(rows: Sequence[Row]) -> dict[str, float]:
    """How often the best topic is right: whatever its score (`any`), and of those that get one (`given`, `share`).

    Precision is over all topics that are given, so that a second one that is right in truth counts as wrong.
    """
    first = given = right = said = found = 0
    for row in rows:
        point = vector.find(row.title, row.text, "en")
        chances = topics.chances(row.title, row.text, "en", (), point)
        first += bool(chances) and max(chances, key=chances.__getitem__) in row.topics
        best = topics.classify(row.title, row.text, "en", (), point)
        given += bool(best)
        right += bool(best) and best[0].id in row.topics
        said += len(best)
        found += sum(topic.id in row.topics for topic in best)
    share = given / len(rows)
    return {
        "rows": len(rows), "any": first / len(rows), "given": right / max(1, given), "share": share,
        "precision": found / max(1, said),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--report-only", action="store_true")
    args = parser.parse_args()
    rows = read(args.data)
    if not args.report_only:
        train(rows)
        topics.model.cache_clear()
    report(rows)


if __name__ == "__main__":
    main()
