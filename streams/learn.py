"""The learner of profiles: articles.resolved → profiles, beside the resolver.

One reader in order, as there is one partition. A profile holds all that its learner knows, with the place of the last
article it counted; profiles are written before the position is committed, so that a kill between the two counts
nothing twice. A profile with a new version is written at once, so that a fast backfill gets it too; what is only
counted waits. Nobody waits for the learner: what it is behind by only comes into profiles later.
"""

import threading
import time
from contextlib import closing

import msgspec

from newstide.ports import Consumer, Delivered, Log, Message
from newstide.records import Article, Profile, decode, encode
from newstide.topics import PROFILES, RESOLVED
from streams.enrich.repeated import learn

GROUP = "learn"
BATCH = 200
POLL = 0.5
# Between two writings of all that was counted: seconds, articles. A restart counts what came after the last again.
SECONDS, ARTICLES = 600.0, 5_000
OUTLETS = 20_000  # those not heard of for longest are forgotten


class Learner:
    """The outlets' profiles, as far as their articles were read."""

    def __init__(self, log: Log, seconds: float = SECONDS, articles: int = ARTICLES) -> None:
        self._log, self._seconds, self._articles = log, seconds, articles
        self._profiles: dict[str, Profile] = {}
        self._changed: set[str] = set()
        self._newer: set[str] = set()  # of these, those with a version that nobody was told of
        self._next: int | None = None

    def run(self, stop: threading.Event) -> None:
        """Until stopped; what was learned by then is written. Raises EngineError."""
        with closing(self._log.consumer(GROUP, RESOLVED.name)) as consumer:
            while not stop.is_set():
                self._spell(consumer, stop)

    def _spell(self, consumer: Consumer, stop: threading.Event) -> None:
        """Read for a while, and write."""
        last: list[Delivered] = []
        left, end = self._articles, time.monotonic() + self._seconds
        while not stop.is_set() and left > 0 and time.monotonic() < end:
            if batch := consumer.poll(BATCH, POLL):
                self.count(batch)
                if consumer.partitions:
                    self.tell()
                last, left = batch[-1:], left - len(batch)
        if last and consumer.partitions:
            self.write()
            consumer.commit(last)

    def count(self, batch: list[Delivered]) -> None:
        """Count articles into their outlets' profiles. Where they do not follow on the last, what is on the log holds."""
        if batch[0].offset != self._next:
            self._profiles = {key: decode(value, Profile) for key, value in self._log.latest(PROFILES.name).items()}
            self._changed, self._newer = set(), set()
        for record in batch:
            if record.value is not None:
                self._count(record.value, record.offset)
        self._next = batch[-1].offset + 1

    def tell(self) -> None:
        """Put the profiles that have a new version on the log."""
        if self._newer:
            self._log.produce(self._messages(self._newer))
        self._changed -= self._newer
        self._newer = set()

    def write(self) -> None:
        """Put what has changed on the log."""
        messages = self._messages(self._changed)
        for key in sorted(self._profiles, key=lambda k: self._profiles[k].upto)[:-OUTLETS]:
            del self._profiles[key]
            messages.append(Message(PROFILES.name, key, None))
        self._log.produce(messages)
        self._changed, self._newer = set(), set()

    def _messages(self, outlets: set[str]) -> list[Message]:
        return [Message(PROFILES.name, key, encode(self._profiles[key])) for key in sorted(outlets)]

    def _count(self, value: bytes, place: int) -> None:
        try:
            article = decode(value, Article)
        except msgspec.DecodeError:  # the store's to tell
            return
        before = self._profiles.get(article.outlet) or Profile(outlet=article.outlet)
        after = learn(before, article, place)
        if after.lines or after.counting:
            self._profiles[article.outlet] = after
            self._changed.add(article.outlet)
            if after.version != before.version:
                self._newer.add(article.outlet)
