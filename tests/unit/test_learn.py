"""Profiles on a log: learned from articles.resolved, named by producers, found by whoever cleans; exact after a kill."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from newstide.ports import Extent, Message
from newstide.profiles import Profiles, newest
from newstide.records import Article, Profile, RawArticle, decode, encode
from newstide.topics import ENRICHED, PROFILES, RAW, RESOLVED
from producers.publish import Publisher
from streams import outcomes
from streams.batch import process
from streams.learn import GROUP, Learner
from streams.pipeline import enrich_bytes
from tests.fakes import MemoryLog
from tests.samples import NOON, resolved
from tests.unit.enrich.test_repeated import APPEAL, told

OUTLET = "Harbour Courier"


def published(log: MemoryLog, numbers: range, line: str = APPEAL) -> None:
    for n in numbers:
        article = told(n, line, at=3)
        log.produce([resolved(n, text=article.text, outlet=article.outlet, language="en")])


def learning(log: MemoryLog, stop_after: int) -> None:
    """A learner that reads what is there and is stopped."""
    stop = threading.Event()
    learner = threading.Thread(target=Learner(log, articles=stop_after).run, args=(stop,))
    learner.start()
    end = log.extents(RESOLVED.name)[0].end
    for _ in range(500):
        if log.positions(GROUP, RESOLVED.name).get(0, 0) >= end:
            break
        stop.wait(0.01)
    stop.set()
    learner.join(5)


def kept(log: MemoryLog) -> dict[str, Profile]:
    return {key: decode(value, Profile) for key, value in log.latest(PROFILES.name).items()}


def raw(number: int, outlet: str = OUTLET) -> RawArticle:
    text = told(number, APPEAL, at=3).text
    return RawArticle(id=f"r{number}", outlet=outlet, url="https://x.example/", fetched=NOON, title="Bridge", text=text)


def test_a_published_article_names_the_newest_profile_and_is_cleaned_with_it() -> None:
    log = MemoryLog()
    published(log, range(6))
    learning(log, 1)
    Publisher(log, threading.Event(), Profiles(log)).publish([raw(50), raw(51, "another")])
    records = [r for p in range(RAW.partitions) for r in log.read(RAW.name, p, 0, 9)]
    answers = dict(zip([r.key for r in records], enrich_bytes(outcomes.entries(records, Profiles(log))), strict=True))
    article = decode(answers["r50"][1], Article)
    assert [(each.reason, each.text.strip()) for each in article.removed] == [("repeated", APPEAL)]
    assert article.made_by["profile"].startswith("1-")
    other = decode(answers["r51"][1], Article)
    assert (other.removed, "profile" in other.made_by) == ((), False)


def test_a_replay_gives_the_same_bytes_when_the_outlet_has_taught_more_since() -> None:
    log = MemoryLog()
    published(log, range(6))
    learning(log, 1)
    Publisher(log, threading.Event(), Profiles(log)).publish([raw(50)])
    records = [r for p in range(RAW.partitions) for r in log.read(RAW.name, p, 0, 9)]
    first = enrich_bytes(outcomes.entries(records, Profiles(log)))
    published(log, range(6, 20), "Follow the harbour at www.harbour.example")
    learning(log, 1)
    assert kept(log)[OUTLET].version == 2
    assert enrich_bytes(outcomes.entries(records, Profiles(log))) == first


def test_a_version_that_is_no_longer_there_is_none() -> None:
    log = MemoryLog()
    value = encode(RawArticle(**{**{f: getattr(raw(1), f) for f in RawArticle.__slots__}, "profile": "7-0badcafe"}))
    log.produce([Message(RAW.name, "r1", value), Message(RAW.name, "odd", b"{no record")])
    records = [r for p in range(RAW.partitions) for r in log.read(RAW.name, p, 0, 9)]
    answers = dict(enrich_bytes(outcomes.entries(records, Profiles(log))))
    assert "profile" not in decode(answers["article"], Article).made_by
    assert answers["reject"].startswith(b"unreadable")


class CountingLog(MemoryLog):
    """Counts how often somebody looks what there is."""

    looks = 0

    def extents(self, topic: str) -> dict[int, Extent]:
        self.looks += 1
        return super().extents(topic)


def test_a_version_that_is_gone_is_not_looked_for_again_until_something_new_is_there() -> None:
    log = CountingLog()
    profiles = Profiles(log)
    values = [encode(replace(raw(n), profile="7-0badcafe")) for n in range(20)]
    assert [profiles.lines(value) for value in values] == [()] * 20
    assert log.looks == 1
    profile = Profile(outlet=OUTLET, version=1, lines=((5, 1, 0),))
    log.produce([Message(PROFILES.name, OUTLET, encode(profile))])
    assert profiles.lines(encode(replace(raw(1), profile=newest(profile)))) == (5,)


def test_a_new_version_is_told_at_once_in_a_backfill_that_the_clock_would_miss() -> None:
    log, stop = MemoryLog(), threading.Event()
    published(log, range(8))
    learner = threading.Thread(target=Learner(log, seconds=3600, articles=1_000_000).run, args=(stop,))
    learner.start()
    for _ in range(500):
        if kept(log):
            break
        stop.wait(0.01)
    told_by_then = kept(log)
    stop.set()
    learner.join(5)
    assert told_by_then[OUTLET].version == 1


@pytest.mark.parametrize("put", [Learner.tell, Learner.write])
@pytest.mark.parametrize("killed", [1, 3, 4, 5, 6, 9])
def test_a_learner_that_is_killed_before_it_commits_what_it_told_or_wrote_counts_nothing_twice(
    killed: int, put: Callable[[Learner], None]
) -> None:
    whole, cut = MemoryLog(), MemoryLog()
    for log in (whole, cut):
        published(log, range(12))
    learning(whole, 1000)
    dead = Learner(cut)
    dead.count(cut.read(RESOLVED.name, 0, 0, killed))
    put(dead)  # and no commit
    learning(cut, 1000)
    assert kept(cut) == kept(whole)
    assert kept(whole)[OUTLET].lines


def test_records_that_a_rebalance_skipped_or_repeated_are_taken_from_the_log() -> None:
    log = MemoryLog()
    published(log, range(12))
    here, there = Learner(log), Learner(log)
    here.count(log.read(RESOLVED.name, 0, 0, 3))
    there.count(log.read(RESOLVED.name, 0, 0, 8))
    there.write()
    here.count(log.read(RESOLVED.name, 0, 8, 20))
    here.write()
    straight = MemoryLog()
    published(straight, range(12))
    learning(straight, 1000)
    assert kept(log) == kept(straight)


def test_a_file_teaches_its_later_articles_the_same_each_time() -> None:
    given = [raw(n) for n in range(200)]
    runs = [[encode(outcome) for outcome in process(iter(given), "resolve", workers=count)] for count in (1, 2)]
    assert runs[0] == runs[1]
    articles = [decode(body, Article) for body in runs[0]]
    assert not articles[0].removed
    assert [each.reason for each in articles[-1].removed] == ["repeated"]
    assert articles[-1].made_by["profile"]


def test_enriched_articles_of_both_kinds_decode(  # a record of before profiles has no such field
) -> None:
    old = encode(raw(1)).replace(b',"profile":""', b"")
    [(kind, body)] = enrich_bytes([(0, 0, old)])
    assert (kind, decode(body, Article).outlet) == ("article", OUTLET)
    assert ENRICHED.record is Article
