"""What an article must have for a rule to hold."""

from typing import Any

import pytest

from newstide.records import Rule, Topic
from streams.match import Matcher, matches
from tests.unit.alerts.making import article, entity

HOLDS: list[dict[str, Any]] = [
    {"entity": ("Q42",)},
    {"entity": ("union of ferry crews",)},
    {"entity": ("ufc",)},
    {"entity": ("AYSE DEMIR",)},
    {"entity": ("nobody", "Ayşe Demir")},
    {"topic": ("medtop:11000000",)},
    {"topic": ("medtop:11",)},
    {"topic": ("Politics and Government",)},
    {"words": ("STRIKE",)},
    {"words": ("ŞIRNAK",)},
    {"words": ("strike", "owners")},
    {"words": ("cease-fire",)},
    {"words": ("cease  fire between",)},
    {"language": ("en",)},
    {"language": ("EN-us", "tr")},
    {"source": ("harbour post",)},
    {"source": ("harbour-post.example",)},
    {"source": ("news.harbour-post.example",)},
    {"source": ("https://harbour-post.example/feed.xml",)},
    {
        "entity": ("Q42",),
        "topic": ("medtop:11",),
        "words": ("ferry",),
        "language": ("en",),
        "source": ("Harbour Post",),
    },
]
FAILS: list[dict[str, Any]] = [
    {"entity": ("Q4",)},
    {"entity": ("ferry crews",)},
    {"topic": ("medtop:15",)},
    {"topic": ("medtop:",)},
    {"topic": ("politics",)},
    {"words": ("stri",)},
    {"words": ("strike", "airport")},
    {"words": ("sirnak",)},
    {"words": ("fire cease",)},
    {"words": ("şırnak crews",)},
    {"words": ("…",)},
    {"language": ("e",)},
    {"source": ("post.example",)},
    {"source": ("https://harbour-post.example/other.xml",)},
    {"entity": ("Q42",), "language": ("tr",)},
    {"source": ("Harbour Post",), "words": ("airport",)},
]


@pytest.mark.parametrize("conditions", HOLDS, ids=str)
def test_a_rule_holds(conditions: dict[str, Any]) -> None:
    assert matches(Rule(name="r", **conditions), article())


@pytest.mark.parametrize("conditions", FAILS, ids=str)
def test_a_rule_does_not_hold(conditions: dict[str, Any]) -> None:
    assert matches(Rule(name="r", **conditions), article()) is None


@pytest.mark.parametrize("relation", ["copy", None])
def test_a_copy_or_an_undecided_article_raises_nothing(relation: str | None) -> None:
    assert matches(Rule(name="r", words=("ferry",)), article(relation=relation)) is None


def test_a_derived_article_counts() -> None:
    assert matches(Rule(name="r", words=("ferry",)), article(relation="derived"))


def test_the_reason_says_what_held_in_the_words_of_the_rule() -> None:
    rule = Rule(name="r", entity=("PKK", "AYSE demir"), words=("Ferry", "strike"), language=("en",))
    assert matches(rule, article()) == "language en; entity AYSE demir; words Ferry, strike"


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [
        ("東京で地震が発生した。", "地震", True),
        ("東京で地震が発生した。", "震地", False),
        ("เกิดแผ่นดินไหวที่เชียงใหม่", "แผ่นดินไหว", True),
        ("भारत की हिन्दी पत्रिका", "हिन्दी", True),
        ("भारत की हिन्दी पत्रिका", "हिन्द", False),
        ("Die STRASSE ist gesperrt", "straße", True),
        ("İSTANBUL bekliyor", "istanbul", True),
        ("Cafe\u0301 closed", "café", True),
        ("Ankara'da toplandılar", "Ankara", True),
    ],
)
def test_words_are_whole_words_in_every_script(text: str, word: str, found: bool) -> None:
    assert bool(matches(Rule(name="r", words=(word,)), article(text=text))) == found


@pytest.mark.parametrize(
    ("name", "asked"),
    [("Łódź", "lodz"), ("Şırnak", "SIRNAK"), ("حَلَب", "حلب"), ("Tromsø", "Tromso"), ("が", "が")],
)
def test_names_are_the_same_without_case_and_diacritics(name: str, asked: str) -> None:
    assert matches(Rule(name="r", entity=(asked,)), article(entities=(entity("Q1", name),)))


def test_a_kana_with_its_voicing_is_another_letter() -> None:
    assert matches(Rule(name="r", entity=("か",)), article(entities=(entity("Q1", "が"),))) is None


def test_an_international_domain_is_found_as_people_write_it() -> None:
    one = article(url="https://xn--bcher-kva.example/1")
    assert matches(Rule(name="r", source=("bücher.example",)), one)


def test_an_unreadable_address_and_missing_fields_do_no_harm() -> None:
    bare = article(url="http://[broken", feed=None, outlet="", title="", text="", entities=(), topics=())
    assert matches(Rule(name="r", source=("broken",)), bare) is None
    assert matches(Rule(name="r", source=("",)), bare) is None


def test_many_rules_answer_as_each_alone_does_and_in_their_order() -> None:
    rules = [Rule(name=str(n), **conditions) for n, conditions in enumerate(HOLDS + FAILS)] + [Rule(name="all")]
    one = article(topics=(Topic("medtop:11000000", "politics and government", 0.9),))
    together = [(rule.name, reason) for rule, reason in Matcher(rules).match(one)]
    alone = [(rule.name, reason) for rule in rules if (reason := matches(rule, one))]
    assert together == alone
    assert len(together) == len(HOLDS) + 1
