"""What is known of one story: its central headline, what each article adds, and how its id came about."""

from datetime import timedelta

import pytest

from sinks import queries
from tests.unit.web.conftest import HARBOUR, PARTY, Web


def vector(*numbers: int) -> list[int]:
    return [*numbers, *(0 for _ in range(384 - len(numbers)))]


@pytest.fixture
def told(bare: Web) -> Web:
    """Three originals of which the last is the most central, and a copy whose words are nearer still."""
    add = bare.seed.article
    add("a", "First word", minutes=90, story="s", vector=vector(100, 0), entities=[HARBOUR], text="5 are missing.")
    add("b", "Another view", minutes=80, story="s", vector=vector(0, 100), entities=[HARBOUR], places=[("Q406", "X")])
    add("c", "All of it", minutes=70, story="s", vector=vector(80, 80), entities=[HARBOUR, PARTY], text="5 of 12.")
    add("d", "A copy", minutes=60, story="t", vector=vector(90, 90), relation="copy", of="c", outlet="Copyist")
    bare.seed.move("t", "s", "c")
    return bare


def test_a_story_is_headed_by_its_most_central_original(told: Web) -> None:
    found = queries.story(told.store, "s")
    assert (found["headline"], found["article"]) == ("All of it", "c")
    [listed] = queries.stories(told.store, active_since=told.clock.now().replace(hour=0)).dicts()
    assert listed["headline"] == "All of it"


def test_of_two_the_earlier_heads_it(bare: Web) -> None:
    bare.seed.article("a", "First word", minutes=90, story="s", vector=vector(100, 0))
    bare.seed.article("b", "Another view", minutes=80, story="s", vector=vector(80, 80))
    assert queries.story(bare.store, "s")["headline"] == "First word"


def test_each_article_adds_what_nobody_told_before(told: Web) -> None:
    added = {row["id"]: (row["novelty"], row["adds"]) for row in queries.story(told.store, "s")["articles"]}
    assert added == {
        "a": (1.0, ["Port Averin", "5"]),
        "b": (0.0, []),
        "c": (0.5, ["Kurdistan Workers' Party", "12"]),
        "d": (None, []),
    }


def test_the_history_says_when_and_by_which_article_an_id_moved(told: Web) -> None:
    for asked in ("s", "t"):
        [step] = queries.story(told.store, asked)["history"]
        assert (step["source"], step["target"], step["article"], step["at"]) == ("t", "s", "c", told.clock.now())


def test_a_story_that_came_back_answers_under_its_own_id_and_both_tell_of_it(told: Web) -> None:
    told.seed.now += timedelta(minutes=1)
    told.seed.move("t", "t", "d")
    for asked, article in (("s", "a"), ("t", "d")):
        found = queries.story(told.store, asked)
        assert (found["story"], found["merged"], found["articles"][0]["id"]) == (asked, [], article)
        steps = [(step["source"], step["target"], step["article"]) for step in found["history"]]
        assert steps == [("t", "s", "c"), ("t", "t", "d")]
    assert "on its own again" in told.client.get("/story/t").text


def test_timeline_topics_and_countries_count_what_is_no_copy(told: Web) -> None:
    found = queries.story(told.store, "s")
    assert sum(step["originals"] for step in found["timeline"]) == 3
    assert sum(step["copies"] for step in found["timeline"]) == 1
    assert found["countries"] == [{"country": "TR", "happens": 1, "articles": 1}]


def test_the_page_names_what_is_added_and_whose_text_a_copy_is(told: Web) -> None:
    page = told.client.get("/story/t").text
    assert "adds Kurdistan Workers&#39; Party, 12" in page or "adds Kurdistan Workers&#x27; Party, 12" in page
    assert "adds no name or number" in page
    assert 'of <a href="/article/c">' in page
    assert "Merges" in page
