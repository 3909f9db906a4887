"""The producer's rounds from end to end: real requests on loopback, the whole log in memory."""

import os
import threading
import time

from newstide.clock import ManualClock
from newstide.ports import Message
from newstide.records import Ended, Erased, encode, unpack
from producers.catalogue import Catalogue
from producers.decide import LOOKS
from producers.service import Producer, Summary
from tests.fakes import MemoryLog
from tests.service import free_port
from tests.unit.producers.conftest import NOW
from tests.unit.producers.loopback import Loopback, ok, serve
from tests.unit.producers.producing import added, articles, once, settings, written
from tests.unit.producers.samples import item, rss


def test_a_feed_becomes_articles_and_a_state(site):
    log = MemoryLog()
    site.pages["/feed"] = ok(rss(item(1), item(2)), "application/rss+xml", ETag='"v1"')
    catalogue = added(log, f"{site.base}/feed")
    assert once(log, settings(site)) == Summary(feeds=1, published=2)
    assert {article.title for article in articles(log)} == {"Ferry news 1", "Ferry news 2"}
    state = catalogue.states()[f"{site.base}/feed"]
    assert (state.status, state.title, state.etag, state.failures) == ("ok", "Harbour Post", '"v1"', 0)
    assert (state.seen, state.published, state.last_new) == (2, 2, state.checked)


def test_a_second_look_is_conditional_and_a_change_is_published_under_the_same_id(site):
    log = MemoryLog()
    url = f"{site.base}/feed"

    def page(handler):
        tag = f'"{hash(body[0])}"'
        return (304, {}, b"") if handler.headers["If-None-Match"] == tag else ok(body[0], ETag=tag)

    body = [rss(item(1))]
    site.pages["/feed"] = page
    catalogue = added(log, url)
    once(log, settings(site))
    assert once(log, settings(site)) == Summary(feeds=1)
    assert catalogue.states()[url].status == "unchanged"
    body[0] = rss(item(1, title="Corrected"), item(2))
    assert once(log, settings(site)) == Summary(feeds=1, published=2)
    body[0] = rss(item(1, title="Corrected"), item(2), item(3))
    assert once(log, settings(site)) == Summary(feeds=1, published=1, unchanged=2)
    assert len({article.id for article in articles(log)}) == 3


def test_what_the_producer_forgot_is_published_again_under_the_same_ids(site):
    site.pages["/feed"] = ok(rss(item(1), item(2)))
    logs = MemoryLog(), MemoryLog()
    for log in logs:
        added(log, f"{site.base}/feed")
        once(log, settings(site))
    assert {article.id for article in articles(logs[0])} == {article.id for article in articles(logs[1])}


def test_every_feed_ends_as_articles_or_with_its_reason(site):
    log = MemoryLog()
    site.pages |= {
        "/good": ok(rss(item(1))),
        "/html": ok(b"<html><body>Sign in</body></html>"),
        "/nothing": ok(b""),
        "/gone": (410, {}, b""),
        "/busy": (503, {"Retry-After": "7000"}, b""),
        "/loop": (302, {"Location": "/loop"}, b""),
        "/inward": (302, {"Location": f"http://127.0.0.1:{free_port()}/"}, b""),
        "/slow": lambda _: time.sleep(3),
    }
    names = ("good", "html", "nothing", "gone", "busy", "loop", "inward", "slow", "missing")
    private = "http://169.254.169.254/feed"
    catalogue = added(log, *(f"{site.base}/{name}" for name in names), private)
    summary = once(log, settings(site, timeout=1.0))
    assert summary == Summary(feeds=10, published=1, failed=9)
    states = {url.rpartition("/")[2]: state for url, state in catalogue.states().items() if url != private}
    assert {name: states[name].status for name in names} == {
        "good": "ok", "html": "html, not a feed", "nothing": "empty", "gone": "http 410", "busy": "http 503",
        "loop": "redirect loop", "inward": "private address", "slow": "timed out", "missing": "http 404",
    }  # fmt: skip
    assert catalogue.states()[private].status == "private address"
    waits = {name: (states[name].next - states[name].checked).total_seconds() for name in names}
    assert (waits["good"], waits["missing"], waits["busy"], waits["gone"]) == (10, 10, 7000, 7 * 86_400)
    assert once(log, settings(site, timeout=1.0)).failed == 9
    assert catalogue.states()[f"{site.base}/missing"].failures == 2


def test_a_feed_that_was_cut_off_is_asked_for_again_as_a_whole(site):
    log = MemoryLog()
    whole = rss(item(1), item(2))
    site.pages["/feed"] = ok(whole[: whole.rindex(b"<link>")], ETag='"1"')
    catalogue = added(log, f"{site.base}/feed")
    assert once(log, settings(site)).published == 1
    assert catalogue.states()[f"{site.base}/feed"].detail == "cut off before its end"
    site.pages["/feed"] = ok(whole, ETag='"1"')
    assert once(log, settings(site)).published == 1
    assert [headers.get("if-none-match") for headers in site.asked("/feed")] == [None, None]
    assert len({article.id for article in articles(log)}) == 2


def test_a_feed_that_moved_for_good_says_where_to(site):
    log = MemoryLog()
    site.pages |= {"/old": (301, {"Location": "/older"}, b""), "/older": (308, {"Location": "/new"}, b"")}
    site.pages |= {"/now": (302, {"Location": "/old"}, b""), "/new": ok(rss(item(1)), ETag='"1"')}
    catalogue = added(log, f"{site.base}/old", f"{site.base}/now")
    for status in ("ok", "unchanged"):
        once(log, settings(site))
        told = {url.rpartition("/")[2]: (state.status, state.detail) for url, state in catalogue.states().items()}
        assert told == {"old": (status, f"moved to {site.base}/new"), "now": (status, "")}
        site.pages["/new"] = (304, {}, b"")


def test_after_a_body_that_could_not_be_read_the_whole_is_asked_for(site):
    log = MemoryLog()
    site.pages["/feed"] = ok(rss(item(1)), ETag='"1"')
    catalogue = added(log, f"{site.base}/feed")
    once(log, settings(site))
    site.pages["/feed"] = ok(b"<html>down for repair</html>", ETag='"2"')
    once(log, settings(site))
    once(log, settings(site))
    assert [headers.get("if-none-match") for headers in site.asked("/feed")] == [None, '"1"', None]
    assert catalogue.states()[f"{site.base}/feed"].last_ok is not None


def test_short_items_come_with_their_page_or_with_the_reason(site):
    log = MemoryLog()
    listing = rss(*(item(n, link=site.base, text="A summary.") for n in (1, 2)), item(3, link=site.base))
    site.pages |= {"/feed": ok(listing), "/1": ok(b"<html><p>All of it</p></html>", "text/html")}
    added(log, f"{site.base}/feed")
    assert once(log, settings(site)) == Summary(feeds=1, published=3)
    by_url = {article.url.removeprefix(site.base): article for article in articles(log)}
    assert unpack(by_url["/1"].page or "") == b"<html><p>All of it</p></html>"
    assert (by_url["/2"].page, by_url["/2"].text, by_url["/2"].extra) == (None, "A summary.", {"page": "http 404"})
    assert site.asked("/3") == []
    log = MemoryLog()
    added(log, f"{site.base}/feed")
    once(log, settings(site, pages=False))
    assert len(site.asked("/1")) == 1
    assert all(article.page is None and not article.extra for article in articles(log))


def test_a_host_that_does_not_answer_is_asked_once_a_poll(site):
    log, shut = MemoryLog(), f"http://127.0.0.1:{free_port()}"
    site.pages["/feed"] = ok(rss(*(item(n, link=shut, text="A summary.") for n in range(20))))
    added(log, f"{site.base}/feed")
    begun = time.monotonic()
    assert once(log, settings(site, host_gap=1.0)).published == 20
    assert time.monotonic() - begun < 3
    assert {article.extra["page"] for article in articles(log)} == {"private address"}


def with_summaries(site: Loopback, count: int) -> None:
    """A feed whose items need their pages, and which answers 304 to who knows it."""
    listing = rss(*(item(n, link=site.base, text="A summary.") for n in reversed(range(count))))
    fresh = ok(listing, ETag='"1"')
    site.pages["/feed"] = lambda handler: (304, {}, b"") if handler.headers["If-None-Match"] else fresh


def test_a_host_that_asks_to_wait_is_left_alone_and_its_pages_come_later(site):
    log = MemoryLog()
    with_summaries(site, 3)
    site.pages |= {f"/{n}": (429, {"Retry-After": "1800"}, b"") for n in range(3)}
    catalogue = added(log, f"{site.base}/feed")
    assert once(log, settings(site)).published == 3
    assert [article.extra for article in articles(log)] == [{"page": "http 429"}] * 3
    assert [len(site.asked(f"/{n}")) for n in range(3)] == [1, 0, 0]
    (state,) = catalogue.states().values()
    assert (state.status, state.detail) == ("ok", "pages to come: 3")
    assert (state.next - state.checked).total_seconds() == 1800
    site.pages |= {f"/{n}": ok(b"<html><p>All of it</p></html>", "text/html") for n in range(3)}
    assert once(log, settings(site)).published == 3
    complete = [article for article in articles(log) if article.page]
    assert len({article.id for article in articles(log)}) == len(complete) == 3
    assert once(log, settings(site)) == Summary(feeds=1)


def test_a_host_that_never_stops_asking_to_wait_is_left_without_pages(site):
    log = MemoryLog()
    with_summaries(site, 2)
    site.pages |= {"/0": (503, {}, b""), "/1": (503, {"Retry-After": "999999"}, b"")}
    catalogue = added(log, f"{site.base}/feed")
    for _ in range(LOOKS - 1):
        assert once(log, settings(site)).published == 2
        (state,) = catalogue.states().values()
        assert (state.next - state.checked).total_seconds() == 3600
    assert once(log, settings(site)).published == 2
    assert once(log, settings(site)) == Summary(feeds=1)
    assert len(site.asked("/0")) == len(site.asked("/1")) == LOOKS
    (state,) = catalogue.states().values()
    assert (state.next - state.checked).total_seconds() == 10


def test_the_gap_between_requests_to_one_host_is_kept():
    log, clock = MemoryLog(), ManualClock(NOW)
    shut = free_port()
    added(log, *(f"http://127.0.0.1:{shut}/{name}" for name in "abc"), f"http://127.0.0.2:{shut}/d")
    summary = Producer(log, settings(host_gap=5.0), clock).once(threading.Event())
    assert summary.failed == 4
    checked = sorted(state.checked for state in Catalogue(log).states().values())
    first = checked[0]
    assert [round((at - first).total_seconds()) for at in checked] == [0, 0, 5, 10]


def test_erased_articles_are_not_published_again(site):
    log = MemoryLog()
    site.pages["/feed"] = ok(rss(item(1), item(2)))
    added(log, f"{site.base}/feed")
    once(log, settings(site))
    gone = articles(log)[0].id
    log.produce([Message("erased", gone, encode(Erased(id=gone, at=NOW)))])
    log.produce([Message("feeds.seen", key, None) for key in log.latest("feeds.seen")])
    before = len(articles(log))
    assert once(log, settings(site)) == Summary(feeds=1, published=1, dropped=1)
    assert gone not in {article.id for article in articles(log)[before:]}
    (state,) = Catalogue(log).states().values()
    assert (state.seen, state.published, state.dropped, state.detail) == (2, 1, 1, "erased: 1")


def test_a_page_too_large_is_a_dead_letter_beside_its_article(site):
    log = MemoryLog()
    listing = rss(item(1, link=site.base, text="A summary."))
    site.pages |= {"/feed": ok(listing), "/1": ok(b"<html>" + os.urandom(1_200_000), "text/html")}
    added(log, f"{site.base}/feed")
    assert once(log, settings(site)).published == 1
    (letter,) = written(log, "articles.dead", Ended)
    (article,) = articles(log)
    assert (letter.reason, letter.id, article.extra) == ("page too large", article.id, {"page": "page too large"})


def test_a_feed_moved_to_another_server_is_read_there(site):
    log = MemoryLog()
    with serve({"/new": ok(rss("<item><title>t</title><link>relative</link></item>"))}) as other:
        site.pages["/old"] = (301, {"Location": f"{other.base}/new"}, b"")
        added(log, f"{site.base}/old")
        once(log, settings(site, other, pages=False))
        (article,) = articles(log)
        assert (article.url, article.feed) == (f"{other.base}/relative", f"{site.base}/old")
