"""One way to every operation: to the running service over `data_dir/control.sock`, else on engines of our own.

The service alone may open the embedded log and store, so a command beside it asks it. A call is
POST /call with {"name", "args"}; the answer {"result"} or {"error", "exit_code"}.
"""

import asyncio
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx2
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from newstide import log as logging
from newstide.app import App, Tables, opened
from newstide.errors import EngineError, Held, NewstideError, NotBegun
from newstide.operations import OPERATIONS
from newstide.settings import Settings

THREADS = 4
STARTING = 10.0  # seconds that a service may hold the engines before its socket answers
PATIENCE = 900.0  # seconds: an erasure or an export takes its time
# What begins a log where there is none, or needs none.
WITHOUT_A_LOG = {"feeds.add", "feeds.import", "feeds.check", "feeds.outlet", "ingest", "alerts.import"}


def socket_path(settings: Settings) -> Path:
    return settings.data_dir / "control.sock"


def control_app(app: App) -> Starlette:
    """The service's side. Its threads are few and stay, for each keeps connections to the engines."""
    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="control")

    def answer(body: bytes) -> Response:
        asked = orjson.loads(body)
        try:
            found = {"result": OPERATIONS[asked["name"]](app, **asked["args"])}
        except NewstideError as e:
            found = {"error": str(e), "exit_code": e.exit_code}
        except Exception as e:  # noqa: BLE001 - the command must hear of it, and the service go on
            logging.get("control").exception("operation failed", operation=asked["name"])
            found = {"error": f"{asked['name']}: {type(e).__name__}: {e}", "exit_code": 1}
        return Response(_json(found), media_type="application/json")

    async def endpoint(request: Request) -> Response:
        return await asyncio.get_running_loop().run_in_executor(pool, answer, await request.body())

    return Starlette(routes=[Route("/call", endpoint, methods=["POST"])])


class Refused(NewstideError):
    """The service's answer to a command, with the exit code that it asks for."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def call(settings: Settings, operation: str, args: dict[str, Any] | None = None, *, tables: Tables = "own") -> Any:
    """Run one operation, wherever the engines are. The result is JSON's kinds (times as RFC 3339 text).

    `tables` says what becomes of the store's tables when the engines are opened here. Raises NotBegun for what asks about a
    log that is not there.
    """
    path, deadline = socket_path(settings), time.monotonic() + STARTING
    while True:
        if _listening(path):
            return _ask(path, operation, args or {})
        if operation not in WITHOUT_A_LOG:
            _check_begun(settings)
        try:
            with opened(settings, tables=tables) as app:
                return orjson.loads(_json(OPERATIONS[operation](app, **args or {})))
        except Held:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _check_begun(settings: Settings) -> None:
    """In the wrong folder an empty log of its own would tell a reader that all is well. A server's store answers from anywhere."""
    log = Path(unquote(urlsplit(settings.log_url).path))
    if settings.embedded_log and settings.embedded_store and not log.exists():
        raise NotBegun(
            f"nothing here yet: there is no {log}; is `data_dir` right? `newstide run`, `feeds import` or `ingest` begins one"
        )


def _json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z)


def _listening(path: Path) -> bool:
    if not path.exists():
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def _ask(path: Path, name: str, args: dict[str, Any]) -> Any:
    transport = httpx2.HTTPTransport(uds=str(path))
    with httpx2.Client(transport=transport, timeout=PATIENCE, base_url="http://newstide") as client:
        try:
            response = client.post("/call", content=orjson.dumps({"name": name, "args": args}))
            response.raise_for_status()
            answer = orjson.loads(response.content)
        except (httpx2.HTTPError, orjson.JSONDecodeError) as e:
            raise EngineError(f"the running service did not answer: {e}") from e
    if "error" in answer:
        raise Refused(answer["error"], answer["exit_code"])
    return answer["result"]
