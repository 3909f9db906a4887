"""The embedded runner: drives the steps of `streams.pipeline` over any Log, in threads of one process.

Effects first, commit last: a stage produces what came of a batch and only then commits it, so that a
kill between the two repeats work and loses none.
"""

import threading
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from newstide import log as logging
from newstide.erased import ErasedIds
from newstide.errors import Backpressure
from newstide.metrics import RECEIVED, SECONDS
from newstide.ports import Consumer, Delivered, Log, Message
from newstide.profiles import Profiles
from newstide.topics import ENRICHED, RAW
from newstide.workers import Ticket, Workers
from streams import outcomes
from streams.outcomes import Entry
from streams.resolve.stage import ResolveStage

POLL = 0.25  # seconds an idle stage waits, and by which a stop is noticed
RESOLVE_BATCH = 256

EnrichWorkers = Workers[Entry, outcomes.Answer]
EnrichTicket = Ticket[Entry, outcomes.Answer]


def publish(log: Log, messages: Sequence[Message], stage: str, stop: threading.Event) -> bool:
    """Produce. False, after a wait: the readers are behind; make the messages anew, for an article may be erased by then."""
    try:
        log.produce(messages)
    except Backpressure as e:
        stop.wait(e.retry_after)
        return False
    outcomes.count(stage, messages)
    return True


class EnrichRunner:
    """articles.raw → the worker pool → articles.enriched or articles.dead, in the order of input."""

    def __init__(self, log: Log, workers: EnrichWorkers, batch: int) -> None:
        self._log, self._workers, self._batch = log, workers, batch
        self._erased, self._profiles = ErasedIds(log), Profiles(log)
        # Two batches per worker: one at work, one waiting, so that no worker waits for us.
        self._room = 2 * workers.count
        self._flight: deque[tuple[list[Delivered], EnrichTicket]] = deque()

    def run(self, stop: threading.Event) -> None:
        """Until stopped. What is then in flight is not committed and comes again."""
        consumer = self._log.consumer("enrich", RAW.name)
        while not stop.is_set():
            full = len(self._flight) >= self._room
            batch = [] if full else consumer.poll(self._batch, 0 if self._flight else POLL)
            if batch:
                self._flight.append((batch, self._submit(batch)))
            if self._flight and (not batch or len(self._flight) >= self._room):
                self._finish(consumer, stop)
        consumer.close()

    def _submit(self, batch: list[Delivered]) -> EnrichTicket:
        RECEIVED.labels("enrich").inc(len(batch))
        return self._workers.submit(outcomes.entries(batch, self._profiles))

    def _finish(self, consumer: Consumer, stop: threading.Event) -> None:
        batch, ticket = self._flight[0]
        while not ticket.wait(POLL):
            if stop.is_set():
                return
        begun = time.perf_counter()
        answers = iter(ticket.result())
        erased = self._erased.current()
        messages = [outcomes.enriched(r, next(answers), erased) for r in batch if r.value is not None]
        if publish(self._log, messages, "enrich", stop):
            if gone := [r.key for r in batch if r.key in erased]:
                self._log.erase(RAW.name, gone)  # it came in after the erasure had passed here
            consumer.commit(batch)
            self._flight.popleft()
            SECONDS.labels("enrich").observe(time.perf_counter() - begun)


class ResolveRunner:
    """articles.enriched → decisions, then articles.resolved or articles.dead; one ordered stream."""

    def __init__(self, log: Log, window: int, folder: Path) -> None:
        self._log = log
        self._stage = ResolveStage(log, window, folder)

    def run(self, stop: threading.Event) -> None:
        """Until stopped. Rebuilds the resolver's state from `decisions` first."""
        logger = logging.get("resolve")
        begun = time.perf_counter()
        count = self._stage.restore(stop)
        if count:
            logger.info("state is back", decisions=count, seconds=round(time.perf_counter() - begun, 2))
        consumer = self._log.consumer("resolve", ENRICHED.name)
        while not stop.is_set():
            batch = consumer.poll(RESOLVE_BATCH, POLL)
            RECEIVED.labels("resolve").inc(len(batch))
            while batch and not stop.is_set() and not self._batch(consumer, batch, stop):
                pass
        consumer.close()

    def _batch(self, consumer: Consumer, batch: list[Delivered], stop: threading.Event) -> bool:
        begun = time.perf_counter()
        decisions, results = self._stage.batch(batch, stop)
        if stop.is_set():  # a rebuild after an erasure may have been cut short: nothing decided on it goes out
            return False
        self._log.produce(decisions)  # they have no readers to wait for
        if not publish(self._log, results, "resolve", stop):
            return False
        consumer.commit(batch)
        SECONDS.labels("resolve").observe(time.perf_counter() - begun)
        return True
