"""datasketch's MinHash LSH (the extra `rivals`), as one would use it to fold copies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from streams.enrich.words import words

VALUES = 128
SHINGLES = (3, 5)
THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


@dataclass(frozen=True, slots=True)
class Fold:
    """A clustering: which text stands for each, and by which setting."""

    said: str
    found: list[str]


def folds(texts: Sequence[str]) -> Iterator[Fold]:
    """One clustering for each length of shingles and threshold: all that reach it, by estimate, are one."""
    import datasketch  # type: ignore[import-not-found,import-untyped,unused-ignore]

    for shingle in SHINGLES:
        hashes = [_hash(datasketch, text, shingle) for text in texts]
        for threshold in THRESHOLDS:
            index = datasketch.MinHashLSH(threshold=threshold, num_perm=VALUES)
            parent = list(range(len(texts)))
            for at, own in enumerate(hashes):
                for other in index.query(own):
                    if own.jaccard(hashes[other]) >= threshold:
                        parent[_root(parent, at)] = _root(parent, other)
                index.insert(at, own)
            yield Fold(f"{shingle}-word shingles, {threshold:g}", [str(_root(parent, at)) for at in range(len(texts))])


def _hash(datasketch, text: str, shingle: int):
    tokens = words(text)
    runs = {" ".join(tokens[i : i + shingle]) for i in range(max(1, len(tokens) - shingle + 1))}
    made = datasketch.MinHash(num_perm=VALUES, seed=1)
    made.update_batch([run.encode() for run in runs])
    return made


def _root(parent: list[int], at: int) -> int:
    while parent[at] != at:
        parent[at] = at = parent[parent[at]]
    return at
