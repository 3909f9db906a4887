"""Trends over entities, places and outlets: counted on originals; their copies are the column `reach` (and `copies`, alike)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from newstide.ports import Rows, Store
from sinks.queries import words

AT = "{at:DateTime64(3, 'UTC')}"
WINDOW = "{window:UInt32}"


def rising(store: Store, at: datetime, window: int = 3600, baseline: int = 7 * 86_400, limit: int = 20) -> Rows:
    """Entities that rise in the window against the `baseline` s before it, strongest first (`trend_rising`)."""
    return store.query(
        f"SELECT * FROM trend_rising(at={AT}, window={WINDOW}, baseline={{baseline:UInt32}}) LIMIT {{limit:UInt32}}",
        {"at": at, "window": window, "baseline": baseline, "limit": limit},
    )


def timeline(store: Store, entity: str, at: datetime, window: int, step: int) -> Rows:
    """One entity's (bucket, originals, copies, outlets, reach) per `step` s, empty steps included."""
    return store.query(
        f"SELECT * FROM trend_timeline(entity={{entity:String}}, at={AT}, window={WINDOW}, step={{step:UInt32}})",
        {"entity": entity, "at": at, "window": window, "step": step},
    )


def compare(store: Store, entities: Sequence[str], at: datetime, window: int, step: int) -> Rows:
    """Several entities side by side: (entity, bucket, originals, copies, reach), each once, as asked; no step left out."""
    found = store.query(
        f"""SELECT entity, toDateTime64(toStartOfInterval(time, toIntervalSecond({{step:UInt32}})), 3, 'UTC') AS bucket,
    uniqExactIf(article, relation != 'copy') AS originals, uniqExactIf(article, relation = 'copy') AS copies
FROM mention_facts
WHERE entity IN {{entities:Array(String)}} AND time <= {AT} AND time > {AT} - toIntervalSecond({WINDOW})
GROUP BY entity, bucket""",
        {"entities": list(entities), "at": at, "window": window, "step": step},
    )
    counts = {(entity, bucket): (originals, copies, copies) for entity, bucket, originals, copies in found.rows}
    steps = _steps(at, window, step)
    rows = [
        (entity, bucket, *counts.get((entity, bucket), (0, 0, 0)))
        for entity in dict.fromkeys(entities)
        for bucket in steps
    ]
    return Rows(("entity", "bucket", "originals", "copies", "reach"), rows)  # an empty answer of chDB has no columns


def sparklines(store: Store, entities: Sequence[str], at: datetime, window: int, step: int) -> dict[str, list[int]]:
    """Entity → its originals per step, oldest first: every small chart of a list from one query."""
    lines: dict[str, list[int]] = {entity: [] for entity in entities}
    for entity, _, originals, *_ in compare(store, list(lines), at, window, step).rows:
        lines[entity].append(originals)
    return lines


def related(store: Store, entity: str, at: datetime, window: int, limit: int = 20) -> Rows:
    """What stands beside an entity, by shared originals, with its lift (`trend_related`)."""
    return store.query(
        f"SELECT * FROM trend_related(entity={{entity:String}}, at={AT}, window={WINDOW}) LIMIT {{limit:UInt32}}",
        {"entity": entity, "at": at, "window": window, "limit": limit},
    )


def places(store: Store, at: datetime, window: int, limit: int = 50) -> Rows:
    """Where news happens: originals and copies per place (`trend_places`)."""
    return _windowed(store, "trend_places", at, window, limit)


def sources(store: Store, at: datetime, window: int, limit: int = 50) -> Rows:
    """Who reports: originals, derived, copies and stories per outlet (`trend_sources`)."""
    return _windowed(store, "trend_sources", at, window, limit)


def entity(store: Store, text: str) -> str | None:
    """The entity that a person means: by its id, else by its name, else by a wording of its mentions such as "PKK".

    Names compare in any case and with or without accents; of several the most mentioned. None where there is none.
    """
    found = store.query(
        """SELECT entity FROM mention_facts
WHERE entity = {text:String} OR match(name, {name:String}) OR arrayExists(t -> match(t, {name:String}), texts)
GROUP BY entity ORDER BY entity = {text:String} DESC, countIf(match(name, {name:String})) > 0 DESC,
    uniqExact(article) DESC, entity LIMIT 1""",
        {"text": text, "name": words.whole(text)},
    )
    return found.rows[0][0] if found.rows else None


def topics(store: Store, at: datetime, window: int, limit: int = 20) -> Rows:
    """What the news is about: originals and copies per topic of the top level and of one's own (`trend_topics`)."""
    return _windowed(store, "trend_topics", at, window, limit)


def topic(store: Store, key: str) -> dict[str, Any] | None:
    """A topic's id, name, first and last article, originals and copies. None if no article has it."""
    found = store.query(
        """SELECT topic AS id, any(name) AS name, min(time) AS first, max(time) AS last,
    uniqExactIf(article, relation != 'copy') AS originals, uniqExactIf(article, relation = 'copy') AS copies
FROM article_topics WHERE topic = {topic:String} GROUP BY topic""",
        {"topic": key},
    )
    return found.dicts()[0] if found.rows else None


def profile(store: Store, entity: str) -> dict[str, Any] | None:
    """Who an entity is: id, its most used name, type, first and last mention, originals, copies. None if unknown."""
    found = store.query(
        """SELECT entity AS id, topK(1)(name)[1] AS name, topK(1)(type)[1] AS type, min(time) AS first, max(time) AS last,
    uniqExactIf(article, relation != 'copy') AS originals, uniqExactIf(article, relation = 'copy') AS copies
FROM mention_facts WHERE entity = {entity:String} GROUP BY entity""",
        {"entity": entity},
    )
    return found.dicts()[0] if found.rows else None


def _windowed(store: Store, view: str, at: datetime, window: int, limit: int) -> Rows:
    return store.query(
        f"SELECT * FROM {view}(at={AT}, window={WINDOW}) LIMIT {{limit:UInt32}}",
        {"at": at, "window": window, "limit": limit},
    )


def _steps(at: datetime, window: int, step: int) -> list[datetime]:
    """The starts of all steps that touch (at - window, at]; steps count from 1970, as `toStartOfInterval` does."""
    first = int((at - timedelta(seconds=window)).timestamp()) // step * step
    return [datetime.fromtimestamp(t, UTC) for t in range(first, int(at.timestamp()) + 1, step)]
