"""Runs the roles of one process as threads: start, health, signals, drain.

A stop goes with the stream: the producers first, then what is under way is given a moment to reach the
store, then the rest. What does not get there is not lost, only later: nothing was committed for it.
A role whose broker or server is away is begun again; one that fails otherwise stops the process, with its sentence.
"""

import os
import signal
import threading
import time
from collections.abc import Mapping
from types import FrameType

from newstide import log as logging
from newstide.app import App, Role
from newstide.errors import Away, NewstideError
from newstide.watch import Watch
from newstide.web.health import Health

DRAIN = 4.0  # seconds that articles under way get to reach the store
GRACE = 10.0  # seconds that each thread gets to end after that: a group is left, a batch is finished
TICK = 0.2
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 15.0  # seconds before a role is begun again
WELL = 60.0  # seconds a role must have run for its pause to be the first again

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
        self._watch = Watch(app.log, app.clock, hooks=app.settings.hooks)
        self._watched = threading.Event()  # set: nobody watches any more
        self.failure: NewstideError | None = None

    def start(self) -> None:
        threading.Thread(target=self._watch.run, args=(self._watched,), name="watch", daemon=True).start()
        for name, role in self._roles.items():
            self._threads[name] = threading.Thread(target=self._run, args=(name, role), name=name, daemon=True)
            self._threads[name].start()

    def wait(self) -> None:
        self.ending.wait()

    def wait_idle(self) -> bool:
        """Wait until nothing is under way; False when the run ends before that."""
        quiet = 0
        while quiet < 3:
            if self.ending.wait(TICK):
                return False
            quiet = quiet + 1 if self._idle() else 0
        return True

    def stop(self) -> None:
        """Drain: producers, then the stream, then the rest. Raises the error of a role that failed, or of the log."""
        self.ending.set()
        logger.info("stopping")
        if "producer" in self._stops:
            self._end({"producer"})
        deadline = time.monotonic() + DRAIN
        try:
            while self.failure is None and time.monotonic() < deadline and not self._drained():
                time.sleep(TICK)
        finally:  # also where the log cannot be read: no role may use engines that are being closed
            self._end(set(self._stops))
            self._watched.set()
        if self.failure is not None:
            raise self.failure

    def health(self) -> Health:
        return self._watch.health(self._states)

    def _idle(self) -> bool:
        from sinks.ledger import lag, standings

        return not any(lag(standings(self._app.log)).values())

    def _drained(self) -> bool:
        """Whether there is nothing to wait for. Where other processes are at work too, they go on, and we end."""
        return not self._app.settings.embedded_log or self._idle()

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
        stop, pause = self._stops[name], FIRST_PAUSE
        while not stop.is_set():
            begun = time.monotonic()
            self._states[name] = "running"
            try:
                role(stop)
            except Away as e:
                pause = FIRST_PAUSE if time.monotonic() - begun > WELL else min(2 * pause, LONGEST_PAUSE)
                self._states[name] = f"waiting: {e}"
                logger.warning("role waits", role=name, why=str(e), seconds=pause)
                stop.wait(pause)
            except NewstideError as e:
                return self._fail(name, e)
            except Exception as e:
                logger.exception("role failed", role=name)
                return self._fail(name, NewstideError(f"{name}: {type(e).__name__}: {e}"))
        self._states[name] = "stopped"
        return None

    def _fail(self, name: str, error: NewstideError) -> None:
        self._states[name] = f"failed: {error}"
        self.failure = self.failure or error
        self.ending.set()
