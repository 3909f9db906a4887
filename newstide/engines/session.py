"""One request's own connection to chDB: settings, `readonly` and what a broken answer left behind go with it.

Opening one costs 0.2 ms (measured on chDB 26.9), since the engine is in this process already.
"""

import re
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from newstide.errors import EngineError, UsageError
from newstide.ports import Answer

# The data of `INSERT … FORMAT x` begins behind the format's line, and must not be read as text.
INSERT = re.compile(
    rb"\s*(?P<into>INSERT\s+INTO\b[^;\']*?)\s+FORMAT\s+(?P<format>\w+)[ \t]*;?(?:\r?\n| |\Z)", re.IGNORECASE
)
CHUNK = 1 << 20
FAULT = re.compile(r"Code: (\d+)\.")
# Time, memory, disk, and what a program rather than a statement does wrong.
SERVER_FAULTS = frozenset({159, 241, 243, 74, 75, 1000, 1001, 1002})
REPEATED = re.compile(r"^(?:Code: \d+\. DB::Exception: )+(?=Code: \d+\. DB::Exception: )")
AGAIN = re.compile(r"( \([A-Z_]+\))(?: \(version [\d.]+\)\.\1)+$")
REWRITING = re.compile(r": In scope SELECT formatQuery.*(?=\. \([A-Z_]+\))", re.DOTALL)


class Session:
    """A context manager around one connection. Raises UsageError with ClickHouse's text for a wrong statement.

    A limit that it ran into, or a fault of the engine, is an EngineError.
    """

    def __init__(self, path: str, database: str, settings: Mapping[str, str]) -> None:
        import chdb

        connect: Any = chdb.connect
        self._handle: Any = connect(path)
        try:
            self.text(f"USE {_quoted(database, '`')}")
            for name, value in settings.items():
                self.text(f"SET {name} = {_quoted(value, chr(39))}")
        except BaseException:
            self._handle.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._handle.close()

    def text(self, sql: str, params: Mapping[str, str] | None = None) -> str:
        return self.run(sql, "TSVRaw", params or {}).body.decode("utf-8", "replace")

    def run(self, statement: str | bytes, format: str, params: Mapping[str, str]) -> Answer:
        """One statement, with its parameters in ClickHouse's escaping; bytes may carry an insert's data."""
        try:
            if isinstance(statement, bytes) and (found := INSERT.match(statement)):
                return self._insert(found["into"].decode(), found["format"].decode(), statement[found.end() :])
            result = self._handle.query(statement, format, params=dict(params))
            return Answer(result.bytes() or b"", result.rows_read(), result.bytes_read(), 0, 0, result.elapsed())
        except RuntimeError as e:
            text = _explained(str(e))
            fault = FAULT.match(text)
            raise (EngineError if fault and int(fault[1]) in SERVER_FAULTS else UsageError)(text) from e
        except (AttributeError, TypeError) as e:  # a format of chDB's own, whose answer is no bytes
            raise UsageError(f"format {format}: answers of this kind cannot be sent") from e

    def _insert(self, into: str, format: str, data: bytes) -> Answer:
        with self._handle.send_insert(into, format) as target:
            for start in range(0, len(data), CHUNK):
                target.append(data[start : start + CHUNK])
            done = target.finish()
        return Answer(b"", 0, 0, done.rows_written, done.bytes_written, done.elapsed)


def _quoted(text: str, mark: str) -> str:
    return mark + text.replace("\\", "\\\\").replace(mark, "\\" + mark) + mark


def _explained(text: str) -> str:
    start = max(text.find("Code: "), 0)
    told = AGAIN.sub(r"\1", REPEATED.sub("", text[start:].split("Stack trace", maxsplit=1)[0].strip()))
    return REWRITING.sub("", told)
