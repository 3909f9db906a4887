"""One article from its address alone, for `newstide inspect`."""

from datetime import datetime

from newstide import urls
from newstide.errors import NewstideError
from newstide.http import FetchError
from newstide.records import RawArticle
from newstide.settings import Fetch
from producers import fetch
from producers.fetch import Request
from producers.pages import attach


def article_at(url: str, settings: Fetch, now: datetime) -> RawArticle:
    """The article whose page stands at `url`. Raises NewstideError with the reason when there is none."""
    outlet = urls.outlet(url, None)
    bare = RawArticle(id=urls.article_id(outlet, url), outlet=outlet, url=url, fetched=now)
    answer = fetch.get(fetch.client(settings), Request(url, "page", {}))
    if isinstance(answer, FetchError):
        raise NewstideError(f"{url}: {answer}")
    article, _ = attach(bare, answer)
    if article.page is None:
        raise NewstideError(f"{url}: {article.extra['page']}")
    return article
