"""The service as `newstide run` composes it, in this process, on a folder of its own."""

import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from newstide import log as logging
from newstide.app import App, opened, roles
from newstide.ports import Message
from newstide.records import RawArticle, encode
from newstide.settings import Settings
from newstide.supervise import Supervisor
from newstide.topics import RAW
from sinks.ledger import lag, standings

LOOK = 0.05  # seconds between two looks at how far the stages are
PATIENCE = 300.0


@dataclass(frozen=True, slots=True)
class Service:
    app: App
    supervisor: Supervisor

    def put(self, articles: Iterable[RawArticle]) -> None:
        """All at once, and not visible before: one transaction of the log."""
        self.app.log.produce([Message(RAW.name, article.id, encode(article)) for article in articles])

    def drain(self) -> None:
        """Wait until everything on the log is in the store. Raises where a role failed or it takes too long."""
        deadline = time.monotonic() + PATIENCE
        while any(n for stage, n in lag(standings(self.app.log)).items() if not stage.startswith("alert")):
            if self.supervisor.failure is not None:
                raise self.supervisor.failure
            if time.monotonic() > deadline:
                raise TimeoutError(f"not drained within {PATIENCE:g} s: {lag(standings(self.app.log))}")
            time.sleep(LOOK)

    def stored(self) -> int:
        """Articles that can be queried."""
        return int(self.app.store.query("SELECT count() FROM articles").scalar())

    def log_bytes(self) -> int:
        """Of the log's file, once everything is in it."""
        file = self.app.settings.data_dir / "log.sqlite"
        with closing(sqlite3.connect(file)) as db:
            db.execute("PRAGMA wal_checkpoint(FULL)").fetchone()
        return file.stat().st_size


@contextmanager
def service(warm: Iterable[RawArticle]) -> Iterator[Service]:
    """A running service with every role, whose workers have done the `warm` articles."""
    logging.configure("warning", "text")
    with tempfile.TemporaryDirectory(prefix="newstide-bench-") as folder, _opened(Path(folder)) as app:
        supervisor = Supervisor(app, roles(app), threading.Event())
        supervisor.start()
        running = Service(app, supervisor)
        try:
            running.put(warm)
            running.drain()
            yield running
        finally:
            supervisor.stop()


def _opened(folder: Path) -> AbstractContextManager[App]:
    return opened(Settings(data_dir=folder), serving=True)
