"""One article in, as a line of JSON: the public form that docs/reference/article.md describes. Pure."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import msgspec
import orjson

from newstide import urls
from newstide.clock import to_millis
from newstide.deadletter import bury
from newstide.records import Article, Ended, RawArticle
from producers.pages import with_page
from producers.plain import line as one_line
from producers.plain import sound_json

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
# What the store's DateTime64 holds, in every zone.
YEARS = range(1901, 2299)
KEYS = frozenset(("url", "title", "html", "text", "published", "fetched", "feed", "outlet", "language", "author"))
# What tells an article of ours (of `process`, or exported) from a stranger's line, and the keys of either that are computed.
OURS = frozenset(("id", "version", "content", "time", "relation", "story", "extra"))
COMPUTED = frozenset((*Article.__dataclass_fields__, "dateline_place", "dateline_date", "dateline_agency",
                      "origin_partition", "origin_offset"))  # fmt: skip


class Given(msgspec.Struct, kw_only=True):
    """The known keys of a line; null is the same as missing."""

    url: Annotated[str, msgspec.Meta(min_length=1)]
    title: str | None = None
    html: str | None = None
    text: str | None = None
    published: Moment | None = None
    fetched: Moment | None = None
    feed: str | None = None
    outlet: str | None = None
    language: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Met:
    """Where and when a line was met."""

    source: str
    at: datetime

    def dead(self, reason: str, detail: str, body: bytes) -> Ended:
        """The dead letter of what was met here."""
        return bury(body, kind="dead", stage="ingest", reason=reason, at=self.at, detail=detail, source=self.source)


def article(line: bytes, met: Met) -> Iterator[RawArticle | Ended]:
    """The article of a line; or a dead letter for `not utf-8`, `not json`, `no url`, `wrong type`, `wrong date`.

    An article whose page is too large comes without it, after the dead letter of the page.
    """
    try:
        value = _loads(line.decode("utf-8"))
        given = msgspec.convert(value, Given)
    except UnicodeDecodeError as e:
        yield met.dead("not utf-8", str(e), line)
    except (ValueError, RecursionError) as e:
        if isinstance(e, msgspec.ValidationError):
            reason = _reason(value)
            yield met.dead(reason, "`url` is missing" if reason == "no url" else str(e).replace("`$.", "`"), line)
        else:
            yield met.dead("not json", str(e), line)
    else:
        wrong = [name for name in ("fetched", "published") if not _storable(getattr(given, name))]
        if wrong:
            yield met.dead("wrong date", f"`{wrong[0]}` is not of the years {YEARS[0]} to {YEARS[-1]}", line)
        else:
            yield from _whole(given, value, met)


def _storable(moment: datetime | None) -> bool:
    return moment is None or moment.year in YEARS


def _whole(given: Given, value: dict[str, Any], met: Met) -> Iterator[RawArticle | Ended]:
    url = one_line(given.url)
    outlet = one_line(given.outlet or "") or urls.outlet(url, given.feed)
    raw = RawArticle(
        id=urls.article_id(outlet, url),
        outlet=outlet,
        url=url,
        fetched=to_millis(given.fetched or met.at),
        title=one_line(given.title or ""),
        author=one_line(given.author or ""),
        published=to_millis(given.published) if given.published else None,
        language=one_line(given.language or ""),
        feed=given.feed or None,
        text=given.text,
        extra=_extra(value),
    )
    if given.html is not None:
        page = given.html.encode()
        raw, letter = with_page(raw, page, "text/html; charset=utf-8", "ingest", met.source)
        yield from (letter,) if letter else ()
    yield raw


def _extra(value: dict[str, Any]) -> dict[str, Any]:
    """The unknown keys, beside what stood under `extra` already. Of an article of ours what is computed is left out."""
    unknown = {key: inner for key, inner in value.items() if key not in KEYS}
    if unknown.keys() >= OURS:
        unknown = {key: inner for key, inner in unknown.items() if key not in COMPUTED} | {
            "extra": _loaded(unknown["extra"])
        }
    before = unknown.get("extra")
    if isinstance(before, dict):
        unknown = {**before, **{key: inner for key, inner in unknown.items() if key != "extra"}}
    return unknown


def _loaded(extra: Any) -> Any:
    """`extra` of an exported row is JSON in a text."""
    with suppress(ValueError):
        return orjson.loads(extra) if isinstance(extra, str) else extra
    return extra


def _reason(value: Any) -> str:
    url = value.get("url") if isinstance(value, dict) else value
    return "no url" if isinstance(value, dict) and url in (None, "") else "wrong type"


def _loads(text: str) -> Any:
    """JSON; lone surrogates, which orjson refuses, become U+FFFD."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        if "\\ud" not in text.lower():
            raise
        return sound_json(json.loads(text, parse_constant=_no_constant, parse_int=_integer))


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _integer(digits: str) -> int | float:
    """As orjson reads it: beyond 64 bits a float."""
    number = int(digits) if len(digits) < 20 else float(digits)
    return number if abs(number) < 2**63 else float(digits)
