"""What cfn-lint says of the templates."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from cfnlint import ManualArgs, lint_file  # type: ignore[import-untyped]  # it ships no types

from tests.infra.contexts import CONTEXTS
from tests.infra.templates import Template

_REGIONS: Final = ["eu-north-1", "me-south-1", "us-east-1"]
"""A new region, one that knows only its own hosts, and the oldest."""
# W3005: CDK writes a function's dependency on its role twice.
# W3037: an action that only the local cloud knows.
# W2001: a parameter that nothing uses. What uses it may be known already.
_IGNORED: Final = ["W3005"]
_IGNORED_LOCALLY: Final = [*_IGNORED, "W3037"]

_LONGEST_NAMES_FIRST: Final = sorted(
    CONTEXTS, key=lambda name: (-len(str(CONTEXTS[name].get("stage", "dev"))), name)
)

Looked = set[str]
"""The resources that cfn-lint has looked at, as they are written in a template, but for the stage
in their names."""


@pytest.fixture(scope="session")
def looked() -> Looked:
    return set()


@pytest.mark.parametrize("context", _LONGEST_NAMES_FIRST)
def test_cfn_lint_finds_nothing(
    context: str, request: pytest.FixtureRequest, looked: Looked, tmp_path: Path
) -> None:
    """Most resources are the same in all templates, and cfn-lint takes nine seconds for three
    hundred. It looks at each once: later it is told only of what type it is. A name that is not too
    long with the longest stage is not too long with another."""
    template: Template = request.getfixturevalue(context)
    stage = template.path.name.removeprefix("Shutterfeed-").partition(".")[0]
    is_local = stage == "local"
    kept: dict[str, Any] = {}
    known = set()
    for name, resource in template.content["Resources"].items():
        itself = json.dumps([is_local, name, resource], sort_keys=True)
        written = re.sub(rf"(?<=hutterfeed-){stage}\b", "STAGE", itself)
        if written in looked:
            known.add(name)
        kept[name] = {"Type": resource["Type"]} if written in looked else resource
        looked.add(written)
    file = tmp_path / "template.json"
    file.write_text(json.dumps({**template.content, "Resources": kept}))
    ignored = [*(_IGNORED_LOCALLY if is_local else _IGNORED), *(["W2001"] if known else [])]
    assert list(_found(file, known, ignored)) == []


def test_cfn_lint_finds_what_is_wrong(dev: Template, tmp_path: Path) -> None:
    name = next(iter(dev.all("AWS::DynamoDB::Table")))
    table = {"Type": "AWS::DynamoDB::Table", "Properties": {"BillingMode": "FREE"}}
    file = tmp_path / "template.json"
    file.write_text(json.dumps({"Resources": {name: table, "Known": {"Type": table["Type"]}}}))
    found = list(_found(file, {"Known"}, _IGNORED))
    assert found
    assert all(name in finding for finding in found), found


def _found(file: Path, known: set[str], ignored: list[str]) -> Iterator[str]:
    """The findings, without those at resources of which it only knows the type."""
    for finding in lint_file(file, config=ManualArgs(ignore_checks=ignored, regions=_REGIONS)):
        place = list(finding.path or [])
        if not (place[:1] == ["Resources"] and place[1] in known):
            yield f"{finding.rule.id} at {place}: {finding.message}"
