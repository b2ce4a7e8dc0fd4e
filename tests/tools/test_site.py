"""Building the web client: what npm is asked to do, and when not."""

from __future__ import annotations

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
    for module, name, value in (
        (paths, "WEB", web),
        (paths, "SITE", web / "dist"),
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
