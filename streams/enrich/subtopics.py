"""IPTC Media Topics, second level: which part of a top-level topic an article is about.

A softmax regression on the article's vector (streams/models/subtopics.npz, its card TOPICS.md) reads English, one on its point among
those of all languages (`multilingual`) the others; the sections under which the outlet files it (lexicon/subtopics.tsv) say it, too.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from newstide.records import Topic
from streams.enrich import sections
from streams.enrich.network import Floats, softmax
from streams.enrich.topics import SECTION, either
from streams.enrich.topics import point as in_numbers
from streams.enrich.words import table

# What is given: from .35 on, .86 of them were right on the part of Reuters-21578 that was looked at (from .3: .83, from .4: .89).
LEAST = 0.35
MOST = 4


@dataclass(frozen=True, slots=True)
class Model:
    """`weights` (384 x classes) and `bias`; `families`: a top-level topic → its classes.

    The last class of a family is the top-level topic itself: whatever is none of the others.
    """

    topics: tuple[str, ...]
    weights: Floats
    bias: Floats
    families: Mapping[str, npt.NDArray[np.int64]]
    version: str


@cache
def known() -> dict[str, dict[str, str]]:
    """Id → row of the table: its parent, name and sections."""
    return {row["id"]: row for row in table("subtopics")}


@cache
def model(place: str = "subtopics.npz") -> Model:
    """The model for English, or that of a place below streams/models; read at first use."""
    path = files("streams.models") / place
    with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
        weights, bias = data["weights"], data["bias"]
        topics = tuple(str(topic) for topic in data["topics"])
    digest = hashlib.blake2b(weights.tobytes() + bias.tobytes(), digest_size=4)
    above = [known()[topic]["parent"] if topic in known() else topic for topic in topics]
    families = {parent: np.flatnonzero([each == parent for each in above]) for parent in sorted(set(above))}
    return Model(topics, weights.astype(np.float32), bias, families, digest.hexdigest())


def classify(
    above: Sequence[Topic], filed: Sequence[str] = (), vector: str = "", point: Floats | None = None
) -> tuple[Topic, ...]:
    """The second-level topics below `above`, the article's top-level ones, best first. Scores 0..1 to four decimals.

    `filed` are the names of the sections under which the outlet has it, `vector` is the article's ("": none), in
    another language than English `point`. A score is how far its parent is believed times how likely it is, of all that lies below that parent.
    """
    scores: dict[str, float] = {}
    if vector:
        scores = _by_model(above, in_numbers(vector), model())
    elif point is not None:
        scores = _by_model(above, point, model("multilingual/subtopics.npz"))
    parents = {topic.id for topic in above}
    for topic in sorted(sections.topics(filed, "subtopics")):
        if known()[topic]["parent"] in parents:
            scores[topic] = either(scores.get(topic, 0.0), SECTION)
    best = sorted(((round(s, 4), t) for t, s in scores.items() if s >= LEAST), key=lambda x: (-x[0], x[1]))
    return tuple(Topic(topic, known()[topic]["name"], score) for score, topic in best[:MOST])


def _by_model(above: Sequence[Topic], point: Floats, trained: Model) -> dict[str, float]:
    logits = point @ trained.weights + trained.bias
    return {
        trained.topics[place]: parent.score * float(chance)
        for parent in above
        for place, chance in zip(trained.families[parent.id], softmax(logits[trained.families[parent.id]]), strict=True)
        if trained.topics[place] != parent.id
    }
