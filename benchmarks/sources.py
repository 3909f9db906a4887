"""The articles that benchmarks run on: generated ones, and where it lies beside the repository a real newswire."""

import gzip
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from benchmarks.articles import BEGIN, EVERY, articles
from newstide import urls
from newstide.records import RawArticle

GENERATED, REUTERS = "generated", "reuters21578"
NEWSWIRE = Path(__file__).parents[2] / "shared" / "data" / "stream" / "reuters21578_stream.jsonl.gz"


def known() -> list[tuple[str, int]]:
    """The sources that are here, each with how many articles a round takes of it."""
    return [(GENERATED, 3000), *([(REUTERS, 5000)] if NEWSWIRE.is_file() else [])]


def read(source: str, count: int) -> Iterator[RawArticle]:
    """The first `count` articles of a source."""
    return articles(count) if source == GENERATED else islice(_reuters(), count)


def _reuters() -> Iterator[RawArticle]:
    with gzip.open(NEWSWIRE, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            given = json.loads(line)
            url = f"https://newswire.example/{given['id']}"
            yield RawArticle(
                id=urls.article_id("newswire.example", url),
                outlet="newswire.example",
                url=url,
                fetched=BEGIN + number * EVERY,
                title=given["title"] or "",
                text=f"{given['dateline'] or ''} {given['body'] or ''}".strip(),
            )
