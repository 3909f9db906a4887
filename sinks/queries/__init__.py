"""The named read queries: what the command and the web ask of the store, in one place.

They read the documented views over `ports.Store`; every value travels as a bound parameter. Times are
aware UTC, windows and steps are in seconds, and a window is always (at - window, at].
"""

from sinks.queries.articles import article, articles, search
from sinks.queries.operations import alerts, feeds, ledger
from sinks.queries.stories import stories, story
from sinks.queries.trends import (
    compare,
    entity,
    places,
    profile,
    related,
    rising,
    sources,
    sparklines,
    timeline,
    topic,
    topics,
)

__all__ = [
    "alerts",
    "article",
    "articles",
    "compare",
    "entity",
    "feeds",
    "ledger",
    "places",
    "profile",
    "related",
    "rising",
    "search",
    "sources",
    "sparklines",
    "stories",
    "story",
    "timeline",
    "topic",
    "topics",
]
