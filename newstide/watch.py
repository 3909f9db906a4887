"""Watches how far the stages are: lag for the metrics and the pages, and what stands still for the operator.

A thread looks every two seconds and the others read what it saw, for a broker that is away lets a look wait.
"""

import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from newstide import log as logging
from newstide.errors import NewstideError
from newstide.metrics import LAG, STUCK
from newstide.ports import Clock, Log
from newstide.printable import counted
from newstide.stillness import Stillness
from newstide.web.health import Health

EVERY = 2.0  # seconds between two looks
SILENT = 10.0  # seconds without a look after which the log is said not to answer
STILL = 60.0  # seconds in which a partition with records must move

logger = logging.get("watch")


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen: records to be read by "group topic", up to when the store is complete, what stands still, disabled hooks."""

    at: float
    lag: dict[str, int]
    complete_until: datetime
    stuck: tuple[str, ...]
    disabled: tuple[str, ...]


class Watch:
    """Looks at `log` for the roles that run here; `run` is its thread's body.

    `seconds` never jumps; `hooks` are the names that settings have.
    """

    def __init__(
        self, log: Log, clock: Clock, seconds: Callable[[], float] = time.monotonic, hooks: Collection[str] = ()
    ) -> None:
        from sinks.hooks.outbox import Outbox

        self._log, self._clock, self._seconds, self._hooks = log, clock, seconds, hooks
        self._outbox = Outbox(log, {}, clock)
        self._began = seconds()
        self._look: Look | None = None
        self._stillness = Stillness()

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self.look()
            except NewstideError as e:
                logger.warning("cannot look at the log", error=str(e))
            except Exception:
                if not stop.is_set():  # else the log was closed under this look
                    raise
            stop.wait(EVERY)

    def look(self) -> None:
        self._look = self._see()

    def health(self, states: Mapping[str, str]) -> Health:
        """Readiness of the roles with these states, from the last look: answers at once."""
        missing = [f"{name}: {state}" for name, state in states.items() if state != "running"]
        look = self._look
        silent = self._seconds() - (look.at if look else self._began)
        if silent > SILENT:
            missing.append(f"log: no answer for {silent:.0f} s")
        if look is None:
            return Health(not missing, tuple(missing), dict(states), {}, self._clock.now())
        missing += [text for text in look.stuck if text.partition(":")[0] in states]
        return Health(not missing, tuple(missing), dict(states), look.lag, look.complete_until, look.disabled)

    def _see(self) -> Look:
        from sinks.ledger import complete_until, lag, standings

        found, now = standings(self._log), self._seconds()
        lags, stuck, told = lag(found), set[str](), []
        for s in found:
            place = (s.group, s.topic, s.partition)
            still = self._stillness.seconds(place, s.position, waiting=s.position < s.end, now=now)
            if still > STILL:
                stuck.add(f"{s.group} {s.topic}")
                told.append(
                    f"{s.group}: stuck, {counted(s.end - s.position, 'record waits', 'records wait')} in {s.topic}/{s.partition} and none was done "
                    f"for {still:.0f} s"
                )
        for name, count in lags.items():
            LAG.labels(*name.split(" ")).set(count)
            STUCK.labels(*name.split(" ")).set(name in stuck)
        disabled = tuple(self._outbox.disabled(self._hooks))
        return Look(now, lags, complete_until(self._log, self._clock.now()), tuple(told), disabled)
