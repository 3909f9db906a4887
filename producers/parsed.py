"""What a feed said: the values that parsing gives, before anything is decided."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item. `link` is absolute or empty; `title` and `author` are plain text; `summary` and `content`
    are HTML or plain text, as the feed has them; times are aware UTC, None where unreadable.
    """

    guid: str = ""
    link: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    author: str = ""
    published: datetime | None = None
    sections: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed as read. `address` is where it says it lives; `cut` items were more than one poll takes; `torn`: its end is missing."""

    title: str = ""
    language: str = ""
    address: str = ""
    items: tuple[Item, ...] = ()
    cut: int = 0
    torn: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a body is no feed; `reason` is a short fixed phrase."""

    reason: str
    detail: str = ""


MAX_ITEMS = 2000  # of one feed in one poll: what Media Cloud takes; the rest is counted
