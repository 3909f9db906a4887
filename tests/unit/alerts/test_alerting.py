"""The alert role from articles.resolved to the receiver, and its faults by name."""

import base64
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from standardwebhooks.webhooks import Webhook

from newstide.clock import ManualClock, SystemClock
from newstide.errors import EngineError
from newstide.http import Client
from newstide.ports import Log, Message, Rows
from newstide.records import Alert, Erased, Move, Rule, decode, encode
from newstide.topics import ALERTS, ERASED, MOVES, RESOLVED
from sinks.alerting import Alerting
from sinks.hooks import rules
from sinks.hooks.message import alert_key, window_key
from sinks.hooks.standard import StandardWebhook
from streams.match import Matcher
from tests.fakes import Member, MemoryLog
from tests.unit.alerts.making import DOWN, NOW, Receiver, Script, article, delivered, deliveries, publish, wait_until
from tests.unit.producers.loopback import Loopback, serve

FERRY = Rule(name="ferry", hooks=("desk", "night"), words=("ferry",))
WAVE = Rule(name="wave", hooks=("desk",), words=("ferry",), at_least=3, within=3600)


@pytest.fixture
def log() -> MemoryLog:
    log = MemoryLog()
    rules.put(log, [FERRY])
    return log


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


def role(log: MemoryLog, clock: ManualClock, store: Any = None, **hooks: Script) -> Alerting:
    return Alerting(log, store, hooks or {"desk": Script(), "night": Script()}, clock, Matcher)


def alerts(log: MemoryLog) -> list[Alert]:
    return [decode(value, Alert) for value in log.latest(ALERTS.name).values()]


def test_an_article_that_matches_becomes_an_alert_and_one_delivery_per_hook(log: MemoryLog, clock: ManualClock) -> None:
    assert role(log, clock).step(delivered(article(), article("a2", title="Rain", text="Wet."))) == 1
    (alert,) = alerts(log)
    assert alert == Alert(
        key=alert_key(FERRY, "s-a1"),
        rule="ferry",
        fired=NOW,
        story="s-a1",
        article="a1",
        title="Ferry strike ends in Şırnak",
        url="https://news.harbour-post.example/a1",
        outlet="Harbour Post",
    )
    assert [one.hook for one in deliveries(log)] == ["desk", "night"]
    assert len({one.id for one in deliveries(log)}) == 2
    body = orjson.loads(deliveries(log)[0].body)
    assert (body["type"], body["timestamp"]) == ("alert", "2026-03-01T12:00:00Z")
    assert body["data"] == {**orjson.loads(encode(alert)), "reason": "words ferry"}


def test_one_alert_per_story_however_many_articles_and_copies(log: MemoryLog, clock: ManualClock) -> None:
    alerting = role(log, clock)
    same = [article(f"a{n}", story="s1", relation=["original", "copy", "derived"][n % 3]) for n in range(200)]
    assert alerting.step(delivered(*same[:100])) == 1
    assert alerting.step(delivered(*same[100:])) == 0
    assert alerting.step(delivered(article("b", story="s2"))) == 1
    assert len(alerts(log)) == 2


def test_a_merged_story_was_told_already(log: MemoryLog, clock: ManualClock) -> None:
    alerting = role(log, clock)
    alerting.step(delivered(article(story="young")))
    moves = [Move("young", "older"), Move("older", "oldest")]
    log.produce([Message(MOVES.name, f"{move.source} {move.target}", encode(move)) for move in moves])
    assert alerting.step(delivered(article("a2", story="oldest"), article("a3", story="older"))) == 0
    assert role(log, clock).step(delivered(article("a4", story="oldest"))) == 0
    fresh = [Move("c", "d")]
    log.produce([Message(MOVES.name, f"{move.source} {move.target}", encode(move)) for move in fresh])
    assert alerting.step(delivered(article("a5", story="c"), article("a6", story="d"))) == 1


@pytest.mark.parametrize("first", [Move("young", "older"), Move("older", "oldest")])
def test_a_story_that_moves_twice_takes_its_former_ids_along(log: MemoryLog, clock: ManualClock, first: Move) -> None:
    alerting = role(log, clock)
    alerting.step(delivered(article(story="young")))
    second = ({Move("young", "older"), Move("older", "oldest")} - {first}).pop()
    for n, move in enumerate((first, second)):
        log.produce([Message(MOVES.name, f"{move.source} {move.target}", encode(move))])
        alerting.step(delivered(article(f"b{n}", story=f"s{n}")))
    assert alerting.step(delivered(article("a2", story="oldest"), article("a3", story="older"))) == 0


def test_a_story_that_came_back_from_a_merge_is_one_to_tell_of(log: MemoryLog, clock: ManualClock) -> None:
    alerting = role(log, clock)
    alerting.step(delivered(article(story="older")))
    for target, told in (("older", 0), ("young", 1)):
        log.produce([Message(MOVES.name, f"young {target}", encode(Move("young", target)))])
        assert alerting.step(delivered(article(f"in {target}", story="young"))) == told
    assert role(log, clock).step(delivered(article("later", story="young"))) == 0


def test_an_alert_names_the_story_in_which_its_own_lives_on(log: MemoryLog, clock: ManualClock) -> None:
    log.produce([Message(MOVES.name, "side story", encode(Move("side", "story")))])
    role(log, clock).step(delivered(article(story="side")))
    assert [alert.story for alert in alerts(log)] == ["story"]
    assert {orjson.loads(one.body)["data"]["story"] for one in deliveries(log)} == {"story"}
    log.produce([Message(MOVES.name, "side side", encode(Move("side", "side")))])
    assert role(log, clock).step(delivered(article("a2", story="side"))) == 0
    assert role(log, clock).step(delivered(article("a3", story="story"))) == 1


def test_what_a_story_that_came_back_was_told_of_is_not_held_against_the_other(
    log: MemoryLog, clock: ManualClock
) -> None:
    alerting = role(log, clock)
    for n, target in enumerate(("older", "young")):
        log.produce([Message(MOVES.name, f"young {target}", encode(Move("young", target)))])
        alerting.step(delivered(article(f"a{n}", story=("other", "young")[n])))
    assert alerting.step(delivered(article("a2", story="older"))) == 1


def test_a_crash_between_the_write_and_the_commit_repeats_nothing(log: MemoryLog, clock: ManualClock) -> None:
    publish(log, article("a1"), article("a2"))
    consumer = log.consumer("alert", RESOLVED.name)
    role(log, clock).step(consumer.poll(10, 0))
    written = deliveries(log)
    clock.advance(60)
    again = log.consumer("alert", RESOLVED.name).poll(10, 0)
    assert len(again) == 2
    assert role(log, clock).step(again) == 0
    assert deliveries(log) == written


class Torn(MemoryLog):
    """Writes `keep` messages of the next call and fails."""

    keep: int | None = None

    def produce(self, messages: Sequence[Message]) -> list[tuple[int, int]]:
        if self.keep is None:
            return super().produce(messages)
        kept, self.keep = list(messages)[: self.keep], None
        super().produce(kept)
        raise EngineError("the engine is gone")


@pytest.mark.parametrize("keep", [0, 1, 2])
def test_a_torn_write_is_completed_and_repeats_no_delivery(keep: int, clock: ManualClock) -> None:
    log = Torn()
    rules.put(log, [FERRY])
    desk, night = Script(), Script()
    alerting = role(log, clock, desk=desk, night=night)
    log.keep = keep
    with pytest.raises(EngineError):
        alerting.step(delivered(article()))
    assert not alerts(log)
    alerting.deliver_once()
    clock.advance(60)
    assert alerting.step(delivered(article())) == 1
    assert alerting.deliver_once() == []
    assert len(alerts(log)) == 1
    assert (len(desk.got), len(night.got)) == (1, 1)


def test_another_process_that_had_the_role_is_believed(log: MemoryLog, clock: ManualClock) -> None:
    standby, leader = role(log, clock), role(log, clock)
    standby.step(delivered(article("z", story="s0")))
    assert leader.step(delivered(article(story="s1"))) == 1
    assert standby.step(delivered(article(story="s1"))) == 0


def test_unreadable_empty_and_erased_records_do_not_stop_the_line(log: MemoryLog, clock: ManualClock) -> None:
    log.produce([Message(ERASED.name, "k3", encode(Erased(id="k3", at=NOW)))])
    batch = delivered(b"{", b'{"id": 1}', None, article("secret"), article("a1"))
    assert role(log, clock).step(batch) == 1
    assert [alert.article for alert in alerts(log)] == ["a1"]


def test_rules_change_while_it_runs(log: MemoryLog, clock: ManualClock) -> None:
    alerting = role(log, clock)
    alerting.step([])
    rules.put(log, [Rule(name="crews", words=("crews",))])
    rules.remove(log, "ferry")
    clock.advance(1)
    alerting.step(delivered(article()))
    assert [alert.rule for alert in alerts(log)] == ["crews"]


class Counting:
    """A store that has `count` articles in every window."""

    def __init__(self, count: int) -> None:
        self.count, self.asked = count, list[datetime]()
        self.broken = False

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> Rows:
        if self.broken:
            raise EngineError("memory limit")
        assert params is not None
        self.asked.append(params["until"])
        return Rows(("count", "newest"), [(self.count, ("a9", "Newest", "https://x.example/9", "X"))])


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


def test_deliver_once_tells_what_is_still_pending(log: MemoryLog, clock: ManualClock) -> None:
    alerting = role(log, clock, desk=Script(), night=Script([DOWN]))
    alerting.step(delivered(article()))
    assert [one.hook for one in alerting.deliver_once()] == ["night"]
    assert [one.hook for one in alerting.deliver_once()] == ["night"]
    clock.advance(6)
    assert alerting.deliver_once() == []


# The whole role, running, against a receiver on loopback.

SECRET = "whsec_" + base64.b64encode(bytes(32)).decode()


@pytest.fixture
def server() -> Iterator[Loopback]:
    with serve() as here:
        yield here


class Running:
    def __init__(self, log: Log, server: Loopback, clock: ManualClock) -> None:
        client = Client(allow_private=[server.place], user_agent="test", timeout=8, max_bytes=10_000, max_redirects=0)
        hooks = {
            path: StandardWebhook(f"{server.base}/{path}", SECRET, client, SystemClock()) for path in ("desk", "night")
        }
        self.role, self.stop = Alerting(log, None, hooks, clock, Matcher), threading.Event()
        self._thread = threading.Thread(target=self.role.run, args=(self.stop,))
        self._thread.start()

    def end(self, within: float) -> bool:
        self.stop.set()
        self._thread.join(within)
        return not self._thread.is_alive()


def test_a_running_role_delivers_past_a_hanging_receiver_and_stops_in_time(
    log: MemoryLog, server: Loopback, clock: ManualClock
) -> None:
    desk, slow = Receiver(), Receiver()
    slow.open.clear()
    server.pages |= {"/desk": desk, "/night": slow}
    running = Running(log, server, clock)
    publish(log, article("a1"))
    assert wait_until(lambda: slow.got and desk.got)
    publish(log, article("a2"))
    assert wait_until(lambda: len(desk.got) == 2)
    assert log.positions("alert", RESOLVED.name) == {0: 2}
    assert running.end(within=8)
    slow.open.set()
    for headers, body in desk.got:
        assert Webhook(SECRET).verify(body, headers)["data"]["rule"] == "ferry"
    assert {one.status for one in deliveries(log) if one.hook == "night"} == {"pending"}


def test_a_receiver_that_comes_up_later_gets_what_it_missed_after_a_restart(
    log: MemoryLog, server: Loopback, clock: ManualClock
) -> None:
    server.pages["/desk"] = (503, {"Retry-After": "1"}, b"")
    server.pages["/night"] = (204, {}, b"")
    first = Running(log, server, clock)
    publish(log, *[article(f"a{n}") for n in range(20)])
    assert wait_until(lambda: sum(bool(one.attempts) for one in deliveries(log)) == 40)
    assert first.end(within=8)
    missed = {one.id: one for one in deliveries(log) if one.status == "pending"}
    assert len(missed) == 20
    server.pages["/desk"] = desk = Receiver()
    clock.advance(6)
    second = Running(log, server, clock)
    assert wait_until(lambda: all(one.status == "delivered" for one in deliveries(log)))
    assert second.end(within=8)
    assert {headers["webhook-id"]: body.decode() for headers, body in desk.got} == {
        key: one.body for key, one in missed.items()
    }
    assert len(desk.got) == 20


def test_only_the_process_that_holds_the_articles_delivers(
    log: MemoryLog, server: Loopback, clock: ManualClock
) -> None:
    server.pages |= {"/desk": (desk := Receiver()), "/night": Receiver()}
    standby = Member(log, {RESOLVED.name: []})
    waiting = Running(standby, server, clock)  # type: ignore[arg-type]
    role(log, clock).step(delivered(article("a1")))  # another process announced it, and died
    assert not wait_until(lambda: desk.got, 2)
    standby.share[RESOLVED.name] = [0]
    assert wait_until(lambda: len(desk.got) == 1)
    assert waiting.end(within=8)


def _break() -> datetime:
    raise KeyError("a bug in the windows")


class Forgetful(ManualClock):
    """A clock that breaks in the thread of deliveries."""

    def now(self) -> datetime:
        if threading.current_thread().name == "deliver":
            raise KeyError("a bug in the deliveries")
        return super().now()


@pytest.mark.parametrize(("clock", "until"), [(Forgetful(NOW), lambda: None), (ManualClock(NOW), _break)])
def test_an_error_of_deliveries_or_windows_ends_the_role_and_is_told(
    log: MemoryLog, clock: ManualClock, until: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sinks.alerting.WINDOWS_EVERY", 0.1)
    told: list[BaseException] = []

    def body() -> None:
        try:
            role(log, clock).run(stop, until)
        except KeyError as e:
            told.append(e)

    stop = threading.Event()
    thread = threading.Thread(target=body)
    thread.start()
    ended = wait_until(lambda: not thread.is_alive())
    stop.set()
    thread.join(8)
    assert ended
    assert "a bug" in str(told[0])
