"""Logging: structlog on stderr, as text for people or JSON for machines."""

import logging
import sys
from datetime import UTC, datetime
from typing import Any, Literal

import structlog

from newstide.printable import printable


def configure(level: str, style: Literal["text", "json"]) -> None:
    """Set up logging for this process. Data goes to stdout, so all of it goes to stderr."""
    render = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _plainly,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _plainly(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Times as everywhere else (RFC 3339), text as a terminal may have it, and nothing of what there is nothing to say about."""
    return {key: _plain(value) for key, value in event.items() if value not in ("", None)}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return _rfc3339(value)
    return printable(value) if isinstance(value, str) else value


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def get(name: str) -> structlog.typing.FilteringBoundLogger:
    """The logger of one component."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(component=name)
    return logger
