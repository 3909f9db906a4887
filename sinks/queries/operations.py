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
    """Where what entered came to: (outcome, stage, reason, count); outcome is stored, dropped, dead or erased."""
    return store.query(
        """SELECT outcome, stage, reason, count() AS count FROM outcomes GROUP BY outcome, stage, reason
ORDER BY indexOf(['stored', 'dropped', 'dead', 'erased'], outcome), count DESC, stage, reason"""
    )
