"""The HTTP API in front of the API function: routes, sign-in, throttling, access log."""

from __future__ import annotations

from typing import Final

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk.aws_apigatewayv2_authorizers import HttpJwtAuthorizer
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from infra.identity import Identity
from infra.nag import allow
from infra.retention import retention
from infra.routes import Route, read_routes
from infra.settings import Settings
from shutterfeed.schema import API_SCOPE

# The fields that operators need, without tokens, queries and users. The address is that of
# CloudFront if the request came through the site's domain.
_ACCESS_LOG: Final = (
    '{"requestId":"$context.requestId","time":"$context.requestTime",'
    '"sourceIp":"$context.identity.sourceIp","route":"$context.routeKey",'
    '"status":"$context.status","bytes":"$context.responseLength",'
    '"latencyMs":"$context.responseLatency","functionMs":"$context.integrationLatency",'
    '"authorizerError":"$context.authorizer.error",'
    '"integrationError":"$context.integrationErrorMessage"}'
)
PATH: Final = "/api"
"""Every route begins with it. On the site's domain, CloudFront recognizes the API's requests by it
and passes it on unchanged."""
ORIGIN_HEADER: Final = "x-origin-key"
"""The header by which the function recognizes requests that came through CloudFront."""
_STRANGERS_SHARE: Final = 10
"""Each route that takes no token has this part of the throttle: a tenth."""
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_ALL_ELSE: Final = "/{proxy+}"
"""The path for everything that is no route of the document. The function answers it with the API's
own error, but only if the caller is signed in: the gateway refuses strangers, which costs nothing.
The route `$default` is not used, since it would also get browsers' preflight requests."""


class Api(Construct):
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: Settings,
        *,
        function: lambda_.Function,
        identity: Identity,
    ) -> None:
        super().__init__(scope, construct_id)
        self.http = apigateway.HttpApi(
            self,
            "Http",
            api_name=settings.prefix,
            create_default_stage=False,
            cors_preflight=_cors(settings),
        )
        resource = self.http.node.default_child
        assert isinstance(resource, apigateway.CfnApi)
        for tag, value in settings.api_tags.items():
            resource.tags.set_tag(tag, value)
        self.live = alias_of(self, function, settings) if settings.has_live_alias else None
        stage = self._stage(settings)
        self._routes(settings, stage, self.live or function, identity)

    def _stage(self, settings: Settings) -> apigateway.CfnStage:
        access_log = logs.LogGroup(
            self,
            "AccessLog",
            # With this prefix, CloudWatch's policy for log delivery does not grow with each API.
            log_group_name=f"/aws/vendedlogs/{settings.prefix}-api",
            retention=retention(settings),
            removal_policy=RemovalPolicy.DESTROY,
        )
        stage = apigateway.HttpStage(
            self,
            "Stage",
            http_api=self.http,
            stage_name="$default",
            auto_deploy=True,
            throttle=apigateway.ThrottleSettings(
                rate_limit=settings.throttle_rate, burst_limit=settings.throttle_burst
            ),
        ).node.default_child
        assert isinstance(stage, apigateway.CfnStage)
        stage.access_log_settings = apigateway.CfnStage.AccessLogSettingsProperty(
            destination_arn=access_log.log_group_arn, format=_ACCESS_LOG
        )
        return stage

    def _routes(
        self,
        settings: Settings,
        stage: apigateway.CfnStage,
        target: lambda_.IFunction,
        identity: Identity,
    ) -> None:
        """Make the routes. Each one that takes no token has a part of the throttle, so that nobody
        can take all of it from those who are signed in."""
        # One permission covers the whole API: one for each route would exceed the policy's limit.
        integration = HttpLambdaIntegration("Function", target, scope_permission_to_route=False)
        # Cognito's access tokens carry no `aud`, so the audience is compared with `client_id`.
        authorizer = HttpJwtAuthorizer(
            "AccessToken", identity.issuer, jwt_audience=[identity.client_id]
        )
        all_else = [Route(_ALL_ELSE, method, signed_in=True) for method in _METHODS]
        strangers: dict[str, object] = {}
        share = {
            "ThrottlingRateLimit": max(1, settings.throttle_rate // _STRANGERS_SHARE),
            "ThrottlingBurstLimit": max(1, settings.throttle_burst // _STRANGERS_SHARE),
        }
        for route in [*read_routes(settings.openapi), *all_else]:
            # Whoever checks a link asks with HEAD.
            methods = [route.method, *([] if route.signed_in else ["HEAD"])]
            added = self.http.add_routes(
                path=PATH + route.path,
                methods=[apigateway.HttpMethod[method] for method in methods],
                integration=integration,
                authorizer=authorizer if route.signed_in else None,
                authorization_scopes=[API_SCOPE] if route.signed_in else None,
            )
            if not route.signed_in:
                for opened in added:
                    allow(opened, "APIG4", "The document declares the route open to everybody.")
                    opened_resource = opened.node.default_child
                    assert isinstance(opened_resource, apigateway.CfnRoute)
                    strangers[opened_resource.route_key] = share
                    # The stage takes settings only of routes that are there.
                    stage.add_dependency(opened_resource)
        stage.route_settings = strangers


def alias_of(scope: Construct, function: lambda_.Function, settings: Settings) -> lambda_.Alias:
    """An alias of the function's published version."""
    if settings.keys_digest is not None:
        # A version keeps the settings that it was published with, and the CDK publishes another one
        # only if the template differs. In the template the keys are a parameter, always the same.
        function.invalidate_version_based_on(settings.keys_digest)
    return lambda_.Alias(scope, "Live", alias_name="live", version=function.current_version)


def _cors(settings: Settings) -> apigateway.CorsPreflightOptions | None:
    if not settings.cors_origins:
        return None
    return apigateway.CorsPreflightOptions(
        allow_origins=list(settings.cors_origins),
        allow_methods=[apigateway.CorsHttpMethod[method] for method in _METHODS],
        allow_headers=["authorization", "content-type", "idempotency-key"],
        max_age=Duration.hours(1),
    )
