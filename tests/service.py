"""A running Newstide, and the sample wire, as processes: for tests from the outside."""

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
NEWSTIDE = Path(sys.executable).with_name("newstide")
UP = 60.0


def free_port(count: int = 1) -> int:
    """The first of so many free ports in a row, below those that the system gives to outgoing connections.

    Of those one might be taken while a test has its server down: by a client that looks for this very server.
    """
    while True:
        first = random.randrange(20_000, 32_000 - count)
        with contextlib.suppress(OSError):
            for port in range(first, first + count):
                socket.create_server(("127.0.0.1", port)).close()
            return first


class Newstide:
    """One data directory, and the command on it."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.folder, self.port = folder, free_port()
        own = {
            "NEWSTIDE_WEB__LISTEN": f"127.0.0.1:{self.port}",
            "NEWSTIDE_SQL__LISTEN": f"127.0.0.1:{free_port()}",
            "NEWSTIDE_WORKERS__COUNT": "2",
        }
        self.environment = {**os.environ, **own, **(settings or {})}
        self.process: subprocess.Popen[str] | None = None

    def run(self, *command: str, check: bool = True, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """One command to its end."""
        done = subprocess.run(
            [NEWSTIDE, *command], cwd=self.folder, env=self.environment, capture_output=True, text=True, input=stdin,
            check=False, timeout=300,
        )  # fmt: skip
        if check and done.returncode != 0:
            raise AssertionError(f"newstide {command}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def json(self, *command: str) -> Any:
        return json.loads(self.run(*command, "--json").stdout)

    def sql(self, statement: str) -> list[dict[str, Any]]:
        lines = self.run("sql", statement, "--format", "JSONEachRow").stdout.splitlines()
        return [json.loads(line) for line in lines]

    def start(self, *, until_ready: bool = True) -> None:
        """Start the service."""
        self.socket.unlink(missing_ok=True)  # one that a killed run left
        self.process = subprocess.Popen(
            [NEWSTIDE, "run"], cwd=self.folder, env=self.environment, stderr=subprocess.PIPE, text=True
        )
        deadline = time.monotonic() + UP
        while until_ready and not self.socket.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"newstide did not come up\n{self.end(signal.SIGKILL)[1]}")
            time.sleep(0.05)

    def readiness(self) -> str:
        """What `/readyz` answers, whether ready or not; empty while nobody listens."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=10) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as e:
            return e.read().decode()
        except OSError:
            return ""

    @property
    def socket(self) -> Path:
        return self.folder / "var" / "control.sock"

    def end(self, number: int = signal.SIGTERM, patience: float = 30) -> tuple[int, str]:
        """Signal the service; gives its exit code and what it said."""
        assert self.process is not None
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=patience)
        code, self.process = self.process.returncode, None
        return code, said

    def close(self) -> None:
        if self.process is not None:
            self.end(signal.SIGKILL)


@contextmanager
def sample_wire() -> Iterator[str]:
    """The sample wire on a free port; gives its address."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, ROOT / "examples" / "first-run" / "wire.py", "--port", str(port)], stdout=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + UP
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def lines(records: Sequence[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)
