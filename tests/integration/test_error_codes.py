"""The codes of errors in the OpenAPI document are those that the code can raise, all of them; no
text promises another."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

import api
import shutterfeed
from api import http
from api.http import STATUS
from shutterfeed.domain import errors
from shutterfeed.domain.media import NEVER_ARRIVED
from shutterfeed.domain.photos import RefusalCode
from shutterfeed.domain.videos import VideoRefusalCode
from shutterfeed.services import ingest
from tests.integration import contract
from tools import error_codes, paths

STATUS_OF: Mapping[str, int] = {kind.__name__: status for kind, status in STATUS.items()}
BY_THEMSELVES = {"InvalidCursor", "SessionEnded", "LimitReached", "Busy"}
"""The classes that know their code."""
PACKAGES = [Path(package.__path__[0]) for package in (api, shutterfeed)]
OF_THE_API = {"unauthenticated": 401, "route_not_found": 404, "internal_error": 500}
"""The errors that are no errors of the domain."""
PROMISE = re.compile(r"\b(?P<status>[45]\d\d)\s+`(?P<code>\w+)`")
"""How a text says with which code an answer comes."""
DOCUMENTS = [*paths.ROOT.glob("*.md"), *paths.ROOT.glob("docs/*.md")]


def _raised() -> Iterator[tuple[str, int]]:
    """A pattern of the code of each error that is made somewhere, and its status."""
    for file in (file for package in PACKAGES for file in sorted(package.rglob("*.py"))):
        for node in ast.walk(ast.parse(file.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            kind = node.func.id
            if kind in STATUS_OF and kind not in BY_THEMSELVES:
                yield _pattern(node.args[0]), STATUS_OF[kind]


def _pattern(code: ast.expr) -> str:
    match code:
        case ast.Constant(str(text)):
            return text
        case ast.JoinedStr(values):
            return "".join(_pattern(value) for value in values)
    return "[a-z_]+"  # known only when it runs


def _documented() -> dict[str, int]:
    return {entry["code"]: entry["status"] for entry in contract.document()["x-error-codes"]}


def test_every_error_that_is_raised_is_documented_with_its_status() -> None:
    documented = _documented()
    raised = set(_raised())
    assert len(raised) > 20
    for pattern, status in raised:
        fitting = [code for code in documented if re.fullmatch(pattern, code)]
        assert status in {documented[code] for code in fitting}, pattern


def test_every_documented_error_is_raised() -> None:
    known = {("invalid_cursor", 400), ("session_ended", 401), ("limit_reached", 429), ("busy", 503)}
    # Codes that are put together when they are raised.
    made = {(f"{field}_too_long", 400) for field in ("display_name", "bio")}
    named = ("type", "media", "limit", "order", "state", "reason", "until", "before")
    made |= {(f"invalid_{name}", 400) for name in named} | {("case_changed", 409)}
    made |= {(code, 400) for code in ("too_long", "too_many_pixels", "too_much_work")}
    assert set(_documented().items()) == known | OF_THE_API.items() | made | {
        (pattern, status) for pattern, status in _raised() if re.fullmatch("[a-z0-9_]+", pattern)
    }


def test_the_classes_that_know_their_code_are_these() -> None:
    classes = {kind.__name__ for kind in STATUS} | {"InvalidCursor"}
    knowing = {
        name
        for name in classes
        if "code" not in inspect.signature(getattr(errors, name)).parameters
    }
    assert knowing == BY_THEMSELVES


def test_the_errors_of_the_api_itself_are_these() -> None:
    assert set(re.findall(r'ErrorDetail\("(\w+)"', inspect.getsource(http))) == OF_THE_API.keys()


def _broken_promises(text: str) -> set[tuple[str, int]]:
    """The codes that a text promises with a status, and that the API does not answer with it."""
    promised = {(found["code"], int(found["status"])) for found in PROMISE.finditer(text)}
    return promised - _documented().items()


def _described(node: Any) -> Iterator[str]:
    """All texts for people below a part of the OpenAPI document."""
    children = node.items() if isinstance(node, dict) else enumerate(node)
    for name, child in children:
        if name in {"summary", "description"} and isinstance(child, str):
            yield child
        elif isinstance(child, dict | list):
            yield from _described(child)


def test_no_description_promises_another_code() -> None:
    described = " ".join(_described(contract.document()))
    assert len(PROMISE.findall(described)) > 5
    assert _broken_promises(described) == set()
    for _, _, operation in contract.operations():
        promised = {found["status"] for found in PROMISE.finditer(" ".join(_described(operation)))}
        assert promised <= operation["responses"].keys(), operation["operationId"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=paths.relative)
def test_no_document_promises_another_code(document: Path) -> None:
    assert _broken_promises(document.read_text()) == set()


def test_another_code_and_another_status_are_found() -> None:
    """Or the tests above find nothing because they look at nothing."""
    text = "It is 429\n`rename_limit`, 404 `handle_taken`, or 409 `handle_taken`."
    assert _broken_promises(text) == {("rename_limit", 429), ("handle_taken", 404)}


def test_every_reason_to_refuse_a_file_is_documented() -> None:
    # Each is a union of literals, or one of them.
    photos, videos = (
        {code for part in get_args(kind) for code in get_args(part) or (part,)}
        for kind in (RefusalCode, VideoRefusalCode)
    )
    mismatches = re.findall(r'Failure\(\s*"(\w+)"', inspect.getsource(ingest))
    assert len(mismatches) == 4
    found = {*photos, *videos, *mismatches, NEVER_ARRIVED.code}
    listed = {entry["code"] for entry in contract.document()["x-upload-failures"]}
    assert listed == set(error_codes.REFUSALS) == found
