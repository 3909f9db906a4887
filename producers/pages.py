"""The article's page: which articles need it, and how it is attached. Pure."""

from dataclasses import replace
from typing import Literal

from newstide.brokers import LARGEST_PAGE
from newstide.deadletter import bury
from newstide.http import FetchError
from newstide.records import Ended, RawArticle, pack
from producers.fetch import Answer

SHORT = 1000  # characters; a feed's text below this is a summary more often than the article
HTML = ("text/html", "application/xhtml+xml")


def needs_page(article: RawArticle, enabled: bool) -> bool:
    """Whether the page should be fetched: the feed has a summary at most, and a link to the web."""
    short = len(article.text or "") < SHORT
    return enabled and short and article.url.startswith(("http://", "https://"))


def attach(article: RawArticle, answer: Answer) -> tuple[RawArticle, Ended | None]:
    """The article with its page, or without and why in `extra["page"]`; and the dead letter of a page too large."""
    if isinstance(answer, FetchError):
        return without(article, answer.reason), None
    kind = answer.headers.get("content-type", "")
    if answer.status != 200:
        return without(article, f"http {answer.status}"), None
    if not _is_html(kind, answer.body):
        return without(article, f"not html: {kind.partition(';')[0].strip() or 'unknown'}"), None
    dated = replace(article, page_modified=answer.headers.get("last-modified"))
    return with_page(dated, answer.body, kind, "produce", answer.url)


def with_page(
    article: RawArticle, body: bytes, kind: str, stage: Literal["produce", "ingest"], source: str
) -> tuple[RawArticle, Ended | None]:
    """The article with these bytes as its page, unless they are too large even when compressed."""
    packed = pack(body)
    if len(packed) <= LARGEST_PAGE:
        return replace(article, page=packed, page_type=kind), None
    detail = f"{len(packed)} characters packed, at most {LARGEST_PAGE}"
    letter = bury(
        body,
        kind="dead",
        stage=stage,
        reason="page too large",
        at=article.fetched,
        detail=detail,
        id=article.id,
        source=source,
    )
    return without(replace(article, page_modified=None), "page too large"), letter


def without(article: RawArticle, reason: str) -> RawArticle:
    """The article as the feed has it, with the reason why its page is missing."""
    return replace(article, extra={**article.extra, "page": reason})


def _is_html(kind: str, body: bytes) -> bool:
    name = kind.partition(";")[0].strip().lower()
    return name in HTML or (not name and body[:512].lstrip().startswith(b"<"))
