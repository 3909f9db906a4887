"""Reading a compacted topic on: what came since the last look."""

from newstide.paging import pages
from newstide.ports import Delivered, Log


class Follower:
    """A topic's records in order, each given once. Belongs to whoever holds its owner's lock."""

    def __init__(self, log: Log, topic: str) -> None:
        self._log, self._topic = log, topic
        self._next: dict[int, int] = {}

    def new(self) -> list[Delivered]:
        """All records that were written since the last call; on the first call, all that are kept."""
        found: list[Delivered] = []
        for partition, extent in self._log.extents(self._topic).items():
            start = self._next.get(partition, extent.first)
            for page in pages(self._log, self._topic, partition, start, extent.end):
                found += page
            self._next[partition] = extent.end
        return found
