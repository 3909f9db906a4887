"""The user's own topics: an article is about one when its vector is like the mean of the examples' vectors.

Nothing is trained. The examples may be in any language: an English article is compared with them by the English encoder, another
by the one for all languages.
"""

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

import numpy as np

from newstide.records import Topic
from streams.enrich import multilingual
from streams.enrich import vector as vectors
from streams.enrich.network import Floats
from streams.enrich.topics import point as in_numbers

# (id, name, examples) of each, as `Settings.own_topics` gives them.
Own = tuple[tuple[str, str, tuple[str, ...]], ...]
# The cosine from which on an article is about it; chosen on HuffPost headlines, measured on Reuters in docs/quality.md.
LIKE: Final = 0.35
# The same among the points of all languages, which lie closer together: where Reuters' articles, read as if they were in another
# language, have the same precision.
LIKE_OF_ALL: Final = 0.22


def classify(vector: str, own: Own, point: Floats | None = None) -> tuple[Topic, ...]:
    """Those of the user's topics that the article is about, best first; the score is the likeness.

    `vector` is an English article's (`vector.find`), `point` another's (`multilingual.find`).
    """
    if not own or (not vector and point is None):
        return ()
    likeness, least = (
        (_centres(own) @ in_numbers(vector), LIKE) if point is None else (_centres_of_all(own) @ point, LIKE_OF_ALL)
    )
    found = (Topic(id, name, round(float(like), 4)) for like, (id, name, _) in zip(likeness, own, strict=True))
    return tuple(sorted((topic for topic in found if topic.score >= least), key=lambda t: (-t.score, t.id)))


@cache
def version(own: Own) -> str:
    """The first eight hex digits of a hash over names and examples; "" where the user has no topics."""
    return hashlib.blake2b(repr(own).encode("utf-8", "replace"), digest_size=4).hexdigest() if own else ""


@cache
def _centres(own: Own) -> Floats:
    """A row for each topic, of length one; 0 where no example has a word."""
    return _means([[in_numbers(vectors.find("", each, "en")) for each in examples] for *_, examples in own])


@cache
def _centres_of_all(own: Own) -> Floats:
    """The same among the points of all languages."""
    nowhere = np.zeros(vectors.WIDTH, np.float32)
    points = [[multilingual.find("", each, "mul", fewest=1) for each in examples] for *_, examples in own]
    return _means([[nowhere if each is None else each for each in some] for some in points])


def _means(points: Iterable[Sequence[Floats]]) -> Floats:
    means = np.stack([np.mean(some, axis=0) for some in points])
    return np.asarray(means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9), np.float32)
