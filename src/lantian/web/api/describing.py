"""How a list of the interface is described in its OpenAPI: rows, formats, errors, scope."""

from typing import Any

from lantian.web.api.answers import MEDIA, Format
from lantian.web.api.resources import JsonSchema, Resource

ERROR: JsonSchema = {
    "type": "object",
    "title": "Error",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["status", "title", "detail", "code"],
            "properties": {
                "status": {"type": "integer"},
                "title": {"type": "string"},
                "detail": {"type": "string", "description": "What happened, why it matters and what to do next."},
                "code": {"type": "string", "description": "To quote to whoever looks after the system."},
            },
        }
    },
}
_FAULTS = {
    400: "The question does not fit; the detail says how.",
    401: "Nobody is logged in, or the token is unknown, revoked or over.",
    403: "The token lacks the scope, or its user the permission.",
    422: "A parameter has a wrong type or value.",
}


def listed(resource: Resource, *more: tuple[int, str]) -> dict[str, Any]:
    """Return what the decorator of a list's route says."""
    about = {
        "type": "object",
        "required": ["resource", "city", "zone", "simulated"],
        "properties": {
            "resource": {"const": resource.name},
            "city": {"type": "string", "description": "adcode of the city."},
            "zone": {"type": "string", "description": "Time zone of instants and of days."},
            "hours_named_by": {
                "const": "start",
                "description": "Instants name the start of their averaging time.",
            },
            "simulated": {
                "type": "boolean",
                "description": "Whether the data are made by the twin, never measured.",
            },
        },
    }
    page: JsonSchema = {
        "type": "object",
        "required": ["about", "data", "next"],
        "properties": {
            "about": about,
            "data": {"type": "array", "items": resource.schema()},
            "next": {
                "type": ["string", "null"],
                "description": "Cursor of the next page, to be sent as `cursor`; null after the last.",
            },
        },
    }
    binary: JsonSchema = {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}
    content = {MEDIA[kind].partition(";")[0]: binary for kind in Format if kind is not Format.JSON}
    content[MEDIA[Format.JSON]] = {"schema": page}
    content["text/csv"] = {"schema": {"type": "string"}}
    headers = {"ETag": {"description": "To be sent back as If-None-Match.", "schema": {"type": "string"}}}
    return {
        "summary": resource.title,
        "description": resource.about,
        "operation_id": f"list_{resource.name.replace('-', '_')}",
        "responses": {
            200: {"description": "Rows in the order of the key.", "headers": headers, "content": content},
            304: {"description": "Nothing has changed since the ETag that was sent."},
            **faults(*more),
        },
        "openapi_extra": {
            "x-scope": resource.scope,
            "x-key": list(resource.key),
            "security": [{"token": []}, {"session": []}],
        },
    }


def faults(*more: tuple[int, str]) -> dict[int | str, dict[str, Any]]:
    """Return the errors of a route; all have one shape."""
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {status: {"description": said, "content": content} for status, said in (*_FAULTS.items(), *more)}
