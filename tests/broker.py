"""The real Kafka broker of `make kafka` for tests, on ports and a folder of its own. It fails, and never skips, without Java."""

import atexit
import functools
import tempfile
from pathlib import Path

import pytest

from deploy.broker import Broker
from tests.service import free_port


def fresh() -> Broker:
    """A broker that has just begun; `remove` it."""
    started = Broker(Path(tempfile.mkdtemp(prefix="newstide-kafka-")), free_port(2))
    started.start()
    return started


@functools.cache
def shared() -> Broker:
    """The broker of this test run, for every test that leaves it alive."""
    started = fresh()
    atexit.register(started.remove)
    return started


@pytest.fixture(scope="session")
def broker() -> Broker:
    """A running broker; tests keep apart by their namespaces."""
    return shared()
