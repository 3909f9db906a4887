"""Articles: lists, search, and one article with everything known of it.

Lists are read in two steps, the ids of a page first and then its rows, so that only these rows' texts are
ever held in memory.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import orjson

from newstide import wording
from newstide.ports import Rows, Store
from sinks.queries import words as patterns

HEAD = "id, version, time, published, fetched, outlet, url, title, author, language, relation, of, story"
ROW = f"""{HEAD}, if(lengthUTF8(text) <= 280, text,
    replaceRegexpOne(substringUTF8(text, 1, 280), '[[:space:]]*[^[:space:]]{{0,20}}$', ' …')) AS summary"""
# Of the text, the place where the first word stands, with whole words at its ends and `…` where it is cut.
BEGIN = "greatest(1, positionUTF8(text, extract(text, {word0:String})) - 80)"
FOUND = f"""{HEAD}, concat(
    if({BEGIN} > 1, replaceRegexpOne(substringUTF8(text, {BEGIN}, 20), '^[^[:space:]]*[[:space:]]+', '… '), substringUTF8(text, 1, 20)),
    if(lengthUTF8(text) > {BEGIN} + 279,
        replaceRegexpOne(substringUTF8(text, {BEGIN} + 20, 260), '[[:space:]]+[^[:space:]]{{0,20}}$', ' …'),
        substringUTF8(text, {BEGIN} + 20))) AS summary"""
TAKEN = 200  # copies and derivations that are listed
CONDITIONS = {
    "since": "time > {since:DateTime64(3, 'UTC')}",
    "until": "time <= {until:DateTime64(3, 'UTC')}",
    "entity": "id IN (SELECT article FROM mentions WHERE entity = {entity:String})",
    "topic": "id IN (SELECT article FROM article_topics WHERE topic = {topic:String})",
    "outlet": "outlet = {outlet:String}",
    "language": "language = {language:String}",
    "story": """story IN (SELECT target FROM story_moves WHERE source = {story:String}
        UNION ALL SELECT {story:String})""",
}


def articles(
    store: Store,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    entity: str | None = None,
    topic: str | None = None,
    outlet: str | None = None,
    language: str | None = None,
    story: str | None = None,
    words: str | None = None,
    limit: int = 50,
    before: tuple[datetime, str] | None = None,
) -> Rows:
    """The newest version of the articles that meet all that is given, newest first.

    `since` is exclusive, `until` inclusive; `words` that hold no word are in no article. `before` is the (time, id) of the last row of the page before.
    `summary` is the text's first 280 code points; `…` stands for more.
    """
    asked = {
        "since": since,
        "until": until,
        "entity": entity,
        "topic": topic,
        "outlet": outlet,
        "language": language,
        "story": story,
    }
    params: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    where = [CONDITIONS[name] for name in params]
    if before:
        where.append("(time, id) < ({before_time:DateTime64(3, 'UTC')}, {before_id:String})")
        params |= {"before_time": before[0], "before_id": before[1]}
    found = patterns.split(words or "")
    if words and not found:
        return Rows((), [])
    for number, word in enumerate(found):
        where.append(_has_word(number))
        params[f"word{number}"] = patterns.word(word)
    return _page(store, where, "time DESC, id DESC", params, limit)


def search(store: Store, words: str, limit: int = 50) -> Rows:
    """The articles that have all the words, in title or text; those with all in the title first, then the newest.

    Words are whole words in any case, with or without accents. The rows of `articles`, but `summary` is the place in
    the text where the first word stands; none for no words.
    """
    found = patterns.split(words)
    if not found:
        return Rows((), [])
    params = {f"word{number}": patterns.word(word) for number, word in enumerate(found)}
    where = [_has_word(number) for number in range(len(found))]
    in_title = " AND ".join(f"match(title, {{word{number}:String}})" for number in range(len(found)))
    return _page(store, where, f"({in_title}) DESC, time DESC, id DESC", params, limit, FOUND)


def article(store: Store, key: str) -> dict[str, Any] | None:
    """One article by its id: its newest version in full, its `versions` (oldest first, each with its `changes`, word by
    word, against the one before), `mentions`, `topics`, `places`, its `lineage` and its `siblings`, the other articles of its
    story. None when there is no such article.
    """
    params = {"id": key}
    versions = store.query("SELECT * FROM article_versions WHERE id = {id:String} ORDER BY version", params).dicts()
    if not versions:
        return None
    for version in versions:
        version["removed"] = orjson.loads(version["removed"] or "[]")
        version["extra"] = orjson.loads(version["extra"] or "{}")
        version["made_by"] = orjson.loads(version["made_by"] or "{}")
    for before, after in zip([None, *versions], versions, strict=False):
        after["changes"] = {part: _changes(before, after, part) for part in ("title", "text")}
    newest = versions[-1]
    siblings = articles(store, story=newest["story"]).dicts() if newest["story"] else []
    return {
        **newest,
        "versions": versions,
        "mentions": store.query(
            """SELECT entity, name, type, texts, salience, count FROM mentions WHERE article = {id:String}
ORDER BY salience DESC, entity""",
            params,
        ).dicts(),
        "topics": store.query(
            "SELECT topic, name, score FROM article_topics WHERE article = {id:String} ORDER BY score DESC, topic",
            params,
        ).dicts(),
        "places": store.query(
            """SELECT place, name, country, lat, lon, role FROM article_places WHERE article = {id:String}
ORDER BY role != 'where', role, place""",
            params,
        ).dicts(),
        "lineage": _lineage(store, newest),
        "siblings": [other for other in siblings if other["id"] != key],
    }


def _changes(before: dict[str, Any] | None, after: dict[str, Any], part: str) -> list[dict[str, Any]]:
    return [] if before is None else [asdict(change) for change in wording.changes(before[part], after[part])]


def _lineage(store: Store, row: dict[str, Any]) -> dict[str, Any]:
    """Whose text it is (`original`, `evidence`; `corrected`: since when, where it was taken for another's or its own at
    first), and who took it over: `taken`, the oldest first.
    """
    original = store.query(f"SELECT {ROW} FROM articles WHERE id = {{of:String}}", {"of": row["of"]}).dicts()
    corrected = store.query("SELECT at FROM lineage WHERE article = {id:String}", {"id": row["id"]}).rows
    taken = store.query(
        f"SELECT {ROW} FROM articles WHERE of = {{id:String}} ORDER BY time, id LIMIT {TAKEN}", {"id": row["id"]}
    )
    return {
        "original": original[0] if original else None,
        "evidence": row["evidence"],
        "corrected": corrected[0][0] if corrected else None,
        "taken": taken.dicts(),
    }


def _has_word(number: int) -> str:
    return f"(match(title, {{word{number}:String}}) OR match(text, {{word{number}:String}}))"


def _page(store: Store, where: list[str], order: str, params: dict[str, Any], limit: int, row: str = ROW) -> Rows:
    ids = store.query(
        f"SELECT id FROM articles WHERE {' AND '.join(where) or '1'} ORDER BY {order} LIMIT {{limit:UInt32}}",
        {**params, "limit": limit},
    )
    return store.query(
        f"""SELECT {row} FROM articles WHERE id IN {{ids:Array(String)}}
ORDER BY indexOf({{ids:Array(String)}}, id)""",
        {**params, "ids": [found[0] for found in ids.rows]},
    )
