"""newstide articles …"""

from typing import Annotated, Any

import typer

from newstide.cli import output
from newstide.cli.common import Json, Limit, ask

app = typer.Typer(help="Articles in the store.", invoke_without_command=True)
COLUMNS = ("time", "outlet", "relation", "title", "id", "story")


@app.callback()
def listed(
    context: typer.Context,
    entity: Annotated[str | None, typer.Option(help="Id or name of an entity.")] = None,
    topic: Annotated[str | None, typer.Option(help="IPTC id of a topic.")] = None,
    outlet: Annotated[str | None, typer.Option()] = None,
    language: Annotated[str | None, typer.Option()] = None,
    story: Annotated[str | None, typer.Option(help="Id of a story.")] = None,
    words: Annotated[str | None, typer.Option(help="All of these words.")] = None,
    since: Annotated[str | None, typer.Option(help="RFC 3339.")] = None,
    limit: Limit = 20,
    json: Json = False,
) -> None:
    """The newest articles that meet all conditions."""
    if context.invoked_subcommand:
        return
    conditions = {
        "entity": entity,
        "topic": topic,
        "outlet": outlet,
        "language": language,
        "story": story,
        "words": words,
    }
    rows = ask(context, "articles", since=since, limit=limit, **conditions)
    output.data(rows) if json else output.table(rows, COLUMNS, "no such articles")


@app.command()
def show(context: typer.Context, id: str, json: Json = False) -> None:
    """One article: its versions, entities, topics, places and story."""
    found = ask(context, "article", id=id)
    if json:
        output.data(found)
    else:
        _print(found)


def _print(found: dict[str, Any]) -> None:
    print(f"{found['title']}\n{found['outlet']} · {output.cell(found['time'])} · {found['language']} · {found['url']}")
    relation = found["relation"] + (f" of {found['of']}" if found["of"] else "")
    print(f"{relation} · story {found['story']} · version {found['version']}\n\n{found['text']}\n")
    for label in ("mentions", "topics", "places"):
        if found[label]:
            print(f"{label}: {output.cell(found[label])}")
    if len(found["versions"]) > 1:
        print("versions:")
        for version in found["versions"]:
            print(f"  {version['version']}  {output.cell(version['fetched'])}  {version['title']}")
