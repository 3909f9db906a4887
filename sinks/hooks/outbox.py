"""The durable outbox: the compacted topic `deliveries`, one record per alert and hook.

What is held in memory is a fold over the topic and changes by reading it only, so that another process may add or
resend, and a restart finds what a crash left. A try that was not recorded comes again
with the same `webhook-id` and the same bytes.
"""

import threading
import time
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice, product, takewhile
from typing import Any

import msgspec

from newstide import metrics
from newstide.clock import to_millis
from newstide.errors import NewstideError, UsageError
from newstide.log import get
from newstide.paging import Follower
from newstide.ports import GONE, Clock, Hook, Log, Message, Sent
from newstide.records import Attempt, Delivery, decode, encode
from newstide.topics import DELIVERIES

# Seconds between the end of one try and the next (Standard Webhooks 1.0.0): ten tries over three days.
DELAYS = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
JITTER = 0.1
KEPT = 20
# What has ended can be sent again by hand for so long; then it leaves the log, and the store keeps its row.
FORGOTTEN_AFTER = timedelta(days=30)
FORGOTTEN_AT_ONCE = 1000
# A hook that settings do not know is looked at again after this long; that is no try.
PARKED = 1_800
UNKNOWN = "settings know no hook of this name"
DISABLED = "the hook is disabled: its receiver answered 410 Gone"

_log = get("alerts")


def schedule(key: str, tries: int, last: datetime, retry_after: float | None = None) -> datetime | None:
    """When a delivery is tried again after `tries` failures, the last at `last`; None: it has failed for good.

    The jitter, up to a tenth more, comes from the `webhook-id` (`key`), so that it is spread and yet the same at every reading.
    A receiver's Retry-After (seconds) can only put it off.
    """
    if tries >= len(DELAYS):
        return None
    share = zlib.crc32(f"{key} {tries}".encode()) / 0xFFFFFFFF
    delay = DELAYS[tries] * (1 + JITTER * share)
    return to_millis(last + timedelta(seconds=max(delay, retry_after or 0.0)))


def tries(delivery: Delivery) -> int:
    """How often a receiver was really called."""
    return sum(attempt.detail not in {UNKNOWN, DISABLED} for attempt in delivery.attempts)


def _refused(attempt: Attempt) -> bool:
    return attempt.status == GONE or attempt.detail == DISABLED


def _answers(delivery: Delivery) -> bool:
    """Whether this tells that the hook is called: the receiver took it once, or it is due again after a 410."""
    if not delivery.attempts or delivery.attempts[-1].detail == DISABLED:
        return False
    return delivery.attempts[-1].status == GONE or any(200 <= (a.status or 0) < 300 for a in delivery.attempts)


def _last(delivery: Delivery) -> datetime:
    return delivery.attempts[-1].at if delivery.attempts else delivery.created


OUTCOMES = ("delivered", "retry", "failed", "parked")


class Outbox:
    """Safe to share between threads. `hooks` are those that settings know, by name.

    A hook whose receiver answered 410 Gone is disabled: what is meant for it fails without a try, until `enable`. The delivery
    that was refused says so in the topic, hence every process and every restart knows. Where it is erased, the receiver is asked again.
    """

    def __init__(self, log: Log, hooks: Mapping[str, Hook], clock: Clock) -> None:
        self._topic, self._hooks, self._clock = log, hooks, clock
        self._pending: dict[str, Delivery] = {}
        self._ids: set[str] = set()
        self._ended: dict[str, datetime] = {}  # since when, the first written first
        self._disabled: dict[str, str] = {}  # hook → the delivery that it answered with 410
        self._follower = Follower(log, DELIVERIES.name)
        self._busy: set[str] = set()
        self._lock = threading.Lock()
        for hook, outcome in product(hooks, OUTCOMES):
            metrics.DELIVERIES.labels(hook, outcome)  # there from the start, else the first one is no increase

    def pending(self) -> list[Delivery]:
        """What is still to be delivered, by the time of its next try."""
        with self._lock:
            self._refresh()
            return sorted(self._pending.values(), key=lambda d: (d.next or d.created, d.id))

    def holds(self, key: str) -> bool:
        """Whether the delivery was ever written, whatever became of it."""
        with self._lock:
            self._refresh()
            return key in self._ids

    def due(self, now: datetime) -> list[Delivery]:
        """What is to be tried by now, the longest waiting first; what was last tried in the future too, for the clock jumped back."""
        return [d for d in self.pending() if (d.next or d.created) <= now or _last(d) > now]

    def deliver_due(self, now: datetime, stop: threading.Event, patience: float | None = None) -> int:
        """Try each due delivery once and record it; gives how many were tried.

        Every hook has a lane of its own, so that a receiver that hangs holds up no other. Lanes are waited for
        up to `patience` s (None: to their end); a hook whose lane still runs is left to it by the next call.
        """
        self._forget(now)
        until = None if patience is None else time.monotonic() + patience
        lanes = [_Lane(self, hook, keys, stop) for hook, keys in self._claim(now).items()]
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join(None if until is None else max(0.0, until - time.monotonic()))
        return sum(lane.tried for lane in lanes)

    def resend(self, key: str) -> Delivery:
        """Make a delivery due at once, whatever its state; the tries already made stay counted.

        Raises UsageError where there is none, or where its hook is disabled.
        """
        value = self._topic.latest(DELIVERIES.name).get(key)
        if value is None:
            raise UsageError(f"there is no delivery {key}")
        delivery = decode(value, Delivery)
        if self.disabled([delivery.hook]):
            raise UsageError(
                f"{DISABLED}; `newstide alerts enable {delivery.hook}` sends all that it refused or missed"
            )
        delivery = replace(delivery, status="pending", next=self._clock.now())
        self._write(delivery)
        return delivery

    def disabled(self, among: Iterable[str]) -> list[str]:
        """Those of these hooks whose receivers want nothing more."""
        with self._lock:
            self._refresh()
            return sorted(self._disabled.keys() & set(among))

    def enable(self, hook: str) -> int:
        """Call a hook again, with all that it refused or missed since; gives how many. Raises UsageError for none."""
        found = (decode(value, Delivery) for value in self._topic.latest(DELIVERIES.name).values())
        missed = [d for d in found if d.hook == hook and d.status == "failed" and _refused(d.attempts[-1])]
        if not missed:
            raise UsageError(f"the hook {hook!r} is not disabled, and has missed nothing")
        for delivery in sorted(
            missed, key=lambda d: d.attempts[-1].detail == DISABLED
        ):  # first what tells that it is enabled
            self._write(replace(delivery, status="pending", next=self._clock.now()))
        return len(missed)

    def _forget(self, now: datetime) -> None:
        with self._lock:
            self._refresh()
            kept = {key for hook, key in self._disabled.items() if hook in self._hooks}
            past = takewhile(
                lambda key: self._ended[key] < now - FORGOTTEN_AFTER, (k for k in self._ended if k not in kept)
            )
            if old := [Message(DELIVERIES.name, key, None) for key in islice(past, FORGOTTEN_AT_ONCE)]:
                self._topic.produce(old)

    # Lanes

    def _claim(self, now: datetime) -> dict[str, list[str]]:
        """The due ids by hook, for hooks without a lane; from now on they have one."""
        due = self.due(now)
        with self._lock:
            found: dict[str, list[str]] = {}
            for delivery in due:
                if delivery.hook not in self._busy:
                    found.setdefault(delivery.hook, []).append(delivery.id)
            self._busy |= found.keys()
        return found

    def leave(self, hook: str) -> None:
        with self._lock:
            self._busy.discard(hook)

    def attempt(self, key: str, stop: threading.Event) -> bool:
        """Try one delivery, if it is still pending, and record how it went. False where nothing was tried."""
        with self._lock:
            self._refresh()  # another process may have enabled the hook since the lane began
            delivery = self._pending.get(key)
            disabled = delivery is not None and delivery.hook in self._disabled
        if delivery is None:
            return False
        if disabled:
            self._pass_over(delivery, DISABLED, "failed", status="failed", next=None)
            return False
        hook = self._hooks.get(delivery.hook)
        if hook is None:
            again = self._clock.now() + timedelta(seconds=PARKED)
            self._pass_over(delivery, UNKNOWN, "parked", next=again)
            return False
        started = time.monotonic()
        sent = _send(hook, delivery)
        if stop.is_set() and not sent.ok:
            return False  # cut off by our own end, not by the receiver: it comes again after the restart
        self._record(delivery, sent, time.monotonic() - started)
        return True

    def _pass_over(self, delivery: Delivery, why: str, outcome: str, **changes: Any) -> None:
        """Note that nothing was tried."""
        told = [attempt for attempt in delivery.attempts if attempt.detail != why]
        attempts = (*told, Attempt(self._clock.now(), None, why, 0.0))[-KEPT:]
        self._write(replace(delivery, attempts=attempts, **changes))
        metrics.DELIVERIES.labels(delivery.hook, outcome).inc()

    def _record(self, delivery: Delivery, sent: Sent, seconds: float) -> None:
        now = self._clock.now()
        attempt = Attempt(now, sent.status, sent.detail, round(seconds, 3))
        after = replace(delivery, attempts=(*delivery.attempts, attempt)[-KEPT:], next=None)
        if sent.ok:
            after, outcome = replace(after, status="delivered"), "delivered"
        elif sent.status == GONE or (again := schedule(after.id, tries(after), now, sent.retry_after)) is None:
            after, outcome = replace(after, status="failed"), "failed"
        else:
            after, outcome = replace(after, next=again), "retry"
        self._write(after)
        metrics.DELIVERIES.labels(after.hook, outcome).inc()
        if outcome != "delivered":
            _log.warning("delivery did not arrive", hook=after.hook, id=after.id, why=sent.detail, next=after.next)
        if sent.status == GONE:
            _log.error(
                "hook is disabled", hook=after.hook, why=sent.detail, then=f"newstide alerts enable {after.hook}"
            )

    # The topic

    def _write(self, delivery: Delivery) -> None:
        """Write it, unless it was erased while it was being sent."""
        with self._lock:
            self._refresh()
            if delivery.id in self._ids:
                self._topic.produce([Message(DELIVERIES.name, delivery.id, encode(delivery))])
                self._refresh()

    def _refresh(self) -> None:
        for record in self._follower.new():
            self._take(record.key, record.value)

    def _take(self, key: str, value: bytes | None) -> None:
        self._pending.pop(key, None)
        self._ended.pop(key, None)
        self._disabled = {hook: last for hook, last in self._disabled.items() if last != key}
        if value is None:
            self._ids.discard(key)
            return
        self._ids.add(key)
        try:
            delivery = decode(value, Delivery)
        except msgspec.DecodeError as e:
            _log.error("delivery cannot be read", id=key, error=str(e))
            return
        if delivery.status == "pending":
            self._pending[key] = delivery
        else:
            self._ended[key] = _last(delivery)
        if delivery.status == "failed" and delivery.attempts and delivery.attempts[-1].status == GONE:
            self._disabled[delivery.hook] = key
        elif _answers(delivery):
            self._disabled.pop(delivery.hook, None)


class _Lane(threading.Thread):
    """Tries one hook's due deliveries, one after the other. A daemon: the end of the process waits for no receiver."""

    def __init__(self, outbox: Outbox, hook: str, keys: list[str], stop: threading.Event) -> None:
        super().__init__(name=f"deliver {hook}", daemon=True)
        self._outbox, self._hook, self._keys, self._halt = outbox, hook, keys, stop
        self.tried = 0

    def run(self) -> None:
        try:
            for key in self._keys:
                if self._halt.is_set():
                    break
                self.tried += self._outbox.attempt(key, self._halt)
        except NewstideError as e:  # the log is gone or full: the try comes again, its receiver knows the id
            _log.error("delivery cannot be recorded", hook=self._hook, error=str(e))
        finally:
            self._outbox.leave(self._hook)


def _send(hook: Hook, delivery: Delivery) -> Sent:
    try:
        return hook.send(delivery.id, delivery.body.encode())
    except Exception as e:  # noqa: BLE001
        # A fault in one hook is a failed try of that delivery, not the end of the line.
        return Sent(ok=False, status=None, detail=f"the hook itself failed: {e!r}")
