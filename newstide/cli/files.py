"""newstide process, ingest, inspect: articles from files and addresses"""

import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from newstide.cli import output
from newstide.cli.common import Json, ask, settings
from newstide.errors import NewstideError
from newstide.printable import counted

if TYPE_CHECKING:
    from newstide.records import Article, Ended, Lineage, Move, RawArticle

app = typer.Typer()
COMMANDS = {"process", "ingest", "inspect"}  # whose arguments are files that are opened here
INGEST_BATCH = 200
Files = Annotated[
    list[str], typer.Argument(help="Articles (.jsonl, .jsonl.gz, -), feeds (.xml, .json), pages (.html).")
]


@app.command()
def process(
    context: typer.Context,
    files: Files,
    through: Annotated[Literal["enrich", "resolve"], typer.Option(help="The last step to run.")] = "resolve",
) -> None:
    """Run the steps over files, on all cores: records to stdout, one JSON object a line; no log, no store."""
    loaded = settings(context)
    from streams.batch import process as run
    from streams.pipeline import chosen

    dead = _through(run(_read(files), through, chosen(loaded), loaded.workers.count))
    if dead:
        raise typer.Exit(1)


def _through(outcomes: "Iterator[Article | Ended | Lineage | Move]") -> int:
    """Print what came of each record, on stderr what was put right in printed ones; gives how many were dead."""
    import orjson

    from newstide.records import Article, Ended, Lineage, public

    progress, dead = Progress("article"), 0
    for outcome in outcomes:
        progress.step(isinstance(outcome, Article | Ended))
        if isinstance(outcome, Article):
            sys.stdout.buffer.write(orjson.dumps(public(outcome), option=orjson.OPT_UTC_Z) + b"\n")
        elif isinstance(outcome, Ended):
            dead += outcome.kind == "dead"
            output.say(_told(outcome))
        elif isinstance(outcome, Lineage):
            output.say(f"{outcome.article}: after all {_standing(outcome)}")
        else:
            back = outcome.source == outcome.target
            output.say(
                f"{outcome.source}: this story " + ("is on its own again" if back else f"went on in {outcome.target}")
            )
    sys.stdout.flush()
    progress.end(dead)
    return dead


def _told(ended: "Ended") -> str:
    return f"{ended.source}: {ended.kind}: {ended.reason}" + f" ({ended.detail})" * bool(ended.detail)


def _standing(row: "Lineage") -> str:
    return f"{row.relation} of {row.of} ({row.evidence})" if row.of else str(row.relation)


@app.command()
def ingest(context: typer.Context, files: Files) -> None:
    """Put articles from files onto the log, for the service to take up: backfill and archives."""
    from newstide.records import RawArticle

    progress, dead = Progress("article"), 0
    for batch in _batches(_read(files)):
        articles = [_text(record) for record in batch if isinstance(record, RawArticle)]
        ended = [record for record in batch if not isinstance(record, RawArticle)]
        given = {"articles": articles, "ended": [_text(record) for record in ended]}
        while wait := (done := ask(context, "ingest", **given)).get("wait"):
            time.sleep(wait)
        if done["erased"]:
            output.say(f"{counted(done['erased'], 'article stays', 'articles stay')} out, erased earlier")
        if done["too large"]:
            dead += done["too large"]
            large = counted(done["too large"], "article is", "articles are")
            output.say(f"{large} too large for the log; `newstide dlq list` tells of each")
        for record in ended:
            dead += record.kind == "dead"
            output.say(_told(record))
        progress.step(len(batch))
    progress.end(dead)
    if dead:
        raise typer.Exit(1)


@app.command()
def inspect(
    context: typer.Context,
    target: Annotated[str, typer.Argument(metavar="URL|FILE", help="A page's address, or a file as for `process`.")],
    json: Json = False,
) -> None:
    """One article as a person would check it."""
    loaded = settings(context)
    from newstide.cli.inspecting import show
    from newstide.records import Article, Ended
    from streams.batch import process as run
    from streams.pipeline import chosen

    if target.startswith(("http://", "https://")):
        from newstide.clock import SystemClock
        from producers.single import article_at

        outlet = ask(context, "feeds.outlet", url=target)
        records: Iterator[RawArticle | Ended] = iter([article_at(target, outlet, loaded.fetch, SystemClock().now())])
    else:
        records = _read([target])
    for outcome in run(records, "resolve", chosen(loaded)):
        if isinstance(outcome, Article):
            show(outcome, json=json)
        elif isinstance(outcome, Ended):
            raise NewstideError(_told(outcome))


class Progress:
    """A line on stderr, rewritten on a terminal, once in a while elsewhere."""

    def __init__(self, what: str) -> None:
        self._what, self._count, self._begun = what, 0, time.monotonic()
        self._every = 0.5 if sys.stderr.isatty() else 10.0
        self._next = self._begun + self._every

    def step(self, count: int = 1) -> None:
        self._count += count
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + self._every
            print(self._line(), end="\r" if sys.stderr.isatty() else "\n", file=sys.stderr, flush=True)

    def end(self, dead: int) -> None:
        output.say(self._line(f", {dead} of them dead" if dead else ""))

    def _line(self, besides: str = "") -> str:
        seconds = time.monotonic() - self._begun
        return f"{counted(self._count, self._what)}{besides}, {self._count / max(seconds, 0.001):.0f}/s"


def _read(files: list[str]) -> "Iterator[RawArticle | Ended]":
    from newstide.clock import SystemClock
    from producers.files import read

    started = SystemClock().now()
    for file in files:
        yield from read(file, started)


def _batches(records: "Iterator[RawArticle | Ended]") -> "Iterator[list[RawArticle | Ended]]":
    from itertools import islice

    while batch := list(islice(records, INGEST_BATCH)):
        yield batch


def _text(record: object) -> str:
    from newstide.records import encode

    return encode(record).decode()
