"""newstide audit, migrate, doctor, erase"""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from newstide.cli import output
from newstide.cli.common import Json, ask, settings
from newstide.printable import counted

if TYPE_CHECKING:
    from newstide.app import Tables

app = typer.Typer()
SHOWN = 20  # gaps of the ledger, and articles of each
migrations = typer.Typer(help="The store's tables and views.", no_args_is_help=True)
app.add_typer(migrations, name="migrate")


@app.command()
def audit(context: typer.Context, json: Json = False) -> None:
    """Prove that every article that entered is stored, dropped, dead, erased or in flight; exit 1 when not."""
    found = ask(context, "audit")
    if json:
        output.data(found)
    else:
        _report(found)
    if not found["balanced"]:
        raise typer.Exit(1)


def _report(found: dict[str, Any]) -> None:
    output.tell(f"entered    {found['entered']:>9}")
    for outcome, count in sorted(found["outcomes"].items()):
        output.tell(f"  {outcome:<9}{count:>9}")
    for reason, count in sorted(found["reasons"].items()):
        output.tell(f"    {reason}: {count}")
    output.tell(f"  in flight{found['in_flight']:>9}")
    _missing(found["missing"])
    if found["unfilled"]:
        lacking = counted(found["unfilled"], "record")
        output.tell(f"the log holds {lacking} that the store lacks; `newstide run` fills it up at its start")
    if found["doubled"]:
        output.tell(f"DOUBLE: {found['doubled']} articles were stored for an offset that has another already")
    output.tell("balanced" if found["balanced"] else "NOT balanced")


def _missing(gaps: list[dict[str, Any]]) -> None:
    for gap in gaps[:SHOWN]:
        count, ids = gap["last"] - gap["first"] + 1, list(dict.fromkeys(gap["ids"]))
        output.tell(
            f"MISSING {count}: articles.raw partition {gap['partition']}, offsets {gap['first']} to {gap['last']}"
        )
        for id in ids[:SHOWN]:
            output.tell(f"  {id}")
        if len(ids) > SHOWN:
            output.tell(f"  … and {len(ids) - SHOWN} more; --json names them")
    if len(gaps) > SHOWN:
        output.tell(f"… and {len(gaps) - SHOWN} more gaps; --json names all")


@app.command()
def erase(
    context: typer.Context,
    ids: list[str],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    unknown: Annotated[
        bool, typer.Option("--unknown", help="Also keep ids out that no article here has; otherwise nothing is erased.")
    ] = False,
    json: Json = False,
) -> None:
    """Take articles out of log, store, dead letters and alerts, for good."""
    if not yes:
        typer.confirm(f"Erase {counted(len(ids), 'article')}? This cannot be undone.", abort=True, err=True)
    done = ask(context, "erase", ids=ids, unknown=unknown)
    if json:
        output.data(done)
    else:
        output.table([{"where": k, "erased": v} for k, v in done.items()], ("where", "erased"), "nothing")
        if not any(done.values()):
            output.say("nothing was found under these ids; they are kept out from now on")
    if not settings(context).embedded_log:
        output.say(
            "the broker keeps the bytes until the retention of its topics ends: 7 days for articles, 30 for dead letters "
            "and decisions; nothing reads them any more"
        )


@migrations.command()
def status(context: typer.Context, json: Json = False) -> None:
    """Where each migration stands."""
    rows = _migrations(context, "leave")
    output.rows(rows, ("name", "state"), "none", json=json)
    if any(row["state"] == "changed" for row in rows):
        raise typer.Exit(1)


@migrations.command()
def apply(
    context: typer.Context, dry_run: Annotated[bool, typer.Option(help="Only say what would run.")] = False
) -> None:
    """Run what is pending. `newstide run` does so by itself."""
    pending = [row["name"] for row in _migrations(context, "leave") if row["state"] == "pending"]
    if not dry_run:
        _migrations(context, "apply")
    verb = "would apply" if dry_run else "applied"
    output.say("\n".join(f"{verb} {name}" for name in pending) or "nothing is pending")


def _migrations(context: typer.Context, tables: "Tables") -> list[dict[str, Any]]:
    from newstide.control import call

    found: list[dict[str, Any]] = call(settings(context), "migrations", tables=tables)
    return found


@app.command()
def doctor(context: typer.Context, json: Json = False) -> None:
    """Look at everything that a run needs; exit 1 where something is wrong."""
    from newstide.doctor import examine

    findings = examine(settings(context))
    if json:
        output.data([{"check": f.check, "ok": f.ok, "detail": f.detail} for f in findings])
    else:
        for f in findings:
            output.tell(f"{'ok   ' if f.ok else 'WRONG'} {f.check}: {f.detail}")
    if not all(f.ok for f in findings):
        raise typer.Exit(1)
