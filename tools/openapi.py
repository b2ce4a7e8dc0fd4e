"""The OpenAPI document, made offline from the declared routes: `python -m tools.openapi`.

With `--check` nothing is written, and the exit code says whether the committed document is fresh.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from http import HTTPStatus
from typing import Any, Final

import msgspec

from api import http, routes
from api.models import DEFAULT_PAGE, MAX_PAGE, ErrorBody
from shutterfeed.domain.pages import MAX_CURSOR_LENGTH

SECURITY_SCHEME: Final = "accessToken"
_ALWAYS: Final = (500,)
_SIGNED_IN: Final = (401, 503)
_PARAGRAPH: Final = re.compile(r"\n\s*\n")


def document() -> dict[str, Any]:
    """The document as nested dictionaries; the same for the same routes."""
    models = {model for r in http.ROUTES for model in (r.body, r.returns) if model} | {ErrorBody}
    ordered = sorted(models, key=lambda model: model.__name__)
    _, schemas = msgspec.json.schema_components(ordered, ref_template="#/components/schemas/{name}")
    paths: dict[str, dict[str, Any]] = {}
    for declared in http.ROUTES:
        paths.setdefault(declared.path, {})[declared.method.lower()] = _operation(declared)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Shutterfeed",
            "version": "1.0.0",
            "description": "Share photos: upload, follow, feed, search, profile.",
        },
        # Relative to where the document is served, which no deployment needs to be told.
        "servers": [{"url": "."}],
        "paths": paths,
        "components": {
            "schemas": {name: _dedented(schema) for name, schema in sorted(schemas.items())},
            "securitySchemes": {
                SECURITY_SCHEME: {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "The access token that the user pool gives at sign-in.",
                }
            },
        },
    }


def _dedented(schema: dict[str, Any]) -> dict[str, Any]:
    """Python 3.13 takes the indentation out of docstrings, earlier ones do not."""
    described = "description" in schema
    return schema | ({"description": inspect.cleandoc(schema["description"])} if described else {})


def rendered() -> str:
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def _operation(declared: http.Route) -> dict[str, Any]:
    summary, *description = _PARAGRAPH.split(declared.summary)
    operation: dict[str, Any] = {
        "operationId": declared.name,
        "summary": " ".join(summary.split()),
        "tags": ["service" if declared.public else declared.path.split("/")[1]],
        "security": [] if declared.public else [{SECURITY_SCHEME: []}],
        "parameters": _parameters(declared),
        "responses": _responses(declared),
    }
    if description:
        operation["description"] = "\n\n".join(" ".join(p.split()) for p in description)
    if declared.body:
        operation["requestBody"] = {"required": True, "content": _json(declared.body)}
    return operation


def _parameters(declared: http.Route) -> list[dict[str, Any]]:
    text = {"type": "string"}
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": text}
        for name in declared.parameters
    ]
    parameters += [
        {"name": name, "in": "header", "required": True, "schema": text | {"maxLength": 255}}
        for name in declared.headers
    ]
    parameters += [
        {"name": p.name, "in": "query", "description": p.description, "schema": dict(p.schema)}
        for p in declared.query
    ]
    if declared.paged:
        limits = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": DEFAULT_PAGE}
        cursor = text | {"maxLength": MAX_CURSOR_LENGTH}
        parameters += [
            {"name": "cursor", "in": "query", "description": _CURSOR, "schema": cursor},
            {"name": "limit", "in": "query", "schema": limits},
        ]
    return parameters


_CURSOR: Final = "The `next_cursor` of the page before; without it, the first page."


def _responses(declared: http.Route) -> dict[str, Any]:
    success: dict[str, Any] = {"description": HTTPStatus(declared.status).phrase}
    if declared.returns:
        success["content"] = _json(declared.returns)
    invalid = (400,) if _takes_input(declared) else ()
    signed_in = () if declared.public else _SIGNED_IN
    statuses = sorted({*invalid, *signed_in, *declared.errors, *_ALWAYS})
    errors = {
        str(status): {"description": HTTPStatus(status).phrase, "content": _json(ErrorBody)}
        for status in statuses
    }
    return {str(declared.status): success, **errors}


def _takes_input(declared: http.Route) -> bool:
    return bool(declared.body or declared.paged or declared.headers or declared.query)


def _json(model: type[Any]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}


def main(arguments: list[str]) -> int:
    if "--check" in arguments:
        fresh = routes.OPENAPI.exists() and routes.OPENAPI.read_text() == rendered()
        if not fresh:
            print(f"{routes.OPENAPI} is stale: run `make openapi`.", file=sys.stderr)
        return 0 if fresh else 1
    routes.OPENAPI.write_text(rendered())
    print(f"wrote {routes.OPENAPI}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
