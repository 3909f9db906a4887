"""python -m benchmarks.lookups: finding near copies among 10^4, 10^5 and 10^6 signatures, beside datasketch's MinHash LSH.

Both hold the same signatures (128 values) in the same run, one after the other, and are asked for the same: half of the queries
are near copies (three values in ten equal: what true wire copies share) of one that is held, half are of texts that nobody copied. Words of a language are shared, so
each signature takes a twelfth of its values from a few hundred that many have. Ours is asked in batches, as the resolver does. datasketch is loaded with at most `--rival` articles: it takes
some twenty times the memory and the time to fill. Memory is the growth of this process's resident set.
"""

import argparse
import gc
import hashlib
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from benchmarks import report
from benchmarks.articles import articles
from newstide.records import Claim, Decision, Origin
from streams.enrich import fingerprint
from streams.enrich.words import words
from streams.local import RESOLVE_BATCH
from streams.resolve.signatures import VALUES, write_signature
from streams.resolve.window import Window

SIZES = (10_000, 100_000, 1_000_000)
QUERIES = 10_000
TEXTS = 500
NEAR, COMMON, SHARED = 0.3, 300, 1 / 12
BANDS = (64, 2)  # of the rival: ours. What it finds is ranked by estimated similarity, as ours is; the best one counts
LEAST = 5.0
START = datetime(2026, 3, 1, tzinfo=UTC)
PAGE = os.sysconf("SC_PAGE_SIZE")

Values = NDArray[np.uint32]


def signatures(count: int, seed: int) -> Iterator[Values]:
    """`count` signatures, the same for the same seed."""
    rng = np.random.default_rng(seed)
    common = np.random.default_rng(1).integers(0, 2**32, (COMMON, VALUES), dtype=np.uint32)
    for _ in range(count):
        made = rng.integers(0, 2**32, VALUES, dtype=np.uint32)
        places = rng.random(VALUES) < SHARED
        made[places] = common[rng.integers(0, COMMON), places]
        yield made


def queries(held: int) -> list[Values]:
    rng = np.random.default_rng(7)
    wanted = set(rng.choice(held, QUERIES // 2, replace=False).tolist())
    near = [made.copy() for place, made in enumerate(signatures(held, 2)) if place in wanted]
    for made in near:
        other = rng.random(VALUES) >= NEAR
        made[other] = rng.integers(0, 2**32, int(other.sum()), dtype=np.uint32)
    return near + list(signatures(QUERIES // 2, 3))


def decision(place: int, values: Values) -> Decision:
    name = hashlib.sha256(str(place).encode()).hexdigest()
    at = START + timedelta(seconds=place)
    return Decision(
        id=name[:20], input=place, origin=Origin(place % 4, place // 4), content=name[20:40], version=1, outlet=f"outlet{place % 5000}.example",
        fetched=at, relation="original", story=f"s{name[:16]}", body=name[40:56], signature=write_signature(values.view(np.uint64)),
        claim=Claim(published=at - timedelta(minutes=5)),
    )  # fmt: skip


def resident() -> int:
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * PAGE


def ours(size: int, together: int) -> tuple[float, float, float, int]:
    """Look-ups/s, so many together, bytes an article, articles added/s, near copies found."""
    before = resident()
    window = Window(size)
    begun = time.process_time()
    for place, values in enumerate(signatures(size, 2)):
        window.add(decision(place, values))
    added = size / (time.process_time() - begun)
    held = (resident() - before) / size
    asked = [values.view(np.uint64) for values in queries(size)]
    begun, found = time.process_time(), list[Decision | None]()
    for start in range(0, QUERIES, together):
        batch = asked[start : start + together]
        window.prepare(batch)
        found += [next(window.near(one), None) for one in batch]
    return QUERIES / (time.process_time() - begun), held, added, sum(map(bool, found[: QUERIES // 2]))


def theirs(size: int) -> tuple[float, float, float, int]:
    import datasketch  # type: ignore[import-not-found,import-untyped,unused-ignore]

    def hashed(values: Values):
        return datasketch.MinHash(num_perm=VALUES, seed=1, hashvalues=values.astype(np.uint64), scheme="legacy")

    before = resident()
    index = datasketch.MinHashLSH(num_perm=VALUES, params=BANDS)
    kept = {}
    begun = time.process_time()
    for place, values in enumerate(signatures(size, 2)):
        kept[place] = hashed(values)
        index.insert(place, kept[place])
    added = size / (time.process_time() - begun)
    held = (resident() - before) / size
    asked = [hashed(values) for values in queries(size)]
    begun = time.process_time()
    found = [sorted(index.query(one), key=lambda place: -one.jaccard(kept[place]))[:1] for one in asked]
    return QUERIES / (time.process_time() - begun), held, added, sum(map(bool, found[: QUERIES // 2]))


def fingerprints() -> tuple[float, float]:
    """Microseconds of CPU for the signature of a text, ours and datasketch's, over the same shingles of generated articles."""
    import datasketch  # type: ignore[import-not-found,import-untyped,unused-ignore]

    texts = [raw.text or "" for raw in articles(TEXTS)]
    begun = time.process_time()
    for text in texts:
        fingerprint.signature(text)
    middle = time.process_time()
    for text in texts:
        tokens = words(text)
        runs = {
            " ".join(tokens[i : i + fingerprint.SHINGLE]).encode() for i in range(len(tokens) - fingerprint.SHINGLE + 1)
        }
        datasketch.MinHash(num_perm=VALUES, seed=1).update_batch(runs)
    return (middle - begun) / TEXTS * 1e6, (time.process_time() - middle) / TEXTS * 1e6


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rival", type=int, default=100_000, help="articles that datasketch is loaded with at most")
    asked.add_argument("--most", type=int, default=SIZES[-1])
    asked.add_argument(
        "--batch", type=int, default=RESOLVE_BATCH, help="look-ups at once: as many as the resolver does"
    )
    options = asked.parse_args()
    sizes = [size for size in SIZES if size <= options.most]
    rows = [("newstide", size, *ours(size, options.batch)) for size in sizes]
    rows += [("datasketch", size, *theirs(size)) for size in sizes if size <= options.rival]
    cost = dict(zip(("newstide", "datasketch"), fingerprints(), strict=True))
    head = (
        "",
        "articles",
        "look-up µs",
        "with the text's signature µs",
        "bytes an article",
        "added/s",
        f"of {QUERIES // 2} found",
    )
    lines = [
        (
            who,
            f"{n:,}",
            f"{1e6 / rate:,.0f}",
            f"{1e6 / rate + cost[who]:,.0f}",
            f"{held:,.0f}",
            f"{added:,.0f}",
            str(found),
        )
        for who, n, rate, held, added, found in rows
    ]
    print(*report.table(head, lines), sep="\n")
    mine, other = next(r for r in reversed(rows) if r[0] == "newstide"), rows[-1]
    ratio = mine[2] / other[2]
    of_text = (1e6 / other[2] + cost["datasketch"]) / (1e6 / mine[2] + cost["newstide"])
    print(
        f"look-ups/s, {mine[1]:,} articles in ours and {other[1]:,} in datasketch: {ratio:.2f} times, at least {LEAST:g}: "
        f"{report.verdict(ratio >= LEAST)}; with the signature made of the text first: {of_text:.2f} times"
    )
    return int(ratio < LEAST)


if __name__ == "__main__":
    raise SystemExit(main())
