"""Reading: articles, stories, trends, search, SQL."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from newstide.app import App
from newstide.clock import to_millis
from newstide.errors import EngineError, UsageError
from newstide.ports import Rows
from sinks import queries

EARLIEST, LATEST = 1901, 2298  # years that DateTime64 holds whole
# What `export` may write, with the ClickHouse format of each suffix.
EXPORTS = {".parquet": "Parquet", ".jsonl": "JSONEachRow", ".csv": "CSVWithNames"}
VIEWS = ("articles", "article_versions", "mentions", "article_topics", "article_places", "article_vectors", "stories",
         "feeds", "outcomes", "alerts", "deliveries", "story_moves", "story_history", "lineage")  # fmt: skip


def moment(app: App, text: str | None) -> datetime:
    """The time that a command named (RFC 3339, UTC where it has no zone), else now."""
    if text is None:
        return app.clock.now()
    try:
        found = datetime.fromisoformat(text)
        moment = to_millis(found if found.tzinfo else found.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise UsageError(f"{text!r} is no time; write 2026-03-01T12:00:00Z") from None
    if not EARLIEST <= moment.year <= LATEST:
        raise UsageError(f"{text!r} is out of range: {EARLIEST} to {LATEST}")
    return moment


def entity_id(app: App, text: str) -> str:
    found = queries.entity(app.store, text)
    if found is None:
        raise UsageError(f"no entity {text!r} in the store")
    return found


def _trend(query: Callable[..., Rows]) -> Callable[..., Any]:
    """A trend as of a time, of an entity by id or name."""

    def answer(app: App, *, at: str | None, **asked: Any) -> Any:
        if "entity" in asked:
            asked["entity"] = entity_id(app, asked["entity"])
        return query(app.store, at=moment(app, at), **asked).dicts()

    return answer


def compare(app: App, *, entities: list[str], at: str | None, window: int, step: int) -> Any:
    ids = [entity_id(app, text) for text in entities]
    found = queries.compare(app.store, ids, moment(app, at), window, step).dicts()
    known = {id: queries.profile(app.store, id) for id in ids}
    names = {id: who["name"] if who else id for id, who in known.items()}
    return [{"name": names[row["entity"]], **row} for row in found]


def articles(app: App, *, limit: int, since: str | None = None, **conditions: Any) -> Any:
    if conditions.get("entity"):
        conditions["entity"] = entity_id(app, conditions["entity"])
    after = moment(app, since) if since else None
    return queries.articles(app.store, since=after, limit=limit, **conditions).dicts()


def article(app: App, *, id: str) -> Any:
    return _found(queries.article(app.store, id), "article", id)


def stories(app: App, *, hours: float, limit: int) -> Any:
    since = app.clock.now() - timedelta(hours=hours)
    return queries.stories(app.store, active_since=since, limit=limit).dicts()


def story(app: App, *, id: str) -> Any:
    return _found(queries.story(app.store, id), "story", id)


def search(app: App, *, words: str, limit: int) -> Any:
    return queries.search(app.store, words, limit).dicts()


def sql(app: App, *, statement: str, format: str) -> str:
    """The answer as base64: a format may be binary."""
    return base64.b64encode(app.store.raw(statement, format)).decode("ascii")


def export(app: App, *, view: str, to: str) -> int:
    """Write a view to a file (an absolute path). Gives the bytes."""
    path = Path(to)
    if view not in VIEWS:
        raise UsageError(f"{view!r} is no view; there are {', '.join(VIEWS)}")
    if path.suffix not in EXPORTS:
        raise UsageError(f"{path}: write to a file that ends in {', '.join(EXPORTS)}")
    part = path.with_name(path.name + ".part")  # a failed export never looks like a finished one
    try:
        with part.open("wb") as file:
            size = app.store.stream(f"SELECT * FROM {view}", EXPORTS[path.suffix], file)
        part.replace(path)
    except OSError as e:
        raise EngineError(f"{path}: {e.strerror}") from e
    finally:
        part.unlink(missing_ok=True)
    return size


def _found(value: Any, kind: str, key: str) -> Any:
    if value is None:
        raise UsageError(f"no {kind} {key!r} in the store")
    return value


OPERATIONS: dict[str, Callable[..., Any]] = {
    "trends.rising": _trend(queries.rising),
    "trends.timeline": _trend(queries.timeline),
    "trends.compare": compare,
    "trends.related": _trend(queries.related),
    "trends.places": _trend(queries.places),
    "trends.topics": _trend(queries.topics),
    "trends.sources": _trend(queries.sources),
    "articles": articles,
    "article": article,
    "stories": stories,
    "story": story,
    "search": search,
    "sql": sql,
    "export": export,
}
