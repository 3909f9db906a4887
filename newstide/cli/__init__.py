"""The command `newstide`: one file per noun. Nothing here imports an engine before a command needs it."""

import codecs
import errno
import importlib.metadata
import io
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from newstide.cli import alerts, articles, dlq, feeds, files, operate, read, run, stories, trends
from newstide.cli.output import say
from newstide.errors import NewstideError, UsageError
from newstide.printable import as_text, escaped

UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}

app = typer.Typer(
    name="newstide",
    help="Turns news feeds into a live, queryable, alerting event stream.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        print(f"newstide {importlib.metadata.version('newstide')}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(help="Settings file (default: newstide.toml, where there is one).")
    ] = None,
    version: Annotated[  # noqa: ARG001 - its callback answers
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    context.obj = config


for part, name in (
    (run, None), (files, None), (feeds, "feeds"), (articles, "articles"), (stories, "stories"), (trends, "trends"),
    (read, None), (alerts, "alerts"), (dlq, "dlq"), (operate, None),
):  # fmt: skip
    app.add_typer(part.app, name=name)


def main() -> None:
    """Exit codes: 0 done, 1 it found something wrong, 2 used wrongly."""
    _make_writable()
    try:
        _check_arguments()
        try:
            app()
        finally:
            sys.stdout.flush()
    except NewstideError as e:
        for line in str(e).splitlines():
            say(f"newstide: {line}")
        sys.exit(e.exit_code)
    except BrokenPipeError:  # the reader of our output has seen enough
        sys.stderr.close()
        sys.exit(0)
    except OSError as e:
        if e.errno not in UNWRITABLE:
            raise
        say(f"newstide: cannot write: {e.strerror}")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is still to be flushed
        sys.exit(1)


def _make_writable() -> None:
    """Output that was closed from the start goes nowhere; what a terminal's encoding lacks is escaped as JSON does it."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - it stays open
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    codecs.register_error("as json", _as_json)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="as json")


def _as_json(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return escaped(error.object[error.start : error.end]), error.end


def _check_arguments() -> None:
    """What is no text can be looked for nowhere, nor sent to the service; a file can be read all the same. Raises UsageError."""
    reads_files = not files.COMMANDS.isdisjoint(sys.argv[1:])
    for given in sys.argv[1:]:
        if reads_files and Path(given).is_file():
            continue
        try:
            given.encode()
        except UnicodeEncodeError:
            raise UsageError(f"the argument {as_text(given)} is no UTF-8") from None
