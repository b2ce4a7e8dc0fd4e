"""The project has one version, pyproject.toml's; whatever tells one tells that."""

from __future__ import annotations

import json
import re
import tomllib

import pytest

from shutterfeed_cli import VERSION
from shutterfeed_cli.main import main
from tools import paths

PROJECT = tomllib.loads(paths.PROJECT.read_text())["project"]["version"]


def test_the_version_is_a_semantic_one() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", PROJECT)


def test_the_command_line_has_it_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])

    assert ended.value.code == 0
    assert capsys.readouterr().out == f"shutterfeed {PROJECT}\n"
    assert VERSION == PROJECT


def test_the_command_lines_package_takes_it_from_its_code() -> None:
    described = tomllib.loads((paths.COMMAND_LINE / "pyproject.toml").read_text())

    assert "version" not in described["project"]
    assert described["project"]["dynamic"] == ["version"]
    assert described["tool"]["setuptools"]["dynamic"]["version"] == {
        "attr": "shutterfeed_cli.VERSION"
    }


def test_the_web_client_has_it() -> None:
    package = json.loads((paths.WEB / "package.json").read_text())
    lock = json.loads((paths.WEB / "package-lock.json").read_text())

    assert package["version"] == PROJECT
    assert (lock["version"], lock["packages"][""]["version"]) == (PROJECT, PROJECT)


def test_the_api_has_it() -> None:
    document = json.loads((paths.ROOT / "functions" / "api" / "openapi.json").read_text())

    assert document["info"]["version"] == PROJECT


def test_the_changelog_tells_what_is_in_it() -> None:
    headings = re.findall(r"^## \[(.+?)\]", (paths.ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert headings[0] == "Unreleased"
    assert headings[1] == PROJECT
