"""IPTC Media Topics, top level: a small linear model, seed words, and the sections under which the outlet files it.

What lies below them is in `subtopics`. The model (streams/models/topics.npz, its card TOPICS.md) knows English, by the article's vector and by its words;
other languages are read by `multilingual`; seed words (lexicon/topics.tsv) help where neither was shown enough.
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
from streams.enrich import multilingual, sections
from streams.enrich import vector as vectors
from streams.enrich.network import Floats, Network, softmax
from streams.enrich.words import even, table, words

BUCKETS = 1 << 16
# The beginning says what an article is about.
WORDS_READ = 400
# From where on the best topic is given (the model is less sure than it is right: TOPICS.md); with it, what has a quarter
# of the belief or more.
THRESHOLD = 0.38
FURTHER = 0.25
MOST_TOPICS = 4
# How far a section is believed: the share of 876 articles of the UCI news set that are about what their address's
# section says; and a seed word in a section's name.
SECTION = 0.7
_SEEDED = 0.6
# Fewer seed words than this are chance.
_SEEDS_LEAST = 0.5
# How far seed words are believed beside the model, and of which topics: those of which it was shown too little.
_BESIDE = 0.5
_SELDOM = frozenset(f"medtop:{number:02d}000000" for number in (3, 5, 6, 8, 9, 12, 16, 17))
# Without a vector (a language that is not known) a word or two, and their pairs, say nothing.
_WORDS_LEAST = 8
_ARRAYS = ("words", "scale", "bias", *Network._fields)


@dataclass(frozen=True, slots=True)
class Model:
    """A softmax regression on hashed words (int8 times `scale` per topic), and one hidden layer on the vector, of length one."""

    topics: tuple[str, ...]
    words: npt.NDArray[np.int8]
    scale: Floats
    bias: Floats
    network: Network
    version: str


@cache
def model() -> Model:
    """The one model of this process, read at first use."""
    path = files("streams.models") / "topics.npz"
    with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
        arrays = [data[name] for name in _ARRAYS]
        topics = tuple(str(t) for t in data["topics"])
    digest = hashlib.blake2b(digest_size=4)
    for array in arrays:
        digest.update(array.tobytes())
    scale, bias, *layers = (array.astype(np.float32) for array in arrays[1:])
    return Model(topics, arrays[0], scale, bias, Network(*layers), digest.hexdigest())


@cache
def _names() -> dict[str, str]:
    return {row["id"]: row["name"] for row in table("topics")}


@cache
def seeds() -> dict[str, tuple[str, ...]]:
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


def classify(
    title: str, text: str, language: str, filed: Sequence[str] = (), vector: str = "", point: Floats | None = None
) -> tuple[Topic, ...]:
    """The article's topics, best first, none when nothing is sure. Scores 0..1 to four decimals.

    `filed` are the names of the sections under which the outlet has it, `vector` is the article's (`vector.find`), in
    another language than English `point` (`multilingual.find`).
    """
    scores = chances(title, text, language, filed, vector, point)
    best = sorted(((round(s, 4), t) for t, s in scores.items() if s >= FURTHER), key=lambda x: (-x[0], x[1]))
    if not best or best[0][0] < THRESHOLD:
        return ()
    return tuple(Topic(topic, _names()[topic], score) for score, topic in best[:MOST_TOPICS])


def chances(
    title: str, text: str, language: str, filed: Sequence[str], vector: str, point: Floats | None = None
) -> dict[str, float]:
    """How far each topic is believed, 0..1. Seed words count in full where no encoder has read the article."""
    english = language.split("-", maxsplit=1)[0] in {"en", "und"}
    scores = _by_model(title, text, vector) if english else {} if point is None else multilingual.chances(point)
    for topic, score in _by_seeds(title, text).items():
        if not vector and point is None:
            scores[topic] = max(scores.get(topic, 0.0), score)
        elif topic in _SELDOM:
            scores[topic] = either(scores.get(topic, 0.0), _BESIDE * score)
    for topic, score in _by_sections(filed).items():
        scores[topic] = either(scores.get(topic, 0.0), score)
    return scores


def either(one: float, other: float) -> float:
    """Two witnesses that know nothing of each other."""
    return 1.0 - (1.0 - one) * (1.0 - other)


def _by_model(title: str, text: str, vector: str) -> dict[str, float]:
    """The mean of what words and vector say, or what one of them says where there is no other."""
    trained = model()
    index, value = features(title, text)
    said = []
    if len(index) >= (1 if vector else _WORDS_LEAST):
        said.append((value @ trained.words[index].astype(np.float32)) * trained.scale + trained.bias)
    if vector:
        said.append(trained.network.logits(point(vector)))
    if not said:
        return {}
    mean = softmax(np.stack(said)).mean(0)
    return {topic: float(chance) for topic, chance in zip(trained.topics, mean, strict=True)}


def point(vector: str) -> Floats:
    """An article's vector in numbers, of length one; 0 where it has none."""
    found = vectors.read(vector)
    return (
        np.zeros(vectors.WIDTH, np.float32)
        if found is None
        else np.asarray(found / np.float32(vectors.LENGTH), np.float32)
    )


def _by_seeds(title: str, text: str) -> dict[str, float]:
    """Distinct seed words met, twice as much in the title, against the length of what was read; less than half is none."""
    speaks_for = seeds()
    body = words(text[: WORDS_READ * 12])[:WORDS_READ]
    weights: dict[str, float] = {}
    for word in sorted(set(body)):
        for topic in speaks_for.get(word, ()):
            weights[topic] = weights.get(topic, 0.0) + 1.0
    for word in dict.fromkeys(words(title)):
        for topic in speaks_for.get(word, ()):
            weights[topic] = weights.get(topic, 0.0) + 2.0
    # A long text meets more words by chance: four distinct ones carry a brief, eight a full report.
    needed = 3.2 + len(body) / 100.0
    scores = {topic: 1.0 - math.exp(-((weight / needed) ** 2) * math.log(2)) for topic, weight in weights.items()}
    return {topic: score for topic, score in scores.items() if score >= _SEEDS_LEAST}


def _by_sections(names: Sequence[str]) -> dict[str, float]:
    """What the outlet itself files it under: a section's known name, in any language, or a seed word in it."""
    found = {w for name in names for w in words(even(name))}
    seeded = {topic: _SEEDED for word in sorted(found) for topic in seeds().get(word, ())}
    return {**seeded, **dict.fromkeys(sorted(sections.topics(names)), SECTION)}
