"""The catalogue of feeds and what is remembered of each, kept in the log's compacted topics.

Keys are `"host url"`, so that one host lives on one partition and has one producer.
"""

import re
import threading
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from newstide import urls
from newstide.errors import UsageError
from newstide.paging import pages
from newstide.ports import Extent, Log, Message
from newstide.records import Feed, FeedSeen, FeedState, decode, encode
from newstide.topics import FEED_SEEN, FEED_STATE, FEEDS

ADDRESS = "expected http(s)://host/…, without a user or password"
AT_ONCE = 100  # records of items seen, of up to some 100 KB each


class Catalogue:
    """Safe to share between threads. One process polls a feed, so what it remembered needs no second look until `forget`.

    What was seen is read a partition at a time: it is much, and a producer has a share of the feeds.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._lock = threading.Lock()
        self._seen: dict[int, dict[str, bytes]] = {}  # by partition
        self._extents: dict[int, Extent] | None = None

    def add(self, feed: Feed) -> None:
        """Add a feed, or change the one with its URL. Raises UsageError where the URL is no web address."""
        feed = replace(feed, url=address(feed.url))
        if not is_web_address(feed.url):
            raise UsageError(f"{feed.url!r}: {ADDRESS}")
        self.add_all([feed])

    def add_all(self, feeds: Sequence[Feed]) -> None:
        """Add feeds whose URLs are known to be web addresses."""
        if feeds:
            self._log.produce([Message(FEEDS.name, key(feed.url), encode(feed)) for feed in feeds])

    def remove(self, url: str) -> bool:
        """Forget a feed and its state; False where there is none."""
        listed = self._log.latest(FEEDS.name)
        url = url if key(url) in listed else address(url)
        if key(url) not in listed:
            return False
        self.clear(url)
        self._log.produce([Message(FEEDS.name, key(url), None)])
        return True

    def clear(self, url: str) -> None:
        """Forget the state of a feed that was removed, also where a poll has written it since."""
        name = key(url)
        self._log.produce([Message(topic.name, name, None) for topic in (FEED_STATE, FEED_SEEN)])
        with self._lock:
            self._seen.get(FEED_SEEN.partition(name), {}).pop(name, None)

    def feeds(self) -> list[Feed]:
        """All feeds, in the order of their being added."""
        found = [decode(value, Feed) for value in self._log.latest(FEEDS.name).values()]
        return sorted(found, key=lambda feed: (feed.added, feed.url))

    def moved(self) -> bool:
        """Whether feeds were added, changed or removed since the last call. True the first time."""
        extents = self._log.extents(FEEDS.name)
        before, self._extents = self._extents, extents
        return extents != before

    def states(self) -> dict[str, FeedState]:
        """The state of each feed that was looked at, by URL."""
        found = (decode(value, FeedState) for value in self._log.latest(FEED_STATE.name).values())
        return {state.url: state for state in found}

    def seen(self, url: str) -> FeedSeen:
        """The items met in this feed before."""
        name = key(url)
        partition = FEED_SEEN.partition(name)
        with self._lock:
            if partition not in self._seen:
                self._seen[partition] = self._read_seen(partition)
            value = self._seen[partition].get(name)
        return decode(value, FeedSeen) if value else FeedSeen(url=url, items={})

    def forget(self) -> None:
        """Read what was remembered of the feeds again when it is next asked for."""
        with self._lock:
            self._seen = {}

    def remember(self, state: FeedState, seen: FeedSeen | None = None) -> None:
        """Write what a poll came to, after its articles were published."""
        name = key(state.url)
        messages = [Message(FEED_STATE.name, name, encode(state))]
        value = encode(seen) if seen else b""
        with self._lock:
            if seen and self._seen.get(FEED_SEEN.partition(name), {}).get(name) != value:
                messages.append(Message(FEED_SEEN.name, name, value))
        self._log.produce(messages)
        with self._lock:
            if seen and (known := self._seen.get(FEED_SEEN.partition(name))) is not None:
                known[name] = value

    def _read_seen(self, partition: int) -> dict[str, bytes]:
        found: dict[str, bytes | None] = {}
        extent = self._log.extents(FEED_SEEN.name)[partition]
        for page in pages(self._log, FEED_SEEN.name, partition, extent.first, extent.end, AT_ONCE):
            found |= {record.key: record.value for record in page}
        return {name: value for name, value in found.items() if value is not None}


def key(url: str) -> str:
    """The key of a feed in the log."""
    return f"{urls.host(url)} {url}"


def address(url: str) -> str:
    """Where a feed lives, of what people write: `feed:` before it is a browser's notation, a fragment asks for nothing else, and
    scheme and host have no case.
    """
    if url[:5].lower() == "feed:":
        url = url[5:].removeprefix("//")
        url = url if url.lower().startswith(("http://", "https://")) else f"http://{url}"
    url = url.partition("#")[0].strip()
    scheme, colon, rest = url.partition(":")
    host = re.match(r"//[^/?#]*", rest)
    if not host:
        return url
    usual = {"http": ":80", "https": ":443"}.get(scheme.lower(), "")
    return scheme.lower() + colon + host[0].lower().removesuffix(usual) + rest[host.end() :]


def is_web_address(url: str) -> bool:
    """Whether a feed can live there: http or https, with a host, without white space. None with a user: nothing would be sent of it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and "@" not in parts.netloc
        and bool(urls.host(url))
        and not any(c.isspace() for c in url)
    )
