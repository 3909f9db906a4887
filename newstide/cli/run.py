"""newstide run"""

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from newstide.cli.common import settings
from newstide.cli.output import say
from newstide.errors import UsageError

if TYPE_CHECKING:
    from newstide.app import App
    from newstide.records import Delivery


def run(
    context: typer.Context,
    role: Annotated[
        list[str] | None, typer.Option(help="producer, enrich, resolve, store, alert or web; all where none is named.")
    ] = None,
    until_idle: Annotated[bool, typer.Option(help="Take every feed once, drain, deliver once, and end.")] = False,
) -> None:
    """Run the service."""
    loaded = settings(context)
    from newstide import service

    if until_idle:
        if role:
            raise UsageError("--until-idle runs every role; leave --role out")
        found = service.until_idle(loaded)
        say(
            f"feeds: {found.feeds}, {found.failed} of them failed; articles: {found.published} published, "
            f"{found.unchanged} unchanged, {found.dropped} dropped"
        )
        _pending(found.pending)
        return
    service.run(loaded, role or [], _ready)
    # All is committed and closed; the engine's own threads may still answer a statement that nobody waits for.
    sys.stderr.flush()
    os._exit(0)


def _pending(pending: "tuple[Delivery, ...]") -> None:
    for delivery in pending:
        last = f", last: {delivery.attempts[-1].detail}" if delivery.attempts else ""
        say(f"still to deliver: {delivery.id} ({delivery.rule} to {delivery.hook}), next try {delivery.next}{last}")


def _ready(app: "App", address: str, dashboard: bool) -> None:
    where = f"data in {app.settings.data_dir}" if app.settings.embedded_log else f"{app.log}"
    what = f"dashboard at http://{address}/" if dashboard else f"health at http://{address}/readyz"
    say(f"newstide runs; {where}; {what}")


def add(app: typer.Typer) -> None:
    app.command()(run)
