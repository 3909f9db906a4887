"""python -m benchmarks.placing [articles …]: an article's way to its story with 10⁴, 10⁵, 10⁶ articles in the window.

Generated: six articles in ten are alone in their story, the others in stories of 2 to 200; 32 terms each, of which 12 are the story's own, 8 are
of its field and 12 of everybody's; vectors of a story at a cosine of about .6. All stories are open at once, which is the worst case: in a real
window of a week most are over. Each window in a process of its own; memory is the growth of the process, vectors included.
"""

import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from benchmarks import report
from newstide.records import Decision
from streams.enrich import vector
from streams.resolve.stories import Stories, Told
from streams.resolve.story import story_id

WINDOWS = (10_000, 100_000, 1_000_000)
ASKED = 300
START = datetime(2026, 3, 1, tzinfo=UTC)
FIELDS, COMMON = 2_000, 4_000
_DIRECTIONS = 5_000  # of stories; more than these would only take memory here


def stream(seed: int, count: int) -> Iterator[tuple[int, Told]]:
    """(story, article): each story's number is that of its first article."""
    chance = np.random.default_rng(seed)
    centres = chance.normal(size=(_DIRECTIONS, vector.WIDTH)).astype(np.float32)
    noise = chance.normal(size=(4096, vector.WIDTH)).astype(np.float32)
    sizes = iter(chance.choice([1, 2, 5, 20, 200], size=count, p=[0.84, 0.08, 0.05, 0.028, 0.002]))
    open_: list[tuple[int, int]] = []
    for place in range(count):
        if not open_ or chance.random() < 0.71:
            open_.append((place, int(next(sizes))))
        at = int(chance.integers(len(open_)))
        story, left = open_[at]
        open_[at] = (story, left - 1)
        if left <= 1:
            open_[at] = open_[-1]
            open_.pop()
        own = [(1 << 30) + story * 16 + int(n) for n in chance.permutation(16)[:12]]
        field = [(1 << 20) + (story % FIELDS) * 64 + int(n) for n in chance.integers(64, size=8)]
        common = [int(n) for n in (COMMON * chance.random(12) ** 3).astype(int)]
        point = centres[story % _DIRECTIONS] + np.float32(0.8) * noise[int(chance.integers(4096))]
        when = START + timedelta(seconds=place * 200_000 / count)
        yield story, Told(f"a{place}", place, when, tuple(dict.fromkeys(own + field + common)), vector.small(point))


def measured(count: int) -> tuple[float, float, float, int, float]:
    """(ms of CPU to place one, the slowest of a hundred, KB of memory an article, stories, share placed as generated)."""
    stories, before, founders = Stories(), _resident(), {}
    asked: list[tuple[int, Told]] = []
    for place, (number, told) in enumerate(stream(1, count + ASKED)):
        if place >= count:
            asked.append((number, told))
            continue
        founders.setdefault(number, story_id(told.id))
        stories.add(_decision(place, told, founders[number]))
    grown = _resident() - before
    spent, right = [], 0
    for number, told in asked:
        begun = time.thread_time()
        placed = stories.place(told)
        spent.append(time.thread_time() - begun)
        right += (placed.under or placed.story) == founders.get(number)
    spent.sort()
    return sum(spent) / ASKED * 1e3, spent[-ASKED // 100] * 1e3, grown / count / 1024, len(founders), right / ASKED


def _decision(place: int, told: Told, story: str) -> Decision:
    packed = "" if told.direction is None else vector.write(told.direction)
    return Decision(
        id=told.id,
        input=place,
        origin=None,
        content="",
        version=1,
        outlet="",
        fetched=told.at,
        relation="original",
        story=story,
        terms=tuple(told.terms),
        vector=packed,
    )


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def main() -> None:
    windows = [int(a) for a in sys.argv[1:]] or WINDOWS
    lines = []
    for count in windows:
        with get_context("spawn").Pool(1) as pool:
            mean, slowest, memory, stories, right = pool.apply(measured, (count,))
        lines.append((f"{count:,}", f"{stories:,}", f"{mean:.2f}", f"{slowest:.2f}", f"{memory:.2f}", f"{right:.2f}"))
    head = ("articles", "stories", "ms to place one", "slowest 1 %", "KB an article", "as generated")
    print(*report.table(head, lines), sep="\n")


if __name__ == "__main__":
    main()
