"""What orchestrators and Prometheus ask for, of every process, whatever its roles: no store is needed."""

from collections.abc import Callable

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from newstide import metrics
from newstide.web.health import Health


def probes(health: Callable[[], Health]) -> list[Route]:
    """`/healthz`: the process lives. `/readyz`: it can do its work, or 503 and what is missing. `/metrics`."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        now = health()
        body = orjson.dumps({"ready": now.ready, "missing": now.missing})
        return Response(body, 200 if now.ready else 503, {"cache-control": "no-cache"}, "application/json")

    async def rendered(_: Request) -> Response:
        metrics.READY.set(health().ready)
        return Response(metrics.render(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return [
        Route("/healthz", healthz, methods=["GET"]),
        Route("/readyz", readyz, methods=["GET"]),
        Route("/metrics", rendered, methods=["GET"]),
    ]


def health_app(health: Callable[[], Health]) -> Starlette:
    """The whole web of a process without role `web`."""
    return Starlette(routes=list(probes(health)))
