"""How the service is: its feeds, its alerts, its ledger."""

from newstide.ports import Rows, Store


def feeds(store: Store) -> Rows:
    """Every feed of the catalogue with its health: the failing first, longest failing at the top, then by name."""
    return store.query(
        """SELECT * FROM feeds
ORDER BY status IN ('ok', 'unchanged', 'not yet read'), failures DESC, lowerUTF8(if(title = '', url, title)), url"""
    )


def alerts(store: Store, limit: int = 50) -> Rows:
    """The newest alerts with the state of their deliveries."""
    return store.query("SELECT * FROM alerts ORDER BY fired DESC, key LIMIT {limit:UInt32}", {"limit": limit})


def ledger(store: Store) -> Rows:
    """Where what entered came to: (outcome, stage, reason, count); outcome is stored, dropped, dead or erased.

    A letter that was replayed may be stored after all, or end again: of an origin's ends its row counts, else the last letter.
    """
    return store.query(
        """WITH ends AS (SELECT * FROM outcomes WHERE origin_partition IS NOT NULL)
SELECT outcome, stage, reason, uniqExact(origin_partition, origin_offset) AS count FROM ends
WHERE outcome IN ('stored', 'erased') OR (
    dead_offset IN (
        SELECT max(dead_offset) FROM ends WHERE outcome NOT IN ('stored', 'erased') GROUP BY origin_partition, origin_offset
    ) AND (origin_partition, origin_offset) NOT IN (
        SELECT origin_partition, origin_offset FROM ends WHERE outcome IN ('stored', 'erased')
    )
)
GROUP BY outcome, stage, reason
ORDER BY indexOf(['stored', 'dropped', 'dead', 'erased'], outcome), count DESC, stage, reason"""
    )
