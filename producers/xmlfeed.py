"""RSS, Atom and their relatives, well-formed or not: feedparser behind three guards."""

import io
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser

from newstide.clock import to_millis
from newstide.urls import absolute
from producers.deadline import Overdue, within
from producers.parsed import MAX_ITEMS, Failure, Item, ParsedFeed
from producers.plain import BLOCKS, escaped, line, plain, sound
from producers.repair import ITEM_END, is_torn, repaired

PARSE_SECONDS = 4.0  # 2,000 honest items take 0.4 s
EXPANDED = 10 * 1024 * 1024  # what all entity references of a feed may come to: twice the largest body
ENTITY = re.compile(rb"<!ENTITY\s+(?:%\s+)?([^\s\"'<>]{1,200})\s+(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
REFERENCE = re.compile(rb"[&%]([^\s&%;#]{1,200});")
PLACE = re.compile(r"^<unknown>:(\d+):(\d+): ")  # as the XML parser tells of a fault
MARKUP = ("text/html", "application/xhtml+xml")
# What Atom calls text (RFC 4287, 3.1.1.1) and is none, for feeds forget `type="html"`: it begins with a block or a comment, or
# has an element that ends, or one that needs no end. Text about HTML seldom closes what it names.
INLINE = frozenset(
    "a abbr b big center cite code em font i mark q s small span strong sub sup u video audio picture figure".split()
)
MISLABELLED = re.compile(
    rf"</(?:{'|'.join(sorted(BLOCKS | INLINE))})\s*>|<(?:br|hr|img)\b[^<>]*>|\A\s*(?:<!--|<(?:{'|'.join(sorted(BLOCKS))})\b[^<>]*>)",
    re.IGNORECASE,
)
# A zone at a date's end that feedparser takes for UTC, or not at all; those it knows are America's.
ZONE = re.compile(r"(?<=[\d\s])(?:(?:UTC|GMT)\s?([+-])(\d{1,2}):?(\d\d)?|([A-Z]{2,5}))\s*\Z")
KNOWN_ZONES = frozenset("UT UTC GMT AT ET CT MT PT EST EDT CST CDT MST MDT PST PDT AST ADT AM PM".split())  # ET as EST
# Hours from UTC of those that mean one zone only; IST is India's, Israel's and Ireland's.
ZONES = {
    "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MET": 1, "MEZ": 1, "CEST": 2, "MEST": 2, "MESZ": 2, "SAST": 2, "EET": 2, "EEST": 3,
    "MSK": 3, "TRT": 3, "PKT": 5, "WIB": 7, "HKT": 8, "SGT": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip


def parse(body: bytes, url: str, content_type: str) -> ParsedFeed | Failure:
    if expanded(body) > EXPANDED:
        return Failure("entity bomb", f"entities of more than {EXPANDED} bytes")
    torn = is_torn(body)
    headers = {"content-location": url, "content-type": content_type or "application/xml"}
    try:
        found = within(PARSE_SECONDS, lambda: _read(body, headers, url))
    except Overdue:
        return Failure("too complex", f"more than {PARSE_SECONDS:g} s to parse")
    except Exception as e:  # noqa: BLE001 - feedparser raises what its many parts raise
        return Failure("not a feed", f"{type(e).__name__}: {e}"[:200])
    return replace(found, torn=torn) if isinstance(found, ParsedFeed) else found


def expanded(body: bytes) -> int:
    """The bytes that the declared entities come to where they are referred to, before any is expanded."""
    body = body.replace(b"\0", b"")  # UTF-16 and UTF-32 read as ASCII so
    values = {found[1]: found[2] or found[3] or b"" for found in ENTITY.finditer(body)}
    if not values:
        return 0
    sizes: dict[bytes, int] = {}

    def size(name: bytes, depth: int) -> int:
        if name not in sizes:
            if depth > 50:  # also a circle
                return EXPANDED + 1
            inner = (found[1] for found in REFERENCE.finditer(values[name]))
            total = len(values[name]) + sum(size(other, depth + 1) for other in inner if other in values)
            sizes[name] = min(total, EXPANDED + 1)
        return sizes[name]

    return sum(size(found[1], 0) for found in REFERENCE.finditer(body) if found[1] in values)


def shorten(body: bytes) -> tuple[bytes, int]:
    """The body with its first MAX_ITEMS items only, and how many were cut out before its end."""
    ends = [found.end() for found in ITEM_END.finditer(body)]
    if len(ends) <= MAX_ITEMS:
        return body, 0
    return body[: ends[MAX_ITEMS - 1]] + body[ends[-1] :], len(ends) - MAX_ITEMS


def _read(body: bytes, headers: dict[str, str], url: str) -> ParsedFeed | Failure:
    body, cut = shorten(repaired(body))
    # A stream, never bytes: feedparser opens a file whose name the bytes are.
    found = feedparser.parse(io.BytesIO(body), response_headers=headers, sanitize_html=False)
    if not found.version:
        return Failure("not a feed", PLACE.sub(r"line \1, column \2: ", str(found.get("bozo_exception", "")))[:200])
    feed, entries = found.feed, found.entries
    return ParsedFeed(
        title=_title(feed),
        language=line(feed.get("language", "")),
        address=_own_address(feed, url),
        items=tuple(_item(entry, url, found.version) for entry in entries[:MAX_ITEMS]),
        cut=cut + max(0, len(entries) - MAX_ITEMS),
    )


def _item(entry: Any, base: str, version: str) -> Item:
    bodies = [_body(content, version) for content in entry.get("content", ())]
    return Item(
        guid=line(entry.get("id", "")),
        link=absolute(line(entry.get("link", "")), base),
        title=_title(entry),
        summary=_body(entry.get("summary_detail", {}), version) or sound(entry.get("summary", "")),
        content=max(bodies, key=len, default=""),
        author=_authors(entry),
        published=_published(entry),
        sections=_sections(tag.get("label") or tag.get("term") or "" for tag in entry.get("tags", ())),
        language=line(entry.get("language", "")),
    )


def _body(detail: Any, version: str) -> str:
    """A text construct as HTML. Of the others only Atom says what is text, and feedparser guesses."""
    body = sound(detail.get("value", ""))
    text = version.startswith("atom") and detail.get("type") == "text/plain" and not MISLABELLED.search(body)
    return escaped(body) if text else body


def _title(thing: Any) -> str:
    detail = thing.get("title_detail", {})
    title = thing.get("title", "")
    return line(plain(title) if detail.get("type") in MARKUP else title)


def _own_address(feed: Any, base: str) -> str:
    links = feed.get("links", ())
    return next((absolute(line(link.get("href", "")), base) for link in links if link.get("rel") == "self"), "")


def _authors(entry: Any) -> str:
    names = [line(plain(person.get("name", ""))) for person in entry.get("authors", ())]
    return ", ".join(dict.fromkeys(filter(None, names))) or line(plain(entry.get("author", "")))


def _sections(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (line(plain(name))[:200] for name in names))))


def _published(entry: Any) -> datetime | None:
    parts = dict.get(entry, "published_parsed")  # not entry.get: feedparser would give the time of the last change
    text = dict.get(entry, "published", "")
    try:
        if (zone := ZONE.search(text)) and zone[4] not in KNOWN_ZONES:
            offset = _offset(zone)
            return to_millis(_moment(text[: zone.start()].strip(), offset)) if offset else None
        return to_millis(datetime(*parts[:6]).replace(tzinfo=UTC)) if parts else None  # noqa: DTZ001
    except (ValueError, TypeError, OverflowError):
        return None


def _moment(text: str, offset: str) -> datetime:
    """Of a date as RFC 2822 or ISO 8601 writes it."""
    try:
        return parsedate_to_datetime(f"{text} {offset}")
    except ValueError:
        return datetime.fromisoformat(text + offset)


def _offset(zone: re.Match[str]) -> str:
    """As RFC 2822 writes it; "" where nobody knows which zone is meant."""
    if zone[4]:
        return f"+{ZONES[zone[4]]:02}00" if zone[4] in ZONES else ""
    return f"{zone[1]}{zone[2]:0>2}{zone[3] or '00'}"
