"""Whose turn it is: one request at a time to a host, with a gap between. Pure over a clock."""

import math
from collections.abc import Collection
from datetime import datetime

from newstide import urls

FORGET_ABOVE = 4096  # hosts; those whose gap is over need no memory


class RateLimiter:
    """When each host may be asked again. `gap` is in seconds; the places (`host:port`) in `free` are never waited for."""

    def __init__(self, gap: float, free: Collection[str]) -> None:
        self._gap, self._free = gap, frozenset(item.lower() for item in free)
        self._next: dict[str, float] = {}

    def queue(self, url: str) -> str:
        """The name of the queue that a request to `url` stands in: the place if it is free, else the host."""
        place = urls.place(url)
        return place if place in self._free else urls.host(url)

    def wait(self, queue: str, now: datetime) -> float:
        """Seconds until the queue's next request may go; infinite while one is under way."""
        if queue in self._free:
            return 0.0
        left = self._next.get(queue, 0.0) - now.timestamp()
        if self._gap < left < math.inf:  # the clock jumped back: the gap begins anew
            left = self._gap
            self._next[queue] = now.timestamp() + left
        return max(0.0, left)

    def take(self, queue: str) -> None:
        """A request goes."""
        if queue not in self._free:
            self._next[queue] = math.inf

    def done(self, queue: str, now: datetime) -> None:
        """The request is over: the gap begins."""
        if queue in self._free:
            return
        if len(self._next) > FORGET_ABOVE:
            self._next = {name: at for name, at in self._next.items() if at > now.timestamp()}
        self._next[queue] = now.timestamp() + self._gap
