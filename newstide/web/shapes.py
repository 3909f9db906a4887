"""The shapes of the API's answers: field → type. A test holds each answer against them.

A type is `string`, `integer`, `number`, `boolean`, `time` (RFC 3339, UTC) or `any`; `?` behind it says
that it may be null; a list holds the shape of its items, a dict that of an object's fields, and
`map of integer` is an object with any keys.
"""

from typing import Any

Shape = Any


def _all(kind: str, names: str) -> dict[str, Shape]:
    """Fields of one type."""
    return dict.fromkeys(names.split(), kind)


RISING: Shape = {
    **_all("string", "entity name type"),
    **_all("integer", "now copies before"),
    "expected": "number",
    "score": "number",
    **_all("integer", "outlets stories reach"),
}
TIMELINE: Shape = {"bucket": "time", **_all("integer", "originals copies outlets reach")}
COMPARE: Shape = {"entity": "string", "bucket": "time", **_all("integer", "originals copies reach")}
RELATED: Shape = {
    **_all("string", "entity name type"),
    "together": "integer",
    "articles": "integer",
    "lift": "number?",
    "reach": "integer",
}
PLACE_TREND: Shape = {
    **_all("string", "place name country"),
    "lat": "number",
    "lon": "number",
    **_all("integer", "originals copies reach"),
}
TOPIC_TREND: Shape = {"topic": "string", "name": "string", "originals": "integer", "reach": "integer"}
SOURCE: Shape = {
    "outlet": "string",
    **_all("integer", "originals derived copies stories"),
    "last": "time",
    "reach": "integer",
}
ROW: Shape = {
    "id": "string",
    "version": "integer",
    "time": "time",
    "published": "time?",
    "fetched": "time",
    **_all("string", "outlet url title author language relation of story summary"),
}
CHANGE: Shape = {"at": "integer", "out": "string", "into": "string"}
VERSION: Shape = {
    "id": "string",
    "version": "integer",
    **_all("string", "content outlet url feed title author"),
    "published": "time?",
    "fetched": "time",
    "language": "string",
    "extra": "any",
    "time": "time",
    **_all("string", "dateline_place dateline_date dateline_agency text"),
    "removed": [{"reason": "string", "text": "string", "at": "integer"}],
    **_all("string", "relation of story"),
    "origin_partition": "integer?",
    "origin_offset": "integer?",
    "made_by": "any",
    "evidence": "string",
    "changes": {"title": [CHANGE], "text": [CHANGE]},
}
ARTICLE: Shape = {
    **VERSION,
    "versions": [VERSION],
    "lineage": {"original": "any", "evidence": "string", "corrected": "time?", "taken": [ROW]},
    "mentions": [{**_all("string", "entity name type"), "texts": ["string"], "salience": "number", "count": "integer"}],
    "topics": [{"topic": "string", "name": "string", "score": "number"}],
    "places": [{**_all("string", "place name country"), "lat": "number", "lon": "number", "role": "string"}],
    "siblings": [ROW],
}
ENTITIES: Shape = [_all("string", "id name type")]
STORY_ROW: Shape = {
    **_all("string", "story headline url article language"),
    "first": "time",
    "last": "time",
    **_all("integer", "originals derived copies outlets"),
    "languages": ["string"],
}
ACTIVE_STORY: Shape = {**STORY_ROW, "recent": "integer", "by": ["string"], "entities": ENTITIES}
STORY: Shape = {
    **STORY_ROW,
    "merged": ["string"],
    "history": [{"at": "time", **_all("string", "source target article")}],
    "entities": ENTITIES,
    "topics": [{"id": "string", "name": "string", "articles": "integer"}],
    "countries": [{"country": "string", "happens": "integer", "articles": "integer"}],
    "timeline": [{"bucket": "time", **_all("integer", "originals copies outlets")}],
    "articles": [{**ROW, "novelty": "number?", "adds": ["string"]}],
}
FEED: Shape = {
    **_all("string", "url title outlet language group"),
    "added": "time?",
    "status": "string",
    "detail": "string",
    "checked": "time?",
    "next": "time?",
    "failures": "integer",
    "last_ok": "time?",
    "last_new": "time?",
    **_all("integer", "seen published unchanged dropped"),
}
ALERT: Shape = {
    "key": "string",
    "rule": "string",
    "fired": "time",
    **_all("string", "story article title url outlet"),
    **_all("integer", "count hooks delivered pending failed"),
}
LEDGER: Shape = {**_all("string", "outcome stage reason"), "count": "integer"}
HEALTH: Shape = {
    "ready": "boolean",
    "missing": ["string"],
    "roles": "map of string",
    "lag": "map of integer",
    "in_flight": "integer",
}


def schema(shape: Shape) -> dict[str, Any]:
    """The shape as JSON Schema: every field is there, and no other."""
    if isinstance(shape, list):
        return {"type": "array", "items": schema(shape[0])}
    if isinstance(shape, dict):
        return {
            "type": "object",
            "properties": {name: schema(inner) for name, inner in shape.items()},
            "required": list(shape),
            "additionalProperties": False,
        }
    if shape.startswith("map of "):
        return {"type": "object", "additionalProperties": schema(shape.removeprefix("map of "))}
    if shape == "any":
        return {}
    kind = shape.removesuffix("?")
    plain: dict[str, Any] = {"type": "string", "format": "date-time"} if kind == "time" else {"type": kind}
    return {**plain, "type": [plain["type"], "null"]} if shape.endswith("?") else plain
