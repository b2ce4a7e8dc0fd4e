"""A Valkey cache that all containers of the API function share, in a network of its own.

The network has no internet gateway and no public address, so nothing in it reaches the internet or
can be reached from there. AWS's services are reached through endpoints: DynamoDB, S3 (both free),
SQS, and Cognito, which ends sessions.
"""

from __future__ import annotations

from typing import Final

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.cache_rights import RIGHTS
from infra.nag import allow, allow_resource
from infra.settings import Settings

_COLON: Final = ArnFormat.COLON_RESOURCE_NAME
_ZONES: Final = 2
_PORT: Final = 6379
_MOST_GIGABYTES: Final = 1
"""The memory limit in gigabytes, the lowest that AWS allows. Above it the cache removes the least
recently used ones."""
_INTERFACES: Final = {
    "Sqs": ec2.InterfaceVpcEndpointAwsService.SQS,
    # It answers for user pools without a domain of Cognito's, as this one.
    "Cognito": ec2.InterfaceVpcEndpointAwsService("cognito-idp"),
}
_NETWORKING: Final = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
)


class SharedCache(Construct):
    def __init__(self, scope: Construct, construct_id: str, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self._name = settings.prefix
        self._user = f"{settings.prefix}-api"
        self.subnets = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
        self.vpc = self._network(settings)
        self.users = self._group("Users", "The API function")
        endpoint = self._group("Endpoint", "The way to SQS and Cognito")
        cache = self._group("Cache", "The cache of recent posts")
        for group, port in ((endpoint, 443), (cache, _PORT)):
            group.add_ingress_rule(self.users, ec2.Port.tcp(port), "From the API function")
            self.users.add_egress_rule(group, ec2.Port.tcp(port), "To what it uses")
        # A gateway endpoint has public addresses of the region, which a template cannot know. The
        # network has no route to any others, so this rule allows nothing else.
        self.users.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "To DynamoDB and S3")
        for name, service in _INTERFACES.items():
            self.vpc.add_interface_endpoint(
                name,
                service=service,
                subnets=self.subnets,
                security_groups=[endpoint],
                open=False,
            )
        self._cache = self._valkey(cache)

    def let_in(self, role: iam.Role, function_name: str) -> None:
        """Allow Lambda to put a function into the network; the function's own code may not use
        these rights. They take its name, since its ARN does not exist before it is made."""
        own_arn = Stack.of(self).format_arn(
            service="lambda",
            resource="function",
            resource_name=function_name,
            arn_format=_COLON,
        )
        role.add_to_policy(iam.PolicyStatement(actions=list(_NETWORKING), resources=["*"]))
        role.add_to_policy(
            iam.PolicyStatement(
                effect=iam.Effect.DENY,
                actions=list(_NETWORKING),
                resources=["*"],
                conditions={"ArnEquals": {"lambda:SourceFunctionArn": own_arn}},
            )
        )
        allow_resource(role, "*", "Network interfaces have no names before Lambda makes them.")

    def admit(self, function: lambda_.Function) -> None:
        """Give the function the address of the cache, and the right to sign in."""
        function.add_environment("VALKEY_HOST", self._cache.attr_endpoint_address)
        function.add_environment("VALKEY_PORT", self._cache.attr_endpoint_port)
        function.add_environment("VALKEY_CACHE", self._name)
        function.add_environment("VALKEY_USER", self._user)
        function.add_to_role_policy(
            iam.PolicyStatement(
                actions=["elasticache:Connect"],
                resources=[
                    self._arn("serverlesscache", self._name),
                    self._arn("user", self._user),
                ],
            )
        )

    def _network(self, settings: Settings) -> ec2.Vpc:
        vpc = ec2.Vpc(
            self,
            "Network",
            vpc_name=settings.prefix,
            max_azs=_ZONES,
            nat_gateways=0,
            restrict_default_security_group=False,
            subnet_configuration=[
                ec2.SubnetConfiguration(
                    name="Private", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=20
                )
            ],
            gateway_endpoints={
                "DynamoDb": ec2.GatewayVpcEndpointOptions(
                    service=ec2.GatewayVpcEndpointAwsService.DYNAMODB
                ),
                "S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3),
            },
        )
        allow(vpc, "VPC7", "It holds only the API function and its cache, and has no way out.")
        return vpc

    def _group(self, name: str, description: str) -> ec2.SecurityGroup:
        return ec2.SecurityGroup(
            self, name, vpc=self.vpc, description=description, allow_all_outbound=False
        )

    def _valkey(self, group: ec2.SecurityGroup) -> elasticache.CfnServerlessCache:
        user = elasticache.CfnUser(
            self,
            "User",
            engine="valkey",
            # With IAM, the user's name has to be the same as its id.
            user_id=self._user,
            user_name=self._user,
            access_string=RIGHTS,
            authentication_mode={"Type": "iam"},
        )
        users = elasticache.CfnUserGroup(
            self, "UserGroup", engine="valkey", user_group_id=self._name, user_ids=[user.ref]
        )
        return elasticache.CfnServerlessCache(
            self,
            "Valkey",
            serverless_cache_name=self._name,
            description="Recent posts of celebrities, for seconds",
            engine="valkey",
            major_engine_version="8",
            subnet_ids=self.vpc.select_subnets(
                subnet_type=ec2.SubnetType.PRIVATE_ISOLATED
            ).subnet_ids,
            security_group_ids=[group.security_group_id],
            user_group_id=users.ref,
            snapshot_retention_limit=0,
            cache_usage_limits=elasticache.CfnServerlessCache.CacheUsageLimitsProperty(
                data_storage=elasticache.CfnServerlessCache.DataStorageProperty(
                    unit="GB", maximum=_MOST_GIGABYTES
                )
            ),
        )

    def _arn(self, kind: str, name: str) -> str:
        return Stack.of(self).format_arn(
            service="elasticache", resource=kind, resource_name=name, arn_format=_COLON
        )
