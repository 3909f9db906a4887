"""The alert role: what articles and their stories become, and its faults by name."""

from collections.abc import Sequence

import orjson
import pytest

from newstide.clock import ManualClock
from newstide.errors import EngineError
from newstide.ports import Message
from newstide.records import Alert, Erased, Move, Rule, encode
from newstide.topics import ERASED, MOVES, RESOLVED
from sinks.hooks import rules
from sinks.hooks.message import alert_key
from tests.fakes import MemoryLog
from tests.unit.alerts.making import DOWN, FERRY, NOW, Script, alerts, article, delivered, deliveries, publish, role


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


def test_deliver_once_tells_what_is_still_pending(log: MemoryLog, clock: ManualClock) -> None:
    alerting = role(log, clock, desk=Script(), night=Script([DOWN]))
    alerting.step(delivered(article()))
    assert [one.hook for one in alerting.deliver_once()] == ["night"]
    assert [one.hook for one in alerting.deliver_once()] == ["night"]
    clock.advance(6)
    assert alerting.deliver_once() == []
