"""The OpenAPI document, made offline from the declared routes, the limits that the Python client
takes from it, and the table of routes in README.md: `python -m tools.openapi`.

With `--check` nothing is written, and the exit code says whether the committed files are fresh.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
import tomllib
from http import HTTPStatus
from typing import Any, Final

import msgspec

from api import (
    http,
    routes,  # noqa: F401 - importing it declares the routes
    routes_activity,  # noqa: F401
    routes_albums,  # noqa: F401
    routes_answers,  # noqa: F401
    routes_closing,  # noqa: F401
    routes_comments,  # noqa: F401
    routes_drafts,  # noqa: F401
    routes_explore,  # noqa: F401
    routes_exports,  # noqa: F401
    routes_hashtags,  # noqa: F401
    routes_mending,  # noqa: F401
    routes_moderation,  # noqa: F401
    routes_people,  # noqa: F401
    routes_push,  # noqa: F401
    routes_scheduling,  # noqa: F401
    routes_zooming,  # noqa: F401
)
from api.models import ErrorBody, GatewayError, LimitBody
from api.models_errors import CaseChangedBody
from api.parameters import IN_PATH, PAGING, Parameter
from tools import error_codes, examples, paths

SECURITY_SCHEME: Final = "accessToken"
_EVERYWHERE: Final = (429, 500, 503)
_SIGNED_IN: Final = (401, 403)
_WITH_A_BODY: Final = (413,)
_OF_THE_GATEWAY: Final = frozenset((401, 403, 413, 429, 500, 503))
"""What the gateway may answer before, or in place of, the function."""
_OF_THE_GATEWAY_ALONE: Final = frozenset((413, 429))
_RETRY_AFTER: Final = {
    "Retry-After": {
        "description": "The number of seconds to wait, if the answer is the API's own.",
        "schema": {"type": "integer", "minimum": 1},
    }
}
_PARAGRAPH: Final = re.compile(r"\n\s*\n")
_TABLE_BEGINS: Final = "<!-- `make openapi` writes this table. -->\n"
_TABLE_ENDS: Final = "<!-- The table ends. -->\n"

_ABOUT: Final = (
    "Share photos and videos: upload, follow, feed, search, profile. Every write may be repeated:"
    " it is answered like the first and has the effect of one.\n\n"
    'An error is `{"error": {"code", "message", "field"}}`. What the gateway in front of the API'
    ' answers by itself is `{"message"}`, which it lets nobody change; where that is out of reach,'
    " CloudFront answers with a page of HTML. So go by the status, and by `error.code` if"
    " there is one. What one user may do in the course of time is limited: 429 `limit_reached` says"
    " how long to wait, in its body and in `Retry-After`."
    " An unknown path or method is 404 `route_not_found` with a token, 401 without.\n\n"
    "Addresses of photos, videos and avatars expire, at the time in their parameter `e` (seconds"
    " since 1970): after one to two days, or within two hours if not everybody may see the post."
    " After that, and if they are changed, they answer 403. For a new address read the post or the"
    " user again, once for all its files; if the address is still the same, the file is gone."
    " Keep ids and not addresses."
)


def document() -> dict[str, Any]:
    """The document as nested dictionaries. The same routes always give the same document."""
    models = {model for r in http.ROUTES for model in (r.body, r.returns) if model}
    models |= {CaseChangedBody, ErrorBody, GatewayError, LimitBody}
    ordered = sorted(models, key=lambda model: model.__name__)
    _, schemas = msgspec.json.schema_components(ordered, ref_template="#/components/schemas/{name}")
    paths: dict[str, dict[str, Any]] = {}
    for declared in http.ROUTES:
        paths.setdefault(declared.path, {})[declared.method.lower()] = _operation(declared)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Shutterfeed",
            "version": _version(),
            "description": _ABOUT,
        },
        # Of the site that serves the document, so that no deployment needs to be told.
        "servers": [{"url": http.PREFIX}],
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
        # What a schema cannot say without being closed to codes of later versions.
        "x-error-codes": [
            {"code": code, "status": status, "meaning": meaning}
            for status, codes in error_codes.ERRORS.items()
            for code, meaning in codes.items()
        ],
        "x-upload-failures": [
            {"code": code, "meaning": meaning} for code, meaning in error_codes.REFUSALS.items()
        ],
    }


def _version() -> str:
    """The project's."""
    version: str = tomllib.loads(paths.PROJECT.read_text())["project"]["version"]
    return version


def _dedented(schema: dict[str, Any]) -> dict[str, Any]:
    """Python 3.13 takes the indentation out of docstrings, earlier ones do not."""
    described = "description" in schema
    return schema | ({"description": inspect.cleandoc(schema["description"])} if described else {})


def rendered() -> str:
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def _operation(declared: http.Route) -> dict[str, Any]:
    summary, *description = _PARAGRAPH.split(declared.summary)
    sample = examples.request(declared.name)
    operation: dict[str, Any] = {
        "operationId": declared.name,
        "summary": " ".join(summary.split()),
        "tags": ["service" if declared.public else declared.path.split("/")[1]],
        "security": [] if declared.public else [{SECURITY_SCHEME: []}],
        "parameters": _parameters(declared, sample),
        "responses": _responses(declared),
    }
    if description:
        operation["description"] = "\n\n".join(" ".join(p.split()) for p in description)
    if declared.body:
        operation["requestBody"] = {
            "required": True,
            "content": _json(declared.body, sample.body),
        }
    return operation


def _parameters(declared: http.Route, sample: examples.Request) -> list[dict[str, Any]]:
    given = {
        "path": tuple(IN_PATH[name] for name in declared.parameters),
        "header": declared.headers,
        "query": declared.query + (PAGING if declared.paged else ()),
    }
    return [
        _parameter(where, parameter, sample.parameters.get(parameter.name))
        for where, parameters in given.items()
        for parameter in parameters
    ]


def _parameter(where: str, parameter: Parameter, example: str | None) -> dict[str, Any]:
    described = {
        "name": parameter.name,
        "in": where,
        "description": parameter.description,
        "schema": dict(parameter.schema),
    }
    required = parameter.required or where == "path"
    is_text = parameter.schema["type"] == "string"
    if example is not None:
        described["example"] = example if is_text else json.loads(example)
    return described | ({"required": True} if required else {})


def _responses(declared: http.Route) -> dict[str, Any]:
    answers = {str(declared.status): _success(declared, declared.status, declared.name)}
    if declared.may_wait:
        waits = HTTPStatus.ACCEPTED
        waiting = _success(declared, waits, f"{declared.name}_waits")
        headers = {"headers": _RETRY_AFTER} if declared.asked_again else {}
        answers[str(waits.value)] = waiting | headers
    invalid = (400,) if _takes_input(declared) else ()
    signed_in = () if declared.public else _SIGNED_IN
    large = _WITH_A_BODY if declared.body else ()
    statuses = sorted({*invalid, *signed_in, *declared.errors, *large, *_EVERYWHERE})
    errors = {str(status): _error(status, declared) for status in statuses}
    for status in declared.alike:
        errors[str(status)] = _success(declared, status, declared.name)
    return answers | dict(sorted(errors.items()))


def _success(declared: http.Route, status: int, sample: str) -> dict[str, Any]:
    success: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if declared.returns:
        example = examples.answer(sample, declared.returns.__name__)
        success["content"] = _json(declared.returns, example)
    elif declared.text:
        example = examples.answer(sample, declared.text)
        success["content"] = {declared.text: {"schema": {"type": "string"}, "example": example}}
    return success


def _error(status: int, declared: http.Route) -> dict[str, Any]:
    # Everything else refuses people whose account is closed or suspended.
    forbids = 403 in declared.errors or not (declared.public or declared.any_standing)
    ours = status not in _OF_THE_GATEWAY_ALONE and (status != 403 or forbids)
    limited = status == HTTPStatus.TOO_MANY_REQUESTS and declared.limited
    overtaken = status == HTTPStatus.CONFLICT and declared.moderators
    models: list[type[Any]] = [LimitBody] * limited + [CaseChangedBody] * overtaken
    models += [ErrorBody] * ours
    models += [GatewayError] * (status in _OF_THE_GATEWAY)
    schemas = [_reference(model) for model in models]
    schema = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    content = {http.JSON: {"schema": schema}}
    answer = {"description": HTTPStatus(status).phrase, "content": content}
    return answer | ({"headers": _RETRY_AFTER} if limited else {})


def _takes_input(declared: http.Route) -> bool:
    return bool(declared.body or declared.paged or declared.headers or declared.query)


def _json(model: type[Any], example: Any) -> dict[str, Any]:
    return {http.JSON: {"schema": _reference(model), "example": example}}


def _reference(model: type[Any]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def limits() -> str:
    """The module of the Python client with the limits that it must know before it sends anything,
    taken from the document like the web client's (`web/limits.mjs`)."""
    described = document()
    schemas = described["components"]["schemas"]
    values = {
        "MAX_CAPTION": schemas["CreatePost"]["properties"]["caption"]["maxLength"],
        "MAX_MEDIA": schemas["CreatePost"]["properties"]["media"]["maxItems"],
        "MAX_PAGE": _highest_limit(described, "/me/uploads"),
        "MAX_PHOTO_BYTES": schemas["CreateAvatar"]["properties"]["bytes"]["maximum"],
        "MAX_PLACE_NAME": schemas["PlaceBody"]["properties"]["name"]["maxLength"],
        "MAX_SUGGESTIONS": _highest_limit(described, "/suggestions"),
        "MAX_VIDEO_BYTES": schemas["MediumBody"]["properties"]["bytes"]["maximum"],
    }
    lines = (f"{name}: Final = {value:_}\n" for name, value in values.items())
    return f'''"""The service's limits, from its OpenAPI document: `make openapi` writes this file.

The client knows them so that a file which cannot be taken is not read and sent first.
"""

from typing import Final

{"".join(lines)}'''


def _highest_limit(described: dict[str, Any], path: str) -> int:
    """The most entries that a list gives at once."""
    parameters = described["paths"][path]["get"]["parameters"]
    (limit,) = (parameter for parameter in parameters if parameter["name"] == "limit")
    highest: int = limit["schema"]["maximum"]
    return highest


def readme() -> str:
    """The text of README.md with the table of the routes as they are now."""
    before, rest = paths.README.read_text().split(_TABLE_BEGINS)
    _, after = rest.split(_TABLE_ENDS)
    rows = "".join(f"| `{r.method} {r.path}` | {_in_a_row(r)} |\n" for r in http.ROUTES)
    return f"{before}{_TABLE_BEGINS}| route | |\n|---|---|\n{rows}{_TABLE_ENDS}{after}"


def _in_a_row(declared: http.Route) -> str:
    """A route's summary, and what a request must or need not carry."""
    summary = " ".join(_PARAGRAPH.split(declared.summary)[0].split())
    required = "".join(f" Needs `{p.name}`." for p in declared.headers if p.required)
    return summary + required + (" Needs no access token." if declared.public else "")


def main(arguments: list[str]) -> int:
    written = {
        paths.OPENAPI: rendered(),
        paths.CLIENT_LIMITS: limits(),
        paths.README: readme(),
    }
    if "--check" in arguments:
        stale = [f for f, text in written.items() if not f.exists() or f.read_text() != text]
        for file in stale:
            print(f"{file} is stale: run `make openapi`.", file=sys.stderr)
        return 1 if stale else 0
    for file, text in written.items():
        file.write_text(text)
        print(f"wrote {file}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
