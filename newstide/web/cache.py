"""One rendering for all who look: however many tabs poll, a part is made at most once a second."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from newstide.ports import Clock
from newstide.web.html import Html

FRESH = timedelta(seconds=1)
# A rendering that took long is kept for four times as long: looking takes at most a fifth of one core.
PATIENCE = 4


class RenderCache:
    """Keeps the last rendering of each key; those who come while one is made wait for it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[datetime, datetime, Html]] = {}  # made when, fresh until when

    def get(self, key: str, make: Callable[[], Html]) -> Html:
        """What `make` gave for the key if that is still fresh, else what it gives now."""
        with self._lock:
            now = self._clock.now()
            made, until, kept = self._kept.get(key, (now, now, Html("")))
            if not made <= now < until:  # before `made`: the clock jumped back
                kept = make()
                done = self._clock.now()
                self._kept[key] = (done, done + max(FRESH, PATIENCE * (done - now)), kept)
            return kept
