"""The broker of `make kafka`: it keeps its data, it says who is in the way, and nothing of it stays behind."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from newstide.engines import open_log
from newstide.ports import Message
from newstide.topics import RAW
from tests.service import ROOT, free_port


def kafka(do: str, folder: Path, *more: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.broker", do, "--data", str(folder), *more],
        cwd=ROOT, env={**os.environ, "PATH": path or os.environ["PATH"]}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def entered(port: int) -> int:
    log = open_log(f"kafka://127.0.0.1:{port}")
    try:
        return sum(extent.end for extent in log.extents(RAW.name).values())
    finally:
        log.close()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "kafka"
    kafka("stop", tmp_path / "kafka")


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_data_stays_between_two_starts_and_goes_when_asked(folder: Path) -> None:
    port = free_port()
    begun = kafka("start", folder, "--port", str(port))
    assert f"NEWSTIDE_LOG=kafka://127.0.0.1:{port}" in begun.stdout, begun.stderr
    assert "a broker runs on" in kafka("start", folder, "--port", str(port)).stdout
    log = open_log(f"kafka://127.0.0.1:{port}")
    log.produce([Message(RAW.name, "k", b"v")])
    log.close()
    assert "has ended" in kafka("stop", folder).stdout
    assert "no broker runs on" in kafka("stop", folder).stdout
    other = free_port()
    kafka("start", folder, "--port", str(other))
    assert entered(other) == 1
    kafka("start", folder, "--port", str(port), "--fresh")
    assert entered(port) == 0


def test_a_taken_port_and_a_missing_java_are_sentences(folder: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = kafka("start", folder, "--port", port)
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert f"port {port} cannot be used (Address already in use); name another with --port" in refused.stderr
    without = kafka("start", folder, path=str(tmp_path))
    assert (without.returncode, without.stderr.count("\n")) == (1, 1)
    assert "there is no java on the PATH" in without.stderr
