"""Reading the log without a group: a stretch of a partition, a whole topic, or what came since the last look."""

from collections.abc import Iterator

from newstide.ports import Delivered, Log

PAGE = 2000


def pages(log: Log, topic: str, partition: int, start: int, end: int, size: int = PAGE) -> Iterator[list[Delivered]]:
    """The records at offsets `start` to before `end`, at most `size` at a time; no page is empty."""
    while start < end and (page := log.read(topic, partition, start, min(size, end - start))):
        start = page[-1].offset + 1
        if page := [record for record in page if record.offset < end]:
            yield page


def records(log: Log, topic: str) -> Iterator[Delivered]:
    """Every record of the topic that is there now, partition by partition."""
    for partition, extent in log.extents(topic).items():
        for page in pages(log, topic, partition, extent.first, extent.end):
            yield from page


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
