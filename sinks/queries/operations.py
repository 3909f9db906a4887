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


def disabled_hooks(store: Store) -> list[str]:
    """The hooks whose receivers answered 410 Gone, as the outbox has it: by the last delivery that arrived or met a 410."""
    found = store.query(
        """SELECT hook FROM delivery_rows FINAL
WHERE removed = 0 AND (status = 'delivered' OR last_status = 410)
    AND alert NOT IN (SELECT key FROM alert_rows FINAL WHERE removed = 1)
GROUP BY hook HAVING argMax(status, position) = 'failed' ORDER BY hook"""
    )
    return [hook for (hook,) in found.rows]


def ledger(store: Store) -> Rows:
    """Where what entered came to: (outcome, stage, reason, count); outcome is stored, dropped, dead or erased."""
    return store.query(
        """SELECT outcome, stage, reason, count() AS count FROM outcomes GROUP BY outcome, stage, reason
ORDER BY indexOf(['stored', 'dropped', 'dead', 'erased'], outcome), count DESC, stage, reason"""
    )
