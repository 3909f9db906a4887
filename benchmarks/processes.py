"""`newstide run` as processes of their own, as a person would start them, seen from outside; and a broker for them."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from newstide.engines import open_log
from newstide.ports import Log

NEWSTIDE = Path(sys.executable).with_name("newstide")
PATIENCE = 900.0  # seconds for anything that must come about: two busy cores may be slow
LOOK = 0.1
DEAF = 30.0  # seconds for an answer, and for an orderly end


class Process:
    """`newstide run` with these roles (none: all), started. It works in `folder` and listens at a free port."""

    def __init__(self, folder: Path, *roles: str, settings: Mapping[str, str] | None = None) -> None:
        self.role = " ".join(roles) or "all"
        self._said = folder / f"{self.role}-{time.time_ns()}.log"
        environment = os.environ | {"NEWSTIDE_WEB__LISTEN": "127.0.0.1:0"} | dict(settings or {})
        command = [NEWSTIDE, "run", *(f"--role={role}" for role in roles)]
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(command, cwd=folder, env=environment, stderr=said)

    @property
    def pid(self) -> int:
        return self._process.pid

    def until_ready(self) -> None:
        """Wait until its roles run. Raises RuntimeError with what it said where it ends before."""
        until(lambda: self._get("readyz") is not None, self.said)

    def count(self, metric: str) -> int:
        """A counter's value, 0 while nothing was counted. `metric` as on /metrics, with its labels."""
        found = re.search(re.escape(metric) + r" (\S+)", self._get("metrics") or "")
        return int(float(found[1])) if found else 0

    def said(self) -> str:
        return self._said.read_text("utf-8", "replace")[-3000:]

    @contextmanager
    def paused(self) -> Iterator[None]:
        """It stands still: what is put on the log meanwhile is there all at once. Shorter than a reader's session."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> float:
        """End it with -9, where it runs; gives the moment (Unix time)."""
        at = time.time()
        self._process.kill()
        self._process.wait()
        return at

    def end(self) -> None:
        """End it in order."""
        self._process.terminate()
        self._process.wait(DEAF)

    def _get(self, path: str) -> str | None:
        """The answer at this path; None while there is none, or it says that something is missing."""
        if self._process.poll() is not None:
            raise RuntimeError(f"{self.role} has ended by itself:\n{self.said()}")
        where = re.search(r"newstide runs; .* at (http://[\d.:]+)/", self._said.read_text("utf-8", "replace"))
        if where is None:
            return None
        try:
            with urllib.request.urlopen(f"{where[1]}/{path}", timeout=DEAF) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError:
            return None


@contextmanager
def opened(url: str) -> Iterator[Log]:
    """The log as a benchmark fills and reads it: it is never held back."""
    log = open_log(url, hold_back=False)
    try:
        yield log
    finally:
        log.close()


def until(condition: Callable[[], object], said: Callable[[], str] = lambda: "", look: float = LOOK) -> None:
    """Look until it holds, `look` seconds apart. Raises TimeoutError with what was said."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"it did not come about within {PATIENCE:g} s\n{said()}")
        time.sleep(look)
