"""What both runners give a step, and what they write for each of its outcomes."""

from collections.abc import Container, Sequence

from newstide.brokers import HEADROOM, LARGEST
from newstide.deadletter import bury_record, message, origin_of
from newstide.errors import Reject
from newstide.metrics import DROPPED, EMITTED
from newstide.ports import Delivered, Message
from newstide.profiles import Profiles
from newstide.records import Article, Ended, Origin, decode, encode
from newstide.topics import DEAD, ENRICHED, LINEAGE, MOVES, RAW, RESOLVED
from streams.step import Dropped

ERASED = "erased"
# What a stage writes beside the records that it gives on.
_BESIDE = frozenset({DEAD.name, MOVES.name, LINEAGE.name})

# What `streams.pipeline.enrich_bytes` takes: place and bytes of a raw article, and the lines of the profile it names.
Entry = tuple[int, int, bytes, *tuple[int, ...]]
# What `streams.pipeline.enrich_bytes` answers per input: its kind, and an encoded Article or "reason\tdetail".
Answer = tuple[str, bytes]


def entries(records: Sequence[Delivered], profiles: Profiles) -> list[Entry]:
    """What the worker processes are given for the records that are not blank."""
    return [(r.partition, r.offset, r.value, *profiles.lines(r.value)) for r in records if r.value is not None]


def origin(record: Delivered) -> Origin | None:
    """Where the record's article entered: its own place in articles.raw, or what its bytes say."""
    if record.topic == RAW.name:
        return Origin(record.partition, record.offset)
    return origin_of(record.value or b"")


def read(answer: Answer | Reject) -> bytes | Dropped | Reject:
    """The encoded Article, or why there is none."""
    if isinstance(answer, Reject):
        return answer
    kind, body = answer
    if kind == "article":
        return body
    reason, _, detail = body.decode().partition("\t")
    return Dropped(reason, detail) if kind == "dropped" else Reject(reason, detail)


def enriched(record: Delivered, answer: Answer | Reject, erased: Container[str]) -> Message:
    """The one message that a raw article becomes."""
    if record.key in erased:
        return ended(record, "enrich", Dropped(ERASED))
    found = read(answer)
    if not isinstance(found, bytes):
        return ended(record, "enrich", found)
    if len(found) > LARGEST - HEADROOM:  # the resolver adds a few words to it
        return ended(record, "enrich", Reject("too large", f"{len(found)} bytes"))
    return Message(ENRICHED.name, record.key, found)


def resolved(record: Delivered, outcome: Article | Dropped | Reject) -> Message:
    """The one message that an enriched article becomes, once its decision is written."""
    if isinstance(outcome, Article):
        return Message(RESOLVED.name, outcome.id, encode(outcome))
    return ended(record, "resolve", outcome)


def ended(record: Delivered, stage: str, outcome: Dropped | Reject) -> Message:
    """The end of a record that a stage dropped or cannot take. Nothing is kept of an erased one."""
    return message(
        bury_record(
            record,
            b"" if outcome.reason == ERASED else record.value or b"",
            kind="dropped" if isinstance(outcome, Dropped) else "dead",
            stage=stage,
            reason=outcome.reason,
            detail=outcome.detail[:2000],
            id=record.key or None,
            origin=origin(record),
        )
    )


def count(stage: str, messages: Sequence[Message]) -> None:
    """Count what a stage has written, once it is written: a try that the log refused is none."""
    EMITTED.labels(stage).inc(sum(m.topic not in _BESIDE for m in messages))
    for m in messages:
        if m.topic == DEAD.name:
            DROPPED.labels(stage, decode(m.value or b"", Ended).reason).inc()
