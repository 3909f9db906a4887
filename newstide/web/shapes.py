"""The shapes of the API's answers: field → type. A test holds each answer against them.

A type is `string`, `integer`, `number`, `boolean`, `time` (RFC 3339, UTC) or `any`; `?` behind it says
that it may be null; a list holds the shape of its items, a dict that of an object's fields, and
`map of integer` is an object with any keys.
"""

from typing import Any

Shape = Any

RISING: Shape = {
    "entity": "string",
    "name": "string",
    "type": "string",
    "now": "integer",
    "copies": "integer",
    "before": "integer",
    "expected": "number",
    "score": "number",
    "outlets": "integer",
    "stories": "integer",
    "reach": "integer",
}
TIMELINE: Shape = {
    "bucket": "time",
    "originals": "integer",
    "copies": "integer",
    "outlets": "integer",
    "reach": "integer",
}
COMPARE: Shape = {"entity": "string", "bucket": "time", "originals": "integer", "copies": "integer", "reach": "integer"}
RELATED: Shape = {
    "entity": "string",
    "name": "string",
    "type": "string",
    "together": "integer",
    "articles": "integer",
    "lift": "number?",
    "reach": "integer",
}
PLACE_TREND: Shape = {
    "place": "string",
    "name": "string",
    "country": "string",
    "lat": "number",
    "lon": "number",
    "originals": "integer",
    "copies": "integer",
    "reach": "integer",
}
TOPIC_TREND: Shape = {"topic": "string", "name": "string", "originals": "integer", "reach": "integer"}
SOURCE: Shape = {
    "outlet": "string",
    "originals": "integer",
    "derived": "integer",
    "copies": "integer",
    "stories": "integer",
    "last": "time",
    "reach": "integer",
}
ROW: Shape = {
    "id": "string",
    "version": "integer",
    "time": "time",
    "published": "time?",
    "fetched": "time",
    "outlet": "string",
    "url": "string",
    "title": "string",
    "author": "string",
    "language": "string",
    "relation": "string",
    "of": "string",
    "story": "string",
    "summary": "string",
}
CHANGE: Shape = {"at": "integer", "out": "string", "into": "string"}
VERSION: Shape = {
    "id": "string",
    "version": "integer",
    "content": "string",
    "outlet": "string",
    "url": "string",
    "feed": "string",
    "title": "string",
    "author": "string",
    "published": "time?",
    "fetched": "time",
    "language": "string",
    "extra": "any",
    "time": "time",
    "dateline_place": "string",
    "dateline_date": "string",
    "dateline_agency": "string",
    "text": "string",
    "removed": [{"reason": "string", "text": "string", "at": "integer"}],
    "relation": "string",
    "of": "string",
    "story": "string",
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
    "mentions": [
        {
            "entity": "string",
            "name": "string",
            "type": "string",
            "texts": ["string"],
            "salience": "number",
            "count": "integer",
        }
    ],
    "topics": [{"topic": "string", "name": "string", "score": "number"}],
    "places": [
        {
            "place": "string",
            "name": "string",
            "country": "string",
            "lat": "number",
            "lon": "number",
            "role": "string",
        }
    ],
    "siblings": [ROW],
}
ENTITIES: Shape = [{"id": "string", "name": "string", "type": "string"}]
STORY_ROW: Shape = {
    "story": "string",
    "headline": "string",
    "url": "string",
    "article": "string",
    "language": "string",
    "first": "time",
    "last": "time",
    "originals": "integer",
    "derived": "integer",
    "copies": "integer",
    "outlets": "integer",
    "languages": ["string"],
}
ACTIVE_STORY: Shape = {**STORY_ROW, "recent": "integer", "by": ["string"], "entities": ENTITIES}
STORY: Shape = {
    **STORY_ROW,
    "merged": ["string"],
    "history": [{"at": "time", "source": "string", "target": "string", "article": "string"}],
    "entities": ENTITIES,
    "topics": [{"id": "string", "name": "string", "articles": "integer"}],
    "countries": [{"country": "string", "happens": "integer", "articles": "integer"}],
    "timeline": [{"bucket": "time", "originals": "integer", "copies": "integer", "outlets": "integer"}],
    "articles": [{**ROW, "novelty": "number?", "adds": ["string"]}],
}
FEED: Shape = {
    "url": "string",
    "title": "string",
    "outlet": "string",
    "language": "string",
    "group": "string",
    "added": "time?",
    "status": "string",
    "detail": "string",
    "checked": "time?",
    "next": "time?",
    "failures": "integer",
    "last_ok": "time?",
    "last_new": "time?",
    "seen": "integer",
    "published": "integer",
    "unchanged": "integer",
    "dropped": "integer",
}
ALERT: Shape = {
    "key": "string",
    "rule": "string",
    "fired": "time",
    "story": "string",
    "article": "string",
    "title": "string",
    "url": "string",
    "outlet": "string",
    "count": "integer",
    "hooks": "integer",
    "delivered": "integer",
    "pending": "integer",
    "failed": "integer",
}
LEDGER: Shape = {"outcome": "string", "stage": "string", "reason": "string", "count": "integer"}
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
