"""The user pool and its client."""

from __future__ import annotations

import pytest

from shutterfeed.schema import FORMER_ACCOUNT, MODERATORS
from tests.infra.contexts import DOMAIN, IDENTITY
from tests.infra.templates import Properties, Template, text


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


def _client(template: Template, purpose: str) -> Properties:
    (client,) = (
        client
        for client in template.all("AWS::Cognito::UserPoolClient").values()
        if client["ClientName"].endswith(f"-{purpose}")
    )
    return client


@pytest.mark.parametrize("purpose", ["public", "account"])
def test_clients_are_public_and_do_not_tell_who_has_an_account(
    every: Template, purpose: str
) -> None:
    client = _client(every, purpose)
    assert client["GenerateSecret"] is False
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    assert sorted(client["ExplicitAuthFlows"]) == [
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
    ]
    assert "AllowedOAuthFlows" not in client


@pytest.mark.parametrize("purpose", ["public", "account"])
def test_nothing_of_an_account_but_its_address_is_written_or_read(
    every: Template, purpose: str
) -> None:
    client = _client(every, purpose)
    assert client["WriteAttributes"] == ["email"]
    assert sorted(client["ReadAttributes"]) == ["email", "email_verified"]


def test_the_account_of_before_is_written_once_and_by_no_client(every: Template) -> None:
    pool = every.only("AWS::Cognito::UserPool")
    (own,) = [attribute for attribute in pool["Schema"] if attribute["Name"] == FORMER_ACCOUNT]
    assert (own["AttributeDataType"], own["Mutable"]) == ("String", False)
    for client in every.all("AWS::Cognito::UserPoolClient").values():
        # A client without such a list may write every attribute.
        assert client["WriteAttributes"] == ["email"]


def test_a_new_address_counts_only_once_it_is_confirmed(every: Template) -> None:
    pool = every.only("AWS::Cognito::UserPool")
    settings = pool["UserAttributeUpdateSettings"]
    assert settings["AttributesRequireVerificationBeforeUpdate"] == ["email"]


def test_access_tokens_live_as_long_as_the_setting_says_and_can_be_revoked(
    dev: Template, prod: Template
) -> None:
    for template, minutes in ((dev, 15), (prod, 60)):
        client = _client(template, "public")
        assert client["AccessTokenValidity"] == client["IdTokenValidity"] == minutes
        assert client["TokenValidityUnits"]["AccessToken"] == "minutes"
        assert client["EnableTokenRevocation"] is True


def test_refresh_tokens_are_exchanged_for_new_ones(every: Template) -> None:
    client = _client(every, "public")
    rotation = client["RefreshTokenRotation"]
    assert rotation == {"Feature": "ENABLED", "RetryGracePeriodSeconds": 60}
    # Cognito refuses rotation beside the flow that does without, and in its smallest plan.
    assert "ALLOW_REFRESH_TOKEN_AUTH" not in client["ExplicitAuthFlows"]
    assert every.only("AWS::Cognito::UserPool")["UserPoolTier"] == "ESSENTIALS"


def test_the_tokens_that_change_an_account_live_as_shortly_as_can_be(every: Template) -> None:
    client = _client(every, "account")
    assert client["AccessTokenValidity"] == 5
    assert (client["RefreshTokenValidity"], client["TokenValidityUnits"]["RefreshToken"]) == (
        60,
        "minutes",
    )
    assert "RefreshTokenRotation" not in client


def test_a_function_that_knows_the_account_client_gives_tokens_their_scopes(
    every: Template,
) -> None:
    function = every.functions()["tokens"]
    trigger = every.only("AWS::Cognito::UserPool")["LambdaConfig"]["PreTokenGenerationConfig"]
    assert trigger["LambdaVersion"] == "V2_0"
    assert text(trigger["LambdaArn"]).endswith(f":function:{function['FunctionName']}")
    (account,) = (
        key
        for key, client in every.all("AWS::Cognito::UserPoolClient").items()
        if client["ClientName"].endswith("-account")
    )
    assert function["Environment"]["Variables"]["ACCOUNT_CLIENT_ID"] == {"Ref": account}
    (permission,) = (
        permission
        for permission in every.all("AWS::Lambda::Permission").values()
        if permission["Principal"] == "cognito-idp.amazonaws.com"
    )
    assert permission["FunctionName"] == {"Fn::GetAtt": [every.function_id("tokens"), "Arn"]}
    assert permission["SourceArn"]["Fn::GetAtt"][1] == "Arn"


def test_a_second_factor_is_everybodys_choice_and_comes_from_an_app(every: Template) -> None:
    pool = every.only("AWS::Cognito::UserPool")
    assert pool["MfaConfiguration"] == "OPTIONAL"
    assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]


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


def test_moderators_are_a_group_of_the_pool(dev: Template) -> None:
    group = dev.only("AWS::Cognito::UserPoolGroup")
    assert group["GroupName"] == MODERATORS
