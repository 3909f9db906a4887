"""docker-compose.yml and Dockerfile against the code: no Docker engine runs where this is tested."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from newstide.cli import app
from newstide.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = {name: s for name, s in COMPOSE["services"].items() if s.get("image", "").startswith("newstide:")}
DOCKERFILE = (ROOT / "Dockerfile").read_text()


@pytest.mark.parametrize("name", OURS)
def test_every_command_exists(name: str) -> None:
    command = OURS[name]["command"]
    get_command(app).get_command(None, command[0]).make_context(command[0], list(command[1:]), resilient_parsing=False)  # type: ignore[attr-defined,arg-type]


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_a_setting(name: str) -> None:
    for variable in OURS[name].get("environment", {}):
        model: Any = Settings
        for part in variable.removeprefix("NEWSTIDE_").lower().split("__"):
            assert part in model.model_fields, variable
            model = model.model_fields[part].annotation


@pytest.mark.parametrize("name", OURS)
def test_it_is_locked_down_and_keeps_its_data(name: str) -> None:
    service = OURS[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["deploy"]["resources"]["limits"]["memory"]
    assert "USER newstide" in DOCKERFILE
    volumes = [volume.split(":")[0] for volume in service["volumes"]]
    assert set(volumes) <= set(COMPOSE["volumes"])


@pytest.mark.parametrize("name", OURS)
def test_ports_are_on_loopback_and_health_asks_one_that_is_listened_on(name: str) -> None:
    service = OURS[name]
    assert all(str(port).startswith("127.0.0.1:") for port in service.get("ports", []))
    asked = re.search(r"http://127\.0\.0\.1:(\d+)(/\w+)", " ".join(service["healthcheck"]["test"]))
    assert asked
    assert service["environment"]["NEWSTIDE_WEB__LISTEN"].endswith(f":{asked[1]}")
    assert asked[2] in {"/healthz", "/readyz"}


def test_the_image_installs_what_the_project_is_made_of() -> None:
    copied = {word for line in DOCKERFILE.splitlines() if line.startswith("COPY ") for word in shlex.split(line)}
    assert {"pyproject.toml", "constraints.txt", "newstide", "producers", "streams", "sinks"} <= copied
