"""The web face: dashboard, JSON API, health and metrics, reading only.

The store is synchronous and keeps a client per thread: all of its work runs on a few threads of this app's
own, that live as long as the app does.
"""

import asyncio
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from newstide.errors import NewstideError
from newstide.log import get
from newstide.ports import Clock, Store
from newstide.web import article, assets, dashboard, openapi, pages, story
from newstide.web.api import OPERATIONS, PREFIX, Asking, NotFound, Operation
from newstide.web.cache import RenderCache
from newstide.web.guard import Guard
from newstide.web.health import Health
from newstide.web.html import Html
from newstide.web.layout import page
from newstide.web.parameters import BadParameter, Param, read
from newstide.web.probes import probes

THREADS = 4
TITLES = {400: "That cannot be asked", 404: "Not found", 405: "Only reading here", 503: "Not now"}
FOR_GOOD = "public, max-age=31536000, immutable"
View = Callable[[Request], Response]


def create_app(store: Store, health: Callable[[], Health], *, clock: Clock, local: bool = False) -> Starlette:
    """The ASGI application. `health` is asked often and must answer at once. `local`: as `Guard` means it."""
    asking = Asking(store, health, clock)
    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="web")

    def on_pool(path: str, view: View) -> Route:
        async def run(request: Request) -> Response:
            return await asyncio.get_running_loop().run_in_executor(pool, view, request)

        return Route(path, run, methods=["GET"])

    routes = [on_pool(PREFIX + operation.path, _api(asking, operation)) for operation in OPERATIONS]
    routes += [on_pool(path, view) for path, view in _pages(asking).items()]
    return Starlette(
        routes=routes + _plain(asking),
        middleware=[Middleware(Guard, local=local)],
        exception_handlers=dict.fromkeys((BadParameter, NotFound, NewstideError, HTTPException, Exception), _failed),
    )


def _api(asking: Asking, operation: Operation) -> View:
    def view(request: Request) -> Response:
        return _json(operation.run(asking, dict(request.query_params), request.path_params.get("id", "")))

    return view


def _pages(asking: Asking) -> dict[str, View]:
    window = Param("window", "text", "window", default="1h")
    span = Param("window", "text", "window", default="7d")
    key = Param("id", "text", "id or name", required=True)
    topic = Param("id", "text", "id of a topic", required=True)
    before = Param("before", "cursor", "go on after this place")
    words = Param("q", "text", "the words", default="")
    cache = RenderCache(asking.clock)

    def asked(request: Request, *params: Param) -> dict[str, Any]:
        """Others write their own onto an address (`utm_source`); a page lets that stand."""
        known = {param.name for param in params}
        return read(params, {name: text for name, text in request.query_params.items() if name in known})

    def main(request: Request) -> Html:
        chosen = _chosen(asked(request, window)["window"], dashboard.WINDOWS)
        return cache.get(chosen, lambda: dashboard.main(asking, chosen))

    def entity(request: Request) -> Response:
        values = asked(request, key, span, before)
        _chosen(values["window"], pages.WINDOWS)
        return _html(pages.entity(asking, values))

    return {
        "/": lambda request: _html(page("What the news is about", main(request), ["live.js"])),
        "/fragments": lambda request: _tagged(request, main(request)),
        "/entity": entity,
        "/topic": lambda request: _html(pages.topic(asking, asked(request, topic, before))),
        "/story/{id}": lambda request: _html(story.story(asking, request.path_params["id"])),
        "/article/{id}": lambda request: _html(article.article(asking, request.path_params["id"])),
        "/search": lambda request: _html(pages.search(asking, asked(request, words).get("q", ""))),
    }


def _chosen(value: str, options: dict[str, str]) -> str:
    if value not in options:
        raise BadParameter("window", f"expected one of {', '.join(options)}")
    return value


def _plain(asking: Asking) -> list[Route]:
    """What needs no store, and so answers whatever the store does."""
    document = orjson.dumps(openapi.document(version("newstide")), option=orjson.OPT_INDENT_2)

    async def described(_: Request) -> Response:
        return Response(document, media_type="application/json")

    return [
        *probes(asking.health),
        Route("/openapi.json", described, methods=["GET"]),
        Route("/static/{name}", _static, methods=["GET"]),
    ]


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    path = assets.plotly() if name == assets.PLOTLY else None
    if path:
        return FileResponse(path, media_type="text/javascript", headers={"cache-control": FOR_GOOD})
    found = assets.asset(name)
    if found is None:
        raise NotFound(f"There is no file {name!r}.")
    return Response(found.body, media_type=found.type, headers={"cache-control": FOR_GOOD})


def _tagged(request: Request, body: str) -> Response:
    """An answer with an ETag, or 304 when the asker has it (RFC 9110, 13.1.2)."""
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "no-cache"}
    asked = [part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")]
    if tag in asked:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="text/html", headers=headers)


def _html(body: str, status: int = 200) -> Response:
    return Response(body, status, media_type="text/html", headers={"cache-control": "no-cache"})


def _json(body: Any, status: int = 200) -> Response:
    content = orjson.dumps(body, option=orjson.OPT_UTC_Z)
    return Response(content, status, media_type="application/json", headers={"cache-control": "no-cache"})


async def _failed(request: Request, error: Exception) -> Response:
    """One place where errors become answers: JSON for the API, a page for people."""
    status, why = _explained(error)
    if request.url.path.startswith((PREFIX, "/openapi")):
        named = {"parameter": error.name} if isinstance(error, BadParameter) else {}
        if status == 404 and why == "Not Found":  # no such path, rather than nothing under an id
            why = "there is no such address; /openapi.json names all"
        answer = _json({"error": why, **named}, status)
    else:
        answer = _html(pages.problem(TITLES.get(status, "Something broke"), why), status)
    if isinstance(error, HTTPException):
        answer.headers.update(error.headers or {})
    return answer


def _explained(error: Exception) -> tuple[int, str]:
    match error:
        case BadParameter():
            return 400, str(error)
        case NotFound():
            return 404, str(error)
        case HTTPException():
            return error.status_code, error.detail
        case NewstideError():
            get("web").warning("cannot answer", error=str(error))
            return 503, "The store cannot answer now; the log says why."
        case _:
            get("web").error("broken", exc_info=error)
            return 500, "A fault of ours; the log says more."
