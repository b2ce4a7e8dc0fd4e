"""Sign-in: a Cognito user pool, and the one public client through which users sign in."""

from __future__ import annotations

from typing import Final

from aws_cdk import Aws, Duration
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from infra.nag import allow
from infra.retention import data_removal
from infra.settings import Settings

ACCESS_SCOPE: Final = "aws.cognito.signin.user.admin"
"""The scope that every access token of a sign-in has, and no id token: it tells them apart."""


class Identity(Construct):
    def __init__(self, scope: Construct, construct_id: str, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.pool = cognito.UserPool(
            self,
            "Users",
            user_pool_name=settings.prefix,
            feature_plan=cognito.FeaturePlan.LITE,
            self_sign_up_enabled=True,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
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
        allow(self.pool, "COG8", "The Plus plan is billed per active user; the default is free.")
        if settings.email_from is not None:
            self._send_by_ses(settings.email_from, settings.email_identity_arn)
        self.client = self.pool.add_client(
            "Client",
            user_pool_client_name=f"{settings.prefix}-public",
            # The client runs in browsers and on phones, which cannot keep a secret.
            generate_secret=False,
            auth_flows=cognito.AuthFlow(user_srp=True, user_password=True),
            disable_o_auth=True,
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            access_token_validity=Duration.minutes(60),
            id_token_validity=Duration.minutes(60),
            refresh_token_validity=Duration.days(30),
        )

    def _send_by_ses(self, sender: str, identity: str | None) -> None:
        """Send mails by SES, as `sender`. CDK's own method wants to know the region already when
        the template is made."""
        resource = self.pool.node.default_child
        assert isinstance(resource, cognito.CfnUserPool)
        domain = sender.rstrip(">").rpartition("@")[2]
        own = f"arn:{Aws.PARTITION}:ses:{Aws.REGION}:{Aws.ACCOUNT_ID}:identity/{domain}"
        resource.email_configuration = cognito.CfnUserPool.EmailConfigurationProperty(
            email_sending_account="DEVELOPER", from_=sender, source_arn=identity or own
        )

    @property
    def issuer(self) -> str:
        return f"https://cognito-idp.{Aws.REGION}.{Aws.URL_SUFFIX}/{self.pool.user_pool_id}"

    @property
    def client_id(self) -> str:
        return self.client.user_pool_client_id
