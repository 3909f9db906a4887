"""The user's own topics: an article is about one when its vector is like the mean of the examples' vectors.

Nothing is trained. English only, as the vector is.
"""

import hashlib
from functools import cache
from typing import Final

import numpy as np

from newstide.records import Topic
from streams.enrich.topics import Floats, point
from streams.enrich.vector import find

# (id, name, examples) of each, as `Settings.own_topics` gives them.
Own = tuple[tuple[str, str, tuple[str, ...]], ...]
# The cosine from which on an article is about it; chosen on HuffPost headlines, measured on Reuters in docs/quality.md.
LIKE: Final = 0.35


def classify(vector: str, own: Own) -> tuple[Topic, ...]:
    """Those of the user's topics that the article with this vector is about, best first; the score is the likeness."""
    if not vector or not own:
        return ()
    likeness = _centres(own) @ point(vector)
    found = (Topic(id, name, round(float(like), 4)) for like, (id, name, _) in zip(likeness, own, strict=True))
    return tuple(sorted((topic for topic in found if topic.score >= LIKE), key=lambda t: (-t.score, t.id)))


@cache
def version(own: Own) -> str:
    """The first eight hex digits of a hash over names and examples; "" where the user has no topics."""
    return hashlib.blake2b(repr(own).encode("utf-8", "replace"), digest_size=4).hexdigest() if own else ""


@cache
def _centres(own: Own) -> Floats:
    """A row for each topic, of length one; 0 where no example has a word."""
    means = np.stack([np.mean([point(find("", each, "en")) for each in examples], axis=0) for *_, examples in own])
    return np.asarray(means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9), np.float32)
