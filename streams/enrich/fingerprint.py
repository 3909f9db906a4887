"""What the resolver compares: content hash, MinHash signature and most telling terms."""

import base64
import hashlib
import math
import zlib
from collections import Counter
from collections.abc import Sequence

import numpy as np
import rensa

from newstide.records import Entity
from streams.enrich.words import is_unsegmented, listed, words

# 128 permutations: standard deviation of the estimated Jaccard similarity at most .044.
PERMUTATIONS = 128
SEED = 19
SHINGLE = 5
MOST_TERMS = 32
# A word of the title weighs as much as one met 19 times in the text (log1p); an entity five times its salience.
_TITLE, _ENTITY = 3.0, 5.0


def content(title: str, text: str) -> str:
    """Hash of title and clean text: 20 hex digits of BLAKE2b. Equal means the same article unchanged."""
    return hashlib.blake2b(f"{title}\n{text}".encode("utf-8", "replace"), digest_size=10).hexdigest()


def signature(text: str) -> str:
    """Base64 of 128 little-endian uint32 MinHash values over five-word shingles, "" of no words.

    Scripts without spaces, and texts of fewer words than a shingle, count characters instead.
    """
    shingles = _shingles(text)
    if not shingles:
        return ""
    sketch = rensa.RMinHash(num_perm=PERMUTATIONS, seed=SEED)
    sketch.update(shingles)
    return base64.b64encode(np.asarray(sketch.digest(), dtype="<u4").tobytes()).decode("ascii")


def _shingles(text: str) -> list[str]:
    found = words(text)
    if len(found) >= SHINGLE and not is_unsegmented(text):
        return list(map(" ".join, zip(*(found[i:] for i in range(SHINGLE)), strict=False)))
    letters = "".join(found)
    return [letters[i : i + SHINGLE] for i in range(max(1, len(letters) - SHINGLE + 1))] if letters else []


def terms(title: str, text: str, entities: Sequence[Entity]) -> tuple[int, ...]:
    """Up to 32 CRC-32 hashes of what tells this story from others, heaviest first.

    An entity is hashed by its id, so that stories meet across languages and spellings.
    """
    weights: dict[str, float] = {f"#{e.id}": _ENTITY * e.salience for e in entities}
    for word, count in Counter(_telling(text)).items():
        weights[word] = math.log1p(count)
    for word in _telling(title):
        weights[word] = weights.get(word, 0.0) + _TITLE
    heaviest = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:MOST_TERMS]
    return tuple(dict.fromkeys(zlib.crc32(term.encode("utf-8", "replace")) for term, _ in heaviest))


def _telling(text: str) -> list[str]:
    """Words worth comparing: no function words, no bare small numbers; characters in pairs where unspaced."""
    if is_unsegmented(text):
        letters = "".join(words(text))
        return [letters[i : i + 2] for i in range(len(letters) - 1)]
    stop = listed("stop")
    return [w for w in words(text) if len(w) > 2 and w not in stop and not (w.isdigit() and len(w) < 4)]
