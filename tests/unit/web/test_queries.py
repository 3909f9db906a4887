import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

import pytest

from newstide.ports import Rows, Store
from sinks import queries
from sinks.queries import words
from streams.resolve.story import side_id
from tests.unit.web.conftest import HARBOUR, NOW, PARTY
from tests.unit.web.seed import Seed


def ids(rows: object) -> list[str]:
    return [row["id"] for row in rows.dicts()]


def test_rising_counts_originals_and_shows_copies_beside(seeded: Store) -> None:
    first = queries.rising(seeded, NOW).dicts()[0]
    assert (first["entity"], first["now"], first["copies"], first["outlets"]) == (HARBOUR[0], 4, 1, 5)


def test_rising_takes_no_more_than_its_limit(seeded: Store) -> None:
    seen = queries.rising(seeded, NOW, window=30 * 86_400).rows
    assert seen
    assert queries.rising(seeded, NOW, limit=1, window=30 * 86_400).rows == seen[:1]


def test_a_timeline_has_every_step_and_compare_agrees_with_it(seeded: Store) -> None:
    alone = queries.timeline(seeded, HARBOUR[0], NOW, 6 * 3600, 3600).dicts()
    both = queries.compare(seeded, ["nobody", HARBOUR[0]], NOW, 6 * 3600, 3600).dicts()
    assert {row["bucket"].hour for row in alone} >= {6, 7, 8, 9, 10, 11}
    assert sum(row["originals"] for row in alone) == 5
    mine = {row["bucket"]: (row["originals"], row["copies"]) for row in both if row["entity"] == HARBOUR[0]}
    assert mine == {row["bucket"]: (row["originals"], row["copies"]) for row in alone}
    assert {row["originals"] for row in both if row["entity"] == "nobody"} == {0}


def test_an_entity_that_is_compared_twice_stands_there_once(seeded: Store) -> None:
    once = queries.compare(seeded, [HARBOUR[0]], NOW, 6 * 3600, 3600)
    assert queries.compare(seeded, [HARBOUR[0], HARBOUR[0]], NOW, 6 * 3600, 3600).rows == once.rows


def test_sparklines_of_many_entities_have_one_length_and_the_same_counts(seeded: Store) -> None:
    lines = queries.sparklines(seeded, [HARBOUR[0], PARTY[0]], NOW, 86_400, 1800)
    assert len({len(line) for line in lines.values()}) == 1
    assert sum(lines[HARBOUR[0]]) == 5
    assert queries.sparklines(seeded, [], NOW, 86_400, 1800) == {}


def test_related_places_and_sources_count_within_the_window(seeded: Store) -> None:
    assert queries.related(seeded, PARTY[0], NOW, 3600).dicts()[0]["entity"] == HARBOUR[0]
    [first, *_] = queries.places(seeded, NOW, 3600).dicts()
    assert (first["originals"], first["lat"]) == (4, 41.2)
    assert {row["outlet"] for row in queries.sources(seeded, NOW, 3600).dicts()} == {
        "Outlet 0",
        "Outlet 1",
        "Outlet 2",
        "Outlet 3",
        "Copyist",
    }


def test_articles_come_newest_first_and_pages_join_without_gap_or_double(seeded: Store) -> None:
    everything = queries.articles(seeded, limit=100).dicts()
    assert [row["time"] for row in everything] == sorted((row["time"] for row in everything), reverse=True)
    paged, before = [], None
    while page := queries.articles(seeded, limit=3, before=before).dicts():
        paged += page
        before = (page[-1]["time"], page[-1]["id"])
    assert [row["id"] for row in paged] == [row["id"] for row in everything]
    assert len({row["id"] for row in paged}) == len(paged) == 11


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"entity": PARTY[0]}, ["fire0", "body"]),
        ({"topic": "medtop:03000000"}, ["fire0", "fire1", "fire2", "fire3"]),
        ({"outlet": "Copyist"}, ["copy0"]),
        ({"language": "ar"}, ["ar"]),
        ({"story": "fire"}, ["copy0", "fire0", "fire1", "fire2", "fire3"]),
        ({"story": "fire2nd"}, ["copy0", "fire0", "fire1", "fire2", "fire3"]),
        ({"words": "!!"}, []),
        ({"words": "harbour FIRE"}, ["fire0", "fire1", "fire2", "fire3", "body"]),
        ({"since": NOW - timedelta(minutes=11), "until": NOW - timedelta(minutes=5)}, ["copy0", "fire0"]),
        ({"outlet": "Copyist", "language": "ar"}, []),
    ],
)
def test_articles_meet_every_filter(seeded: Store, asked: dict[str, object], found: list[str]) -> None:
    assert ids(queries.articles(seeded, **asked)) == found


def test_a_revision_replaces_its_article_in_lists_and_takes_its_mentions_back(seeded: Store) -> None:
    found = queries.article(seeded, "rev")
    assert (found["title"], found["version"]) == ("The second wording", 2)
    assert [version["title"] for version in found["versions"]] == ["The first wording", "The second wording"]
    assert [mention["entity"] for mention in found["mentions"]] == [HARBOUR[0]]
    assert found["removed"][0]["reason"] == "appeal"
    assert queries.search(seeded, "old words").rows == []


def test_an_article_names_its_siblings_and_an_unknown_one_is_none(seeded: Store) -> None:
    assert {row["id"] for row in queries.article(seeded, "fire0")["siblings"]} == {"copy0", "fire1", "fire2", "fire3"}
    assert queries.article(seeded, "nothing' OR 1=1 --") is None


def test_stories_are_most_active_first_with_outlets_in_order_copies_and_entities(seeded: Store) -> None:
    rows = queries.stories(seeded, active_since=NOW - timedelta(days=1)).dicts()
    first = rows[0]
    assert (first["story"], first["originals"], first["copies"], first["recent"]) == ("fire", 4, 1, 4)
    assert first["by"][0] == "Outlet 3"
    assert first["entities"][0] == {"id": HARBOUR[0], "name": "Port Averin", "type": "LOC"}
    assert "story-old" not in {row["story"] for row in rows}
    assert len(queries.stories(seeded, active_since=NOW - timedelta(days=30), limit=2).rows) == 2


def test_a_merged_story_answers_with_its_successor(seeded: Store) -> None:
    found = queries.story(seeded, "fire2nd")
    assert (found["story"], found["merged"]) == ("fire", ["fire2nd"])
    assert [row["id"] for row in found["articles"]] == ["fire3", "fire2", "fire1", "fire0", "copy0"]
    assert queries.story(seeded, "nothing") is None


def test_a_side_that_an_article_founded_counts_as_merged_only_once_it_has_parted(store: Store) -> None:
    site = Seed(store, NOW)
    site.article("told", "A fire in the harbour", story="fire")
    side = side_id("told", 0)
    site.move(side, "fire", "told")
    held = queries.story(store, "fire")
    assert held is not None
    assert (held["merged"], held["history"]) == ([], [])
    Seed(store, NOW + timedelta(minutes=1)).move(side, side, "later")
    site.article("later", "A fire in the market", story=side)
    parted = queries.story(store, side)
    assert parted is not None
    assert [step["target"] for step in parted["history"]] == ["fire", side]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("harbour fire", ["fire0", "fire1", "fire2", "fire3", "body"]),  # titles first, though the body is older
        ("istanbul", ["ist"]),  # a dotted capital I
        ("ISTANBUL'DA", ["ist"]),
        ("istanbul’da", ["ist"]),  # another apostrophe
        ("strasse ocalan", ["ist"]),
        ("Straße", ["ist"]),
        ("stanbul", []),  # whole words
        ("الحكومة", ["ar"]),
        (".* [a-z]+ (", []),
        ("alert(1)", ["evil"]),
        ("  ", []),
    ],
)
def test_search_finds_whole_words_in_any_case_and_accent(seeded: Store, typed: str, found: list[str]) -> None:
    assert ids(queries.search(seeded, typed)) == found


def test_a_found_article_shows_where_the_word_stands_and_whole_words_only(store: Store) -> None:
    from tests.unit.web.seed import Seed

    before, after = "The ministers met for hours. " * 20, " and nobody objected to it" * 20
    Seed(store, NOW).article("deep", "Meeting", text=f"{before}Then Öcalan was named{after}.")
    [summary] = [row["summary"] for row in queries.search(store, "ocalan").dicts()]
    assert "Then Öcalan was named" in summary
    assert summary.startswith("… ")
    assert summary.endswith(" …")
    assert set(re.findall(r"\w+", summary)) <= set(re.findall(r"\w+", f"{before} Then Öcalan was named {after}"))
    [headline] = [row["summary"] for row in queries.search(store, "meeting").dicts()]
    assert headline.startswith("The ministers met")
    [listed] = [row["summary"] for row in queries.articles(store).dicts()]
    assert before.startswith(listed.removesuffix(" …") + " ")


def test_a_word_of_a_script_without_spaces_is_found_inside_a_line(store: Store) -> None:
    from tests.unit.web.seed import Seed

    Seed(store, NOW).article("zh", "政府宣布新的计划")
    assert ids(queries.search(store, "宣布")) == ["zh"]


@pytest.mark.parametrize("query", ["", "...", "\u0301", "'", "\\"])
def test_what_holds_no_word_is_no_word(query: str) -> None:
    assert words.split(query) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (HARBOUR[0], HARBOUR[0]),
        ("port averin", HARBOUR[0]),
        ("Istanbul", "Q406"),
        ("kurdistan workers’ party", PARTY[0]),
        ("pkk", PARTY[0]),  # a wording of its mentions
        ("Port", None),
        ("", None),
        ("%", None),
    ],
)
def test_an_entity_is_known_by_its_id_or_its_name(seeded: Store, text: str, found: str | None) -> None:
    assert queries.entity(seeded, text) == found


def test_feeds_stand_with_the_failing_first(seeded: Store) -> None:
    assert [row["title"] for row in queries.feeds(seeded).dicts()] == ["Gone", "Good", "New", "Quiet"]


def test_alerts_carry_the_state_of_their_deliveries(seeded: Store) -> None:
    first, second = queries.alerts(seeded).dicts()
    assert (first["key"], first["hooks"], first["delivered"], first["pending"]) == ("a1", 2, 1, 1)
    assert (second["key"], second["failed"]) == ("a2", 1)
    assert len(queries.alerts(seeded, limit=1).rows) == 1


def test_the_ledger_counts_every_end_with_its_reason(seeded: Store) -> None:
    assert queries.ledger(seeded).rows == [
        ("stored", "", "", 12),
        ("dropped", "resolve", "unchanged", 3),
        ("dead", "enrich", "too large", 1),
    ]


class Merging:
    """A store where a story is merged away while its outlets are asked for."""

    def __init__(self, store: Store, seed: Seed) -> None:
        self._store, self._seed = store, seed

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> Rows:
        if "groupArray((time, outlet))" in sql:
            self._seed.move("young", "older")
        return self._store.query(sql, params)


def test_a_merge_between_two_queries_costs_a_story_its_outlets_and_not_the_page(store: Store) -> None:
    seed = Seed(store, NOW)
    seed.article("a", "Fire", story="older")
    seed.article("b", "Blaze", story="young")
    merging = cast("Store", Merging(store, seed))
    found = queries.stories(merging, active_since=NOW - timedelta(hours=1)).dicts()
    assert {row["story"]: len(row["by"]) for row in found} == {"older": 1, "young": 0}
