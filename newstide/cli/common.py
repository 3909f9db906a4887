"""Shared by the commands: settings of a context, calls, and the options that many have."""

import signal
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from newstide import spans
from newstide.errors import UsageError
from newstide.settings import Settings, load

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
At = Annotated[str | None, typer.Option(help="The time to look from, RFC 3339, or 6h for so long ago (default: now).")]
Limit = Annotated[int, typer.Option(min=1, max=100_000, help="Rows at most.")]


def settings(context: typer.Context) -> Settings:
    from newstide import log

    found = load(context.find_root().obj)
    log.configure(found.log_level, found.log_format)
    return found


def ask(context: typer.Context, operation: str, /, **args: Any) -> Any:
    """Run an operation in the running service, or here.

    Ctrl-C ends it at once: Python would hear of it only when the engine in this process has answered. An export alone tidies up.
    """
    loaded = settings(context)
    from newstide.control import call

    before = signal.getsignal(signal.SIGINT)
    if operation != "export":
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        return call(loaded, operation, args)
    finally:
        signal.signal(signal.SIGINT, before)


def moment(text: str | None) -> str | None:
    """A time as RFC 3339; `6h` is so long ago."""
    span = spans.seconds(text) if text else None
    return text if span is None else (datetime.now(UTC) - timedelta(seconds=span)).isoformat()


def seconds(text: str) -> int:
    """The seconds of a span (`newstide.spans`). Raises UsageError."""
    span = spans.seconds(text)
    if span is None:
        raise UsageError(f"{text!r} is no span of time; write 15m, 6h or 7d")
    return span
