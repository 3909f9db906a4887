"""The resolver's decisions per second with 10^4 and 5 * 10^4 articles in its window.

Beside it, what a stage must do with each article that it merely hands on: decode and encode. Articles
carry what the resolver reads (text, signature, terms), made without the rest of `enrich`.
"""

import time
from multiprocessing import get_context

from benchmarks import report
from benchmarks.articles import articles
from newstide.records import Article, RawArticle, decode, encode
from newstide.workers import available_cores
from streams.enrich import fingerprint
from streams.resolve.resolver import Resolver

WINDOWS = (10_000, 50_000)
PART = 2000  # articles of one seed: as many as one process makes at a time


def main() -> None:
    texts: dict[int, str] = {}
    resolver = Resolver(texts.get)
    place, found = 0, []
    with get_context("spawn").Pool(available_cores()) as pool:
        for part in pool.imap(part_of, range(WINDOWS[-1] // PART + 1)):
            begun = time.thread_time()
            for value in part:
                article = decode(value, Article)
                resolver.apply(resolver.decide(article, place))
                texts[place] = f"{article.title}\n{article.text}"
                place += 1
            spent = time.thread_time() - begun
            if place - PART in WINDOWS:
                found.append((place - PART, spent, _carried(part)))
    head = ("window", "decisions/s", "decode + encode alone /s", "ratio")
    lines = [(f"{w:,}", f"{PART / a:,.0f}", f"{PART / b:,.0f}", f"{b / a:.2f}") for w, a, b in found]
    print("per second of CPU")
    print(*report.table(head, lines), sep="\n")


def part_of(number: int) -> list[bytes]:
    return [encode(_article(raw)) for raw in articles(PART, number, number * PART)]


def _article(raw: RawArticle) -> Article:
    text = raw.text or ""
    return Article(
        id=raw.id,
        content=fingerprint.content(raw.title, text),
        outlet=raw.outlet,
        url=raw.url,
        feed=None,
        title=raw.title,
        author="",
        published=raw.published,
        fetched=raw.fetched,
        language="en",
        extra={},
        time=raw.fetched,
        dateline=None,
        text=text,
        removed=(),
        entities=(),
        topics=(),
        places=(),
        signature=fingerprint.signature(text),
        terms=fingerprint.terms(raw.title, text, ()),
    )


def _carried(part: list[bytes]) -> float:
    """CPU seconds to decode and encode them."""
    begun = time.thread_time()
    for value in part:
        encode(decode(value, Article))
    return time.thread_time() - begun


if __name__ == "__main__":
    main()
