"""A story that was merged into another one and comes back from it, when the two are heard to tell of two events."""

import random
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newstide.records import Article, Decision, Move, decode, encode
from streams.enrich import vector
from streams.resolve.resolver import Resolver, merge
from streams.resolve.story import side_id, story_id
from tests.unit.resolve.making import Line, article

WINDOW = 260  # four buckets of 64
POINTS = np.random.default_rng(5).normal(size=(600, vector.WIDTH))


def told(name: str, point: np.ndarray, words: list[str], *, at: float) -> Article:
    """An article about a point, with words of its events and one of its own."""
    own = np.random.default_rng(sum(map(ord, name)) * 7919 + len(name)).normal(size=vector.WIDTH)
    made = article(name, f"outlet {name}", " ".join([*words, f"w{name}"]), "", at=at)
    return replace(made, vector=vector.write(vector.small(point + 0.5 * own)))


def confused(n: int, *, at: float = 0.0, more: int = 6) -> list[Article]:
    """Two events of a kind: the first reports are taken for one, those that follow tell them apart."""
    kind, one, other = POINTS[3 * n : 3 * n + 3]
    a, b = ([f"{event}{n}x{i}" for i in range(5)] for event in "ab")
    first = [
        told(f"a{n}", one + kind, a, at=at),
        told(f"b{n}", other + kind, b, at=at + 0.1),
        told(f"both{n}", one + other + 2 * kind, a + b, at=at + 0.2),
    ]
    later = [
        told(f"{event}{n}-{i}", point + 0.5 * kind, words, at=at + 0.3 + i / 10)
        for i in range(more)
        for event, point, words in (("a", one, a), ("b", other, b))
    ]
    return first + later


def alike(n: int, *, at: float = 0.0) -> list[Article]:
    """Two events of a kind, told at length: the second one's articles are near enough to join the first."""
    kind, one, other = POINTS[3 * n : 3 * n + 3]
    a, b = ([f"kind{n}x{i}" for i in range(6)] + [f"{event}{n}x{i}" for i in range(12)] for event in "ab")
    first = [told(f"a{n}-{i}", kind + one, a, at=at + i / 100) for i in range(4)]
    return first + [told(f"b{n}-{i}", kind + other, b, at=at + (5 + i) / 100) for i in range(6)]


@pytest.fixture
def split() -> Line:
    line = Line()
    line.take_all(confused(0))
    return line


def moves(line: Line) -> list[tuple[str, str, str]]:
    return [(m.source, m.target, m.article) for d in line.decisions for m in d.moves]


def test_two_events_that_were_taken_for_one_are_two_again(split):
    (source, target, article), (back, itself, _) = moves(split)
    assert (source, target, article) == (story_id("b0"), story_id("a0"), "both0")
    assert (back, itself) == (story_id("b0"), story_id("b0"))


def test_what_came_between_goes_where_it_belongs(split):
    for event in "ab":
        told = [d for d in split.decisions if d.id.startswith(f"{event}0")]
        assert {d.story for d in told} == {story_id(f"{event}0")}
        assert {split.resolver._stories.lives(d) for d in told} == {story_id(f"{event}0")}


def test_while_merged_an_article_says_what_it_tells_and_where_that_lives(split):
    between = next(d for d in split.decisions if d.id == "b0-0")
    assert (between.story, between.under) == (story_id("b0"), story_id("a0"))


def test_copies_and_revisions_go_along_with_their_article():
    line = Line()
    text = " ".join(f"word{n}" for n in range(60))
    early, *rest = confused(0)[1:2] + confused(0)[:1] + confused(0)[2:]
    line.take_all([rest[0], replace(early, text=text), *rest[1:3]])
    copy = line.take(replace(article("copy", "daily", "x", text, at=0.4)))
    assert (copy.story, copy.under) == (story_id("b0"), story_id("a0"))
    line.take_all(rest[3:])
    assert len(moves(line)) == 2
    assert line.resolver._stories.lives(copy) == story_id("b0")
    revised = line.take(replace(early, content="other", fetched=rest[-1].fetched))
    assert (revised.version, revised.story, revised.under) == (2, story_id("b0"), None)


def test_what_came_back_is_not_merged_again(split):
    a, b = confused(0)[:2]
    line_words = a.title.split()[:5] + b.title.split()[:5]
    again = told("again", POINTS[1] + POINTS[2] + 2 * POINTS[0], line_words, at=2)
    assert not split.take(again).moves


def test_two_parts_of_one_event_stay_one():
    line = Line()
    kind, one, _ = POINTS[:3]
    words = [f"a{i}" for i in range(8)]
    line.take(told("a", one + kind, words[:5], at=0))
    line.take(told("b", one - kind, words[3:], at=0.1))
    line.take(told("both", one, words, at=0.2))
    line.take_all(told(f"m{i}", one + (i % 3 - 1) * kind, words[i % 4 : i % 4 + 5], at=1 + i / 10) for i in range(20))
    assert not [m for m in moves(line) if m[0] == m[1]]


def test_what_is_more_like_the_one_that_comes_back_comes_along():
    line, (a, b, both, *later) = Line(), confused(0)
    line.take_all([a, b, told("c0", POINTS[2] + 0.5 * POINTS[3], ["c1", "c2", "c3"], at=0.15)])
    assert [d.story for d in line.decisions] == [story_id(name) for name in ("a0", "b0", "c0")]
    line.articles.append(both)
    joined = line.resolver.decide(both, 3)
    line.resolver.apply(replace(joined, moves=(*joined.moves, Move(story_id("c0"), story_id("a0"), joined.fetched))))
    line.take_all(later)
    assert [m[:2] for m in moves(line)] == [(story_id(name), story_id("b0")) for name in ("b0", "c0")]
    assert line.resolver._stories.lives(line.decisions[2]) == story_id("b0")


def test_a_second_event_of_a_kind_is_found_in_the_story_that_it_was_taken_for():
    line = Line()
    line.take_all(alike(0))
    one, other = story_id("a0-0"), side_id("b0-0", 4)
    assert moves(line) == [(other, one, "b0-0"), (other, other, "b0-2")]
    assert [line.resolver.lives(d) for d in line.decisions] == [one] * 4 + [other] * 6


def test_a_long_article_founds_no_side_in_a_story_without_vectors():
    line, (_, second) = Line(), alike(0)[3:5]
    line.take_all(replace(made, vector="") for made in alike(0)[:3])
    joined = line.take(second)
    assert (joined.story, joined.moves) == (story_id("a0-0"), ())


def test_a_founder_that_comes_again_after_its_window_leaves_its_old_story_where_it_was():
    line, (founder, *siblings) = Line(WINDOW), alike(0)[4:]
    line.take_all([founder, *siblings])
    line.take_all(article(f"x{n}", "x", f"word{n} text{n}", "", at=1) for n in range(WINDOW + 140))
    another = [replace(one, fetched=one.fetched + timedelta(hours=2)) for one in alike(0)[:4]]
    line.take_all(another)
    again = line.take(replace(founder, content="revised", fetched=another[-1].fetched))
    assert {d.story for d in line.decisions[:6]} == {story_id(founder.id)}
    assert (again.version, again.under) == (1, story_id("a0-0"))
    assert [m.source for m in again.moves] == [again.story] != [story_id(founder.id)]


def stream(seed: int, count: int) -> list[Article]:
    """Pairs of events that are taken for one, a few of them at a time."""
    rng, made = random.Random(seed), []
    open_: list[list[Article]] = []
    for n in range(count):
        if len(open_) < 4:
            made_of = (
                confused(n % 190, at=n / 10, more=rng.randint(2, 25))
                if rng.random() < 0.7
                else alike(n % 190, at=n / 10)
            )
            open_.append(made_of)
        chosen = rng.choice(open_)
        made.append(replace(chosen.pop(0), id=f"{n}"))
        if not chosen:
            open_.remove(chosen)
    return made


@pytest.fixture(scope="module")
def lived() -> tuple[Line, list[str]]:
    line, digests = Line(WINDOW), []
    for made in stream(1, 700):
        digests.append(line.resolver.digest())
        line.take(made)
    return line, digests


def folded(line: Line, decisions: list[Decision]) -> Resolver:
    resolver = Resolver(line.text_of, WINDOW)
    for decision in decisions:
        resolver.apply(decode(encode(decision), Decision))
    return resolver


def test_a_stream_with_splits_is_had_back_at_any_point(lived):
    line, digests = lived
    assert sum(m[0] == m[1] for m in moves(line)) > 5
    for end in range(0, 700, 7):
        start = line.resolver.start(0, end)
        assert folded(line, line.decisions[start:end]).digest() == digests[end]


def test_a_fold_that_begins_within_a_story_that_parts_leaves_no_story_without_articles():
    line, digests = Line(WINDOW), []
    fill = [article(f"x{n}", "x", f"word{n} text{n}", "", at=n / 500) for n in range(400)]
    for made in [*fill[:70], *alike(0, at=0.2), *fill[70:]]:
        digests.append(line.resolver.digest())
        line.take(made)
    begun = {line.resolver.start(0, end): end for end in range(len(digests))}
    for start in range(65, 85):
        assert folded(line, line.decisions[start : begun[start]]).digest() == digests[begun[start]], start


def test_a_restart_in_between_goes_on_with_the_same_bytes(lived):
    line, _ = lived
    first = next(n for n, d in enumerate(line.decisions) if any(m.source == m.target for m in d.moves) and n > WINDOW)
    for start in (first - 1, first, first + 1):
        resolver = folded(line, line.decisions[line.resolver.start(0, start) : start])
        for offset in range(start, 700):
            decision = resolver.decide(line.articles[offset], offset)
            resolver.apply(decision)
            assert encode(decision) == encode(line.decisions[offset])


@given(gone=st.sets(st.integers(0, 699), max_size=200))
@settings(max_examples=20, deadline=None)
def test_erased_decisions_leave_a_state_that_goes_on(lived, gone):
    line, _ = lived
    moving = {n for n, d in enumerate(line.decisions) if d.moves and n % 2}
    resolver = folded(line, [d for n, d in enumerate(line.decisions) if n not in gone | moving])
    for n in range(1, 400):
        made = replace(line.articles[n], id=f"later{n}", origin=None)
        resolver.apply(resolver.decide(made, 700 + n))


def test_the_article_is_written_with_the_story_that_it_tells(split):
    between = next(d for d in split.decisions if d.id == "b0-0")
    written = merge(split.articles[between.input], between)
    assert isinstance(written, Article)
    assert written.story == story_id("b0")
