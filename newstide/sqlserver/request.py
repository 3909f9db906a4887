"""A request in ClickHouse's HTTP interface, read: statement, parameters, settings, and what the answer shall look like.

Source: the documentation of ClickHouse's HTTP interface, and what its clients send.
"""

import email.parser
import email.policy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl
from uuid import uuid4

from newstide.errors import UsageError
from newstide.sqlserver.compression import decoded

# Of the query string: what is about the request and no setting. Sessions and roles are taken and change nothing.
ABOUT = {
    "query", "database", "default_format", "user", "password", "query_id", "compress", "decompress", "session_id",
    "session_timeout", "session_check", "quota_key", "wait_end_of_query", "buffer_size", "client_protocol_version", "role",
    "stacktrace", "enable_http_compression", "http_zlib_compression_level", "network_compression_method",
}  # fmt: skip
PARAM = "param_"
FORMAT = re.compile(rb"\bFORMAT\s+(\w+)(?:\s+SETTINGS\s[^']*)?[\s;]*\Z", re.IGNORECASE)
TAIL = 1000  # bytes at a statement's end in which its FORMAT is looked for
READS = re.compile(rb"[\s(]*(?:SELECT|WITH|FROM|SHOW|DESC|DESCRIBE|EXISTS|EXPLAIN)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """`statement` may carry an insert's data. `format` is for statements that name none."""

    statement: bytes
    params: Mapping[str, str]
    settings: Mapping[str, str]
    database: str
    format: str
    query_id: str
    accepts: str

    @property
    def answers_in(self) -> str:
        """The format of the answer, as far as it can be seen from outside: for a header."""
        named = FORMAT.search(self.statement[-TAIL:])
        return named[1].decode() if named else self.format

    @property
    def reads(self) -> bool:
        return bool(READS.match(self.statement))


def query_of(query_string: bytes) -> dict[str, str]:
    """The query string's fields; of a repeated one the last. Raises UsageError where it is not UTF-8."""
    try:
        return dict(parse_qsl(query_string.decode("latin-1"), keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError as e:
        raise UsageError("Code: 62. DB::Exception: the query string is not UTF-8") from e


def asked(query: Mapping[str, str], headers: Mapping[str, str], body: bytes, limit: int) -> Asked:
    """The request, with its body decoded and at most `limit` bytes long. Raises UsageError where it makes no sense."""
    if "1" in (query.get("compress"), query.get("decompress")):
        raise UsageError("Code: 48. DB::Exception: ClickHouse's own block compression is not there; use HTTP's")
    plain = decoded(body, headers.get("content-encoding", ""), limit)
    fields = dict(query)
    if headers.get("content-type", "").startswith("multipart/form-data"):
        fields |= _form(headers["content-type"], plain)
        plain = b""
    said = fields.get("query", "").encode()
    return Asked(
        statement=b"\n".join(part for part in (said, plain) if part),
        params={name.removeprefix(PARAM): value for name, value in fields.items() if name.startswith(PARAM)},
        settings={n: v for n, v in fields.items() if n not in ABOUT and not n.startswith(PARAM)},
        database=fields.get("database") or headers.get("x-clickhouse-database", ""),
        format=_format(headers.get("x-clickhouse-format") or fields.get("default_format") or "TabSeparated"),
        query_id=_query_id(fields.get("query_id", "")),
        accepts="" if fields.get("enable_http_compression") == "0" else headers.get("accept-encoding", ""),
    )


def _form(content_type: str, body: bytes) -> dict[str, str]:
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1")
    form = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    fields = {}
    for part in form.iter_parts():
        name = part.get_param("name", header="content-disposition")
        if part.get_filename() is not None or not isinstance(name, str):
            raise UsageError("external data is not supported here")
        value = part.get_payload(decode=True)
        fields[name] = value.decode("utf-8", "replace") if isinstance(value, bytes) else ""
    return fields


def _format(name: str) -> str:
    if not re.fullmatch(r"\w{1,60}", name):
        raise UsageError("Code: 73. DB::Exception: this is no name of a format")
    return name


def _query_id(given: str) -> str:
    return given if re.fullmatch(r"[\w.:-]{1,100}", given, re.ASCII) else str(uuid4())
