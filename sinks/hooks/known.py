"""Which alerts were raised already, by whichever process had this role, and under which of a story's ids."""

from collections.abc import Iterable
from datetime import datetime

from newstide.paging import Follower
from newstide.ports import Log
from newstide.records import Alert, Move, Rule, decode
from newstide.topics import ALERTS, MOVES
from sinks.hooks.message import alert_key


class Known:
    """A fold over the topics of alerts and of story moves."""

    def __init__(self, log: Log) -> None:
        self._alerts, self._moves = Follower(log, ALERTS.name), Follower(log, MOVES.name)
        self._keys: set[str] = set()
        self._spoke: dict[str, datetime] = {}
        self._successor: dict[str, str] = {}
        self._merged: dict[str, set[str]] = {}

    def refresh(self) -> None:
        """Read what came since the last look. Raises EngineError."""
        for record in self._alerts.new():
            (self._keys.discard if record.value is None else self._keys.add)(record.key)
            if record.value is not None and (alert := decode(record.value, Alert)).story is None:
                self._spoke[alert.rule] = alert.fired
        for record in self._moves.new():
            if record.value is not None:
                self._merge(decode(record.value, Move))

    def story(self, story: str) -> str:
        """The id under which the story lives on."""
        seen = {story}
        while (after := self._successor.get(story)) and after not in seen:
            seen.add(story := after)
        return story

    def has(self, key: str) -> bool:
        return key in self._keys

    def spoke(self, rule: Rule) -> datetime | None:
        """When the rule last raised an alert on a window."""
        return self._spoke.get(rule.name)

    def raised(self, rule: Rule, story: str) -> bool:
        """Whether the rule has spoken of the story, be it under an id that has been merged into it since."""
        return any(alert_key(rule, name) in self._keys for name in self._ids(self.story(story)))

    def _merge(self, move: Move) -> None:
        """The story's former ids come along; one that comes back (to itself) leaves where it was."""
        self._merged.get(self.story(move.source), set()).discard(move.source)
        self._successor[move.source] = move.target
        ids = {move.source, *self._merged.pop(move.source, ())}
        self._merged.setdefault(self.story(move.source), set()).update(ids)

    def _ids(self, story: str) -> Iterable[str]:
        return (story, *self._merged.get(story, ()))
