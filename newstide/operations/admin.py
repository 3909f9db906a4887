"""Operating: the ledger's audit, migrations, and how things stand."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from newstide.app import App
from sinks import ledger, migrate


def audit(app: App) -> Any:
    found = ledger.audit(app.log, app.store)
    return {**asdict(found), "balanced": found.balanced, "unfilled": ledger.unfilled(app.log, app.store)}


def migrations(app: App) -> Any:
    return [asdict(s) for s in migrate.status(app.store)]


def status(app: App) -> Any:
    """Whether log and store answer, what waits, and up to when answers are complete."""
    app.store.query("SELECT 1")
    until = ledger.complete_until(app.log, app.clock.now())
    return {"lag": ledger.lag(ledger.standings(app.log)), "complete_until": until, "serving": app.serving}


OPERATIONS: dict[str, Callable[..., Any]] = {"audit": audit, "migrations": migrations, "status": status}
