"""The producer from end to end: real requests on loopback, the whole log in memory."""

import threading
import time
from collections.abc import Callable

import pytest

from newstide.clock import ManualClock, SystemClock
from newstide.errors import EngineError
from newstide.ports import Clock, Message
from newstide.profiles import Profiles
from newstide.records import Ended, Erased, Feed, RawArticle, decode, encode, unpack
from newstide.settings import Fetch
from newstide.topics import FEEDS
from producers.catalogue import Catalogue
from producers.decide import LOOKS
from producers.publish import Publisher, Stopped
from producers.service import Producer, Summary
from tests.fakes import Member, MemoryLog
from tests.unit.producers.conftest import NOW
from tests.unit.producers.loopback import Loopback, free_port, ok, serve
from tests.unit.producers.samples import item, rss


def settings(*sites: Loopback, **more) -> Fetch:
    return Fetch(**{"allow_private": tuple(site.place for site in sites), "timeout": 3.0, "interval": 10, **more})


def added(log: MemoryLog, *urls: str) -> Catalogue:
    catalogue = Catalogue(log)
    for url in urls:
        catalogue.add(Feed(url=url, added=NOW))
    return catalogue


def written(log: MemoryLog, topic: str, kind: type) -> list:
    parts = log.extents(topic)
    return [decode(d.value, kind) for number in parts for d in log.read(topic, number, 0, 10_000) if d.value]


def articles(log: MemoryLog) -> list[RawArticle]:
    return written(log, "articles.raw", RawArticle)


def once(log: MemoryLog, fetch: Fetch) -> Summary:
    return Producer(log, fetch, SystemClock()).once(threading.Event())


def until(true: Callable[[], object], seconds: float = 5.0) -> None:
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit, "it did not happen in time"
        time.sleep(0.02)


class Running:
    """A producer that runs in a thread for as long as the block lasts."""

    def __init__(self, log: MemoryLog, fetch: Fetch, clock: Clock | None = None) -> None:
        self.stop = threading.Event()
        producer = Producer(log, fetch, clock or SystemClock())
        self.thread = threading.Thread(target=producer.run, args=(self.stop,))

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_) -> None:
        self.stop.set()
        self.thread.join(10)
        assert not self.thread.is_alive()


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


def test_a_hanging_feed_holds_up_no_other_and_new_feeds_are_taken_while_it_runs(site):
    log = MemoryLog()
    site.pages |= {"/hang": lambda _: time.sleep(8), "/a": ok(rss(item(1))), "/b": ok(rss(item(2)))}
    catalogue = added(log, f"{site.base}/hang", f"{site.base}/a")
    with Running(log, settings(site, timeout=30.0, concurrency=2)):
        until(lambda: len(articles(log)) == 1, 2)
        catalogue.add(Feed(url=f"{site.base}/b", added=NOW))
        until(lambda: len(articles(log)) == 2, 3)
        begun = time.monotonic()
    assert time.monotonic() - begun < 3
    assert f"{site.base}/hang" not in catalogue.states()


def test_a_removed_feed_is_looked_at_no_more(site):
    log, clock = MemoryLog(), ManualClock(NOW)
    site.pages |= {"/goes": ok(rss(item(1))), "/stays": ok(rss(item(2)))}
    catalogue = added(log, f"{site.base}/goes", f"{site.base}/stays")
    with Running(log, settings(site), clock):
        until(lambda: len(catalogue.states()) == 2)
        catalogue.remove(f"{site.base}/goes")
        time.sleep(1.3)  # the catalogue is followed once a second
        clock.advance(60)
        until(lambda: len(site.asked("/stays")) == 2)
    assert len(site.asked("/goes")) == 1
    assert list(catalogue.states()) == [f"{site.base}/stays"]


def test_a_feed_removed_and_added_again_begins_anew_and_is_remembered(site):
    log, clock, url = MemoryLog(), ManualClock(NOW), f"{site.base}/feed"
    site.pages["/feed"] = ok(rss(item(1)))
    catalogue = added(log, url)
    with Running(log, settings(site), clock):
        until(catalogue.states)
        Catalogue(log).remove(url)  # as the command does, beside the producer
        time.sleep(1.3)  # the catalogue is followed once a second
        catalogue.add(Feed(url=url, added=NOW))
        until(lambda: len(articles(log)) == 2)
    assert len(Catalogue(log).seen(url).items) == 1


@pytest.mark.parametrize("noticed", [0.0, 1.3], ids=["at its end", "before its end"])
def test_a_poll_under_way_leaves_nothing_of_a_removed_feed(site, noticed):
    log, answer = MemoryLog(), threading.Event()

    def page(_):
        answer.wait(5)
        return ok(rss(item(1)))

    site.pages |= {"/feed": page, "/other": ok(rss(item(2)))}
    catalogue = added(log, f"{site.base}/feed", f"{site.base}/other")
    with Running(log, settings(site)):
        until(lambda: site.asked("/feed") and catalogue.states())
        Catalogue(log).remove(f"{site.base}/feed")
        time.sleep(noticed)
        answer.set()
        until(lambda: len(articles(log)) == 2)
        time.sleep(1.3)  # the catalogue is followed once a second
    assert list(catalogue.states()) == [f"{site.base}/other"]
    assert [key.split()[1] for key in log.latest("feeds.seen")] == [f"{site.base}/other"]


def test_a_due_time_that_lies_in_the_log_is_kept_over_a_restart(site):
    log = MemoryLog()
    site.pages["/feed"] = ok(rss(item(1)))
    added(log, f"{site.base}/feed")
    for _ in range(2):
        with Running(log, settings(site, interval=3600)):
            until(lambda: Catalogue(log).states())
            time.sleep(0.5)
    assert len(site.asked("/feed")) == 1


def test_a_clock_that_jumps_back_makes_no_feed_wait(site):
    log, clock = MemoryLog(), ManualClock(NOW)
    site.pages["/feed"] = ok(rss(item(1)))
    catalogue = added(log, f"{site.base}/feed")
    with Running(log, settings(site), clock):
        until(catalogue.states)
        clock.advance(-3600)
        until(lambda: len(site.asked("/feed")) == 2)
        time.sleep(0.5)
    assert len(site.asked("/feed")) == 2  # and its next look is counted by the clock as it is


def test_the_feeds_of_a_producer_that_is_gone_move_to_another_with_what_was_remembered(site):
    log, clock = MemoryLog(), ManualClock(NOW)
    site.pages["/feed"] = ok(rss(item(1)))
    catalogue = added(log, f"{site.base}/feed")
    first, second = Member(log, {}), Member(log, {FEEDS.name: []})
    with Running(first, settings(site), clock), Running(second, settings(site), clock):
        until(catalogue.states)
        time.sleep(1.3)  # the share is looked at once a second
        assert len(site.asked("/feed")) == 1
        first.share[FEEDS.name], second.share[FEEDS.name] = [], range(FEEDS.partitions)
        time.sleep(2.5)
        clock.advance(60)
        until(lambda: len(site.asked("/feed")) == 2)
    assert len(site.asked("/feed")) == 2
    assert len(articles(log)) == 1


def test_back_pressure_holds_the_articles_until_the_readers_caught_up(site):
    log = MemoryLog(limits={"articles.raw": 0})
    site.pages |= {"/a": ok(rss(item(1))), "/b": ok(rss(item(2)))}
    catalogue = added(log, f"{site.base}/a", f"{site.base}/b")
    reader = log.consumer("enrich", "articles.raw")
    with Running(log, settings(site)):
        until(lambda: len(articles(log)) == 1)
        time.sleep(0.3)
        assert len(articles(log)) == len(catalogue.states()) == 1
        reader.commit(reader.poll(10, 1))
        until(lambda: len(articles(log)) == 2)


def test_nothing_is_remembered_of_what_could_not_be_published(site):
    log = MemoryLog(limits={"articles.raw": -1})
    site.pages["/feed"] = ok(rss(item(1)))
    catalogue = added(log, f"{site.base}/feed")
    with Running(log, settings(site)):
        until(lambda: site.asked("/feed"))
        time.sleep(0.2)
    assert (articles(log), catalogue.states(), log.latest("feeds.seen")) == ([], {}, {})


def test_a_publisher_stops_waiting_when_the_service_stops(now):
    stop = threading.Event()
    stop.set()
    article = RawArticle(id="a" * 20, outlet="o", url="https://harbour.example/", fetched=now)
    with pytest.raises(Stopped):
        Publisher(MemoryLog(), stop, Profiles(MemoryLog())).publish([article])


class FullLog(MemoryLog):
    """A log whose disk is full for articles."""

    def produce(self, messages):
        if any(message.topic == "articles.raw" for message in messages):
            raise EngineError("the disk is full")
        return super().produce(messages)


def test_a_log_that_fails_ends_the_producer_with_its_sentence(site):
    log = FullLog()
    site.pages["/feed"] = ok(rss(item(1)))
    added(log, f"{site.base}/feed")
    with pytest.raises(EngineError, match="disk is full"):
        once(log, settings(site))


def test_a_page_too_large_is_a_dead_letter_beside_its_article(site):
    import os

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
