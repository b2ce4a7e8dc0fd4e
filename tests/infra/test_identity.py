"""The user pool and its client."""

from __future__ import annotations

from tests.infra.conftest import DOMAIN, IDENTITY
from tests.infra.templates import Template, text


def test_people_sign_up_themselves_with_an_address_that_is_confirmed(every: Template) -> None:
    pool = every.only("AWS::Cognito::UserPool")
    assert pool["UsernameAttributes"] == ["email"]
    assert pool["AutoVerifiedAttributes"] == ["email"]
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": False}
    assert pool["UsernameConfiguration"] == {"CaseSensitive": False}
    assert "AliasAttributes" not in pool


def test_passwords_are_strong(every: Template) -> None:
    policy = every.only("AWS::Cognito::UserPool")["Policies"]["PasswordPolicy"]
    assert policy["MinimumLength"] >= 10
    assert all(
        policy[f"Require{kind}"] for kind in ("Lowercase", "Uppercase", "Numbers", "Symbols")
    )


def test_the_client_is_public_and_does_not_tell_who_has_an_account(every: Template) -> None:
    client = every.only("AWS::Cognito::UserPoolClient")
    assert client["GenerateSecret"] is False
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    assert sorted(client["ExplicitAuthFlows"]) == [
        "ALLOW_REFRESH_TOKEN_AUTH",
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
    ]
    assert "AllowedOAuthFlows" not in client


def test_access_tokens_live_an_hour_and_can_be_revoked(every: Template) -> None:
    client = every.only("AWS::Cognito::UserPoolClient")
    assert client["AccessTokenValidity"] == 60
    assert client["TokenValidityUnits"]["AccessToken"] == "minutes"
    assert client["EnableTokenRevocation"] is True


def test_production_keeps_its_users(prod: Template, dev: Template) -> None:
    assert prod.only("AWS::Cognito::UserPool")["DeletionProtection"] == "ACTIVE"
    (kept,) = prod.whole("AWS::Cognito::UserPool").values()
    assert kept["DeletionPolicy"] == "RetainExceptOnCreate"
    (dropped,) = dev.whole("AWS::Cognito::UserPool").values()
    assert dropped["DeletionPolicy"] == "Delete"


def test_mails_go_out_by_ses_where_a_sender_is_named(dev: Template, prod: Template) -> None:
    assert "EmailConfiguration" not in dev.only("AWS::Cognito::UserPool")
    mail = prod.only("AWS::Cognito::UserPool")["EmailConfiguration"]
    assert mail["EmailSendingAccount"] == "DEVELOPER"
    assert mail["From"] == f"Shutterfeed <hello@mail.{DOMAIN}>"
    assert text(mail["SourceArn"]) == (
        "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/mail." + DOMAIN
    )


def test_another_identity_may_be_named(valkey: Template) -> None:
    mail = valkey.only("AWS::Cognito::UserPool")["EmailConfiguration"]
    assert (mail["From"], mail["SourceArn"]) == ("hello@example.com", IDENTITY)
