"""Roles as threads: begun again while an engine is away, and the end of the process for everything else."""

import threading
from pathlib import Path

import pytest

from newstide import supervise
from newstide.app import App, Role, roles
from newstide.errors import Away, EngineError
from newstide.settings import Settings
from newstide.supervise import Supervisor
from tests.fakes import MemoryLog
from tests.flow import until


def supervised(folder: Path, role: Role, log: MemoryLog | None = None) -> Supervisor:
    app = App(Settings(data_dir=folder), log or MemoryLog(), "leave", serving=True)
    return Supervisor(app, {"store": role}, threading.Event())


def test_a_role_whose_engine_is_away_is_begun_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(supervise, "LONGEST_PAUSE", 0.02)
    begun: list[int] = []

    def role(stop: threading.Event) -> None:
        begun.append(1)
        if len(begun) < 4:
            raise Away("store http://db does not answer")
        stop.wait()

    supervisor = supervised(tmp_path, role)
    supervisor.start()
    until(lambda: len(begun) == 4, 10)
    until(lambda: supervisor.health().ready, 10)
    assert not supervisor.ending.is_set()
    supervisor.stop()


def test_readiness_says_why_a_role_waits(tmp_path: Path) -> None:
    def role(_: threading.Event) -> None:
        raise Away("store http://db does not answer")

    supervisor = supervised(tmp_path, role)
    supervisor.start()
    until(lambda: "store: waiting: store http://db does not answer" in supervisor.health().missing, 10)
    supervisor.stop()


def test_a_store_role_begun_again_and_again_leaves_no_thread_behind(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, store="http://127.0.0.1:1/db")
    role = roles(App(settings, MemoryLog(), "leave", serving=True))["store"]
    for _ in range(2):
        with pytest.raises(Away):
            role(threading.Event())
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == "retention"], 10)


def test_any_other_failure_ends_the_process_with_its_sentence(tmp_path: Path) -> None:
    def role(_: threading.Event) -> None:
        raise EngineError("the disk is full")

    supervisor = supervised(tmp_path, role)
    supervisor.start()
    supervisor.wait()
    with pytest.raises(EngineError, match="the disk is full"):
        supervisor.stop()


class DamagedLog(MemoryLog):
    def positions(self, group: str, topic: str) -> dict[int, int]:
        raise EngineError("database disk image is malformed")


def test_a_log_that_cannot_be_read_lets_no_role_outlive_the_stop(tmp_path: Path) -> None:
    ended: list[int] = []

    def role(stop: threading.Event) -> None:
        stop.wait()
        ended.append(1)

    supervisor = supervised(tmp_path, role, DamagedLog())
    supervisor.start()
    with pytest.raises(EngineError, match="malformed"):
        supervisor.stop()
    assert ended == [1]
