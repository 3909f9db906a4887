"""The composition root: settings → engines → roles."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Literal

from newstide import log as logging
from newstide.clock import SystemClock
from newstide.engines import open_log, open_store
from newstide.errors import Away, EngineError
from newstide.ports import Clock, Hook, Log, Store
from newstide.profiles import Profiles
from newstide.settings import Settings

if TYPE_CHECKING:
    from producers.service import Producer
    from sinks.alerting import Alerting

Role = Callable[[threading.Event], None]
RETENTION_EVERY = 600.0
FAREWELL = 3.0  # seconds that the learner gets to write down what it has


# What happens to the store's tables when it is opened: they are brought up to date where the store is this
# process's own, and only looked at where it is a server ("own"); brought up to date in any case; left alone.
Tables = Literal["own", "apply", "leave"]


class App:
    """The engines of one process; the store is opened when it is first asked for. `serving`: its roles run here too."""

    def __init__(self, settings: Settings, log: Log, tables: Tables, *, serving: bool) -> None:
        self.settings, self.log, self.serving = settings, log, serving
        self.clock: Clock = SystemClock()
        self.profiles = Profiles(log)
        self._tables = tables
        self._store: Store | None = None
        self._lock = threading.Lock()

    @property
    def store(self) -> Store:
        """Raises Held where another process owns it, Away where a server does not answer or has no tables yet."""
        with self._lock:
            if self._store is None:
                self._store = self._opened()
            return self._store

    @property
    def owns_an_engine(self) -> bool:
        """Whether other processes must ask this one, for it alone may open the log or the store."""
        return self.settings.embedded_log or (self._store is not None and self.settings.embedded_store)

    def close(self) -> None:
        if self._store is not None:
            self._store.close()
        self.log.close()

    def _opened(self) -> Store:
        store = open_store(self.settings.store_url)
        try:
            self._prepare(store)
        except BaseException:
            store.close()
            raise
        return store

    def _prepare(self, store: Store) -> None:
        from sinks import migrate

        if self._tables == "apply" or (self._tables == "own" and self.settings.embedded_store):
            migrate.apply(store, replicated=store.replicated)
        elif self._tables == "own" and any(s.state == "pending" for s in migrate.status(store)):
            raise Away(f"{store}: its tables are not up to date; role `store` or `newstide migrate apply` makes them")


@contextmanager
def opened(settings: Settings, *, serving: bool = False, tables: Tables = "own") -> Iterator[App]:
    """Open the log, and the store once it is needed. Raises Held beside a running embedded service, Away for a broker."""
    app = App(settings, open_log(settings.log_url, hold_back=serving), tables, serving=serving)
    try:
        yield app
    finally:
        app.close()


def roles(app: App) -> dict[str, Role]:
    """The stages of the service, in the order of their start: readers before writers."""
    return {
        "store": lambda stop: _store(app, stop),
        "resolve": lambda stop: _resolve(app, stop),
        "enrich": lambda stop: _enrich(app, stop),
        "alert": lambda stop: alerting(app).run(stop),
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
    """The webhooks that the settings name."""
    from newstide.http import Client
    from sinks.hooks.standard import StandardWebhook

    alerts = settings.alerts
    client = Client(
        allow_private=alerts.allow_private,
        setting="alerts.allow_private",
        user_agent=settings.fetch.user_agent,
        timeout=alerts.timeout,
        max_bytes=64 * 1024,
        max_redirects=0,
    )
    return {name: StandardWebhook(h.url, h.secret.get_secret_value(), client) for name, h in settings.hooks.items()}


def _store(app: App, stop: threading.Event) -> None:
    from sinks.writer import Writer

    sink, ended = app.settings.sink, threading.Event()
    threading.Thread(target=_keep, args=(app, ended), name="retention", daemon=True).start()
    try:
        Writer(app.log, app.store, sink.flush_seconds, sink.flush_rows).run(stop)
    finally:
        ended.set()  # the role may be begun again, and brings another


def _keep(app: App, ended: threading.Event) -> None:
    while not ended.wait(RETENTION_EVERY):
        try:
            app.log.retain(app.clock.now())
        except EngineError as e:  # the disk may be full: the next round may find room
            logging.get("retention").error("old records stay", error=str(e))


def _enrich(app: App, stop: threading.Event) -> None:
    from newstide.workers import Workers
    from streams.pipeline import chosen, enrich_bytes

    pool = app.settings.workers
    workers = Workers(partial(enrich_bytes, chosen=chosen(app.settings)), pool.count, pool.deadline)
    try:
        if app.settings.embedded_log:
            from streams.local import EnrichRunner

            EnrichRunner(app.log, workers, pool.batch).run(stop)
        else:
            from streams.faust_app import FaustEnrich

            FaustEnrich(app.settings.log_url, app.log, workers, pool.batch).run(stop)
    finally:
        workers.close()


def _resolve(app: App, stop: threading.Event) -> None:
    ended = threading.Event()
    learner = threading.Thread(target=_learn, args=(app, ended), name="learn", daemon=True)
    learner.start()
    try:
        _decide(app, stop)
    finally:
        ended.set()  # as above
        learner.join(FAREWELL)


def _learn(app: App, ended: threading.Event) -> None:
    """Profiles may come late: what stops their learner stops nobody else."""
    from streams.learn import Learner

    while not ended.is_set():
        try:
            Learner(app.log).run(ended)
        except Exception as e:  # noqa: BLE001
            logging.get("learn").warning("profiles are not learned for a while", why=f"{type(e).__name__}: {e}")
            ended.wait(RETENTION_EVERY)


def _decide(app: App, stop: threading.Event) -> None:
    window, folder = app.settings.resolve.window, app.settings.data_dir
    if app.settings.embedded_log:
        from streams.local import ResolveRunner

        ResolveRunner(app.log, window, folder).run(stop)
    else:
        from streams.faust_app import FaustResolve

        FaustResolve(app.settings.log_url, app.log, window, folder).run(stop)
