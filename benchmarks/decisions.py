"""Decisions as a resolver has written them, in any number: for its rebuilding, which folds a window of them.

One world of articles is decided by a real resolver. The others are the same world under other names: ids,
stories and hashes are changed alike all over it, so that its stories and copies stay what they were and have
nothing in common with those of the first.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import count, islice
from multiprocessing import get_context

import numpy as np

from benchmarks.articles import EVERY
from benchmarks.resolver import PART, part_of
from newstide.records import Article, Decision, Move, Origin, decode
from newstide.workers import available_cores
from streams.resolve.resolver import Resolver
from streams.resolve.signatures import read_signature, write_signature

PARTS = 6
WORLD = PARTS * PART
FAR = 1000  # seeds of these articles, far from those of other benchmarks
NOWHERE = 9  # a partition that articles.raw has not: no real article is taken for one of these


def decisions(number: int) -> Iterator[Decision]:
    """The first `number` decisions of world after world."""
    world = _decided()
    return islice((_renamed(d, at, n * WORLD + at) for n in count() for at, d in enumerate(world)), number)


def _decided() -> list[Decision]:
    texts: deque[str] = deque()
    resolver = Resolver(lambda offset: texts[offset])
    made = []
    with get_context("spawn").Pool(available_cores()) as pool:
        for part in pool.imap(part_of, range(FAR, FAR + PARTS)):
            for value in part:
                article = decode(value, Article)
                made.append(resolver.decide(article, len(texts)))
                resolver.apply(made[-1])
                texts.append(f"{article.title}\n{article.text}")
    return made


def _renamed(decision: Decision, at: int, place: int) -> Decision:
    """The decision at place `at` of the first world, as the one at `place` of them all."""
    world = place // WORLD
    bits = world * 0x9E3779B1 & 0xFFFFFFFF  # 2**32 over the golden ratio: another pattern for each world
    signature = read_signature(decision.signature)
    return replace(
        decision,
        id=f"{decision.id}.{world}",
        input=place,
        origin=Origin(NOWHERE, place),
        content=f"{decision.content}.{world}",
        fetched=decision.fetched + (place - at) * EVERY,
        of=decision.of and f"{decision.of}.{world}",
        story=decision.story and f"{decision.story}.{world}",
        body=decision.body and f"{decision.body}.{world}",
        signature="" if signature is None else write_signature(signature ^ np.uint64(bits << 32 | bits)),
        terms=tuple(term ^ bits for term in decision.terms),
        moves=tuple(Move(f"{m.source}.{world}", f"{m.target}.{world}") for m in decision.moves),
    )
