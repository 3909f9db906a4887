"""`make soak MINUTES=…`: a flow of articles through bursts of TERM, INT and KILL over all roles, and now and then the broker.

    python -m tests.soak --minutes 60 [--seed N]

A round is: send articles, strike, start again what was struck, wait until everything is done, audit, and hold the
views against the log. One line per round; at the end a summary, and exit code 1 when anything was wrong.
"""

import argparse
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from deploy.broker import Broker
from newstide.ports import Log
from tests.broker import fresh
from tests.distributed import ROLES, Fleet, Member, check_books, namespace, opened
from tests.flow import articles
from tests.service import sample_wire

ARTICLES = 300  # sent in a round
BURSTS = 3
BROKER_EVERY = 6  # rounds, on average, between two blows at the broker
AWAY = 30.0  # seconds that it is away at most
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGKILL)


@dataclass
class Soak:
    """One run: its processes, what it did to them, and what went wrong."""

    broker: Broker
    fleet: Fleet
    log: Log
    dice: random.Random
    rounds: int = 0
    stored: int = 0
    blows: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def round(self) -> None:
        begun, self.rounds = time.monotonic(), self.rounds + 1
        struck: list[str] = []
        try:
            self._strike(struck)
            self.fleet.until_ready()
            ready = time.monotonic() - begun
            self.fleet.until_idle(self.log)
            self.stored = check_books(self.fleet, self.log)["stored"]
            result = f"ready after {ready:.0f} s, done after {time.monotonic() - begun:.0f} s, {self.stored} stored, balanced"
        except Exception as e:  # noqa: BLE001 - it is written down, and the next round begins
            result = f"WRONG: {type(e).__name__}: {str(e)[:4000]}"
            self.wrong.append(f"round {self.rounds}: {result.splitlines()[0]}")
            self._start_what_ended()
        print(f"{time.strftime('%H:%M:%S')} round {self.rounds}: {', '.join(struck)}; {result}", flush=True)

    def _strike(self, struck: list[str]) -> None:
        given = articles(ARTICLES, seed=self.dice.randrange(10**6), first=self.rounds * ARTICLES, sentences=4)
        broker_at = self.dice.randrange(BROKER_EVERY * BURSTS)
        for burst in range(BURSTS):
            self.log.produce(given[burst * ARTICLES // BURSTS : (burst + 1) * ARTICLES // BURSTS])
            time.sleep(self.dice.uniform(0, 8))
            if burst == broker_at:
                self._strike_broker(struck)
            members = self.dice.sample(self.fleet.members, self.dice.randint(1, 3))
            for member in members:
                self._strike_member(member, struck)
            for member in members:
                member.start()

    def _strike_member(self, member: Member, struck: list[str]) -> None:
        number, well = self.dice.choice(SIGNALS), not member.missing()
        self._note(f"{number.name[3:]} {member.role}", struck)
        try:
            code = member.end(number)
        except subprocess.TimeoutExpired:
            member.kill()
            self.wrong.append(f"round {self.rounds}: {member.role} did not end on {number.name}")
        else:
            if number != signal.SIGKILL and code != 0 and well:  # one that had only just been started may end anyhow
                self.wrong.append(f"round {self.rounds}: {member.role} ended with {code} on {number.name}")

    def _strike_broker(self, struck: list[str]) -> None:
        away = self.dice.uniform(0, AWAY)
        self._note(f"KILL broker for {away:.0f} s", struck, "KILL broker")
        self.broker.kill()
        time.sleep(away)
        self.broker.start()

    def _note(self, blow: str, struck: list[str], kind: str = "") -> None:
        struck.append(blow)
        self.blows[kind or blow] = self.blows.get(kind or blow, 0) + 1

    def _start_what_ended(self) -> None:
        for member in self.fleet.members:
            if member.ended is not None:
                member.start()


def main() -> int:
    parser = argparse.ArgumentParser(description="Random blows at a running service.")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**6)
    asked = parser.parse_args()
    # Also where a shell had them ignored, as it does in the background: what is started here inherits it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    folder, broker = Path(tempfile.mkdtemp(prefix="newstide-soak-")), fresh()
    print(f"seed {asked.seed}, in {folder}", flush=True)
    with sample_wire() as wire:
        settings = {"NEWSTIDE_FETCH__ALLOW_PRIVATE": f'["{wire}"]'}
        fleet = Fleet(folder, namespace(broker.address, "soak"), settings=settings)
        try:
            soak = Soak(broker, fleet, opened(fleet.url), random.Random(asked.seed))
            _run(soak, wire, asked.minutes)
        finally:
            fleet.close()
            broker.remove()
    if not soak.wrong:
        shutil.rmtree(folder, ignore_errors=True)
    return int(bool(soak.wrong))


def _run(soak: Soak, wire: str, minutes: float) -> None:
    begun = time.monotonic()
    soak.fleet.start(*ROLES)
    soak.fleet.until_ready()
    soak.fleet.command.run("feeds", "import", f"http://{wire}/opml")
    while time.monotonic() - begun < minutes * 60:
        soak.round()
    blows = ", ".join(f"{count} × {blow}" for blow, count in sorted(soak.blows.items()))
    print(f"{soak.rounds} rounds in {(time.monotonic() - begun) / 60:.0f} minutes; {soak.stored} articles; {blows}")
    print("\n".join(["WRONG:", *soak.wrong]) if soak.wrong else "nothing was wrong")


if __name__ == "__main__":
    sys.exit(main())
