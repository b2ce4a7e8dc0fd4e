"""What mypy reads of aws_cdk is all that our code imports of it: anything else would be `Any`."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

_FOLDERS = ("bench", "infra", "tests", "tools")


def _imported(tree: ast.Module) -> Iterator[str]:
    """The modules of aws_cdk that a file imports, as far as a name tells them from classes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            if node.module == "aws_cdk":
                yield from (f"aws_cdk.{name.name}" for name in node.names if name.name.islower())


def test_mypy_reads_every_module_of_aws_cdk_that_is_imported(repo_root: Path) -> None:
    settings = tomllib.loads((repo_root / "pyproject.toml").read_text())["tool"]["mypy"]
    [followed] = [
        set(override["module"])
        for override in settings["overrides"]
        if override.get("follow_imports") == "normal"
    ]
    files = [repo_root / "app.py"]
    for folder in _FOLDERS:
        files += (repo_root / folder).rglob("*.py")
    imported = {
        module
        for text in (file.read_text() for file in files)
        # Parsing them all would take seconds.
        if "aws_cdk" in text
        for module in _imported(ast.parse(text))
        if module == "aws_cdk" or module.startswith("aws_cdk.")
    }
    assert imported == followed
