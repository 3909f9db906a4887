"""One look at one feed, from the request to what is remembered: the producer's page to read first."""

from collections.abc import Callable, Container, Generator
from dataclasses import dataclass, replace
from datetime import datetime

from newstide import urls
from newstide.ports import Clock
from newstide.records import Feed, FeedState
from newstide.settings import Fetch
from producers import fetch, pages
from producers.catalogue import Catalogue
from producers.decide import Decision, decide, look_again, next_check
from producers.fetch import Answer, Failed, Fresh, Limited, Request, Unchanged
from producers.parse import parse
from producers.parsed import Failure, ParsedFeed
from producers.publish import Publisher

SILENT = frozenset(("unreachable", "private address", "timed out", "tls", "http 429"))
BUSY = frozenset(("http 429", "http 503"))
PAGES_WAIT = 3600.0  # seconds at most by which a page's Retry-After puts off the next look at the feed


@dataclass(frozen=True, slots=True)
class PollContext:
    """What every poll needs. `erased` gives the ids that must not be published."""

    settings: Fetch
    clock: Clock
    catalogue: Catalogue
    publisher: Publisher
    erased: Callable[[], Container[str]]


def poll(feed: Feed, before: FeedState | None, context: PollContext) -> Generator[Request, Answer, FeedState]:
    """Fetch, parse, decide, fetch the pages, publish, and only then remember. Gives the feed's new state."""
    asked = fetch.conditional(before.etag, before.modified) if before else {}
    answer = yield Request(feed.url, "feed", asked)
    now = context.clock.now()
    result = fetch.judge(answer, now, conditional=bool(asked))
    before = before or FeedState(url=feed.url, status="", checked=now, next=now)
    if not isinstance(result, Fresh):
        state = _without_body(before, result, now, context.settings.interval)
        context.catalogue.remember(state)
        return state
    parsed = parse(result.body, result.url, result.content_type)
    if isinstance(parsed, Failure):
        # The validators are forgotten: a later 304 must not pass for health.
        forgotten = replace(before, etag=None, modified=None)
        state = failed(forgotten, parsed.reason, parsed.detail, now, context.settings.interval)
        context.catalogue.remember(state)
        return state
    seen = context.catalogue.seen(feed.url)
    decision = decide(parsed, seen, feed, now, context.erased())
    busy = yield from _publish(decision, context)
    remember = look_again(decision.remember, seen, busy)
    state = _read(before, result, parsed, decision, now, context.settings.interval)
    if remember != decision.remember:
        state = _with_pages_to_come(state, len(busy), max(busy.values()), context.settings.interval)
    context.catalogue.remember(state, remember)
    return state


def _publish(decision: Decision, context: PollContext) -> Generator[Request, Answer, dict[str, float]]:
    """Articles that are whole at once, then each of the others when its page has come.

    Gives the ids of those whose page's host asks to wait, and for how many seconds.
    """
    waiting = [article for article in decision.articles if pages.needs_page(article, context.settings.pages)]
    whole = {article.id for article in decision.articles} - {article.id for article in waiting}
    context.publisher.publish([article for article in decision.articles if article.id in whole])
    silent: dict[str, Answer] = {}  # hosts that do not answer, or ask to wait, are not asked again in this poll
    busy: dict[str, float] = {}
    for article in waiting:
        place = urls.place(article.url)
        answer = silent.get(place) or (yield Request(article.url, "page", {}))
        result = fetch.judge(answer, context.clock.now())
        reason = getattr(result, "reason", "")
        if reason in SILENT or isinstance(result, Limited):
            silent[place] = answer
        if reason in BUSY:
            busy[article.id] = getattr(result, "retry_after", 0.0)
        complete, letter = pages.attach(article, answer)
        context.publisher.publish([letter, complete] if letter else [complete])
    return busy


def _with_pages_to_come(state: FeedState, count: int, wait: float, interval: float) -> FeedState:
    """The validators are forgotten: a 304 would hide the items whose pages are to be asked for again."""
    when = next_check(state.checked, interval, retry_after=min(wait, PAGES_WAIT))
    detail = ", ".join(filter(None, (state.detail, f"pages to come: {count}")))
    return replace(state, next=when, detail=detail, etag=None, modified=None)


def _moved(result: Fresh | Unchanged) -> str:
    return f"moved to {result.url}" if result.moved else ""


def _without_body(before: FeedState, result: Unchanged | Limited | Failed, now: datetime, interval: float) -> FeedState:
    if isinstance(result, Unchanged):
        when = next_check(now, interval)
        detail = _moved(result)
        return replace(before, status="unchanged", detail=detail, checked=now, next=when, failures=0, last_ok=now)
    if isinstance(result, Limited):
        detail = f"asked to wait {result.retry_after:g} s"
        return failed(before, result.reason, detail, now, interval, retry_after=result.retry_after)
    return failed(before, result.reason, result.detail, now, interval, gone=result.gone)


def failed(
    before: FeedState,
    status: str,
    detail: str,
    now: datetime,
    interval: float,
    *,
    retry_after: float = 0.0,
    gone: bool = False,
) -> FeedState:
    """The state after one more failure."""
    failures = before.failures + 1
    when = next_check(now, interval, failures, retry_after=retry_after, gone=gone)
    return replace(before, status=status, detail=detail, checked=now, next=when, failures=failures)


def _read(
    before: FeedState, fresh: Fresh, parsed: ParsedFeed, decision: Decision, now: datetime, interval: float
) -> FeedState:
    """Of a feed that came without its end the validators are not kept: the rest is in no 304."""
    told = [_moved(fresh), "cut off before its end" if parsed.torn else ""]
    told += [f"{reason}: {count}" for reason, count in sorted(decision.dropped.items())]
    return FeedState(
        url=before.url,
        status="ok",
        checked=now,
        next=next_check(now, interval),
        detail=", ".join(filter(None, told)),
        last_ok=now,
        last_new=now if decision.articles else before.last_new,
        etag=None if parsed.torn else fresh.etag,
        modified=None if parsed.torn else fresh.modified,
        title=parsed.title,
        seen=decision.seen,
        published=len(decision.articles),
        unchanged=decision.unchanged,
        dropped=sum(decision.dropped.values()),
    )
