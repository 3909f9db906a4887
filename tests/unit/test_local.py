"""The embedded runner while the log's readers are behind: what it counts, and what it does again."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY

from newstide.ports import Message
from newstide.topics import DEAD, ENRICHED, RAW
from newstide.workers import Workers
from streams.local import EnrichRunner, ResolveRunner
from tests import samples
from tests.fakes import MemoryLog
from tests.flow import Runs, drained, failing, running, until

COUNT = 3


class Refusing(MemoryLog):
    """A log that takes nothing until it has refused three times."""

    def produce(self, messages: Sequence[Message]) -> list[tuple[int, int]]:
        self._limits[DEAD.name] = -1 if self.refused < 3 else COUNT
        return super().produce(messages)


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"newstide_{name}_total", labels) or 0


class Counting(Workers[Any, Any]):
    scheduled = 0

    def schedule(self, batch: Sequence[Any]) -> Any:
        self.scheduled += 1
        return super().schedule(batch)


def poisoned(number: int) -> Message:
    return samples.raw(number, text="POISON")


@pytest.mark.parametrize(("stage", "reason"), [("enrich", "step failed"), ("resolve", "unreadable")])
def test_back_pressure_counts_nothing_twice(stage: str, reason: str, tmp_path: Path) -> None:
    log = Refusing(limits={})
    workers = Counting(failing, 1) if stage == "enrich" else None
    topic = RAW if workers else ENRICHED
    runner: Runs = EnrichRunner(log, workers, COUNT) if workers else ResolveRunner(log, 100, tmp_path)
    log.produce([poisoned(n) if workers else Message(topic.name, f"a{n}", b"{no record") for n in range(COUNT)])
    received, dropped = counted("received", stage=stage), counted("dropped", stage=stage, reason=reason)
    with running(runner):
        until(drained(log, stage, topic.name))
    assert log.refused == 3
    assert counted("received", stage=stage) - received == COUNT
    assert counted("dropped", stage=stage, reason=reason) - dropped == COUNT
    if workers:
        workers.close()
        assert workers.scheduled == 2 * COUNT - 1  # the culprits are looked for once
