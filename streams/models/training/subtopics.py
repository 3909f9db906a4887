"""Trains streams/models/subtopics.npz: `python -m streams.models.training.subtopics --data ../shared/data`.

A softmax regression on vectors of sentences and news items that we wrote (subtopics.tsv, topics.tsv, no outlet's text) and
of the names and definitions of the IPTC Media Topics. Deterministic.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from streams.enrich import subtopics, topics, vector
from streams.models.training import jsonl
from streams.models.training.topic_sets import items
from streams.models.training.topics import TOPICS, Lesson, fit_vectors, wanted

OUT = Path(__file__).parents[1] / "subtopics.npz"
EXAMPLES = Path(__file__).with_suffix(".tsv")
# How much a row says: a sentence written for its topic, an item written for its top-level one, and a dictionary's.
EXAMPLE, ITEM, TERM = 2.0, 1.0, 0.7


def rows(data: Path) -> Iterator[Lesson]:
    """Each of one class. A term outside our second-level topics stands for the rest of its top-level one."""
    for line in EXAMPLES.read_text("utf-8").splitlines()[1:]:
        topic, _, examples = line.partition("\t")
        yield from (Lesson("", example, frozenset({topic}), EXAMPLE) for example in examples.split("|"))
    yield from (Lesson(title, text, frozenset({topic}), ITEM) for _, topic, title, text in items() if topic)
    for term in jsonl.rows(data / "topic/iptc_mediatopics_2023-10-24.jsonl.gz"):
        if not term["retired"]:
            top, second = (*term["path"], "")[:2]
            right = second if second in subtopics.known() else top
            yield Lesson(term["name"], term["definition"] or "", frozenset({right}), TERM)


def classes() -> tuple[str, ...]:
    """The second level, and of each top-level topic the rest of what lies below it."""
    return (*sorted(subtopics.known()), *TOPICS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    found = list(rows(parser.parse_args().data))
    points = np.stack([topics.point(vector.find(each.title, each.text, "en")) for each in found])
    weights, bias = fit_vectors(points, *wanted(found, classes()))
    np.savez_compressed(OUT, topics=np.array(classes()), weights=weights.astype(np.float16), bias=bias)
    print(f"trained on {len(found)} rows, {OUT.name} {OUT.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
