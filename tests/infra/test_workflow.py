"""The workflow on GitHub, and the roles that AWS gives it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from cfnlint import ManualArgs, lint_file  # type: ignore[import-untyped]  # it ships no types
from cfnlint.decode import cfn_yaml  # type: ignore[import-untyped]

from tests.infra.templates import Template, listed
from tools import paths
from tools.__main__ import main

GITHUB = paths.ROOT / ".github"
ROLES, WORKFLOW = GITHUB / "aws-roles.yml", GITHUB / "workflows" / "deploy.yml"
SUBJECT = "token.actions.githubusercontent.com:sub"
READING = re.compile(r"\w+:(Get|List|Describe)\w*")


def _load(path: Path) -> Any:
    return cfn_yaml.loads(path.read_text())


@pytest.fixture(scope="module")
def roles() -> Any:
    return _load(ROLES)["Resources"]


@pytest.fixture(scope="module")
def jobs() -> Any:
    return _load(WORKFLOW)["jobs"]


def test_cfn_lint_finds_nothing_in_the_roles() -> None:
    findings = lint_file(ROLES, config=ManualArgs())
    assert [f"{finding.rule.id} {finding.message}" for finding in findings] == []


def _trust(role: Any) -> Any:
    (statement,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    conditions = statement["Condition"]["StringEquals"]
    assert conditions["token.actions.githubusercontent.com:aud"] == "sts.amazonaws.com"
    return [subject["Fn::Sub"] for subject in listed(conditions[SUBJECT])]


def test_only_this_repository_gets_the_roles(roles: Any) -> None:
    assert _trust(roles["DiffRole"]) == ["repo:${Repository}:pull_request"]
    # A branch alone is not enough: the environment may ask for somebody's approval.
    assert _trust(roles["DeployRole"]) == [
        f"repo:${{Repository}}:environment:{stage}" for stage in ("dev", "prod")
    ]


def _allowed(role: Any) -> list[tuple[str, str]]:
    return [
        (action, str(resource))
        for policy in role["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    ]


@pytest.mark.parametrize(
    ("role", "taken"), [("DiffRole", "cdk-${Qualifier}-lookup-role"), ("DeployRole", "cdk-")]
)
def test_the_roles_read_and_take_the_cdks_own(roles: Any, role: str, taken: str) -> None:
    allowed = _allowed(roles[role])
    others = [(action, on) for action, on in allowed if not READING.fullmatch(action)]
    ((action, resource),) = others
    assert action == "sts:AssumeRole"
    assert f"role/{taken}" in resource


def test_what_others_wrote_is_pinned(jobs: Any) -> None:
    used = [step["uses"] for job in jobs.values() for step in job["steps"] if "uses" in step]
    assert len(used) == 6
    for action in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action)


def test_its_commands_are_there(jobs: Any, capsys: pytest.CaptureFixture[str]) -> None:
    run = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    commands = [name for line in run for name in re.findall(r"make (\w+)", line)]
    assert commands == ["diff", "deploy", "smoke"]
    for command in commands:
        with pytest.raises(SystemExit) as ended:
            main([command, "--help"])
        assert ended.value.code == 0
    capsys.readouterr()


def test_nothing_of_a_pull_request_becomes_a_command(jobs: Any) -> None:
    # Titles and names of branches are written by strangers.
    for job in jobs.values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")


def test_the_roles_fit_the_bootstrap_stack_of_the_context(roles: Any, dev: Template) -> None:
    qualifier = _load(ROLES)["Parameters"]["Qualifier"]["Default"]
    default = dev.content["Parameters"]["BootstrapVersion"]["Default"]
    assert default == f"/cdk-bootstrap/{qualifier}/version"
    assert roles.keys() == {"Provider", "DiffRole", "DeployRole"}
