"""How the service is, as `supervise` knows it and the web tells it."""

from dataclasses import dataclass
from datetime import datetime

from sinks.ledger import STAGES

# The way of an article to the store: who still has to read it where.
ARTICLE_WAY = tuple(f"{group} {topic.name}" for group, topic in STAGES if group != "alert")


@dataclass(frozen=True, slots=True)
class Health:
    """`missing` names in words what readiness waits for; empty when `ready`.

    `roles` is role → state (`running`, `stopped`, `failed: …`); `lag` is "group topic" → records that the
    group has still to read, such as `store articles.resolved`; all that was fetched up to `complete_until`
    is in the store. `disabled` are the hooks that are not called, for their receivers answered 410 Gone.
    """

    ready: bool
    missing: tuple[str, ...]
    roles: dict[str, str]
    lag: dict[str, int]
    complete_until: datetime
    disabled: tuple[str, ...] = ()

    @property
    def in_flight(self) -> int:
        """Articles that entered the log and have not come to the store yet."""
        return sum(self.lag.get(name, 0) for name in ARTICLE_WAY)
