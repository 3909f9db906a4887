"""Made-up articles, and roles run as threads until a log is drained: for tests of the runners."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Protocol

from newstide.deadletter import origin_of
from newstide.ports import Delivered, Log, Message
from newstide.topics import RAW, TOPICS, TopicSpec
from streams.outcomes import Answer
from streams.pipeline import enrich_bytes
from tests import samples

PLACES = ("Izmir", "Nairobi", "Lima", "Gdańsk", "Mosul", "Hanoi", "Oslo", "Quito")
ACTORS = ("The harbour office", "Angela Merkel", "The World Bank", "A court", "Striking miners", "The ministry")
DEEDS = ("counted", "rejected", "announced", "postponed", "opened", "inspected", "sold", "flooded")
THINGS = ("ships", "a budget", "the northern dam", "elections", "a hospital", "wheat exports", "two bridges", "mines")


class Runs(Protocol):
    def run(self, stop: threading.Event) -> None: ...


def failing(batch: Sequence[tuple[int, int, bytes]]) -> list[Answer]:
    """The step, with a bug: it raises on some records."""
    if any(b"POISON" in value for _, _, value in batch):
        raise ValueError("a bug")
    return enrich_bytes(batch)


def slow(batch: Sequence[tuple[int, int, bytes]]) -> list[Answer]:
    """A step that costs something: 20 ms an article."""
    time.sleep(0.02 * len(batch))
    return [("dropped", b"for nothing\t") for _ in batch]


def articles(count: int, seed: int = 4, first: int = 0, sentences: int = 14) -> list[Message]:
    """Raw articles, numbered from `first`: a third of them copies or rewritings of an earlier one, by another outlet."""
    dice, texts, made = random.Random(seed), list[str](), list[Message]()
    for n in range(first, first + count):
        text = _text(dice, sentences)
        if texts and dice.random() < 0.33:
            text = dice.choice(texts)
            if dice.random() < 0.5:
                text = f"{text[: len(text) * 2 // 3]} {_text(dice, sentences)[:200]}"
        texts.append(text)
        made.append(
            samples.raw(
                n,
                url=f"http://o{n % 7}.example/{n}",
                outlet=f"o{n % 7}.example",
                title=text[:60],
                text=text,
                fetched=samples.NOON + timedelta(seconds=n),
            )
        )
    return made


def _text(dice: random.Random, sentences: int) -> str:
    said = [
        f"{dice.choice(ACTORS)} {dice.choice(DEEDS)} {dice.choice(THINGS)} near {dice.choice(PLACES)}, "
        f"report {dice.randrange(10**6)} of the agency said."
        for _ in range(sentences)
    ]
    return f"{dice.choice(PLACES)} – {' '.join(said)}"


@contextmanager
def running(*roles: Runs) -> Iterator[None]:
    """The roles in threads of this process; stopped and ended when the block is left. Their errors are raised."""
    stop, errors = threading.Event(), list[Exception]()

    def run(role: Runs) -> None:
        try:
            role.run(stop)
        except Exception as e:  # noqa: BLE001 - shown at the end
            errors.append(e)

    threads = [threading.Thread(target=run, args=(role,), daemon=True) for role in roles]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
    assert not errors, errors
    assert not any(thread.is_alive() for thread in threads)


def until(condition: Callable[[], object], patience: float = 60) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def drained(log: Log, group: str, topic: str) -> Callable[[], bool]:
    return lambda: log.positions(group, topic) == {p: e.end for p, e in log.extents(topic).items()}


def everything(log: Log, topic: str) -> list[Delivered]:
    """All records of a topic, partition by partition."""
    found: list[Delivered] = []
    for partition in range(TOPICS[topic].partitions):
        position = 0
        while page := log.read(topic, partition, position, 2000):
            found += page
            position = page[-1].offset + 1
    return found


def origins(log: Log, *topics: TopicSpec) -> Counter[tuple[int, int]]:
    """How often each origin stands in the topics."""
    records = [record for topic in topics for record in everything(log, topic.name)]
    found = [origin_of(record.value or b"") for record in records]
    return Counter((o.partition, o.offset) for o in found if o is not None)


def entered(log: Log) -> set[tuple[int, int]]:
    return {(p, offset) for p, extent in log.extents(RAW.name).items() for offset in range(extent.end)}
