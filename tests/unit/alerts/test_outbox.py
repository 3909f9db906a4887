"""The outbox: what is down loses nothing, what hangs holds nothing up, what repeats is the same."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from newstide.clock import ManualClock
from newstide.errors import EngineError, UsageError
from newstide.ports import Message, Sent
from newstide.records import Attempt, Delivery, encode
from newstide.topics import DELIVERIES
from sinks.hooks.outbox import DELAYS, DISABLED, FORGOTTEN_AFTER, KEPT, UNKNOWN, Outbox, schedule
from tests.fakes import MemoryLog
from tests.unit.alerts.making import DOWN, NOW, Script, deliveries, wait_until

GO = threading.Event()
GONE_AWAY = Sent(ok=False, status=410, detail="http 410")


def delivery(key: str = "msg_1", hook: str = "desk") -> Delivery:
    return Delivery(id=key, alert="al_1", hook=hook, rule="r", body='{"n":"é"}', created=NOW, next=NOW)


def put(log: MemoryLog, *records: Delivery) -> None:
    log.produce([Message(DELIVERIES.name, one.id, encode(one)) for one in records])


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


def test_ten_tries_over_three_days_with_a_jitter_that_comes_from_the_id() -> None:
    for tries, delay in enumerate(DELAYS):
        again = schedule("msg_1", tries, NOW)
        assert again is not None
        assert delay <= (again - NOW).total_seconds() <= delay * 1.1
        assert again == schedule("msg_1", tries, NOW)
    assert schedule("msg_1", len(DELAYS), NOW) is None
    assert len({schedule(f"msg_{n}", 3, NOW) for n in range(50)}) == 50
    assert sum(DELAYS) == timedelta(hours=75, minutes=35, seconds=5).total_seconds()


def test_retry_after_can_only_put_a_try_off() -> None:
    assert schedule("msg_1", 1, NOW, retry_after=60) == NOW + timedelta(seconds=60)
    assert schedule("msg_1", 2, NOW, retry_after=1) == schedule("msg_1", 2, NOW)


def test_receiver_down_loses_nothing_and_repeats_the_same_id_and_bytes(log: MemoryLog, clock: ManualClock) -> None:
    put(log, delivery())
    desk = Script([DOWN, DOWN, DOWN])
    outbox = Outbox(log, {"desk": desk}, clock)
    for _ in range(3):
        assert outbox.deliver_due(clock.now(), GO) == 1
        assert outbox.deliver_due(clock.now(), GO) == 0
        pending = outbox.pending()[0]
        assert pending.next is not None
        clock.advance((pending.next - clock.now()).total_seconds())
    assert outbox.deliver_due(clock.now(), GO) == 1
    assert set(desk.got) == {("msg_1", '{"n":"é"}'.encode())}
    assert [attempt.detail for attempt in deliveries(log)[0].attempts] == ["unreachable"] * 3 + ["delivered"]
    assert deliveries(log)[0].status == "delivered"
    assert not outbox.pending()


def test_a_restart_goes_on_where_the_schedule_stood(log: MemoryLog, clock: ManualClock) -> None:
    put(log, delivery())
    Outbox(log, {"desk": Script([DOWN])}, clock).deliver_due(clock.now(), GO)
    desk = Script()
    after = Outbox(log, {"desk": desk}, clock)
    assert after.deliver_due(clock.now(), GO) == 0
    clock.advance(5.5)
    assert after.deliver_due(clock.now(), GO) == 1
    assert [key for key, _ in desk.got] == ["msg_1"]


def test_a_clock_that_jumps_back_makes_no_delivery_wait(log: MemoryLog, clock: ManualClock) -> None:
    put(log, delivery())
    desk = Script([DOWN, DOWN])
    outbox = Outbox(log, {"desk": desk}, clock)
    outbox.deliver_due(clock.now(), GO)
    clock.advance(-86_400)
    assert outbox.deliver_due(clock.now(), GO) == 1
    assert outbox.deliver_due(clock.now(), GO) == 0


def test_after_the_last_try_it_has_failed_and_can_be_sent_again_by_hand(log: MemoryLog, clock: ManualClock) -> None:
    put(log, delivery())
    desk = Script([DOWN] * (len(DELAYS) + 1))
    outbox = Outbox(log, {"desk": desk}, clock)
    for _ in range(len(DELAYS) + 3):
        outbox.deliver_due(clock.now(), GO)
        clock.advance(100_000)
    assert len(desk.got) == len(DELAYS)
    assert (deliveries(log)[0].status, deliveries(log)[0].next) == ("failed", None)
    outbox.resend("msg_1")
    assert outbox.deliver_due(clock.now(), GO) == 1
    assert deliveries(log)[0].status == "failed"
    outbox.resend("msg_1")
    assert outbox.deliver_due(clock.now(), GO) == 1
    assert deliveries(log)[0].status == "delivered"
    with pytest.raises(UsageError, match="msg_9"):
        outbox.resend("msg_9")


def test_a_receiver_that_is_gone_disables_its_hook_until_it_is_enabled(log: MemoryLog, clock: ManualClock) -> None:
    desk = Script([GONE_AWAY])
    put(log, delivery("msg_1"), delivery("msg_2"), delivery("msg_3", "night"))
    Outbox(log, {"desk": desk, "night": Script()}, clock).deliver_due(clock.now(), GO)
    assert {one.id: one.status for one in deliveries(log)} == {
        "msg_1": "failed",
        "msg_2": "failed",
        "msg_3": "delivered",
    }
    put(log, delivery("msg_4"))
    outbox = Outbox(log, {"desk": desk}, clock)  # after a restart
    assert outbox.deliver_due(clock.now(), GO) == 0
    assert (outbox.disabled(["desk"]), len(desk.got)) == (["desk"], 1)
    assert Outbox(log, {}, clock).enable("desk") == 3  # the command, in another process
    assert outbox.deliver_due(clock.now(), GO) == 3
    assert (outbox.disabled(["desk"]), outbox.pending()) == ([], [])
    assert {key for key, _ in desk.got} == {"msg_1", "msg_2", "msg_4"}
    with pytest.raises(UsageError, match="not disabled"):
        outbox.enable("desk")


def test_a_receiver_that_is_still_gone_is_called_once_and_disabled_again(log: MemoryLog, clock: ManualClock) -> None:
    desk = Script([GONE_AWAY, GONE_AWAY])
    put(log, delivery("msg_1"), delivery("msg_2"))
    outbox = Outbox(log, {"desk": desk}, clock)
    outbox.deliver_due(clock.now(), GO)
    outbox.enable("desk")
    outbox.deliver_due(clock.now(), GO)
    assert (outbox.disabled(["desk"]), len(desk.got)) == (["desk"], 2)
    assert {one.status for one in deliveries(log)} == {"failed"}


def test_what_was_refused_is_sent_by_enable_though_the_hook_came_free_without_it(
    log: MemoryLog, clock: ManualClock
) -> None:
    put(log, delivery("msg_1"), delivery("msg_2"))
    desk = Script([GONE_AWAY])
    outbox = Outbox(log, {"desk": desk}, clock)
    outbox.deliver_due(clock.now(), GO)
    log.produce([Message(DELIVERIES.name, "msg_1", None)])  # its article is erased
    assert outbox.disabled(["desk"]) == []
    assert outbox.enable("desk") == 1
    assert outbox.deliver_due(clock.now(), GO) == 1
    assert [key for key, _ in desk.got] == ["msg_1", "msg_2"]


def test_a_delivery_that_was_due_before_the_hook_was_enabled_is_tried(log: MemoryLog, clock: ManualClock) -> None:
    put(log, delivery("msg_1"))
    outbox = Outbox(log, {"desk": Script([GONE_AWAY])}, clock)
    outbox.deliver_due(clock.now(), GO)
    put(log, delivery("msg_2"))
    assert [one.id for one in outbox.due(clock.now())] == ["msg_2"]
    Outbox(log, {}, clock).enable("desk")  # the command, in another process
    assert outbox.attempt("msg_2", GO)
    assert {one.id: one.status for one in deliveries(log)}["msg_2"] == "delivered"


def test_a_delivery_to_a_disabled_hook_is_not_sent_again_alone(log: MemoryLog, clock: ManualClock) -> None:
    put(log, delivery("msg_1"), delivery("msg_2"))
    outbox = Outbox(log, {"desk": Script([GONE_AWAY])}, clock)
    outbox.deliver_due(clock.now(), GO)
    for key in ("msg_1", "msg_2"):
        with pytest.raises(UsageError, match="newstide alerts enable desk"):
            outbox.resend(key)
    assert (outbox.disabled(["desk"]), outbox.pending()) == (["desk"], [])


@pytest.mark.parametrize(("status", "detail", "disabled"), [(200, "ok", []), (500, "", []), (None, DISABLED, ["desk"])])
def test_a_restart_knows_that_a_hook_took_a_later_delivery_which_was_sent_again(
    log: MemoryLog, clock: ManualClock, status: int | None, detail: str, disabled: list[str]
) -> None:
    refused = replace(delivery("msg_1"), status="failed", attempts=(Attempt(NOW, 410, "http 410", 0.1),))
    tried = (Attempt(NOW, 200, "delivered", 0.1), Attempt(NOW, status, detail, 0.1))
    put(log, refused, replace(delivery("msg_2"), attempts=tried))
    assert Outbox(log, {}, clock).disabled(["desk"]) == disabled


def test_a_hook_stays_disabled_when_what_it_missed_is_forgotten(log: MemoryLog, clock: ManualClock) -> None:
    put(log, delivery("msg_1"), delivery("msg_2"))
    outbox = Outbox(log, {"desk": Script([GONE_AWAY])}, clock)
    outbox.deliver_due(clock.now(), GO)
    clock.advance(FORGOTTEN_AFTER.total_seconds() + 1)
    outbox.deliver_due(clock.now(), GO)
    assert [one.id for one in deliveries(log)] == ["msg_1"]
    assert Outbox(log, {}, clock).disabled(["desk"]) == ["desk"]


def test_a_disabled_hook_that_settings_lost_is_forgotten_with_the_rest(log: MemoryLog, clock: ManualClock) -> None:
    put(log, delivery("msg_1"))
    Outbox(log, {"desk": Script([GONE_AWAY])}, clock).deliver_due(clock.now(), GO)
    clock.advance(FORGOTTEN_AFTER.total_seconds() + 1)
    Outbox(log, {"night": Script()}, clock).deliver_due(clock.now(), GO)
    assert deliveries(log) == []


def test_retry_after_is_honoured(log: MemoryLog, clock: ManualClock) -> None:
    put(log, delivery())
    outbox = Outbox(log, {"desk": Script([Sent(ok=False, status=503, detail="busy", retry_after=600)])}, clock)
    outbox.deliver_due(clock.now(), GO)
    assert outbox.pending()[0].next == NOW + timedelta(seconds=600)


def test_the_log_keeps_the_last_tries_only(log: MemoryLog, clock: ManualClock) -> None:
    put(log, delivery())
    outbox = Outbox(log, {"desk": Script()}, clock)
    for _ in range(KEPT + 5):
        outbox.resend("msg_1")
        outbox.deliver_due(clock.now(), GO)
    assert len(deliveries(log)[0].attempts) == KEPT


def test_a_hook_that_settings_lost_keeps_its_deliveries_and_costs_no_try(log: MemoryLog, clock: ManualClock) -> None:
    put(log, delivery())
    outbox = Outbox(log, {}, clock)
    for _ in range(30):
        assert outbox.deliver_due(clock.now(), GO) == 0
        clock.advance(3600)
    (kept,) = outbox.pending()
    assert [attempt.detail for attempt in kept.attempts] == [UNKNOWN]
    desk = Script([DOWN])
    back = Outbox(log, {"desk": desk}, clock)
    assert back.deliver_due(clock.now(), GO) == 1
    clock.advance(6)
    assert back.deliver_due(clock.now(), GO) == 1
    assert deliveries(log)[0].status == "delivered"


class Hanging(Script):
    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()

    def send(self, key: str, body: bytes) -> Sent:
        self.let_go.wait(10)
        return super().send(key, body)


def test_a_hanging_receiver_holds_up_no_other(log: MemoryLog, clock: ManualClock) -> None:
    hanging, desk = Hanging(), Script()
    outbox = Outbox(log, {"slow": hanging, "desk": desk}, clock)
    put(log, delivery("msg_1", "slow"), delivery("msg_2", "slow"), delivery("msg_3"))
    outbox.deliver_due(clock.now(), GO, patience=0.05)
    put(log, delivery("msg_4"))
    outbox.deliver_due(clock.now(), GO, patience=0.05)
    assert wait_until(lambda: len(desk.got) == 2)
    assert not hanging.got
    hanging.let_go.set()
    assert wait_until(lambda: not outbox.pending())
    assert [key for key, _ in hanging.got] == ["msg_1", "msg_2"]


def test_a_stop_during_a_try_leaves_it_for_the_restart(log: MemoryLog, clock: ManualClock) -> None:
    put(log, delivery())
    stop = threading.Event()

    class Cut(Script):
        def send(self, key: str, body: bytes) -> Sent:
            stop.set()
            return Sent(ok=False, status=None, detail="stopped")

    assert Outbox(log, {"desk": Cut()}, clock).deliver_due(clock.now(), stop) == 0
    assert deliveries(log) == [delivery()]


def test_a_fault_in_a_hook_is_a_failed_try(log: MemoryLog, clock: ManualClock) -> None:
    class Broken(Script):
        def send(self, key: str, body: bytes) -> Sent:
            raise RuntimeError("no luck")

    put(log, delivery())
    outbox = Outbox(log, {"desk": Broken()}, clock)
    assert outbox.deliver_due(clock.now(), GO) == 1
    assert "no luck" in outbox.pending()[0].attempts[0].detail


def test_a_full_log_means_the_same_try_again(clock: ManualClock) -> None:
    class Full(MemoryLog):
        full = False

        def produce(self, messages: Sequence[Message]) -> list[tuple[int, int]]:
            if self.full:
                raise EngineError("disk full")
            return super().produce(messages)

    log, desk = Full(), Script()
    put(log, delivery())
    outbox = Outbox(log, {"desk": desk}, clock)
    log.full = True
    outbox.deliver_due(clock.now(), GO)
    log.full = False
    assert outbox.deliver_due(clock.now(), GO) == 1
    assert len(set(desk.got)) == 1
    assert len(desk.got) == 2


def test_another_process_may_add_cancel_and_break_records(log: MemoryLog, clock: ManualClock) -> None:
    outbox = Outbox(log, {"desk": Script()}, clock)
    put(log, delivery("msg_1"), delivery("msg_2"), delivery("msg_3"))
    assert len(outbox.pending()) == 3
    log.produce([Message(DELIVERIES.name, "msg_1", None), Message(DELIVERIES.name, "msg_2", b"{")])
    assert [one.id for one in outbox.pending()] == ["msg_3"]
    assert outbox.holds("msg_2")
    assert not outbox.holds("msg_1")


def test_what_ended_a_month_ago_leaves_the_log_and_what_is_pending_stays(log: MemoryLog, clock: ManualClock) -> None:
    put(log, delivery("msg_1"), delivery("msg_2", hook="nobody"))
    outbox = Outbox(log, {"desk": Script()}, clock)
    outbox.deliver_due(clock.now(), GO)
    clock.advance(FORGOTTEN_AFTER.total_seconds())
    put(log, delivery("msg_3"))
    outbox.deliver_due(clock.now(), GO)
    assert {one.id for one in deliveries(log)} == {"msg_1", "msg_2", "msg_3"}
    clock.advance(1)
    outbox.deliver_due(clock.now(), GO)
    assert {one.id: one.status for one in deliveries(log)} == {"msg_2": "pending", "msg_3": "delivered"}
    with pytest.raises(UsageError, match="msg_1"):
        outbox.resend("msg_1")


def test_the_metric_says_which_hook_fails_and_knows_each_from_the_start(log: MemoryLog, clock: ManualClock) -> None:
    def counted(hook: str, outcome: str) -> float | None:
        return REGISTRY.get_sample_value("newstide_deliveries_total", {"hook": hook, "outcome": outcome})

    outbox = Outbox(log, {"well": Script([]), "ill": Script([DOWN])}, clock)
    assert [counted(hook, "failed") for hook in ("well", "ill")] == [0, 0]
    put(log, delivery("msg_w", "well"), delivery("msg_i", "ill"))
    outbox.deliver_due(clock.now(), GO)
    assert [counted(hook, "retry") for hook in ("well", "ill")] == [0, 1]
    assert [counted(hook, "delivered") for hook in ("well", "ill")] == [1, 0]
