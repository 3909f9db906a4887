"""What only the embedded log promises: it survives its process, and says who holds it."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newstide.engines import open_log
from newstide.errors import EngineError
from newstide.ports import Message
from newstide.topics import DECISIONS, RAW


def test_everything_is_back_after_a_restart(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}/log.sqlite"
    log = open_log(url)
    log.produce([Message(DECISIONS.name, "a", b"1"), Message(DECISIONS.name, "b", b"2")])
    consumer = log.consumer("g", DECISIONS.name)
    consumer.commit(consumer.poll(1, 0))
    log.close()
    log = open_log(url)
    assert [r.value for r in log.consumer("g", DECISIONS.name).poll(10, 0)] == [b"2"]
    assert log.produce([Message(DECISIONS.name, "c", b"3")]) == [(0, 2)]
    log.close()


def test_a_second_owner_is_told_who_holds_it(tmp_path: Path) -> None:
    log = open_log(f"sqlite://{tmp_path}/log.sqlite")
    code = f"from newstide.engines import open_log; open_log('sqlite://{tmp_path}/log.sqlite')"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "Held" in other.stderr
    assert str(tmp_path) in other.stderr
    assert "held by process" in other.stderr
    log.close()
    open_log(f"sqlite://{tmp_path}/log.sqlite").close()


def test_a_file_that_is_no_log_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log.sqlite").write_bytes(b"this is not a database at all" * 100)
    with pytest.raises(EngineError, match=r"log\.sqlite"):
        open_log(f"sqlite://{tmp_path}/log.sqlite")


def test_an_unusable_directory_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EngineError, match="data directory"):
        open_log(f"sqlite://{tmp_path}/file/log.sqlite")


def test_other_partition_counts_are_refused_with_the_fix(tmp_path: Path) -> None:
    import sqlite3

    url = f"sqlite://{tmp_path}/log.sqlite"
    open_log(url).close()
    with sqlite3.connect(tmp_path / "log.sqlite") as db:
        db.execute("UPDATE topics SET partitions = 9 WHERE name = ?", (RAW.name,))
    with pytest.raises(EngineError, match=r"articles\.raw has 9 partitions, this version expects 4"):
        open_log(url)


def test_above_its_size_the_log_drops_the_oldest_that_were_read(tmp_path: Path) -> None:
    log = open_log(f"sqlite://{tmp_path}/log.sqlite?max_bytes=1000000")
    log.produce([Message(RAW.name, f"k{n}", bytes(10_000)) for n in range(200)])
    assert log.retain(datetime.now(UTC)) == 0  # not read yet: nothing is lost
    consumer = log.consumer("enrich", RAW.name)
    consumer.commit(consumer.poll(1000, 0))
    assert log.retain(datetime.now(UTC)) > 50
    assert all(extent.first > 0 for extent in log.extents(RAW.name).values())
    log.close()


FULL_DISK = """
import resource, sys
from newstide.engines import open_log
from newstide.errors import EngineError
from newstide.ports import Message
log = open_log(sys.argv[1])
log.produce([Message("decisions", "a", b"kept")])
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))  # writes fail as on a full disk
try:
    log.produce([Message("decisions", f"k{n}", bytes(50_000)) for n in range(50)])
except EngineError as e:
    print(e)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(log.produce([Message("decisions", "b", b"again")]))
print([r.value for r in log.read("decisions", 0, 0, 10)])
"""


def test_a_full_disk_is_a_sentence_and_leaves_the_log_whole(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}/log.sqlite"
    child = subprocess.run([sys.executable, "-c", FULL_DISK, url], capture_output=True, text=True, check=True)
    said, placed, kept = child.stdout.splitlines()
    assert "free some space" in said
    assert placed == "[(0, 1)]"
    assert kept == "[b'kept', b'again']"
