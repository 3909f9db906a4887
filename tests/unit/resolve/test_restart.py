import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newstide.records import Decision, decode, encode
from streams.resolve.resolver import Resolver
from tests.unit.resolve.making import Line
from tests.unit.resolve.world import stream

WINDOW = 260  # four buckets of 64: most of a stream leaves it
STEP = 13  # no divisor of a bucket


def restarted(line: Line, prefix: int, *, whole: bool = False) -> Resolver:
    """A new resolver that folded the log of decisions up to the prefix, from where it asks to."""
    resolver = Resolver(line.text_of, WINDOW)
    start = 0 if whole else resolver.start(0, prefix)
    for decision in line.decisions[start:prefix]:
        resolver.apply(decode(encode(decision), Decision))
    return resolver


@pytest.fixture(scope="module")
def lived() -> tuple[Line, dict[int, str]]:
    """A resolver that took 600 articles, and its digest before every STEP-th of them."""
    line, digests = Line(WINDOW), {}
    for n, article in enumerate(stream(1, 600)):
        if n % STEP == 0:
            digests[n] = line.resolver.digest()
        line.take(article)
    return line, digests


def test_the_stream_holds_what_the_other_tests_are_about(lived):
    decisions = lived[0].decisions
    assert {d.relation for d in decisions} == {"original", "copy", "derived", None}
    assert sum(len(d.moves) for d in decisions) >= 3
    assert max(d.version for d in decisions) > 2
    assert len(decisions) > 2 * WINDOW
    assert lived[0].resolver._stories._closed
    assert {d.id for d in decisions if d.moves} - {d.id for d in decisions[-WINDOW:]}


@given(prefix=st.integers(0, 599 // STEP).map(lambda n: n * STEP), whole=st.booleans())
@settings(max_examples=30, deadline=None)
def test_a_restart_at_any_point_has_the_state_back(lived, prefix, whole):
    line, digests = lived
    assert restarted(line, prefix, whole=whole).digest() == digests[prefix]


@given(seed=st.integers(0, 10_000), prefix=st.integers(0, 500))
@settings(max_examples=6, deadline=None)
def test_after_a_restart_the_rest_is_decided_byte_for_byte_alike(seed, prefix):
    line = Line(WINDOW)
    line.take_all(stream(seed, 500))
    resolver = restarted(line, prefix)
    for offset in range(prefix, 500):
        decision = resolver.decide(line.articles[offset], offset)
        resolver.apply(decision)
        assert encode(decision) == encode(line.decisions[offset])
    assert resolver.digest() == line.resolver.digest()


def test_the_same_stream_gives_the_same_bytes():
    lines = [Line(WINDOW), Line(WINDOW)]
    for line in lines:
        line.take_all(stream(3, 200))
    assert [encode(d) for d in lines[0].decisions] == [encode(d) for d in lines[1].decisions]


def test_every_held_input_is_known_as_it_was_decided(lived):
    line, _ = lived
    held = [line.resolver.known(line.articles[d.input], d.input) for d in line.decisions]
    kept = [(known, d) for known, d in zip(held, line.decisions, strict=True) if known]
    assert WINDOW - 64 < len(kept) <= WINDOW
    assert all(known == decision for known, decision in kept)
