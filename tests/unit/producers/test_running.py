"""The producer as a role that runs: feeds that come and go, its share, back pressure, and a log that fails."""

import threading
import time

import pytest

from newstide.clock import ManualClock, SystemClock
from newstide.errors import EngineError
from newstide.ports import Clock
from newstide.profiles import Profiles
from newstide.records import Feed, RawArticle
from newstide.settings import Fetch
from newstide.topics import FEEDS
from producers.catalogue import Catalogue
from producers.publish import Publisher, Stopped
from producers.service import Producer
from tests.fakes import Member, MemoryLog
from tests.flow import until
from tests.unit.producers.conftest import NOW
from tests.unit.producers.loopback import ok
from tests.unit.producers.producing import added, articles, once, settings
from tests.unit.producers.samples import item, rss


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
