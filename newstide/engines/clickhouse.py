"""The Store port on clickhouse-connect: a ClickHouse server, or chDB, its engine in this process.

One client per thread and purpose, since a client serialises its calls and a `readonly` setting stays
with its session. A client that failed on chDB is given up: what the broken answer had written already would stand
before the next one. Times are aware UTC both ways.
"""

import re
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import parse_qs, unquote, urlsplit

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, DatabaseError, OperationalError

from newstide.engines import grants, guard
from newstide.engines.catalogue import COMBINATORS, FUNCTIONS, VIEW, Catalogue, catalogue
from newstide.engines.session import SERVER_FAULTS, Session
from newstide.errors import Away, EngineError, Held, UsageError
from newstide.forwarding import forward
from newstide.ports import Answer, Rows

PATIENCE = 2.0  # seconds that `close` waits for statements that run
# Limits of one statement. chDB has none by default and takes up to 0.9 of the machine's memory.
WRITER = {"max_memory_usage": 2_000_000_000, "max_execution_time": 300, "max_threads": 2}
READER = {"max_memory_usage": 1_000_000_000, "max_execution_time": 30, "max_threads": 2}
# For people's own SQL: results are bounded too, and `readonly` = 1 refuses changes and table functions
# that leave the database.
GUEST = {
    **READER,
    "max_result_rows": 1_000_000,
    "max_result_bytes": 250_000_000,
    "result_overflow_mode": "throw",
    "readonly": 1,
}
# No colours of the engine's own: a command could not tell them from those that an article's text would bring.
PLAIN = {"output_format_pretty_color": "0"}
# Times as RFC 3339, so that whoever reads a file need not know that they are UTC.
EXPORTER = {**READER, "max_execution_time": 3600, "date_time_output_format": "iso"}
# On a server an asynchronous insert does not deduplicate unless told to.
INSERT = {"async_insert": 0, "max_partitions_per_insert_block": 1000}

ERRNO = re.compile(r"\[Errno -?\d+\] ([\w ]+)")
LOCKED, FULL, NO_DATABASE = 36, 243, 81


class ClickHouse:
    """`chdb:///path?database=name` or `http(s)://user:password@host:port/database[?replicated=1]`.

    A server's user may be one that only reads; then its database must be there. `replicated` asks the migrations
    for replicated tables.
    """

    def __init__(self, dsn: str) -> None:
        # What its HTTP client logs is raised as well.
        forward("clickhouse_connect", besides=("clickhouse_connect.driver",))
        parts = urlsplit(dsn)
        self.embedded = parts.scheme == "chdb"
        self.replicated = parse_qs(parts.query).get("replicated", ["0"])[0] in {"1", "true"}
        self._place = dsn.rsplit("@", 1)[-1]  # never the password
        self._arguments = self._chdb(parts) if self.embedded else self._server(parts)
        self._local = threading.local()
        self._clients: list[Client] = []
        self._lock = threading.Lock()
        self._ready = False
        self._working = 0
        self._prepare()

    def _chdb(self, parts: Any) -> dict[str, Any]:
        self.database = parse_qs(parts.query).get("database", ["newstide"])[0]
        path = Path(unquote(parts.path))
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as e:
            raise EngineError(f"store {path}: cannot be used: {e.strerror}") from e
        return {"interface": "chdb", "path": str(path)}

    def _server(self, parts: Any) -> dict[str, Any]:
        self.database = parts.path.strip("/") or "newstide"
        return {
            "host": parts.hostname,
            "port": parts.port or (8443 if parts.scheme == "https" else 8123),
            "username": unquote(parts.username or "default"),
            "password": unquote(parts.password or ""),
            "interface": parts.scheme,
            "autogenerate_session_id": False,
        }

    def _prepare(self) -> None:
        if not re.fullmatch(r"[A-Za-z_]\w*", self.database):
            raise EngineError(f"store {self._place}: {self.database!r} is no database name")
        if self.embedded or not self._has_database():
            first = self._connect("default", WRITER)
            try:
                with self._errors():
                    first.command(f"CREATE DATABASE IF NOT EXISTS `{self.database}`")
            finally:
                self._forget(first)
        self._ready = True
        if self.embedded:  # only now: before, another process might have held the path
            _own_temporary_files(Path(f"{self._arguments['path']}.tmp"))

    def _has_database(self) -> bool:
        try:
            self._forget(self._connect(self.database, READER))
        except EngineError as e:
            if getattr(e.__cause__, "code", None) != NO_DATABASE and "UNKNOWN_DATABASE" not in str(e):
                raise
            return False
        return True

    def _connect(self, database: str, settings: Mapping[str, Any]) -> Client:
        with self._errors():
            client = clickhouse_connect.get_client(
                **self._arguments, database=database, settings=dict(settings), tz_mode="aware"
            )
        with self._lock:
            self._clients.append(client)
        return client

    @contextmanager
    def _client(self, role: str, settings: Mapping[str, Any], *, asked_by_user: bool = False) -> Iterator[Client]:
        with self._errors(asked_by_user=asked_by_user):
            client: Client = getattr(self._local, role, None) or self._connect(self.database, settings)
            setattr(self._local, role, client)
            try:
                yield client
            except BaseException:
                if self.embedded:
                    self._give_up(role, client)
                raise

    def _give_up(self, role: str, client: Client) -> None:
        delattr(self._local, role)
        self._forget(client)

    def _forget(self, client: Client) -> None:
        with self._lock:
            self._clients = [other for other in self._clients if other is not client]
        client.close()

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], token: str) -> None:
        if not rows:
            return
        with self._client("writer", WRITER) as client:
            client.insert(table, rows, column_names=columns, settings={**INSERT, "insert_deduplication_token": token})

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> Rows:
        with self._client("reader", READER) as client:
            result = client.query(sql, parameters=dict(params or {}))
        return Rows(tuple(result.column_names), [tuple(row) for row in result.result_rows])

    def raw(self, sql: str, format: str) -> bytes:
        if self.embedded:
            return self.execute(sql, format, guest=True, settings=PLAIN).body
        names = self.catalogue
        with self._client("guest", {**PLAIN, **GUEST}, asked_by_user=True) as guest:

            def ask(sql: str, params: dict[str, Any] | None = None) -> str:
                return guest.raw_query(sql, params, fmt="TSVRaw").decode("utf-8", "replace")

            statement = guard.judged(
                sql, lambda text: ask(guard.REWRITE, {"statement": text}), lambda text: ask(guard.PARSE + text), names
            )
            answer: bytes = guest.raw_query(statement, fmt=format)
        return answer

    def execute(
        self,
        statement: str | bytes,
        format: str,
        *,
        guest: bool,
        params: Mapping[str, str] | None = None,
        settings: Mapping[str, str] | None = None,
        database: str = "",
    ) -> Answer:
        if not self.embedded:
            raise EngineError("a ClickHouse server answers by HTTP itself: ask it there")
        granted = (
            grants.guests(settings or {}, GUEST, self.known) if guest else grants.known(settings or {}, self.known)
        )
        with self._at_work():
            values = dict(params or {})
            text = self._judged(guard.readable(statement), values) if guest else statement
            with Session(self._arguments["path"], database or self.database, granted) as session:
                return session.run(text, format, values)

    def _judged(self, statement: str, values: Mapping[str, str]) -> str:
        """The guest's statement as it shall run. In a session without the guest's settings: those are for its answer alone."""
        names = self.catalogue
        with Session(self._arguments["path"], self.database, grants.guests({}, GUEST, self.known)) as session:
            text = guard.judged(
                statement,
                lambda text: session.text(guard.REWRITE, {"statement": guard.escaped(text)}),
                lambda text: session.text(guard.PARSE + text, values),
                names,
            )
        return grants.listed(text, GUEST)

    @cached_property
    def catalogue(self) -> Catalogue:
        combinators = [name for (name,) in self.query(COMBINATORS).rows]
        return catalogue(self.database, self.query(FUNCTIONS).rows, combinators, self._has_view)

    @cached_property
    def known(self) -> frozenset[str]:
        """The names of the engine's settings."""
        return frozenset(name for (name,) in self.query("SELECT name FROM system.settings").rows)

    def _has_view(self, name: str) -> bool:
        return bool(self.query(VIEW, {"name": name}).scalar())

    def stream(self, sql: str, format: str, to: BinaryIO) -> int:
        with self._client("exporter", EXPORTER) as client:
            source = cast(BinaryIO, client.raw_stream(sql, fmt=format))
            with closing(source):
                return sum(to.write(part) for part in iter(lambda: source.read(1 << 20), b""))

    def command(self, sql: str, params: Mapping[str, Any] | None = None) -> None:
        with self._client("writer", WRITER) as client:
            client.command(sql, parameters=dict(params or {}))

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        with self._lock:
            self._working += 1
        try:
            yield
        finally:
            with self._lock:
                self._working -= 1

    def __str__(self) -> str:
        return f"store {self._place}"

    def close(self) -> None:
        """Waits a moment for users' statements; to close the engine under one would crash the process."""
        deadline = time.monotonic() + PATIENCE
        while self._working and time.monotonic() < deadline:
            time.sleep(0.05)
        if self._working:
            return
        with self._lock:
            clients, self._clients = self._clients, []
        for client in clients:
            client.close()

    @contextmanager
    def _errors(self, *, asked_by_user: bool = False) -> Iterator[None]:
        """The engine's errors as ours: a user's own statement may be wrong, ours may not."""
        try:
            yield
        except (ClickHouseError, OSError) as e:
            text, code = str(e).split("Stack trace")[0].strip(), getattr(e, "code", None)
            if self.embedded and not self._ready and (code == LOCKED or "lock" in text.lower()):
                raise Held(f"store {self._place}: another process holds it") from e
            if asked_by_user and isinstance(e, DatabaseError) and code not in SERVER_FAULTS:
                raise UsageError(text) from e
            if not self.embedded and isinstance(e, (OperationalError, OSError)):
                why = ERRNO.search(text)
                told = why[1] if why else text.partition("\n")[0][:120]
                raise Away(f"store {self._place} does not answer; is it up, and is `store` right? ({told})") from e
            full = "; the disk is full: free some space" * ("No space left" in text or code == FULL)
            raise EngineError(f"store {self._place}: {text}{full}") from e


def _own_temporary_files(folder: Path) -> None:
    """Inserts pass through temporary files; a kill leaves them, and they hold articles. Keep them here, and begin empty."""
    if tempfile.tempdir == str(folder):
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    tempfile.tempdir = str(folder)
