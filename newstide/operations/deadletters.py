"""Dead letters: list them, look into one, send it on its way again."""

from collections.abc import Callable
from typing import Any

from newstide.app import App
from newstide.erased import ErasedIds
from newstide.errors import UsageError
from newstide.ports import Message
from newstide.records import Ended, decode, unpack
from newstide.topics import DEAD, ENRICHED, RAW, RESOLVED

REPLAYABLE = {RAW.name, ENRICHED.name, RESOLVED.name}
LIST = """
SELECT * FROM dead_letters
WHERE ({kind:String} = '' OR kind = {kind:String}) AND ({reason:String} = '' OR reason = {reason:String})
ORDER BY number DESC LIMIT {limit:UInt32}
"""
SHOWN = 100_000  # bytes of a body that `show` prints


def letters(app: App, *, kind: str | None, reason: str | None, limit: int) -> list[dict[str, Any]]:
    """The newest first, without their bytes."""
    params = {"kind": kind or "", "reason": reason or "", "limit": limit}
    return app.store.query(LIST, params).dicts()


def show(app: App, *, number: int) -> dict[str, Any]:
    letter = _one(app, number)
    body = unpack(letter.body) if letter.body else b""
    return {"number": number, **_about(letter), "body": body[:SHOWN].decode("utf-8", "backslashreplace")}


def replay(app: App, *, numbers: list[int]) -> list[dict[str, Any]]:
    """Put the bytes back on the topic where they were met. A raw article enters anew, with an origin of its own."""
    messages = [_message(number, _one(app, number)) for number in numbers]  # all can be, or none is
    places = app.log.produce(messages)
    return [
        {"number": number, "topic": message.topic, "partition": partition, "offset": offset}
        for number, message, (partition, offset) in zip(numbers, messages, places, strict=True)
    ]


def _message(number: int, letter: Ended) -> Message:
    body = unpack(letter.body) if letter.body else b""
    if letter.topic in REPLAYABLE:
        if not body:
            raise UsageError(f"dead letter {number}: it was erased")
        if len(body) != letter.size:
            raise UsageError(f"dead letter {number}: only the first {len(body)} of {letter.size} bytes were kept")
        return Message(letter.topic, letter.id or letter.sha256, body)
    raise UsageError(
        f"dead letter {number} ({letter.source or letter.stage}) never was a record; "
        f"mend what `newstide dlq show {number}` prints and ingest it"
    )


def _about(letter: Ended) -> dict[str, Any]:
    origin = f"{letter.origin.partition}:{letter.origin.offset}" if letter.origin else None
    where = f"{letter.topic}:{letter.partition}:{letter.offset}" if letter.topic else letter.source
    return {"at": letter.at, "kind": letter.kind, "stage": letter.stage, "reason": letter.reason,
            "detail": letter.detail, "id": letter.id, "origin": origin, "met": where, "size": letter.size}  # fmt: skip


def _one(app: App, number: int) -> Ended:
    found = app.log.read(DEAD.name, 0, number, 1)
    if not found or found[0].offset != number or found[0].value is None:
        raise UsageError(f"no dead letter {number}; `newstide dlq list` shows them")
    letter = decode(found[0].value, Ended)
    if letter.id in ErasedIds(app.log).current():  # a broker has its bytes still
        raise UsageError(f"dead letter {number}: it was erased")
    return letter


OPERATIONS: dict[str, Callable[..., Any]] = {"dlq.list": letters, "dlq.show": show, "dlq.replay": replay}
