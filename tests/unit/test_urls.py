from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newstide import urls
from newstide.urls import article_id, domain, host, normalise, outlet


@pytest.mark.parametrize(
    ("given", "form"),
    [
        ("HTTP://News.Example:80/A?b=1#top", "http://news.example/A?b=1"),
        ("https://news.example/#!/article/7", "https://news.example/#!/article/7"),
        ("https://news.example/#/article/7", "https://news.example/#/article/7"),
        ("https://news.example/#!", "https://news.example/"),
        ("https://news.example:443", "https://news.example/"),
        ("https://news.example:8443/a", "https://news.example:8443/a"),
        ("http://news.example:443/a", "http://news.example:443/a"),
        ("https://news.example/a?utm_source=x&id=7&fbclid=y&UTM_Medium=z&page=2", "https://news.example/a?id=7&page=2"),
        ("https://news.example/a?z=1&a=2&gclid=3", "https://news.example/a?z=1&a=2"),
        ("https://news.example/a?utm_campaign=only", "https://news.example/a"),
        ("https://user:word@news.example./a", "https://news.example/a"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/ä"),
        ("http://[2001:DB8::1]:80/a", "http://[2001:db8::1]/a"),
        ("  https://news.example/a\n", "https://news.example/a"),
        ("tag:news.example,2026:1", "tag:news.example,2026:1"),
        ("http://[broken/a", "http://[broken/a"),
        ("", ""),
    ],
)
def test_normalise(given: str, form: str):
    assert normalise(given) == form


@given(st.text() | st.from_regex(r"https?://[\w.:@\[\]]+/[\w?&=#%!/]*", fullmatch=True))
def test_normalise_is_idempotent_and_takes_anything(url: str):
    assert normalise(normalise(url)) == normalise(url)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.news.co.uk/a", "news.co.uk"),
        ("https://a.b.news.com.tr:8080/", "news.com.tr"),
        ("https://someone.github.io/", "someone.github.io"),
        ("http://127.0.0.1:8990/a", None),
        ("http://[::1]/", None),
        ("http://2130706433/", None),
        ("http://localhost:80/", None),
        ("http://feeds.localhost/", None),
        ("file:///a.html", None),
        ("", None),
    ],
)
def test_domain(url: str, name: str | None):
    assert domain(url) == name


def test_outlet_by_catalogue_then_domain_then_feed_then_host():
    assert outlet("https://www.news.example/a", "http://127.0.0.1/f", "The News") == "The News"
    assert outlet("https://www.news.example/a", "http://127.0.0.1/f") == "news.example"
    assert outlet("http://127.0.0.1:1/a", "http://127.0.0.1:1/f") == "http://127.0.0.1:1/f"
    assert outlet("http://127.0.0.1:1/a", None) == "127.0.0.1"


def test_host():
    assert host("HTTP://News.Example:80/") == "news.example"
    assert host("nothing") == ""


def test_the_id_ignores_tracking_and_holds_the_outlet():
    one = article_id("o", "https://news.example/a?utm_source=feed#x")
    assert one == article_id("o", "HTTPS://news.example/a", guid="other", title="other")
    assert len(one) == 20
    assert int(one, 16) >= 0
    assert one != article_id("p", "https://news.example/a")


def test_an_item_without_a_link_has_its_guid_else_title_and_time():
    at = datetime(2026, 1, 2, 3, tzinfo=UTC)
    assert article_id("o", "", "g", "t") == article_id("o", " ", "g", "another", at)
    assert article_id("o", "", None, "t", at) == article_id(
        "o", "", "", "t", at.astimezone(timezone(timedelta(hours=3)))
    )
    ids = {
        article_id("o", "", "g"),
        article_id("o", "", "", "g"),
        article_id("o", "", "", "g", at),
        article_id("o", "g"),
    }
    assert len(ids) == 4


@pytest.mark.parametrize(
    "other",
    [
        "https://m.daily.example.com/news/bridge",
        "https://amp.daily.example.com/news/bridge",
        "https://daily.example.com/news/bridge/amp/",
        "https://daily.example.com/news/bridge/amp",
        "https://daily.example.com/amp/news/bridge",
        "https://daily.example.com/news/bridge?amp=1",
        "https://daily.example.com/news/bridge?outputType=amp",
        "https://daily.example.com/news/bridge?print=true",
        "https://daily.example.com/news/bridge/print",
        "https://daily.example.com/news/bridge?view=print&utm_source=feed",
        "https://daily.example.com/news/bridge?ref=rss#top",
        "https://daily.example.com/news/bridge?partner=yahoo_news",
    ],
)
def test_other_editions_of_an_article_have_its_id(other: str) -> None:
    assert urls.article_id("daily", other) == urls.article_id("daily", "https://daily.example.com/news/bridge")


@pytest.mark.parametrize(
    "other",
    [
        "https://daily.example.com/news/bridge?view=2",
        "https://daily.example.com/news/bridge?source=council",
        "https://daily.example.com/amplifiers",
        "https://daily.example.com/news/amp-station",
        "https://m.com/news/bridge",
        "https://daily.example.com/mobile",
    ],
)
def test_what_only_looks_like_an_edition_is_another_article(other: str) -> None:
    plain = ("https://daily.example.com/news/bridge", "https://daily.example.com/", "https://com/news/bridge")
    assert urls.article_id("daily", other) not in {urls.article_id("daily", url) for url in plain}
