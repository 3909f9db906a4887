"""Whatever comes in: bounded time, bounded state, no giant cluster."""

import itertools
import random
import time
from collections import Counter
from dataclasses import replace

import pytest

from newstide.records import Article
from streams.resolve.overlap import overlap
from streams.resolve.words import LONGEST, Words
from tests.unit.resolve.making import Line, article
from tests.unit.resolve.texts import ARTICLES

BULLETIN = (
    "Water levels on the lower Tisna this morning, in centimetres: Orlow {}, Velmar {}, Brenna {}, Halvorn {}, Karsund "
    "{}, Teralba {}. The district office reports no danger for shipping. Barges may pass the lock at Orlow by day and "
    "by night, with one lane closed for repairs until further notice. The next bulletin appears tomorrow at 6."
)


def bulletin(n: int, outlet: str) -> Article:
    rng = random.Random(n)
    text = BULLETIN.format(*(rng.randint(100, 999) for _ in range(6)))
    return article(f"b{n}", outlet, f"Water levels {n}", text, at=24 * n)


def seconds(line: Line, articles: list[Article]) -> float:
    start = time.process_time()
    line.take_all(articles)
    return time.process_time() - start


def test_10_000_subscribe_pages_stay_apart_and_cost_no_more_than_others():
    line = Line()
    one = article("x", "x", "Subscribe to read", "Subscribe to read this article and all others.")
    pages = [_renamed(one, n) for n in range(10_000)]
    first = seconds(line, pages[:2_000])
    later = seconds(line, pages[2_000:]) / 4
    assert {d.relation for d in line.decisions} == {"original"}
    assert max(Counter(d.story for d in line.decisions).values()) <= 500
    assert later < 3 * first + 1


def _renamed(page: Article, n: int) -> Article:
    return replace(page, id=f"x{n}", outlet=f"o{n % 500}")


@pytest.mark.parametrize("outlets", [1, 400])
def test_a_daily_bulletin_with_other_numbers_is_never_folded(outlets: int):
    line = Line()
    spent = seconds(line, [bulletin(n, f"o{n % outlets}") for n in range(400)])
    assert {d.relation for d in line.decisions} == {"original"}
    assert spent < 20


def test_candidates_that_are_verified_are_few_however_many_there_are():
    line, read = Line(), []
    line.resolver._copies._text_of = lambda offset: read.append(offset) or line.text_of(offset)
    line.take_all(bulletin(n, f"o{n}") for n in range(100))
    read.clear()
    line.take(bulletin(100, "o100"))
    assert 0 < len(read) <= 8


def test_clock_jumps_neither_fail_nor_empty_the_index():
    line = Line()
    years = itertools.cycle([0, -39 * 8766, 8766, -56 * 8766])
    for (key, (title, text)), hours in zip(ARTICLES.items(), years, strict=False):
        line.take(article(key, "agency", title, text, at=hours))
    for key, (title, text) in ARTICLES.items():
        assert line.take(article(f"copy of {key}", "daily", title, text + "\nEnd.", at=next(years))).of == key


def test_the_window_forgets_the_oldest_and_keeps_the_newest():
    line = Line(window=300)
    line.take(article("old", "agency", *ARTICLES["ferry"]))
    line.take_all(article(f"a{n}", "o", f"Brief {n}", "") for n in range(200))
    assert line.take(article("copy1", "daily", *ARTICLES["ferry"])).of == "old"
    line.take_all(article(f"b{n}", "o", f"Brief {n}", "") for n in range(150))
    # The original is gone; its copy still names it.
    assert line.take(article("copy2", "herald", *ARTICLES["ferry"])).of == "old"
    line.take_all(article(f"c{n}", "o", f"Brief {n}", "") for n in range(400))
    assert line.take(article("copy3", "gazette", *ARTICLES["ferry"])).relation == "original"


def test_gaps_in_the_offsets_keep_the_state_bounded():
    line = Line(window=300)
    for n in range(200):
        decision = line.resolver.decide(article(f"a{n}", "o", f"Brief {n}", "", offset=n), n * 1000)
        line.resolver.apply(decision)
    assert line.resolver.known(article("a199", "o", "", "", offset=199), 0)
    assert not line.resolver.known(article("a0", "o", "", "", offset=0), 0)


@pytest.mark.parametrize(
    "text", ["\x00" * 5000, "\ud800 lone", "a" * 100_000, "1,2.3'4" * 900, "\u0301" * 999, "字" * 999]
)
def test_strange_texts_are_decided_like_others(text: str):
    line = Line()
    line.take(article("a", "agency", text[:50], text))
    assert line.take(article("b", "daily", text[:50], text)).relation in {"original", "copy"}


def test_a_text_of_a_million_words_is_compared_by_its_beginning():
    words = Words("alpha beta gamma delta " * 250_000)
    assert len(words.tokens) == LONGEST
    assert overlap(words, words).relation == "copy"


class TestWords:
    @pytest.mark.parametrize(
        ("ours", "theirs"),
        [
            ("“Don’t go,” she said", '"Don\'t go", she said'),
            ("CAFÉ", "cafe\u0301"),
            ("İZMİR", "izmir"),
            ("1,000 people", "1000 people"),
            ("العَرَبِيَّة", "العربية"),
            ("a\u2014b", "a - b"),
        ],
    )
    def test_house_style_leaves_no_trace(self, ours: str, theirs: str):
        assert Words(ours).tokens == Words(theirs).tokens

    @pytest.mark.parametrize(("text", "count"), [("", 0), ("one two", 2), ("云岭自然保护区", 3), ("мост закрыт", 2)])
    def test_words_are_counted_in_every_script(self, text: str, count: int):
        assert Words(text).count == count


BOILERPLATE = (
    "We use cookies to give you the best experience. By going on you agree to our terms of use and to our privacy policy. "
    "Subscribe to our newsletter and never miss a story again. You have read all your free articles for this month. Log in "
    "or create an account to read on, support independent journalism and enjoy all the advantages of membership today."
)


@pytest.mark.parametrize(("title", "text"), [("", ""), ("", BOILERPLATE), ("Subscribe to read", BOILERPLATE)])
def test_ten_thousand_pages_of_nothing_but_boilerplate_are_bounded(title: str, text: str):
    line = Line()
    one = article("x", "x", title, text)
    first = seconds(line, [_renamed(one, n) for n in range(1_000)])
    later = seconds(line, [_renamed(one, n) for n in range(1_000, 5_000)]) / 4
    assert later < 3 * first + 1
    # Whole texts that are the same are copies; they are no news of their own, and no empty page is a copy of another.
    assert {d.relation for d in line.decisions} == ({"original", "copy"} if text else {"original"})


def test_bulletins_alike_but_for_one_number_in_five_are_never_folded_nor_slow():
    line = Line()
    numbers = [str(n) for n in range(100, 150)]
    made = []
    for day in range(300):
        mine = [str(int(n) + day * 1000) if i % 5 == 0 else n for i, n in enumerate(numbers)]
        text = "Rates today: " + " ".join(
            f"stall {chr(97 + i % 26)}{i // 26 * 'x'} at {n} and steady as before;" for i, n in enumerate(mine)
        )
        made.append(article(f"r{day}", f"o{day % 50}", "Rates today", text, at=24 * day))
    assert seconds(line, made) < 30
    assert {d.relation for d in line.decisions} == {"original"}


@pytest.mark.parametrize("years", [-56, 1])
def test_an_article_dated_1970_or_next_year_becomes_nobodys_original_by_its_date(years: int):
    line = Line()
    title, text = ARTICLES["dam"]
    line.take(article("first", "agency", title, text))
    late = article("late", "daily", title, text)
    late = replace(late, published=late.fetched.replace(year=late.fetched.year + years))
    assert line.take(late).of == "first"
    assert not line.decisions[-1].lineage
