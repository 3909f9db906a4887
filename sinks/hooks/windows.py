"""Rules on the store: one window of a rule, and what a rule would have raised in the past."""

from dataclasses import dataclass
from datetime import datetime

from newstide.errors import UsageError
from newstide.ports import Store
from newstide.records import Rule
from sinks.hooks.conditions import backtest_sql, window_sql


@dataclass(frozen=True, slots=True)
class Window:
    """How many originals met a rule in its window, and the newest of them."""

    count: int
    article: str
    title: str
    url: str
    outlet: str


@dataclass(frozen=True, slots=True)
class Raised:
    """One alert of a backtest: the first article of a story that met the rule."""

    time: datetime
    title: str
    story: str


def look(rule: Rule, store: Store, at: datetime) -> Window:
    """The rule's window that ends at `at`. Raises EngineError."""
    count, newest = store.query(*window_sql(rule, at)).rows[0]
    return Window(int(count), *newest)


def backtest(rule: Rule, store: Store, since: datetime, until: datetime) -> list[Raised]:
    """The alerts a rule on single articles would have raised on those of (since, until], by time.

    Raises UsageError for a window rule, EngineError when the store cannot answer.
    """
    if rule.at_least > 1:
        raise UsageError(
            f"rule {rule.name!r} counts in a window; only rules on single articles can be tried on the past"
        )
    return [Raised(*row) for row in store.query(*backtest_sql(rule, since, until)).rows]
