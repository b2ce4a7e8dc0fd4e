"""What mypy reads of large packages is all that our code imports of them: anything else would be
`Any`."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

_FOLDERS = ("bench", "infra", "tests", "tools")


def _imported(tree: ast.Module, package: str) -> Iterator[str]:
    """The modules of a package that a file imports, as far as a name tells them from classes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            if node.module == package:
                yield from (f"{package}.{name.name}" for name in node.names if name.name.islower())


def _all_imported(root: Path, package: str) -> set[str]:
    files = [root / "app.py"]
    for folder in _FOLDERS:
        files += (root / folder).rglob("*.py")
    return {
        module
        for text in (file.read_text() for file in files)
        # Parsing them all would take seconds.
        if package in text
        for module in _imported(ast.parse(text), package)
        if module == package or module.startswith(f"{package}.")
    }


@pytest.fixture(scope="module")
def overrides(repo_root: Path) -> list[Mapping[str, Any]]:
    settings = tomllib.loads((repo_root / "pyproject.toml").read_text())
    found: list[Mapping[str, Any]] = settings["tool"]["mypy"]["overrides"]
    return found


def _followed(overrides: list[Mapping[str, Any]], package: str) -> set[str]:
    [followed] = [
        set(override["module"])
        for override in overrides
        if override.get("follow_imports") == "normal" and package in override["module"]
    ]
    return followed


def test_mypy_reads_every_module_of_aws_cdk_that_is_imported(
    repo_root: Path, overrides: list[Mapping[str, Any]]
) -> None:
    assert _all_imported(repo_root, "aws_cdk") == _followed(overrides, "aws_cdk")


def test_mypy_reads_every_service_of_moto_that_is_imported(
    repo_root: Path, overrides: list[Mapping[str, Any]]
) -> None:
    followed = _followed(overrides, "moto")
    # A function of the package itself, not a module.
    imported = _all_imported(repo_root, "moto") - {"moto.mock_aws"}
    needed = {
        pattern for module in imported for pattern in followed if fnmatchcase(f"{module}.", pattern)
    }
    assert {"moto"} | needed == followed
    assert [
        module
        for module in imported - {"moto"}
        if not any(fnmatchcase(f"{module}.", pattern) for pattern in followed)
    ] == []
