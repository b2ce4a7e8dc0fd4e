"""Building the web client: what npm is asked to do, and when not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tools import node, paths, site
from tools.commands import CommandError
from tools.errors import ToolError


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """What npm was asked to do, in a client of two files; it does just that."""
    web = tmp_path / "web"
    (web / "src").mkdir(parents=True)
    (web / "package.json").write_text("{}")
    (web / "src" / "main.ts").write_text("go()")
    (web / "package-lock.json").write_text(json.dumps({"packages": {"": {}}}))
    for module, name, value in (
        (paths, "WEB", web),
        (paths, "SITE", web / "dist"),
        (paths, "LICENSE_TEXTS", tmp_path / "LICENSES"),
        (paths, "BUILD", tmp_path / "build"),
        (paths, "LOGS", tmp_path / "build" / "logs"),
        (site, "_INSTALLED", web / "node_modules" / ".shutterfeed.sha256"),
        (site, "_BUILT", tmp_path / "build" / "site.sha256"),
    ):
        monkeypatch.setattr(module, name, value)
    commands: list[str] = []

    def run(command: Sequence[str | Path], **options: Any) -> None:
        assert options["directory"] == web
        commands.append(" ".join(map(str, command)))
        if commands[-1] == "npm run build":
            (web / "dist").mkdir(exist_ok=True)
            (web / "dist" / "index.html").write_text("built")

    monkeypatch.setattr(site, "run_logged", run)
    monkeypatch.setattr(node, "npm", lambda: ["npm"])
    monkeypatch.setattr(node, "environment", dict)
    return commands


def test_the_first_build_installs_and_the_next_does_nothing(asked: list[str]) -> None:
    assert site.build() == paths.SITE
    assert asked == ["npm ci", "npm run build"]
    site.build()
    assert len(asked) == 2


def test_a_changed_source_is_built_with_the_packages_at_hand(asked: list[str]) -> None:
    site.build()
    (paths.WEB / "src" / "main.ts").write_text("go(again)")
    site.build()
    assert asked[2:] == ["npm run build"]


def test_other_packages_are_installed_first(asked: list[str]) -> None:
    site.build()
    (paths.WEB / "package.json").write_text('{"dependencies": {}}')
    site.build()
    assert asked[2:] == ["npm ci", "npm run build"]


def test_what_is_made_is_no_source(asked: list[str]) -> None:
    site.build()
    (paths.WEB / "node_modules" / "other").write_text("changed by npm")
    (paths.WEB / "build").mkdir()
    (paths.WEB / "build" / "types.d.ts").write_text("made")
    site.build()
    assert len(asked) == 2


def test_a_build_that_was_deleted_is_made_again(asked: list[str]) -> None:
    site.build()
    (paths.SITE / "index.html").unlink()
    site.build()
    assert asked[2:] == ["npm run build"]


def test_the_sources_are_formatted_by_the_packages_that_check_them(asked: list[str]) -> None:
    site.format_sources()
    site.check()
    assert asked == ["npm ci", "npm run format", "npm run check"]


def test_a_build_that_fails_is_not_taken_for_done(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise CommandError(1, "no such file")

    site.install()
    with monkeypatch.context() as broken:
        broken.setattr(site, "run_logged", fail)
        with pytest.raises(ToolError, match=r"`npm run build` failed in web/"):
            site.build()
    site.build()
    assert asked == ["npm ci", "npm run build"]


def carry(name: str, *, dev: bool = False, **texts: str) -> None:
    """Let the client depend on a package that brings these files."""
    lock = paths.WEB / "package-lock.json"
    content = json.loads(lock.read_text())
    package = {"version": "1.2.3", "license": "MIT"} | ({"dev": True} if dev else {})
    content["packages"][f"node_modules/{name}"] = package
    lock.write_text(json.dumps(content))
    folder = paths.WEB / "node_modules" / name
    folder.mkdir(parents=True)
    for file, text in texts.items():
        (folder / file).write_text(text)


def test_licences_of_what_is_built_in_are_served_with_it(asked: list[str]) -> None:
    carry("one", LICENSE="the text of one")
    carry("@scope/two", LICENCE="the text of two")
    carry("checker", dev=True)

    text = (site.build() / "licenses.txt").read_text()

    assert "one 1.2.3 (MIT)\n\nthe text of one\n" in text
    assert "@scope/two 1.2.3 (MIT)\n\nthe text of two\n" in text
    assert "checker" not in text


def test_a_package_without_a_text_gets_ours(asked: list[str]) -> None:
    carry("bare")

    with pytest.raises(ToolError, match="bare comes without the text of its licence"):
        site.build()
    paths.LICENSE_TEXTS.mkdir()
    (paths.LICENSE_TEXTS / "bare.txt").write_text("our copy")

    assert "bare 1.2.3 (MIT)\n\nour copy\n" in (site.build() / "licenses.txt").read_text()
