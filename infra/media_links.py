"""The function at the edge that checks the tokens of links to media, and what it must deny."""

from __future__ import annotations

from typing import Final

from aws_cdk import Fn
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.edge_settings import SOURCES
from infra.media_keys import MediaKeys
from infra.nag import allow_resource
from infra.settings import Settings

NO_STORE: Final = "none"
"""The value instead of a store's ARN, if the function's code has what is denied."""
_KEYS: Final = "@KEYS@"
_DENIALS: Final = "// @DENIALS@\n"


class MediaLinks(Construct):
    def __init__(
        self, scope: Construct, construct_id: str, settings: Settings, keys: MediaKeys
    ) -> None:
        super().__init__(scope, construct_id)
        self.denials = self._store(settings) if settings.has_key_value_store else None
        self.function = cloudfront.Function(
            self,
            "Function",
            function_name=settings.global_name("media-links"),
            comment="Links to media work only with a token",
            runtime=cloudfront.FunctionRuntime.JS_2_0,
            code=cloudfront.FunctionCode.from_inline(_code(keys, in_store=bool(self.denials))),
            key_value_store=self.denials,
        )

    @property
    def name(self) -> str:
        """The name of the function at the edge."""
        return self.function.function_name

    @property
    def denials_arn(self) -> str | None:
        """The store with what is denied; None if the function's code has it."""
        return None if self.denials is None else self.denials.key_value_store_arn

    def let_deny(self, function: lambda_.Function) -> None:
        """Let a function change what is denied: entries of the store alone. On the local cloud that
        is a change of the code of the function at the edge."""
        if self.denials is None:
            service, arn = "cloudfront", "*"
            assert function.role
            allow_resource(function.role, arn, "The local cloud asks for no resource here.")
            actions = ["DescribeFunction", "GetFunction", "UpdateFunction", "PublishFunction"]
        else:
            service, arn = "cloudfront-keyvaluestore", self.denials.key_value_store_arn
            actions = ["DescribeKeyValueStore", "GetKey", "UpdateKeys"]
        function.add_to_role_policy(
            iam.PolicyStatement(
                actions=[f"{service}:{action}" for action in actions], resources=[arn]
            )
        )

    def _store(self, settings: Settings) -> cloudfront.KeyValueStore:
        return cloudfront.KeyValueStore(
            self,
            "Denials",
            key_value_store_name=settings.global_name("denials"),
            comment="Media and blobs that are not shown although their links are good",
        )


def _code(keys: MediaKeys, *, in_store: bool) -> str:
    """The function's code. It has one of two parts that know what is denied, and its keys."""
    denials = SOURCES / ("denials_in_store.js" if in_store else "denials_in_code.js")
    source = (SOURCES / "media_links.js").read_text().replace(_DENIALS, denials.read_text())
    before, after = source.split(_KEYS)
    return Fn.join("", [before, keys.value, after])
