"""One owner per file: an advisory lock that ends with its process, and says who holds it."""

import fcntl
import os
import sys
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path

from newstide.errors import EngineError, Held


def own(path: Path) -> TextIOWrapper:
    """Lock `path` until the handle is closed or the process ends. Raises Held naming the owner."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("a+", encoding="utf-8")
    except OSError as e:
        raise EngineError(f"{path.parent}: cannot be used as data directory: {e.strerror}") from e
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.seek(0)
        owner = handle.read().strip() or "another process"
        handle.close()
        raise Held(f"{path.parent} is held by {owner}; stop it, or give this one another data_dir") from None
    try:
        handle.truncate(0)
        command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:3]])
        handle.write(f"process {os.getpid()} ({command}, since {datetime.now(UTC):%Y-%m-%d %H:%M:%SZ})\n")
        handle.flush()
    except OSError as e:
        raise EngineError(f"{path}: {e.strerror}; free some space") from e
    return handle
