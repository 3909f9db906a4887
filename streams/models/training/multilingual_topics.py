"""`python -m streams.models.training.multilingual_topics --data ../shared/data`: topics of articles in other languages.

The rows of the English models (`topic_sets`, `subtopics`), by the points that the multilingual encoder gives them, teach a network
with one hidden layer the top level and a softmax regression the second; articles in other languages lie beside English ones on
like matters, so what was learned there holds for them. The names of the IPTC Media Topics in a dozen languages are rows of
their own. Deterministic: one seed.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from streams.enrich import multilingual, vector
from streams.enrich.network import Floats
from streams.models.training import jsonl, subtopics
from streams.models.training.topic_sets import read
from streams.models.training.topics import TOPICS, Lesson, fit_hidden, fit_vectors, stored, wanted

OUT = Path(__file__).parents[1] / "multilingual"
# Rows of words alone, or of a few stories, cost most of the time and say least.
LEFT_OUT = frozenset({"cnn", "uci_news_aggregator"})
# What a name in another language weighs.
NAME = 0.4


def lessons(data: Path) -> Iterator[Lesson]:
    """On the top level."""
    for row in read(data):
        if row.part == "train" and row.source not in LEFT_OUT:
            yield Lesson(row.title, row.text, row.topics, row.weight)
    yield from _names(data)


def _names(data: Path) -> Iterator[Lesson]:
    """The taxonomy's names in other languages, by the term at their top."""
    for term in jsonl.rows(data / "topic/iptc_mediatopics_2023-10-24.jsonl.gz"):
        if not term["retired"]:
            for name in dict.fromkeys(name for code, name in term["names"].items() if not code.startswith("en")):
                yield Lesson(name, "", frozenset(term["path"][:1]), NAME)


def points(of: Sequence[Lesson]) -> Floats:
    """As the encoder gives them; all 0 where it reads nothing."""
    found = (multilingual.point(each.title, each.text) for each in of)
    return np.stack([np.zeros(vector.WIDTH, np.float32) if point is None else point for point in found])


def write(top: Sequence[Lesson], top_points: Floats, second: Sequence[Lesson], second_points: Floats) -> None:
    middle = top_points.mean(0)
    network = fit_hidden(multilingual.centred(top_points, middle), *wanted(top, TOPICS))
    np.savez_compressed(OUT / "topics.npz", topics=np.array(TOPICS), middle=middle, **stored(network))
    classes = subtopics.classes()
    weights, bias = fit_vectors(multilingual.centred(second_points, middle), *wanted(second, classes))
    np.savez_compressed(OUT / "subtopics.npz", topics=np.array(classes), weights=weights.astype(np.float16), bias=bias)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    top = list(lessons(data))
    second = list(subtopics.rows(data))
    print(f"{len(top)} and {len(second)} rows to encode", flush=True)
    write(top, points(top), second, points(second))
    for file in ("topics.npz", "subtopics.npz"):
        print(f"{file}: {(OUT / file).stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
