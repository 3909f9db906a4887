"""`make run`: the sample wire and Newstide on it, in one terminal, until Ctrl-C.

It begins afresh each time: its data lies in var/first-run, apart from your own, and is cleared first.
"""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
NEWSTIDE = Path(sys.executable).with_name("newstide")
CONFIG = HERE / "newstide.toml"
DATA = Path("var/first-run")
WIRE = "http://127.0.0.1:8990"
UP = 60.0  # seconds until the service must have come up
HEAD_START = 4.0  # seconds
FIRST_LOOK = 15.0  # seconds after which the first table is worth printing
LAST_LOOK = 100.0  # the emerging story has risen by then


def main() -> int:
    """Start both, print where to look and what came of it, and end both."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    shutil.rmtree(DATA, ignore_errors=True)
    # In sessions of their own: Ctrl-C comes to this program alone, which then ends them in order.
    wire = subprocess.Popen(
        [sys.executable, HERE / "wire.py", "--port", "8990"], stdout=subprocess.DEVNULL, start_new_session=True
    )
    service = subprocess.Popen([NEWSTIDE, "--config", CONFIG, "run"], start_new_session=True)
    try:
        _begin(wire, service)
        service.wait()
    except KeyboardInterrupt:
        pass
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        for process in (service, wire):
            if process.poll() is None:
                process.terminate()
                process.wait(15)
    return service.returncode


def _begin(wire: "subprocess.Popen[bytes]", service: "subprocess.Popen[bytes]") -> None:
    _until_up(wire, service)
    ask("alerts", "import", HERE / "alerts.toml")
    # The agency first, as in life: who copies a text has read it before.
    ask("feeds", "add", f"{WIRE}/meridian-wire/feed.xml", "--outlet", "Meridian Wire")
    time.sleep(HEAD_START)
    ask("feeds", "import", f"{WIRE}/opml")
    begun = time.monotonic()
    print(LINKS, flush=True)
    for moment in (FIRST_LOOK, LAST_LOOK):
        while time.monotonic() - begun < moment and service.poll() is None:
            time.sleep(0.2)
        if service.poll() is None:
            print(summary(), flush=True)


def _until_up(wire: "subprocess.Popen[bytes]", service: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + UP
    while not (DATA / "control.sock").exists():
        if wire.poll() is not None:
            sys.exit("the sample wire could not start: is port 8990 in use?")
        if service.poll() is not None or time.monotonic() > deadline:
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
        f"{'rising':<34}{'now':>5}{'copies':>8}{'score':>8}",
        *(
            f"  {r['name'][:30]:<32}{r['now']:>5}{r['copies']:>8}{r['score']:>8.1f}"
            for r in look("trends", "rising")[:8]
        ),
        "",
        f"{'stories':<72}{'articles':>9}{'copies':>8}",
        *(f"  {s['headline'][:68]:<70}{s['originals'] + s['derived']:>9}{s['copies']:>8}" for s in look("stories")[:8]),
        "",
        *(f"alert: {a['rule']}: {a['title'][:70]}" for a in look("alerts")[:6]),
    ]
    return "\n".join(lines)


LINKS = f"""
  dashboard         http://127.0.0.1:8421/
  the sample wire   {WIRE}/
  alerts received   {WIRE}/hook
  in another terminal:
    .venv/bin/newstide --config examples/first-run/newstide.toml trends rising
    .venv/bin/newstide --config examples/first-run/newstide.toml sql 'SELECT outlet, count() FROM articles GROUP BY outlet'
  Ctrl-C ends it. A story begins to rise now; the first table comes in {FIRST_LOOK:.0f} seconds.
"""

if __name__ == "__main__":
    sys.exit(main())
