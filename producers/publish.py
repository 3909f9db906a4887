"""Articles into the log: durable on return, waiting while the log's readers are behind."""

import threading
from collections.abc import Sequence
from dataclasses import replace

from newstide import deadletter
from newstide.brokers import LARGEST_ARTICLE
from newstide.errors import Backpressure, NewstideError
from newstide.ports import Log, Message
from newstide.profiles import Profiles
from newstide.records import Ended, RawArticle, encode
from newstide.topics import DEAD, RAW

BATCH = 100  # messages written at once


class Stopped(NewstideError):
    """The service stops; what was not published yet is met again after the restart."""


class Publisher:
    """Writes to the log until `stop` is set; safe to share between threads. Articles are given their outlet's newest profile."""

    def __init__(self, log: Log, stop: threading.Event, profiles: Profiles) -> None:
        self._log, self._stop, self._profiles = log, stop, profiles

    def publish(self, records: Sequence[RawArticle | Ended]) -> None:
        """Write the records in their order. Raises Stopped when the service stops before all are written."""
        for start in range(0, len(records), BATCH):
            self._write(records[start : start + BATCH])

    def offer(self, records: Sequence[RawArticle | Ended]) -> int:
        """Write the records at once, all or none; gives how many were articles too large. Raises Backpressure."""
        messages = [message(self._named(record)) for record in records]
        self._log.produce(messages)
        dead = sum(m.topic == DEAD.name for m in messages)
        return dead - sum(isinstance(record, Ended) for record in records)

    def _named(self, record: RawArticle | Ended) -> RawArticle | Ended:
        return (
            replace(record, profile=self._profiles.newest(record.outlet)) if isinstance(record, RawArticle) else record
        )

    def _write(self, records: Sequence[RawArticle | Ended]) -> None:
        while True:
            if self._stop.is_set():
                raise Stopped("the producer stops")
            try:
                self.offer(records)
            except Backpressure as e:
                self._stop.wait(e.retry_after)
            else:
                return


def message(record: RawArticle | Ended) -> Message:
    """The record for its topic; an article of more than LARGEST_ARTICLE becomes a dead letter, `article too large`."""
    if isinstance(record, Ended):
        return deadletter.message(record)
    value = encode(record)
    if len(value) <= LARGEST_ARTICLE:
        return Message(RAW.name, record.id, value)
    letter = deadletter.bury(
        value,
        kind="dead",
        stage="produce",
        reason="article too large",
        at=record.fetched,
        detail=f"{len(value)} bytes, at most {LARGEST_ARTICLE}",
        id=record.id,
        source=record.feed or record.url,
    )
    return deadletter.message(letter)
