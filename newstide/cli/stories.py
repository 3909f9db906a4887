"""newstide stories …"""

from typing import Annotated

import typer

from newstide.cli import output
from newstide.cli.common import Json, Limit, ask

app = typer.Typer(help="Stories in the store.", invoke_without_command=True)
COLUMNS = ("last", "originals", "copies", "outlets", "headline", "story")


@app.callback()
def listed(
    context: typer.Context,
    hours: Annotated[float, typer.Option(min=0, max=876_000, help="Active within this many hours.")] = 24,
    limit: Limit = 20,
    json: Json = False,
) -> None:
    """The most active stories."""
    if not context.invoked_subcommand:
        _list(context, hours, limit, json=json)


@app.command("list")
def list_(
    context: typer.Context,
    hours: Annotated[float, typer.Option(min=0, max=876_000)] = 24,
    limit: Limit = 20,
    json: Json = False,
) -> None:
    """The most active stories."""
    _list(context, hours, limit, json=json)


@app.command()
def show(context: typer.Context, id: str, json: Json = False) -> None:
    """One story with its articles; a merged story's id answers with its successor."""
    found = ask(context, "story", id=id)
    if json:
        output.data(found)
        return
    print(
        f"{found['headline']}\nstory {found['story']} · {output.cell(found['first'])} to {output.cell(found['last'])}\n"
    )
    output.table(found["articles"], ("time", "outlet", "relation", "title", "id"), "no articles")


def _list(context: typer.Context, hours: float, limit: int, *, json: bool) -> None:
    rows = ask(context, "stories", hours=hours, limit=limit)
    output.data(rows) if json else output.table(rows, COLUMNS, "no active stories")
