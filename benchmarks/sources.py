"""The articles that benchmarks run on: generated ones, and where it lies beside the repository a real newswire."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmarks.articles import BEGIN, EVERY, articles
from newstide import urls
from newstide.records import RawArticle
from streams.models.training import jsonl

GENERATED, REUTERS = "generated", "reuters21578"
NEWSWIRE = Path(__file__).parents[2] / "shared" / "data" / "stream" / "reuters21578_stream.jsonl.gz"


@dataclass(frozen=True, slots=True)
class Plan:
    """So many articles of a source in each of so many rounds."""

    source: str
    count: int
    rounds: int


def known() -> list[Plan]:
    """The sources that are here."""
    return [Plan(GENERATED, 400, 3), *([Plan(REUTERS, 1000, 2)] if NEWSWIRE.is_file() else [])]


def read(source: str, count: int) -> Iterator[RawArticle]:
    """The first `count` articles of a source."""
    return articles(count) if source == GENERATED else islice(_reuters(), count)


def _reuters() -> Iterator[RawArticle]:
    for number, given in enumerate(jsonl.rows(NEWSWIRE)):
        url = f"https://newswire.example/{given['id']}"
        yield RawArticle(
            id=urls.article_id("newswire.example", url),
            outlet="newswire.example",
            url=url,
            fetched=BEGIN + number * EVERY,
            title=given["title"] or "",
            text=f"{given['dateline'] or ''} {given['body'] or ''}".strip(),
        )
