"""The two clocks: the machine's, and one that a test turns by hand."""

import threading
import time
from datetime import UTC, datetime, timedelta


def to_millis(moment: datetime) -> datetime:
    """The moment in UTC, cut to milliseconds: the precision of the store."""
    utc = moment.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


class SystemClock:
    def now(self) -> datetime:
        return to_millis(datetime.now(UTC))

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class ManualClock:
    """Stands still until slept on or advanced."""

    def __init__(self, start: datetime) -> None:
        self._now = to_millis(start)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        with self._lock:
            return self._now

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._now = to_millis(self._now + timedelta(seconds=seconds))

    def sleep(self, seconds: float) -> None:
        self.advance(seconds)
