"""Public docstrings are plain sentences: they have a subject or a verb, and are no riddles."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDERS = (
    "bench",
    "cli",
    "functions",
    "infra",
    "layers/shared/python",
    "operations",
    "tests",
    "tools",
)

PREPOSITIONS = frozenset(
    {"about", "above", "across", "after", "against", "along", "among", "around", "as", "at"}
    | {"before", "behind", "below", "beside", "besides", "between", "beyond", "by", "during"}
    | {"except", "for", "from", "in", "inside", "into", "like", "of", "off", "on", "onto", "out"}
    | {"outside", "over", "per", "since", "than", "through", "throughout", "to", "toward"}
    | {"towards", "under", "until", "up", "upon", "via", "where", "with", "within", "without"}
)
"""A docstring that begins with one of these lacks its subject: "Of its file name."."""
RIDDLES = re.compile(r"\bwhere there (?:is|are) none\b|\bso many\b|\banew\b", re.IGNORECASE)
"""Phrases with a plain form: "if there is none", "up to `limit`", "again"."""

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def faults_of(text: str) -> list[str]:
    """What is wrong with a docstring; empty if it is plain."""
    words = text.split()
    first = words[0].strip(".,:;") if words else ""
    faults = [f"begins with {first!r}"] if first.lower() in PREPOSITIONS else []
    return faults + [f"says {match.group()!r}" for match in RIDDLES.finditer(" ".join(words))]


def public_docstrings(node: Documented) -> Iterator[tuple[int, str]]:
    """The line and the text of each docstring of a module, class or function, and of what is
    public in it: classes, functions, and the variables and fields that a text follows."""
    named = ""
    for number, child in enumerate(node.body):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            text = child.value.value
            if isinstance(text, str) and (number == 0 or _is_public(named)):
                yield child.lineno, text
        named = _name_of(child)
        if isinstance(child, Documented) and _is_public(named):
            yield from public_docstrings(child)


def _name_of(node: ast.stmt) -> str:
    match node:
        case ast.ClassDef(name) | ast.FunctionDef(name) | ast.AsyncFunctionDef(name):
            return name
        case ast.AnnAssign(target=ast.Name(name)) | ast.Assign(targets=[ast.Name(name)]):
            return name
        case ast.AnnAssign(target=ast.Attribute(attr=name)):
            return name
        case ast.Assign(targets=[ast.Attribute(attr=name)]):
            return name
    return ""


def _is_public(name: str) -> bool:
    return bool(name) and (not name.startswith("_") or name.endswith("__"))


def test_public_docstrings_are_plain(repo_root: Path) -> None:
    files = [repo_root / "app.py"]
    for folder in FOLDERS:
        files += sorted((repo_root / folder).rglob("*.py"))

    found = [
        f"{file.relative_to(repo_root)}:{line} {fault}: {text.strip()[:60]!r}"
        for file in files
        for line, text in public_docstrings(ast.parse(file.read_text()))
        for fault in faults_of(text)
    ]

    assert found == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_folder_is_read(repo_root: Path, folder: str) -> None:
    assert [*(repo_root / folder).rglob("*.py")]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("The name of the file.", []),
        ("Open the file. Raises `CliError` where it does not exist.", []),
        ("`before` is None for a new post.", []),
        ("Of its file name.", ["begins with 'Of'"]),
        ("\n    In the\n    place of a pool.", ["begins with 'In'"]),
        ("The blob; None where\n    there is none.", ["says 'where there is none'"]),
        ("By so many posts, made anew.", ["begins with 'By'", "says 'so many'", "says 'anew'"]),
    ],
)
def test_the_rule(text: str, faults: list[str]) -> None:
    assert faults_of(text) == faults


def test_what_is_public() -> None:
    source = '''
"""A module."""

LIMIT = 3
"""A limit."""
_SECRET = 4
"""Of nobody's business."""

class Thing:
    """A thing."""

    size: int
    """A size."""

    def __init__(self) -> None:
        self.age = 1
        """An age."""

    def grow(self) -> None:
        """Grow."""

    def _shrink(self) -> None:
        """Of nobody's business."""

class _Part:
    """Of nobody's business."""

    size: int
    """Of nobody's business."""
'''
    texts = [text for _, text in public_docstrings(ast.parse(source))]

    assert texts == ["A module.", "A limit.", "A thing.", "A size.", "An age.", "Grow."]
