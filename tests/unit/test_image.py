"""The Dockerfile, .dockerignore and what becomes of the packages' files: nothing that they need may stay behind."""

import fnmatch
import re
import shlex
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
STAGES = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]
PACKAGES = [name.rstrip("*") for name in PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]]


def copied() -> set[str]:
    """What comes from the checkout."""
    lines = [shlex.split(line)[1:] for line in DOCKERFILE.splitlines() if line.startswith("COPY ")]
    return {source for words in lines if not words[0].startswith("--from") for source in words[:-1]}


def test_the_image_is_made_of_all_packages_and_nothing_else() -> None:
    assert copied() == {"pyproject.toml", "constraints.txt", PROJECT["project"]["readme"], "LICENSE", *PACKAGES}
    assert all((ROOT / source).exists() for source in copied())


def test_the_engine_is_sent_what_is_copied_and_no_more() -> None:
    lines = (ROOT / ".dockerignore").read_text().split()
    assert "*" in lines
    assert {line[1:] for line in lines if line.startswith("!")} == copied()


def test_every_file_of_a_package_gets_into_the_image() -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["*"]
    files = [f for package in PACKAGES for f in (ROOT / package).rglob("*") if f.is_file() and f.suffix != ".py"]
    kept = [f for f in files if "__pycache__" not in f.parts]
    assert len(kept) > 20
    assert [f for f in kept if not any(fnmatch.fnmatch(f.name, pattern) for pattern in patterns)] == []


def test_the_last_stage_builds_nothing_and_runs_as_nobody_special() -> None:
    last = STAGES[-1]
    assert not re.search(r"\b(pip|apt-get|gcc|make)\b", last)
    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    assert "pip uninstall --yes pip" in STAGES[-2]


def test_a_tmpfs_is_owned_by_the_image_s_user() -> None:
    compose = (ROOT / "docker-compose.yml").read_text()
    assert "/data:uid=10001,gid=10001,mode=0700" in compose
    assert "NEWSTIDE_DATA_DIR=/data" in STAGES[-1]


def test_bases_are_pinned() -> None:
    bases = {stage.split()[0] for stage in STAGES} - set(re.findall(r" AS (\w+)", DOCKERFILE))
    assert bases == {"python:3.11-slim-bookworm"}
