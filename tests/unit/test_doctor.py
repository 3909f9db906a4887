"""`newstide doctor`: what is wrong is said, and what stands open."""

from pathlib import Path

import pytest

from newstide.app import App, opened
from newstide.doctor import Finding, examine
from newstide.listeners import Listeners
from newstide.ports import Message
from newstide.records import Attempt, Delivery, encode
from newstide.settings import Settings
from newstide.topics import DELIVERIES, RESOLVED
from sinks.rows import COLUMNS
from tests.fakes import MemoryLog
from tests.samples import NOON

GONE = Delivery(
    id="msg_1", alert="al_1", hook="desk", rule="r", body="{}", created=NOON, status="failed",
    attempts=(Attempt(NOON, 410, "http 410", 0.1),),
)  # fmt: skip


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory, chdb_path: Path) -> dict[str, Finding]:
    """Of a folder whose log is not the store's, on open addresses, with a hook that is gone."""
    settings = Settings(
        data_dir=Path(tmp_path_factory.mktemp("doctor")),
        store=f"chdb://{chdb_path}?database=doctor",
        web={"listen": "0.0.0.0:0"},
        sql={"listen": "0.0.0.0:0"},
        hooks={"desk": {"url": "https://desk.example/", "secret": "whsec_bm90LWEtcmVhbC1zZWNyZXQtMzItYnl0ZXMtISE="}},
    )
    with opened(settings) as app:
        app.log.produce([Message(DELIVERIES.name, GONE.id, encode(GONE))])
        app.store.insert("sink_watermarks", COLUMNS["sink_watermarks"], [(RESOLVED.name, 0, 40)], "test")
    return {finding.check: finding for finding in examine(settings)}


def test_a_dashboard_that_others_reach_has_no_password(findings: dict[str, Finding]) -> None:
    assert findings["web"].ok
    assert "no password" in findings["web"].detail


def test_sql_without_a_password_is_wrong_where_others_reach_it(findings: dict[str, Finding]) -> None:
    assert not findings["sql"].ok
    assert "set sql.password" in findings["sql"].detail


def test_a_log_that_did_not_fill_the_store_is_wrong(findings: dict[str, Finding]) -> None:
    assert not findings["ledger"].ok
    assert "not the log that filled the store" in findings["ledger"].detail


def test_a_hook_that_is_gone_is_wrong_and_how_to_call_it_again_is_said(findings: dict[str, Finding]) -> None:
    assert not findings["hooks"].ok
    assert "newstide alerts enable desk" in findings["hooks"].detail


def test_where_nothing_has_run_yet_it_says_so_and_begins_nothing(tmp_path: Path) -> None:
    found = {finding.check: finding for finding in examine(Settings(data_dir=tmp_path, web={"listen": "127.0.0.1:0"}))}
    assert found["log and store"].ok
    assert "nothing here yet" in found["log and store"].detail
    assert found["web"].detail == "127.0.0.1:0 is free"
    assert list(tmp_path.iterdir()) == []


def test_the_hooks_are_those_of_the_running_service(tmp_path: Path) -> None:
    desk = {"desk": {"url": "https://desk.example/", "secret": "whsec_bm90LWEtcmVhbC1zZWNyZXQtMzItYnl0ZXMtISE="}}
    service = Settings(data_dir=tmp_path, hooks=desk)
    with Listeners(service) as listeners:
        listeners.open_control(App(service, MemoryLog(), "leave", serving=True))
        found = {finding.check: finding.detail for finding in examine(Settings(data_dir=tmp_path))}
    assert found["hooks"] == "desk"


def test_what_needs_nothing_of_it_is_well(findings: dict[str, Finding]) -> None:
    assert [findings[name].ok for name in ("python", "packages", "log and store", "enrich")] == [True] * 4


def test_a_store_that_does_not_answer_is_told_where_the_store_is_asked_for(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, store="http://127.0.0.1:1/newstide")
    assert not {finding.check: finding for finding in examine(settings)}["log and store"].ok
