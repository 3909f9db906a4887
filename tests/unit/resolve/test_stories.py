import hashlib
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from newstide.records import Article, Move
from streams.enrich import vector
from streams.resolve.stories import FULL
from streams.resolve.story import story_id
from tests.unit.resolve.making import Line, article

STRIKE = [
    ("Tram drivers in Orlow walk out over night roster", "Tram drivers in Orlow stopped work over the night roster."),
    ("Orlow tram strike leaves commuters stranded", "Commuters in Orlow were stranded as tram drivers began a strike."),
    ("Union says Orlow tram strike will last", "The union said the tram strike in Orlow lasts until the roster goes."),
]
FERRY = [
    ("Ferry aground off Holmsey in fog", "A ferry with passengers ran aground in fog near Holmsey island."),
    ("Passengers rescued from Holmsey ferry", "Passengers of the ferry aground near Holmsey were rescued in fog."),
    ("Divers examine Holmsey ferry hull", "Divers examined the hull of the ferry aground off Holmsey island."),
]


def reports(event: list[tuple[str, str]], prefix: str, *, at: float = 0.0) -> list[Article]:
    return [article(f"{prefix}{i}", f"{prefix}-outlet{i}", *report, at=at + i) for i, report in enumerate(event)]


def word(n: int) -> str:
    return hashlib.sha256(str(n).encode()).hexdigest()[:8]


def about(words: range | list[int], name: str, *, at: float = 0.0) -> Article:
    """A brief whose terms are these words."""
    return article(name, f"o-{name}", " ".join(map(word, words)), "", at=at)


def test_reports_on_two_events_make_two_stories_named_after_their_founders():
    line = Line()
    mixed = [a for pair in zip(reports(STRIKE, "s"), reports(FERRY, "f"), strict=True) for a in pair]
    stories = {d.id: d.story for d in line.take_all(mixed)}
    assert {stories[f"s{i}"] for i in range(3)} == {"s" + hashlib.sha256(b"s0").hexdigest()[:16]}
    assert {stories[f"f{i}"] for i in range(3)} == {story_id("f0")}


def test_a_story_keeps_its_id_while_it_grows():
    line = Line()
    decisions = line.take_all(about([1, 2, 3, 4, 5, 100 + i], f"a{i}", at=i / 10) for i in range(50))
    assert {d.story for d in decisions} == {story_id("a0")}


def test_after_three_days_without_an_article_a_story_takes_no_more():
    line = Line()
    a, b, c, d = (line.take(about(range(6), n, at=at)) for n, at in [("a", 0), ("b", 71), ("c", 142), ("d", 215)])
    assert a.story == b.story == c.story == story_id("a")
    assert d.story == story_id("d")


def test_a_full_story_takes_no_more():
    line = Line()
    decisions = line.take_all(about([1, 2, 3, 4, 5, 1000 + i], f"a{i}", at=i / 100) for i in range(FULL + 1))
    assert {d.story for d in decisions[:FULL]} == {story_id("a0")}
    assert decisions[FULL].story == story_id(f"a{FULL}")


def test_words_of_past_stories_do_not_become_common():
    line = Line(window=1600)  # buckets of 100
    for day in range(10):
        # Sixty stories a day, half of whose words come back every day.
        line.take_all(about([n, n + 100, n + 200, 10_000 * day + n], f"d{day}-{n}", at=24 * day) for n in range(60))
    for n in range(600, 900):
        line.take(about([n, n + 1000, n + 2000], f"filler{n}", at=24 * 20))
    first = line.take(about([1, 101, 5000, 5001], "first", at=24 * 20))
    assert first.story == story_id("first")
    assert line.take(about([1, 101, 6000, 6001], "second", at=24 * 20)).story == first.story
    assert len(line.resolver._stories._heard) < 1500


def test_an_archive_read_beside_the_live_feeds_keeps_its_stories():
    line, long_ago = Line(window=1600), -40 * 8766
    for n in range(0, 600, 3):
        line.take(about([1, 2, 3, 4, n + 1000], f"old{n}", at=long_ago + n / 100))
        line.take_all(about([n + i + 5000], f"live{n + i}", at=n / 100) for i in range(2))
    assert {d.story for d in line.decisions if d.id.startswith("old")} == {story_id("old0")}


def test_a_late_copy_of_a_story_that_is_over_still_gets_its_id():
    line = Line(window=1600)
    text = " ".join(word(n) for n in range(60))
    line.take(article("a", "agency", "Long ago", text))
    line.take_all(about([n], f"filler{n}", at=24 * 30) for n in range(100, 400))
    assert line.take(article("b", "daily", "Again", text, at=24 * 30)).story == story_id("a")


def test_a_chain_of_small_steps_does_not_drag_a_story_away():
    line = Line()
    # Each article shares five of its six terms with the one before, and none with the sixth before it.
    decisions = line.take_all(about(range(n, n + 6), f"a{n}", at=n / 10) for n in range(60))
    founders = [d.story for d in decisions]
    assert founders[0] != founders[59]
    assert max(Counter(founders).values()) <= 30


def test_one_shared_term_does_not_join():
    line = Line()
    line.take(about([1, 2], "a"))
    assert line.take(about([1, 3], "b")).story == story_id("b")


@pytest.fixture
def merged() -> Line:
    """Two stories of three articles, and one that tells both."""
    line = Line()
    for i in range(3):
        line.take(about([1, 2, 3, 4, 5, 20 + i], f"a{i}", at=i / 10))
        line.take(about([11, 12, 13, 14, 15, 30 + i], f"b{i}", at=i / 10))
    line.take(about([1, 2, 3, 4, 5, 11, 12, 13, 14, 15], "both", at=1))
    return line


def test_an_article_that_tells_two_stories_merges_them_into_the_older(merged):
    last = merged.decisions[-1]
    assert last.story == story_id("a0")
    assert last.moves == (Move(story_id("b0"), story_id("a0"), last.fetched, "both"),)


def test_after_a_merge_both_kinds_of_articles_go_to_the_survivor(merged):
    assert merged.take(about([11, 12, 13, 14, 15, 40], "b9", at=2)).story == story_id("a0")
    revised = merged.take(about([11, 12, 13, 14, 15, 41], "b1", at=2))
    assert (revised.version, revised.story, revised.under) == (2, story_id("b0"), story_id("a0"))


def test_the_founder_of_a_merged_story_met_again_does_not_revive_it(merged):
    again = merged.take(about(range(60, 66), "b0", at=2))
    assert (again.story, again.under) == (story_id("b0"), story_id("a0"))


def test_the_more_articles_would_change_their_story_the_surer_a_merge_must_be():
    line = Line()
    line.take_all(about([1, 2, 3, 4, 5, 20 + i], f"a{i}", at=i / 10) for i in range(3))
    line.take_all(about([11, 12, 13, 14, 15, 30 + i], f"b{i}", at=1 + i / 10) for i in range(20))
    assert not line.take(about([1, 2, 3, 4, 5, 11, 12, 13, 14, 15], "both", at=4)).moves


def form(n: int, words: list[int]) -> Article:
    """A report in a form of which all have cosines of .7 with one another."""
    point = np.zeros(vector.WIDTH, np.float32)
    point[:64], point[64 + 10 * n : 74 + 10 * n] = np.sqrt(0.7 / 64), np.sqrt(0.3 / 10)
    return replace(about(words, f"f{n}", at=n / 10), vector=vector.write(vector.small(point)))


@pytest.mark.parametrize(("others", "shared", "joins"), [(5, 1, True), (30, 1, False), (30, 4, True)])
def test_where_many_stories_have_one_form_its_likeness_tells_less(others: int, shared: int, joins: bool):
    line = Line()
    first, *_ = line.take_all(form(n, list(range(10 * n, 10 * n + 8))) for n in range(others))
    assert len({d.story for d in line.decisions}) == others
    last = line.take(form(others, [*range(shared), *range(1000 + shared, 1008)]))
    assert (last.story == first.story) == joins


def test_articles_without_terms_stay_alone():
    line = Line()
    assert [line.take(about([], name)).story for name in "ab"] == [story_id("a"), story_id("b")]
