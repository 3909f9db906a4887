"""Rules on the store: one window of a rule, and what a rule would have raised in the past."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from newstide.errors import UsageError
from newstide.ports import Store
from newstide.records import Rule
from sinks.hooks.conditions import condition


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
    """How many originals meet the rule in the `rule.within` seconds up to `at`. Raises EngineError.

    Read from `article_versions`, not `articles`: what is counted is distinct, and there a bound on time reaches the table.
    """
    where, params = condition(rule, at - timedelta(seconds=rule.within), at)
    sql = f"""SELECT uniqExact(id) AS count, argMax((id, title, url, outlet), (time, id)) AS newest
FROM article_versions WHERE relation = 'original' AND {where}"""
    count, newest = store.query(sql, params).rows[0]
    return Window(int(count), *newest)


def backtest(rule: Rule, store: Store, since: datetime, until: datetime) -> list[Raised]:
    """The alerts a rule on single articles would have raised on those of (since, until]: one per story, by time.

    Raises UsageError for a window rule, EngineError when the store cannot answer.
    """
    if rule.at_least > 1:
        raise UsageError("it counts in a window; only rules on single articles can be tried on the past")
    where, params = condition(rule, since, until)
    sql = f"""SELECT min(time) AS first, argMin(title, (time, id)) AS headline, story
FROM article_versions WHERE relation IN ('original', 'derived') AND {where}
GROUP BY story ORDER BY first, story"""
    return [Raised(*row) for row in store.query(sql, params).rows]
