"""Collecting the tests does not import the CDK, which takes seconds in each process of a run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tools import paths

_IMPORT: Final = re.compile(r"^(?:from|import) ([\w.]+)", re.MULTILINE)
"""At the beginning of a line: an import inside a function does not count."""
_SLOW: Final = ("aws_cdk", "cdk_nag", "constructs")


def _imports(folder: str) -> Mapping[str, set[str]]:
    """What each module below a folder imports, by the module's name."""
    return {
        ".".join(path.relative_to(paths.ROOT).with_suffix("").parts): _imported(path)
        for path in sorted((paths.ROOT / folder).rglob("*.py"))
    }


def _imported(path: Path) -> set[str]:
    return set(_IMPORT.findall(path.read_text()))


def _is_slow(module: str) -> bool:
    return module.partition(".")[0] in _SLOW


def test_only_functions_import_what_imports_the_cdk() -> None:
    infra = _imports("infra")
    slow = {name for name, imported in infra.items() if any(map(_is_slow, imported))}
    while more := {name for name, imported in infra.items() if imported & slow} - slow:
        slow |= more
    assert {"infra.synthesis", "infra.stack"} <= slow
    assert not {"infra.settings", "infra.edge_settings", "infra.routes"} & slow
    collected = {**_imports("tests"), **_imports("bench")}
    assert len(collected) > 500
    found = {
        name: sorted(module for module in imported if module in slow or _is_slow(module))
        for name, imported in collected.items()
    }
    assert not {name: modules for name, modules in found.items() if modules}
