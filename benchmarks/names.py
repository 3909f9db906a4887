"""The whole enrich step beside its encoders alone, on English articles of 600 words, and a worker's memory.

In one thread; the clock is this process's CPU time, for others use the machine.
"""

import os
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import TypeVar

from benchmarks import report
from benchmarks.articles import BEGIN, articles
from benchmarks.measure import fresh, memory
from newstide.records import RawArticle, encode
from streams.enrich import vector
from streams.enrich.ner.encoder import encoder
from streams.pipeline import enrich_bytes

T = TypeVar("T")
COUNT, WORDS, ROUNDS = 40, 600, 5
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


def _measured() -> tuple[list[tuple[float, float, float]], float]:
    """Articles a second by the names' encoder, both encoders and the step, round by round; this process's PSS at the end, in MB."""
    texts = _texts()
    values = [encode(_raw(number, text)) for number, text in enumerate(texts)]
    _each(values[:4], _step)
    rates = [
        (COUNT / _each(texts, encoder("").names), COUNT / _each(texts, _encoders), COUNT / _each(values, _step))
        for _ in range(ROUNDS)
    ]
    return rates, memory(os.getpid()).pss


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
    """Paragraphs up to the word count."""
    words = " ".join((a.text or "").replace("\n\n", "\u2029") for a in articles(COUNT * 3)).split(" ")
    return [" ".join(words[at : at + WORDS]).replace("\u2029", "\n") for at in range(0, COUNT * WORDS, WORDS)]


def _raw(number: int, text: str) -> RawArticle:
    url = f"https://a.example/{number}"
    return RawArticle(
        id=str(number), outlet="a.example", url=url, fetched=BEGIN, title=" ".join(text.split()[:9]), text=text
    )


if __name__ == "__main__":
    main()
