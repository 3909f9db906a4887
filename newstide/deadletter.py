"""Ended articles: their bytes kept with who ended them and why."""

import hashlib
from typing import Any

import orjson

from newstide.ports import Delivered, Message
from newstide.records import Ended, Origin, encode, pack
from newstide.topics import DEAD

KEPT_WHOLE = 960_000  # characters packed: a broker takes 1 MiB by default, and the record is more than its body
KEPT_HEAD = 64 * 1024


def bury(value: bytes, **fields: Any) -> Ended:
    """An Ended record around the bytes; of those that no broker takes their first 64 KB, with size and hash of all."""
    body = pack(value)
    if len(body) > KEPT_WHOLE:
        body = pack(value[:KEPT_HEAD])
    return Ended(body=body, size=len(value), sha256=hashlib.sha256(value).hexdigest(), **fields)


def bury_record(record: Delivered, value: bytes, **fields: Any) -> Ended:
    """An Ended record for one met on the log. Its time is the log's, so that a replay gives the same bytes."""
    return bury(
        value,
        at=record.time,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        **fields,
    )


def message(ended: Ended) -> Message:
    """The Message that puts it on `articles.dead`, keyed by the article's id where it is known."""
    return Message(DEAD.name, ended.id or ended.sha256, encode(ended))


def origin_of(value: bytes) -> Origin | None:
    """The origin in a record's bytes, as far as they can be read at all."""
    try:
        found = orjson.loads(value)["origin"]
        return Origin(int(found["partition"]), int(found["offset"]))
    except (ValueError, TypeError, KeyError):
        return None
