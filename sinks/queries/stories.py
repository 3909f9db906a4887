"""Stories: the most active ones, and one with all its articles."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from newstide.ports import Rows, Store
from sinks.queries.articles import ROW
from sinks.queries.novelty import novelty

STORY = "SELECT * FROM stories WHERE story IN {ids:Array(String)}"
# Originals with a vector of which one is the most central.
LEAST_CENTRAL = 3
# A story's length → the step of its timeline.
STEPS = ((timedelta(hours=12), 900), (timedelta(days=3), 3600), (timedelta(days=14), 21_600))
LONGEST_STEP = 86_400
# How the ids of sides begin. They stand for a story only once they have come back.
SIDE = "d"

CENTRAL = """SELECT c.story AS story, a.id, a.title, a.url, a.language FROM articles AS a INNER JOIN (
    SELECT v.story AS story,
        argMax(v.article, (dotProduct(v.vector, s.sum) / sqrt(dotProduct(v.vector, v.vector)), -toInt64(v.time), v.article)) AS id
    FROM article_vectors AS v INNER JOIN (
        SELECT story, sumForEach(vector) AS sum FROM article_vectors
        WHERE story IN {ids:Array(String)} AND relation = 'original' GROUP BY story HAVING count() >= {least:UInt32}
    ) AS s ON v.story = s.story
    WHERE v.relation = 'original' GROUP BY v.story
) AS c ON a.id = c.id"""


def stories(store: Store, *, active_since: datetime, limit: int = 50) -> Rows:
    """The stories with an article after `active_since`: most originals since then first, then the latest.

    The columns of the view `stories`, their headline the most central original's; `recent` (articles since then that
    are no copies), `by` (its outlets in the order they had it, up to 12) and `entities` (the up to five most
    mentioned as dicts of id, name and type).
    """
    active = store.query(
        """SELECT story, countIf(relation != 'copy') AS recent FROM articles
WHERE time > {since:DateTime64(3, 'UTC')} AND story != ''
GROUP BY story ORDER BY recent DESC, max(time) DESC, story LIMIT {limit:UInt32}""",
        {"since": active_since, "limit": limit},
    )
    recent = dict(active.rows)
    found = _headed(store, list(recent))
    by, entities = _outlets(store, list(recent)), _entities(store, list(recent), 5)
    rows = {row["story"]: row for row in found}
    columns = tuple(found[0]) if found else ()
    listed = [
        (*rows[key].values(), recent[key], by.get(key, []), entities.get(key, [])) for key in recent if key in rows
    ]
    return Rows((*columns, "recent", "by", "entities"), listed)


def story(store: Store, key: str) -> dict[str, Any] | None:
    """One story by its id, or by that of a story that was merged into it; None if unknown.

    The row of the view `stories`, its headline the most central original's; `merged` (the stories that moved here) and
    `history`, the steps of all that ever did (to itself: it came back), sides that never parted left out; `entities` (up to 20), `topics`, `countries`; `timeline`; its `articles`, oldest first, with what
    each one adds (`novelty`).
    """
    moved = store.query("SELECT target FROM story_moves WHERE source = {id:String}", {"id": key}).rows
    key = moved[0][0] if moved else key
    found = _headed(store, [key])
    if not found:
        return None
    history = _history(store, key)
    return {
        **found[0],
        "merged": _merged(store, key, {step["source"] for step in history}),
        "history": history,
        "entities": _entities(store, [key], 20).get(key, []),
        "topics": _topics(store, key),
        "countries": _countries(store, key),
        "timeline": _timeline(store, key, found[0]["last"] - found[0]["first"]),
        "articles": _told(store, key),
    }


def _headed(store: Store, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Rows of the view; where a most central original is to be had, headline, url, article and language are its."""
    central = {
        row[0]: dict(zip(("article", "headline", "url", "language"), row[1:], strict=True))
        for row in store.query(CENTRAL, {"ids": list(ids), "least": LEAST_CENTRAL}).rows
    }
    return [row | central.get(row["story"], {}) for row in store.query(STORY, {"ids": list(ids)}).dicts()]


def _told(store: Store, key: str) -> list[dict[str, Any]]:
    sql = f"SELECT {ROW} FROM articles WHERE story = {{id:String}} ORDER BY time, id"
    rows = store.query(sql, {"id": key}).dicts()
    found = novelty(store, key, rows)
    return [row | {"novelty": found[row["id"]].share, "adds": found[row["id"]].adds} for row in rows]


def _history(store: Store, key: str) -> list[dict[str, Any]]:
    """Every step of the ids that are or were part of a story, oldest first. An id that moved before takes another step when its
    successor moves; one that comes back takes one to itself.
    """
    steps = store.query(
        """SELECT at, source, target, article FROM story_history WHERE source IN (
    SELECT source FROM story_history WHERE target = {id:String}
    UNION ALL SELECT source FROM story_moves WHERE target = {id:String})
ORDER BY at, source, source = target, target""",
        {"id": key},
    ).dicts()
    back = {step["source"] for step in steps if step["source"] == step["target"]}
    return [step for step in steps if step["source"] in back or not step["source"].startswith(SIDE)]


def _merged(store: Store, key: str, stood: Collection[str]) -> list[str]:
    """The ids that lead here; of sides those that `stood` for a story."""
    rows = store.query("SELECT source FROM story_moves WHERE target = {id:String} ORDER BY source", {"id": key}).rows
    return [source for (source,) in rows if source in stood or not source.startswith(SIDE)]


def _timeline(store: Store, key: str, length: timedelta) -> list[dict[str, Any]]:
    """Articles by time, in steps that suit the story's length; steps without any are left out."""
    step = next((seconds for most, seconds in STEPS if length <= most), LONGEST_STEP)
    return store.query(
        """SELECT toStartOfInterval(time, toIntervalSecond({step:UInt32})) AS bucket,
    countIf(relation != 'copy') AS originals, countIf(relation = 'copy') AS copies, uniqExact(outlet) AS outlets
FROM articles WHERE story = {id:String} GROUP BY bucket ORDER BY bucket""",
        {"id": key, "step": step},
    ).dicts()


def _topics(store: Store, key: str) -> list[dict[str, Any]]:
    """The topics of at least a fifth of what are no copies, most frequent first."""
    return store.query(
        """SELECT topic AS id, any(name) AS name, uniqExact(article) AS articles FROM article_topics
WHERE story = {id:String} AND relation != 'copy' GROUP BY topic
HAVING articles * 5 >= (SELECT countIf(relation != 'copy') FROM articles WHERE story = {id:String})
ORDER BY articles DESC, id LIMIT 8""",
        {"id": key},
    ).dicts()


def _countries(store: Store, key: str) -> list[dict[str, Any]]:
    """The countries of its places, those where it happens first, then by articles."""
    return store.query(
        """SELECT country, uniqExactIf(article, role = 'where') AS happens, uniqExact(article) AS articles FROM article_places
WHERE story = {id:String} AND relation != 'copy' AND country != '' GROUP BY country
ORDER BY happens DESC, articles DESC, country LIMIT 12""",
        {"id": key},
    ).dicts()


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
