from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tools import layers, node, paths, templates
from tools.commands import CommandError
from tools.errors import ToolError


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of which only what is read is there."""
    (tmp_path / "cdk.json").write_text('{"context": {"worker_concurrency": {"thumbnail": 50}}}')
    (tmp_path / "app.py").write_text("...")
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "TEMPLATES", tmp_path / "templates")
    monkeypatch.setattr(paths, "LOGS", tmp_path / "logs")
    monkeypatch.setattr(node, "environment", lambda: {"PATH": "/node/bin"})
    return tmp_path


class FakeApp:
    """Takes the place of `python app.py`."""

    def __init__(self) -> None:
        self.environments: list[dict[str, str]] = []
        self.says: str | None = None

    def __call__(self, _: object, *, environment: dict[str, str], **__: object) -> None:
        self.environments.append(environment)
        if self.says is not None:
            raise CommandError(1, self.says)
        write_assembly(Path(environment["CDK_OUTDIR"]))


def write_assembly(folder: Path) -> None:
    artifact = {
        "type": "aws:cloudformation:stack",
        "properties": {"templateFile": "X.template.json", "stackName": "Shutterfeed-local"},
    }
    files: dict[str, Any] = {
        name: {
            "source": {"path": path, "packaging": "zip"},
            "destinations": {"here": {"objectKey": f"{name}.zip"}},
        }
        for name, path in (("abc", "asset.abc"), ("template", "X.template.json"))
    }
    (folder / "manifest.json").write_text(
        json.dumps({"artifacts": {"X": artifact, "Tree": {"type": "cdk:tree"}}})
    )
    (folder / "X.assets.json").write_text(json.dumps({"files": files}))
    (folder / "X.template.json").write_text('{"Resources": {}}')


@pytest.fixture
def app(root: Path, monkeypatch: pytest.MonkeyPatch) -> FakeApp:
    fake = FakeApp()
    monkeypatch.setattr(templates, "run_logged", fake)
    return fake


def test_an_assembly_is_its_stack_and_its_assets(app: FakeApp) -> None:
    assembly = templates.synthesize({"stage": "local"})

    assert assembly.stack == "Shutterfeed-local"
    assert assembly.template == {"Resources": {}}
    assert [asset.key for asset in assembly.assets] == ["abc.zip"]
    assert assembly.assets[0].source == assembly.folder / "asset.abc"


def test_the_app_gets_context_and_a_node(app: FakeApp) -> None:
    templates.synthesize({"stage": "local"})

    [environment] = app.environments
    assert json.loads(environment["CDK_CONTEXT_JSON"]) == {"stage": "local"}
    assert environment["PATH"] == "/node/bin"


def test_the_same_inputs_are_synthesized_once(app: FakeApp, root: Path) -> None:
    first = templates.synthesize({"stage": "local"})
    second = templates.synthesize({"stage": "local"})
    assert first == second
    assert len(app.environments) == 1

    (root / "functions").mkdir()
    (root / "functions" / "handler.py").write_text("...")
    third = templates.synthesize({"stage": "local"})
    templates.synthesize({"stage": "other"})

    assert third.digest != first.digest
    assert len(app.environments) == 3


def test_a_script_that_the_sites_policy_names_is_an_input(app: FakeApp, root: Path) -> None:
    first = templates.synthesize({"stage": "local"})
    (root / "web").mkdir()
    (root / "web" / "early.js").write_text("{}")

    assert templates.synthesize({"stage": "local"}).digest != first.digest


def test_a_refusal_is_one_sentence_and_leaves_nothing(app: FakeApp, root: Path) -> None:
    app.says = "Traceback ...\nSettingsError: The function api has no handler.py.\n"

    with pytest.raises(ToolError, match=r"SettingsError: The function api has no handler\.py"):
        templates.synthesize({"stage": "local"})

    assert [path.name for path in (root / "templates").iterdir()] == ["synthesis.lock"]


def test_a_local_stack_runs_on_this_machine(root: Path) -> None:
    context = templates.local_context({"stage": "mine"})

    assert context["stage"] == "mine"
    assert context["layers_target"] == str(layers.Target.host())
    assert context["layers_dir"] == str(paths.LINKED_LAYERS)
