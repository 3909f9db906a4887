"""newstide alerts …"""

from pathlib import Path
from typing import Annotated

import typer

from newstide.cli import output
from newstide.cli.common import Json, Limit, ask
from newstide.printable import counted

app = typer.Typer(help="The newest alerts; rules and deliveries by the commands below.", invoke_without_command=True)
COLUMNS = ("fired", "rule", "title", "outlet", "count", "delivered", "pending", "failed")


@app.callback()
def listed(context: typer.Context, limit: Limit = 20, json: Json = False) -> None:
    if not context.invoked_subcommand:
        rows = ask(context, "alerts.list", limit=limit)
        output.rows(rows, COLUMNS, "no alerts", json=json)


@app.command("import")
def imported(context: typer.Context, file: Annotated[Path, typer.Argument(help="TOML.")]) -> None:
    """Take the rules of a TOML file: they are added, and one of the same name is replaced; `remove` takes one out."""
    found = ask(context, "alerts.import", path=str(file.absolute()))
    output.say(f"{counted(len(found['imported']), 'rule')}: {', '.join(found['imported'])}")
    for name in found["silent"]:
        output.say(f"{name}: names no hook, so it calls nobody; its alerts stand on the dashboard and in SQL alone")


@app.command()
def rules(context: typer.Context, json: Json = False) -> None:
    """The rules in force."""
    rows = ask(context, "alerts.rules")
    columns = ("name", "hooks", "entity", "topic", "words", "language", "source", "at_least", "within")
    output.rows(rows, columns, "no rules; newstide alerts import alerts.toml", json=json)


@app.command()
def remove(context: typer.Context, name: str) -> None:
    """Take a rule out."""
    ask(context, "alerts.remove", name=name)


@app.command()
def deliveries(context: typer.Context, limit: Limit = 20, json: Json = False) -> None:
    """The delivery log."""
    rows = ask(context, "alerts.deliveries", limit=limit)
    if json:
        output.data(rows)
        return
    for row in rows:
        row["last"] = row["attempts"][-1]["detail"] if row["attempts"] else ""
    output.table(rows, ("created", "rule", "hook", "status", "tries", "last", "next", "id"), "no deliveries")


@app.command()
def resend(
    context: typer.Context, id: Annotated[str, typer.Argument(help="As `newstide alerts deliveries` shows it.")]
) -> None:
    """Send a delivery again, with the same webhook-id."""
    output.say(f"{id}: {ask(context, 'alerts.resend', id=id)['status']}")


@app.command()
def enable(context: typer.Context, hook: str) -> None:
    """Call a hook again that was disabled since its receiver answered 410 Gone, with all that it missed."""
    due = counted(ask(context, "alerts.enable", hook=hook)["deliveries"], "delivery is", "deliveries are")
    output.say(f"{hook}: {due} due")


@app.command()
def test(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Rules, as for `newstide alerts import`.")],
    hours: Annotated[float, typer.Option(min=0, max=876_000, help="How far back.")] = 24,
    json: Json = False,
) -> None:
    """What the rules of a file would have raised on the past."""
    found = ask(context, "alerts.backtest", path=str(file.absolute()), hours=hours)
    if json:
        output.data(found)
        return
    for rule in found:
        output.tell(f"{rule['rule']}: {rule.get('note') or counted(len(rule['alerts']), 'alert')}")
        for alert in rule["alerts"][:20]:
            output.tell(f"  {output.cell(alert['time'])}  {alert['title']}")
