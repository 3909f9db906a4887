"""The alert role: every resolved article against the rules, windows by SQL, deliveries on their own thread.

    articles.resolved → match → (deliveries + their alert in one write) → commit
    deliveries → outbox → hooks

An alert's key is deterministic and known keys are skipped, so that a replay repeats nothing; the write
comes before the commit, so that a crash loses nothing.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from newstide import metrics
from newstide.erased import ErasedIds
from newstide.errors import NewstideError
from newstide.log import get
from newstide.paging import Follower
from newstide.ports import Clock, Delivered, Hook, Log, Store
from newstide.records import Alert, Article, Delivery, Rule, decode
from newstide.topics import RESOLVED, RULES
from sinks.hooks import rules as kept_rules
from sinks.hooks.known import Known
from sinks.hooks.message import alert_key, messages, window_key
from sinks.hooks.outbox import Outbox
from sinks.hooks.windows import look
from sinks.ledger import complete_until

GROUP = "alert"
BATCH = 500
POLL = 0.5
# Seconds between two looks: at the topic of rules, at the windows, at what is due.
RULES_EVERY, WINDOWS_EVERY, DELIVER_EVERY = 1.0, 5.0, 0.5
# Windows take at most about a tenth of a core, however many rules and however large the store.
REST = 10
# A stop waits this long for a receiver that is being called.
FAREWELL = 3.0

_log = get("alerts")


class Matching(Protocol):
    """Compiled rules: those that an article meets, each with the reason."""

    def match(self, article: Article) -> list[tuple[Rule, str]]: ...


@dataclass(frozen=True, slots=True)
class _Found:
    alert: Alert
    rule: Rule
    reason: str


class Alerting:
    """`matcher` compiles rules (`streams.match.Matcher`)."""

    def __init__(
        self,
        log: Log,
        store: Store,
        hooks: Mapping[str, Hook],
        clock: Clock,
        matcher: Callable[[Sequence[Rule]], Matching],
    ) -> None:
        self._topics, self._store, self._clock, self._compile = log, store, clock, matcher
        self.outbox = Outbox(log, hooks, clock)
        self._lock = threading.Lock()
        # Where several processes have this role, the one that holds the partition delivers and watches windows.
        self._on_duty = True
        self._known, self._erased = Known(log), ErasedIds(log)
        self._rules = Follower(log, RULES.name)
        self._rules_checked: datetime | None = None
        self._windows: list[Rule] = []
        self._matcher = matcher([])

    def step(self, batch: Sequence[Delivered]) -> int:
        """Match a batch of articles.resolved and write what is new; gives how many alerts. Commit after it."""
        self._reload_rules()
        erased = self._erased.current()
        return self._announce([one for record in batch if record.key not in erased for one in self._match(record)])

    def tick(self, now: datetime, until: datetime) -> int:
        """Evaluate the window rules on what the store has, complete `until` then; gives how many alerts."""
        self._reload_rules()
        with self._lock:
            self._known.refresh()
        return sum(self._look(rule, min(now, until)) for rule in self._windows)

    def deliver_once(self) -> list[Delivery]:
        """Try every due delivery once, to its end; gives what is still pending."""
        self.outbox.deliver_due(self._clock.now(), threading.Event())
        return self.outbox.pending()

    def run(self, stop: threading.Event) -> None:
        """The role, until `stop` is set: returns within a few seconds, whatever a receiver does.

        Raises EngineError, and whatever else ends deliveries or windows.
        """
        halt, faults = threading.Event(), list[Exception]()
        helpers = [
            _helper("deliver", lambda: self._deliver(halt), faults),
            _helper("windows", lambda: self._watch(halt), faults),
        ]
        consumer = self._topics.consumer(GROUP, RESOLVED.name)
        try:
            for helper in helpers:
                helper.start()
            while not stop.is_set():
                if faults:
                    raise faults[0]
                self._on_duty = bool(consumer.partitions)
                if batch := consumer.poll(BATCH, POLL):
                    self.step(batch)
                    consumer.commit(batch)
        finally:
            halt.set()
            for helper in helpers:
                helper.join(FAREWELL)
            consumer.close()

    # Articles

    def _match(self, record: Delivered) -> list[_Found]:
        if record.value is None:
            return []
        try:
            article = decode(record.value, Article)
        except msgspec.DecodeError as e:  # the store role records the dead letter
            _log.error("article cannot be read", offset=record.offset, error=str(e))
            return []
        now = self._clock.now()
        return [_Found(_of_article(rule, article, now), rule, reason) for rule, reason in self._matcher.match(article)]

    def _announce(self, found: Sequence[_Found]) -> int:
        """Write the alerts that are new, each with the id under which its story lives on."""
        if not found:
            return 0
        with self._lock:
            new = self._new(found)
            written = [message for one in new for message in messages(self._followed(one.alert), one.rule, one.reason)]
            # A write that was cut short may have left deliveries; what became of them since must stay.
            if written := [message for message in written if not self.outbox.holds(message.key)]:
                self._topics.produce(written)
        for one in new:
            metrics.ALERTS.labels(one.rule.name).inc()
            _log.info("alert", rule=one.rule.name, title=one.alert.title, reason=one.reason)
        return len(new)

    def _new(self, found: Sequence[_Found]) -> list[_Found]:
        self._known.refresh()
        fresh: dict[tuple[str, str], _Found] = {}
        for one in found:
            story = one.alert.story
            if not (self._known.raised(one.rule, story) if story else self._known.has(one.alert.key)):
                fresh.setdefault((one.rule.name, self._known.story(story) if story else one.alert.key), one)
        return list(fresh.values())

    def _followed(self, alert: Alert) -> Alert:
        """The key stays that of the story which the article tells: should that come back, it was told of."""
        return replace(alert, story=self._known.story(alert.story)) if alert.story else alert

    def _reload_rules(self) -> None:
        with self._lock:
            now = self._clock.now()
            if self._rules_checked and abs(now - self._rules_checked) < timedelta(seconds=RULES_EVERY):
                return
            self._rules_checked = now
            if self._rules.new():
                rules = kept_rules.load(self._topics)
                self._windows = [rule for rule in rules if rule.at_least > 1]
                self._matcher = self._compile([rule for rule in rules if rule.at_least <= 1])

    # Windows

    def _look(self, rule: Rule, at: datetime) -> int:
        key = window_key(rule, at)
        if self._known.has(key) or self._silent(rule, at):
            return 0
        try:
            window = look(rule, self._store, at)
        except NewstideError as e:
            _log.error("window cannot be counted", rule=rule.name, error=str(e))
            return 0
        if window.count < rule.at_least:
            return 0
        alert = Alert(
            key=key,
            rule=rule.name,
            fired=self._clock.now(),
            story=None,
            article=window.article,
            title=window.title,
            url=window.url,
            outlet=window.outlet,
            count=window.count,
        )
        return self._announce([_Found(alert, rule, f"{window.count} articles within {rule.within} s")])

    def _silent(self, rule: Rule, at: datetime) -> bool:
        """Whether the rule raised an alert less than its span before `at`; one dated ahead of now (the clock jumped back) does not count."""
        last = self._known.spoke(rule)
        return last is not None and last <= self._clock.now() and at < last + timedelta(seconds=rule.within)

    # Threads

    def _deliver(self, halt: threading.Event) -> None:
        while not halt.wait(DELIVER_EVERY):
            if not self._on_duty:
                continue
            try:
                self.outbox.deliver_due(self._clock.now(), halt, patience=DELIVER_EVERY)
            except NewstideError as e:
                _log.error("deliveries cannot be read", error=str(e))

    def _watch(self, halt: threading.Event) -> None:
        pause = WINDOWS_EVERY
        while not halt.wait(pause):
            started = time.monotonic()
            try:
                if self._on_duty:
                    now = self._clock.now()
                    self.tick(now, complete_until(self._topics, now))
            except NewstideError as e:
                _log.error("windows cannot be evaluated", error=str(e))
            pause = max(WINDOWS_EVERY, REST * (time.monotonic() - started))


def _helper(name: str, work: Callable[[], None], faults: list[Exception]) -> threading.Thread:
    """A thread that leaves the error it ended with in `faults`."""

    def run() -> None:
        try:
            work()
        except Exception as e:  # noqa: BLE001
            faults.append(e)

    return threading.Thread(target=run, name=name, daemon=True)


def _of_article(rule: Rule, article: Article, now: datetime) -> Alert:
    story = article.story or article.id
    return Alert(
        key=alert_key(rule, story),
        rule=rule.name,
        fired=now,
        story=story,
        article=article.id,
        title=article.title,
        url=article.url,
        outlet=article.outlet,
    )
