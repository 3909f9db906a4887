"""Whether a topic's records wait for a group whose members have nothing: what a member without a partition looks for.

Seen on Faust: whoever shares the partitions out right after a broker's restart may not know the topic yet, gives nobody
anything, and leaves it at that until a member comes or goes.
"""

import time
from collections.abc import Callable

from newstide.ports import Log
from newstide.stillness import Stillness

LOOK = 5.0  # seconds between two looks
STALLED = 60.0  # seconds without any progress: longer than a resolver takes to rebuild its state


class Stall:
    """Asked again and again by one member of the group. `seconds` never jumps."""

    def __init__(self, log: Log, group: str, topic: str, seconds: Callable[[], float] = time.monotonic) -> None:
        self._log, self._group, self._topic, self._seconds = log, group, topic, seconds
        self.over()

    def over(self) -> None:
        """The member has a partition again: whatever was seen before counts no more."""
        self._stillness = Stillness()
        self._looked = self._seconds()

    def due(self) -> bool:
        return self._seconds() - self._looked >= LOOK

    def lasts(self) -> bool:
        """Look; whether records wait and no position has moved for STALLED seconds. Raises EngineError."""
        now = self._looked = self._seconds()
        positions = self._log.positions(self._group, self._topic)
        waiting = any(positions[p] < extent.end for p, extent in self._log.extents(self._topic).items())
        return self._stillness.seconds(self._topic, positions, waiting=waiting, now=now) > STALLED
