"""A disk that runs full: a sentence, nothing corrupt, and the rest is done when there is room again."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flow import until
from tests.service import Newstide, lines

UP = 120.0  # seconds
ARTICLES = 3000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("needs root, to mount a small tmpfs as the disk")
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", place], check=True)
    yield place
    subprocess.run(["umount", place], check=True)


def articles(count: int) -> str:
    words = "the harbour of Izmir took in ships from Odesa and Haifa while the council of ministers met in Ankara"
    text = [
        f"{words} on day {n}, when {n * 7919} tons of grain and {n * 104729} barrels were counted. " * 6
        for n in range(count)
    ]
    return lines([{"url": f"http://wire.example/{n}", "title": f"Day {n}", "text": text[n]} for n in range(count)])


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_service_waits_for_room_and_goes_on_by_itself(small_disk: Path) -> None:
    service = Newstide(small_disk)
    subprocess.run(["mount", "-o", "remount,size=200m", small_disk], check=True)
    service.start()
    process = service.process
    assert process is not None
    try:
        ballast = small_disk / "ballast"
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(1 << 16))
        until(lambda: service.run("ingest", "-", stdin=articles(50), check=False) and not service.readiness(), UP)
        assert process.poll() is None
        ballast.unlink()
        until(lambda: "true" in service.readiness(), UP)
        service.run("ingest", "-", stdin=articles(50))
        until(lambda: service.json("audit")["in_flight"] == 0, UP)
        audit = service.json("audit")
        assert audit["balanced"]
        assert audit["outcomes"]["stored"] == 50
    finally:
        code, said = service.end()
    assert code == 0
    assert "waits for room on the disk" in said
    assert "Traceback" not in said


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_full_disk_is_a_sentence_and_the_rest_is_done_when_there_is_room(small_disk: Path) -> None:
    service = Newstide(small_disk)
    service.run("ingest", "-", stdin=articles(ARTICLES))
    stopped = service.run("run", "--until-idle", check=False)
    assert stopped.returncode == 1
    assert "free some space" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    subprocess.run(["mount", "-o", "remount,size=400m", small_disk], check=True)
    service.run("run", "--until-idle")
    audit = service.json("audit")
    assert audit["balanced"]
    assert audit["outcomes"] == {"stored": ARTICLES}
