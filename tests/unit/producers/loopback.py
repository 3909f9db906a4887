"""A real web server on loopback whose pages are functions: what the tests fetch from."""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = tuple[int, Mapping[str, str], bytes]
Page = Answer | Callable[[BaseHTTPRequestHandler], Answer | None]


class Loopback:
    """`pages` maps paths to an answer, or to a function that gives one or writes to the socket itself."""

    def __init__(self, pages: dict[str, Page], port: int) -> None:
        self.pages, self.port = pages, port
        self.place = f"127.0.0.1:{port}"
        self.base = f"http://{self.place}"
        self.requests: list[tuple[str, dict[str, str]]] = []

    def asked(self, path: str) -> list[dict[str, str]]:
        return [headers for asked, headers in self.requests if asked == path]


def ok(body: bytes, kind: str = "text/plain", **headers: str) -> Answer:
    return 200, {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}, body


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64  # the standard's 5 makes a burst of clients wait for a second


@contextlib.contextmanager
def serve(pages: dict[str, Page] | None = None) -> Iterator[Loopback]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            here.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            page = here.pages.get(self.path, (404, {}, b"no such thing"))
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                answer = page(self) if callable(page) else page
                if answer is not None:
                    self.answer(*answer)

        def do_POST(self) -> None:
            self.do_GET()

        def answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    server = Server(("127.0.0.1", 0), Handler)
    here = Loopback(pages if pages is not None else {}, server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
