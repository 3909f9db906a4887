"""The sample wire: a small world of news on loopback, for a first run without a network.

    python examples/first-run/wire.py --port 8990

serves the feeds of `outlets/`, their pages, `/opml`, and a webhook receiver at `/hook`. Some articles
come and some change while you watch: all times are relative to the start.
"""

import argparse
import hashlib
import sys
import threading
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE))  # so that this file can be loaded by its path: the folder is no package

import paper  # noqa: E402
from inbox import Inbox  # noqa: E402
from newsroom import Newsroom, Outlet, load  # noqa: E402

MAX_HOOK = 262_144  # bytes; an alert is a few kilobytes
RETRY_AFTER = 120  # seconds that the overloaded outlet asks for


@dataclass(frozen=True)
class Answer:
    """One HTTP answer. `modified` makes it conditional."""

    body: bytes
    type: str = "text/html; charset=utf-8"
    status: int = 200
    modified: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


NOT_FOUND = Answer(b"Nothing here (or not yet).\n", "text/plain; charset=utf-8", 404)


def answer(newsroom: Newsroom, path: str, base: str, now: datetime) -> Answer:
    """What stands at `path` at `now`."""
    outlets = newsroom.outlets
    if path == "":
        return Answer(paper.front(outlets.values(), base), modified=newsroom.start)
    if path == "opml":
        return Answer(paper.opml(outlets.values(), base, newsroom.start), "text/x-opml", modified=newsroom.start)
    outlet = outlets.get(path.partition("/")[0])
    if outlet is None:
        return NOT_FOUND
    items, updated = newsroom.items(outlet, now), newsroom.updated(outlet, now)
    if path == paper.feed_path(outlet):
        kind = f"{paper.MIME[outlet.format]}; charset=utf-8"
        feed = Answer(paper.feed(outlet, items, updated, base), kind, modified=updated)
        return _fault(outlet) if outlet.fault else feed
    item = newsroom.item(path, now)
    # a page names the outlet's other articles, so it changes when they do
    return Answer(paper.page(outlet, item, items, base), modified=updated) if item else NOT_FOUND


def _fault(outlet: Outlet) -> Answer:
    if outlet.fault == "sign-in":
        return Answer(paper.sign_in(outlet))
    headers = {"Retry-After": str(RETRY_AFTER)}
    return Answer(b"Too many readers. Please come back later.\n", "text/plain; charset=utf-8", 503, headers=headers)


class Handler(BaseHTTPRequestHandler):
    """Speaks for `answer` and the inbox."""

    server: "Wire"
    timeout = 30

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path).strip("/")
        if path == "hook":
            self._send(Answer(self.server.inbox.show(), "application/json"))
        else:
            found = answer(self.server.newsroom, path, self.server.url, datetime.now(UTC))
            self._send(self._conditional(found))

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if self.path != "/hook":
            self._send(NOT_FOUND)
        elif not length.isdecimal() or int(length) > MAX_HOOK:
            self._send(Answer(b"", status=413 if length.isdecimal() else 411))
        else:
            headers = {name.lower(): value for name, value in self.headers.items()}
            good = self.server.inbox.receive(headers, self.rfile.read(int(length)), datetime.now(UTC))
            self._send(Answer(b"", status=204) if good else Answer(b"signature does not match\n", status=401))

    def _conditional(self, found: Answer) -> Answer:
        """304 where the reader has it already; an ETag goes before a date (RFC 9110, 13.2.2)."""
        if found.modified is None:
            return found
        headers = {"ETag": found.etag, "Last-Modified": format_datetime(found.modified, usegmt=True)}
        if tags := self.headers.get("If-None-Match"):
            same = found.etag in (tag.strip().removeprefix("W/") for tag in tags.split(","))
        else:
            since = _date(self.headers.get("If-Modified-Since"))
            same = since is not None and found.modified.replace(microsecond=0) <= since
        return Answer(b"" if same else found.body, found.type, 304 if same else 200, headers=headers)

    def _send(self, found: Answer) -> None:
        self.send_response(found.status)
        for name, value in found.headers.items():
            self.send_header(name, value)
        if found.status not in {204, 304}:
            self.send_header("Content-Type", found.type)
            self.send_header("Content-Length", str(len(found.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(found.body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the reader's log tells the story."""


def _date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)


class Wire(ThreadingHTTPServer):
    """The running server: `url` without a slash at its end, and `shutdown()`."""

    daemon_threads = True

    def __init__(self, port: int, newsroom: Newsroom, inbox: Inbox) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.newsroom = newsroom
        self.inbox = inbox
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def shutdown(self) -> None:
        """Stop serving and give the port back."""
        super().shutdown()
        self.server_close()


def serve(port: int, start: datetime) -> Wire:
    """Serve the wire on loopback from a thread of its own; port 0 takes a free one.

    `start` is aware. Raises OSError where the port is taken, ValueError where an outlet's file is wrong (it is named).
    """
    settings = tomllib.loads((HERE / "newstide.toml").read_text("utf-8"))
    newsroom = Newsroom(load(), start.astimezone(UTC))
    wire = Wire(port, newsroom, Inbox(settings["hooks"]["desk"]["secret"]))
    threading.Thread(target=wire.serve_forever, name="sample-wire", daemon=True).start()
    return wire


def main() -> int:
    parser = argparse.ArgumentParser(description="Serve the sample wire on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=8990, help="0 takes a free one (default: 8990)")
    try:
        wire = serve(parser.parse_args().port, datetime.now(UTC))
    except (OSError, ValueError) as e:
        print(f"The sample wire cannot start: {e}", file=sys.stderr)
        return 1
    print(
        f"The sample wire is at {wire.url}/ (all feeds: {wire.url}/opml, alerts received: {wire.url}/hook)", flush=True
    )
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        wire.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
