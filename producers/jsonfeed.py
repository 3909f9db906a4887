"""JSON Feed 1.0 and 1.1 (jsonfeed.org). What has another type than the format says counts as missing."""

import re
from datetime import UTC, datetime
from typing import Any

import orjson

from newstide.clock import to_millis
from newstide.urls import absolute
from producers.parsed import MAX_ITEMS, Failure, Item, ParsedFeed
from producers.plain import escaped, line, sound

VERSION = re.compile(r"https?://jsonfeed\.org/version/1(\.\d+)?/?")


def parse(body: bytes, url: str) -> ParsedFeed | Failure:
    try:
        feed = orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as e:
        return Failure("not a feed", f"json: {e}")
    version = _text(feed, "version") if isinstance(feed, dict) else ""
    if not VERSION.fullmatch(version):
        return Failure("not a feed", "json of another kind")
    items = [item for item in _list(feed, "items") if isinstance(item, dict)]
    return ParsedFeed(
        title=line(_text(feed, "title")),
        language=line(_text(feed, "language")),
        address=absolute(line(_text(feed, "feed_url")), url),
        items=tuple(_item(item, url) for item in items[:MAX_ITEMS]),
        cut=max(0, len(items) - MAX_ITEMS),
    )


def _item(item: dict[str, Any], base: str) -> Item:
    identity = item.get("id")
    return Item(
        guid=line(str(identity)) if isinstance(identity, str | int | float) else "",
        link=absolute(line(_text(item, "url") or _text(item, "external_url")), base),
        title=line(_text(item, "title")),
        summary=sound(_text(item, "summary")),
        content=sound(_text(item, "content_html") or escaped(_text(item, "content_text"))),
        author=_authors(item),
        published=_moment(_text(item, "date_published")),
        sections=tuple(dict.fromkeys(line(tag) for tag in _list(item, "tags") if isinstance(tag, str) and tag.strip())),
        language=line(_text(item, "language")),
    )


def _authors(item: dict[str, Any]) -> str:
    """Version 1.1 has a list, 1.0 had one."""
    people = [*_list(item, "authors"), item.get("author")]
    names = [line(_text(person, "name")) for person in people if isinstance(person, dict)]
    return ", ".join(dict.fromkeys(filter(None, names)))


def _text(thing: dict[str, Any], key: str) -> str:
    value = thing.get(key)
    return value if isinstance(value, str) else ""


def _list(thing: dict[str, Any], key: str) -> list[Any]:
    value = thing.get(key)
    return value if isinstance(value, list) else []


def _moment(text: str) -> datetime | None:
    """RFC 3339; a time without a zone is no moment."""
    try:
        moment = datetime.fromisoformat(text)
        return to_millis(moment.astimezone(UTC)) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
