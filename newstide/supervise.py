"""Runs the roles of one process as threads: start, health, signals, drain.

A stop goes with the stream: the producers first, then what is under way is given a moment to reach the
store, then the rest. What does not get there is not lost, only later: nothing was committed for it.
A role that fails stops the process, with its sentence.
"""

import os
import signal
import threading
import time
from collections.abc import Mapping
from types import FrameType

from newstide import log as logging
from newstide.app import App, Role
from newstide.errors import NewstideError
from newstide.metrics import LAG
from newstide.web.health import Health

DRAIN = 4.0  # seconds that articles under way get to reach the store
GRACE = 4.0  # seconds that each thread gets to end after that
TICK = 0.2
HEALTH_EVERY = 5.0

logger = logging.get("run")


def ending_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set, from this moment on. Call from the main thread."""
    ending = threading.Event()

    def signalled(_number: int, _frame: FrameType | None) -> None:
        # Nothing else happens here: the interrupted thread may hold any lock, that of the logger too.
        if ending.is_set():  # a second signal: the person is in a hurry
            os._exit(1)
        ending.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signalled)
    return ending


class Supervisor:
    """Owns the role threads. `wait` returns when `ending` is set: by a signal, or by the failure of a role."""

    def __init__(self, app: App, roles: Mapping[str, Role], ending: threading.Event) -> None:
        self._app, self._roles, self.ending = app, roles, ending
        self._stops = {name: threading.Event() for name in roles}
        self._threads: dict[str, threading.Thread] = {}
        self._states = dict.fromkeys(roles, "starting")
        self.failure: NewstideError | None = None

    def start(self) -> None:
        for name, role in self._roles.items():
            self._threads[name] = threading.Thread(target=self._run, args=(name, role), name=name, daemon=True)
            self._threads[name].start()

    def wait(self) -> None:
        while not self.ending.wait(HEALTH_EVERY):
            self.health()  # keeps the lag metrics fresh, whether anybody asks or not

    def wait_idle(self) -> bool:
        """Wait until nothing is under way; False when the run ends before that."""
        quiet = 0
        while quiet < 3:
            if self.ending.wait(TICK):
                return False
            quiet = quiet + 1 if self._idle() else 0
        return True

    def stop(self) -> None:
        """Drain: producers, then the stream, then the rest. Raises the error of a role that failed."""
        self.ending.set()
        logger.info("stopping")
        if "producer" in self._stops:
            self._end({"producer"})
        deadline = time.monotonic() + DRAIN
        while self.failure is None and time.monotonic() < deadline and not self._idle():
            time.sleep(TICK)
        self._end(set(self._stops))
        if self.failure is not None:
            raise self.failure

    def health(self) -> Health:
        from sinks.ledger import complete_until, lag

        lags = lag(self._app.log)
        for name, count in lags.items():
            LAG.labels(*name.split(" ")).set(count)
        missing = tuple(f"{name}: {state}" for name, state in self._states.items() if state != "running")
        until = complete_until(self._app.log, self._app.clock.now())
        return Health(not missing, missing, dict(self._states), lags, until)

    def _idle(self) -> bool:
        from sinks.ledger import lag

        return not any(lag(self._app.log).values())

    def _end(self, names: set[str]) -> None:
        for name in names:
            self._stops[name].set()
        deadline = time.monotonic() + GRACE
        for name in names:
            if thread := self._threads.get(name):
                thread.join(max(0.0, deadline - time.monotonic()))
                if thread.is_alive():
                    logger.warning("role does not end; its work comes again at the next start", role=name)

    def _run(self, name: str, role: Role) -> None:
        self._states[name] = "running"
        try:
            role(self._stops[name])
        except NewstideError as e:
            self._fail(name, e)
        except Exception as e:
            logger.exception("role failed", role=name)
            self._fail(name, NewstideError(f"{name}: {type(e).__name__}: {e}"))
        else:
            self._states[name] = "stopped"

    def _fail(self, name: str, error: NewstideError) -> None:
        self._states[name] = f"failed: {error}"
        self.failure = self.failure or error
        self.ending.set()
