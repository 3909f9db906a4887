import hashlib
import os
from dataclasses import replace

import pytest

from newstide.http import FetchError, Response
from newstide.records import Ended, RawArticle, decode, unpack
from producers.discover import discover
from producers.pages import attach, needs_page
from producers.publish import message

PAGE = b"<html><body><p>The whole article</p></body></html>"


@pytest.fixture
def article(now) -> RawArticle:
    return RawArticle(
        id="a" * 20, outlet="o", url="https://harbour.example/1", fetched=now, text="short", extra={"k": 1}
    )


def answer(body: bytes = PAGE, kind: str = "text/html; charset=utf-8", status: int = 200) -> Response:
    return Response(status, {"content-type": kind} if kind else {}, body, "https://harbour.example/1")


def test_which_articles_need_their_page(article):
    assert needs_page(article, enabled=True)
    assert needs_page(replace(article, text=None), enabled=True)
    assert not needs_page(article, enabled=False)
    assert not needs_page(replace(article, text="x" * 1000), enabled=True)
    assert not needs_page(replace(article, url=""), enabled=True)


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/xhtml+xml", "", "Text/HTML"])
def test_a_page_is_packed_with_its_type(article, kind: str):
    whole, letter = attach(article, answer(kind=kind))
    assert (unpack(whole.page or ""), whole.page_type, whole.text, whole.extra, letter) == (
        PAGE,
        kind,
        "short",
        {"k": 1},
        None,
    )


def test_a_page_comes_with_the_time_of_its_last_change(article):
    served = replace(answer(), headers={"content-type": "text/html", "last-modified": "Mon, 02 Mar 2026 08:00:00 GMT"})
    assert attach(article, served)[0].page_modified == "Mon, 02 Mar 2026 08:00:00 GMT"
    assert attach(article, answer())[0].page_modified is None


@pytest.mark.parametrize(
    ("came", "reason"),
    [
        (FetchError("timed out"), "timed out"),
        (answer(status=404), "http 404"),
        (answer(b"%PDF-1.7", "application/pdf"), "not html: application/pdf"),
        (answer(b"\x89PNG", ""), "not html: unknown"),
    ],
)
def test_without_its_page_the_article_goes_on_with_the_reason(article, came, reason: str):
    assert attach(article, came) == (replace(article, extra={"k": 1, "page": reason}), None)


def test_a_page_too_large_is_a_dead_letter_and_the_article_goes_on(article):
    body = os.urandom(1_100_000)
    kept, letter = attach(article, answer(body))
    assert kept == replace(article, extra={"k": 1, "page": "page too large"})
    assert isinstance(letter, Ended)
    assert (letter.kind, letter.stage, letter.reason, letter.id) == ("dead", "produce", "page too large", article.id)
    assert (letter.size, letter.sha256) == (len(body), hashlib.sha256(body).hexdigest())
    assert unpack(letter.body) == body[:65536]


def test_an_article_too_large_is_a_dead_letter(article):
    assert message(article).topic == "articles.raw"
    large = message(replace(article, text="word " * 300_000))
    assert (large.topic, large.key) == ("articles.dead", article.id)
    assert decode(large.value or b"", Ended).reason == "article too large"
    assert len(large.value or b"") < 1_048_576


def test_discover():
    page = b"""<html><head><base href="/news/"><link rel="alternate" type="application/rss+xml" href="rss.xml">
    <LINK REL="Alternate Home" TYPE="application/atom+xml; charset=x" HREF="https://b.example/atom">
    <link rel="alternate" hreflang="tr" type="text/html" href="/tr"><link rel="stylesheet" href="a.css">
    <link rel="alternate" type="application/rss+xml" href="rss.xml"><link rel="alternate" type="application/rss+xml">
    <link rel="alternate" type="application/rss+xml" href="javascript:1">"""
    assert discover(page, "https://a.example/x/y") == ["https://a.example/news/rss.xml", "https://b.example/atom"]
    assert discover(b"", "https://a.example/") == discover(b"\x00\xff", "https://a.example/") == []
