"""newstide articles …"""

from typing import Annotated, Any

import typer

from newstide.cli import output
from newstide.cli.common import Json, Limit, ask, moment

app = typer.Typer(help="The newest articles that meet all conditions; `show` prints one.", invoke_without_command=True)
COLUMNS = ("time", "outlet", "relation", "title", "id", "story")


@app.callback()
def listed(
    context: typer.Context,
    entity: Annotated[str | None, typer.Option(help="Id or name of an entity.")] = None,
    topic: Annotated[str | None, typer.Option(help="IPTC id of a topic.")] = None,
    outlet: Annotated[str | None, typer.Option(help="Its name.")] = None,
    language: Annotated[str | None, typer.Option(help="BCP 47, exactly: en is not en-GB.")] = None,
    story: Annotated[str | None, typer.Option(help="Id of a story.")] = None,
    words: Annotated[str | None, typer.Option(help="All of these words.")] = None,
    since: Annotated[str | None, typer.Option(help="RFC 3339, or 6h for so long ago.")] = None,
    limit: Limit = 20,
    json: Json = False,
) -> None:
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
    rows = ask(context, "articles", since=moment(since), limit=limit, **conditions)
    output.rows(rows, COLUMNS, "no such articles", json=json)


@app.command()
def show(context: typer.Context, id: str, json: Json = False) -> None:
    """One article: its versions, entities, topics, places and story."""
    found = ask(context, "article", id=id)
    if json:
        output.data(found)
    else:
        _print(found)


def _print(found: dict[str, Any]) -> None:
    output.tell(
        f"{found['title']}\n{found['outlet']} · {output.cell(found['time'])} · {found['language']} · {found['url']}"
    )
    output.tell(f"story {found['story']} · version {found['version']}\n{_lineage(found)}\n\n{_text(found)}\n")
    mentions = [output.named(mention["name"], mention["texts"]) for mention in found["mentions"]]
    for label, names in (("mentions", mentions), ("topics", found["topics"]), ("places", found["places"])):
        if names:
            output.tell(f"{label}: {output.cell(names)}")
    if len(found["versions"]) > 1:
        output.tell("versions:")
        for version in found["versions"]:
            output.tell(f"  {version['version']}  {output.cell(version['fetched'])}  {version['title']}")
            for part in ("title", "text"):
                for change in version["changes"][part]:
                    output.change(version[part], change, f"     {part}: ")


def _text(found: dict[str, Any]) -> str:
    """The text with what was cut from it in its place: `[appeal: …]`."""
    text: str = found["text"]
    shown, done = "", 0
    for cut in found["removed"]:
        shown += text[done : cut["at"]] + "".join(output.in_place(cut["reason"], cut["text"]))
        done = cut["at"]
    return shown + text[done:]


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
