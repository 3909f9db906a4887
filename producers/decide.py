"""What of a feed is new, and when to look again. Pure: what it needs to know is in its arguments."""

import hashlib
from collections import Counter
from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from newstide import urls
from newstide.records import Feed, FeedSeen, RawArticle
from producers.parsed import Item, ParsedFeed
from producers.plain import plain

LOOKS = 4  # at an item whose page's host asks to wait; then it stays without its page
REMEMBERED = 1000  # items of one feed at least; items that leave a listing and return are not new
DAY = 86_400.0
WEEK = 7 * DAY


@dataclass(frozen=True, slots=True)
class Decision:
    """What to publish, oldest first, and what to remember then.

    `seen` items = `articles` + `unchanged` + the sum of `dropped` (reason → how many).
    """

    articles: tuple[RawArticle, ...]
    remember: FeedSeen
    seen: int
    unchanged: int
    dropped: Mapping[str, int]


def decide(parsed: ParsedFeed, seen: FeedSeen, feed: Feed, fetched: datetime, erased: Container[str] = ()) -> Decision:
    """The new and changed items of a feed, as articles without pages.

    Dropped: `no identity` (neither link nor guid nor title), `repeated` (the same id again in one listing: the newest counts),
    `erased` (its id is in `erased`), `over the limit` (more items than one poll takes).
    """
    dropped = Counter({"over the limit": parsed.cut} if parsed.cut else {})
    listed: dict[str, Item] = {}
    for item in parsed.items:
        key = identity(item, feed)
        if reason := _drop(item, key, listed, erased):
            dropped[reason] += 1
        if reason in {"", "repeated"} and _is_newer(item, listed.get(key)):
            listed[key] = item
    articles: list[RawArticle] = []
    current: dict[str, str] = {}
    unchanged = 0
    for key, item in reversed(listed.items()):  # feeds list the newest first
        current[key] = fingerprint(item)
        if seen.items.get(key) == current[key]:
            unchanged += 1
        else:
            articles.append(_article(item, key, parsed, feed, fetched))
    total = len(parsed.items) + parsed.cut
    return Decision(tuple(articles), _remember(seen, current), total, unchanged, dict(dropped))


def identity(item: Item, feed: Feed) -> str:
    """The article's id, as docs/reference/article.md tells."""
    outlet = urls.outlet(item.link, feed.url, feed.outlet)
    return urls.article_id(outlet, item.link, item.guid, item.title, item.published)


def fingerprint(item: Item) -> str:
    """16 hex characters over what the feed said of the article."""
    said = (item.title, item.summary, item.content, item.author, str(item.published))
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:16]


def next_check(
    now: datetime, interval: float, failures: int = 0, *, retry_after: float = 0.0, gone: bool = False
) -> datetime:
    """When to look again: after the interval, doubled with every failure after the first up to a day.

    `retry_after` seconds are kept where that is longer; a feed that is gone is looked at once a week.
    """
    wait = interval if failures == 0 else max(interval, min(interval * 2.0 ** min(failures - 1, 30), DAY))
    return now + timedelta(seconds=max(wait, retry_after, WEEK if gone else 0.0))


def look_again(remember: FeedSeen, seen: FeedSeen, ids: Collection[str]) -> FeedSeen:
    """What to remember so that the items of `ids` come again at the next look, as changed ones, up to LOOKS times in all.

    `seen` is what was remembered before this look: a `?` after an item's hash counts a look.
    """
    items = dict(remember.items)
    for key in ids:
        before = seen.items.get(key, "")
        looks = 1 + (before.count("?") if before.startswith(items[key]) else 0)
        items[key] += "?" * looks if looks < LOOKS else ""
    return FeedSeen(url=remember.url, items=items)


def _drop(item: Item, key: str, listed: Container[str], erased: Container[str]) -> str:
    if not (item.link or item.guid or item.title):
        return "no identity"
    if key in erased:
        return "erased"
    return "repeated" if key in listed else ""


def _is_newer(item: Item, other: Item | None) -> bool:
    """Whether the item is to be taken for what another of its listing says; without times the first listed is the newest."""
    if other is None:
        return True
    return bool(item.published and other.published and item.published > other.published)


def _article(item: Item, key: str, parsed: ParsedFeed, feed: Feed, fetched: datetime) -> RawArticle:
    return RawArticle(
        id=key,
        outlet=urls.outlet(item.link, feed.url, feed.outlet),
        url=item.link,
        fetched=fetched,
        title=item.title,
        author=item.author,
        published=item.published,
        language=item.language or feed.language or parsed.language,
        feed=feed.url,
        text=max(plain(item.content), plain(item.summary), key=len) or None,
        sections=item.sections,
    )


def _remember(seen: FeedSeen, current: dict[str, str]) -> FeedSeen:
    """The current items after the earlier ones, which are kept up to twice the listing or REMEMBERED in all."""
    earlier = [(key, value) for key, value in seen.items.items() if key not in current]
    room = max(2 * len(current), REMEMBERED) - len(current)
    return FeedSeen(url=seen.url, items={**dict(earlier[-room:] if room else []), **current})
