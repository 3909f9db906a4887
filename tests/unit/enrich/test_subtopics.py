"""What lies below an article's top-level topics: by its vector, and by the section under which it is filed."""

import numpy as np
import pytest

from newstide.records import Topic
from streams.enrich import subtopics, topics, vector
from streams.enrich.words import table
from streams.models.training import subtopics as training
from streams.models.training.topic_sets import codes, items

SPORT, BUSINESS = Topic("medtop:15000000", "sport", 0.9), Topic("medtop:04000000", "economy, business and finance", 0.9)


def below(above: tuple[Topic, ...], title: str, text: str) -> list[str]:
    return [t.name for t in subtopics.classify(above, (), vector.find(title, text, "en"))]


@pytest.mark.parametrize(
    ("title", "text", "topic"),
    [
        ("Brewer's third-quarter profit up", "Net income rose to 40 million and the dividend was lifted.", "business information"),
        ("Lender lowers its policy rate", "The central bank cut the rate as consumer prices fell for a third month.", "economy"),
        ("Blue chips end the session lower", "The share index lost two percent and bond yields rose.", "market and exchange"),
        ("Voters go to the polls", "Turnout was high as the country voted for a new parliament and president.", "election"),
        ("Ministers sign accord", "The foreign ministers signed a treaty after talks on sanctions.", "international relations"),
        ("Rebels shell town", "Artillery and air strikes killed soldiers on the front line.", "armed conflict"),
        ("Man jailed for life", "A judge sentenced him to life in prison after a jury found him guilty of killing his neighbour.", "judiciary"),
        ("Quake flattens villages", "An earthquake of magnitude 6.8 killed hundreds and buried houses.", "disaster"),
        ("Two goals in stoppage time", "The forward scored twice and the hosts won the derby in the league.", "competition discipline"),
        ("Dengue cases double", "Doctors see more patients with fever as the virus spreads.", "disease and condition"),
    ],
)  # fmt: skip
def test_a_report_has_its_second_level(title: str, text: str, topic: str) -> None:
    point = vector.find(title, text, "en")
    found = subtopics.classify(topics.classify(title, text, "en", (), point), (), point)
    assert [t.name for t in found][:1] == [topic]


def test_the_second_level_of_what_we_wrote_lies_below_a_topic_of_the_item() -> None:
    for numbers, second, title, _ in items():
        assert not second or subtopics.known()[second]["parent"] in codes(*map(int, numbers.split())), title


def test_nothing_is_given_whose_parent_the_article_has_not() -> None:
    title, text = "Midfielder signs for City", "The club paid thirty million for the player, who signed for four years."
    assert set(below((SPORT,), title, text)) <= {"sports transaction", "competition discipline"}
    assert below((), title, text) == []
    assert subtopics.classify((BUSINESS,), ("Football",), "") == ()


def test_a_score_is_no_higher_than_its_parents_and_sure_enough() -> None:
    point = vector.find("Shares fall", "Stocks fell on the exchange and the dollar lost ground.", "en")
    for believed in (0.9, 0.5, 0.36):
        found = subtopics.classify((Topic(BUSINESS.id, BUSINESS.name, believed),), (), point)
        assert all(subtopics.LEAST <= t.score <= believed for t in found)
    assert subtopics.classify((Topic(BUSINESS.id, BUSINESS.name, 0.3),), (), point) == ()


def test_a_section_gives_it_in_any_language(article) -> None:
    found = article(title="Hali", text="Habari za leo.", sections=["Mercati"], language="it").topics
    assert {"medtop:04000000", "medtop:20000385"} <= {t.id for t in found}


def test_an_article_without_a_vector_or_a_section_has_none() -> None:
    assert subtopics.classify((SPORT, BUSINESS)) == ()


def test_table_model_and_examples_know_the_same_topics() -> None:
    tops = {row["id"] for row in table("topics")}
    assert {row["parent"] for row in subtopics.known().values()} == tops
    assert set(subtopics.model().topics) == subtopics.known().keys() | tops
    lines = training.EXAMPLES.read_text("utf-8").splitlines()[1:]
    assert {line.split("\t")[0] for line in lines} == subtopics.known().keys()
    assert all(np.isfinite(values).all() for values in (subtopics.model().weights, subtopics.model().bias))
