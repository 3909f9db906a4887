"""The resolver on a log: what a kill in the middle of its writing leaves, and the texts that it reads again."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newstide.errors import EngineError
from newstide.ports import Delivered, Message
from newstide.records import Article, Erased, Origin, encode
from newstide.topics import DECISIONS, ENRICHED, ERASED, LINEAGE, MOVES, RESOLVED
from streams.local import RESOLVE_BATCH, ResolveRunner
from streams.resolve.stage import ResolveStage
from streams.resolve.texts import BUCKETS, Texts
from tests.fakes import Dying, MemoryLog
from tests.flow import drained, everything, running, until
from tests.unit.resolve.making import article
from tests.unit.resolve.world import stream

COUNT, WINDOW = 300, 260


def filled() -> MemoryLog:
    log = MemoryLog()
    made = (replace(a, origin=Origin(0, n)) for n, a in enumerate(stream(1, COUNT)))
    log.produce([Message(ENRICHED.name, a.id, encode(a)) for a in made])
    return log


def resolve(log: MemoryLog, folder: Path) -> None:
    with running(ResolveRunner(log, WINDOW, folder)):
        until(drained(log, "resolve", ENRICHED.name))


def contents(log: MemoryLog, topic: str) -> set[tuple[str, bytes | None]]:
    return {(record.key, record.value) for record in everything(log, topic)}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> MemoryLog:
    log = filled()
    resolve(log, tmp_path_factory.mktemp("texts"))
    return log


@given(left=st.integers(0, 2 * COUNT))
@example(left=RESOLVE_BATCH)  # between the decisions and what follows from them
@settings(max_examples=6, deadline=None)
def test_a_kill_anywhere_in_the_writing_loses_nothing(undisturbed, tmp_path_factory, left):
    log, folder = filled(), tmp_path_factory.mktemp("texts")
    with pytest.raises(EngineError):
        ResolveRunner(Dying(log, left), WINDOW, folder).run(threading.Event())
    resolve(log, folder)
    assert log.latest(MOVES.name) == undisturbed.latest(MOVES.name) != {}
    assert log.latest(LINEAGE.name) == undisturbed.latest(LINEAGE.name) != {}
    assert contents(log, RESOLVED.name) == contents(undisturbed, RESOLVED.name)
    assert everything_of(log, DECISIONS.name) == everything_of(undisturbed, DECISIONS.name)


def everything_of(log: MemoryLog, topic: str) -> list[tuple[str, bytes | None]]:
    return [(record.key, record.value) for record in everything(log, topic)]


def test_what_comes_again_brings_no_correction_of_what_was_erased_since(undisturbed, tmp_path):
    records = [r for r in everything(undisturbed, ENRICHED.name) if r.value is not None]
    gone = next(iter(undisturbed.latest(LINEAGE.name)))
    log = filled()
    stage = ResolveStage(log, 1000, tmp_path)
    stage.restore(threading.Event())
    decisions, followed = stage.batch(records, threading.Event())
    assert gone in corrected(followed)
    log.produce(decisions)
    log.produce([Message(ERASED.name, gone, encode(Erased(id=gone, at=records[0].time)))])
    again = stage.batch(records, threading.Event())[1]
    assert gone not in corrected(again)
    assert corrected(again)


def corrected(messages: list[Message]) -> set[str]:
    return {m.key for m in messages if m.topic == LINEAGE.name}


class Reading(MemoryLog):
    """Notes what is read of it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []

    def read(self, topic: str, partition: int, start: int, limit: int) -> list[Delivered]:
        self.asked.append(start)
        return super().read(topic, partition, start, limit)


class TestTexts:
    SPAN = 64  # offsets of a bucket
    WINDOW = SPAN * BUCKETS

    @pytest.fixture
    def log(self) -> Iterator[Reading]:
        log = Reading()
        log.produce([Message(ENRICHED.name, a.id, encode(a)) for a in map(self.article, range(2000))])
        return log

    def article(self, n: int) -> Article:
        return article(f"a{n}", "daily", f"Report {n}", f"“Çà et là” – мост {n}.\n" * 9)

    def text(self, n: int) -> str:
        return f"{self.article(n).title}\n{self.article(n).text}"

    def kept(self, log: Reading, folder: Path, count: int, **more: int) -> Texts:
        texts = Texts(log, folder, self.WINDOW, **more)
        for n in range(count):
            texts.put(n, self.article(n))
        return texts

    def test_what_was_put_is_not_read_from_the_log(self, log, tmp_path):
        texts = self.kept(log, tmp_path, 200)
        assert [texts.get(n) for n in range(200)] == [self.text(n) for n in range(200)]
        assert log.asked == []

    def test_what_is_missing_is_read_once_and_nothing_is_made_up(self, log, tmp_path):
        texts = Texts(log, tmp_path, self.WINDOW)
        assert [texts.get(n) for n in (70, 3, 70, 3)] == [self.text(n) for n in (70, 3, 70, 3)]
        assert log.asked == [70, 3]
        assert texts.get(5000) is None
        log.erase(ENRICHED.name, ["a4"])
        assert texts.get(4) is None

    def test_a_window_is_kept_and_what_is_older_goes(self, log, tmp_path):
        texts = self.kept(log, tmp_path, 1900)
        assert texts.get(1899 - self.WINDOW) == self.text(1899 - self.WINDOW)
        assert log.asked == []
        assert [texts.get(0), texts.get(0)] == [self.text(0)] * 2
        assert log.asked == [0, 0]

    def test_the_disk_it_takes_is_bounded(self, log, tmp_path):
        texts = self.kept(log, tmp_path, 1000, most=20_000)
        assert sum(b.size for b in texts._kept.values()) <= 20_000
        assert texts.get(999) == self.text(999)
        assert log.asked == []

    def test_what_is_damaged_comes_from_the_log(self, log, tmp_path):
        texts = self.kept(log, tmp_path, 10)
        file = texts._kept[0]._file
        file.seek(0)
        file.write(bytes(texts._kept[0].size))
        assert [texts.get(n) for n in range(10)] == [self.text(n) for n in range(10)]
        assert [texts.get(n) for n in range(10)] == [self.text(n) for n in range(10)]
        assert log.asked == list(range(10))

    def test_a_folder_that_cannot_be_written_costs_time_and_no_text(self, log, tmp_path):
        (tmp_path / "file").write_text("in the way")
        texts = self.kept(log, tmp_path / "file" / "folder", 10)
        assert [texts.get(n) for n in range(10)] == [self.text(n) for n in range(10)]
        assert log.asked == list(range(10))

    def test_nothing_lies_in_the_folder_for_others_to_find(self, log, tmp_path):
        texts = self.kept(log, tmp_path, 100)
        assert list(tmp_path.iterdir()) == []
        texts.forget()
        assert texts.get(5) == self.text(5)
        assert log.asked == [5]
