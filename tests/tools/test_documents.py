"""The documents: what they lead to and name is there."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from tools import paths

DOCUMENTS = sorted(
    [*paths.ROOT.glob("*.md"), *paths.ROOT.glob("docs/*.md"), paths.WEB / "README.md"]
)
_CODE_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:)([^)\s#]*)(?:#([^)\s]+))?\)")
_FILE = re.compile(r"`(?:…/)?([\w.-]+(?:/[\w.-]+)*\.(?:py|ts|tsx|toml|js|mjs))(?::(\w+))?`")
_COMMAND = re.compile(r"`make ([\w-]+)")
_FOLDERS = (
    "bench",
    "cli",
    "docs",
    "functions",
    "infra",
    "layers",
    "tests",
    "tools",
    "web/docs",
    "web/src",
    "web/tests",
)


@cache
def sources() -> list[Path]:
    """What a document may name: files at the root, and below the folders of code."""
    below = [file for folder in _FOLDERS for file in (paths.ROOT / folder).rglob("*.*")]
    return [*paths.ROOT.glob("*.*"), *paths.WEB.glob("*.*"), *below]


@cache
def prose(document: Path) -> str:
    return _CODE_BLOCK.sub("", document.read_text())


@cache
def anchors(document: Path) -> set[str]:
    """The anchors that the host of the repository makes of headings."""
    headings = re.findall(r"^#+ (.+)$", prose(document), re.MULTILINE)
    words = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {text.replace(" ", "-") for text in words}


def found(name: str) -> list[Path]:
    """The files whose paths end with what is named."""
    ending = Path(name).parts
    return [file for file in sources() if file.parts[-len(ending) :] == ending]


@pytest.mark.parametrize("document", DOCUMENTS, ids=paths.relative)
def test_links_lead_somewhere(document: Path) -> None:
    broken = []
    for file, anchor in _LINK.findall(prose(document)):
        target = (document.parent / file).resolve() if file else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(f"{file}#{anchor}")

    assert broken == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=paths.relative)
def test_files_that_are_named_are_there(document: Path) -> None:
    named = set(_FILE.findall(prose(document)))
    missing = [
        f"{name}:{member}"
        for name, member in named
        if not any(
            not member or re.search(rf"\b(def|class) {member}\b", file.read_text())
            for file in found(name)
        )
    ]

    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=paths.relative)
def test_make_has_the_commands_that_are_named(document: Path) -> None:
    makefile = (paths.ROOT / "Makefile").read_text().replace("\\\n", " ")
    targets = {
        name for line in re.findall(r"^([\w -]+):", makefile, re.MULTILINE) for name in line.split()
    }

    assert set(_COMMAND.findall(prose(document))) <= targets
