"""Reading a stretch of a partition, page by page, without a group."""

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
