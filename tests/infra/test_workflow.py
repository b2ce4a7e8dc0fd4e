"""The workflow on GitHub, and the roles that AWS gives it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from cfnlint import ManualArgs, lint_file  # type: ignore[import-untyped]  # it ships no types
from cfnlint.decode import cfn_yaml  # type: ignore[import-untyped]

from operations.__main__ import main as operate
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


def test_the_role_for_pull_requests_reads_and_takes_the_cdks_own(roles: Any) -> None:
    _require_only(_allowed(roles["DiffRole"]), "cdk-${Qualifier}-lookup-role")


def test_the_role_for_deployments_also_makes_and_deletes_accounts_of_our_pools(
    roles: Any, dev: Template
) -> None:
    # `make smoke` asks as two people, who exist only meanwhile.
    allowed = _allowed(roles["DeployRole"])
    of_accounts = {action for action, _ in allowed if action.startswith("cognito-idp:")}
    assert of_accounts == {
        f"cognito-idp:Admin{what}" for what in ("CreateUser", "SetUserPassword", "DeleteUser")
    }
    _require_only([one for one in allowed if one[0] not in of_accounts], "cdk-")
    [statement] = [
        statement
        for policy in roles["DeployRole"]["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
        if of_accounts & set(listed(statement["Action"]))
    ]
    assert statement["Resource"]["Fn::Sub"].endswith(":userpool/*")
    [(name, value)] = statement["Condition"]["StringEquals"].items()
    [pool] = dev.whole("AWS::Cognito::UserPool").values()
    assert pool["Properties"]["UserPoolTags"][name.removeprefix("aws:ResourceTag/")] == value


def _require_only(allowed: list[tuple[str, str]], taken: str) -> None:
    """Fail if anything is allowed besides reading and taking roles whose names begin like this."""
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
    for command, start in zip(commands, (main, main, operate), strict=True):
        with pytest.raises(SystemExit) as ended:
            start([command, "--help"])
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
