"""A pool of spawned processes for CPU-bound steps, on Pebble.

Each batch has a deadline. One that outlasts it, or kills its worker, is cut in two and tried again until
the single culprit is found; its neighbours keep their results. The end of the parent is the end of the
workers, also after kill -9 (see `_end_with` for the exception).
"""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, TimeoutError, wait
from typing import Generic, TypeVar

from pebble import ProcessExpired, ProcessPool

from newstide.errors import Reject

T = TypeVar("T")
R = TypeVar("R")


class Ticket(Generic[T, R]):
    """A batch on its way through the pool."""

    def __init__(self, pool: "Workers[T, R]", batch: Sequence[T]) -> None:
        self._pool, self._batch = pool, batch
        self._future = pool.schedule(batch)
        self._results: list[R | Reject] | None = None

    def wait(self, timeout: float) -> bool:
        """Whether the result is there, after up to `timeout` seconds."""
        return bool(wait([self._future], timeout).done)

    def result(self) -> list[R | Reject]:
        """One result per input, in order; waits. A culprit's place holds a Reject with the reason: it is looked for once."""
        if self._results is None:
            self._results = self._found()
        return self._results

    def _found(self) -> list[R | Reject]:
        try:
            return list(self._future.result())
        except CancelledError:
            raise
        except Exception as e:
            if self._pool.stopped:
                raise CancelledError from e
            if len(self._batch) == 1:
                return [_reject(e, self._pool.deadline)]
            middle = len(self._batch) // 2
            halves = [Ticket(self._pool, self._batch[:middle]), Ticket(self._pool, self._batch[middle:])]
            return halves[0].result() + halves[1].result()


class Workers(Generic[T, R]):
    """Runs `function`, importable by name, on batches in `count` processes (0: one per core)."""

    def __init__(self, function: Callable[[Sequence[T]], list[R]], count: int = 0, deadline: float = 30.0) -> None:
        self.count = count or available_cores()
        self.deadline = deadline
        self.stopped = False
        self._function = function
        self._pool = ProcessPool(
            max_workers=self.count,
            context=multiprocessing.get_context("spawn"),
            initializer=_start_worker,
            initargs=[os.getpid()],
        )

    def submit(self, batch: Sequence[T]) -> Ticket[T, R]:
        return Ticket(self, batch)

    def schedule(self, batch: Sequence[T]) -> "Future[list[R]]":
        future: Future[list[R]] = self._pool.schedule(self._function, args=[batch], timeout=self.deadline)
        return future

    def close(self) -> None:
        """Stop the workers; what they have in hand is lost (it was not committed)."""
        self.stopped = True
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()


def available_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _start_worker(parent: int) -> None:
    # Ctrl-C goes to the whole group of a terminal; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    # Not PR_SET_PDEATHSIG: that fires at the end of the thread that started the worker, too. The price: a worker
    # that is stuck in C code and holds the interpreter outlives a killed parent until that code returns.
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _reject(error: BaseException, deadline: float) -> Reject:
    if isinstance(error, TimeoutError):
        return Reject("timed out", f"no result within {deadline:g} s")
    if isinstance(error, MemoryError):
        return Reject("out of memory")
    if isinstance(error, ProcessExpired):
        return Reject("worker died", str(error))
    return Reject("step failed", f"{type(error).__name__}: {error}")
