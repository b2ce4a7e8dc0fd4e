"""The OpenAPI document as the tools of others see it. That their clients work, the end-to-end tests
hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools import generated_clients, paths, uv
from tools.environments import pinned
from tools.errors import ToolError
from tools.progress import step


def test_the_document_is_valid() -> None:
    generated_clients.validate()


def test_a_document_that_is_none_is_refused(tmp_path: Path) -> None:
    document = json.loads(generated_clients.DOCUMENT.read_text())
    document["paths"]["/feed"]["get"]["parameters"][0]["in"] = "nowhere"
    broken = tmp_path / "openapi.json"
    # As it is committed: the validator reads YAML, which knows no escaped pairs of surrogates.
    broken.write_text(json.dumps(document, ensure_ascii=False))
    with pytest.raises(ToolError, match="nowhere"):
        generated_clients.validate(broken)


def test_every_operation_and_model_becomes_a_part_of_a_python_client() -> None:
    folder = generated_clients.python_client()
    document = json.loads(generated_clients.DOCUMENT.read_text())
    package = folder / generated_clients.PYTHON_PACKAGE
    functions = {path.stem for path in (package / "api").glob("*/*.py")}
    methods = (operation for path in document["paths"].values() for operation in path.values())
    assert {operation["operationId"] for operation in methods} <= functions
    models = (package / "models" / "__init__.py").read_text()
    assert all(name in models for name in document["components"]["schemas"])


def test_the_generators_pins_are_complete_and_agree_with_ours(tmp_path: Path) -> None:
    python = generated_clients.python()
    with step("Checking the client generators") as progress:
        uv.run(["pip", "check", "--python", python], log=tmp_path / "check.log", progress=progress)
    theirs = pinned(paths.ROOT / "tools" / "requirements-clients.txt")
    ours = pinned(paths.ROOT / "requirements.txt")
    assert {name: theirs[name] for name in theirs.keys() & ours} == {
        name: ours[name] for name in theirs.keys() & ours
    }
