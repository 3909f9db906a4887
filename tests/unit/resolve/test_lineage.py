"""Who had it first, when the first does not come first."""

import itertools
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from newstide.records import Article, Decision, Lineage
from tests.unit.resolve.making import START, Line, article
from tests.unit.resolve.texts import ARTICLES

TITLE, TEXT = ARTICLES["strike"]


def told(name: str, outlet: str, text: str = TEXT, *, minutes: float | None = None, **more: object) -> Article:
    """Published so many minutes before START, fetched half an hour after it."""
    published = None if minutes is None else START - timedelta(minutes=minutes)
    return replace(article(name, outlet, TITLE, text, at=0.5), published=published, **more)


def standing(line: Line) -> dict[str, tuple[str | None, str | None]]:
    """What each article is as the views show it."""
    corrected = {row.article: row for d in line.decisions for row in d.lineage}

    def of(d: Decision) -> tuple[str | None, str | None]:
        if d.id in corrected:
            return corrected[d.id].relation, corrected[d.id].of
        after = corrected.get(d.of or "")
        return d.relation, after.of if after and after.relation == "copy" else d.of

    return {d.id: of(d) for d in line.decisions}


CREDIT = "\n(Reuters)"


@pytest.mark.parametrize("order", list(itertools.permutations("abr")))
def test_the_agency_is_the_original_in_whatever_order_they_come(order: tuple[str, ...]):
    texts = {
        "a": told("a", "daily", TEXT + CREDIT),
        "b": told("b", "herald", "Our town follows the matter closely.\n" + TEXT + CREDIT),
        "r": told("r", "reuters.com"),
    }
    line = Line()
    line.take_all(texts[name] for name in order)
    assert standing(line) == {"a": ("copy", "r"), "b": ("copy", "r"), "r": ("original", None)}
    assert len({d.story for d in line.decisions}) == 1


def test_the_correction_says_why():
    line = Line()
    line.take(told("a", "daily", TEXT + CREDIT))
    late = line.take(told("r", "reuters.com"))
    assert late.lineage == (Lineage(article="a", relation="copy", of="r", evidence="credits reuters.com"),)
    assert line.take(told("b", "herald", TEXT + CREDIT)).evidence == "credits reuters.com"


def test_the_earlier_time_of_publication_decides_where_nobody_is_named():
    line = Line()
    line.take(told("late", "daily", minutes=5))
    first = line.take(told("first", "herald", minutes=50))
    assert first.relation == "original"
    assert [(row.article, row.evidence) for row in first.lineage] == [("late", "published 45 min after it")]


@pytest.mark.parametrize("minutes", [5.5, -600, 60 * 24 * 30, 6 * 60])
def test_a_time_within_a_minute_or_one_that_cannot_be_is_no_evidence(minutes: float):
    # 6 h before START is midnight: a date without a time.
    line = Line()
    line.take(told("first", "daily", minutes=5))
    assert line.take(told("later", "herald", minutes=minutes)).of == "first"


def test_a_chain_of_corrections_stays_one_step_long():
    line = Line()
    for n, minutes in enumerate((1, 10, 20, 30)):
        line.take(told(f"a{n}", f"outlet{n}", minutes=minutes))
        line.take(told(f"c{n}", f"other{n}"))
    last = {f"a{n}": ("copy", "a3") for n in range(3)} | {f"c{n}": ("copy", "a3") for n in range(4)}
    assert standing(line) == {**last, "a3": ("original", None)}


def test_what_was_half_taken_over_is_derived_when_its_source_comes_late():
    own = ARTICLES["satellite"][1]
    line = Line()
    line.take(told("mixed", "daily", f"{own}\n{TEXT}{CREDIT}"))
    source = line.take(told("r", "reuters.com"))
    assert source.relation == "original"
    assert [(row.article, row.relation, row.of) for row in source.lineage] == [("mixed", "derived", "r")]


def test_a_revision_after_the_correction_is_what_the_correction_says():
    line = Line()
    line.take(told("a", "daily", TEXT + CREDIT))
    line.take(told("b", "herald", TEXT + CREDIT))
    line.take(told("r", "reuters.com"))
    for name, outlet in (("a", "daily"), ("b", "herald")):
        again = line.take(told(name, outlet, TEXT + "\nMore follows." + CREDIT))
        assert (again.version, again.relation, again.of) == (2, "copy", "r")


def test_a_correction_is_forgotten_with_the_decision_that_made_it():
    line = Line(window=300)
    line.take(told("a", "daily", TEXT + CREDIT))
    line.take(told("r", "reuters.com"))
    assert line.resolver._copies.groups.state()[0]
    line.take_all(article(f"b{n}", "o", f"Brief {n}", "") for n in range(400))
    assert not line.resolver._copies.groups.state()[0]


def test_a_third_copy_that_credits_shows_which_of_the_first_two_was_the_original():
    line = Line()
    line.take(told("a", "daily", minutes=5))
    line.take(told("h", "herald", minutes=5))
    third = line.take(told("c", "gazette", TEXT + "\nThis article was first published in the Herald."))
    assert (third.relation, third.of, third.evidence) == ("copy", "h", "credits herald")
    assert {(row.article, row.relation, row.of) for row in third.lineage} == {
        ("a", "copy", "h"),
        ("h", "original", None),
    }
    assert standing(line) == {"a": ("copy", "h"), "h": ("original", None), "c": ("copy", "h")}


def test_the_full_text_joins_what_two_cuts_had_kept_apart():
    paragraphs = TEXT.split("\n")
    line = Line()
    line.take(told("head", "daily", "\n".join(paragraphs[:2])))
    assert line.take(told("tail", "herald", "\n".join(paragraphs[1:]))).relation == "original"
    full = line.take(told("full", "gazette"))
    assert [(row.article, row.relation, row.of) for row in full.lineage] == [("head", "copy", "tail")]
    assert {of or key for key, (_, of) in standing(line).items()} == {"tail"}


def test_ten_thousand_copies_of_one_text_cost_no_more_at_the_end_than_at_the_beginning():
    line, spent = Line(), []
    for part in range(5):
        begun = time.process_time()
        line.take_all(told(f"c{part}.{n}", f"outlet{part}.{n}") for n in range(2000))
        spent.append(time.process_time() - begun)
    assert {d.relation for d in line.decisions[1:]} == {"copy"}
    assert spent[-1] < 3 * spent[0] + 1
