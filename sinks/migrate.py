"""Migrations: numbered files for tables, frozen once applied; views and trends by checksum, newest wins.

`sinks/migrations/NNNN_name.sql` runs once, in order, forward only; a file that changed after it was
applied is an error. `sinks/views/*.sql` and `sinks/trends/*.sql` hold `CREATE OR REPLACE VIEW` alone
and run again whenever their text changed.

On a server with replicas the tables are `Replicated…`: the text is turned as it is applied, the files and their
checksums stay. The bookkeeping is each server's own, for views are, and each must be told.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Literal

from newstide.errors import EngineError
from newstide.ports import Store

APPLIED = """
CREATE TABLE IF NOT EXISTS migrations (
    name String, checksum String, at DateTime64(3, 'UTC') DEFAULT now64(3)
) ENGINE = ReplacingMergeTree(at) ORDER BY name
"""


@dataclass(frozen=True, slots=True)
class Migration:
    name: str
    sql: str
    repeatable: bool

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()[:16]

    def statements(self, *, replicated: bool = False) -> list[str]:
        """The file's statements, comments left out; a statement ends with `;` at the end of a line.

        `replicated`: with ReplicatedReplacingMergeTree, at the path and under the replica's name that the server's
        `default_replica_path` and `default_replica_name` give, and with that engine's deduplication window.
        """
        code = "\n".join(line for line in self.sql.splitlines() if not line.lstrip().startswith("--"))
        parts = [part.strip() for part in re.split(r";\s*(?:\n|$)", code) if part.strip()]
        return [_replicated(part) for part in parts] if replicated else parts


def _replicated(statement: str) -> str:
    turned = re.sub(r"\bENGINE = ReplacingMergeTree\b", "ENGINE = ReplicatedReplacingMergeTree", statement)
    return re.sub(r"\bnon_replicated_deduplication_window\b", "replicated_deduplication_window", turned)


@dataclass(frozen=True, slots=True)
class Status:
    name: str
    state: Literal["applied", "pending", "changed"]


def load() -> list[Migration]:
    """Every migration in the order of its run: tables, then views, then trends."""
    found = []
    for folder in ("migrations", "views", "trends"):
        files = [f for f in resources.files("sinks").joinpath(folder).iterdir() if f.name.endswith(".sql")]
        found += [
            Migration(f"{folder}/{file.name}", file.read_text("utf-8"), folder != "migrations")
            for file in sorted(files, key=lambda f: f.name)
        ]
    return found


def status(store: Store, migrations: Sequence[Migration] | None = None) -> list[Status]:
    """Where each migration stands. Reads only."""
    applied = _applied(store)
    return [Status(m.name, _state(m, applied)) for m in migrations or load()]


def _applied(store: Store) -> dict[str, str]:
    """The checksums by name."""
    try:
        return dict(store.query("SELECT name, checksum FROM migrations FINAL").rows)
    except EngineError as e:
        if "UNKNOWN_TABLE" in str(e) or "UNKNOWN_DATABASE" in str(e):  # nothing was ever applied
            return {}
        raise


def _state(migration: Migration, applied: dict[str, str]) -> Literal["applied", "pending", "changed"]:
    checksum = applied.get(migration.name)
    if checksum is None:
        return "pending"
    if checksum == migration.checksum:
        return "applied"
    return "pending" if migration.repeatable else "changed"


def apply(store: Store, migrations: Sequence[Migration] | None = None, *, replicated: bool = False) -> list[str]:
    """Run what is pending, in order; gives the names. Raises EngineError for a frozen file that changed."""
    migrations = migrations or load()
    store.command(APPLIED)
    states = {s.name: s.state for s in status(store, migrations)}
    changed = [name for name, state in states.items() if state == "changed"]
    if changed:
        raise EngineError(f"{', '.join(changed)}: changed after it was applied; add a new migration instead")
    pending = [m for m in migrations if states[m.name] == "pending"]
    for migration in pending:
        for statement in migration.statements(replicated=replicated):
            store.command(statement)
        row = [(migration.name, migration.checksum)]
        store.insert("migrations", ("name", "checksum"), row, f"{migration.name}:{migration.checksum}")
    return [m.name for m in pending]
