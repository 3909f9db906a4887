"""For how long something has stood still although records wait for it."""

from collections.abc import Hashable


class Stillness:
    """Looked at again and again; `now` is in seconds, of a clock that never jumps."""

    def __init__(self) -> None:
        self._moved: dict[Hashable, tuple[object, float]] = {}

    def seconds(self, place: Hashable, position: object, *, waiting: bool, now: float) -> float:
        """Seconds since the position at `place` was first seen as it is; 0 while nothing waits there."""
        before = self._moved.get(place)
        if before is None or before[0] != position or not waiting:
            before = self._moved[place] = (position, now)
        return now - before[1]
