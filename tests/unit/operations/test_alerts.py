"""What commands ask of alerts."""

import base64
from pathlib import Path
from typing import Any

import pytest

from newstide.app import App
from newstide.errors import SettingsError, UsageError
from newstide.operations import alerts
from newstide.ports import Message
from newstide.records import Attempt, Delivery, decode, encode
from newstide.settings import Settings
from newstide.topics import DELIVERIES
from sinks import rows
from sinks.hooks.outbox import UNKNOWN
from tests.fakes import MemoryLog
from tests.samples import NOON

SECRET = "whsec_" + base64.b64encode(b"not-a-real-secret-32-bytes-long!").decode()


def app_over(log: MemoryLog, **settings: Any) -> App:
    return App(Settings(store="http://127.0.0.1:1/newstide", **settings), log, "own", serving=False)


@pytest.mark.parametrize(
    "topic",
    [
        "medtop:15",
        "medtop:20000574",
        "Sport",
        "election",
        "user:coffee-trade",
        "Coffee trade",
        "sprot",
        "medtop:99",
        "user",
    ],
)
def test_a_rule_whose_topic_no_article_can_have_is_refused(tmp_path: Path, topic: str) -> None:
    (tmp_path / "rules.toml").write_text(f'[[rule]]\nname = "a"\ntopic = ["{topic}"]\n')
    app = app_over(MemoryLog(), topics={"Coffee trade": {"examples": ["Coffee prices rose."]}})
    if topic in {"sprot", "medtop:99", "user"}:
        with pytest.raises(SettingsError, match=rf"rules\.toml:3: topic: no topic has the id or name '{topic}'"):
            alerts.imported(app, path=str(tmp_path / "rules.toml"))
        assert alerts.listed(app) == []
    else:
        found = alerts.imported(app, path=str(tmp_path / "rules.toml"))
        assert found == {"imported": ["a"], "silent": ["a"]}


def test_a_disabled_hook_that_settings_lost_is_neither_named_nor_enabled() -> None:
    log = MemoryLog()
    refused = Delivery(
        id="msg_1", alert="al_1", hook="desk", rule="r", body="{}", created=NOON, status="failed",
        attempts=(Attempt(NOON, 410, "http 410", 0.1),),
    )  # fmt: skip
    log.produce([Message(DELIVERIES.name, refused.id, encode(refused))])
    lost = app_over(log)
    assert alerts.disabled(lost) == []
    with pytest.raises(UsageError, match="settings know no hook of this name: 'desk'"):
        alerts.enable(lost, hook="desk")
    known = app_over(log, hooks={"desk": {"url": "https://desk.example/", "secret": SECRET}})
    assert alerts.disabled(known) == ["desk"]
    assert alerts.enable(known, hook="desk") == {"hook": "desk", "deliveries": 1}


def test_a_delivery_is_made_due_again_while_the_store_is_away() -> None:
    log = MemoryLog()
    sent = Delivery(id="msg_1", alert="al_1", hook="desk", rule="r", body="{}", created=NOON, status="failed")
    log.produce([Message(DELIVERIES.name, sent.id, encode(sent))])
    app = app_over(log)
    assert alerts.resend(app, id="msg_1") == {"status": "pending", "id": "msg_1"}
    assert decode(log.latest(DELIVERIES.name)["msg_1"], Delivery).status == "pending"


def test_a_delivery_that_was_passed_over_counts_no_try() -> None:
    log = MemoryLog()
    lost = Delivery(
        id="msg_1", alert="al_1", hook="lost", rule="r", body="{}", created=NOON, attempts=(Attempt(NOON, None, UNKNOWN, 0.0),),
    )  # fmt: skip
    log.produce([Message(DELIVERIES.name, lost.id, encode(lost))])
    [told] = alerts.deliveries(app_over(log), limit=9)
    assert (told["tries"], told["attempts"][-1]["detail"]) == (0, UNKNOWN)
    [(_, stored)] = rows.delivery(log.read(DELIVERIES.name, 0, 0, 1)[0])
    assert dict(zip(rows.COLUMNS["delivery_rows"], stored, strict=True))["attempts"] == 0
