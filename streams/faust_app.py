"""The distributed runner: the same steps as `streams.local`, driven by Faust over Kafka's consumer groups.

Faust reads, shares the partitions out and commits; everything else is ours, for Faust is used in its safe
profile only: one agent, concurrency 1; `noack_take`, and an ack when what came of a batch is delivered; no
tables, no transactions. Records are written through the Log, whose producer is idempotent and checked.

    agent: take a batch ─▶ line (bounded, in order) ─▶ drain: finish it off the loop, publish, ack

Nothing escapes an agent: a record on which a step fails becomes a dead letter with its place. What belongs
to an earlier share of the partitions (a rebalance came between) is dropped: its next owner reads it again.
Faust itself may crash with its broker; then it is started anew, for as long as the role is wanted.
"""

import asyncio
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

import faust

from newstide import brokers
from newstide import log as logging
from newstide.brokers import COMPRESSION, HEADROOM, HEARTBEAT, LARGEST, SESSION, Brokers
from newstide.erased import ErasedIds
from newstide.errors import EngineError, NewstideError, Reject
from newstide.forwarding import forward
from newstide.metrics import RECEIVED, SECONDS
from newstide.ports import Delivered, Log, Message
from newstide.profiles import Profiles
from newstide.topics import DECISIONS, ENRICHED, RAW, TopicSpec
from streams import outcomes
from streams.local import POLL, RESOLVE_BATCH, EnrichTicket, EnrichWorkers, publish
from streams.resolve.stage import ResolveStage
from streams.stall import Stall

GATHER = 0.05  # seconds a batch may wait to become full
TICK = 0.1
RESTART = 3.0  # seconds before Faust is started anew
FOLLOW = 1.0  # seconds between two looks of a standby at what the owner decided
STOPPING = 5.0  # seconds that Faust may take to leave its group
# Seconds without a poll after which aiokafka leaves its group, to which it then never comes back (aiokafka#1187). A
# standby holds no partition and does not poll, so: never. What stands still is seen by its lag.
IDLE = 10 * 365 * 86_400.0

Work = TypeVar("Work")
Line = asyncio.Queue[tuple[list[Any], list[Delivered], Any]]
logger = logging.get("faust")


class Runner(Generic[Work]):
    """One topic through one group. `begin` starts a batch's work, `finish` ends it, both off the event loop."""

    stage: str
    spec: TopicSpec

    def __init__(self, url: str, log: Log, batch: int, room: int) -> None:
        self._at, self._log, self._batch, self._room = brokers.parse(url), log, batch, room
        self._failure: NewstideError | None = None

    def run(self, stop: threading.Event) -> None:
        """Until stopped. What is then in flight is not committed and comes again. Raises what stops us."""
        forward("aiokafka", "faust", "mode")
        asyncio.run(self._lives(stop))
        if self._failure is not None:
            raise self._failure

    def begin(self, records: list[Delivered]) -> Work:
        raise NotImplementedError

    def finish(self, records: list[Delivered], work: Work, halt: threading.Event) -> bool:
        """Publish what came of the records. False: halted before that."""
        raise NotImplementedError

    def stand_by(self, stop: threading.Event) -> None:
        """What there is to do without a partition. Returns soon after `stop`."""

    def give(self, make: Callable[[], list[Message]], halt: threading.Event) -> bool:
        """Publish what `make` gives, made anew as long as the readers are behind. False: halted before it was done."""
        while not halt.is_set():
            if publish(self._log, make(), self.stage, halt):
                return True
        return False

    # --- one life of Faust after another ---

    async def _lives(self, stop: threading.Event) -> None:
        while not stop.is_set() and self._failure is None:
            with tempfile.TemporaryDirectory(prefix="newstide-faust-") as folder:
                crash = await self._life(stop, _app(self._at, self._at.group(self.stage, self.spec), folder))
            if not stop.is_set() and self._failure is None:
                logger.warning("faust has ended; starting it anew", stage=self.stage, why=repr(crash))
                await asyncio.sleep(RESTART)

    async def _life(self, stop: threading.Event, app: faust.App) -> BaseException | None:
        """Run one app until it is stopped, crashes (gives the reason), or we fail."""
        line: Line = asyncio.Queue(self._room)
        halt, stall = threading.Event(), Stall(self._log, self.stage, self.spec.name)

        async def feed(stream: Any) -> None:
            async for events in stream.noack_take(self._batch, within=GATHER):
                await self._take(app, events, line)

        topic = app.topic(
            self._at.topic(self.spec.name),
            key_type=bytes,
            value_type=bytes,
            key_serializer="raw",
            value_serializer="raw",
        )
        app.agent(topic, name=self.stage, concurrency=1)(feed)
        drain = asyncio.create_task(self._drain(app, line, halt))
        # Beside the start: it ends when the group has taken us in, after a dead member's session that may be 10 s.
        ready = asyncio.create_task(self._wait(stop))
        try:
            await app.start()
            while not (stop.is_set() or drain.done() or app.crashed):
                if app.consumer.assignment():
                    stall.over()
                else:
                    await self._wait(stop)
                    if stall.due() and await asyncio.to_thread(stall.lasts):
                        return NewstideError("records wait, and nobody has their partitions")
                await asyncio.sleep(TICK)
        except Exception as e:  # noqa: BLE001 - whatever Faust dies of, it is started anew
            return e
        finally:
            halt.set()
            await ready
            await drain
            await self._leave(app)
        reason: BaseException | None = app.crash_reason
        return reason

    async def _wait(self, stop: threading.Event) -> None:
        try:
            await asyncio.to_thread(self.stand_by, stop)
        except Exception as e:  # noqa: BLE001 - it stops the role, with its sentence
            self._fail(e)

    async def _leave(self, app: faust.App) -> None:
        try:
            await asyncio.wait_for(app.stop(), STOPPING)
        except Exception as e:  # noqa: BLE001 - it is on its way out
            logger.warning("faust does not stop cleanly", stage=self.stage, why=repr(e))

    async def _take(self, app: faust.App, events: list[Any], line: Line) -> None:
        """The agent's whole body. Nothing may be raised here: Faust would ack what it never did."""
        fresh = [e for e in events if e is not None and _current(app, e)]
        if not fresh or self._failure is not None:
            return
        try:
            records = [_delivered(self.spec, e) for e in fresh]
            RECEIVED.labels(self.stage).inc(len(records))
            await line.put((fresh, records, await asyncio.to_thread(self.begin, records)))
        except Exception as e:  # noqa: BLE001 - it stops the role, with its sentence
            self._fail(e)

    async def _drain(self, app: faust.App, line: Line, halt: threading.Event) -> None:
        while not halt.is_set() and self._failure is None:
            try:
                events, records, work = await asyncio.wait_for(line.get(), TICK)
            except TimeoutError:
                continue
            if not _current(app, events[-1]):
                continue
            begun = time.perf_counter()
            try:
                done = await asyncio.to_thread(self.finish, records, work, halt)
            except Exception as e:  # noqa: BLE001 - it stops the role, with its sentence
                self._fail(e)
                return
            if not done:  # and nothing after it may be acked, for Faust could commit past it
                return
            if _current(app, events[-1]):
                for event in events:
                    event.ack()
                SECONDS.labels(self.stage).observe(time.perf_counter() - begun)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, NewstideError):
            self._failure = error
        else:
            logger.error("role failed", role=self.stage, exc_info=error)
            self._failure = NewstideError(f"{self.stage}: {type(error).__name__}: {error}")


class FaustEnrich(Runner[EnrichTicket]):
    """articles.raw → the worker pool → articles.enriched or articles.dead, in the order of input."""

    stage = "enrich"
    spec = RAW

    def __init__(self, url: str, log: Log, workers: EnrichWorkers, batch: int) -> None:
        # Two batches per worker: one at work, one waiting, so that no worker waits for us.
        super().__init__(url, log, batch, 2 * workers.count)
        self._workers = workers
        self._erased, self._profiles = ErasedIds(log), Profiles(log)

    def begin(self, records: list[Delivered]) -> EnrichTicket:
        return self._workers.submit(outcomes.entries(records, self._profiles))

    def finish(self, records: list[Delivered], work: EnrichTicket, halt: threading.Event) -> bool:
        while not work.wait(POLL):
            if halt.is_set():
                return False
        taken = [r for r in records if r.value is not None]
        try:
            answers = work.result()
        except CancelledError:  # the pool was closed: we are stopping
            return False
        return self.give(lambda: self._messages(taken, answers), halt)

    def _messages(self, records: list[Delivered], answers: list[outcomes.Answer | Reject]) -> list[Message]:
        erased = self._erased.current()
        return [outcomes.enriched(r, a, erased) for r, a in zip(records, answers, strict=True)]


class FaustResolve(Runner[None]):
    """articles.enriched → decisions, then articles.resolved or articles.dead; one ordered stream.

    Its state is a fold over `decisions`, to which only the partition's owner writes. Without the partition it
    follows that topic, to be ready. Before each batch it takes in what others wrote there (the owner before us,
    or one who does not know yet that he is none). Our own decisions must land in a row: else another wrote among
    them, the state is built again, and the batch decided again. Of two decisions on one input the first on the
    log wins, for us and for the other.
    """

    stage = "resolve"
    spec = ENRICHED

    def __init__(self, url: str, log: Log, window: int, folder: Path) -> None:
        super().__init__(url, log, RESOLVE_BATCH, 2)
        self._state = ResolveStage(log, window, folder)
        self._decided: int | None = None  # of `decisions`, as far as our state goes; None: it must be built again
        self._deciding = threading.Lock()

    def stand_by(self, stop: threading.Event) -> None:
        with self._deciding:
            self._up_to_date(stop)
        stop.wait(FOLLOW)

    def begin(self, records: list[Delivered]) -> None:  # noqa: ARG002 - it decides when those before have decided
        return None

    def finish(self, records: list[Delivered], work: None, halt: threading.Event) -> bool:
        try:
            with self._deciding:
                return self._settle(records, halt)
        except EngineError:
            raise
        except Exception as e:  # noqa: BLE001 - the record that the step fails on is buried
            if len(records) > 1:
                return all(self.finish([r], work, halt) for r in records)
            letter = outcomes.resolved(records[0], _failed(e))
            return self.give(lambda: [letter], halt)

    def _settle(self, records: list[Delivered], halt: threading.Event) -> bool:
        while self._up_to_date(halt):
            # Until they land: what is applied before a fault may not be on the log.
            start, self._decided = self._decided, None
            decisions, results = self._state.batch(records, halt)
            if start is None or halt.is_set():  # an erasure's rebuilding, cut short, must not have decided
                return False
            ours = [offset for _, offset in self._log.produce(decisions)]  # they have no readers to wait for
            if ours == list(range(start, start + len(ours))):
                self._decided = start + len(ours)
                if publish(self._log, results, self.stage, halt):
                    return True
                continue
            logger.warning("another resolver writes to decisions; its first decisions stand, state is built again")
        return False

    def _up_to_date(self, halt: threading.Event) -> bool:
        """Whether the state holds all decisions on the log; takes in what it lacks. False: halted."""
        while not halt.is_set():
            end = self._log.extents(DECISIONS.name)[0].end
            if end == self._decided:
                return True
            known, self._decided = self._decided, None
            if known is None or known > end:  # a topic that became shorter is another one
                begun = time.perf_counter()
                count = self._state.restore(halt)
                logger.info("state is back", decisions=count, seconds=round(time.perf_counter() - begun, 2))
            else:
                self._state.follow(known, end, halt)
            if not halt.is_set():
                self._decided = end  # if more came meanwhile, the next look finds it
        return False


def _app(at: Brokers, group: str, folder: str) -> faust.App:
    """Faust in its safe profile. It writes nothing to Kafka but commits, and to disk only an empty folder."""
    return faust.App(
        group,
        broker=[f"kafka://{server}" for server in at.servers],
        broker_credentials=_credentials(at),
        broker_session_timeout=SESSION,
        broker_heartbeat_interval=HEARTBEAT,
        broker_max_poll_interval=IDLE,
        broker_commit_interval=1.0,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=LARGEST + HEADROOM,
        producer_max_request_size=LARGEST + HEADROOM,
        producer_compression_type=COMPRESSION,
        processing_guarantee="at_least_once",
        stream_wait_empty=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        autodiscover=False,
        web_enabled=False,
        datadir=folder,
    )


def _credentials(at: Brokers) -> Any:
    context = at.context()
    if at.user:
        return faust.SASLCredentials(
            username=at.user, password=at.password, mechanism=at.mechanism, ssl_context=context
        )
    return faust.SSLCredentials(context) if context else None


def _current(app: faust.App, event: Any) -> bool:
    """Whether no rebalance came since the event was read."""
    return bool(event.message.generation_id == app.consumer_generation_id and app.flow_control.is_active())


def _delivered(spec: TopicSpec, event: Any) -> Delivered:
    message = event.message
    key = event.key.decode("utf-8", "replace") if event.key else ""
    return Delivered(
        spec.name, message.partition, message.offset, key, event.value, datetime.fromtimestamp(message.timestamp, UTC)
    )


def _failed(error: Exception) -> Reject:
    return Reject("step failed", f"{type(error).__name__}: {error}")
