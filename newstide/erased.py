"""The ids that must not be kept, followed live: every stage that writes asks here first."""

from newstide.ports import Extent, Log
from newstide.topics import ERASED


class ErasedIds:
    """The keys of topic `erased`. `current()` reads them again only when the topic has moved.

    `notices` counts those moves: an erasure writes its ids twice, and the second time the set is the same.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._extents: dict[int, Extent] | None = None
        self._ids: frozenset[str] = frozenset()
        self.notices = 0

    def current(self) -> frozenset[str]:
        extents = self._log.extents(ERASED.name)
        if extents != self._extents:
            self._ids = frozenset(self._log.latest(ERASED.name))
            self._extents = extents
            self.notices += 1
        return self._ids
