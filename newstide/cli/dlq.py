"""newstide dlq …: dead letters"""

from typing import Annotated, Literal

import typer

from newstide.cli import output
from newstide.cli.common import Json, Limit, ask

app = typer.Typer(help="Articles that ended early: look, and send them on again.", no_args_is_help=True)


@app.command("list")
def listed(
    context: typer.Context,
    kind: Annotated[Literal["dead", "dropped", "all"], typer.Option(help="Which.")] = "dead",
    reason: Annotated[str | None, typer.Option(help="Of this reason alone, such as `no url`.")] = None,
    limit: Limit = 20,
    json: Json = False,
) -> None:
    """The newest dead letters."""
    rows = ask(context, "dlq.list", kind=None if kind == "all" else kind, reason=reason, limit=limit)
    columns = ("number", "at", "kind", "stage", "reason", "met", "size", "detail")
    output.rows(rows, columns, "no dead letters", json=json)


@app.command()
def show(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="Its `number` in `newstide dlq list`.")],
    json: Json = False,
) -> None:
    """One dead letter with its bytes."""
    found = ask(context, "dlq.show", number=number)
    if json:
        output.data(found)
        return
    body = found.pop("body")
    for key, value in found.items():
        output.tell(f"{key}: {output.cell(value)}")
    output.tell(f"\n{body}")


@app.command()
def replay(
    context: typer.Context, numbers: Annotated[list[int], typer.Argument(help="As `newstide dlq list` shows them.")]
) -> None:
    """Put dead letters back where they were met."""
    for done in ask(context, "dlq.replay", numbers=numbers):
        output.say(f"{done['number']}: on {done['topic']} at {done['partition']}:{done['offset']}")
