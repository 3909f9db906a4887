"""Reading a compacted topic on: what came since the last look."""

from newstide.ports import Delivered, Log

PAGE = 1_000


class Follower:
    """A topic's records in order, each given once. Belongs to whoever holds its owner's lock."""

    def __init__(self, log: Log, topic: str) -> None:
        self._log, self._topic = log, topic
        self._next: dict[int, int] = {}

    def new(self) -> list[Delivered]:
        """All records that were written since the last call; on the first call, all that are kept."""
        found: list[Delivered] = []
        for partition, extent in self._log.extents(self._topic).items():
            at = self._next.get(partition, 0)
            while at < extent.end:
                page = self._log.read(self._topic, partition, at, PAGE)
                found += page
                at = page[-1].offset + 1 if page else extent.end
            self._next[partition] = at
        return found
