"""newstide stories …"""

from typing import Annotated

import typer

from newstide.cli import output
from newstide.cli.common import Json, Limit, ask

app = typer.Typer(help="The most active stories; `show` prints one.", invoke_without_command=True)
HISTORY = ("at", "source", "target", "article")
ARTICLES = ("time", "outlet", "relation", "title", "adds", "id")
ADDED = 4  # names and numbers that a line shows
Hours = Annotated[float, typer.Option(min=0, max=876_000, help="Active within this many hours.")]
COLUMNS = ("last", "originals", "copies", "outlets", "headline", "story")


@app.callback()
def listed(
    context: typer.Context,
    hours: Hours = 24,
    limit: Limit = 20,
    json: Json = False,
) -> None:
    if not context.invoked_subcommand:
        list_(context, hours, limit, json)


@app.command("list")
def list_(
    context: typer.Context,
    hours: Hours = 24,
    limit: Limit = 20,
    json: Json = False,
) -> None:
    """The most active stories."""
    rows = ask(context, "stories", hours=hours, limit=limit)
    output.rows(rows, COLUMNS, "no active stories", json=json)


@app.command()
def show(
    context: typer.Context,
    id: str,
    history: Annotated[
        bool, typer.Option("--history", help="How other stories were merged into it, and which came back.")
    ] = False,
    json: Json = False,
) -> None:
    """One story with its articles; a merged story's id answers with its successor."""
    found = ask(context, "story", id=id)
    if json:
        output.data(found["history"] if history else found)
        return
    output.tell(
        f"{found['headline']}\nstory {found['story']} · {output.cell(found['first'])} to {output.cell(found['last'])}\n"
    )
    if history:
        output.table(found["history"], HISTORY, "no other story was merged into it")
        return
    for what, names in (
        ("who and what", [entity["name"] for entity in found["entities"]]),
        ("topics", [topic["name"] for topic in found["topics"]]),
        ("countries", [place["country"] for place in found["countries"]]),
        ("languages", found["languages"]),
    ):
        if names:
            output.tell(f"{what}: {', '.join(names)}")
    rows = [row | {"adds": ", ".join(row["adds"][:ADDED])} for row in found["articles"]]
    output.table(rows, ARTICLES, "no articles")
