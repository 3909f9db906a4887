"""A command on a terminal of its own, so that it prints what a person would see."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Mapping
from pathlib import Path

ROWS, COLUMNS = 50, 200  # wide, so that no cell is cut


def run(command: str, folder: Path, environment: Mapping[str, str]) -> tuple[int, str]:
    """The exit code of a shell's line, and all that it wrote to the terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    with subprocess.Popen(
        command, shell=True, cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        printed = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    return process.returncode, printed.decode("utf-8")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # on Linux the end of the last writer is EIO
        return b""
