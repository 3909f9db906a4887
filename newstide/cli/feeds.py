"""newstide feeds …: the catalogue"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from newstide.cli import output
from newstide.cli.common import Json, ask, settings
from newstide.errors import NewstideError, UsageError
from newstide.printable import counted

app = typer.Typer(help="The catalogue of feeds.", no_args_is_help=True)
COLUMNS = ("url", "outlet", "status", "checked", "published", "failures", "detail")
FAILING = ("url", "status", "detail", "checked", "failures")
CHECKED = ("url", "status", "title", "language", "items", "newest", "detail")


@app.command()
def add(
    context: typer.Context,
    url: str,
    title: Annotated[str, typer.Option(help="A name for it.")] = "",
    outlet: Annotated[str, typer.Option(help="The outlet's name; default: its domain.")] = "",
    language: Annotated[str, typer.Option(help="BCP 47, where the feed does not say.")] = "",
    group: Annotated[str, typer.Option(help="A folder of yours.")] = "",
) -> None:
    """Add a feed, or change it."""
    ask(context, "feeds.add", url=url, title=title, outlet=outlet, language=language, group=group)


@app.command("list")
def listed(context: typer.Context, json: Json = False) -> None:
    """The feeds with their last state."""
    rows = ask(context, "feeds.list")
    output.rows(rows, COLUMNS, "no feeds yet; newstide feeds import my.opml", json=json)


@app.command()
def remove(context: typer.Context, url: str) -> None:
    """Take a feed out; its articles stay."""
    ask(context, "feeds.remove", url=url)


@app.command("import")
def imported(
    context: typer.Context, file: Annotated[str, typer.Argument(help="OPML or TOML; - for stdin; http… fetches it.")]
) -> None:
    """Import a list of feeds."""
    body = _fetch(context, file) if file.startswith(("http://", "https://")) else _read(file)
    found = ask(context, "feeds.import", name=file, body=body.decode("latin-1"))
    for problem in found["problems"]:
        output.say(f"{file}: {problem}")
    output.say(f"{counted(found['imported'], 'feed')}, {found['new']} of them new")
    if found["problems"]:
        raise typer.Exit(1)


@app.command("export")
def exported(context: typer.Context) -> None:
    """Print the catalogue as OPML."""
    sys.stdout.buffer.write(ask(context, "feeds.export").encode() + b"\n")  # as UTF-8, which it says that it is


@app.command()
def discover(context: typer.Context, url: str, json: Json = False) -> None:
    """The feeds that a page names."""
    from producers.discover import discover as search

    found = search(_fetch(context, url), url)
    if json:
        output.data(found)
    else:
        output.tell("\n".join(found))
    if not found:
        raise NewstideError(f"{url} names no feed")


@app.command()
def check(
    context: typer.Context, url: Annotated[str | None, typer.Argument(help="Default: all.")] = None, json: Json = False
) -> None:
    """Look at a feed now, or say how all of them are; exit 1 where something is wrong."""
    rows = [ask(context, "feeds.check", url=url)] if url else ask(context, "feeds.list")
    wrong = [row for row in rows if row["status"] not in {"ok", "unchanged", "not yet read"}]
    unread = sum(row["status"] == "not yet read" for row in rows)
    if json:
        output.data(rows if url else wrong)
    elif url:
        output.table(rows, CHECKED, "")
    else:
        output.table(wrong, FAILING, f"{counted(len(rows), 'feed')}, none fails, {unread} not yet read")
    if wrong:
        raise typer.Exit(1)


def _fetch(context: typer.Context, url: str) -> bytes:
    from producers import fetch

    response = fetch.client(settings(context).fetch).request("GET", url)
    if response.status != 200:
        raise NewstideError(f"{url}: http {response.status}")
    return response.body


def _read(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as e:
        raise UsageError(f"{file}: {e.strerror}") from e
