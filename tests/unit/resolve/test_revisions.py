from dataclasses import replace

from newstide.records import Origin
from streams.resolve.resolver import merge
from streams.step import Dropped
from tests.unit.resolve.making import Line, article
from tests.unit.resolve.texts import ARTICLES

TITLE, TEXT = ARTICLES["dam"]


def test_the_same_article_met_again_is_dropped_as_unchanged():
    line = Line()
    line.take(article("a", "agency", TITLE, TEXT))
    decision = line.take(article("a", "agency", TITLE, TEXT, at=1))
    assert (decision.dropped, decision.relation, decision.story) == ("unchanged", None, None)


def test_changed_text_and_changed_headline_are_versions_of_one_article():
    line = Line()
    first = line.take(article("a", "agency", TITLE, TEXT))
    second = line.take(article("a", "agency", TITLE, TEXT + "\nRain is now expected on Sunday."))
    third = line.take(article("a", "agency", "Rain at last", TEXT + "\nRain is now expected on Sunday."))
    assert [d.version for d in (first, second, third)] == [1, 2, 3]
    assert {(d.relation, d.of, d.story) for d in line.decisions} == {("original", None, first.story)}


def test_going_back_to_an_earlier_content_is_a_new_version():
    line = Line()
    for title in ("One", "Two", "One"):
        line.take(article("a", "agency", title, TEXT))
    assert [(d.version, d.dropped) for d in line.decisions] == [(1, None), (2, None), (3, None)]


def test_a_revised_copy_stays_the_copy_that_it_was():
    line = Line()
    line.take(article("a", "agency", TITLE, TEXT))
    copy = line.take(article("b", "daily", TITLE, TEXT))
    revised = line.take(article("b", "daily", *ARTICLES["ferry"]))
    assert (revised.version, revised.relation, revised.of, revised.story) == (2, "copy", "a", copy.story)


def test_a_copy_of_the_revised_text_names_the_article():
    line = Line()
    line.take(article("a", "agency", "Developing", "Details will follow as soon as they are known to our desk."))
    first = line.take(article("a", "agency", TITLE, TEXT))
    copy = line.take(article("b", "daily", TITLE, TEXT + "\nOur desk."))
    assert (copy.relation, copy.of, copy.story) == ("copy", "a", first.story)


def test_a_replayed_input_is_answered_from_its_decision():
    line = Line()
    article_ = article("a", "agency", TITLE, TEXT, offset=7)
    decision = line.take(article_)
    line.take(article("b", "daily", TITLE, TEXT, offset=8))
    line.take(article("a", "agency", "Another headline", TEXT, offset=9))
    assert line.resolver.known(article_, 99) == decision
    assert line.resolver.known(replace(article_, origin=Origin(0, 10)), 0) is None


def test_without_an_origin_the_offset_tells_the_input():
    line = Line()
    line.articles.append(article("a", "agency", TITLE, TEXT))
    decision = line.resolver.decide(line.articles[0], 0)
    line.resolver.apply(decision)
    assert line.resolver.known(line.articles[0], 0) == decision
    assert line.resolver.known(line.articles[0], 1) is None


def test_a_second_decision_on_the_same_input_changes_nothing():
    line = Line()
    decision = line.take(article("a", "agency", TITLE, TEXT, offset=7))
    before = line.resolver.digest()
    line.resolver.apply(replace(decision, story="s0000000000000000", version=5))
    assert line.resolver.digest() == before


def test_deciding_changes_nothing():
    line = Line()
    line.take(article("a", "agency", TITLE, TEXT))
    before = line.resolver.digest()
    line.resolver.decide(article("b", "daily", TITLE, TEXT, offset=1), 1)
    assert line.resolver.digest() == before


def test_merge_applies_the_decision_and_nothing_else():
    line = Line()
    line.take(article("a", "agency", TITLE, TEXT))
    copy = article("b", "daily", TITLE, TEXT, offset=3)
    decision = line.take(copy)
    told = {"version": 1, "relation": "copy", "of": "a", "story": decision.story, "evidence": "arrived first"}
    assert merge(copy, decision) == replace(copy, **told)
    assert merge(copy, line.take(replace(copy, origin=Origin(0, 4)))) == Dropped("unchanged")
