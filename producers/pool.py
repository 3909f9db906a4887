"""A pool of fetching threads for tasks that each ask for web pages one after another: polite to hosts, held up by none.

A task is a generator: it yields a Request, is sent the Answer, and returns its result. Tasks wait in a queue
per host; a few threads make the requests and advance the tasks, so that a slow host holds one thread only.
"""

import queue
import threading
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Generic, TypeVar

from newstide.ports import Clock
from producers.fetch import Answer, Request
from producers.politeness import RateLimiter

T = TypeVar("T")
Task = Generator[Request, Answer, T]
GRACE = 3.0  # seconds for the threads to come back when the pool closes


@dataclass(slots=True)
class Job(Generic[T]):
    """A task with the request that it waits for, or with its end: `result` or `error`."""

    name: str
    task: Task[T]
    request: Request | None = None
    queue: str = ""
    result: T | None = None
    error: BaseException | None = None

    def advance(self, get: Callable[[Request], Answer]) -> None:
        """Make the request, if there is one, and run the task up to its next or its end."""
        request, self.request = self.request, None
        try:
            self.request = self.task.send(get(request)) if request else next(self.task)
        except StopIteration as end:
            self.result = end.value
        except Exception as error:  # noqa: BLE001 - one task's fault is its own end, not the pool's
            self.error = error


class FetchPool(Generic[T]):
    """`size` threads that make the requests of all tasks. Belongs to one thread, which calls `round`."""

    def __init__(self, get: Callable[[Request], Answer], limiter: RateLimiter, clock: Clock, size: int) -> None:
        self._get, self._limiter, self._clock = get, limiter, clock
        self._queues: dict[str, deque[Job[T]]] = {}
        self._inbox: queue.SimpleQueue[Job[T] | None] = queue.SimpleQueue()
        self._outbox: queue.SimpleQueue[Job[T]] = queue.SimpleQueue()
        self._busy: dict[str, Job[T]] = {}
        self._under_way = 0
        self._threads = [threading.Thread(target=self._work, name=f"fetch {n}", daemon=True) for n in range(size)]
        for thread in self._threads:
            thread.start()

    @property
    def busy(self) -> frozenset[str]:
        """The names of the tasks that have not ended."""
        return frozenset(self._busy)

    def add(self, name: str, task: Task[T]) -> None:
        """Take on a task; it must yield a request first."""
        job = Job(name, task)
        job.advance(self._get)
        self._busy[name] = job
        self._route(job)

    def round(self, timeout: float) -> list[Job[T]]:
        """Let go what may go now, wait up to `timeout` s for something to happen; gives the jobs that ended."""
        ended = [job for job in self._busy.values() if not job.request and not job.queue]
        self._send_out()
        if self._under_way:
            ended += self._collect(0.0 if ended else timeout)
        elif not ended and self._queues:
            now = self._clock.now()
            self._clock.sleep(min(timeout, *(self._limiter.wait(name, now) for name in self._queues)))
        for job in ended:
            del self._busy[job.name]
        return ended

    def close(self) -> None:
        """Start nothing more, and wait a few seconds for what is under way."""
        for _ in self._threads:
            self._inbox.put(None)
        for thread in self._threads:
            thread.join(GRACE / len(self._threads))

    def _send_out(self) -> None:
        now = self._clock.now()
        for name, waiting in list(self._queues.items()):
            while waiting and self._limiter.wait(name, now) == 0:
                self._limiter.take(name)
                self._under_way += 1
                self._inbox.put(waiting.popleft())
            if not waiting:
                del self._queues[name]

    def _collect(self, timeout: float) -> list[Job[T]]:
        """The jobs that came back and have ended; the others queue for their next request."""
        back: list[Job[T]] = []
        try:
            back.append(self._outbox.get(timeout=timeout))
            while True:
                back.append(self._outbox.get_nowait())
        except queue.Empty:
            pass
        for job in back:
            self._under_way -= 1
            self._limiter.done(job.queue, self._clock.now())
            self._route(job)
        return [job for job in back if not job.request]

    def _route(self, job: Job[T]) -> None:
        job.queue = self._limiter.queue(job.request.url) if job.request else ""
        if job.request:
            self._queues.setdefault(job.queue, deque()).append(job)

    def _work(self) -> None:
        while job := self._inbox.get():
            job.advance(self._get)
            self._outbox.put(job)
