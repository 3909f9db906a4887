"""What an outlet's profile learns from its articles, and above all what it does not."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newstide.profiles import lines, newest
from newstide.records import Article, Profile
from streams.enrich import boilerplate, repeated
from tests import samples

APPEAL = "Our readers keep the lights on: write to us at desk@harbour.example."
PROSE = "The council of district {0} met on the evening of day {0} and spoke for {0} hours about the old bridge over the canal, which is to close."


def told(number: int, *extra: str, at: int | None = None, **changes: object) -> Article:
    """An article that no other resembles, with lines put in (`at`: where; else at its foot)."""
    body = [PROSE.format(number * 10 + n) for n in range(6)]
    body[len(body) if at is None else at : len(body) if at is None else at] = extra
    return samples.article(number, text="\n".join(body), language="en", outlet="Harbour Courier", **changes)


def learned(*articles: Article) -> Profile:
    profile = Profile(outlet="Harbour Courier")
    for place, article in enumerate(articles):
        profile = repeated.learn(profile, article, place)
    return profile


def known(*articles: Article) -> tuple[int, ...]:
    profile = learned(*articles)
    return lines(profile, newest(profile))


@pytest.mark.parametrize(
    ("line", "at"),
    [
        (APPEAL, 3),
        ("© Harbour Courier 2024", None),
        ("More from the harbour", None),
        ("The Harbour Courier is the paper of the coast, was founded by dockers and belongs to its staff.", None),
    ],
)
def test_a_line_of_the_outlets_that_stood_in_five_articles_is_learned(line: str, at: int | None) -> None:
    assert known(*(told(n, line, at=at) for n in range(4))) == ()
    assert known(*(told(n, line, at=at) for n in range(5))) == (repeated.mark(line),)


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("He declined to comment.", None),
        ("The harbour authority did not answer to the Harbour Courier.", None),
        ("More than 40,000 people have been killed in the war since it began eleven years ago.", None),
        ("The US has listed the group as a terrorist organisation since the year 2012.", 3),
        ("Editor's note: write to us at desk@harbour.example where we are wrong.", None),
        ("Correction: An earlier version of this article gave our readers a wrong date.", None),
        ("“Support us and sign up with your friends,” the mayor said to the crowd.", 2),
        ("Net loss 562,231 vs profit 10,253", None),
        ("What we know so far", 3),
        ("ANKARA (AA) - The ministry will speak to you, our partners, at noon", 0),
    ],
)
def test_news_is_not_learned_however_often_it_stands(line: str, at: int | None) -> None:
    assert known(*(told(n, line, at=at) for n in range(30))) == ()


def test_copies_and_revisions_of_one_article_are_one() -> None:
    one = told(1, APPEAL)
    edited = [replace(one, text=one.text.replace("old bridge", "new bridge", n)) for n in range(4)]
    assert known(*[one] * 9) == known(*edited * 3) == ()
    assert known(*(told(n, APPEAL, relation="copy", of="a0") for n in range(9))) == ()
    assert known(*(told(n, APPEAL, version=2) for n in range(9))) == ()


def test_what_was_counted_is_not_counted_again() -> None:
    articles = [told(n, APPEAL, at=2) for n in range(7)]
    profile = learned(*articles[:3])
    for place in (0, 1, 2, 0, 1, 2):
        assert repeated.learn(profile, articles[place], place) == profile


def test_a_learned_line_goes_with_reason_and_place_and_a_note_stays() -> None:
    marks = frozenset(known(*(told(n, APPEAL, at=3) for n in range(5))))
    article = told(9, APPEAL, at=1)
    left, removed = boilerplate.cut(article.text, repeats=marks)
    assert [(each.reason, each.text.strip()) for each in removed] == [("repeated", APPEAL)]
    assert APPEAL not in left
    assert boilerplate.restore(left, removed) == article.text
    note = "Correction: we gave the wrong day."
    assert boilerplate.cut(note, repeats={repeated.mark(note)}) == (note, ())


def test_an_old_version_is_read_from_a_newer_profile_or_not_at_all() -> None:
    wave = [told(n, f"Write to {chr(97 + n // 5 % 26)}{chr(97 + n // 130)}@x.example") for n in range(1500)]
    profile, names = Profile(outlet="Harbour Courier"), {}
    for place, article in enumerate(wave):
        profile = repeated.learn(profile, article, place)
        names[newest(profile)] = lines(profile, newest(profile))
    assert len(profile.lines) <= repeated.LEARNED + repeated.GONE
    assert len(profile.counting) <= repeated.COUNTED
    kept = [name for name, found in names.items() if name and lines(profile, name)]
    assert len(kept) > 50
    assert all(lines(profile, name) in {found, ()} for name, found in names.items())
    assert lines(profile, f"{profile.version}-00000000") == lines(profile, "") == ()


@given(
    st.lists(st.tuples(st.sampled_from([APPEAL, "More news here", "© us", "Plain."]), st.integers(0, 6)), max_size=40)
)
@settings(max_examples=50, deadline=None)  # the first line with a letter compiles its phrases
def test_the_same_articles_teach_the_same_and_what_goes_can_be_put_back(found: list[tuple[str, int]]) -> None:
    articles = [told(n, line, at=at) for n, (line, at) in enumerate(found)]
    marks = known(*articles)
    assert marks == known(*articles)
    for article in articles:
        left, removed = boilerplate.cut(article.text, repeats=marks)
        assert boilerplate.restore(left, removed) == article.text
        assert all(repeated.mark(each.text) in marks for each in removed if each.reason == "repeated")
