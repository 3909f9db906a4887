"""newstide search, sql, export"""

import base64
import sys
from pathlib import Path
from typing import Annotated

import typer

from newstide.cli import output
from newstide.cli.articles import COLUMNS
from newstide.cli.common import Json, Limit, ask
from newstide.errors import UsageError
from newstide.printable import printable

app = typer.Typer()


@app.command()
def search(context: typer.Context, words: list[str], limit: Limit = 20, json: Json = False) -> None:
    """Articles that hold all the words, title first; `newstide articles --words` takes a time, an outlet or a language as well."""
    rows = ask(context, "search", words=" ".join(words), limit=limit)
    output.rows(rows, COLUMNS, "no such articles", json=json)


@app.command()
def sql(
    context: typer.Context,
    statement: Annotated[str, typer.Argument(help="A reading statement; - for stdin.")],
    format: Annotated[str, typer.Option(help="Any ClickHouse format: PrettyCompact, JSONEachRow, CSVWithNames …")] = "",
) -> None:
    """SQL on the store, read-only and limited, whether the service runs or not."""
    text = _stdin() if statement == "-" else statement
    chosen = format or ("PrettyCompactMonoBlock" if sys.stdout.isatty() else "TSV")
    answer = base64.b64decode(ask(context, "sql", statement=text, format=chosen))
    if sys.stdout.isatty():
        answer = printable(answer.decode("utf-8", "replace")).encode()
    sys.stdout.buffer.write(answer)


@app.command()
def export(
    context: typer.Context,
    view: Annotated[str, typer.Argument(help="A documented view, such as articles or mentions.")],
    to: Annotated[Path, typer.Option(help="A file that ends in .parquet, .jsonl or .csv.")],
) -> None:
    """Write a view to a file."""
    size = ask(context, "export", view=view, to=str(to.absolute()))
    output.say(f"{to}: {size} bytes")


def _stdin() -> str:
    try:
        return sys.stdin.buffer.read().decode()
    except UnicodeDecodeError as e:
        raise UsageError(f"the statement is no UTF-8: byte {e.start}") from e
