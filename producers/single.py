"""One article or one feed from its address alone, for `newstide inspect` and `newstide feeds check`."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from newstide import urls
from newstide.errors import NewstideError
from newstide.http import FetchError
from newstide.ports import Clock
from newstide.records import Feed, RawArticle
from newstide.settings import Fetch
from producers import fetch
from producers.catalogue import address
from producers.fetch import Fresh, Request
from producers.pages import attach
from producers.parse import parse
from producers.parsed import ParsedFeed


def outlets_at(url: str, feeds: Iterable[Feed]) -> list[str]:
    """Whose article one at `url` may be: what the feeds of its site make its outlet; without any, what its address says."""
    site = urls.domain(url) or urls.host(url)
    named = [urls.outlet(url, f.url, f.outlet) for f in feeds if (urls.domain(f.url) or urls.host(f.url)) == site]
    return list(dict.fromkeys(named)) or [urls.outlet(url, None)]


def article_at(url: str, outlet: str, settings: Fetch, now: datetime) -> RawArticle:
    """The article whose page stands at `url`. Raises NewstideError with the reason when there is none."""
    bare = RawArticle(id=urls.article_id(outlet, url), outlet=outlet, url=url, fetched=now)
    answer = fetch.get(fetch.client(settings), Request(url, "page", {}))
    if isinstance(answer, FetchError):
        raise NewstideError(f"{url}: {answer}")
    article, _ = attach(bare, answer)
    if article.page is None:
        raise NewstideError(f"{url}: {article.extra['page']}")
    return article


@dataclass(frozen=True, slots=True)
class Checked:
    """A feed as a person would check it: `status` is `ok` or the reason why it cannot be read."""

    url: str
    status: str
    detail: str = ""
    title: str = ""
    language: str = ""
    items: int = 0
    newest: datetime | None = None
    seconds: float = 0.0


def feed_at(url: str, settings: Fetch, clock: Clock) -> Checked:
    """Look at one feed, in the catalogue or not; nothing is published or remembered."""
    begun = time.monotonic()
    result = fetch.judge(fetch.get(fetch.client(settings), Request(address(url), "feed", {})), clock.now())
    found = parse(result.body, result.url, result.content_type) if isinstance(result, Fresh) else result
    seconds = time.monotonic() - begun
    if not isinstance(found, ParsedFeed):
        return Checked(url, getattr(found, "reason", "unchanged"), getattr(found, "detail", ""), seconds=seconds)
    newest = max((item.published for item in found.items if item.published), default=None)
    items = len(found.items) + found.cut
    return Checked(url, "ok", "", found.title, found.language, items, newest, seconds)
