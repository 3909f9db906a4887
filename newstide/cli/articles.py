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
    print(f"story {found['story']} · version {found['version']}\n{_lineage(found)}\n\n{found['text']}\n")
    for label in ("mentions", "topics", "places"):
        if found[label]:
            print(f"{label}: {output.cell(found[label])}")
    if len(found["versions"]) > 1:
        print("versions:")
        for version in found["versions"]:
            print(f"  {version['version']}  {output.cell(version['fetched'])}  {version['title']}")
            for part in ("title", "text"):
                for change in version["changes"][part]:
                    output.change(version[part], change, f"     {part}: ")


def _lineage(found: dict[str, Any]) -> str:
    """Whose text it is and why, and who took it over."""
    told, lineage = found["relation"], found["lineage"]
    if found["of"]:
        source = lineage["original"]
        told += f" of {found['of']}" + (f" ({source['outlet']}, {output.cell(source['time'])})" if source else "")
        told += f": {lineage['evidence']}" if lineage["evidence"] else ""
    if lineage["corrected"]:
        told += f"; corrected at {output.cell(lineage['corrected'])}"
    lines = [
        f"  {row['relation']}  {output.cell(row['time'])}  {row['outlet']}  {row['id']}" for row in lineage["taken"]
    ]
    return "\n".join([told, *(["taken over by:", *lines] if lines else [])])
