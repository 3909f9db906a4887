"""chDB behind ClickHouse's HTTP interface, in a process of its own: a server for the tests of the HTTP path.

`python -m tests.clickhouse_server PATH PORT [--guests] [--password P]`; ready when the port answers `/ping`.
"""

import argparse
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.service import ROOT, free_port

UP = 60.0


@contextmanager
def clickhouse_server(path: Path, *options: str) -> Iterator[str]:
    """Gives `host:port` of a server on a store of its own; ended at the end."""
    port = free_port()
    command = [sys.executable, "-m", "tests.clickhouse_server", str(path), str(port), *options]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        _wait(process, port)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + UP
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"the server did not come up: {process.poll()}")


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
