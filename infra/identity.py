"""Sign-in: a Cognito user pool, and the two public clients through which users sign in.

The tokens of the first client are for the API. Those of the second, the account client, change the
account itself: its address, its password, its second factor. They are made for a password (and a
code, if the account has a second factor) that is typed at that moment, cannot be refreshed, and the
API takes none of them. So whoever has got hold of an access token cannot take the account over.
The function `tokens` gives each token its scope.
"""

from __future__ import annotations

from typing import Final

from aws_cdk import ArnFormat, Aws, Duration, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.functions import physical_name
from infra.nag import allow
from infra.retention import data_removal
from infra.settings import Settings
from shutterfeed.schema import FORMER_ACCOUNT, MODERATORS

_RETRIES: Final = Duration.seconds(60)
"""How long a refresh token that was exchanged for another may be used once more: if the answer was
lost, or two processes exchange it at once. Cognito allows no longer."""
_SESSION: Final = Duration.days(30)
"""How long somebody stays signed in who does not come back; every refresh begins it anew."""
_ACCOUNT_TOKEN: Final = Duration.minutes(5)
"""The shortest lifetime that Cognito has."""
_LEAST_REFRESH: Final = Duration.minutes(60)
"""The shortest lifetime of a refresh token that Cognito has."""


class Identity(Construct):
    def __init__(self, scope: Construct, construct_id: str, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.pool = cognito.UserPool(
            self,
            "Users",
            user_pool_name=settings.prefix,
            # Rotation of refresh tokens and scopes of access tokens are part of this plan. Like the
            # smaller one it is free for 10,000 active users a month.
            feature_plan=cognito.FeaturePlan.ESSENTIALS,
            self_sign_up_enabled=True,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            # A new address counts once its code was typed; until then one signs in with the old.
            keep_original=cognito.KeepOriginalAttrs(email=True),
            # Set once, when an account of a pool that is lost is made again. No client may write
            # it: whoever could would be another user.
            custom_attributes={FORMER_ACCOUNT: cognito.StringAttribute(mutable=False)},
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            mfa=cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            password_policy=cognito.PasswordPolicy(
                min_length=10,
                require_lowercase=True,
                require_uppercase=True,
                require_digits=True,
                require_symbols=True,
                temp_password_validity=Duration.days(7),
            ),
            deletion_protection=settings.protects_data,
            removal_policy=data_removal(settings),
        )
        allow(
            self.pool, "COG2", "A second factor is each user's choice in a photo-sharing service."
        )
        allow(self.pool, "COG8", "The Plus plan is billed from the first active user on.")
        if settings.email_from is not None:
            self._send_by_ses(settings.email_from, settings.email_identity_arn)
        self.moderators = cognito.CfnUserPoolGroup(
            self,
            "Moderators",
            user_pool_id=self.pool.user_pool_id,
            group_name=MODERATORS,
            description="May decide about what people have reported",
        )
        self._calls(physical_name(settings, "tokens"))
        self.client = self._client(
            "Client",
            f"{settings.prefix}-public",
            access=Duration.minutes(settings.access_token_minutes),
            refresh=_SESSION,
            rotation=_RETRIES,
        )
        self.account_client = self._client(
            "AccountClient",
            f"{settings.prefix}-account",
            access=_ACCOUNT_TOKEN,
            refresh=_LEAST_REFRESH,
        )

    def _calls(self, function_name: str) -> None:
        """Let the pool call a function before it makes tokens. The function is known by its name
        alone: it is told the id of one of the pool's clients, so it is made after the pool."""
        resource = self.pool.node.default_child
        assert isinstance(resource, cognito.CfnUserPool)
        resource.lambda_config = cognito.CfnUserPool.LambdaConfigProperty(
            pre_token_generation_config=cognito.CfnUserPool.PreTokenGenerationConfigProperty(
                lambda_arn=Stack.of(self).format_arn(
                    service="lambda",
                    resource="function",
                    resource_name=function_name,
                    arn_format=ArnFormat.COLON_RESOURCE_NAME,
                ),
                lambda_version="V2_0",
            )
        )

    def _client(
        self,
        construct_id: str,
        name: str,
        *,
        access: Duration,
        refresh: Duration,
        rotation: Duration | None = None,
    ) -> cognito.UserPoolClient:
        # A client needs the right to write the address to sign anybody up.
        email = cognito.ClientAttributes().with_standard_attributes(email=True)
        verified = email.with_standard_attributes(email_verified=True)
        client = self.pool.add_client(
            construct_id,
            user_pool_client_name=name,
            # The client runs in browsers and on phones, which cannot keep a secret.
            generate_secret=False,
            auth_flows=cognito.AuthFlow(user_srp=True, user_password=True),
            disable_o_auth=True,
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            access_token_validity=access,
            id_token_validity=access,
            refresh_token_validity=refresh,
            refresh_token_rotation_grace_period=rotation,
            read_attributes=verified,
            write_attributes=email,
        )
        resource = client.node.default_child
        assert isinstance(resource, cognito.CfnUserPoolClient)
        # Without the flow that exchanges a refresh token as often as one likes: rotation excludes
        # it, and the account client's tokens are not to be renewed.
        resource.explicit_auth_flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"]
        return client

    def let_call(self, function: lambda_.Function) -> None:
        """Allow the pool to call the function."""
        function.add_permission(
            "Cognito",
            principal=iam.ServicePrincipal("cognito-idp.amazonaws.com"),
            source_arn=self.pool.user_pool_arn,
        )

    def _send_by_ses(self, sender: str, identity: str | None) -> None:
        """Send mails by SES, as `sender`. CDK's own method wants to know the region already when
        the template is made."""
        resource = self.pool.node.default_child
        assert isinstance(resource, cognito.CfnUserPool)
        resource.email_configuration = cognito.CfnUserPool.EmailConfigurationProperty(
            email_sending_account="DEVELOPER",
            from_=sender,
            source_arn=mail_identity(sender, identity),
        )

    @property
    def issuer(self) -> str:
        return f"https://cognito-idp.{Aws.REGION}.{Aws.URL_SUFFIX}/{self.pool.user_pool_id}"

    @property
    def client_id(self) -> str:
        return self.client.user_pool_client_id

    @property
    def account_client_id(self) -> str:
        return self.account_client.user_pool_client_id


def mail_identity(sender: str, identity: str | None) -> str:
    """The ARN of the SES identity that mails are sent as: the given one, or that of the sender's
    domain in the stack's region."""
    domain = sender.rstrip(">").rpartition("@")[2]
    own = f"arn:{Aws.PARTITION}:ses:{Aws.REGION}:{Aws.ACCOUNT_ID}:identity/{domain}"
    return identity or own
