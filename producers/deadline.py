"""A bound on what parsing may cost: feedparser is quadratic in places, and a hostile feed knows them."""

import ctypes
import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Overdue(BaseException):
    """Raised inside the act that took too long; not an Exception, so that no parser swallows it."""


def within(seconds: float, act: Callable[[], T]) -> T:
    """What `act` gives. Raises Overdue at its next bytecode once it has used `seconds` of processor time.

    Where the system cannot tell the time of one thread, it is time on the wall.
    """
    thread, over = threading.get_ident(), threading.Event()
    spent = _stopwatch(thread)

    def watch() -> None:
        while not over.wait(0.25):
            if spent() > seconds:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(Overdue))

    watcher = threading.Thread(target=watch, name="deadline", daemon=True)
    watcher.start()
    try:
        try:
            return act()
        finally:
            over.set()
    finally:  # twice, as Overdue may have come just before the first
        over.set()
        watcher.join()  # from here on nothing is raised any more


def _stopwatch(thread: int) -> Callable[[], float]:
    if hasattr(time, "pthread_getcpuclockid"):
        clock = time.pthread_getcpuclockid(thread)
        begun = time.clock_gettime(clock)
        return lambda: time.clock_gettime(clock) - begun
    begun = time.monotonic()
    return lambda: time.monotonic() - begun
