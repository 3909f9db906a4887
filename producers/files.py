"""Articles from files, for `process` and `ingest`: JSON Lines, feeds and pages from disk.

A file is read as a stream; what cannot be read becomes an `Ended` in its place, and the rest goes on.
"""

import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from newstide import urls
from newstide.deadletter import bury
from newstide.errors import UsageError
from newstide.printable import as_text
from newstide.records import Ended, Feed, FeedSeen, RawArticle
from producers import jsonlines
from producers.decide import decide
from producers.jsonlines import Met
from producers.pages import with_page
from producers.parse import parse
from producers.parsed import Failure

MAX_LINE = 32 * 1024 * 1024  # bytes; no article is as long, and a file without line ends must not fill the memory
KINDS = ".jsonl, .jsonl.gz, .xml, .json, .html or - for JSON Lines on stdin"


def read(path: str, started: datetime) -> Iterator[RawArticle | Ended]:
    """The articles of a file in its order; `started` is the time of those that carry none.

    Raises UsageError for a file that is not there or of no known kind.
    """
    name = path.lower()
    if path != "-" and not Path(path).is_file():
        raise UsageError(f"{path}: {'is a directory' if Path(path).is_dir() else 'no such file'}")
    if path == "-" or name.endswith((".jsonl", ".jsonl.gz")):
        return _lines(path, started)
    if name.endswith((".xml", ".json")):
        return _feed(path, started)
    if name.endswith((".html", ".htm")):
        return _page(path, started)
    raise UsageError(f"{path}: unknown kind of file; expected {KINDS}")


def _lines(path: str, started: datetime) -> Iterator[RawArticle | Ended]:
    number, source = 0, as_text(path)
    with _opened(path) as stream:
        try:
            while line := stream.readline(MAX_LINE):
                number += 1
                met = Met(f"{source}:{number}", started)
                if len(line) == MAX_LINE and not line.endswith(b"\n"):
                    _skip_line(stream)
                    yield met.dead("line too long", f"more than {MAX_LINE} bytes", line)
                elif line.strip():
                    yield from jsonlines.article(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line, met)
        except (EOFError, gzip.BadGzipFile, zlib.error) as e:
            yield Met(f"{source}:{number + 1}", started).dead("broken file", str(e), b"")


def _skip_line(stream: BinaryIO) -> None:
    while (rest := stream.readline(MAX_LINE)) and not rest.endswith(b"\n"):
        pass


def _feed(path: str, started: datetime) -> Iterator[RawArticle | Ended]:
    body = Path(path).read_bytes()
    address = Path(path).absolute().as_uri()
    parsed = parse(body, address)
    if isinstance(parsed, Failure):
        yield Met(as_text(path), started).dead(parsed.reason, parsed.detail, body)
        return
    feed = Feed(url=parsed.address or address, added=started)
    decided = decide(parsed, FeedSeen(url=feed.url, items={}), feed, started)
    yield from decided.articles
    for reason, count in decided.dropped.items():
        told = f"{count} items"
        yield bury(b"", kind="dropped", stage="ingest", reason=reason, at=started, detail=told, source=as_text(path))


def _page(path: str, started: datetime) -> Iterator[RawArticle | Ended]:
    body = Path(path).read_bytes()
    url = _canonical(body) or Path(path).absolute().as_uri()
    outlet = urls.outlet(url, None)
    article = RawArticle(id=urls.article_id(outlet, url), outlet=outlet, url=url, fetched=started)
    whole, letter = with_page(article, body, "text/html", "ingest", as_text(path))
    yield letter or whole


def _canonical(body: bytes) -> str:
    """The address that a page gives as its own."""
    from lxml import etree
    from lxml import html as lxml_html

    try:
        root = lxml_html.document_fromstring(body)
    except (etree.LxmlError, ValueError):
        return ""
    named = [*root.xpath("//link[@rel='canonical']/@href"), *root.xpath("//meta[@property='og:url']/@content")]
    return next(filter(None, (urls.absolute(str(url), "") for url in named)), "")


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    if path == "-":
        yield sys.stdin.buffer
        return
    with gzip.open(path) if path.lower().endswith(".gz") else open(path, "rb") as stream:
        yield cast(BinaryIO, stream)
