"""Rules as SQL on the real store say what the matcher says of single articles."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from newstide.errors import UsageError
from newstide.ports import Store
from newstide.records import Article, Move, Rule, Topic, encode
from newstide.topics import MOVES
from sinks.alerting import Alerting
from sinks.hooks import rules
from sinks.hooks.windows import Raised, backtest, look
from sinks.rows import COLUMNS, MAPPING, by_table
from sinks.rows import article as rows_of
from streams.match import Matcher, matches
from tests.fakes import MemoryLog
from tests.unit.alerts.making import NOW, article, delivered, deliveries, entity
from tests.unit.alerts.test_match import FAILS, HOLDS

LATER = NOW + timedelta(hours=1)

SCRIPTS = [
    article("ja", text="東京で地震が発生した。", language="ja"),
    article("hi", text="भारत की हिन्दी पत्रिका", language="hi"),
    article("de", text="Die STRASSE ist gesperrt", url="https://xn--bcher-kva.example:8443/1", feed=None),
    article("tr", text="İSTANBUL'da IŞIKLAR", entities=(entity("Q9", "Işıl Łódź Tromsø"), entity("Q8", "حَلَب"))),
    article("xx", text="Cafe\u0301, closed", language="und", topics=(Topic("medtop:20000065", "Civil Unrest", 0.5),)),
]
CONDITIONS: list[dict[str, Any]] = [
    {"words": ("地震",)},
    {"words": ("震地",)},
    {"words": ("हिन्दी",)},
    {"words": ("हिन्द",)},
    {"words": ("Straße",)},
    {"words": ("istanbul", "ışıklar")},
    {"words": ("CAFÉ",)},
    {"words": ("it's ' \\ %",)},
    {"entity": ("isil lodz tromso",)},
    {"entity": ("حلب",)},
    {"source": ("bücher.example",)},
    {"source": ("example",)},
    {"topic": ("medtop:20", "CIVIL unrest")},
    {"topic": ("m",)},
    {"language": ("TR_tr", "hi")},
]


def keep(store: Store, *articles: Article) -> None:
    rows = [row for record in delivered(*articles) for row in rows_of(record)]
    for name, lines in by_table(rows).items():
        store.insert(name, COLUMNS[name], lines, f"test:{articles[0].id}:{name}")


def test_every_condition_means_the_same_in_sql_as_to_the_matcher(store: Store) -> None:
    articles = [article(), *SCRIPTS]
    keep(store, *articles)
    for one in HOLDS + FAILS + CONDITIONS:
        rule = Rule(name="r", **one)
        said = {raised.story for raised in backtest(rule, store, NOW - timedelta(days=1), LATER)}
        assert said == {a.story for a in articles if matches(rule, a)}, one


def test_a_window_counts_originals_once_within_its_bounds_and_shows_the_newest(store: Store) -> None:
    inside = [article(f"a{n}", time=NOW - timedelta(minutes=n), title=f"Ferry {n}") for n in range(4)]
    revised = replace(inside[2], version=2, content="d")
    keep(store, *inside, revised, article("edge", time=NOW - timedelta(hours=1)), article("late", time=LATER))
    keep(
        store,
        article("copy", relation="copy"),
        article("derived", relation="derived"),
        article("no", text="", title=""),
    )
    keep(store, *[replace(one) for one in inside])
    window = look(Rule(name="r", words=("ferry",), at_least=2, within=3600), store, NOW)
    assert (window.count, window.article, window.title) == (4, "a0", "Ferry 0")
    assert (window.url, window.outlet) == (inside[0].url, inside[0].outlet)
    assert look(Rule(name="r", words=("zeppelin",), at_least=2), store, NOW).count == 0


def test_the_role_raises_a_window_alert_from_the_store(store: Store) -> None:
    log = MemoryLog()
    rule = Rule(name="wave", hooks=("desk",), entity=("Union of Ferry Crews",), at_least=3, within=600)
    rules.put(log, [rule])
    alerting = Alerting(log, store, {}, log._clock, Matcher)
    keep(store, article("a1"), article("a2"))
    assert alerting.tick(NOW, NOW) == 0
    keep(store, article("a3"))
    assert alerting.tick(NOW, NOW) == 1
    assert [one.hook for one in deliveries(log)] == ["desk"]


def test_a_backtest_lists_one_alert_per_story_as_it_stands_now(store: Store) -> None:
    keep(
        store,
        article("a1", story="s1", time=NOW - timedelta(minutes=9), relation="copy", title="A copy"),
        article("a2", story="s1", time=NOW - timedelta(minutes=5), title="First"),
        article("a3", story="s1", time=NOW, title="Second"),
        article("b1", story="s2", time=NOW - timedelta(minutes=2), relation="derived", title="Other"),
        article("c1", story="s3", time=NOW - timedelta(days=2), title="Too old"),
        article("d1", story="s4", time=NOW, title="Merged"),
    )
    (move,) = delivered(encode(Move("s4", "s2")))
    for name, lines in by_table(MAPPING[MOVES.name](move)).items():
        store.insert(name, COLUMNS[name], lines, "test:move")
    assert backtest(Rule(name="r", words=("crews",)), store, NOW - timedelta(days=1), NOW) == [
        Raised(NOW - timedelta(minutes=5), "First", "s1"),
        Raised(NOW - timedelta(minutes=2), "Other", "s2"),
    ]


def test_a_window_rule_cannot_be_backtested_as_if_it_were_one_on_articles(store: Store) -> None:
    with pytest.raises(UsageError, match="window"):
        backtest(Rule(name="wave", words=("x",), at_least=2), store, NOW, LATER)
