"""The contract of the Clock port: the machine's clock and the one that tests turn."""

from datetime import UTC, datetime, timedelta

import pytest

from newstide.clock import ManualClock, SystemClock
from newstide.ports import Clock


@pytest.fixture(params=["system", "manual"])
def clock(request: pytest.FixtureRequest) -> Clock:
    return SystemClock() if request.param == "system" else ManualClock(datetime(2026, 3, 1, tzinfo=UTC))


def test_now_is_utc_to_the_millisecond(clock: Clock) -> None:
    now = clock.now()
    assert now.utcoffset() == timedelta(0)
    assert now.microsecond % 1000 == 0


def test_sleeping_takes_its_time(clock: Clock) -> None:
    before = clock.now()
    clock.sleep(0.02)
    assert clock.now() - before >= timedelta(milliseconds=19)  # a wait may end within a tick of the clock
