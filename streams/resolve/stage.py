"""The resolver on a log: its state restored from `decisions`, its batches turned into messages."""

import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec

from newstide import log as logging
from newstide.erased import ErasedIds
from newstide.errors import Reject
from newstide.paging import pages
from newstide.ports import Delivered, Log, Message
from newstide.records import Article, Decision, decode, encode
from newstide.topics import DECISIONS, LINEAGE, MOVES
from streams import outcomes
from streams.resolve.resolver import Resolver, merge
from streams.resolve.stories import FULL
from streams.resolve.texts import Texts
from streams.step import Dropped

logger = logging.get("resolve")


class ResolveStage:
    """Holds one Resolver; `batch` decides, and what it answers must be published before the commit.

    `folder` is where texts may lie for as long as the process lives.
    """

    def __init__(self, log: Log, window: int, folder: Path) -> None:
        self._log = log
        self._texts = Texts(log, folder, window)
        self._erased = ErasedIds(log)
        self._window = window
        self._resolver = Resolver(self._texts.get, window)
        self._full: set[str] = set()

    def restore(self, stop: threading.Event) -> int:
        """Fold the decisions on the log into a fresh resolver. Gives how many."""
        self._erased.current()
        self._notices = self._erased.notices
        self._texts.forget()
        self._resolver = Resolver(self._texts.get, self._window)
        extent = self._log.extents(DECISIONS.name)[0]
        return self.follow(self._resolver.start(extent.first, extent.end), extent.end, stop)

    def follow(self, start: int, end: int, stop: threading.Event) -> int:
        """Fold the decisions at offsets `start` to before `end` into the state, but for erased articles'. Gives how many.

        A broker keeps those until their retention ends; the embedded log has blanked them.
        """
        count, erased = 0, self._erased.current()
        for page in pages(self._log, DECISIONS.name, 0, start, end):
            if stop.is_set():
                break
            for record in page:
                if record.value is not None and record.key not in erased:
                    self._resolver.apply(decode(record.value, Decision))
            count += len(page)
        return count

    def batch(self, records: Sequence[Delivered], stop: threading.Event) -> tuple[list[Message], list[Message]]:
        """The new decisions, and what follows from all, in order: story moves, corrections, results. To be produced in this order.

        What follows is made anew when a record comes again, whoever decided on it: a crash between the two loses none.
        After an erasure the state is built again without what was erased, as a restart would have it.
        """
        erased = self._erased.current()
        if self._erased.notices != self._notices:
            self.restore(stop)
        read = [(r, _read(r, r.value, erased)) for r in records if r.value is not None]
        self._resolver.prepare(article for _, article in read if isinstance(article, Article))
        decisions: list[Message] = []
        return decisions, [message for r, article in read for message in self._one(r, article, erased, decisions)]

    def _one(
        self, record: Delivered, article: Article | Dropped | Reject, erased: frozenset[str], decisions: list[Message]
    ) -> list[Message]:
        if not isinstance(article, Article):
            return [outcomes.resolved(record, article)]
        try:
            decision = self._decide(record, article, decisions)
        except Exception as e:  # noqa: BLE001 - one article must not stop the stream for ever
            return [outcomes.resolved(record, Reject("step failed", f"{type(e).__name__}: {e}"))]
        if decision.input < record.offset:
            # The same origin, enriched twice by a worker that was killed before its commit. In this one
            # ordered stream the first has been emitted before, or comes again before this one.
            return []
        return [*_followed(decision, erased), outcomes.resolved(record, merge(article, decision))]

    def _decide(self, record: Delivered, article: Article, decisions: list[Message]) -> Decision:
        known = self._resolver.known(article, record.offset)
        if known is not None:
            return known
        decision = self._resolver.decide(article, record.offset)
        self._resolver.apply(decision)
        self._texts.put(record.offset, article)
        decisions.append(Message(DECISIONS.name, decision.id, encode(decision)))
        if decision.full and decision.full not in self._full:
            self._full.add(decision.full)
            logger.warning("story takes no more", story=decision.full, originals=FULL, next=decision.id)
        return decision


def _read(record: Delivered, value: bytes, erased: frozenset[str]) -> Article | Dropped | Reject:
    if record.key in erased:
        return Dropped(outcomes.ERASED)
    try:
        return decode(value, Article)
    except msgspec.DecodeError as e:
        return Reject("unreadable", str(e))


def _followed(decision: Decision, erased: frozenset[str]) -> list[Message]:
    """The story moves that a decision brings, and its corrections of articles that are still there."""
    moves = [Message(MOVES.name, f"{m.source} {m.target}", encode(m)) for m in decision.moves]
    return moves + [
        Message(LINEAGE.name, row.article, encode(row)) for row in decision.lineage if row.article not in erased
    ]
