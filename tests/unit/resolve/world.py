"""A stream of articles as a busy day brings them: events, copies, edits, revisions, repeats."""

import random

from newstide.records import Article
from tests.unit.resolve.edits import COPIES
from tests.unit.resolve.making import article

SYLLABLES = ["ka", "ro", "mi", "ten", "dal", "vus", "sor", "pel", "gra", "lin", "bor", "hesh"]


def _word(rng: random.Random) -> str:
    return "".join(rng.choices(SYLLABLES, k=rng.randint(3, 4)))


def _report(rng: random.Random, event: list[str], common: list[str]) -> tuple[str, str]:
    """A report on an event: its words in a new order among others, 60 to 120 words."""
    words = rng.choices(event, k=30) + rng.choices(common, k=rng.randint(20, 60)) + [_word(rng) for _ in range(10)]
    rng.shuffle(words)
    lines = [" ".join(words[i : i + 20]) for i in range(0, len(words), 20)]
    return " ".join(rng.sample(event, 6)), "\n".join(lines)


def stream(seed: int, count: int) -> list[Article]:
    """`count` articles of 12 outlets; times run on with jumps, the same seed gives the same stream."""
    rng = random.Random(seed)
    common = [_word(rng) for _ in range(200)]
    events = [[_word(rng) for _ in range(20)] for _ in range(6)]
    past: list[Article] = []
    hours = 0.0
    for n in range(count):
        hours += rng.choice([0, 0.1, 0.1, 1, 5]) if rng.random() < 0.98 else rng.choice([-50_000, 100, 50_000])
        outlet, what = f"outlet{rng.randrange(12)}", rng.random()
        if rng.random() < 0.05:
            # A new event, or one that takes up two older ones: stories merge.
            joined = rng.sample(events[-1], 10) + rng.sample(events[-2], 10)
            events.append(rng.choice([joined, [_word(rng) for _ in range(20)]]))
        old = rng.choice(past[-80:]) if past else None
        if old is None or what < 0.5:
            title, text = _report(rng, rng.choice(events[-6:]), common)
            made = article(f"a{n}", outlet, title, text, at=hours)
        elif what < 0.58:
            title, text = _report(rng, rng.choice(events[-6:]), common)
            made = article(f"a{n}", outlet, title, f"{text}\n{old.text}", at=hours)
        elif what < 0.75:
            made = article(f"a{n}", outlet, *rng.choice(COPIES)(old.title, old.text), at=hours)
        elif what < 0.9:
            made = article(old.id, old.outlet, old.title, old.text + f"\nUpdate {n}.", at=hours)
        else:
            made = article(old.id, old.outlet, old.title, old.text, at=hours)
        past.append(made)
    return past
