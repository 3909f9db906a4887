"""`/openapi.json` and the reference page, both made of the table of operations, so that they cannot drift."""

from typing import Any

from newstide.web import shapes
from newstide.web.api import OPERATIONS, PREFIX, Operation
from newstide.web.parameters import MOST, Param

KINDS: dict[str, dict[str, Any]] = {
    "text": {"type": "string", "maxLength": 1000},
    "texts": {"type": "string", "maxLength": 1000},
    "time": {"type": "string", "format": "date-time"},
    "span": {"type": "string", "pattern": r"^\d{1,9}[smhdw]?$"},
    "cursor": {"type": "string"},
}
ERROR = {
    "type": "object",
    "properties": {"error": {"type": "string"}, "parameter": {"type": "string"}},
    "required": ["error"],
}


def document(version: str) -> dict[str, Any]:
    """The OpenAPI 3.1 description of the API."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Newstide",
            "version": version,
            "description": "News as a queryable stream. Reading only. Everything fetched up to `complete_until` is in it.",
        },
        "paths": {PREFIX + operation.path: {"get": _operation(operation)} for operation in OPERATIONS},
        "components": {"schemas": {"Error": ERROR}},
    }


def answer_schema(operation: Operation) -> dict[str, Any]:
    """JSON Schema of one operation's whole answer."""
    fields: dict[str, Any] = {"complete_until": "time", "data": operation.shape}
    return shapes.schema({**fields, "next": "string?"} if operation.paged else fields)


def reference() -> str:
    """`docs/reference/api.md`, as Markdown."""
    head = (
        "# The JSON API\n\n"
        "<!-- Made by `python -m newstide.web.openapi`; a test keeps it true. -->\n\n"
        f"Served under `{PREFIX}` by the web role (`web.listen`), reading only: GET and HEAD. The same in machine-readable\n"
        "form is at `/openapi.json`.\n\n"
        "Every answer is an object of `complete_until`, the moment up to which everything fetched is in it, and `data`.\n"
        "Times are RFC 3339 in UTC; a span of time is a number of seconds, or a number with `s`, `m`, `h`, `d` or `w`.\n"
        'A parameter that cannot be used answers 400 with `{"error": …, "parameter": …}`, an unknown id 404.\n'
        "Lists with `next` go on with `before=` and that value; `next` is null on the last page.\n\n"
        "Beside it: `/healthz` (200 while the process lives), `/readyz` (200, or 503 with what is missing), `/metrics`\n"
        "(Prometheus).\n"
    )
    return head + "".join(_section(operation) for operation in OPERATIONS)


def _operation(operation: Operation) -> dict[str, Any]:
    key = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    responses = {"200": _json("The answer", answer_schema(operation)), "400": _error("A parameter cannot be used")}
    if operation.keyed or any(param.name in {"entity", "entities"} for param in operation.params):
        responses["404"] = _error("There is no such thing")
    return {
        "operationId": operation.path.strip("/").replace("/{id}", "_one"),
        "summary": operation.summary,
        "parameters": ([key] if operation.keyed else []) + [_param(param) for param in operation.params],
        "responses": {**responses, "503": _error("The store cannot answer now")},
    }


def _param(param: Param) -> dict[str, Any]:
    schema = KINDS.get(param.kind, {"type": "integer", "minimum": 1, "maximum": MOST})
    if param.default:
        schema = {**schema, "default": int(param.default) if param.kind == "count" else param.default}
    return {
        "name": param.name,
        "in": "query",
        "description": param.help,
        "required": param.required,
        "schema": schema,
    }


def _json(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _error(description: str) -> dict[str, Any]:
    return _json(description, {"$ref": "#/components/schemas/Error"})


def _section(operation: Operation) -> str:
    lines = [f"\n## GET {PREFIX}{operation.path}\n\n{operation.summary}.\n"]
    if operation.params:
        lines.append("\n| parameter | default | meaning |\n|---|---|---|\n")
    for param in operation.params:
        default = "required" if param.required else f"`{param.default}`" if param.default else ""
        lines.append(f"| `{param.name}` | {default} | {param.help} |\n")
    many = isinstance(operation.shape, list)
    fields = operation.shape[0] if many else operation.shape
    lines.append(f"\n`data` is {'a list of objects' if many else 'an object'} with ")
    lines.append(", ".join(f"`{name}`" for name in fields) + ".\n")
    return "".join(lines)


if __name__ == "__main__":
    print(reference(), end="")
