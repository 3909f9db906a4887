"""The whole alert role, running, against a receiver on loopback."""

import base64
import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from newstide.clock import ManualClock, SystemClock
from newstide.http import Client
from newstide.ports import Log, Rows
from newstide.topics import RESOLVED
from sinks.alerting import Alerting
from sinks.hooks import rules
from sinks.hooks.standard import StandardWebhook
from streams.match import Matcher
from tests.fakes import Member, MemoryLog
from tests.unit.alerts.making import (
    NOW,
    WAVE,
    Counting,
    Receiver,
    article,
    delivered,
    deliveries,
    publish,
    role,
    wait_until,
)
from tests.unit.producers.loopback import Loopback, serve

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
        self.role, self.stop = Alerting(log, Counting(0), hooks, clock, Matcher), threading.Event()
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


class Forgetful(ManualClock):
    """A clock that breaks in the thread of deliveries."""

    def now(self) -> datetime:
        if threading.current_thread().name == "deliver":
            raise KeyError("a bug in the deliveries")
        return super().now()


class Wrong(Counting):
    """A store whose answers the windows cannot take."""

    def query(self, *_: Any, **__: Any) -> Rows:
        raise KeyError("a bug in the windows")


@pytest.mark.parametrize(("clock", "store"), [(Forgetful(NOW), Counting(0)), (ManualClock(NOW), Wrong(0))])
def test_an_error_of_deliveries_or_windows_ends_the_role_and_is_told(
    log: MemoryLog, clock: ManualClock, store: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules.put(log, [WAVE])
    monkeypatch.setattr("sinks.alerting.WINDOWS_EVERY", 0.1)
    told: list[BaseException] = []

    def body() -> None:
        try:
            role(log, clock, store).run(stop)
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
