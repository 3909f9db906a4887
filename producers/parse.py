"""Bytes into a feed: JSON Feed by ourselves, everything else by feedparser. Pure."""

import re
import zlib

from newstide.inflate import GZIP, inflate
from producers.parsed import Failure, ParsedFeed

PROLOG = re.compile(rb"(?:\s|<!--.*?-->|<\?.*?\?>)*", re.DOTALL)
HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
INFLATED = 16 * 1024 * 1024  # bytes: three times the largest body that is fetched
ROOT = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf|channel)[\s>]", re.IGNORECASE)


def parse(body: bytes, url: str, content_type: str = "") -> ParsedFeed | Failure:
    """The feed in `body`, fetched from `url` with that Content-Type header.

    Reasons of failure: `empty`, `html, not a feed`, `not a feed`, `entity bomb`, `too complex`, `broken gzip`.
    Faults that leave a feed readable are none: an ill-formed feed gives what can be read.
    """
    if body.startswith(GZIP):  # a file.xml.gz served as it lies
        unpacked = _gunzip(body)
        return Failure("broken gzip") if unpacked is None else parse(unpacked, url, content_type)
    sniffed = body.replace(b"\0", b"")[:65536].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if not sniffed:
        return Failure("empty")
    if sniffed[:1] in b"{[":
        from producers import jsonfeed

        return jsonfeed.parse(body, url)
    if is_html(sniffed):
        return Failure("html, not a feed")
    from producers import xmlfeed

    return xmlfeed.parse(body, url, content_type)


def is_html(start: bytes) -> bool:
    """Whether a document begins as HTML does, and no feed begins further on."""
    found = HTML.match(start, PROLOG.match(start).end())  # type: ignore[union-attr] # the prolog may be empty
    return found is not None and not ROOT.search(start)


def _gunzip(body: bytes) -> bytes | None:
    """What is packed, None where it is damaged or cut short, more than INFLATED or packed again."""
    try:
        inner = inflate(body, lambda: zlib.decompressobj(zlib.MAX_WBITS | 16), INFLATED, GZIP)
    except (zlib.error, EOFError):
        return None
    return None if len(inner) > INFLATED or inner.startswith(GZIP) else inner
