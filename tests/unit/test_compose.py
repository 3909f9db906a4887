"""docker-compose.yml against the Compose specification and the code: no Docker engine runs where this is tested.

The specification is the one in the package compose-spec, which refuses what it does not know.
"""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from compose_spec import PyCompose
from typer.main import get_command

from deploy.broker import KAFKA
from newstide import brokers, settings, supervise
from newstide.cli import app
from newstide.clock import SystemClock
from newstide.service import ROLES
from newstide.web.app import create_app

ROOT = Path(__file__).parents[2]
GIVEN = re.compile(r"\$\{([A-Z_]+):\?run make env\}")
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(GIVEN.sub(r"given-\1", TEXT))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: s for name, s in SERVICES.items() if s["image"].startswith("newstide:")}
FULL = {name: s for name, s in OURS.items() if "full" in s["profiles"]}
THEIRS = {name: s for name, s in SERVICES.items() if name not in OURS}

# MB that are promised at most: of the service's process, and of a worker (benchmarks/README.md).
SERVICE, WORKER = 600, 450

every = pytest.mark.parametrize("name", SERVICES)
ours = pytest.mark.parametrize("name", OURS)


def megabytes(limit: str) -> int:
    return int(limit[:-1]) * {"g": 1024, "m": 1}[limit[-1]]


def test_it_keeps_to_the_compose_specification() -> None:
    compose = PyCompose.from_json(json.dumps(COMPOSE))
    compose.validate()
    assert set(compose.service_names()) == set(SERVICES)


@pytest.mark.parametrize("wrong", [{"memlimit": "1g"}, {"depends_on": {"kafka": {"condition": "service_well"}}}])
def test_the_specification_refuses_what_it_does_not_know(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"memlimit|service_well"):
        PyCompose.from_json(json.dumps({"services": {"web": SERVICES["web"] | wrong}}))


def test_every_role_has_a_container_and_the_embedded_one_has_all() -> None:
    assert {name: s["command"] for name, s in FULL.items()} == {role: ["run", "--role", role] for role in ROLES}
    assert SERVICES["newstide"]["command"] == ["run"]


@ours
def test_every_command_exists(name: str) -> None:
    command = OURS[name]["command"]
    get_command(app).get_command(None, command[0]).make_context(command[0], list(command[1:]), resilient_parsing=False)  # type: ignore[attr-defined,arg-type]


@ours
def test_every_variable_is_a_setting_that_is_taken(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for variable, value in OURS[name]["environment"].items():
        assert variable.startswith("NEWSTIDE_")
        monkeypatch.setenv(variable, value)
    loaded = settings.load()
    assert loaded.embedded_log == (name not in FULL)
    assert bool(loaded.store) == (name in {"store", "alert", "web"})


def test_roles_ask_the_broker_and_the_server_of_the_same_file() -> None:
    log = brokers.parse(FULL["store"]["environment"]["NEWSTIDE_LOG"])
    properties = (ROOT / "deploy/kafka/server.properties").read_text()
    assert f"advertised.listeners=PLAINTEXT://{log}\n" in properties
    store, server = urlsplit(FULL["store"]["environment"]["NEWSTIDE_STORE"]), SERVICES["clickhouse"]["environment"]
    assert (store.username, store.password) == (server["CLICKHOUSE_USER"], server["CLICKHOUSE_PASSWORD"])
    assert (store.hostname, store.port) == ("clickhouse", 8123)
    for name in FULL:
        assert FULL[name]["environment"]["NEWSTIDE_LOG"] == FULL["store"]["environment"]["NEWSTIDE_LOG"]


@ours
def test_health_asks_a_port_that_is_listened_on_and_a_path_that_exists(name: str) -> None:
    service = OURS[name]
    asked = re.search(r"http://127\.0\.0\.1:(\d+)(/\w+)", " ".join(service["healthcheck"]["test"]))
    assert asked
    assert service["environment"]["NEWSTIDE_WEB__LISTEN"] == f"0.0.0.0:{asked[1]}"
    pages = create_app(None, lambda: None, clock=SystemClock())  # type: ignore[arg-type,return-value]
    assert asked[2] in {getattr(route, "path", "") for route in pages.routes}


@every
def test_it_is_locked_down(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert "cap_add" not in service
    assert {"memory", "pids"} <= set(service["deploy"]["resources"]["limits"])
    assert name in OURS or not service["user"].startswith(("0", "root"))
    assert all(str(port).startswith("127.0.0.1:") for port in service.get("ports", []))


@every
def test_it_says_when_it_is_well_and_waits_for_those_that_are(name: str) -> None:
    service = SERVICES[name]
    assert service["healthcheck"]["test"][0] == "CMD"
    for other, how in service.get("depends_on", {}).items():
        assert how == {"condition": "service_healthy"}
        assert SERVICES[other]["profiles"] == service["profiles"]


@ours
def test_a_stop_is_given_more_time_than_it_takes(name: str) -> None:
    grace = int(OURS[name]["stop_grace_period"].removesuffix("s"))
    assert grace > supervise.DRAIN + 2 * supervise.GRACE


@every
def test_data_lies_in_named_volumes_and_configuration_is_only_read(name: str) -> None:
    named = set()
    for volume in SERVICES[name].get("volumes", []):
        source, _, mode = volume.split(":")[0], volume.split(":")[1], volume.split(":")[2:]
        if source.startswith("./"):
            assert (ROOT / source).exists()
            assert mode == ["ro"]
        else:
            named.add(source)
    assert named <= set(COMPOSE["volumes"])
    assert named == ({name} if name not in FULL else set())


@pytest.mark.parametrize("name", sorted(set(FULL) - {"web"}))
def test_a_role_can_be_scaled(name: str) -> None:
    assert not {"container_name", "ports", "hostname"} & set(FULL[name])


@pytest.mark.parametrize("name", ["newstide", "enrich"])
def test_workers_have_cores_and_memory_and_newstide_env_may_name_more(name: str) -> None:
    limits = OURS[name]["deploy"]["resources"]["limits"]
    image = re.search(r"NEWSTIDE_WORKERS__COUNT=(\d+)", (ROOT / "Dockerfile").read_text())
    assert image
    workers = int(image[1])  # the image's, not the file's: `environment` would be stronger than newstide.env
    assert "NEWSTIDE_WORKERS__COUNT" not in OURS[name]["environment"]
    assert workers <= float(limits.get("cpus", "2"))
    assert megabytes(limits["memory"]) > SERVICE + workers * WORKER


@pytest.mark.parametrize("name", THEIRS)
def test_images_are_pinned(name: str) -> None:
    _, _, tag = SERVICES[name]["image"].partition(":")
    assert re.fullmatch(r"v?\d+\.\d+\.\d+(\.\d+)?", tag)


def test_the_broker_is_the_one_that_is_tested_with() -> None:
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{KAFKA}"


def test_no_password_stands_in_the_file() -> None:
    for name, value in re.findall(r"^ +(\w*PASSWORD\w*): (.*)$", TEXT, re.MULTILINE):
        assert GIVEN.fullmatch(value), name
    assert not re.search(r"://\w+:[^$/@]+@", TEXT)
    assert re.findall(r"\$\{.*?\}", TEXT) == [found[0] for found in GIVEN.finditer(TEXT)]
