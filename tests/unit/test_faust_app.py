"""What the distributed runner does with a batch, off the broker."""

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from newstide.errors import Backpressure
from newstide.ports import Delivered, Message
from newstide.records import Ended, Erased, decode, encode
from newstide.topics import DEAD, ENRICHED, ERASED, RAW, RESOLVED
from streams.faust_app import FaustEnrich, FaustResolve
from streams.outcomes import Answer
from tests import samples
from tests.fakes import MemoryLog
from tests.flow import everything

BROKER = "kafka://127.0.0.1:1"
HALT = threading.Event()


class Erasing(MemoryLog):
    """A log that refuses a topic once; the article is erased before the next try."""

    def produce(self, messages: Sequence[Message]) -> list[tuple[int, int]]:
        try:
            return super().produce(messages)
        except Backpressure:
            self._limits.clear()
            super().produce([Message(ERASED.name, "a1", encode(Erased(id="a1", at=samples.NOON)))])
            raise


class Ready:
    """A batch that is enriched."""

    count = 1

    def wait(self, _: float) -> bool:
        return True

    def result(self) -> list[Answer]:
        return [("article", encode(samples.article(1)))]


def finished(log: MemoryLog, stage: str, record: Delivered, folder: Path) -> bool:
    if stage == "enrich":
        return FaustEnrich(BROKER, log, Ready(), 8).finish([record], Ready(), HALT)  # type: ignore[arg-type]
    return FaustResolve(BROKER, log, 100, folder).finish([record], None, HALT)


@pytest.mark.parametrize(("stage", "topic", "to"), [("enrich", RAW, ENRICHED), ("resolve", ENRICHED, RESOLVED)])
def test_an_article_erased_while_the_readers_are_behind_does_not_go_on(stage, topic, to, tmp_path: Path) -> None:
    log = Erasing(limits={to.name: -1})
    log.produce([Message(topic.name, "a1", encode(samples.article(1)))])
    (record,) = everything(log, topic.name)
    assert finished(log, stage, record, tmp_path)
    assert everything(log, to.name) == []
    (letter,) = everything(log, DEAD.name)
    assert decode(letter.value or b"", Ended).reason == "erased"
