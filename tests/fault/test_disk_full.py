"""A disk that runs full stops the service with a sentence, corrupts nothing, and the rest is done afterwards."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service import Newstide, lines

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


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_full_disk_is_a_sentence_and_the_rest_is_done_when_there_is_room(small_disk: Path) -> None:
    service = Newstide(small_disk)
    words = "the harbour of Izmir took in ships from Odesa and Haifa while the council of ministers met in Ankara"
    text = [
        f"{words} on day {n}, when {n * 7919} tons of grain and {n * 104729} barrels were counted. " * 6
        for n in range(ARTICLES)
    ]
    given = [{"url": f"http://wire.example/{n}", "title": f"Day {n}", "text": text[n]} for n in range(ARTICLES)]
    service.run("ingest", "-", stdin=lines(given))
    stopped = service.run("run", "--until-idle", check=False)
    assert stopped.returncode == 1
    assert "free some space, then start again" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    subprocess.run(["mount", "-o", "remount,size=400m", small_disk], check=True)
    service.run("run", "--until-idle")
    audit = service.json("audit")
    assert audit["balanced"]
    assert audit["outcomes"] == {"stored": ARTICLES}
