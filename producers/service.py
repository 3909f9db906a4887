"""The producer: looks at every feed when it is due, for as long as it runs."""

import threading
import time
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from newstide import log as logging
from newstide import metrics
from newstide.erased import ErasedIds
from newstide.errors import EngineError
from newstide.ports import Clock, Log
from newstide.profiles import Profiles
from newstide.records import Feed, FeedState
from newstide.settings import Fetch
from newstide.topics import FEEDS
from producers import catalogue, fetch
from producers.catalogue import Catalogue
from producers.fetch import Answer, Request
from producers.politeness import RateLimiter
from producers.poll import PollContext, failed, poll
from producers.pool import FetchPool, Job
from producers.publish import Publisher, Stopped

GROUP = "producer"
AT_ONCE = 1000  # records that a poll of the group passes over
GOOD = frozenset(("ok", "unchanged"))
TICK = 0.2  # seconds: how soon a stop is noticed
FOLLOW = 1.0  # seconds between two looks at the catalogue
MOST_AT_ONCE = 1000  # polls: each may hold its articles in memory while their pages come


@dataclass(frozen=True, slots=True)
class Summary:
    """What one round over the feeds came to: items by their fate, and how many feeds failed."""

    feeds: int = 0
    published: int = 0
    unchanged: int = 0
    dropped: int = 0
    failed: int = 0

    def plus(self, state: FeedState) -> "Summary":
        if state.status not in GOOD:
            return replace(self, feeds=self.feeds + 1, failed=self.failed + 1)
        if state.status == "unchanged":
            return replace(self, feeds=self.feeds + 1)
        return Summary(
            self.feeds + 1,
            self.published + state.published,
            self.unchanged + state.unchanged,
            self.dropped + state.dropped,
            self.failed,
        )


class Producer:
    """Fetches, parses, decides, publishes, remembers. Everything it must not forget is in the log."""

    def __init__(self, log: Log, fetch: Fetch, clock: Clock) -> None:
        self._log, self._settings, self._clock = log, fetch, clock

    def run(self, stop: threading.Event) -> None:
        """Poll every feed when it is due, until `stop`; feeds added meanwhile are taken within two seconds.

        Raises EngineError when the log can take no more.
        """
        consumer = self._log.consumer(GROUP, FEEDS.name)
        with closing(consumer), Scheduler(self._log, self._settings, self._clock, stop) as scheduler:
            followed = 0.0
            while not stop.is_set():
                if time.monotonic() - followed >= FOLLOW:
                    # Nothing is committed: membership gives this process its share of the hosts, the table the feeds.
                    consumer.poll(AT_ONCE, 0)
                    scheduler.follow(consumer.partitions)
                    followed = time.monotonic()
                scheduler.start_due()
                if not scheduler.busy:
                    stop.wait(TICK)
                for job in scheduler.pool.round(TICK):
                    scheduler.finish(job)

    def once(self, stop: threading.Event) -> Summary:
        """Poll every feed once, due or not, and give what came of it. Ends early when `stop` is set."""
        summary = Summary()
        with Scheduler(self._log, self._settings, self._clock, stop) as scheduler:
            scheduler.follow(frozenset(range(FEEDS.partitions)))
            left = list(scheduler.feeds.values())
            while (left or scheduler.busy) and not stop.is_set():
                while left and scheduler.busy < MOST_AT_ONCE:
                    scheduler.start(left.pop(0))
                for state in (scheduler.finish(job) for job in scheduler.pool.round(TICK)):
                    summary = summary.plus(state) if state else summary
        return summary


class Scheduler:
    """The feeds that a producer knows, when each is due, and the pool that fetches them."""

    def __init__(self, log: Log, settings: Fetch, clock: Clock, stop: threading.Event) -> None:
        self._settings, self._clock, self._stop = settings, clock, stop
        self._catalogue = Catalogue(log)
        self._client = fetch.client(settings)
        self._context = PollContext(
            settings, clock, self._catalogue, Publisher(log, stop, Profiles(log)), ErasedIds(log).current
        )
        self._logger = logging.get("producers")
        self._states: dict[str, FeedState] = {}
        self._share: frozenset[int] = frozenset()
        self.feeds: dict[str, Feed] = {}
        limiter = RateLimiter(settings.host_gap, settings.allow_private)
        self.pool: FetchPool[FeedState] = FetchPool(self._get, limiter, clock, settings.concurrency)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()  # ends the requests under way
        self.pool.close()

    @property
    def busy(self) -> int:
        """How many polls are under way."""
        return len(self.pool.busy)

    def follow(self, share: frozenset[int]) -> None:
        """Take over what was added to the catalogue or removed from it, of the partitions that are this process's."""
        if share != self._share:
            self._catalogue.forget()  # another producer may have looked at these feeds since
            self._states = self._catalogue.states()
        if self._catalogue.moved() or share != self._share:
            before, every = self.feeds, {feed.url: feed for feed in self._catalogue.feeds()}
            self.feeds = {url: feed for url, feed in every.items() if _partition(url) in share}
            self._states = {url: state for url, state in self._states.items() if url in self.feeds}
            if any(every.get(url) != feed for url, feed in before.items()):
                self._catalogue.forget()  # some were removed, and may even be back
            for url in before.keys() - every.keys():
                self._clear(url, share)
        if share != self._share:
            alone = len(share) == FEEDS.partitions
            (self._logger.debug if alone else self._logger.info)(
                "share of the hosts", partitions=sorted(share), of=FEEDS.partitions, feeds=len(self.feeds)
            )
        self._share = share
        metrics.BROKEN_FEEDS.set(sum(state.status not in GOOD for state in self._states.values()))

    def start_due(self) -> None:
        """Start the polls whose time has come, the longest overdue first."""
        now, busy = self._clock.now(), self.pool.busy
        due = [(self._next(url, now), url) for url in self.feeds if url not in busy and self._next(url, now) <= now]
        for _, url in sorted(due)[: max(0, MOST_AT_ONCE - len(busy))]:
            self.start(self.feeds[url])

    def start(self, feed: Feed) -> None:
        self.pool.add(feed.url, poll(feed, self._states.get(feed.url), self._context))

    def finish(self, job: Job[FeedState]) -> FeedState | None:
        """Keep the state that a poll ended with. Raises EngineError where the log failed; None where the service stops."""
        if isinstance(job.error, EngineError):
            raise job.error
        if isinstance(job.error, Stopped):
            return None
        before = self._states.get(job.name)
        state = job.result or self._surprised(job)
        if job.name not in self.feeds:
            self._clear(job.name, self._share)
            return state
        self._states[state.url] = state
        if state.last_new == state.checked:
            metrics.LAST_NEW.set(state.checked.timestamp())
        self._tell(state, before)
        return state

    def _clear(self, url: str, share: frozenset[int]) -> None:
        """Forget the state of a removed feed, also when it was being polled; not of one that is another producer's now."""
        if _partition(url) in share:
            self._catalogue.clear(url)

    def _tell(self, state: FeedState, before: FeedState | None) -> None:
        """Log news and feeds that begin to fail; the rest only when debugging."""
        if state.status not in GOOD:
            turned = before is None or before.status != state.status
            told = self._logger.warning if turned else self._logger.debug
            told("feed fails", url=state.url, status=state.status, detail=state.detail)
        elif state.last_new == state.checked:
            self._logger.info("feed has news", url=state.url, published=state.published)
        else:
            self._logger.debug("feed is unchanged", url=state.url)

    def _get(self, request: Request) -> Answer:
        """The answer to a request; once the service stops none is taken, so that no feed is blamed for it."""
        if not self._stop.is_set():
            answer = fetch.get(self._client, request)
        if self._stop.is_set():
            raise Stopped("the producer stops")
        return answer

    def _surprised(self, job: Job[FeedState]) -> FeedState:
        """The state of a feed that met a fault of our own: it is told, and the others go on."""
        now = self._clock.now()
        before = self._states.get(job.name) or FeedState(url=job.name, status="", checked=now, next=now)
        detail = f"{type(job.error).__name__}: {job.error}"[:500]
        self._logger.error("feed", url=job.name, exc_info=job.error)
        state = failed(before, "internal error", detail, now, self._settings.interval)
        self._catalogue.remember(state)
        return state

    def _next(self, url: str, now: datetime) -> datetime:
        """When to look: at once where nobody did, or where the last look lies ahead, for then the clock jumped back."""
        state = self._states.get(url)
        return state.next if state and state.checked <= now else now


def _partition(url: str) -> int:
    return FEEDS.partition(catalogue.key(url))
