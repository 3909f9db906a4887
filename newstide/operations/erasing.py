"""Erasure: one article out of the log, the store, the dead letters and the alerts, and never in again.

The order matters. First the id goes to topic `erased`, so that every stage lets go of what it has in
hand; then the log is blanked and the store mutated; then `erased` is written again, so that the
resolver, which saw the first notice with the old records still there, rebuilds without them.
"""

import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from newstide.app import App
from newstide.deadletter import origin_of
from newstide.errors import EngineError, UsageError
from newstide.paging import records
from newstide.ports import Message
from newstide.records import Alert, Delivery, Erased, Origin, decode, encode
from newstide.topics import ALERTS, DEAD, DECISIONS, DELIVERIES, ENRICHED, ERASED, LINEAGE, RAW, RESOLVED

ARTICLE_TOPICS = (RAW, ENRICHED, RESOLVED, DEAD, DECISIONS, LINEAGE)
TABLES = {"article_rows": "id", "mention_rows": "article", "topic_rows": "article", "place_rows": "article",
          "vector_rows": "article", "lineage_rows": "article", "ended_rows": "id", "alert_rows": "article"}  # fmt: skip
ID = re.compile(r"[\w:.-]{1,128}")
# Seconds: longer than an insert that was under way when the notice came, here or in another process.
SETTLE = 3.0
CLEANUP = 90.0  # seconds: several rounds of the engine's cleanup (see sinks/migrations)

Place = tuple[int, int]  # partition and offset in articles.raw

ORIGINS = """
SELECT id, origin_partition, origin_offset FROM article_rows WHERE id IN {ids:Array(String)} AND origin_offset IS NOT NULL
UNION DISTINCT
SELECT id, origin_partition, origin_offset FROM ended_rows WHERE id IN {ids:Array(String)} AND origin_offset IS NOT NULL
"""

STORED = """
SELECT id FROM article_rows WHERE id IN {ids:Array(String)} UNION DISTINCT SELECT id FROM ended_rows WHERE id IN {ids:Array(String)}
"""


def erase(app: App, *, ids: list[str], unknown: bool = False) -> dict[str, int]:
    """Erase articles by id; gives what was found where.

    Of ids that nothing here has, it refuses all; with `unknown` it keeps those out from now on, too.
    """
    if wrong := [id for id in ids if not ID.fullmatch(id)]:
        raise UsageError(f"{wrong[0]!r} is no id of an article")
    if not unknown and (strange := _strangers(app, ids)):
        raise UsageError(f"nothing is erased, for no article here has the id {', '.join(strange)}")
    _notice(app, ids, {})
    if app.serving or not app.settings.embedded_log:  # else nobody else has the log, and no role runs
        app.clock.sleep(SETTLE)
    origins = _account(app, ids)
    done = {"alerts": _alerts(app, ids)}
    done |= {f"log: {spec.name}": app.log.erase(spec.name, ids) for spec in ARTICLE_TOPICS}
    done |= _tables(app, ids)
    _notice(app, ids, origins)
    _await_disk(app, _old_parts(app))
    return done


def _strangers(app: App, ids: list[str]) -> list[str]:
    """The ids that neither the store nor the log has, nor an erasure before; the log is read only for what is left."""
    left = set(ids) - app.log.latest(ERASED.name).keys()
    left -= {id for (id,) in app.store.query(STORED, {"ids": sorted(left)}).rows}
    for spec in ARTICLE_TOPICS:
        if left:
            left -= {record.key for record in records(app.log, spec.name)}
    return sorted(left)


def _notice(app: App, ids: list[str], origins: Mapping[str, set[Place]]) -> None:
    """Tell every stage; an article's `origins` stay with its notice, so that a store that is filled again knows them."""
    now, kept = app.clock.now(), app.log.latest(ERASED.name)
    notices = []
    for id in ids:
        before = decode(kept[id], Erased).origins if id in kept else ()
        places = origins.get(id, set()) | {(origin.partition, origin.offset) for origin in before}
        notices.append(Erased(id=id, at=now, origins=tuple(Origin(*place) for place in sorted(places))))
    app.log.produce([Message(ERASED.name, notice.id, encode(notice)) for notice in notices])


def _account(app: App, ids: list[str]) -> dict[str, set[Place]]:
    """Tell the ledger which offsets of articles.raw are erased, before their traces go; gives them by article."""
    origins: dict[str, set[Place]] = {id: set() for id in ids}
    for id, *place in app.store.query(ORIGINS, {"ids": ids}).rows:
        origins[id].add(tuple(place))
    for spec in ARTICLE_TOPICS:
        for record in records(app.log, spec.name):
            if record.key in origins and spec is RAW:
                origins[record.key].add((record.partition, record.offset))
            elif record.key in origins and (found := origin_of(record.value or b"")):
                origins[record.key].add((found.partition, found.offset))
    rows = sorted(set().union(*origins.values()))
    app.store.insert("erased_origins", ("origin_partition", "origin_offset"), rows, f"erase {rows}")
    return origins


def _alerts(app: App, ids: list[str]) -> int:
    """Alerts carry the article's title and address; they and their deliveries go. What was sent is sent."""
    alerts = {k for k, v in app.log.latest(ALERTS.name).items() if decode(v, Alert).article in ids}
    deliveries = {k for k, v in app.log.latest(DELIVERIES.name).items() if decode(v, Delivery).alert in alerts}
    gone = [Message(ALERTS.name, key, None) for key in alerts]
    app.log.produce(gone + [Message(DELIVERIES.name, key, None) for key in deliveries])
    return len(alerts)


def _tables(app: App, ids: list[str]) -> dict[str, int]:
    done: dict[str, Any] = {}
    params = {"ids": ids}
    for table, column in TABLES.items():
        count = f"SELECT count() FROM {table} WHERE {column} IN {{ids:Array(String)}}"
        done[f"store: {table}"] = app.store.query(count, params).scalar()
        app.store.command(
            f"ALTER TABLE {table} DELETE WHERE {column} IN {{ids:Array(String)}} SETTINGS mutations_sync = 2", params
        )
        if left := app.store.query(count, params).scalar():
            raise EngineError(f"{table} still holds {left} rows of the erased articles; erase them again")
    return done


def _old_parts(app: App) -> list[str]:
    """The parts that still hold the rows: a mutation only puts new ones beside them."""
    sql = (
        "SELECT name FROM system.parts WHERE NOT active AND database = currentDatabase() "
        "AND table IN {tables:Array(String)}"
    )
    return [name for (name,) in app.store.query(sql, {"tables": list(TABLES)}).rows]


def _await_disk(app: App, parts: list[str]) -> None:
    deadline = time.monotonic() + CLEANUP
    while set(parts) & set(_old_parts(app)):
        if time.monotonic() > deadline:
            raise EngineError("the erased rows are out of every answer, but their old parts are still on the disk")
        time.sleep(0.5)


OPERATIONS: dict[str, Callable[..., Any]] = {"erase": erase}
