"""What every answer carries: nothing from elsewhere may load, and no page of elsewhere may frame or read ours."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from newstide.urls import is_local

HEADERS = {
    "content-security-policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}


ELSEWHERE = "Ask for localhost or an address: web.listen is loopback. A proxy before it sets the Host to that.\n"


class Guard:
    """ASGI middleware that adds the headers; `local`: requests under the name of another machine are turned away."""

    def __init__(self, app: ASGIApp, *, local: bool) -> None:
        self._app, self._local = app, local

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif self._local and not is_local(Headers(scope=scope).get("host", "")):
            await PlainTextResponse(ELSEWHERE, 403)(scope, receive, guarded)
        else:
            await self._app(scope, receive, guarded)
