"""Rules that count within a window: once per burst, and only as far as the store is complete."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson

from newstide.clock import ManualClock
from newstide.ports import Rows
from sinks.alerting import Alerting
from sinks.hooks import rules
from sinks.hooks.message import window_key
from tests.fakes import MemoryLog
from tests.unit.alerts.making import NOW, WAVE, Counting, alerts, article, delivered, deliveries, role


def test_a_window_rule_speaks_once_per_window_and_not_of_single_articles(log: MemoryLog, clock: ManualClock) -> None:
    rules.remove(log, "ferry")
    rules.put(log, [WAVE])
    store = Counting(3)
    alerting = role(log, clock, store)
    assert alerting.step(delivered(article())) == 0
    assert [alerting.tick(NOW + timedelta(seconds=s), NOW + timedelta(days=9)) for s in (0, 5, 3599, 3600)] == [
        1,
        0,
        0,
        1,
    ]
    first = min(alerts(log), key=lambda alert: alert.key != window_key(WAVE, NOW))
    assert (first.key, first.count, first.article, first.story) == (window_key(WAVE, NOW), 3, "a9", None)
    assert orjson.loads(deliveries(log)[0].body)["data"]["reason"] == "3 articles within 3600 s"
    assert role(log, clock, store).tick(NOW, NOW) == 0


class Burst(Counting):
    """A store with articles of one moment."""

    def __init__(self, count: int, moment: datetime) -> None:
        super().__init__(count)
        self.all, self.moment = count, moment

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> Rows:
        assert params is not None
        self.count = self.all if params["since"] < self.moment <= params["until"] else 0
        return super().query(sql, params)


def at(clock: ManualClock, alerting: Alerting, minutes: float) -> int:
    """The alerts of a look at the windows `minutes` after NOW."""
    clock.advance((NOW + timedelta(minutes=minutes) - clock.now()).total_seconds())
    return alerting.tick(clock.now(), clock.now())


def test_a_burst_just_before_the_full_hour_is_told_once(log: MemoryLog, clock: ManualClock) -> None:
    rules.put(log, [WAVE])
    store = Burst(20, NOW - timedelta(minutes=10))
    alerting = role(log, clock, store)
    assert [at(clock, alerting, m) for m in (-11, -9, 0, 1, 49)] == [0, 1, 0, 0, 0]
    assert at(clock, role(log, clock, store), 49.9) == 0
    store.moment = NOW + timedelta(minutes=49)
    assert [at(clock, alerting, m) for m in (50, 51.1, 60)] == [0, 1, 0]


def test_a_clock_that_went_back_does_not_silence_a_window_rule(log: MemoryLog, clock: ManualClock) -> None:
    rules.put(log, [WAVE])
    alerting = role(log, clock, Counting(3))
    assert [at(clock, alerting, m) for m in (600, 0, 1)] == [1, 1, 0]


def test_a_window_is_counted_only_as_far_as_the_store_is_complete(log: MemoryLog, clock: ManualClock) -> None:
    rules.put(log, [WAVE])
    store = Counting(2)
    assert role(log, clock, store).tick(NOW, NOW - timedelta(seconds=7)) == 0
    assert role(log, clock, store).tick(NOW, NOW + timedelta(seconds=7)) == 0
    assert store.asked == [NOW - timedelta(seconds=7), NOW]
    assert not alerts(log)


def test_a_store_that_cannot_answer_costs_the_window_only_now(log: MemoryLog, clock: ManualClock) -> None:
    rules.put(log, [WAVE])
    store = Counting(3)
    store.broken = True
    alerting = role(log, clock, store)
    assert alerting.tick(NOW, NOW) == 0
    store.broken = False
    assert alerting.tick(NOW, NOW) == 1
