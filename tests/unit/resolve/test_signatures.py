"""Look-ups of similar signatures: what is found, in which order, and that a batch finds what one after the other does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newstide.records import encode
from streams.enrich.fingerprint import signature
from streams.resolve.resolver import Resolver
from streams.resolve.signatures import VALUES, WAYS, Signature, Signatures, read_signature
from tests.unit.resolve.making import Line
from tests.unit.resolve.texts import ARTICLES
from tests.unit.resolve.world import stream

WINDOW = 260  # four buckets of 64


def made(rng: np.random.Generator, near: Signature | None = None, similarity: float = 0.0) -> Signature:
    """A signature of its own, but for the first values, which are those of `near`."""
    values, shared = rng.integers(0, 2**32, VALUES, dtype=np.uint32), int(similarity * VALUES)
    if near is not None:
        values[:shared] = near.view(np.uint32)[:shared]
    return values.view(np.uint64)


def test_similar_ones_are_found_best_first_wherever_their_slab_lies():
    rng = np.random.default_rng(1)
    base = made(rng)
    signatures = Signatures(slabs=3, size=100, held=300)
    rows = {s: (slab, signatures.add(slab, made(rng, base, s))) for s, slab in ((0.3, 0), (0.9, 0), (0.5, 2))}
    for order in ([0, 1, 2], [2, 0, 1]):
        assert signatures.near(base, order) == [rows[s] for s in (0.9, 0.5, 0.3)]
    signatures.clear(2)
    assert signatures.near(base, [0, 1]) == [rows[0.9], rows[0.3]]


def test_among_equals_the_older_slab_comes_first():
    rng = np.random.default_rng(1)
    base = made(rng)
    signatures = Signatures(slabs=3, size=100, held=300)
    for slab in range(3):
        signatures.add(slab, base)
    assert signatures.near(base, [2, 0, 1]) == [(2, 0), (0, 0), (1, 0)]


def test_of_a_thousand_alike_the_newest_are_found():
    rng = np.random.default_rng(1)
    base = made(rng)
    signatures = Signatures(slabs=1, size=1000, held=1000)
    rows = [signatures.add(0, made(rng, base, 0.9)) for _ in range(1000)]
    assert signatures.near(base, [0]) == [(0, row) for row in rows[-WAYS:]]


@pytest.mark.parametrize("held", [1000, 60_000])
def test_a_full_table_loses_next_to_none_of_the_oldest(held: int):
    rng = np.random.default_rng(1)
    signatures = Signatures(slabs=1, size=held, held=held)
    kept = [made(rng) for _ in range(held)]
    for one in kept:
        signatures.add(0, one)
    asked = [made(rng, one, 0.3) for one in kept[:500]]
    assert sum(signatures.near(one, [0]) == [(0, row)] for row, one in enumerate(asked)) >= 498


def test_what_moved_into_a_cleared_slab_is_not_taken_for_what_lay_there():
    rng = np.random.default_rng(1)
    old, new = made(rng), made(rng)
    signatures = Signatures(slabs=1, size=100, held=100)
    signatures.add(0, old)
    signatures.prepare([old], [0])
    signatures.clear(0)
    assert signatures.near(old, [0]) == []
    signatures.add(0, new)
    assert signatures.near(old, [0]) == []
    assert signatures.near(new, [0]) == [(0, 0)]


def test_what_was_looked_up_before_it_was_added_is_found_after_it():
    rng = np.random.default_rng(1)
    one = made(rng)
    signatures = Signatures(slabs=1, size=100, held=100)
    signatures.prepare([one, made(rng)], [0])
    assert signatures.near(one, [0]) == []
    signatures.add(0, one)
    assert signatures.near(one, [0]) == [(0, 0)]


@pytest.mark.parametrize("others", [WAYS - 1, WAYS])
@pytest.mark.parametrize("known", [True, False])
def test_what_was_pushed_out_after_a_batch_was_looked_up_is_not_found(others: int, known: bool):
    """Whether those that push were in the batch or not."""
    rng = np.random.default_rng(1)
    old, *new = (made(rng) for _ in range(others + 1))
    signatures = Signatures(slabs=1, size=100, held=1)  # one line a band
    signatures.add(0, old)
    signatures.prepare([old, *(new if known else [])], [0])
    for one in new:
        signatures.add(0, one)
    assert signatures.near(old, [0]) == ([(0, 0)] if others < WAYS else [])


def crowd(rng: np.random.Generator, count: int) -> list[Signature]:
    """Signatures that have many values in common, so that keys are shared and lines overflow."""
    pool = rng.integers(0, 2**32, (4, VALUES), dtype=np.uint32)
    common = [pool[rng.integers(0, 4, VALUES), np.arange(VALUES)] for _ in range(count)]
    own = rng.integers(0, 2**32, (count, VALUES), dtype=np.uint32)
    return [np.where(rng.random(VALUES) < 0.5, c, o).view(np.uint64) for c, o in zip(common, own, strict=True)]


@given(seed=st.integers(0, 10_000), batch=st.integers(2, 90))
@settings(max_examples=25, deadline=None)
def test_a_batch_finds_what_one_after_the_other_finds(seed, batch):
    """While those that were found are added, push others out, and slabs are cleared under them."""
    rng = np.random.default_rng(seed)
    crowded, slabs = crowd(rng, 250), [0, 1, 2]
    one, many = Signatures(slabs=3, size=64, held=64), Signatures(slabs=3, size=64, held=64)
    for start in range(0, len(crowded), batch):
        many.prepare(crowded[start : start + batch], slabs)
        for n, wanted in enumerate(crowded[start : start + batch], start):
            if n % 64 == 0:
                slabs = [*slabs[1:], slabs[0]]
                one.clear(slabs[-1])
                many.clear(slabs[-1])
            assert many.near(wanted, slabs) == one.near(wanted, slabs)
            if rng.random() < 0.8:
                one.add(slabs[-1], wanted)
                many.add(slabs[-1], wanted)


@given(seed=st.integers(0, 10_000), batch=st.integers(2, 300))
@settings(max_examples=4, deadline=None)
def test_articles_decided_in_batches_are_decided_byte_for_byte_alike(seed, batch):
    line = Line(WINDOW)
    line.take_all(stream(seed, 300))
    resolver = Resolver(line.text_of, WINDOW)
    for offset, article in enumerate(line.articles):
        if offset % batch == 0:
            resolver.prepare(line.articles[offset : offset + batch])
        decision = resolver.decide(article, offset)
        resolver.apply(decision)
        assert encode(decision) == encode(line.decisions[offset])
    assert resolver.digest() == line.resolver.digest()


@pytest.mark.parametrize("bad", ["", "AAAA", "?", "A" * 685])
def test_what_is_no_signature_is_none(bad: str):
    assert read_signature(bad) is None
    assert read_signature(signature(ARTICLES["dam"][1])) is not None
