"""An ASGI app on a socket, in a thread: the web, and the control socket of a data directory."""

import os
import socket
import threading
from pathlib import Path
from typing import Any

import uvicorn

from newstide.errors import EngineError
from newstide.settings import split_address

LONGEST_UNIX_PATH = 100  # sun_path holds 108 bytes on Linux, 104 on macOS


def tcp(setting: str, address: str) -> socket.socket:
    """A listening socket at host:port. Raises EngineError naming the setting."""
    host, port = split_address(address)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=128)
    except OSError as e:
        raise EngineError(f"{setting}: cannot listen at {address}: {os.strerror(e.errno or 0)}") from e
    # Answers are small and come in two parts, head and body: Nagle's algorithm would hold the second back.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def unix(path: Path) -> socket.socket:
    """A listening socket that only this user may use, in place of one that a dead process left."""
    if len(os.fsencode(path)) > LONGEST_UNIX_PATH:
        raise EngineError(f"{path}: too long for a control socket; give a shorter data_dir")
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    path.chmod(0o600)  # before anybody can connect
    listener.listen(16)
    return listener


class Server:
    """Serves `app` on a listening socket until `close`."""

    def __init__(self, app: Any, listener: socket.socket) -> None:
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._listener = listener
        self._thread = threading.Thread(target=self._server.run, args=([listener],), name="server", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        host, port = self._listener.getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join(3)
        self._listener.close()
