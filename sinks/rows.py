"""From records to rows: one pure function per topic, and the columns of every table in one place."""

import base64
from collections.abc import Callable
from typing import Any

import orjson

from newstide.ports import Delivered
from newstide.records import Alert, Article, Delivery, Ended, Erased, Feed, FeedState, Lineage, Move, decode
from newstide.topics import ALERTS, DEAD, DELIVERIES, ERASED, FEED_STATE, FEEDS, LINEAGE, MOVES, RESOLVED
from sinks.hooks.outbox import tries

Row = tuple[Any, ...]
Rows = list[tuple[str, Row]]  # (table, row)

_COLUMNS = {
    "article_rows": "id version content outlet url feed title author published fetched language extra time "
    "dateline_place dateline_date dateline_agency text removed relation of story origin_partition origin_offset made_by "
    "evidence",
    "mention_rows": "entity time article version name type texts salience count relation outlet language story",
    "topic_rows": "topic time article version name score relation outlet story",
    "place_rows": "place time article version name country lat lon role relation outlet story",
    "vector_rows": "article version time relation language story vector",
    "ended_rows": "kind stage reason detail at id origin_partition origin_offset source topic partition offset size "
    "sha256 dead_offset",
    "erased_rows": "id at",
    "erased_origins": "origin_partition origin_offset",
    "story_move_rows": "source target at",
    "lineage_rows": "article relation of evidence at",
    "story_history_rows": "source target at article",
    "feed_rows": "url title outlet language group added removed position",
    "feed_state_rows": "url status detail checked next failures last_ok last_new title seen published unchanged dropped "
    "position",
    "alert_rows": "key rule fired story article title url outlet count removed position",
    "delivery_rows": "id alert hook rule created status next attempts last_status last_detail removed position",
    "sink_ranges": "topic partition first last",
    "sink_watermarks": "topic partition next",
}
COLUMNS = {table: tuple(columns.split()) for table, columns in _COLUMNS.items()}


def article(record: Delivered) -> Rows:
    """An article of articles.resolved: its row, one per entity, topic and place, and one for its vector."""
    a = decode(_value(record), Article)
    dateline, origin = a.dateline, a.origin
    own: Row = (
        a.id, a.version, a.content, a.outlet, a.url, a.feed or "", a.title, a.author, a.published, a.fetched,
        a.language, _json(a.extra), a.time, dateline.place if dateline else "", (dateline and dateline.date) or "",
        (dateline and dateline.agency) or "", a.text, _json(a.removed), a.relation or "", a.of or "", a.story or "",
        origin.partition if origin else None, origin.offset if origin else None, _json(a.made_by), a.evidence,
    )  # fmt: skip
    relation, story = a.relation or "", a.story or ""
    rows: Rows = [("article_rows", own)]
    for e in a.entities:
        texts = sorted({m.text for m in e.mentions})
        about = (e.name, e.type, texts, e.salience, len(e.mentions), relation, a.outlet, a.language, story)
        rows.append(("mention_rows", (e.id, a.time, a.id, a.version, *about)))
    for t in a.topics:
        rows.append(("topic_rows", (t.id, a.time, a.id, a.version, t.name, t.score, relation, a.outlet, story)))
    for p in a.places:
        facts = (p.name, p.country, p.lat, p.lon, p.role, relation, a.outlet, story)
        rows.append(("place_rows", (p.id, a.time, a.id, a.version, *facts)))
    if a.vector:
        rows.append(("vector_rows", (a.id, a.version, a.time, relation, a.language, story, _vector(a.vector))))
    return rows


def _vector(packed: str) -> list[int]:
    return list(memoryview(base64.b64decode(packed)).cast("b"))


def ended(record: Delivered) -> Rows:
    e = decode(_value(record), Ended)
    origin = (e.origin.partition, e.origin.offset) if e.origin else (None, None)
    met = (e.topic or "", e.partition or 0, e.offset or 0)
    row = (
        e.kind,
        e.stage,
        e.reason,
        e.detail,
        e.at,
        e.id or "",
        *origin,
        e.source,
        *met,
        e.size,
        e.sha256,
        record.offset,
    )
    return [("ended_rows", row)]


def move(record: Delivered) -> Rows:
    """Where the story's id leads now, and the step that led there."""
    m = decode(_value(record), Move)
    step = (m.source, m.target, m.at or record.time, m.article)
    return [("story_move_rows", (m.source, m.target, record.time)), ("story_history_rows", step)]


def lineage(record: Delivered) -> Rows:
    if record.value is None:
        return []
    c = decode(record.value, Lineage)
    return [("lineage_rows", (c.article, c.relation, c.of or "", c.evidence, record.time))]


def erased(record: Delivered) -> Rows:
    e = decode(_value(record), Erased)
    origins: Rows = [("erased_origins", (origin.partition, origin.offset)) for origin in e.origins]
    return [("erased_rows", (record.key, e.at)), *origins]


def feed(record: Delivered) -> Rows:
    if record.value is None:
        url = record.key.split(" ", 1)[-1]
        return [("feed_rows", (url, "", "", "", "", None, 1, record.offset))]
    f = decode(record.value, Feed)
    return [("feed_rows", (f.url, f.title, f.outlet, f.language, f.group, f.added, 0, record.offset))]


def feed_state(record: Delivered) -> Rows:
    if record.value is None:
        return []
    s = decode(record.value, FeedState)
    times = (s.checked, s.next, s.failures, s.last_ok, s.last_new)
    counts = (s.seen, s.published, s.unchanged, s.dropped)
    return [("feed_state_rows", (s.url, s.status, s.detail, *times, s.title, *counts, record.offset))]


def alert(record: Delivered) -> Rows:
    if record.value is None:
        return [("alert_rows", (record.key, "", record.time, "", "", "", "", "", 0, 1, record.offset))]
    a = decode(record.value, Alert)
    about = (a.story or "", a.article or "", a.title, a.url, a.outlet)
    return [("alert_rows", (a.key, a.rule, a.fired, *about, a.count, 0, record.offset))]


def delivery(record: Delivered) -> Rows:
    if record.value is None:  # out of the log, but the store keeps its row; that of an erased alert goes with it
        return []
    d = decode(record.value, Delivery)
    last = (d.attempts[-1].status, d.attempts[-1].detail) if d.attempts else (None, "")
    row = (d.id, d.alert, d.hook, d.rule, d.created, d.status, d.next, tries(d), *last, 0, record.offset)
    return [("delivery_rows", row)]


# What the store role reads, and how each record becomes rows. Articles first: they are waited for.
MAPPING: dict[str, Callable[[Delivered], Rows]] = {
    RESOLVED.name: article,
    DEAD.name: ended,
    MOVES.name: move,
    LINEAGE.name: lineage,
    ERASED.name: erased,
    FEEDS.name: feed,
    FEED_STATE.name: feed_state,
    ALERTS.name: alert,
    DELIVERIES.name: delivery,
}


def _value(record: Delivered) -> bytes:
    if record.value is None:
        raise ValueError("no value")
    return record.value


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def by_table(rows: Rows) -> dict[str, list[Row]]:
    """Rows gathered by table, in order."""
    gathered: dict[str, list[Row]] = {}
    for name, row in rows:
        gathered.setdefault(name, []).append(row)
    return gathered
