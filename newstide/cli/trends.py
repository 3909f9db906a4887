"""newstide trends …"""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from newstide.cli import output
from newstide.cli.common import At, Json, Limit, ask, moment, seconds
from newstide.errors import UsageError
from newstide.spans import check_steps

app = typer.Typer(help="Trends, counted on originals; their copies (`reach`) stand beside.", no_args_is_help=True)
Window = Annotated[str, typer.Option(help="Length of the window before --at: 15m, 6h, 7d.")]
Step = Annotated[str, typer.Option(help="Width of a step: 1m, 1h.")]
EMPTY = "nothing in this window"
BUCKETS = ("bucket", "originals", "reach", "outlets")


@app.command()
def rising(
    context: typer.Context,
    at: At = None,
    window: Window = "1h",
    baseline: Annotated[str, typer.Option(help="What is usual: this long before the window.")] = "7d",
    limit: Limit = 20,
    json: Json = False,
) -> None:
    """Entities that are in the news more than usual."""
    spans = {"window": seconds(window), "baseline": seconds(baseline)}
    columns = ("name", "type", "now", "reach", "expected", "score", "outlets", "stories", "entity")
    output.rows(ask(context, "trends.rising", at=moment(at), limit=limit, **spans), columns, EMPTY, json=json)


@app.command()
def timeline(
    context: typer.Context, entity: str, at: At = None, window: Window = "1d", step: Step = "1h", json: Json = False
) -> None:
    """One entity over time."""
    rows = ask(context, "trends.timeline", entity=entity, at=moment(at), **_steps(window, step))
    if json or not sys.stdout.isatty():
        output.rows(rows, BUCKETS, EMPTY, json=json)
        return
    most = max((row["originals"] for row in rows), default=0)
    output.table([row | {"": output.bar(row["originals"], most)} for row in rows], (*BUCKETS, ""), EMPTY)


@app.command()
def compare(
    context: typer.Context,
    entities: list[str],
    at: At = None,
    window: Window = "1d",
    step: Step = "1h",
    json: Json = False,
) -> None:
    """Several entities over time, side by side: originals, and beside them what copies them."""
    rows = ask(context, "trends.compare", entities=entities, at=moment(at), **_steps(window, step))
    if json:
        output.data(rows)
        return
    wide = side_by_side(rows)
    output.table(wide, tuple(wide[0]) if wide else (), EMPTY)


def side_by_side(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A row for each step, with the originals and the reach of each entity by its name, or its id where two share one."""
    named = Counter({row["entity"]: row["name"] for row in rows}.values())
    steps: dict[str, dict[str, Any]] = {}
    for row in rows:
        name = row["name"] if named[row["name"]] == 1 else row["entity"]
        step = steps.setdefault(row["bucket"], {"bucket": row["bucket"]})
        step |= {name: row["originals"], f"{name}, reach": row["reach"]}
    return list(steps.values())


@app.command()
def related(
    context: typer.Context, entity: str, at: At = None, window: Window = "7d", limit: Limit = 20, json: Json = False
) -> None:
    """What stands beside an entity."""
    rows = ask(context, "trends.related", entity=entity, at=moment(at), window=seconds(window), limit=limit)
    output.rows(rows, ("name", "type", "together", "articles", "reach", "lift", "entity"), EMPTY, json=json)


@app.command()
def places(context: typer.Context, at: At = None, window: Window = "1d", limit: Limit = 20, json: Json = False) -> None:
    """Where news happens."""
    rows = ask(context, "trends.places", at=moment(at), window=seconds(window), limit=limit)
    output.rows(rows, ("name", "country", "originals", "reach", "lat", "lon", "place"), EMPTY, json=json)


@app.command()
def topics(context: typer.Context, at: At = None, window: Window = "1d", limit: Limit = 20, json: Json = False) -> None:
    """What the news is about: topics of the top level and your own."""
    rows = ask(context, "trends.topics", at=moment(at), window=seconds(window), limit=limit)
    output.rows(rows, ("name", "originals", "reach", "topic"), EMPTY, json=json)


@app.command()
def sources(
    context: typer.Context, at: At = None, window: Window = "1d", limit: Limit = 20, json: Json = False
) -> None:
    """Who reports, and who copies."""
    rows = ask(context, "trends.sources", at=moment(at), window=seconds(window), limit=limit)
    output.rows(rows, ("outlet", "originals", "derived", "reach", "stories", "last"), EMPTY, json=json)


def _steps(window: str, step: str) -> dict[str, int]:
    spans = {"window": seconds(window), "step": seconds(step)}
    try:
        check_steps(**spans)
    except ValueError as e:
        raise UsageError(f"--step is {e}") from e
    return spans
