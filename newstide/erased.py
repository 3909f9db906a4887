"""The ids that must not be kept, followed live: every stage that writes asks here first."""

from newstide.ports import Extent, Log
from newstide.topics import ERASED


class ErasedIds:
    """The keys of topic `erased`. `current()` reads them again only when the topic has moved."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._extents: dict[int, Extent] | None = None
        self._ids: frozenset[str] = frozenset()

    def current(self) -> frozenset[str]:
        extents = self._log.extents(ERASED.name)
        if extents != self._extents:
            self._ids = frozenset(self._log.latest(ERASED.name))
            self._extents = extents
        return self._ids
