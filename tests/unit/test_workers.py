"""The pool: order kept, culprits found, nothing left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from newstide.errors import Reject
from newstide.workers import Workers
from tests.unit.chores import double, pids


def test_results_come_in_the_order_of_input() -> None:
    workers = Workers(double, 2)
    tickets = [workers.submit(list(range(n, n + 10))) for n in range(0, 100, 10)]
    assert [r for t in tickets for r in t.result()] == [2 * n for n in range(100)]
    workers.close()


@pytest.mark.parametrize(("culprit", "reason"), [(-1, "timed out"), (-2, "worker died")])
def test_a_culprit_is_found_and_its_neighbours_keep_their_results(culprit: int, reason: str) -> None:
    workers = Workers(double, 2, deadline=1.0)
    workers.submit([0]).result()  # the spawn itself is not on the clock
    results = workers.submit([1, 2, culprit, 3]).result()
    assert isinstance(results[2], Reject)
    assert results[2].reason == reason
    assert [results[0], results[1], results[3]] == [2, 4, 6]
    workers.close()


PARENT = """
import sys, time
from newstide.workers import Workers
from tests.unit.chores import pids
if __name__ == "__main__":
    workers = Workers(pids, 2)
    print(*{p for _ in range(20) for p in workers.submit([1]).result()}, flush=True)
    time.sleep(600)
"""


def test_killing_the_parent_ends_the_workers(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    parent = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True, env=environment)
    assert parent.stdout is not None
    workers = [int(pid) for pid in parent.stdout.readline().split()]
    assert workers
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 10
    while any(_alive(pid) for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(_alive(pid) for pid in workers)


def _alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_pool_uses_as_many_processes_as_asked() -> None:
    workers = Workers(pids, 1)
    assert len({p for _ in range(5) for p in workers.submit([1]).result()}) == 1
    workers.close()
