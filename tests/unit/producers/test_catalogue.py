from dataclasses import replace

import pytest

from newstide.errors import UsageError
from newstide.records import Feed, FeedSeen, FeedState
from producers.catalogue import Catalogue
from producers.lists import read_list, read_opml, read_toml, write_opml
from tests.fakes import MemoryLog


def test_add_change_and_remove(feed, now):
    log = MemoryLog()
    catalogue = Catalogue(log)
    assert catalogue.moved()
    catalogue.add(feed)
    catalogue.add(replace(feed, title="Changed"))
    catalogue.add(Feed(url="https://island.example/feed", added=now))
    assert [(f.url, f.title) for f in catalogue.feeds()] == [(feed.url, "Changed"), ("https://island.example/feed", "")]
    assert next(iter(log.latest("feeds"))) == f"harbour.example {feed.url}"
    assert (catalogue.moved(), catalogue.moved()) == (True, False)
    assert catalogue.remove(feed.url)
    assert not catalogue.remove(feed.url)
    assert [f.url for f in Catalogue(log).feeds()] == ["https://island.example/feed"]
    assert catalogue.moved()


@pytest.mark.parametrize(
    "url",
    ["", "harbour.example/feed", "file:///etc/passwd", "http://", "http://[x", "http://a b/", "http://u:p@h.example/f"],
)
def test_what_is_no_web_address_is_not_added(url: str, feed):
    with pytest.raises(UsageError, match="http"):
        Catalogue(MemoryLog()).add(replace(feed, url=url))


def test_a_host_has_no_case(feed, now):
    catalogue = Catalogue(MemoryLog())
    for url in ("HTTPS://Island.Example/Feed", "https://island.example/Feed"):
        catalogue.add(Feed(url=url, added=now))
    assert [f.url for f in catalogue.feeds()] == ["https://island.example/Feed"]
    assert catalogue.remove("https://ISLAND.example/Feed")


def test_a_file_that_is_no_list_is_told_in_one_sentence(now):
    assert read_opml(b"root:x:0:0:root:/root:/bin/sh\n", now).problems == ("not OPML: it has no outline",)


def test_what_is_refused_is_named_as_it_was_written(feed):
    with pytest.raises(UsageError, match=r"'Example\.com/Feed'"):
        Catalogue(MemoryLog()).add(replace(feed, url="Example.com/Feed"))


@pytest.mark.parametrize(
    "url", ["feed://h.example/f", "HTTP://h.example/f#top", "feed:http://h.example/f", "http://h.example:80/f"]
)
def test_one_address_is_one_feed_however_it_is_written(url: str, feed):
    catalogue = Catalogue(MemoryLog())
    catalogue.add(replace(feed, url=url))
    assert [one.url for one in catalogue.feeds()] == ["http://h.example/f"]
    assert catalogue.remove(url)


def test_what_is_remembered_is_there_after_a_restart_and_gone_after_removal(feed, now):
    log = MemoryLog()
    catalogue = Catalogue(log)
    catalogue.add(feed)
    state = FeedState(url=feed.url, status="ok", checked=now, next=now)
    assert catalogue.seen(feed.url).items == {}
    catalogue.remember(state, FeedSeen(url=feed.url, items={"a": "1"}))
    catalogue.remember(state, FeedSeen(url=feed.url, items={"a": "1"}))
    for known in (catalogue, Catalogue(log)):
        assert known.seen(feed.url).items == {"a": "1"}
        assert known.states() == {feed.url: state}
    assert sum(extent.end for extent in log.extents("feeds.seen").values()) == 1
    catalogue.remove(feed.url)
    assert (catalogue.seen(feed.url).items, catalogue.states()) == ({}, {})


def test_opml_comes_back_as_it_went_out(feed, now):
    feeds = [
        Feed(url="https://a.example/f?x=1&y=2", added=now, title='Tea & "Salt" <1>', group="Coast"),
        Feed(url="https://b.example/f", added=now, language="tr", outlet="B", group="Coast"),
        feed,
    ]
    back = read_opml(write_opml(feeds), now)
    assert back.problems == ()
    assert sorted(back.feeds, key=lambda f: f.url) == feeds


def test_opml_nested_odd_and_broken(now):
    found = read_opml(
        b"""\n<?xml version="1.0"?><OPML version="1.0"><head/><body>
        <outline text="Sea"><outline title="North"><outline text="A" XMLURL="https://a.example/f"/></outline>
        <outline text="B" type="rss" xmlUrl="feed://b.example/f"/></outline>
        <outline text="C" xmlUrl="ftp://c.example/f"/>
        <outline text="D" htmlUrl="https://d.example/"/>
        <outline text="A again" xmlUrl="https://a.example/f"/>
        <outline text="Tea & Salt" xmlUrl="https://e.example/f"/></body>""",
        now,
    )
    assert [(f.url, f.group) for f in found.feeds] == [
        ("https://a.example/f", "North"),
        ("http://b.example/f", "Sea"),
        ("https://e.example/f", ""),
    ]
    problems = "\n".join(found.problems)
    for named in ("line 5: 'ftp://c.example/f'", "line 6: outline 'D'", "more than once", "line 8: "):
        assert named in problems
    assert len(found.problems) == 4


@pytest.mark.parametrize("body", [b"", b"no xml", b"<html><body>x</body></html>", b"\x00\xff", b"<opml/>"])
def test_what_is_no_opml_says_so(body: bytes, now):
    found = read_opml(body, now)
    assert found.feeds == ()
    assert found.problems


def test_opml_entities_are_not_opened(now, tmp_path):
    (tmp_path / "secret").write_text("secret")
    doctype = f'<!DOCTYPE o [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>'.encode()
    found = read_opml(doctype + b'<opml><outline text="&x;" xmlUrl="https://a.example/">&x;</outline></opml>', now)
    assert "secret" not in repr(found.feeds)


def test_toml(now):
    found = read_list(
        b"""
        [[feed]]
        url = "https://a.example/f"
        title = "A"
        group = "Coast"
        [[feed]]
        url = "nowhere"
        [[feed]]
        url = "https://b.example/f"
        colour = "red"
        [[feed]]
        url = "https://c.example/f"
        title = 3
        """,
        "feeds.toml",
        now,
    )
    assert found.feeds == (Feed(url="https://a.example/f", added=now, title="A", group="Coast"),)
    assert [problem.split(":")[0] for problem in found.problems] == ["feed 2", "feed 3", "feed 4"]
    assert read_toml(b"[[feed]", now).problems[0].startswith("not TOML")
    assert read_toml(b"[other]\nx = 1", now).problems == ("other: no such table; feeds are [[feed]]",)
