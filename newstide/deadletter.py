"""Ended articles: their bytes kept with who ended them and why."""

import hashlib
from typing import Any

import orjson

from newstide.brokers import HEADROOM, KEPT_HEAD, LARGEST, LARGEST_PAGE
from newstide.ports import Delivered, Message
from newstide.records import Ended, Origin, encode, pack
from newstide.topics import DEAD


def bury(value: bytes, *, most: int = LARGEST_PAGE, **fields: Any) -> Ended:
    """An Ended record around the bytes; of more than `most` characters packed their first 64 KB, with size and hash of all."""
    body = pack(value)
    if len(body) > most:
        body = pack(value[:KEPT_HEAD])
    return Ended(body=body, size=len(value), sha256=hashlib.sha256(value).hexdigest(), **fields)


def bury_record(record: Delivered, value: bytes, **fields: Any) -> Ended:
    """An Ended record for one met on the log, whole. Its time is the log's, so that a replay gives the same bytes."""
    return bury(
        value,
        most=LARGEST - HEADROOM,
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
