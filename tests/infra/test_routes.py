"""Reading routes from an OpenAPI document."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.context import SettingsError
from infra.routes import Route, read_routes


def _document(folder: Path, **content: object) -> Path:
    path = folder / "openapi.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_operations_become_routes_and_other_keys_do_not(tmp_path: Path) -> None:
    document = _document(
        tmp_path,
        paths={"/me": {"parameters": [], "summary": "Oneself", "get": {}, "patch": {}}},
    )
    assert read_routes(document) == [
        Route("/me", "GET", signed_in=False),
        Route("/me", "PATCH", signed_in=False),
    ]


def test_the_parameters_of_a_query_are_named(tmp_path: Path) -> None:
    names = [("order", "query"), ("tag", "path"), ("cursor", "query"), ("Accept", "header")]
    parameters = [{"name": name, "in": place} for name, place in names]
    document = _document(tmp_path, paths={"/{tag}": {"get": {"parameters": parameters}}})
    (route,) = read_routes(document)
    assert route.query == ("cursor", "order")


@pytest.mark.parametrize(
    ("everywhere", "operation", "signed_in"),
    [
        ([], {}, False),
        ([], {"security": [{"token": []}]}, True),
        ([{"token": []}], {}, True),
        ([{"token": []}], {"security": []}, False),
    ],
)
def test_an_operation_overrides_the_documents_security(
    tmp_path: Path, everywhere: list[object], operation: dict[str, object], signed_in: bool
) -> None:
    document = _document(tmp_path, security=everywhere, paths={"/x": {"get": operation}})
    assert read_routes(document) == [Route("/x", "GET", signed_in)]


def test_a_missing_document_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"openapi\.json is missing: run `make openapi`"):
        read_routes(tmp_path / "openapi.json")
