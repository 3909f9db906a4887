"""The composition root: settings → engines → roles."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newstide import log as logging
from newstide.clock import SystemClock
from newstide.engines import open_log, open_store
from newstide.errors import EngineError, SettingsError
from newstide.ports import Clock, Hook, Log, Store
from newstide.settings import Settings

if TYPE_CHECKING:
    from producers.service import Producer
    from sinks.alerting import Alerting

Role = Callable[[threading.Event], None]
RETENTION_EVERY = 600.0


@dataclass(frozen=True, slots=True)
class App:
    """The opened engines of one process. `serving`: its roles run here too."""

    settings: Settings
    log: Log
    store: Store
    clock: Clock
    serving: bool = False


@contextmanager
def opened(settings: Settings, *, serving: bool = False, prepare: bool = True) -> Iterator[App]:
    """Open log and store; `prepare` brings the store's tables up to date. Raises Held beside a running service."""
    from sinks import migrate

    if not settings.embedded_log:
        # The engine (newstide/engines/kafka.py) and the runner (streams/faust_app.py) are there and tested; the
        # roles over several processes are not.
        raise SettingsError("log: Newstide does not run on Kafka yet; leave `log` out for the embedded one")
    log = open_log(settings.log_url, hold_back=serving)
    try:
        store = open_store(settings.store_url)
        try:
            if prepare:
                migrate.apply(store)
            yield App(settings, log, store, SystemClock(), serving)
        finally:
            store.close()
    finally:
        log.close()


def roles(app: App) -> dict[str, Role]:
    """The stages of the service, in the order of their start: readers before writers."""
    return {
        "store": lambda stop: _store(app, stop),
        "resolve": lambda stop: _resolve(app, stop),
        "enrich": lambda stop: _enrich(app, stop),
        "alert": lambda stop: _alert(app, stop),
        "producer": lambda stop: producer(app).run(stop),
    }


def producer(app: App) -> "Producer":
    from producers.service import Producer

    return Producer(app.log, app.settings.fetch, app.clock)


def alerting(app: App) -> "Alerting":
    from sinks.alerting import Alerting
    from streams.match import Matcher

    return Alerting(app.log, app.store, hooks(app.settings), app.clock, Matcher)


def hooks(settings: Settings) -> dict[str, Hook]:
    """The webhooks that the settings name. Raises SettingsError for a secret that is none."""
    from newstide.http import Client
    from sinks.hooks.standard import StandardWebhook

    alerts = settings.alerts
    client = Client(
        allow_private=alerts.allow_private,
        user_agent=settings.fetch.user_agent,
        timeout=alerts.timeout,
        max_bytes=64 * 1024,
        max_redirects=0,
    )
    return {name: StandardWebhook(h.url, h.secret.get_secret_value(), client) for name, h in settings.hooks.items()}


def _store(app: App, stop: threading.Event) -> None:
    from sinks.writer import Writer

    sink = app.settings.sink
    keeper = threading.Thread(target=_keep, args=(app, stop), name="retention", daemon=True)
    keeper.start()
    Writer(app.log, app.store, sink.flush_seconds, sink.flush_rows).run(stop)


def _keep(app: App, stop: threading.Event) -> None:
    while not stop.wait(RETENTION_EVERY):
        try:
            app.log.retain(app.clock.now())
        except EngineError as e:  # the disk may be full: the next round may find room
            logging.get("retention").error("old records stay", error=str(e))


def _enrich(app: App, stop: threading.Event) -> None:
    from newstide.workers import Workers
    from streams.local import EnrichRunner
    from streams.pipeline import enrich_bytes

    pool = app.settings.workers
    workers = Workers(enrich_bytes, pool.count, pool.deadline)
    try:
        EnrichRunner(app.log, workers, pool.batch).run(stop)
    finally:
        workers.close()


def _resolve(app: App, stop: threading.Event) -> None:
    from streams.local import ResolveRunner

    ResolveRunner(app.log, app.settings.resolve.window).run(stop)


def _alert(app: App, stop: threading.Event) -> None:
    from sinks.ledger import complete_until

    alerting(app).run(stop, lambda: complete_until(app.log, app.clock.now()))
