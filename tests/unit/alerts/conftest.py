"""A log with one rule, and a clock that stands."""

import pytest

from newstide.clock import ManualClock
from sinks.hooks import rules
from tests.fakes import MemoryLog
from tests.unit.alerts.making import FERRY, NOW


@pytest.fixture
def log() -> MemoryLog:
    log = MemoryLog()
    rules.put(log, [FERRY])
    return log


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)
