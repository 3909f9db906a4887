"""The ledger: every offset of articles.raw is stored, dropped, dead, erased or in flight; else it is missing."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from newstide.deadletter import origin_of
from newstide.errors import EngineError
from newstide.paging import pages
from newstide.ports import Log, Store
from newstide.topics import ALL, DEAD, ENRICHED, RAW, RESOLVED
from sinks import queries

# Who reads an article where, on its way.
STAGES = (("enrich", RAW), ("resolve", ENRICHED), ("store", RESOLVED), ("alert", RESOLVED), ("store", DEAD))

# Of what waits for a stage so many records are looked at for the oldest: the partitions of articles.raw come to
# articles.enriched side by side, each in its order, so that the oldest is among the first.
FRONT = 100

# Runs of offsets below `end` that no outcome accounts for. The row at `end` closes the last run, the one
# at -1 opens the first.
GAPS = """
SELECT toInt64(previous + 1) AS first, toInt64(offset - 1) AS last FROM (
    SELECT offset, lagInFrame(offset, 1, toInt64(-1)) OVER (ORDER BY offset ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
        AS previous
    FROM (
        SELECT DISTINCT toInt64(origin_offset) AS offset FROM outcomes
        WHERE origin_partition = {partition:UInt16} AND origin_offset < {end:UInt64}
        UNION ALL SELECT toInt64({end:UInt64})
    )
) WHERE offset > previous + 1 ORDER BY first
"""

# One record that entered becomes one version of one article.
DOUBLE = """
SELECT count() - uniqExact(origin_partition, origin_offset) FROM article_rows FINAL WHERE origin_offset IS NOT NULL
"""

# Up to where each partition is in the store.
DONE = "SELECT topic, partition, next FROM sink_watermarks FINAL"


@dataclass(frozen=True, slots=True)
class Missing:
    """A run of offsets of articles.raw without an outcome, and the ids that the log still knows."""

    partition: int
    first: int
    last: int
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Audit:
    """`entered` records met their ends in `outcomes` or are `in_flight`; `missing` must be empty."""

    entered: int
    outcomes: Mapping[str, int]
    in_flight: int
    lag: Mapping[str, int]
    missing: tuple[Missing, ...] = ()
    doubled: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)

    @property
    def balanced(self) -> bool:
        return not self.missing and not self.doubled


def check_log(log: Log, store: Store) -> None:
    """Raises EngineError where the log is not the one that filled the store."""
    done_up_to = store.query(DONE).rows  # before the ends, which grow
    ends = {spec.name: log.extents(spec.name) for spec in ALL if "store" in spec.readers}
    for topic, partition, done in done_up_to:
        extent = ends.get(topic, {}).get(partition)
        if extent and done > extent.end:
            raise EngineError(
                f"the store holds {topic} up to offset {done}, but the log ends at {extent.end}: this is not the log "
                "that filled the store. Bring that log back, or begin with a new store and `newstide ingest`"
            )


def audit(log: Log, store: Store) -> Audit:
    """Search for gaps, partition by partition. What moves meanwhile counts as in flight. Raises EngineError as `check_log`."""
    check_log(log, store)
    ends = {partition: extent.end for partition, extent in log.extents(RAW.name).items()}
    flying = in_flight(log)
    missing = [gap for partition, end in ends.items() for gap in _gaps(log, store, partition, end, flying)]
    outcomes, reasons = Counter[str](), Counter[str]()
    for outcome, _, reason, count in queries.ledger(store).rows:
        outcomes[outcome] += count
        if reason:
            reasons[f"{outcome} ({reason})"] += count
    entered = sum(ends.values())
    return Audit(
        entered=entered,
        outcomes=dict(outcomes),
        in_flight=max(0, entered - sum(outcomes.values()) - sum(m.last - m.first + 1 for m in missing)),
        lag=lag(standings(log)),
        missing=tuple(missing),
        doubled=store.query(DOUBLE).scalar(),
        reasons=dict(reasons),
    )


def unfilled(log: Log, store: Store) -> int:
    """Records of the log that the store had and has no more: it is new, or an older back-up. `Writer.recover` brings them back."""
    read = {spec.name: log.positions("store", spec.name) for spec in ALL if "store" in spec.readers}
    done = {
        (topic, partition): next for topic, partition, next in store.query(DONE).rows
    }  # after the positions: both grow
    lacking = 0
    for topic, positions in read.items():
        extents = log.extents(topic)
        for partition, position in positions.items():
            lacking += max(0, position - max(extents[partition].first, done.get((topic, partition), 0)))
    return lacking


def in_flight(log: Log) -> set[tuple[int, int]]:
    """The origins of everything that some stage has still to read."""
    flying = set()
    positions = log.positions("enrich", RAW.name)
    extents = log.extents(RAW.name)  # after the positions, as in `_unread`
    for partition, position in positions.items():
        flying |= {(partition, offset) for offset in range(position, extents[partition].end)}
    for group, topic in (("resolve", ENRICHED.name), ("store", RESOLVED.name), ("store", DEAD.name)):
        for value in _unread(log, group, topic):
            if origin := origin_of(value):
                flying.add((origin.partition, origin.offset))
    return flying


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a group is in one partition: `position` is the next offset it takes, `end` the next to be written."""

    group: str
    topic: str
    partition: int
    position: int
    end: int


def standings(log: Log) -> list[Standing]:
    """Where every stage stands on an article's way, partition by partition."""
    found = []
    for group, topic in STAGES:
        positions = log.positions(group, topic.name)
        for partition, extent in log.extents(topic.name).items():
            found.append(Standing(group, topic.name, partition, max(positions[partition], extent.first), extent.end))
    return found


def lag(found: Iterable[Standing]) -> dict[str, int]:
    """Records that each stage has still to read, by "group topic"."""
    lags = dict.fromkeys((f"{group} {topic.name}" for group, topic in STAGES), 0)
    for standing in found:
        lags[f"{standing.group} {standing.topic}"] += standing.end - standing.position
    return lags


def complete_until(log: Log, now: datetime) -> datetime:
    """Everything that entered the log before this is in the store: when the oldest under way entered, else now."""
    first = log.positions("enrich", RAW.name)  # before later stages', so that what moves is met twice, not never
    # Dead letters are left out: what ended early is in no answer.
    for group, topic in (("resolve", ENRICHED.name), ("store", RESOLVED.name)):
        for partition, position in log.positions(group, topic).items():
            for record in log.read(topic, partition, position, FRONT):
                if (origin := origin_of(record.value or b"")) and origin.partition in first:
                    first[origin.partition] = min(first[origin.partition], origin.offset)
    oldest = [record.time for p, offset in first.items() for record in log.read(RAW.name, p, offset, 1)]
    return min(oldest, default=now)


def _unread(log: Log, group: str, topic: str) -> Iterator[bytes]:
    positions = log.positions(group, topic)
    extents = log.extents(topic)  # after the positions, so that nothing between the two is overlooked
    for partition, position in positions.items():
        for page in pages(log, topic, partition, position, extents[partition].end):
            yield from (record.value for record in page if record.value is not None)


def _gaps(log: Log, store: Store, partition: int, end: int, flying: set[tuple[int, int]]) -> Iterator[Missing]:
    for first, last in store.query(GAPS, {"partition": partition, "end": end}).rows:
        lost = [offset for offset in range(first, last + 1) if (partition, offset) not in flying]
        for run in _runs(lost):
            known = log.read(RAW.name, partition, run[0], min(len(run), 100))
            yield Missing(partition, run[0], run[-1], tuple(r.key for r in known if r.offset <= run[-1]))


def _runs(offsets: list[int]) -> Iterator[list[int]]:
    run: list[int] = []
    for offset in offsets:
        if run and offset != run[-1] + 1:
            yield run
            run = []
        run.append(offset)
    if run:
        yield run
