"""The engine switch: two URLs in, two ports out. Imports are lazy, for --help must not wait for an engine."""

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from newstide.errors import EngineError
from newstide.ports import Log, Store


def open_log(url: str, *, hold_back: bool = True) -> Log:
    """The log at `sqlite:///path?max_bytes=N` or `kafka://host:port`. Raises EngineError when it cannot be opened.

    `hold_back` False: producing never raises Backpressure, for a command that writes while nobody reads.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        from newstide.engines.sqlitelog import MAX_BYTES, SqliteLog

        size = parse_qs(parts.query).get("max_bytes", [""])[0]
        return SqliteLog(Path(unquote(parts.path)), int(size) if size.isdigit() else MAX_BYTES, hold_back=hold_back)
    if parts.scheme == "kafka":
        from newstide.engines.kafka import KafkaLog

        return KafkaLog(url, hold_back=hold_back)
    raise EngineError(f"log {url}: this version has no engine for it")


def open_store(dsn: str) -> Store:
    """The store at `chdb:///path?database=name` or `http(s)://…`. Raises EngineError when it cannot be opened."""
    from newstide.engines.clickhouse import ClickHouse

    return ClickHouse(dsn)
