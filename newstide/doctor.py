"""`newstide doctor`: does this machine have what a run needs?"""

import importlib.metadata
import platform
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from newstide.control import call
from newstide.errors import NewstideError, NotBegun
from newstide.listeners import check_sql, web_is_open
from newstide.metrics import free_bytes
from newstide.serve import tcp
from newstide.settings import Settings

ENOUGH_BYTES = 2_000_000_000
PARTS = ("chdb", "clickhouse-connect", "kafka-python", "faust-streaming", "feedparser", "trafilatura", "orjson")


@dataclass(frozen=True, slots=True)
class Finding:
    check: str
    ok: bool
    detail: str


def examine(settings: Settings) -> list[Finding]:
    """Every check, in order; none stops the others."""
    checks: list[tuple[str, Callable[[Settings], str]]] = [
        ("python", _python),
        ("packages", _packages),
        ("disk", _disk),
        ("log and store", _engines),
        ("ledger", _ledger),
        ("web", _web),
        ("sql", _sql),
        ("enrich", _enrich),
        ("hooks", _hooks),
    ]
    return [_run(name, check, settings) for name, check in checks]


def _run(name: str, check: Callable[[Settings], str], settings: Settings) -> Finding:
    try:
        return Finding(name, True, check(settings))
    except NotBegun as e:  # nor need there be, before the first run
        return Finding(name, True, str(e))
    except (NewstideError, OSError) as e:
        return Finding(name, False, str(e))


def _python(_: Settings) -> str:
    return f"{platform.python_version()} on {platform.system()} {platform.machine()}"


def _packages(_: Settings) -> str:
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PARTS)


def _disk(settings: Settings) -> str:
    free, place = free_bytes(settings.data_dir), settings.data_dir.absolute()
    if free < ENOUGH_BYTES:
        raise NewstideError(f"{free / 1e9:.1f} GB free at {place}; a run needs 2 GB at least")
    return f"{free / 1e9:.1f} GB free at {place}"


def _engines(settings: Settings) -> str:
    found = call(settings, "status")
    where = "of the running service" if found["serving"] else "opened here"
    behind = ", ".join(f"{name} {count} behind" for name, count in found["lag"].items() if count) or "nothing waits"
    return f"{where}; {behind}; complete until {found['complete_until']}"


def _ledger(settings: Settings) -> str:
    found = call(settings, "audit")
    if not found["balanced"]:
        raise NewstideError("it does not balance; `newstide audit` names what is missing")
    return f"balanced, {found['entered']} entered"


def _web(settings: Settings) -> str:
    found = _listening(settings, "web.listen", settings.web.listen)
    return found + "; it has no password: who reaches it reads everything" * web_is_open(settings)


def _sql(settings: Settings) -> str:
    if not settings.embedded_store:
        return "the store is a server: ask it there"
    check_sql(settings)
    return _listening(settings, "sql.listen", settings.sql.listen)


def _listening(settings: Settings, name: str, address: str) -> str:
    with suppress(NotBegun):
        if call(settings, "status")["serving"]:
            return f"served at {address}"
    tcp(name, address).close()
    return f"{address} is free"


def _enrich(_: Settings) -> str:
    from datetime import UTC, datetime

    from newstide.records import Article, RawArticle
    from streams.pipeline import enrich

    text = "ANKARA, March 3 (Reuters) - The United Nations said on Tuesday that talks in Geneva would go on."
    raw = RawArticle(id="doctor", outlet="doctor", url="http://doctor.invalid/", fetched=datetime.now(UTC), text=text)
    [outcome] = enrich([(None, raw)])
    if not isinstance(outcome, Article) or not outcome.entities:
        raise NewstideError(f"a sample text did not become an article: {outcome}")
    made_by = ", ".join(f"{part} {version}" for part, version in outcome.made_by.items())
    return f"sample in {outcome.language}, {len(outcome.entities)} entities, made by {made_by}"


def _hooks(settings: Settings) -> str:
    from newstide.app import hooks

    hooks(settings)
    if disabled := call(settings, "alerts.disabled"):
        raise NewstideError(
            f"{', '.join(disabled)}: disabled, for the receiver answered 410 Gone; `newstide alerts enable {disabled[0]}` calls it again"
        )
    return ", ".join(call(settings, "alerts.hooks")) or "none named"
