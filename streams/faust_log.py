"""What Faust and aiokafka have to say, in our log: warnings and worse, each once a minute."""

import logging as stdlib
import time

from newstide import log as logging

LIBRARIES = ("aiokafka", "faust", "mode")
QUIET = 60.0  # seconds; while a broker is away aiokafka repeats itself four times a second
KEPT = 200


class Forward(stdlib.Handler):
    """Hands a library's records on to structlog."""

    def __init__(self) -> None:
        super().__init__(stdlib.WARNING)
        self._said: dict[str, float] = {}
        self._logger = logging.get("faust")

    def emit(self, record: stdlib.LogRecord) -> None:
        now, what = time.monotonic(), str(record.msg)
        if now - self._said.get(what, -QUIET) < QUIET:
            return
        if len(self._said) >= KEPT:
            self._said.clear()
        self._said[what] = now
        self._logger.warning(record.getMessage().partition("\n")[0], library=record.name, level_there=record.levelname)


def forward() -> None:
    """Send what the libraries log through our own log; once per process is enough, more does no harm."""
    for name in LIBRARIES:
        library = stdlib.getLogger(name)
        if not any(isinstance(handler, Forward) for handler in library.handlers):
            library.addHandler(Forward())
            library.propagate = False
