"""`make run-distributed`, run for a short while on ports of its own: it tells the story, and leaves nothing behind."""

import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service import ROOT, Newstide, free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
TOLD = 240.0  # seconds until the first table: the broker, nine processes, and 15 seconds more
WIRE_PORT = "8990"  # in the example's settings; here it takes a free one
PORTS = 11


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "examples" / "first-run", tmp_path / "examples" / "first-run")
    (tmp_path / "deploy").symlink_to(ROOT / "deploy")
    settings = tmp_path / "examples" / "first-run" / "newstide.toml"
    settings.write_text(settings.read_text().replace(WIRE_PORT, str(free_port())))
    return tmp_path


@pytest.fixture
def running(checkout: Path) -> Iterator[tuple[subprocess.Popen[str], int, int]]:
    port, kafka = free_port(PORTS), free_port(2)
    command = [sys.executable, checkout / "examples" / "first-run" / "distributed.py"]
    with (checkout / "said").open("w") as said:
        process = subprocess.Popen(
            [*command, "--port", str(port), "--kafka-port", str(kafka)],
            cwd=checkout, stdout=said, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
    yield process, port, kafka
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.wait(120)


def left_over(folder: Path) -> list[str]:
    """Processes that run in the folder, or on files of it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
            there = (process / "cwd").readlink().is_relative_to(folder)
        except OSError:
            continue
        if there or str(folder) in words:
            found.append(words)
    return found


def test_it_tells_the_story_and_leaves_nothing_behind(
    checkout: Path, running: tuple[subprocess.Popen[str], int, int]
) -> None:
    process, port, kafka = running
    deadline = time.monotonic() + TOLD
    while "articles came in" not in (checkout / "said").read_text():
        assert process.poll() is None, (checkout / "said").read_text()
        assert time.monotonic() < deadline, (checkout / "said").read_text()
        time.sleep(0.5)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
        assert answer.status == 200
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
        assert "Meridian Wire" in answer.read().decode()
    settings = {"NEWSTIDE_DATA_DIR": "var/distributed", "NEWSTIDE_LOG": f"kafka://127.0.0.1:{kafka}/first-run"}
    command = Newstide(checkout, settings)
    assert command.json("audit")["outcomes"]["stored"] >= 50
    assert "Indonesia" in {row["name"] for row in command.json("trends", "rising")}
    process.send_signal(signal.SIGINT)
    assert process.wait(120) == 0, (checkout / "said").read_text()
    assert "Traceback" not in (checkout / "said").read_text()
    assert left_over(checkout) == []
