"""chDB behind ClickHouse's HTTP interface, in a process of its own: a server for the tests of the HTTP path.

`python -m tests.clickhouse_server PATH PORT [--guests] [--password P]`; ready when the port answers `/ping`.
"""

import argparse
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.service import ROOT, free_port

UP = 60.0


class ClickHouseServer:
    """A server on a store and a port of its own, which may be killed and started again."""

    def __init__(self, path: Path, *options: str) -> None:
        self.port = free_port()
        self._command = [sys.executable, "-m", "tests.clickhouse_server", str(path), str(self.port), *options]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it; returns when it answers."""
        self._process = subprocess.Popen(self._command, cwd=ROOT)
        deadline = time.monotonic() + UP
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                urllib.request.urlopen(f"http://{self.address}/ping", timeout=5).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError(f"the server did not come up: {self._process.poll()}")

    def end(self, number: int = signal.SIGTERM) -> None:
        """End it, where it runs; its data stays."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(20)
            self._process = None

    def kill(self) -> None:
        self.end(signal.SIGKILL)


@contextmanager
def clickhouse_server(path: Path, *options: str) -> Iterator[str]:
    """Gives `host:port` of a server on a store of its own; ended at the end."""
    server = ClickHouseServer(path, *options)
    server.start()
    try:
        yield server.address
    finally:
        server.end()


def main() -> None:
    from newstide.engines import open_store
    from newstide.serve import Server, tcp
    from newstide.sqlserver.app import create_sql_app
    from newstide.supervise import ending_on_signals

    parser = argparse.ArgumentParser()
    parser.add_argument("path")
    parser.add_argument("port", type=int)
    parser.add_argument("--guests", action="store_true")
    parser.add_argument("--password")
    asked = parser.parse_args()
    ending = ending_on_signals()
    store = open_store(f"chdb://{asked.path}")
    if asked.guests:
        from sinks import migrate

        migrate.apply(store)
    app = create_sql_app(store, writable=not asked.guests, password=asked.password)
    server = Server(app, tcp("the test server", f"127.0.0.1:{asked.port}"))
    ending.wait()
    server.close()
    store.close()


if __name__ == "__main__":
    main()
