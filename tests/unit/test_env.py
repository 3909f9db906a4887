"""`make env`: passwords for docker compose, in a checkout of its own."""

import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("Makefile", "docker-compose.yml", "deploy/env.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def make_env(checkout: Path) -> subprocess.CompletedProcess[str]:
    command = ["make", "--no-print-directory", "-C", str(checkout), "env", f"PYTHON={sys.executable}"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def given(checkout: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in (checkout / ".env").read_text().splitlines())


def test_it_gives_every_password_that_the_file_asks_for_and_to_its_owner_alone(checkout: Path) -> None:
    assert make_env(checkout).returncode == 0
    asked = set(re.findall(r"\$\{(\w+)", (checkout / "docker-compose.yml").read_text()))
    assert set(given(checkout)) == asked >= {"CLICKHOUSE_PASSWORD", "GRAFANA_PASSWORD"}
    assert stat.S_IMODE((checkout / ".env").stat().st_mode) == 0o600
    assert all(re.fullmatch(r"[\w-]{32,}", value) for value in given(checkout).values())


def test_passwords_are_fresh(checkout: Path) -> None:
    make_env(checkout)
    first = given(checkout)
    (checkout / ".env").unlink()
    make_env(checkout)
    assert not set(first.values()) & set(given(checkout).values())
    assert len(set(first.values())) == len(first)


def test_one_that_is_there_is_never_touched(checkout: Path) -> None:
    make_env(checkout)
    before = (checkout / ".env").read_text()
    again = make_env(checkout)
    assert (again.returncode, (checkout / ".env").read_text()) == (0, before)
    assert "kept as it is" in again.stdout


def test_one_that_lacks_a_password_is_not_touched_but_told_of(checkout: Path) -> None:
    (checkout / ".env").write_text("CLICKHOUSE_PASSWORD=mine\n")
    done = make_env(checkout)
    assert done.returncode != 0
    assert "without GRAFANA_PASSWORD" in done.stderr
    assert (checkout / ".env").read_text() == "CLICKHOUSE_PASSWORD=mine\n"


def test_git_does_not_see_it() -> None:
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {"/.env", "/newstide.env"} <= set(ignored)
