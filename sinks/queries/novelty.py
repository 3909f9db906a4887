"""What each article of a story adds to what was told before it: names and numbers, no copies."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from newstide.ports import Store

MOST = 12  # additions of one article that are named

FACTS = """SELECT id, arraySlice(arrayDistinct(arrayMap(n -> replaceAll(n, ',', ''),
    extractAll(concat(title, ' ', text), '[0-9]+(?:[.,][0-9]+)*'))), 1, 200) AS numbers
FROM articles WHERE story = {id:String} AND relation != 'copy'"""
NAMES = """SELECT article, groupArray((entity, name)) FROM
(SELECT article, entity, name, salience FROM mentions WHERE story = {id:String} ORDER BY salience DESC, entity)
GROUP BY article"""


class Novelty(NamedTuple):
    """`share` of the article's names and numbers that nobody told before it, 0..1, and which; None: it has none."""

    share: float | None
    adds: list[str]


def novelty(store: Store, story: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, Novelty]:
    """By article, of a story's rows in the order of their time. A copy has none of its own."""
    numbers = {row[0]: row[1] for row in store.query(FACTS, {"id": story}).rows}
    names = {row[0]: row[1] for row in store.query(NAMES, {"id": story}).rows}
    told: set[str] = set()
    found: dict[str, Novelty] = {}
    for row in rows:
        key = row["id"]
        if key not in numbers:
            found[key] = Novelty(None, [])
            continue
        facts = dict(names.get(key, [])) | {number: number for number in numbers[key]}
        fresh = [shown for fact, shown in facts.items() if fact not in told]
        told |= facts.keys()
        found[key] = Novelty(round(len(fresh) / len(facts), 4) if facts else None, fresh[:MOST])
    return found
