"""Stories: the most active ones, and one with all its articles."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from newstide.ports import Rows, Store
from sinks.queries.articles import ROW

STORY = "SELECT * FROM stories WHERE story IN {ids:Array(String)}"


def stories(store: Store, *, active_since: datetime, limit: int = 50) -> Rows:
    """The stories with an article after `active_since`: most originals since then first, then the latest.

    To the columns of the view `stories` come `recent` (articles since then that are no copies), `by` (its
    outlets in the order they had it, up to 12) and `entities` (the up to five most mentioned as dicts of id,
    name and type).
    """
    active = store.query(
        """SELECT story, countIf(relation != 'copy') AS recent FROM articles
WHERE time > {since:DateTime64(3, 'UTC')} AND story != ''
GROUP BY story ORDER BY recent DESC, max(time) DESC, story LIMIT {limit:UInt32}""",
        {"since": active_since, "limit": limit},
    )
    recent = dict(active.rows)
    found = store.query(STORY, {"ids": list(recent)})
    by, entities = _outlets(store, list(recent)), _entities(store, list(recent), 5)
    by_id = {row[0]: (*row, recent[row[0]], by[row[0]], entities.get(row[0], [])) for row in found.rows}
    return Rows((*found.columns, "recent", "by", "entities"), [by_id[key] for key in recent if key in by_id])


def story(store: Store, key: str) -> dict[str, Any] | None:
    """One story by its id, or by that of a story that was merged into it: the row of the view `stories`,
    `merged` (the ids that moved here), `entities` (up to 20) and its `articles`, oldest first. None if unknown.
    """
    moved = store.query("SELECT target FROM story_moves WHERE source = {id:String}", {"id": key}).rows
    key = moved[0][0] if moved else key
    found = store.query(STORY, {"ids": [key]}).dicts()
    if not found:
        return None
    merged = store.query("SELECT source FROM story_moves WHERE target = {id:String} ORDER BY source", {"id": key})
    articles = store.query(f"SELECT {ROW} FROM articles WHERE story = {{id:String}} ORDER BY time, id", {"id": key})
    return {
        **found[0],
        "merged": [row[0] for row in merged.rows],
        "entities": _entities(store, [key], 20).get(key, []),
        "articles": articles.dicts(),
    }


def _outlets(store: Store, ids: Sequence[str]) -> dict[str, list[str]]:
    found = store.query(
        """SELECT story, arraySlice(arrayDistinct(arrayMap(x -> x.2, arraySort(groupArray((time, outlet))))), 1, 12)
FROM articles WHERE story IN {ids:Array(String)} GROUP BY story""",
        {"ids": list(ids)},
    )
    return dict(found.rows)


def _entities(store: Store, ids: Sequence[str], limit: int) -> dict[str, list[dict[str, str]]]:
    """Story → its most mentioned entities, by articles and then by salience."""
    found = store.query(
        """SELECT story, entity, any(name), any(type) FROM mentions WHERE story IN {ids:Array(String)}
GROUP BY story, entity ORDER BY story, uniqExact(article) DESC, sum(salience) DESC, entity
LIMIT {limit:UInt32} BY story""",
        {"ids": list(ids), "limit": limit},
    )
    answer: dict[str, list[dict[str, str]]] = {}
    for story, entity, name, type_ in found.rows:
        answer.setdefault(story, []).append({"id": entity, "name": name, "type": type_})
    return answer
