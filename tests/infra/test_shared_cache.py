"""The Valkey that containers share, which is an option: its network, and who gets to it."""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from typing import Any

from shutterfeed import config
from tests.infra.contexts import BOUNDS
from tests.infra.templates import Template, listed, text


def _ref(template: Template, kind: str, path: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [template.id_of(kind, path), "GroupId"]}


def test_there_is_none_by_default(every: Template) -> None:
    assert not [kind for kind in every.types() if kind.startswith(("AWS::EC2", "AWS::ElastiCache"))]
    for function in every.functions().values():
        assert "VpcConfig" not in function
    assert every.functions()["api"]["Environment"]["Variables"]["RECENT_POSTS_CACHE"] == "container"


def test_containers_keep_recent_posts_within_the_bounds_of_the_context(
    dev: Template, prod: Template
) -> None:
    usual = {"seconds": 2, "authors": 1000, "megabytes": 64}
    for template, bounds in ((dev, usual), (prod, BOUNDS)):
        variables = template.functions()["api"]["Environment"]["Variables"]
        for name, bound in bounds.items():
            assert variables[f"RECENT_POSTS_CACHE_{name.upper()}"] == str(bound)


def test_only_the_api_function_is_in_its_network(valkey: Template) -> None:
    functions = valkey.functions()
    assert {name for name, function in functions.items() if "VpcConfig" in function} == {"api"}
    placed = functions["api"]["VpcConfig"]
    assert placed["SecurityGroupIds"] == [_ref(valkey, "AWS::EC2::SecurityGroup", "CacheUsers")]
    assert placed["SubnetIds"] == [{"Ref": name} for name in valkey.all("AWS::EC2::Subnet")]


def test_the_api_function_has_its_client_and_is_told_where_it_is(valkey: Template) -> None:
    with_client = [
        name
        for name, function in valkey.functions().items()
        if any("Caching" in valkey.named(layer) for layer in function["Layers"])
    ]
    assert with_client == ["api"]
    variables = valkey.functions()["api"]["Environment"]["Variables"]
    told = [config.ApiSettings, config.OriginSettings, config.SharedCacheSettings]
    names = {field.name.upper() for settings in told for field in dataclasses.fields(settings)}
    assert {name for name in variables if not name.startswith("POWERTOOLS_")} == names
    assert variables["RECENT_POSTS_CACHE"] == "valkey"
    (cache,) = valkey.all("AWS::ElastiCache::ServerlessCache")
    assert variables["VALKEY_HOST"] == {"Fn::GetAtt": [cache, "Endpoint.Address"]}
    assert variables["VALKEY_PORT"] == {"Fn::GetAtt": [cache, "Endpoint.Port"]}


def test_the_network_leads_nowhere_but_to_endpoints(valkey: Template) -> None:
    kinds = valkey.types()
    for kind in ("InternetGateway", "NatGateway", "Route", "EIP", "VPCPeeringConnection"):
        assert f"AWS::EC2::{kind}" not in kinds
    subnets = valkey.all("AWS::EC2::Subnet").values()
    assert len(subnets) == 2
    assert not any(subnet.get("MapPublicIpOnLaunch") for subnet in subnets)
    endpoints = {
        text(endpoint["ServiceName"]).rsplit(".", 1)[1]: endpoint
        for endpoint in valkey.all("AWS::EC2::VPCEndpoint").values()
    }
    assert {name: endpoint["VpcEndpointType"] for name, endpoint in endpoints.items()} == {
        "dynamodb": "Gateway",
        "s3": "Gateway",
        "sqs": "Interface",
        "cognito-idp": "Interface",
    }
    for name in ("dynamodb", "s3"):
        assert len(endpoints[name]["RouteTableIds"]) == 2
    for name in ("sqs", "cognito-idp"):
        assert endpoints[name]["PrivateDnsEnabled"] is True
        assert endpoints[name]["SecurityGroupIds"] == [
            _ref(valkey, "AWS::EC2::SecurityGroup", "CacheEndpoint")
        ]


def test_the_user_pool_has_no_domain_which_would_close_its_endpoint(valkey: Template) -> None:
    assert "AWS::Cognito::UserPoolDomain" not in valkey.types()


def test_every_service_that_the_api_function_may_call_has_a_way(valkey: Template) -> None:
    called = {right.partition(":")[0] for right in valkey.rights("api")}
    assert "cognito-idp" in called
    # Lambda itself sends logs and traces, and makes the network interfaces.
    assert called - {"logs", "xray", "ec2"} == {
        "dynamodb",
        "s3",
        "sqs",
        "cognito-idp",
        "elasticache",
    }


def test_only_the_api_function_may_connect_and_to_nothing_else(valkey: Template) -> None:
    groups = {
        name: _ref(valkey, "AWS::EC2::SecurityGroup", path)
        for name, path in (("users", "CacheUsers"), ("sqs", "CacheEndpoint"), ("cache", "Cache"))
    }
    ways_in = {
        (str(rule["GroupId"]), str(rule["SourceSecurityGroupId"]), rule["FromPort"], rule["ToPort"])
        for rule in valkey.all("AWS::EC2::SecurityGroupIngress").values()
    }
    users = str(groups["users"])
    expected = {("sqs", 443), ("cache", 6379)}
    assert ways_in == {(str(groups[name]), users, port, port) for name, port in expected}
    ways_out = {
        (str(rule["GroupId"]), str(rule["DestinationSecurityGroupId"]), rule["FromPort"])
        for rule in valkey.all("AWS::EC2::SecurityGroupEgress").values()
    }
    assert ways_out == {(users, str(groups[name]), port) for name, port in expected}
    for logical_id, group in valkey.all("AWS::EC2::SecurityGroup").items():
        assert "SecurityGroupIngress" not in group
        (rule,) = group["SecurityGroupEgress"]
        if groups["users"]["Fn::GetAtt"][0] == logical_id:
            assert (rule["CidrIp"], rule["FromPort"], rule["ToPort"]) == ("0.0.0.0/0", 443, 443)
        else:
            assert rule["CidrIp"] == "255.255.255.255/32"  # What CDK says for nothing.


def test_the_cache_takes_only_the_api_functions_role(valkey: Template) -> None:
    user = valkey.only("AWS::ElastiCache::User")
    assert user["AuthenticationMode"] == {"Type": "iam"}
    assert user["UserId"] == user["UserName"] == "shutterfeed-dev-api"
    assert user["AccessString"] == "on ~recent_posts:* resetchannels -@all +get +set"
    group = valkey.only("AWS::ElastiCache::UserGroup")
    assert len(group["UserIds"]) == 1
    cache = valkey.only("AWS::ElastiCache::ServerlessCache")
    assert cache["Engine"] == group["Engine"] == user["Engine"] == "valkey"
    assert cache["UserGroupId"] == {"Ref": next(iter(valkey.all("AWS::ElastiCache::UserGroup")))}
    assert cache["SecurityGroupIds"] == [_ref(valkey, "AWS::EC2::SecurityGroup", "Cache")]
    assert cache["CacheUsageLimits"] == {"DataStorage": {"Maximum": 1, "Unit": "GB"}}
    allowed = {
        (name, text(resource).rsplit(":", 2)[1], text(resource).rsplit(":", 1)[1])
        for name in valkey.functions()
        for statement in valkey.statements(name)
        for resource in listed(statement["Resource"])
        if "elasticache:Connect" in listed(statement["Action"])
    }
    assert allowed == {
        ("api", "serverlesscache", "shutterfeed-dev"),
        ("api", "user", "shutterfeed-dev-api"),
    }


def test_lambda_may_make_network_interfaces_and_the_function_may_not(valkey: Template) -> None:
    for name in valkey.functions():
        networking = [
            statement
            for statement in valkey.statements(name)
            if any(action.startswith("ec2:") for action in listed(statement["Action"]))
        ]
        assert len(networking) == (2 if name == "api" else 0)
        for allowed, denied in pairwise(networking):
            assert (allowed["Effect"], denied["Effect"]) == ("Allow", "Deny")
            assert set(denied["Action"]) == {a for a in allowed["Action"] if a.startswith("ec2:")}
            arn = text(denied["Condition"]["ArnEquals"]["lambda:SourceFunctionArn"])
            assert arn.endswith(":function:shutterfeed-dev-api")
