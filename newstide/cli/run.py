"""newstide run"""

import os
import signal
import sys
import time
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from newstide.cli.common import settings
from newstide.cli.output import say
from newstide.errors import NewstideError, UsageError

if TYPE_CHECKING:
    from newstide.app import App
    from newstide.settings import Settings

app = typer.Typer()
FULL = ("disk is full", "No space left")  # in the sentence of what failed
ROOM = 100 << 20  # bytes with which a service that had none begins again
LOOK = 5.0  # seconds between two looks whether they are there


@app.command()
def run(
    context: typer.Context,
    role: Annotated[
        list[str] | None, typer.Option(help="producer, enrich, resolve, store, alert or web; all where none is named.")
    ] = None,
    until_idle: Annotated[bool, typer.Option(help="Take every feed once, drain, deliver once, and end.")] = False,
) -> None:
    """Run the service."""
    loaded = settings(context)
    from newstide import log

    try:
        if until_idle and role:
            raise UsageError("--until-idle runs every role; leave --role out")
        _until_idle(loaded) if until_idle else _service(loaded, role or [])
    except NewstideError as e:
        if loaded.log_format == "text":
            raise
        log.get("run").error(str(e))
        raise typer.Exit(e.exit_code) from e


def _until_idle(loaded: "Settings") -> None:
    from newstide import service

    found, pending = service.until_idle(loaded)
    _tell(
        loaded,
        f"feeds: {found.feeds}, {found.failed} of them failed; articles: {found.published} published, "
        f"{found.unchanged} unchanged, {found.dropped} dropped",
    )
    for delivery in pending:
        last = f", last: {delivery.attempts[-1].detail}" if delivery.attempts else ""
        _tell(
            loaded,
            f"still to deliver: {delivery.id} ({delivery.rule} to {delivery.hook}), next try {delivery.next}{last}",
        )


def _service(loaded: "Settings", roles: list[str]) -> None:
    from newstide import service

    try:
        service.run(loaded, roles, _ready)
    except NewstideError as e:
        if not any(sign in str(e) for sign in FULL):
            raise
        _begin_again_when_there_is_room(loaded, str(e))
    # All is committed and closed; the engine's own threads may still answer a statement that nobody waits for.
    sys.stderr.flush()
    os._exit(0)


def _begin_again_when_there_is_room(loaded: "Settings", why: str) -> NoReturn:
    """As this process, which its supervisor knows, but with nothing left in it of the engines that failed."""
    from newstide import log
    from newstide.metrics import free_bytes

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    log.get("run").error("waits for room on the disk", why=why, megabytes=ROOM >> 20)
    time.sleep(LOOK)
    while free_bytes(loaded.data_dir) < ROOM:
        time.sleep(LOOK)
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - our own command line


def _ready(app: "App", address: str, dashboard: bool) -> None:
    where = f"data in {app.settings.data_dir}" if app.settings.embedded_log else f"{app.log}"
    what = f"dashboard at http://{address}/" if dashboard else f"health at http://{address}/readyz"
    _tell(app.settings, f"newstide runs; {where}; {what}")


def _tell(loaded: "Settings", sentence: str) -> None:
    """Where machines read stderr, as a line of the log like the others."""
    from newstide import log

    say(sentence) if loaded.log_format == "text" else log.get("run").info(sentence)
