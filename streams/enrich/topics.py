"""IPTC Media Topics, top level: a small hashed linear model, seed words, and the sections under which the outlet files it.

The model (streams/models/topics.npz, its card TOPICS.md) knows English and what it was trained on; the
seed words (lexicon/topics.tsv) carry the other topics and languages.
"""

import hashlib
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from newstide.records import Topic
from streams.enrich import sections
from streams.enrich.words import even, table, words

BUCKETS = 1 << 16
# The beginning says what an article is about.
WORDS_READ = 400
# More likely than not, by the calibrated probability.
THRESHOLD = 0.5
MOST_TOPICS = 4
# How far a section is believed: the share of 876 articles of the UCI news set that are about what their address's
# section says; and a seed word in a section's name.
_SECTION = 0.7
_SEEDED = 0.6
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Model:
    """Per bucket and topic an int8 weight, times `scale` per topic, plus `bias`; logits are calibrated."""

    topics: tuple[str, ...]
    weights: npt.NDArray[np.int8]
    scale: Floats
    bias: Floats
    version: str


@cache
def model() -> Model:
    """The one model of this process, read at first use."""
    path = files("streams.models") / "topics.npz"
    with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
        weights, scale, bias = data["weights"], data["scale"], data["bias"]
        topics = tuple(str(t) for t in data["topics"])
    digest = hashlib.blake2b(weights.tobytes() + scale.tobytes() + bias.tobytes(), digest_size=4)
    return Model(topics, weights, scale, bias, digest.hexdigest())


@cache
def _names() -> dict[str, str]:
    return {row["id"]: row["name"] for row in table("topics")}


@cache
def _seeds() -> dict[str, tuple[str, ...]]:
    """Seed word → the topics it speaks for."""
    found: dict[str, tuple[str, ...]] = {}
    for row in table("topics"):
        for word in even(row["words"]).casefold().split("|"):
            found[word] = (*found.get(word, ()), row["id"])
    return found


def features(title: str, text: str) -> tuple[npt.NDArray[np.int64], Floats]:
    """Hashed words and word pairs with log counts, scaled to length one. The title counts twice."""
    head, body = _hashes(words(title)), _hashes(words(text[: WORDS_READ * 12])[:WORDS_READ])
    grams = np.array([*head[0], *head[0], *head[1], *body[0], *body[1]], dtype=np.int64) % BUCKETS
    index, counts = np.unique(grams, return_counts=True)
    value = np.log1p(counts.astype(np.float32))
    norm = float(np.sqrt(np.sum(value * value))) or 1.0
    return index, (value / norm).astype(np.float32)


def _hashes(found: list[str]) -> tuple[list[int], list[int]]:
    """CRC-32 of each word, and of each word with the next ("prime minister"), continued from the first's."""
    raw = [word.encode("utf-8", "replace") for word in found]
    single = list(map(zlib.crc32, raw))
    return single, [zlib.crc32(b" " + second, first) for first, second in zip(single, raw[1:], strict=False)]


def classify(title: str, text: str, language: str, filed: Sequence[str] = ()) -> tuple[Topic, ...]:
    """The article's topics, best first, none when nothing is sure. Scores 0..1 to four decimals.

    `filed` are the names of the sections under which the outlet has it.
    """
    scores = _by_seeds(title, text)
    if language.split("-", maxsplit=1)[0] in {"en", "und"}:
        for topic, score in _by_model(title, text).items():
            scores[topic] = max(scores.get(topic, 0.0), score)
    for topic, score in _by_sections(filed).items():
        scores[topic] = 1.0 - (1.0 - scores.get(topic, 0.0)) * (1.0 - score)
    best = sorted(((round(s, 4), t) for t, s in scores.items() if s >= THRESHOLD), key=lambda x: (-x[0], x[1]))
    return tuple(Topic(topic, _names()[topic], score) for score, topic in best[:MOST_TOPICS])


def _by_model(title: str, text: str) -> dict[str, float]:
    trained = model()
    index, value = features(title, text)
    if not len(index):
        return {}
    logits = (value @ trained.weights[index].astype(np.float32)) * trained.scale + trained.bias
    chances = 1.0 / (1.0 + np.exp(-logits))
    return {topic: float(chance) for topic, chance in zip(trained.topics, chances, strict=True)}


def _by_seeds(title: str, text: str) -> dict[str, float]:
    """Distinct seed words met, twice as much in the title, against the length of what was read."""
    seeds = _seeds()
    body = words(text[: WORDS_READ * 12])[:WORDS_READ]
    weights: dict[str, float] = {}
    for word in sorted(set(body)):
        for topic in seeds.get(word, ()):
            weights[topic] = weights.get(topic, 0.0) + 1.0
    for word in dict.fromkeys(words(title)):
        for topic in seeds.get(word, ()):
            weights[topic] = weights.get(topic, 0.0) + 2.0
    # A long text meets more words by chance: four distinct ones carry a brief, eight a full report.
    needed = 3.2 + len(body) / 100.0
    return {topic: 1.0 - math.exp(-((weight / needed) ** 2) * math.log(2)) for topic, weight in weights.items()}


def _by_sections(names: Sequence[str]) -> dict[str, float]:
    """What the outlet itself files it under: a section's known name, in any language, or a seed word in it."""
    found = {w for name in names for w in words(even(name))}
    seeded = {topic: _SEEDED for word in sorted(found) for topic in _seeds().get(word, ())}
    return {**seeded, **dict.fromkeys(sorted(sections.topics(names)), _SECTION)}
