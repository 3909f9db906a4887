"""The systemd unit against the code: a role for each instance, stopped with patience. systemd itself never read it here."""

import configparser
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from newstide import settings, supervise
from newstide.cli import app
from newstide.service import ROLES

TEXT = (Path(__file__).parents[2] / "deploy/systemd/newstide@.service").read_text()


@pytest.fixture
def service() -> Any:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(TEXT)
    return unit["Service"]


@pytest.mark.parametrize("role", ROLES)
def test_every_role_is_an_instance(service: Any, role: str) -> None:
    name, verb, *options = shlex.split(service["ExecStart"].replace("%i", role))
    assert Path(name).name == "newstide"
    assert options == ["--role", role]
    get_command(app).get_command(None, verb).make_context(verb, options)  # type: ignore[attr-defined,arg-type]


def test_its_variables_are_settings(service: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    given = dict(word.split("=", 1) for word in service["Environment"].split())
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert str(settings.load().data_dir) == given["NEWSTIDE_DATA_DIR"]
    assert given["NEWSTIDE_DATA_DIR"] == f"/var/lib/{service['StateDirectory']}"


def test_a_stop_is_given_more_time_than_it_takes(service: Any) -> None:
    assert int(service["TimeoutStopSec"]) > supervise.DRAIN + 2 * supervise.GRACE
