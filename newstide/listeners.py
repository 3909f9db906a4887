"""Where a service listens: the web with health and metrics, the SQL interface, and the control socket.

Health answers before the engines are there, so that whoever waits can see for what.
"""

from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from newstide.app import App
from newstide.clock import SystemClock
from newstide.control import control_app, socket_path
from newstide.serve import Server, tcp, unix
from newstide.settings import Settings, split_address
from newstide.sqlserver.access import check_exposure
from newstide.supervise import Supervisor
from newstide.urls import is_loopback
from newstide.web.health import Health
from newstide.web.probes import health_app


class Switch:
    """An ASGI app that can be exchanged while it is served."""

    def __init__(self) -> None:
        self.app: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


class Listeners:
    """Opened by `waiting` (health alone) or `open`, closed at the end of the block. Raises EngineError for a taken port."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stack = ExitStack()
        self._switch = Switch()
        self._health = Health(False, ("starting",), {}, {}, SystemClock().now())
        self._web: Server | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._stack.close()

    def waiting(self, why: str) -> None:
        """Say on `/readyz` what the start waits for."""
        self._health = Health(False, (why,), {}, {}, SystemClock().now())
        if self._web is None:
            self._switch.app = health_app(lambda: self._health)
            self._listen()

    def open(self, app: App, supervisor: Supervisor, *, web: bool, sql: bool) -> str:
        """Open what belongs to the roles; gives the web's address."""
        self.open_control(app)
        if web:
            from newstide.web.app import create_app

            local = not web_is_open(self._settings)
            self._switch.app = create_app(app.store, supervisor.health, clock=app.clock, local=local)
        else:
            self._switch.app = health_app(supervisor.health)
        if sql:
            self._open_sql(app)
        return self._listen().address

    def open_control(self, app: App) -> None:
        """The socket over which commands ask the process that alone may open an engine."""
        if not app.owns_an_engine:
            return
        path = socket_path(self._settings)
        path.parent.mkdir(parents=True, exist_ok=True)
        control = Server(control_app(app), unix(path))
        self._stack.callback(path.unlink, missing_ok=True)
        self._stack.callback(control.close)

    def _open_sql(self, app: App) -> None:
        from newstide.sqlserver.app import create_sql_app

        sql = create_sql_app(app.store, password=_password(self._settings))
        server = Server(sql, tcp("sql.listen", self._settings.sql.listen))
        self._stack.callback(server.close)

    def _listen(self) -> Server:
        if self._web is None:
            self._web = Server(self._switch, tcp("web.listen", self._settings.web.listen))
            self._stack.callback(self._web.close)
        return self._web


def check_sql(settings: Settings) -> None:
    """Raises SettingsError where the SQL interface would stand open to others without a password."""
    check_exposure(settings.sql.listen, _password(settings))


def web_is_open(settings: Settings) -> bool:
    """Whether other machines may reach the dashboard and the API, which have no password."""
    return not is_loopback(split_address(settings.web.listen)[0])


def _password(settings: Settings) -> str | None:
    return settings.sql.password.get_secret_value() if settings.sql.password else None
