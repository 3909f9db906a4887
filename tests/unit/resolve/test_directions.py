"""Stories placed by what their articles are about, in numbers that a test can set."""

import time
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from newstide.records import Article
from streams.enrich import vector
from streams.resolve.directions import NEAREST, Directions
from streams.resolve.stories import FULL
from streams.resolve.story import story_id
from tests.unit.resolve.making import Line, article

RNG = np.random.default_rng(7)
EVENTS = [RNG.normal(size=vector.WIDTH) for _ in range(8)]


def small(point: np.ndarray) -> vector.Small:
    return vector.small(point)


def report(name: str, event: int | np.ndarray, *, at: float = 0.0, title: str = "", noise: float = 0.5) -> Article:
    """An article about an event, in words of its own."""
    own = np.random.default_rng(sum(map(ord, name)) * 7919 + len(name))
    point = (EVENTS[event] if isinstance(event, int) else event) + noise * own.normal(size=vector.WIDTH)
    made = article(name, f"outlet {name}", title or f"{name}{own.integers(9**9)}", "", at=at)
    return replace(made, vector=vector.write(small(point)))


class TestStories:
    def test_reports_in_other_words_are_one_story_by_their_vectors(self):
        line = Line()
        found = {d.id: d.story for d in line.take_all(report(f"e{e}n{n}", e) for n in range(6) for e in range(3))}
        for e in range(3):
            assert {found[f"e{e}n{n}"] for n in range(6)} == {story_id(f"e{e}n0")}

    def test_an_article_without_a_vector_is_placed_by_its_words_alone(self):
        line = Line()
        words = "tram drivers orlow strike roster union"
        line.take(replace(report("a", 0, title=words), language="en"))
        assert line.take(article("b", "daily", words, "")).story == story_id("a")
        assert line.take(article("c", "herald", "ferry aground holmsey", "")).story == story_id("c")

    def test_a_round_up_joins_but_connects_nothing(self):
        line = Line()
        one, other = EVENTS[0] + EVENTS[2], EVENTS[1] + EVENTS[2]
        line.take_all([report("a0", one, noise=0.1), report("b0", other, noise=0.1)])
        assert {d.story for d in line.decisions} == {story_id("a0"), story_id("b0")}
        both = one + other
        told = line.take(report("both", both, title="Morning briefing: two things", noise=0))
        assert told.story in {story_id("a0"), story_id("b0")}
        assert (told.moves, told.terms, told.vector) == ((), (), "")
        # Without that headline the very same article makes one story of the two.
        joins = line.take(report("joins", both, noise=0))
        assert joins.story == story_id("a0")
        assert [(m.source, m.target) for m in joins.moves] == [(story_id("b0"), story_id("a0"))]

    @pytest.mark.parametrize(
        "title",
        [
            "Live updates: the strike",
            "Rates rise; storm nears coast; Rovers win",
            "The week in review",
            "News in brief",
        ],
    )
    def test_round_ups_are_known_by_their_headlines(self, title: str):
        assert Line().take(report("x", 0, title=title)).vector == ""

    def test_a_full_story_is_named_by_what_it_would_have_taken(self):
        line = Line()
        decisions = line.take_all(report(f"a{n}", 0, noise=0.2, at=n / 100) for n in range(FULL + 2))
        assert {d.story for d in decisions[:FULL]} == {story_id("a0")}
        assert decisions[FULL].full == story_id("a0")
        assert [d.story for d in decisions[FULL:]] == [story_id(f"a{FULL}")] * 2

    def test_many_identical_headlines_make_no_giant_cluster_and_cost_no_more_than_others(self):
        line = Line()
        one = report("x", 0, title="Subscribe to read")
        pages = [replace(one, id=f"x{n}", outlet=f"o{n % 500}") for n in range(3000)]
        started = time.process_time()
        line.take_all(pages[:600])
        first, started = time.process_time() - started, time.process_time()
        line.take_all(pages[600:])
        assert time.process_time() - started < 4 * 3 * first + 1
        assert max(Counter(d.story for d in line.decisions).values()) <= FULL

    @pytest.mark.parametrize("years", [-56, -1, 1])
    def test_a_clock_that_is_years_off_joins_nothing_and_disturbs_nothing(self, years: int):
        line = Line()
        line.take(report("a", 0))
        assert line.take(report("wrong", 0, at=years * 8766)).story == story_id("wrong")
        assert line.take(report("b", 0, at=1)).story == story_id("a")

    @pytest.mark.parametrize("packed", ["?", "AAAA", "A" * 513, vector.write(np.zeros(vector.WIDTH, np.int8))])
    def test_what_is_no_vector_is_told_by_its_words(self, packed: str):
        line = Line()
        words = "tram drivers orlow strike roster union"
        line.take(report("a", 0, title=words))
        assert line.take(replace(report("b", 1, title=words), vector=packed)).story == story_id("a")

    def test_a_story_older_than_twelve_hours_is_not_merged(self):
        one, other = EVENTS[0] + EVENTS[2], EVENTS[1] + EVENTS[2]
        for hours, merged in ((6, True), (18, False)):
            line = Line()
            line.take_all([report("a", one, noise=0.1), report("b", other, noise=0.1)])
            assert bool(line.take(report("both", one + other, noise=0, at=hours)).moves) is merged

    def test_a_restart_goes_on_with_the_same_bytes(self):
        line, events = Line(window=300), [n % 7 for n in range(500)]
        for n, event in enumerate(events):
            line.take(report(f"n{n}", event, at=n / 3, noise=0.8))
        fresh = Line(window=300)
        start = fresh.resolver.start(0, 500)
        for decision in line.decisions[start:]:
            fresh.resolver.apply(decision)
        assert fresh.resolver.digest() == line.resolver.digest()

    def test_a_decision_met_again_has_its_vector_back(self):
        line = Line()
        first = line.take(report("a", 0))
        assert line.resolver.known(line.articles[0], 0) == first


class TestDirections:
    def test_the_nearest_by_signs_are_found_wherever_they_stand(self):
        found = Directions()
        points = RNG.normal(size=(2000, vector.WIDTH))
        for n, point in enumerate(points):
            found.add(f"s{n}", small(point))
        for n in (0, 777, 1999):
            assert found.near(small(points[n] + 0.7 * RNG.normal(size=vector.WIDTH)))[0] == f"s{n}"
        assert len(found.near(small(points[0]))) == NEAREST

    def test_counting_out_leaves_what_counting_in_the_rest_gives(self):
        some, rest = Directions(), Directions()
        points = [small(RNG.normal(size=vector.WIDTH)) for _ in range(60)]
        for n, point in enumerate(points):
            some.add(f"s{n % 9}", point)
        for n, point in enumerate(points[:40]):
            some.add(f"s{n % 9}", point, -1)
        for n, point in enumerate(points[40:], 40):
            rest.add(f"s{n % 9}", point)
        assert some.state() == rest.state()

    def test_order_of_coming_changes_nothing(self):
        points = {f"s{n}": small(RNG.normal(size=vector.WIDTH)) for n in range(100)}
        one, other = Directions(), Directions()
        for key, point in points.items():
            one.add(key, point)
        for key, point in reversed(points.items()):
            other.add(key, point)
        asked = small(RNG.normal(size=vector.WIDTH))
        assert one.near(asked) == other.near(asked)
        assert one.state() == other.state()

    def test_a_sum_that_is_nothing_is_gone(self):
        held = Directions()
        point = small(RNG.normal(size=vector.WIDTH))
        for key in ("a", "b", "c"):
            held.add(key, point)
        held.add("a", point, -1)
        assert held.near(point) == ["b", "c"]
        assert held.cosine("a", point) is None
        assert held.cosine("b", point) == 1.0

    def test_a_moved_sum_counts_under_its_new_key(self):
        held = Directions()
        one, other = small(RNG.normal(size=vector.WIDTH)), small(RNG.normal(size=vector.WIDTH))
        held.add("a", one)
        held.add("b", other)
        held.move("b", "a")
        assert held.near(other) == ["a"]
        assert held.cosine("b", one) is None
