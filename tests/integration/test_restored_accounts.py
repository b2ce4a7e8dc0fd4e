"""Accounts in a new user pool: whose they are, and that nothing of them is lost on the way."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from moto import mock_aws

from operations import accounts
from operations.accounts import Account
from operations.deployment import Deployment
from operations.sign_out import sign_out
from shutterfeed.adapters.cognito import current_name
from tests.integration import payloads
from tests.integration.client import Client
from tests.integration.conftest import forget_services
from tests.integration.world import Person, World, aws
from tools.errors import ToolError

ADA = Account(str(uuid4()), "ada@example.com", email_verified=True, enabled=True)
BEN = Account(str(uuid4()), "ben@example.com", email_verified=True, enabled=False)


@pytest.fixture
def cloud() -> Iterator[None]:
    with mock_aws():
        yield


def _pool() -> Deployment:
    """A user pool of its own, with what the stack's has."""
    pool = aws("cognito-idp").create_user_pool(
        PoolName="people",
        UsernameAttributes=["email"],
        Schema=[{"Name": "account", "AttributeDataType": "String", "Mutable": False}],
    )["UserPool"]
    return Deployment(aws, "test", {"UserPoolId": pool["Id"]})


def _user(pool: Deployment, email: str) -> tuple[dict[str, str], dict[str, Any]]:
    user = aws("cognito-idp").admin_get_user(UserPoolId=pool.outputs["UserPoolId"], Username=email)
    return {entry["Name"]: entry["Value"] for entry in user["UserAttributes"]}, user


def _exported(pool: Deployment, folder: Path) -> list[Account]:
    accounts.export(pool, folder / "accounts.jsonl")
    return sorted(accounts.read(folder / "accounts.jsonl"), key=lambda account: account.email)


@pytest.mark.usefixtures("cloud")
def test_accounts_go_from_pool_to_pool_and_stay_whose_they_were(tmp_path: Path) -> None:
    first = _pool()
    for email in (ADA.email, BEN.email):
        aws("cognito-idp").admin_create_user(
            UserPoolId=first.outputs["UserPoolId"],
            Username=email,
            UserAttributes=[
                {"Name": "email", "Value": email},
                {"Name": "email_verified", "Value": "true"},
            ],
        )
    aws("cognito-idp").admin_disable_user(
        UserPoolId=first.outputs["UserPoolId"], Username=BEN.email
    )
    known = {email: _user(first, email)[0]["sub"] for email in (ADA.email, BEN.email)}
    exported = _exported(first, tmp_path)
    assert exported == [
        Account(known[ADA.email], ADA.email, email_verified=True, enabled=True),
        Account(known[BEN.email], BEN.email, email_verified=True, enabled=False),
    ]
    second, third = _pool(), _pool()
    assert accounts.bring_in(second, exported) == {"made": 2}
    assert _exported(second, tmp_path) == exported
    # A second loss: the account of before is still the first one.
    assert accounts.bring_in(third, _exported(second, tmp_path)) == {"made": 2}
    for account in exported:
        attributes, user = _user(third, account.email)
        assert attributes["sub"] != account.account
        assert attributes["custom:account"] == account.account
        assert attributes["email_verified"] == "true"
        assert user["Enabled"] is account.enabled
        # Of another status, a password cannot be "forgotten".
        assert user["UserStatus"] == "CONFIRMED"
        name = current_name(aws("cognito-idp"), third.outputs["UserPoolId"], account.account)
        assert name == user["Username"]


@pytest.mark.usefixtures("cloud")
def test_bringing_them_in_again_changes_nothing() -> None:
    pool = _pool()
    assert accounts.bring_in(pool, [ADA, BEN]) == {"made": 2}
    before = [_user(pool, account.email) for account in (ADA, BEN)]
    assert accounts.bring_in(pool, [ADA, BEN]) == {"there": 2}
    after = [_user(pool, account.email) for account in (ADA, BEN)]
    assert [found for found, _ in after] == [found for found, _ in before]


@pytest.mark.usefixtures("cloud")
def test_what_was_broken_off_is_finished() -> None:
    pool = _pool()
    aws("cognito-idp").admin_create_user(
        UserPoolId=pool.outputs["UserPoolId"],
        Username=BEN.email,
        UserAttributes=[
            {"Name": "email", "Value": BEN.email},
            {"Name": "custom:account", "Value": BEN.account},
        ],
    )
    assert accounts.bring_in(pool, [BEN]) == {"made": 1}
    _, user = _user(pool, BEN.email)
    assert (user["UserStatus"], user["Enabled"]) == ("CONFIRMED", False)


@pytest.mark.usefixtures("cloud")
def test_an_address_that_somebody_signed_up_anew_is_not_given_another_user() -> None:
    pool = _pool()
    aws("cognito-idp").admin_create_user(
        UserPoolId=pool.outputs["UserPoolId"],
        Username=ADA.email,
        UserAttributes=[{"Name": "email", "Value": ADA.email}],
    )
    assert accounts.bring_in(pool, [ADA]) == {"taken": 1}
    assert "custom:account" not in _user(pool, ADA.email)[0]


@pytest.mark.usefixtures("cloud")
def test_addresses_that_nobody_has_confirmed_are_left_out(tmp_path: Path) -> None:
    pool = _pool()
    client = aws("cognito-idp").create_user_pool_client(
        UserPoolId=pool.outputs["UserPoolId"], ClientName="public"
    )["UserPoolClient"]
    aws("cognito-idp").sign_up(
        ClientId=client["ClientId"], Username="eve@example.com", Password="Sunflower-2026"
    )
    assert _exported(pool, tmp_path) == []


@pytest.mark.usefixtures("cloud")
def test_only_its_owner_reads_the_file_and_it_is_whole_or_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool, file = _pool(), tmp_path / "accounts.jsonl"
    accounts.bring_in(pool, [ADA])
    accounts.export(pool, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    whole = file.read_text()

    def fails(_: Account) -> Any:
        raise ToolError("The disk is full")

    monkeypatch.setattr(accounts, "asdict", fails)
    with pytest.raises(ToolError, match="is full"):
        accounts.export(pool, file)
    assert file.read_text() == whole
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize("content", ["{", "[]", '{"email": "ada@example.com"}', None])
def test_a_file_of_another_kind_is_one_sentence(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "accounts.jsonl"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ToolError, match="is no file of `make export-accounts`"):
        list(accounts.read(file))


def test_the_user_is_that_of_the_account_of_before(client: Client, ada: Person) -> None:
    handle = client.handle(ada)
    moved = payloads.access_claims(str(uuid4())) | {"account": ada.subject}
    assert client.request("GET", "/me", claims=moved).json["handle"] == handle
    # Without it, the token is of another user.
    del moved["account"]
    assert client.request("GET", "/me", claims=moved).json["handle"] != handle


def test_signing_out_everywhere_reaches_the_account_by_its_new_name(
    client: Client, tables: World, monkeypatch: pytest.MonkeyPatch, ada: Person
) -> None:
    pool = _pool()
    monkeypatch.setenv("USER_POOL_ID", pool.outputs["UserPoolId"])
    forget_services()
    client.patch("/me", ada, {"handle": "ada"})
    accounts.bring_in(pool, [Account(ada.subject, ADA.email, email_verified=True, enabled=True)])
    name = _user(pool, ADA.email)[1]["Username"]
    ended = []
    forget_services()
    monkeypatch.setattr(
        "shutterfeed.adapters.cognito.CognitoSignIns.end_all",
        lambda _, account: ended.append(account),
    )
    claims = payloads.access_claims(name) | {
        "account": ada.subject,
        "auth_time": str(int(tables.clock.now().timestamp())),
    }
    assert client.request("POST", "/me/sign-out-everywhere", claims=claims).status == 204
    outputs = {**pool.outputs, "MetadataTableName": tables.metadata.name}
    assert sign_out(Deployment(aws, "test", outputs), "ada", tables.clock) == name
    assert ended == [name, name]
