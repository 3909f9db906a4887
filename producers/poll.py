"""One look at one feed, from the request to what is remembered: the producer's page to read first."""

from collections.abc import Callable, Container, Generator
from dataclasses import dataclass, replace
from datetime import datetime

from newstide import urls
from newstide.http import FetchError
from newstide.ports import Clock
from newstide.records import Feed, FeedState
from newstide.settings import Fetch
from producers import fetch, pages
from producers.catalogue import Catalogue
from producers.decide import Decision, decide, next_check
from producers.fetch import Answer, Failed, Fresh, Limited, Unchanged, Visit
from producers.parse import parse
from producers.publish import Publisher
from producers.said import Failure, ParsedFeed

SILENT = frozenset(("unreachable", "private address", "timed out", "tls"))


@dataclass(frozen=True, slots=True)
class Desk:
    """What every poll needs. `erased` gives the ids that must not be published."""

    settings: Fetch
    clock: Clock
    catalogue: Catalogue
    publisher: Publisher
    erased: Callable[[], Container[str]]


def poll(feed: Feed, before: FeedState | None, desk: Desk) -> Generator[Visit, Answer, FeedState]:
    """Fetch, parse, decide, fetch the pages, publish, and only then remember. Gives the feed's new state."""
    asked = fetch.conditional(before.etag, before.modified) if before else {}
    answer = yield Visit(feed.url, "feed", asked)
    now = desk.clock.now()
    result = fetch.judge(answer, now)
    before = before or FeedState(url=feed.url, status="", checked=now, next=now)
    if not isinstance(result, Fresh):
        state = _without_body(before, result, now, desk.settings.interval)
        desk.catalogue.remember(state)
        return state
    parsed = parse(result.body, result.url, result.content_type)
    if isinstance(parsed, Failure):
        state = _unreadable(before, parsed, now, desk.settings.interval)
        desk.catalogue.remember(state)
        return state
    decision = decide(parsed, desk.catalogue.seen(feed.url), feed, now, desk.erased())
    yield from _publish(decision, desk)
    state = _read(before, result, parsed, decision, now, desk.settings.interval)
    desk.catalogue.remember(state, decision.remember)
    return state


def _publish(decision: Decision, desk: Desk) -> Generator[Visit, Answer, None]:
    """Articles that are whole at once, then each of the others when its page has come."""
    waiting = [article for article in decision.articles if pages.needs_page(article, desk.settings.pages)]
    whole = {article.id for article in decision.articles} - {article.id for article in waiting}
    desk.publisher.publish([article for article in decision.articles if article.id in whole])
    silent: dict[str, Answer] = {}  # hosts that do not answer are not asked again in this poll
    for article in waiting:
        place = urls.place(article.url)
        answer = silent.get(place) or (yield Visit(article.url, "page", {}))
        if isinstance(answer, FetchError) and answer.reason in SILENT:
            silent[place] = answer
        complete, letter = pages.attach(article, answer)
        desk.publisher.publish([letter, complete] if letter else [complete])


def _without_body(before: FeedState, result: Unchanged | Limited | Failed, now: datetime, interval: float) -> FeedState:
    if isinstance(result, Unchanged):
        return replace(
            before,
            status="unchanged",
            detail="",
            checked=now,
            next=next_check(now, interval),
            failures=0,
            last_ok=now,
        )
    failures = before.failures + 1
    if isinstance(result, Limited):
        when = next_check(now, interval, failures, retry_after=result.retry_after)
        detail = f"asked to wait {result.retry_after:g} s"
    else:
        when, detail = next_check(now, interval, failures, gone=result.gone), result.detail
    return replace(before, status=result.reason, detail=detail, checked=now, next=when, failures=failures)


def _unreadable(before: FeedState, failure: Failure, now: datetime, interval: float) -> FeedState:
    """The validators are forgotten: a later 304 must not pass for health."""
    failures = before.failures + 1
    return replace(
        before,
        status=failure.reason,
        detail=failure.detail,
        checked=now,
        next=next_check(now, interval, failures),
        failures=failures,
        etag=None,
        modified=None,
    )


def _read(
    before: FeedState, fresh: Fresh, parsed: ParsedFeed, decision: Decision, now: datetime, interval: float
) -> FeedState:
    return FeedState(
        url=before.url,
        status="ok",
        checked=now,
        next=next_check(now, interval),
        detail=", ".join(f"{reason}: {count}" for reason, count in sorted(decision.dropped.items())),
        last_ok=now,
        last_new=now if decision.articles else before.last_new,
        etag=fresh.etag,
        modified=fresh.modified,
        title=parsed.title,
        seen=decision.seen,
        published=len(decision.articles),
        unchanged=decision.unchanged,
        dropped=sum(decision.dropped.values()),
    )
