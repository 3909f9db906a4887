"""Newstide as several processes on one namespace of a broker: start them, signal them, wait until all is done, audit."""

import contextlib
import json
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import msgspec

from newstide.engines import open_log
from newstide.ports import Log
from newstide.records import Article, decode
from newstide.topics import RAW, RESOLVED
from sinks.ledger import STAGES
from tests.flow import drained, everything, until
from tests.service import NEWSTIDE, Newstide, free_port

# Upstream last: readers are there before what they read. The second `resolve` is a standby.
ROLES = ("store", "alert", "web", "resolve", "resolve", "enrich", "enrich", "producer")
READY = 90.0  # seconds until all processes are ready, on two busy cores
IDLE = 420.0  # until all is read: five thousand articles, should others need the cores too


class Member:
    """One process with one role, which may be started again and again. What it says is kept in a file."""

    def __init__(self, role: str, folder: Path, environment: Mapping[str, str]) -> None:
        self.role, self._folder, self.port = role, folder, free_port()
        self._environment = {**environment, "NEWSTIDE_WEB__LISTEN": f"127.0.0.1:{self.port}"}
        self._said = folder / f"{role}-{self.port}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._said.open("ab") as said:
            self._process = subprocess.Popen(
                [NEWSTIDE, "run", "--role", self.role], cwd=self._folder, env=self._environment, stderr=said
            )

    def missing(self) -> list[str]:
        """What it says that it waits for; empty when it is ready."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=10):
                return []
        except urllib.error.HTTPError as e:
            found: list[str] = json.load(e)["missing"]
            return found
        except OSError as e:
            return [f"no answer: {e}"]

    def end(self, number: int = signal.SIGTERM, patience: float = 40) -> int:
        """Send the signal and wait for its end; gives its exit code."""
        assert self._process is not None
        self._process.send_signal(number)
        code = self._process.wait(patience)
        self._process = None
        return code

    def kill(self) -> None:
        """End it with -9, where it runs."""
        if self._process is not None:
            self.end(signal.SIGKILL)

    @property
    def ended(self) -> int | None:
        """The exit code with which it ended by itself."""
        return self._process.poll() if self._process is not None else None

    def said(self) -> str:
        return f"--- {self.role}\n{self._said.read_text(errors='replace')[-4000:]}"


class Fleet:
    """Processes of one Newstide. Without a `store` (a server's URL) the process of `store` owns one and serves it."""

    def __init__(self, folder: Path, url: str, store: str = "", settings: Mapping[str, str] | None = None) -> None:
        self.folder, self.url, self.store = folder, url, store
        self._sql = f"127.0.0.1:{free_port()}"
        own = {
            "NEWSTIDE_LOG": url,
            "NEWSTIDE_SQL__LISTEN": self._sql,
            "NEWSTIDE_WORKERS__COUNT": "1",
            "NEWSTIDE_FETCH__INTERVAL": "10",
        }
        if store:
            own["NEWSTIDE_STORE"] = store
        self.command = Newstide(folder, own | dict(settings or {}))
        self.members: list[Member] = []

    def start(self, *roles: str) -> list[Member]:
        """A process more for each role named."""
        started = [Member(role, self.folder, self._environment(role)) for role in roles]
        for member in started:
            self.members.append(member)
            member.start()
        return started

    def of(self, role: str) -> list[Member]:
        return [member for member in self.members if member.role == role]

    def until_ready(self, patience: float = READY) -> None:
        try:
            until(lambda: self._alive() and not any(m.missing() for m in self.members), patience)
        except AssertionError as e:
            raise AssertionError(f"not ready: {[(m.role, m.missing()) for m in self.members]}\n{self.said()}") from e

    def until_idle(self, log: Log, patience: float = IDLE) -> None:
        """Wait until everything on the log was read by everybody."""
        try:
            until(lambda: self._alive() and all(drained(log, g, topic.name)() for g, topic in STAGES), patience)
        except AssertionError as e:
            left = [f"{g} {t.name}: {log.positions(g, t.name)} of {log.extents(t.name)}" for g, t in STAGES]
            raise AssertionError(f"not done: {left}\n{self.said()}") from e

    def said(self) -> str:
        return "\n".join(member.said() for member in self.members)

    def close(self) -> None:
        for member in self.members:
            member.kill()

    def _alive(self) -> bool:
        gone = [(m.role, m.ended) for m in self.members if m.ended is not None]
        if gone:
            raise AssertionError(f"ended by itself: {gone}")
        return True

    def _environment(self, role: str) -> dict[str, str]:
        reads = (
            {"NEWSTIDE_STORE": f"http://{self._sql}/newstide"} if role in {"alert", "web"} and not self.store else {}
        )
        return self.command.environment | reads


def check_books(fleet: Fleet, log: Log) -> dict[str, int]:
    """Audit, and hold the documented views against the log that they come from. Gives the audit's outcomes.

    Once more where articles came in meanwhile, for each look is at another moment.
    """
    while True:
        before = log.extents(RAW.name)
        try:
            return _checked(fleet, log)
        except AssertionError:
            if log.extents(RAW.name) == before:
                raise
        fleet.until_idle(log)


def _checked(fleet: Fleet, log: Log) -> dict[str, int]:
    audited = fleet.command.run("audit", "--json", check=False)
    audit = json.loads(audited.stdout or "{}")
    assert audited.returncode == 0, f"{audited.stdout}\n{audited.stderr}"
    assert (audit["in_flight"], audit["missing"], audit["doubled"]) == (0, [], 0), audit
    assert sum(audit["outcomes"].values()) == audit["entered"], audit
    emitted = resolved(log)
    newest = {id: article for (id, _), article in sorted(emitted.items())}
    sql = fleet.command.sql
    assert sorted((r["id"], int(r["version"])) for r in sql("SELECT id, version FROM article_versions")) == sorted(
        emitted
    )
    assert sorted(r["id"] for r in sql("SELECT id FROM articles")) == sorted(newest)
    for view, part, key in (("mentions", "entity", "entities"), ("article_topics", "topic", "topics"), ("article_places", "place", "places")):  # fmt: skip
        shown = sorted((r["article"], r[part]) for r in sql(f"SELECT article, {part} FROM {view}"))
        assert shown == sorted({(id, one.id) for id, a in newest.items() for one in getattr(a, key)}), view
    [counted] = sql("SELECT sum(originals + derived + copies) AS articles FROM stories")
    assert int(counted["articles"]) == len(newest)
    return {outcome: int(count) for outcome, count in audit["outcomes"].items()}


def resolved(log: Log) -> dict[tuple[str, int], Article]:
    """What the resolver has emitted, by id and version; what cannot be read is left out."""
    found: dict[tuple[str, int], Article] = {}
    for record in everything(log, RESOLVED.name):
        with contextlib.suppress(msgspec.DecodeError):
            article = decode(record.value or b"", Article)
            found[article.id, article.version] = article
    return found


def namespace(address: str, name: str) -> str:
    """A namespace that no other run has used."""
    return f"kafka://{address}/{name}{time.time_ns() % 10**9}"


def opened(url: str) -> Log:
    """The log as a test reads and fills it: it is never held back."""
    return open_log(url, hold_back=False)
