"""The whole enrich step beside its encoders alone, on English articles of 600 words; a worker's memory; what copies cost.

In one thread; the clock is this process's CPU time, for others use the machine.
"""

import os
import random
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, islice
from statistics import median
from typing import TypeVar

from benchmarks import edits, report
from benchmarks.articles import BEGIN, articles
from benchmarks.measure import fresh, memory
from newstide.records import RawArticle, encode
from streams.enrich import multilingual, vector
from streams.enrich.ner.encoder import encoder
from streams.pipeline import enrich_bytes

T = TypeVar("T")
COUNT, WORDS, ROUNDS = 40, 600, 5
COPIED = 20  # originals for each kind of edit
AT_LEAST, AT_MOST, WORKER_LIMIT = 8, 1.15, 450  # articles/s of the encoder; the step's time over it; MB


def main() -> None:
    rates, pss = fresh(_measured)
    print("articles of 600 words a second of CPU")
    print(
        *report.table(
            ("names", "with vector", "enrich", "ratio"),
            [(f"{a:.1f}", f"{b:.1f}", f"{c:.1f}", f"{b / c:.2f}") for a, b, c in rates],
        ),
        sep="\n",
    )
    alone, ratio = median(a for a, *_ in rates), median(b / c for _, b, c in rates)
    print(f"names {alone:.1f} (at least {AT_LEAST}: {report.verdict(alone >= AT_LEAST)})")
    print(
        f"enrich takes {ratio:.2f} times as long as its encoders (at most {AT_MOST}: {report.verdict(ratio <= AT_MOST)})"
    )
    print(f"worker {pss:.0f} MB (under {WORKER_LIMIT}: {report.verdict(pss < WORKER_LIMIT)})")
    print(
        "encoders of what an article is about, ms of CPU: English {:.1f}, other languages {:.1f}".format(
            *fresh(_points)
        )
    )
    print("time for the names of a copy, as a share of that for its original, by what the outlet did")
    print(*report.table(("edit", "share"), [(edit, f"{share:.2f}") for edit, share in fresh(_copies)]), sep="\n")


def _measured() -> tuple[list[tuple[float, float, float]], float]:
    """Articles a second by the names' encoder, both encoders and the step, round by round; this process's PSS at the end, in MB."""
    texts = iter(_texts())
    _each(_values(islice(texts, 4)), _step)
    rates = [
        (
            COUNT / _each(list(islice(texts, COUNT)), encoder("").names),
            COUNT / _each(list(islice(texts, COUNT)), _encoders),
            COUNT / _each(_values(islice(texts, COUNT)), _step),
        )
        for _ in range(ROUNDS)
    ]
    return rates, memory(os.getpid()).pss


def _points() -> tuple[float, float]:
    """Milliseconds for an article's vector, and for its point if it were in another language."""
    texts = _texts()[:COUNT]
    _encoders(texts[0])
    multilingual.point("", texts[0])
    found = (
        _each(texts, lambda text: vector.find("", text, "en")),
        _each(texts, lambda text: multilingual.point("", text)),
    )
    english, other = (1000 * seconds / COUNT for seconds in found)
    return english, other


def _copies() -> list[tuple[str, float]]:
    """Of each wire edit, CPU for the copies' headlines and texts over that for the originals', which were read just before."""
    names, rng, texts = encoder("").names, random.Random(1), iter(_texts())
    shares = []
    for edit in edits.COPIES:
        originals = [(" ".join(text.split()[:9]), text) for text in islice(texts, COPIED)]
        copies = [edit(rng, *original) for original in originals]
        first, again = (_each(list(chain.from_iterable(read)), names) for read in (originals, copies))
        shares.append((edit.__name__, again / first))
    return shares


def _encoders(text: str) -> None:
    encoder("").names(text)
    vector.find("", text, "en")


def _step(value: bytes) -> None:
    [(kind, _)] = enrich_bytes([(0, 0, value)])
    if kind != "article":
        raise AssertionError(kind)


def _each(inputs: Sequence[T], work: Callable[[T], object]) -> float:
    """CPU seconds."""
    begun = time.process_time()
    for one in inputs:
        work(one)
    return time.process_time() - begun


def _texts() -> list[str]:
    """Paragraphs up to the word count, a text for each time that one is read: what the encoder knows again costs nothing."""
    count = 4 + 3 * COUNT * ROUNDS
    words = " ".join((a.text or "").replace("\n\n", "\u2029") for a in articles(count * 3)).split(" ")
    return [" ".join(words[at : at + WORDS]).replace("\u2029", "\n") for at in range(0, count * WORDS, WORDS)]


def _values(texts: Iterable[str]) -> list[bytes]:
    return [encode(_raw(number, text)) for number, text in enumerate(texts)]


def _raw(number: int, text: str) -> RawArticle:
    url = f"https://a.example/{number}"
    return RawArticle(
        id=str(number), outlet="a.example", url=url, fetched=BEGIN, title=" ".join(text.split()[:9]), text=text
    )


if __name__ == "__main__":
    main()
