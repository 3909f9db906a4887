"""Functions for workers to run: a spawned process imports them by name."""

import os
import signal
import time
from collections.abc import Sequence


def double(batch: Sequence[int]) -> list[int]:
    """Twice each number; -1 hangs, -2 kills its process."""
    for number in batch:
        if number == -1:
            time.sleep(600)
        if number == -2:
            os.kill(os.getpid(), signal.SIGKILL)
    return [2 * number for number in batch]


def pids(batch: Sequence[int]) -> list[int]:
    return [os.getpid() for _ in batch]
