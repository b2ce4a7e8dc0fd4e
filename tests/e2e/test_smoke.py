"""`make smoke` on a deployed stack: it finds everything right, and leaves nobody behind."""

from __future__ import annotations

import pytest

from operations.deployment import Deployment as Operated
from operations.smoke import command
from tests.e2e.conftest import Deployment
from tools.deploy import LocalAws


def test_it_finds_everything_right_and_leaves_nobody_behind(
    stack: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment = Operated(LocalAws(stack.endpoint).client, "local", stack.outputs)
    pool, accounts = stack.outputs["UserPoolId"], deployment.client_for("cognito-idp")
    before = accounts.list_users(UserPoolId=pool)["Users"]

    command.ask(deployment)

    said, noted = capsys.readouterr()
    assert "WRONG" not in said
    skipped = [line for line in said.splitlines() if line.startswith("not asked")]
    assert len(skipped) == 2, said
    assert command.REMAINS in said
    assert "Not everything is cleaned up" not in noted
    after = accounts.list_users(UserPoolId=pool, Filter='email ^= "smoke-"')["Users"]
    assert after == []
    assert accounts.list_users(UserPoolId=pool)["Users"] == before
