"""The service: engines open, roles running, sockets listening; until a signal, or until nothing is left to do."""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeVar

from newstide import log as logging
from newstide import metrics
from newstide.app import App, Role, Tables, alerting, opened, producer, roles
from newstide.errors import Away, NewstideError, UsageError
from newstide.listeners import Listeners, check_sql, web_is_open
from newstide.records import Delivery
from newstide.settings import Settings
from newstide.supervise import Supervisor, ending_on_signals

if TYPE_CHECKING:
    from producers.service import Summary

ROLES = ("producer", "enrich", "resolve", "store", "alert", "web")
ON_THE_STORE = frozenset(("store", "alert", "web"))
RETRY = 2.0  # seconds between two tries to reach a broker or a server at the start

T = TypeVar("T")
logger = logging.get("run")


class _Ended(Exception):
    """A signal came while we waited."""


def run(settings: Settings, names: Sequence[str], ready: Callable[[App, str, bool], None]) -> None:
    """The roles named (none: all) until SIGTERM or SIGINT. `ready` is told when all listens: at
    which address, and whether the dashboard is there.

    A broker or server that is away at the start is waited for; `/readyz` says so meanwhile.
    """
    if unknown := [name for name in names if name not in ROLES]:
        raise UsageError(f"no role {unknown[0]!r}; there are {', '.join(ROLES)}")
    chosen, ending = frozenset(names or ROLES), ending_on_signals()
    sql = settings.embedded_store and not chosen.isdisjoint(("store", "web"))
    if sql:
        check_sql(settings)
    if "web" in chosen and web_is_open(settings):
        logger.warning("the dashboard has no password: who reaches it reads everything", listen=settings.web.listen)
    metrics.DISK_FREE.set_function(lambda: metrics.free_bytes(settings.data_dir))
    with ExitStack() as stack:
        listeners = stack.enter_context(Listeners(settings))
        try:
            app = _opened(settings, chosen, stack, listeners, ending)
        except _Ended:
            return
        stack.callback(listeners.close)  # before the engines under them are
        supervisor = Supervisor(app, {n: role for n, role in roles(app).items() if n in chosen}, ending)
        address = listeners.open(app, supervisor, web="web" in chosen, sql=sql)
        _serve(supervisor, lambda: ready(app, address, "web" in chosen))


def _serve(supervisor: Supervisor, ready: Callable[[], None]) -> None:
    supervisor.start()
    ready()
    try:
        supervisor.wait()
    finally:
        supervisor.stop()


def _opened(
    settings: Settings, chosen: frozenset[str], stack: ExitStack, listeners: Listeners, ending: threading.Event
) -> App:
    """The engines that the roles need. Raises _Ended for a signal."""
    tables: Tables = "apply" if "store" in chosen else "own"
    app = _patiently(lambda: stack.enter_context(opened(settings, serving=True, tables=tables)), listeners, ending)
    if chosen & ON_THE_STORE:
        _patiently(lambda: app.store, listeners, ending)
    return app


def _patiently(opening: Callable[[], T], listeners: Listeners, ending: threading.Event) -> T:
    """Try until it opens."""
    said = ""
    while True:
        try:
            return opening()
        except Away as e:
            if str(e) != said:
                said = str(e)
                logger.warning("waiting", why=said)
            listeners.waiting(said)
        if ending.wait(RETRY):
            raise _Ended


def until_idle(settings: Settings) -> "tuple[Summary, list[Delivery]]":
    """Take every feed once, drain everything to the store, try every due delivery once; gives what is still to be sent."""
    ending = ending_on_signals()
    with opened(settings, serving=True, tables="apply") as app, Listeners(settings) as listeners:
        stream: Mapping[str, Role] = {name: role for name, role in roles(app).items() if name != "producer"}
        supervisor = Supervisor(app, stream, ending)
        listeners.open_control(app)
        supervisor.start()
        try:
            summary = producer(app).once(ending)
            done = supervisor.wait_idle()
        finally:
            supervisor.stop()
        if not done:
            raise NewstideError("stopped before everything was done; the rest is done by the next run")
        app.log.retain(app.clock.now())
        return summary, _deliver(app)


def _deliver(app: App) -> list[Delivery]:
    from sinks.ledger import complete_until
    from sinks.writer import Writer

    now = app.clock.now()
    alerts = alerting(app)
    alerts.tick(now, complete_until(app.log, now))
    pending = alerts.deliver_once()
    # What the deliveries came to belongs in the store as well: one pass of the sink over what is new.
    sink = Writer(app.log, app.store, app.settings.sink.flush_seconds, app.settings.sink.flush_rows)
    sink.recover()
    while sink.step():
        pass
    sink.flush()
    return pending
