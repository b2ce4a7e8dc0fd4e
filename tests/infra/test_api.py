"""The HTTP API; the local cloud drops throttling and CORS."""

from __future__ import annotations

import json

from api.http import PREFIX
from infra.routes import read_routes
from infra.settings import REPOSITORY
from tests.infra.templates import Template, text

SCOPE = "shutterfeed/use"
OPEN = {
    f"GET {PREFIX}{path}"
    for path in (
        "/health",
        "/oembed",
        "/public/explore",
        "/public/hashtags/{tag}/posts",
        "/public/index.html",
        "/public/places/{place}/posts",
        "/public/posts/{id}",
        "/public/posts/{id}/media/{media_id}/zoom",
        "/public/users/{handle}",
        "/public/users/{handle}/feed.atom",
        "/public/users/{handle}/posts",
    )
}
"""The routes that take no token. Whoever checks a link may ask with HEAD."""
OPEN |= {key.replace("GET", "HEAD") for key in OPEN}


# No OPTIONS: the gateway itself answers preflights, which carry no token.
ALL_ELSE = {f"{method} {PREFIX}/{{proxy+}}" for method in ("GET", "POST", "PUT", "PATCH", "DELETE")}


def test_every_operation_of_the_document_is_a_route_and_all_else_is_told_so(
    every: Template,
) -> None:
    documented = read_routes(REPOSITORY / "functions" / "api" / "openapi.json")
    routes = {route["RouteKey"] for route in every.all("AWS::ApiGatewayV2::Route").values()}
    known = {f"{route.method} {PREFIX}{route.path}" for route in documented}
    assert routes == known | OPEN | ALL_ELSE
    assert len(known) > len(OPEN)


def test_all_but_the_open_routes_take_an_access_token(every: Template) -> None:
    (authorizer,) = every.all("AWS::ApiGatewayV2::Authorizer")
    for route in every.all("AWS::ApiGatewayV2::Route").values():
        if route["RouteKey"] in OPEN:
            assert route["AuthorizationType"] == "NONE"
            assert "AuthorizerId" not in route
        else:
            assert route["AuthorizationType"] == "JWT"
            assert route["AuthorizerId"] == {"Ref": authorizer}
            assert route["AuthorizationScopes"] == [SCOPE]


def test_tokens_are_of_our_pool_and_for_our_client(every: Template) -> None:
    authorizer = every.only("AWS::ApiGatewayV2::Authorizer")
    (pool,) = every.all("AWS::Cognito::UserPool")
    # The account client's tokens change accounts, and get nobody in here.
    (client,) = (
        key
        for key, client in every.all("AWS::Cognito::UserPoolClient").items()
        if client["ClientName"].endswith("-public")
    )
    assert authorizer["AuthorizerType"] == "JWT"
    assert authorizer["IdentitySource"] == ["$request.header.Authorization"]
    jwt = authorizer["JwtConfiguration"]
    assert jwt["Audience"] == [{"Ref": client}]
    issuer = f"https://cognito-idp.${{AWS::Region}}.${{AWS::URLSuffix}}/${{{pool}}}"
    assert text(jwt["Issuer"]) == issuer


def test_requests_are_throttled(dev: Template, prod: Template) -> None:
    for template, rate, burst in ((dev, 500, 1000), (prod, 7, 9)):
        stage = template.only("AWS::ApiGatewayV2::Stage")
        assert stage["StageName"] == "$default"
        assert stage["AutoDeploy"] is True
        assert stage["DefaultRouteSettings"] == {
            "ThrottlingRateLimit": rate,
            "ThrottlingBurstLimit": burst,
        }


def test_strangers_cannot_take_all_of_the_throttle(dev: Template, prod: Template) -> None:
    for template, rate, burst in ((dev, 50, 100), (prod, 1, 1)):
        stage = template.only("AWS::ApiGatewayV2::Stage")
        settings = stage["RouteSettings"]
        assert settings.keys() == OPEN
        for throttle in settings.values():
            assert throttle == {"ThrottlingRateLimit": rate, "ThrottlingBurstLimit": burst}
        routes = {
            key
            for key, route in template.all("AWS::ApiGatewayV2::Route").items()
            if route["RouteKey"] in OPEN
        }
        (resource,) = (
            found
            for found in template.content["Resources"].values()
            if found["Type"] == "AWS::ApiGatewayV2::Stage"
        )
        assert routes <= set(resource["DependsOn"]), "a stage takes settings of routes that exist"


def test_the_access_log_is_json_and_holds_no_secret(every: Template) -> None:
    settings = every.only("AWS::ApiGatewayV2::Stage")["AccessLogSettings"]
    entry = json.loads(settings["Format"])
    assert {"requestId", "route", "status", "latencyMs"} <= entry.keys()
    assert not [value for value in entry.values() if "header" in value.lower()]
    group, _ = settings["DestinationArn"]["Fn::GetAtt"]
    assert group in every.all("AWS::Logs::LogGroup")


def test_cors_allows_the_origins_of_the_context(dev: Template, prod: Template) -> None:
    cors = prod.only("AWS::ApiGatewayV2::Api")["CorsConfiguration"]
    assert cors["AllowOrigins"] == ["https://front.example.com"]
    assert sorted(cors["AllowMethods"]) == ["DELETE", "GET", "PATCH", "POST", "PUT"]
    assert sorted(cors["AllowHeaders"]) == ["authorization", "content-type", "idempotency-key"]
    assert not cors.get("AllowCredentials")
    assert "CorsConfiguration" not in dev.only("AWS::ApiGatewayV2::Api")


def test_the_api_may_call_its_function_and_nobody_else_may(every: Template) -> None:
    (permission,) = (
        permission
        for permission in every.all("AWS::Lambda::Permission").values()
        # Each of these has a test of its own.
        if permission["FunctionName"]
        not in [
            {"Fn::GetAtt": [every.function_id(name), "Arn"]} for name in ("reconcile", "tokens")
        ]
    )
    assert permission["Principal"] == "apigateway.amazonaws.com"
    (api,) = every.all("AWS::ApiGatewayV2::Api")
    assert f":${{{api}}}/" in text(permission["SourceArn"])
    assert every.function_id("api") in json.dumps(permission["FunctionName"]) or "Live" in str(
        permission["FunctionName"]
    )
