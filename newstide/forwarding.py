"""What libraries have to say, in our log: warnings and worse, each once a minute."""

import logging as stdlib
import time
from collections.abc import Sequence

from newstide import log as logging

QUIET = 60.0  # seconds; while a broker is away aiokafka repeats itself four times a second
KEPT = 200


class Forward(stdlib.Handler):
    """Hands a library's records on to structlog."""

    def __init__(self) -> None:
        super().__init__(stdlib.WARNING)
        self._said: dict[str, float] = {}
        self._logger = logging.get("library")

    def emit(self, record: stdlib.LogRecord) -> None:
        now, what = time.monotonic(), str(record.msg)
        if now - self._said.get(what, -QUIET) < QUIET:
            return
        if len(self._said) >= KEPT:
            self._said.clear()
        self._said[what] = now
        self._logger.warning(record.getMessage().partition("\n")[0], library=record.name, level_there=record.levelname)


def forward(*libraries: str, besides: Sequence[str] = ()) -> None:
    """Send what these libraries log through our own log, `besides` what says nothing to anybody but their authors."""
    for name in besides:
        stdlib.getLogger(name).setLevel(stdlib.CRITICAL)
    for name in libraries:
        library = stdlib.getLogger(name)
        if not any(isinstance(handler, Forward) for handler in library.handlers):
            library.addHandler(Forward())
            library.propagate = False
