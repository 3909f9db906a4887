"""What the producers' tests share: a moment, a catalogue line, feeds written by hand."""

from datetime import UTC, datetime

import pytest

from newstide.records import Feed
from tests.unit.producers.loopback import serve

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def feed() -> Feed:
    return Feed(url="https://harbour.example/feed.xml", added=NOW, outlet="Harbour Post", language="en")


@pytest.fixture
def site():
    with serve() as site:
        yield site
