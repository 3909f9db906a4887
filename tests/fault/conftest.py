"""What the tests of this folder ask for: the real broker, and the log of the service that a file's `fleet` starts."""

from collections.abc import Iterator

import pytest

from newstide.ports import Log
from tests.broker import broker  # noqa: F401 - pytest finds it here
from tests.distributed import Fleet, opened


@pytest.fixture
def log(fleet: Fleet) -> Iterator[Log]:
    made = opened(fleet.url)
    yield made
    made.close()
