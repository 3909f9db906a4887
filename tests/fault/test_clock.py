"""The machine's clock jumps back by an hour while the service runs on a real broker."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from deploy.broker import Broker
from newstide.app import App, roles
from newstide.clock import to_millis
from newstide.engines import open_log
from newstide.settings import Fetch, Settings, Workers
from newstide.supervise import Supervisor
from sinks import ledger
from sinks.ledger import STAGES
from tests.distributed import namespace
from tests.flow import drained, until
from tests.service import Newstide, sample_wire

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
EARLY, ALL = 90, 110  # articles of the sample wire: at its start, and after 88 seconds
JUMP = timedelta(hours=1)


class JumpingClock:
    """The machine's, moved by `ahead`."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return to_millis(datetime.now(UTC) + self.ahead)

    def sleep(self, seconds: float) -> None:
        Event().wait(seconds)


@pytest.fixture
def wire() -> Iterator[str]:
    with sample_wire() as address:
        yield address


@pytest.fixture
def app(broker: Broker, chdb_path: Path, wire: str, tmp_path: Path) -> Iterator[App]:
    url = namespace(broker.address, "clock")
    settings = Settings(
        data_dir=tmp_path,
        log=url,
        store=f"chdb://{chdb_path}?database={url.rpartition('/')[2]}",
        fetch=Fetch(allow_private=(wire,), interval=10),
        workers=Workers(count=1),
    )
    made = App(settings, open_log(url), "apply", serving=True)
    yield made
    made.close()


def test_a_clock_that_jumps_back_by_an_hour(app: App, wire: str, tmp_path: Path) -> None:
    app.clock = clock = JumpingClock()
    catalogue = {"NEWSTIDE_LOG": app.settings.log, "NEWSTIDE_FETCH__ALLOW_PRIVATE": f'["{wire}"]'}
    Newstide(tmp_path, catalogue).run("feeds", "import", f"http://{wire}/opml")
    service = Supervisor(app, roles(app), Event())
    service.start()
    try:
        until(lambda: articles(app) >= EARLY)
        clock.ahead = -JUMP
        until(lambda: articles(app) >= ALL, 150)  # the feeds are read on, without an hour's pause
        until(lambda: all(drained(app.log, group, topic.name)() for group, topic in STAGES))
    finally:
        service.stop()
    audit = ledger.audit(app.log, app.store)
    assert (audit.balanced, audit.in_flight, audit.outcomes) == (True, 0, {"stored": audit.entered}), audit
    [(versions, origins)] = app.store.query(
        "SELECT count(), uniqExact(origin_partition, origin_offset) FROM article_versions"
    ).rows
    assert versions == origins == audit.entered
    assert app.store.query("SELECT count() - uniqExact(id) FROM articles").scalar() == 0


def articles(app: App) -> int:
    found: int = app.store.query("SELECT count() FROM articles").scalar()
    return found
