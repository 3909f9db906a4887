"""One rendering for all who look: however many tabs poll, a part is made at most once a second."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from newstide.ports import Clock
from newstide.web.html import Html

FRESH = timedelta(seconds=1)


class Fresh:
    """Keeps the last rendering of each key; those who come while one is made wait for it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[datetime, Html]] = {}

    def get(self, key: str, make: Callable[[], Html]) -> Html:
        """What `make` gave for the key less than a second ago, else what it gives now."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or not timedelta() <= self._clock.now() - kept[0] < FRESH:
                kept = (self._clock.now(), make())
                self._kept[key] = kept
            return kept[1]
