"""The committed OpenAPI document: fresh, well-formed, complete. That answers agree with it, every
test of a route holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from api.http import ROUTES, Route
from shutterfeed.domain.posts import PostState
from tests.integration import contract
from tools import openapi

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
OPERATIONS = list(contract.operations())


def _walk(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node:
        if isinstance(child, dict | list):
            yield from _walk(child)


def test_the_document_is_fresh() -> None:
    assert contract.DOCUMENT.read_text() == openapi.rendered(), "run `make openapi`"


def test_the_command_tells_a_stale_document(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert openapi.main(["--check"]) == 0
    monkeypatch.setattr("api.http.ROUTES", ROUTES[:-1])
    assert openapi.main(["--check"]) == 1
    assert "make openapi" in capsys.readouterr().err


def test_it_has_the_fields_that_openapi_3_1_asks_for() -> None:
    document = contract.document()
    assert re.fullmatch(r"3\.1\.\d+", document["openapi"])
    assert document["info"]["title"]
    assert document["info"]["version"]
    assert document.keys() <= {
        *("openapi", "info", "servers", "paths", "components"),
        *("x-error-codes", "x-upload-failures"),
    }
    assert all(server["url"] for server in document["servers"])
    for path, methods in document["paths"].items():
        assert path.startswith("/")
        assert methods.keys() <= METHODS


def test_every_reference_leads_somewhere_and_every_schema_is_used() -> None:
    schemas = contract.document()["components"]["schemas"]
    used = {node["$ref"] for node in _walk(contract.document()) if "$ref" in node}
    assert used == {f"#/components/schemas/{name}" for name in schemas}


def test_every_route_is_an_operation_of_its_own() -> None:
    assert {(r.method, r.path) for r in ROUTES} == {(m, p) for m, p, _ in OPERATIONS}
    ids = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(set(ids)) == len(ids) == len(ROUTES)


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_every_operation_is_documented(method: str, path: str, operation: dict[str, Any]) -> None:
    assert operation["summary"].endswith(".")
    in_path = [p["name"] for p in operation["parameters"] if p["in"] == "path"]
    assert in_path == re.findall(r"{(\w+)}", path)
    for parameter in operation["parameters"]:
        assert parameter["in"] in {"path", "query", "header"}
        assert parameter["schema"]["type"] in {"string", "integer", "number"}
        assert parameter["description"].endswith(".")
        assert parameter.get("required", False) or parameter["in"] == "query"
    statuses = [int(status) for status in operation["responses"]]
    successes = [status for status in statuses if status < 300]
    assert successes in ([statuses[0]], [200, 202])
    assert statuses[: len(successes)] == successes
    assert 500 in statuses
    for response in operation["responses"].values():
        assert response["description"]
    declares = {
        *(("POST", "/posts"), ("POST", "/me/avatar")),
        *(("POST", "/posts/{id}/comments"), ("POST", "/me/collections")),
        ("PUT", "/me/push-subscriptions/{subscription_id}"),
        *(("PUT", f"/posts/{{id}}/media/{{media_id}}{of}") for of in ("", "/crop")),
        *(("PUT", f"/posts/{{id}}/{name}") for name in ("album", "draft", "schedule")),
        *(("POST", "/reports"), ("POST", "/me/appeals")),
        *(("POST", f"/moderation/cases/{{case_id}}/{n}") for n in ("actions", "undo", "appeal")),
    }
    takes_body = method == "PATCH" or (method, path) in declares
    assert ("requestBody" in operation) is takes_body
    assert (413 in statuses) is takes_body


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_what_needs_a_token_says_so(method: str, path: str, operation: dict[str, Any]) -> None:
    is_open = path in {"/health", "/oembed"} or path.startswith("/public/")
    assert operation["security"] == ([] if is_open else [{"accessToken": []}]), method
    assert ("401" in operation["responses"]) is not is_open
    assert ("403" in operation["responses"]) is not is_open
    assert {"429", "500", "503"} <= operation["responses"].keys()
    schemes = contract.document()["components"]["securitySchemes"]
    assert {name for requirement in operation["security"] for name in requirement} <= set(schemes)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_requests_and_answers_are_described_by_their_models(route: Route) -> None:
    operation = contract.document()["paths"][route.path][route.method.lower()]
    success = operation["responses"][str(route.status)]
    bodies = [success.get("content"), operation.get("requestBody", {}).get("content")]
    for model, content in zip((route.returns, route.body), bodies, strict=True):
        if model is None:
            text = route.text if content is not None else None
            assert (content or {}).keys() == ({text} if text else set())
        else:
            assert content["application/json"]["schema"] == {
                "$ref": f"#/components/schemas/{model.__name__}"
            }


def test_a_post_is_shown_in_every_state_but_the_hidden_one() -> None:
    shown = set(PostState) - {PostState.AVATAR}
    assert set(contract.document()["components"]["schemas"]["PostState"]["enum"]) == shown


def test_limits_are_in_the_schemas() -> None:
    schemas = contract.document()["components"]["schemas"]
    create, medium = schemas["CreatePost"]["properties"], schemas["MediumBody"]["properties"]
    assert (create["media"]["minItems"], create["media"]["maxItems"]) == (1, 10)
    assert create["caption"]["maxLength"] == 2200
    assert medium["bytes"]["maximum"] == 300 * 1024 * 1024
    files = schemas["FileBody"]["properties"]["content_type"]["x-limits"]
    assert files["photo"] == {"bytes": 64 * 1024 * 1024, "side": 30_000, "pixels": 200_000_000}
    assert files["video"]["duration_ms"] == 180_500
    requests = {route.body.__name__ for route in ROUTES if route.body}
    for name in (*requests, "MediumBody", "PlaceBody"):
        assert schemas[name]["additionalProperties"] is False, name
