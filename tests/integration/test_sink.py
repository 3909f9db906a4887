"""The sink on the real engine: each range once, through crashes at every step."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from newstide.engines import open_log
from newstide.errors import EngineError
from newstide.ports import Message, Store
from newstide.records import Alert, Erased, Feed, FeedState, Lineage, Move, Origin, Rule, encode
from newstide.topics import ALERTS, DELIVERIES, ENRICHED, ERASED, FEED_STATE, FEEDS, LINEAGE, MOVES, RESOLVED
from sinks import migrate, queries
from sinks.hooks.message import messages
from sinks.writer import Writer
from streams.local import ResolveRunner
from streams.resolve.story import story_id
from tests.fakes import Member, MemoryLog
from tests.flow import drained, running, until
from tests.integration.writers import drain, sink
from tests.samples import NOON, resolved
from tests.unit.resolve.test_splits import confused
from tests.unit.resolve.test_stories import about


def test_an_article_is_whole_in_every_view(store: Store) -> None:
    log = MemoryLog()
    log.produce([resolved(1)])
    drain(sink(log, store))
    [row] = store.query("SELECT * FROM articles").dicts()
    assert (row["id"], row["title"], row["time"], row["origin_offset"]) == ("a1", "Dam opens", NOON, 1)
    assert store.query("SELECT entity, name, count FROM mentions").rows == [("x:LOC:ilisu", "Ilısu", 1)]
    assert store.query("SELECT topic FROM article_topics").rows == [("medtop:04000000",)]
    assert store.query("SELECT country, role FROM article_places").rows == [("TR", "where")]
    [story] = store.query("SELECT * FROM stories").dicts()
    assert (story["story"], story["headline"], story["originals"], story["copies"]) == ("s1", "Dam opens", 1, 0)


def test_a_revision_replaces_the_article_and_its_mentions(store: Store) -> None:
    log = MemoryLog()
    log.produce([resolved(1), resolved(1, version=2, title="Dam closes", entities=(), origin=Origin(0, 2))])
    drain(sink(log, store))
    assert store.query("SELECT version, title FROM articles").rows == [(2, "Dam closes")]
    assert store.query("SELECT count() FROM article_versions").scalar() == 2
    assert store.query("SELECT count() FROM mentions").scalar() == 0


def test_merged_stories_show_under_the_older_id(store: Store) -> None:
    log = MemoryLog()
    log.produce([resolved(1), resolved(2, story="s2"), Message(MOVES.name, "s2 s1", encode(Move("s2", "s1")))])
    drain(sink(log, store))
    assert store.query("SELECT story, originals FROM stories").rows == [("s1", 2)]
    assert store.query("SELECT DISTINCT story FROM mentions").rows == [("s1",)]


def test_a_story_that_comes_back_is_counted_by_itself_again(store: Store, tmp_path: Path) -> None:
    log = open_log(f"sqlite://{tmp_path}/log.sqlite")
    with running(ResolveRunner(log, 1000, tmp_path)):
        for n, report in enumerate(confused(0)):
            log.produce([Message(ENRICHED.name, report.id, encode(replace(report, origin=Origin(0, n))))])
        until(drained(log, "resolve", ENRICHED.name))
    drain(sink(log, store))
    a, b = story_id("a0"), story_id("b0")
    assert store.query("SELECT source, target, article FROM story_history ORDER BY at").rows == [
        (b, a, "both0"),
        (b, b, store.query("SELECT article FROM story_history WHERE source = target").scalar()),
    ]
    assert store.query("SELECT count() FROM story_moves").scalar() == 0
    assert dict(store.query("SELECT story, originals FROM stories").rows) == {a: 8, b: 7}
    assert (
        store.query(
            "SELECT count() FROM articles WHERE startsWith(id, 'b0') AND story != {b:String}", {"b": b}
        ).scalar()
        == 0
    )


def test_a_store_that_was_away_learns_every_step_of_a_story(store: Store, tmp_path: Path) -> None:
    log = open_log(f"sqlite://{tmp_path}/log.sqlite")
    of = {name: list(range(start, start + 5)) for name, start in [("a", 0), ("b", 10), ("c", 20)]}
    told = [[*of[name], 100 + n] for n, name in enumerate("aaabbcc")]
    told += [of["b"] + of["c"], of["a"] + of["b"]]
    with running(ResolveRunner(log, 1000, tmp_path)):
        for n, words in enumerate(told):
            report = replace(about(words, f"{n}", at=n / 10), origin=Origin(0, n))
            log.produce([Message(ENRICHED.name, report.id, encode(report))])
            until(drained(log, "resolve", ENRICHED.name))
    drain(sink(log, store))
    a, b, c = (story_id(founder) for founder in "035")
    steps = store.query("SELECT source, target, article FROM story_history ORDER BY at, source = {c:String}", {"c": c})
    assert steps.rows == [(c, b, "7"), (b, a, "8"), (c, a, "8")]
    assert store.query("SELECT DISTINCT story FROM articles").rows == [(a,)]


class Crash(Exception):
    """The process dies here."""


class Crashing:
    """A store that dies at one call, before or after it took effect."""

    def __init__(self, store: Store, at: int, *, after: bool) -> None:
        self._store, self._left, self._after = store, at, after

    def insert(self, *args: object, **more: object) -> None:
        self._left -= 1
        if self._left == 0 and not self._after:
            raise Crash
        self._store.insert(*args, **more)  # type: ignore[arg-type]
        if self._left == 0:
            raise Crash

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


# One flush of these articles is: freeze, 4 tables, watermark; then the commit.
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(1, 7))
def test_a_crash_at_any_insert_loses_and_doubles_nothing(store: Store, at: int, after: bool) -> None:
    log = MemoryLog()
    log.produce([resolved(n) for n in range(5)])
    broken = Writer(log, Crashing(store, at, after=after), flush_seconds=60, flush_rows=1000)  # type: ignore[arg-type]
    broken.recover()
    broken.step()
    with pytest.raises(Crash):
        broken.flush()
    log.produce([resolved(n) for n in range(5, 8)])  # more has come before the restart: bounds must not move
    drain(sink(log, store))
    assert store.query("SELECT count() FROM article_rows").scalar() == 8
    assert store.query("SELECT count() FROM mention_rows").scalar() == 8
    assert log.positions("store", RESOLVED.name) == {0: 8}


def test_a_replay_from_the_beginning_of_the_log_changes_nothing(store: Store) -> None:
    log = MemoryLog()
    log.produce([resolved(n) for n in range(30)])
    drain(sink(log, store, rows=3))
    again = MemoryLog()
    again.produce([resolved(n) for n in range(30)])
    drain(sink(again, store, rows=7))
    assert store.query("SELECT count() FROM article_rows").scalar() == 30


def test_a_store_that_was_lost_is_filled_again_from_the_log(store: Store, empty_store: Callable[[], Store]) -> None:
    log = MemoryLog()
    log.produce([resolved(n) for n in range(12)])
    drain(sink(log, store))
    store.command(f"DROP DATABASE {store.query('SELECT currentDatabase()').scalar()}")
    again = empty_store()
    migrate.apply(again)
    drain(sink(log, again, rows=5))
    assert again.query("SELECT count() FROM articles").scalar() == 12


def test_another_log_below_the_watermark_is_refused(store: Store) -> None:
    log = MemoryLog()
    log.produce([resolved(n) for n in range(3)])
    drain(sink(log, store))
    with pytest.raises(EngineError, match="not the log that filled the store"):
        sink(MemoryLog(), store)


def test_an_unreadable_record_becomes_a_dead_letter_and_the_rest_goes_on(store: Store) -> None:
    log = MemoryLog()
    bad = b'{"id": 5, "origin": {"partition": 0, "offset": 7}}'
    log.produce([resolved(1), Message(RESOLVED.name, "a7", bad), resolved(2)])
    writer = sink(log, store)
    drain(writer)  # writes the dead letter
    drain(writer)  # reads it
    assert store.query("SELECT count() FROM articles").scalar() == 2
    assert store.query("SELECT stage, reason, origin_offset FROM dead_letters").rows == [("store", "unreadable", 7)]


def test_nothing_of_an_erased_article_is_written(store: Store) -> None:
    log = MemoryLog()
    log.produce([Message(ERASED.name, "a1", encode(Erased(id="a1", at=NOON))), resolved(1), resolved(2)])
    drain(sink(log, store))
    assert store.query("SELECT id FROM articles").rows == [("a2",)]
    assert store.query("SELECT outcome, origin_offset FROM outcomes WHERE outcome = 'erased'").rows == [("erased", 1)]


def test_feeds_come_and_go(store: Store) -> None:
    log = MemoryLog()
    log.produce([Message(FEEDS.name, "h http://h/f", encode(Feed(url="http://h/f", added=NOON, title="One")))])
    drain(sink(log, store))
    assert store.query("SELECT url, status FROM feeds").rows == [("http://h/f", "not yet read")]
    log.produce([Message(FEEDS.name, "h http://h/f", None)])
    drain(sink(log, store))
    assert store.query("SELECT count() FROM feeds").scalar() == 0


def test_a_delivery_that_left_the_log_stays_in_the_store_until_its_alert_is_erased(store: Store) -> None:
    log = MemoryLog()
    made = Alert(key="al_1", rule="r", fired=NOON, story="s1", article="a1", title="T", url="u", outlet="o")
    log.produce(messages(made, Rule(name="r", hooks=("desk",)), "words"))
    drain(sink(log, store))
    log.produce([Message(DELIVERIES.name, key, None) for key in log.latest(DELIVERIES.name)])
    drain(sink(log, store))
    assert store.query("SELECT alert, hook, status FROM deliveries").rows == [("al_1", "desk", "pending")]
    assert store.query("SELECT key, hooks FROM alerts").rows == [("al_1", 1)]
    log.produce([Message(ALERTS.name, "al_1", None)])
    drain(sink(log, store))
    assert store.query("SELECT count() FROM deliveries").scalar() == 0
    assert store.query("SELECT count() FROM alerts").scalar() == 0


def test_an_alert_follows_its_story_into_the_one_that_it_was_merged_into(store: Store) -> None:
    log = MemoryLog()
    made = Alert(key="al_1", rule="r", fired=NOON, story="young", article="a1", title="T", url="u", outlet="o")
    window = replace(made, key="al_2", story=None)
    log.produce(
        [message for one in (made, window) for message in messages(one, Rule(name="r", hooks=("desk",)), "words")]
    )
    log.produce([Message(MOVES.name, "young old", encode(Move("young", "old", NOON)))])
    drain(sink(log, store))
    assert store.query("SELECT key, story, hooks FROM alerts ORDER BY key").rows == [
        ("al_1", "old", 1),
        ("al_2", "", 1),
    ]


# --- the ledger over it ---


def test_a_partition_that_moves_takes_its_frozen_range_along(store: Store) -> None:
    """Two store processes; the first dies between freezing a range of feeds.state and its insert."""
    log = MemoryLog()
    log.produce([state(n) for n in range(40)])
    first = Writer(Member(log, {}), Crashing(store, 2, after=False), 0.01, 1000)  # type: ignore[arg-type]
    first.recover()
    with pytest.raises(Crash):
        drain(first)
    [(partition, frozen_first, frozen_last)] = store.query(
        "SELECT partition, first, last FROM sink_ranges FINAL WHERE topic = 'feeds.state'"
    ).rows
    assert (frozen_first, stored(store)) == (0, 0)
    log.produce([state(n) for n in range(40, 60)])  # so that a new reading would have other bounds
    share = Member(log, {FEED_STATE.name: []})
    second = Writer(share, Noting(store, noted := []), 0.01, 1000)  # type: ignore[arg-type]
    second.recover()
    drain(second)
    assert stored(store) == 0
    share.share[FEED_STATE.name] = range(FEED_STATE.partitions)
    drain(second)
    assert f"feeds.state:{partition}:{frozen_first}-{frozen_last}" in noted
    assert stored(store) == 60


def test_what_was_polled_of_a_partition_that_went_away_is_left_to_its_new_owner(store: Store) -> None:
    log = MemoryLog()
    share = Member(log, {})
    writer = Writer(share, store, 1000.0, 1000)  # type: ignore[arg-type]
    writer.recover()
    log.produce([state(n) for n in range(40)])
    writer.step()
    share.share[FEED_STATE.name] = [0, 1]
    writer.step()
    writer.flush()
    kept = sum(e.end for p, e in log.extents(FEED_STATE.name).items() if p in {0, 1})
    assert 0 < stored(store) == kept < 40
    assert [log.positions("store", FEED_STATE.name)[p] for p in (2, 3)] == [0, 0]


class Noting:
    """A store that notes the tokens of its inserts."""

    def __init__(self, store: Store, tokens: list[str]) -> None:
        self._store, self._tokens = store, tokens

    def insert(self, table: str, columns: object, rows: object, token: str) -> None:
        self._tokens.append(token)
        self._store.insert(table, columns, rows, token)  # type: ignore[arg-type]

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


def state(number: int) -> Message:
    url = f"http://site{number}.example/feed"
    return Message(
        FEED_STATE.name, f"site{number}.example {url}", encode(FeedState(url=url, status="ok", checked=NOON, next=NOON))
    )


def stored(store: Store) -> int:
    return int(store.query("SELECT count() FROM feed_state_rows FINAL").scalar())


def lineage(article: str, of: str) -> Message:
    return Message(
        LINEAGE.name, article, encode(Lineage(article=article, relation="copy", of=of, evidence="credits it"))
    )


def test_a_correction_costs_one_row_and_copies_mentions_and_trends_follow(store: Store) -> None:
    log = MemoryLog()
    log.produce(
        [
            resolved(1),
            resolved(2, relation="copy", of="a1"),
            resolved(3, relation="derived", of="a1"),
            resolved(4, outlet="agency.com"),
            lineage("a1", "a4"),
        ]
    )
    drain(sink(log, store))
    shown = store.query("SELECT id, relation, of FROM articles ORDER BY id").rows
    assert shown == [("a1", "copy", "a4"), ("a2", "copy", "a4"), ("a3", "derived", "a4"), ("a4", "original", "")]
    assert store.query("SELECT article, relation FROM mentions ORDER BY article").rows[0] == ("a1", "copy")
    [story] = store.query("SELECT originals, copies, derived FROM stories").rows
    assert story == (1, 2, 1)
    [place] = queries.places(store, NOON, 3600, 5).dicts()
    assert (place["originals"], place["reach"]) == (2, 2)
    found = queries.article(store, "a1")
    assert found is not None
    assert (found["lineage"]["original"]["id"], found["lineage"]["evidence"]) == ("a4", "credits it")
    assert found["lineage"]["corrected"] is not None
    best = queries.article(store, "a4")
    assert best is not None
    assert [row["id"] for row in best["lineage"]["taken"]] == ["a1", "a2", "a3"]
