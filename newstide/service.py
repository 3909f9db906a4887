"""The service: engines open, roles running, doors open; until a signal, or until nothing is left to do."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from newstide import log as logging
from newstide.app import App, alerting, opened, producer, roles
from newstide.control import control_app, socket_path
from newstide.errors import NewstideError, UsageError
from newstide.records import Delivery
from newstide.serve import Server, tcp, unix
from newstide.settings import Settings
from newstide.sqlserver.access import check_exposure
from newstide.supervise import Supervisor, ending_on_signals

ROLES = ("producer", "enrich", "resolve", "store", "alert", "web")

logger = logging.get("run")


@dataclass(frozen=True, slots=True)
class Idle:
    """What one round came to."""

    feeds: int
    published: int
    unchanged: int
    dropped: int
    failed: int
    pending: tuple[Delivery, ...]


def run(settings: Settings, names: Sequence[str], ready: Callable[[App, str | None], None]) -> None:
    """The roles named (none: all) until SIGTERM or SIGINT. `ready` is told when the doors are open, and the web's address."""
    ending = ending_on_signals()
    web = not names or "web" in names
    if web and _has_sql(settings):
        check_exposure(settings.sql.listen, _password(settings))
    with opened(settings, serving=True) as app:
        supervisor = Supervisor(app, _chosen(app, names), ending)
        with _doors(app, supervisor, web=web) as address:
            supervisor.start()
            ready(app, address)
            try:
                supervisor.wait()
            finally:
                supervisor.stop()


def until_idle(settings: Settings) -> Idle:
    """Take every feed once, drain everything to the store, try every due delivery once."""
    ending = ending_on_signals()
    with opened(settings, serving=True) as app:
        stream = {name: role for name, role in roles(app).items() if name != "producer"}
        supervisor = Supervisor(app, stream, ending)
        with _doors(app, supervisor, web=False):
            supervisor.start()
            try:
                summary = producer(app).once(ending)
                done = supervisor.wait_idle()
            finally:
                supervisor.stop()
        if not done:
            raise NewstideError("stopped before everything was done; the rest is done by the next run")
        app.log.retain(app.clock.now())
        return Idle(summary.feeds, summary.published, summary.unchanged, summary.dropped, summary.failed, _deliver(app))


def _deliver(app: App) -> tuple[Delivery, ...]:
    from sinks.ledger import complete_until
    from sinks.writer import Writer

    now = app.clock.now()
    alerts = alerting(app)
    alerts.tick(now, complete_until(app.log, now))
    pending = tuple(alerts.deliver_once())
    # What the deliveries came to belongs in the store as well: one pass of the sink over what is new.
    sink = Writer(app.log, app.store, app.settings.sink.flush_seconds, app.settings.sink.flush_rows)
    sink.recover()
    while sink.step():
        pass
    sink.flush()
    return pending


def _chosen(app: App, names: Sequence[str]) -> dict[str, Callable[[threading.Event], None]]:
    unknown = [name for name in names if name not in ROLES]
    if unknown:
        raise UsageError(f"no role {unknown[0]!r}; there are {', '.join(ROLES)}")
    return {name: role for name, role in roles(app).items() if not names or name in names}


def _has_sql(settings: Settings) -> bool:
    """A ClickHouse server has a door of its own; the engine in this process gets one from us."""
    return settings.store_url.startswith("chdb:")


def _password(settings: Settings) -> str | None:
    return settings.sql.password.get_secret_value() if settings.sql.password else None


@contextmanager
def _doors(app: App, supervisor: Supervisor, *, web: bool) -> Iterator[str | None]:
    """The control socket, and where it is asked for the web and the SQL interface; gives the web's address."""
    with ExitStack() as stack:
        path = socket_path(app.settings)
        path.parent.mkdir(parents=True, exist_ok=True)
        control = Server(control_app(app), unix(path))
        stack.callback(path.unlink, missing_ok=True)
        stack.callback(control.close)
        address = None
        if web:
            from newstide.web.app import create_app

            pages = create_app(app.store, supervisor.health, clock=app.clock)
            server = Server(pages, tcp("web.listen", app.settings.web.listen))
            stack.callback(server.close)
            address = server.address
            if _has_sql(app.settings):
                from newstide.sqlserver.app import create_sql_app

                sql = create_sql_app(app.store, password=_password(app.settings))
                stack.callback(Server(sql, tcp("sql.listen", app.settings.sql.listen)).close)
        yield address
