"""`/openapi.json`, made of the table of operations, so that it cannot drift."""

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
