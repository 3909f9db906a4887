"""The ASGI app: one path that answers statements, and the small ones that clients look at."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from newstide.errors import NewstideError, UsageError
from newstide.log import get
from newstide.ports import Store
from newstide.sqlserver import access, replies
from newstide.sqlserver.compression import TooLarge
from newstide.sqlserver.request import Asked, asked, query_of

THREADS = 2  # statements at once; each may take two threads and 1 GB of its own
QUEUE = 64  # statements that may wait for their turn
STATEMENT = 1 << 20  # bytes of a guest's request, decompressed
EVERYTHING = 1 << 31  # bytes of a request where writing is allowed


def create_sql_app(store: Store, *, writable: bool = False, password: str | None = None) -> ASGIApp:
    """ClickHouse's HTTP interface over the embedded store.

    Read-only as it is: every statement is a guest's, judged and limited by the engine. `writable` passes everything on,
    for tests. With a password every statement asks for it, under any user name.
    """
    service = Service(store, writable=writable, password=password)
    return Starlette(
        routes=[
            Route("/", service.statement, methods=["GET", "POST"]),
            Route("/ping", _ok, methods=["GET"]),
            Route("/replicas_status", _ok, methods=["GET"]),
        ]
    )


async def _ok(_: Request) -> Response:
    return PlainTextResponse("Ok.\n")


class Service:
    def __init__(self, store: Store, *, writable: bool, password: str | None) -> None:
        self._store, self._writable, self._password = store, writable, password
        self._names = {"", "default", store.query("SELECT currentDatabase()").scalar()}
        self._timezone: str = store.query("SELECT timezone()").scalar()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="sql")
        self._waiting = 0

    async def statement(self, request: Request) -> Response:
        if self._waiting >= QUEUE:
            return replies.failed(503, 202, "Code: 202. DB::Exception: too many statements at once; try again later")
        self._waiting += 1
        try:
            query = query_of(request.scope["query_string"])
            if not access.allowed(self._password, request.headers, query):
                return self._turned_away(request, query)
            body = await _body(request, EVERYTHING if self._writable else STATEMENT)
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._pool, self._answer, request, query, body)
        except UsageError as e:
            return replies.refused(e)
        except NewstideError as e:
            if replies.CODE.match(str(e)):  # a limit that the statement ran into, with ClickHouse's own code
                return replies.refused(e)
            get("sql").warning("cannot answer", error=str(e))
            return replies.failed(503, 1002, "Code: 1002. DB::Exception: the store cannot answer now; the log says why")
        finally:
            self._waiting -= 1

    def _turned_away(self, request: Request, query: dict[str, str]) -> Response:
        if not self._password:
            text = "Code: 516. DB::Exception: ask under an address or as localhost. (AUTHENTICATION_FAILED)"
            return replies.failed(403, 516, text)
        text = "Code: 516. DB::Exception: the password is wrong or missing. (AUTHENTICATION_FAILED)"
        if access.presented(request.headers, query):
            return replies.failed(403, 516, text)
        return replies.failed(401, 516, text, {"www-authenticate": 'Basic realm="newstide"'})

    def _answer(self, request: Request, query: dict[str, str], body: bytes) -> Response:
        wanted = asked(query, request.headers, body, EVERYTHING if self._writable else STATEMENT)
        if not wanted.statement.strip():
            raise UsageError("Code: 62. DB::Exception: Empty query. (SYNTAX_ERROR)")
        answer = self._store.execute(
            wanted.statement,
            wanted.format,
            guest=not self._writable,
            params=wanted.params,
            settings=self._settings(wanted, request.method),
            database=self._database(wanted.database),
        )
        return replies.answered(wanted, answer, self._timezone)

    def _settings(self, wanted: Asked, method: str) -> dict[str, str]:
        """GET changes nothing, as on a server: a link must be harmless."""
        return {"readonly": "2", **wanted.settings} if method == "GET" else dict(wanted.settings)

    def _database(self, name: str) -> str:
        """Guests are always in the store's database; clients that know none say `default`."""
        if self._writable:
            return name or "default"
        if name not in self._names:
            raise UsageError(f"Code: 81. DB::Exception: Database {name} does not exist. (UNKNOWN_DATABASE)")
        return ""


async def _body(request: Request, limit: int) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise TooLarge(f"Code: 307. DB::Exception: the body is larger than {limit} bytes. (TOO_MANY_BYTES)")
        parts.append(part)
    return b"".join(parts)
