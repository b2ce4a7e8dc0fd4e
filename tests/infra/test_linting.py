"""What cfn-lint says of the templates."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from unittest.mock import patch

import pytest
from cfnlint.config import ConfigMixIn, ManualArgs  # type: ignore[import-untyped]  # it ships none
from cfnlint.runner import Runner  # type: ignore[import-untyped]

from tests.infra import cfn_lint_shortcuts
from tests.infra.contexts import CONTEXTS
from tests.infra.templates import Template

_REGIONS: Final = ["eu-north-1", "me-south-1", "us-east-1"]
"""A new region, one that knows only its own hosts, and the oldest."""
# W3005: CDK writes a function's dependency on its role twice.
# W3037: an action that only the local cloud knows.
_IGNORED: Final = ["W3005"]
_IGNORED_LOCALLY: Final = [*_IGNORED, "W3037"]

_LONGEST_NAMES_FIRST: Final = sorted(
    CONTEXTS, key=lambda name: (-len(str(CONTEXTS[name].get("stage", "dev"))), name)
)

_MOST_RESOURCES: Final = 500
"""CloudFormation's limit of a template."""

cfn_lint_shortcuts.take()

Looked = set[str]
"""The resources that cfn-lint has looked at, as they are written, but for the stage."""


@pytest.fixture(scope="session")
def looked() -> Looked:
    return set()


@pytest.mark.parametrize("context", _LONGEST_NAMES_FIRST)
def test_cfn_lint_finds_nothing(
    context: str, request: pytest.FixtureRequest, looked: Looked
) -> None:
    """Most resources are the same in all templates, and cfn-lint takes nine seconds for three
    hundred. It looks at each once. A name that is not too long with the longest stage is not too
    long with another."""
    template: Template = request.getfixturevalue(context)
    stage = template.path.name.removeprefix("Shutterfeed-").partition(".")[0]
    is_local = stage == "local"
    resources = template.content["Resources"]
    assert len(resources) <= _MOST_RESOURCES
    written = {
        name: re.sub(
            rf'(?<=hutterfeed-){stage}\b|(?<="Value": "){stage}(?=")',
            "STAGE",
            json.dumps([is_local, name, resource], sort_keys=True),
        )
        for name, resource in resources.items()
    }
    known = {name for name, text in written.items() if text in looked}
    looked.update(written.values())
    assert _found(template.path, known, _IGNORED_LOCALLY if is_local else _IGNORED) == []


def test_cfn_lint_finds_what_is_wrong(dev: Template, tmp_path: Path) -> None:
    name = next(iter(dev.all("AWS::DynamoDB::Table")))
    table = {"Type": "AWS::DynamoDB::Table", "Properties": {"BillingMode": "FREE"}}
    file = tmp_path / "template.json"
    file.write_text(json.dumps({"Resources": {name: table, "Known": table}}))
    found = _found(file, {"Known"}, _IGNORED)
    assert found
    assert all(name in finding for finding in found), found


def _found(file: Path, known: set[str], ignored: list[str]) -> list[str]:
    """The findings, without those in resources that are known."""
    config = ManualArgs(ignore_checks=ignored, regions=_REGIONS)
    runner = Runner(ConfigMixIn(["--template", str(file)], **config))
    # The rule that goes through all resources, and has all other rules look at each.
    rule = runner.rules["E3001"]
    look = rule.validate

    def look_at_others(
        validator: object, keywords: object, resources: Mapping[str, object], schema: object
    ) -> Iterator[object]:
        others = {name: one for name, one in resources.items() if name not in known}
        found: Iterator[object] = look(validator, keywords, others, schema)
        return found

    with patch.object(rule, "validate", look_at_others):
        return [
            f"{finding.rule.id} at {list(finding.path or [])}: {finding.message}"
            for finding in runner.run()
        ]
