"""python -m benchmarks.lineage: is the right article named the original? Chains over real texts, arriving shuffled.

A chain is one original, an agency's or a paper's, and its copies in other outlets, edited as in `edits`. Half of
the copies credit it in some form, some in the page's canonical link. A tenth of all articles say no time, some only the day, some copies
keep the original's time, and a few claim an earlier one. Exit code 1 below what is asked for.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from benchmarks import edits
from benchmarks.copies import DATA, START, article, standing, texts
from newstide.records import Article, Extraction

LEAST = 0.95
CHAINS = 1000
# Outlet, and how others write its name.
AGENCIES = (
    ("reuters.com", "Reuters"),
    ("afp.com", "AFP"),
    ("dpa.com", "dpa"),
    ("apnews.com", "AP"),
    ("efe.com", "EFE"),
    ("ansa.it", "ANSA"),
)
PAPERS = (
    ("tisna-gazette.example", "Tisna Gazette"),
    ("halvorn.example", "Halvorn"),
    ("morning-bell.example", "Morning Bell"),
)
AT_FOOT = (
    "({})",
    "{} contributed to this report.",
    "Mit Material von {}",
    "Avec {}",
    "© 2026 {}",
    "Con información de {}",
    "Source: {}",
)
PAPERS_FOOT = ("This article was originally published by {}.", "Source: {}", "First published in the {}")
# Shares: of copies that credit, of credits that are only a link; of articles without a time, with a day only; of copies that keep the
# original's time, that claim an earlier one.
CREDITED, LINKED, UNTIMED, DAY, KEPT, EARLIER = 0.5, 0.2, 0.1, 0.05, 0.15, 0.02


@dataclass(frozen=True, slots=True)
class Link:
    """One article of a chain."""

    chain: int
    original: bool
    article: Article


def chains(sources: Sequence[tuple[str, str]], seed: int) -> list[Link]:
    """All links of all chains, in the order of their arrival."""
    rng = random.Random(seed)
    links = [link for number, (title, text) in enumerate(sources) for link in _chain(rng, number, title, text)]
    arrivals = sorted(links, key=lambda link: (link.chain // 50, rng.random()))  # fifty chains at a time
    at = START + timedelta(days=2)
    return [
        replace(link, article=replace(link.article, fetched=at + timedelta(seconds=5 * place), time=at))
        for place, link in enumerate(arrivals)
    ]


def _chain(rng: random.Random, number: int, title: str, text: str) -> Iterator[Link]:
    agency = rng.random() < 0.6
    outlet, name = rng.choice(AGENCIES if agency else PAPERS)
    out = START + timedelta(hours=24 * rng.random(), minutes=7)
    first = f"KARSUND ({name}) - {text}" if agency and rng.random() < 0.5 else text
    own = article(f"{number}.0", outlet, title, first)
    yield Link(number, True, replace(own, published=_time(rng, out)))
    for copy in range(1, rng.randint(2, 7)):
        new_title, new = title, text
        for edit in rng.sample(edits.COPIES, rng.randint(1, 3)):
            new_title, new = edit(rng, new_title, new)
        there, link = None, rng.random() < LINKED
        if rng.random() < CREDITED:
            there = Extraction(by="page", score=1.0, canonical=f"https://www.{outlet}/{number}") if link else None
            foot = rng.choice(AT_FOOT if agency else PAPERS_FOOT).format(name)
            new = new if link else f"{new}\n{foot}"
        when = out + timedelta(minutes=2 + rng.expovariate(1 / 90))
        when = out if (kind := rng.random()) < KEPT else out - timedelta(hours=1) if kind < KEPT + EARLIER else when
        made = article(f"{number}.{copy}", f"paper{rng.randrange(10**6)}.example", new_title, new)
        yield Link(number, False, replace(made, published=_time(rng, when), extraction=there))


def _time(rng: random.Random, when):
    kind = rng.random()
    if kind < UNTIMED:
        return None
    return when.replace(hour=0, minute=0, second=0, microsecond=0) if kind < UNTIMED + DAY else when


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--half", type=int, choices=(0, 1), default=1)
    asked.add_argument("--seed", type=int, default=2)
    options = asked.parse_args()
    links = chains(texts(options.half)[:CHAINS], options.seed)
    of = standing([link.article for link in links])
    true = {link.chain: link.article.id for link in links if link.original}
    named = {chain: Counter(of[k.article.id] for k in links if k.chain == chain).most_common(1)[0][0] for chain in true}
    right = sum(named[chain] == true[chain] for chain in true) / len(true)
    copies = [link for link in links if not link.original]
    pointing = sum(of[link.article.id] == true[link.chain] for link in copies) / len(copies)
    first = {}
    for link in links:
        first.setdefault(link.chain, link.article.id)
    arrived = sum(first[chain] == true[chain] for chain in true) / len(true)
    print(f"{len(true):,} chains, {len(links):,} articles; the original arrived first in {arrived:.1%}\n")
    print("| | |\n|---|---|")
    print(f"| chains whose true original is the one named by most | {right:.1%} |")
    print(f"| copies that name the true original | {pointing:.1%} |")
    return int(right < LEAST)


if __name__ == "__main__":
    if not DATA.exists():
        print("needs ../shared/data", file=sys.stderr)
        sys.exit(2)
    sys.exit(main())
