"""`make run`: the sample wire and Newstide on it, in one terminal, until Ctrl-C.

It begins afresh each time: its data lies in var/first-run, apart from your own, and is cleared first.
"""

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
NEWSTIDE = Path(sys.executable).with_name("newstide")
CONFIG = HERE / "newstide.toml"
DATA = Path("var/first-run")
HOOK = tomllib.loads(CONFIG.read_text("utf-8"))["hooks"]["desk"]["url"]
WIRE = HOOK.removesuffix("/hook")
PORT = 8421
UP = 60.0  # seconds until everything must have come up
HEAD_START = 4.0  # seconds
FIRST_LOOK = 15.0  # seconds after which the first table is worth printing
PATIENCE = 60.0  # seconds more where a slow machine has nothing to show yet
LAST_LOOK = 100.0  # the emerging story has risen by then
ENDING = 20.0  # seconds that a process may take to end

Process = subprocess.Popen[bytes]


@dataclass(frozen=True)
class Part:
    """A process of Newstide: its roles (none: all), the port on which it says whether it is ready, its own settings."""

    roles: tuple[str, ...] = ()
    port: int = PORT
    settings: Mapping[str, str] = field(default_factory=dict)

    def start(self) -> Process:
        own = {"NEWSTIDE_WEB__LISTEN": f"127.0.0.1:{self.port}", **self.settings}
        return _start(NEWSTIDE, "--config", CONFIG, "run", *(f"--role={role}" for role in self.roles), **own)

    def ready(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5).close()
        except OSError:  # 503 is one too
            return False
        return True


def main() -> int:
    shutil.rmtree(DATA, ignore_errors=True)
    return show([Part()], links(PORT, ".venv/bin/newstide --config examples/first-run/newstide.toml"))


def show(parts: Sequence[Part], where: str) -> int:
    """Run the wire and the parts, print where to look and what came of it, until Ctrl-C or until one of them ends.

    They are ended in their order, those of equal roles together. Gives 0 where all of them ended well.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    wire = _start(sys.executable, HERE / "wire.py", "--port", WIRE.rpartition(":")[2])
    running: list[Process] = []
    try:
        running.extend(part.start() for part in parts)
        _until_up(wire, parts, running)
        _begin(running, where)
        while _well(running):
            time.sleep(0.2)
    except KeyboardInterrupt:
        pass
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        for _, group in itertools.groupby(zip(parts, running, strict=False), lambda pair: pair[0].roles):
            end([process for _, process in group])
        end([wire])
    return int(any(process.returncode for process in running))


def end(processes: Sequence[Process]) -> None:
    """End them together."""
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(ENDING)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _start(*command: str | Path, **settings: str) -> Process:
    # In a session of its own: Ctrl-C comes to this program alone, which then ends them in order.
    return subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.DEVNULL, start_new_session=True)


def _begin(running: Sequence[Process], where: str) -> None:
    ask("alerts", "import", HERE / "alerts.toml")
    # The agency first, as in life: who copies a text has read it before.
    ask("feeds", "add", f"{WIRE}/meridian-wire/feed.xml", "--outlet", "Meridian Wire")
    time.sleep(HEAD_START)
    ask("feeds", "import", f"{WIRE}/opml")
    begun = time.monotonic()
    print(where, flush=True)
    for moment in (FIRST_LOOK, LAST_LOOK):
        while time.monotonic() - begun < moment and _well(running):
            time.sleep(0.2)
        while not look("trends", "rising") and time.monotonic() - begun < moment + PATIENCE and _well(running):
            time.sleep(1.0)
        if _well(running):
            print(summary(), flush=True)


def _well(running: Sequence[Process]) -> bool:
    return all(process.poll() is None for process in running)


def _until_up(wire: Process, parts: Sequence[Part], running: Sequence[Process]) -> None:
    deadline = time.monotonic() + UP
    for part in parts:
        while not part.ready():
            if wire.poll() is not None:
                sys.exit(f"the sample wire could not start: is {WIRE} in use?")
            if not _well(running) or time.monotonic() > deadline:
                sys.exit("newstide did not come up; what it said stands above")
            time.sleep(0.1)


def ask(*command: str | Path) -> None:
    """Run a newstide command beside the service."""
    subprocess.run([NEWSTIDE, "--config", CONFIG, *command], check=True)


def look(*command: str) -> Any:
    """What a newstide command answers as JSON."""
    done = subprocess.run([NEWSTIDE, "--config", CONFIG, *command, "--json"], capture_output=True, check=False)
    return json.loads(done.stdout or "[]")


def summary() -> str:
    """A few lines on what has come in so far."""
    audit = look("audit")
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in sorted(audit["outcomes"].items()))
    lines = [
        "",
        f"{audit['entered']} articles came in: {outcomes}, {audit['in_flight']} under way; "
        + ("the ledger balances" if audit["balanced"] else "the ledger does NOT balance"),
        "",
        f"{'rising':<34}{'now':>5}{'reach':>8}{'score':>8}",
        *(
            f"  {short(r['name'], 30):<32}{r['now']:>5}{r['reach']:>8}{r['score']:>8.1f}"
            for r in look("trends", "rising")[:8]
        ),
        "",
        f"{'stories':<72}{'articles':>9}{'copies':>8}",
        *(
            f"  {short(s['headline'], 68):<70}{s['originals'] + s['derived']:>9}{s['copies']:>8}"
            for s in look("stories")[:8]
        ),
        "",
        *(f"alert: {a['rule']}: {short(a['title'], 70)}" for a in look("alerts")[:6]),
    ]
    return "\n".join(lines)


def short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def links(port: int, newstide: str, *more: str) -> str:
    """Where to look: the dashboard's port, the command as one types it, and lines of one's own."""
    lines = [
        "",
        f"  dashboard         http://127.0.0.1:{port}/",
        f"  the sample wire   {WIRE}/",
        f"  alerts received   {HOOK}",
        *more,
        "  in another terminal:",
        f"    {newstide} trends rising",
        f"    {newstide} sql 'SELECT outlet, count() FROM articles GROUP BY outlet'",
        f"  Ctrl-C ends it. A story begins to rise now; the first table comes in {FIRST_LOOK:.0f} seconds.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
