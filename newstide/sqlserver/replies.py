"""Answers as ClickHouse's clients expect them: status, headers, and errors with their code."""

import re
from http import HTTPStatus

import orjson
from starlette.responses import Response

from newstide.errors import NewstideError
from newstide.ports import Answer
from newstide.sqlserver.compression import chosen, encoded
from newstide.sqlserver.request import Asked

TEXT = "text/plain; charset=UTF-8"
TYPES = {
    "JSON": "application/json; charset=UTF-8",
    "JSONCompact": "application/json; charset=UTF-8",
    "JSONEachRow": "application/x-ndjson; charset=UTF-8",
    "JSONCompactEachRow": "application/x-ndjson; charset=UTF-8",
    "CSV": "text/csv; charset=UTF-8; header=absent",
    "CSVWithNames": "text/csv; charset=UTF-8; header=present",
    "TSV": "text/tab-separated-values; charset=UTF-8",
    "TabSeparated": "text/tab-separated-values; charset=UTF-8",
    "TabSeparatedWithNames": "text/tab-separated-values; charset=UTF-8",
    "Vertical": TEXT,
    "Pretty": TEXT,
    "PrettyCompact": TEXT,
    "XML": "application/xml; charset=UTF-8",
}
CODE = re.compile(r"Code: (\d+)\.")
# ClickHouse's codes (ErrorCodes.cpp) → status; what is not named here is the statement's own fault: 400.
STATUS = {
    **dict.fromkeys((46, 47, 50, 60, 63, 73, 81, 115), HTTPStatus.NOT_FOUND),
    **dict.fromkeys((164, 192, 193, 194, 497, 516), HTTPStatus.FORBIDDEN),
    **dict.fromkeys((74, 75, 159, 241, 243, 1000, 1001, 1002), HTTPStatus.INTERNAL_SERVER_ERROR),
    48: HTTPStatus.NOT_IMPLEMENTED,
    202: HTTPStatus.SERVICE_UNAVAILABLE,
    209: HTTPStatus.SERVICE_UNAVAILABLE,
    307: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}
ENOUGH = 1024  # bytes: less is not worth compressing


def answered(asked: Asked, answer: Answer, timezone: str) -> Response:
    """The answer, compressed as the client asked."""
    headers = {
        "x-clickhouse-query-id": asked.query_id,
        "x-clickhouse-timezone": timezone,
        "x-clickhouse-server-display-name": "newstide",
        "x-clickhouse-summary": _summary(answer),
        "vary": "accept-encoding",
    }
    body, media_type = answer.body, TEXT
    if body or asked.reads:
        headers["x-clickhouse-format"] = asked.answers_in
        media_type = TYPES.get(asked.answers_in, "application/octet-stream")
    if len(body) >= ENOUGH and (encoding := chosen(asked.accepts)):
        body, headers["content-encoding"] = encoded(body, encoding), encoding
    return Response(body, headers=headers, media_type=media_type)


def refused(error: NewstideError) -> Response:
    """An error of the statement, the engine's or ours, as text and as code."""
    text = str(error)
    if not CODE.match(text):
        text = f"Code: 497. DB::Exception: {text}. (ACCESS_DENIED)"
    code = int(text[len("Code: ") :].split(".", maxsplit=1)[0])
    return failed(STATUS.get(code, HTTPStatus.BAD_REQUEST), code, text)


def failed(status: int, code: int, text: str, headers: dict[str, str] | None = None) -> Response:
    return Response(text + "\n", status, {"x-clickhouse-exception-code": str(code), **(headers or {})}, media_type=TEXT)


def _summary(answer: Answer) -> str:
    return orjson.dumps(
        {
            "read_rows": str(answer.read_rows),
            "read_bytes": str(answer.read_bytes),
            "written_rows": str(answer.written_rows),
            "written_bytes": str(answer.written_bytes),
            "result_bytes": str(len(answer.body)),
            "elapsed_ns": str(int(answer.elapsed * 1e9)),
        }
    ).decode()
