"""The OpenSearch domain: two zones and dedicated masters by default, one node for trials.

It is an option because it costs money every hour, used or not.
"""

from __future__ import annotations

from typing import Final

from aws_cdk import Aws, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_opensearchservice as opensearch
from constructs import Construct

from infra.context import SettingsError
from infra.nag import allow, allow_resource
from infra.retention import data_removal, retention
from infra.settings import Settings

ENGINE_VERSION: Final = "OpenSearch_2.19"
_LONGEST_NAME: Final = 28
_ZONES: Final = range(1, 4)
_MASTERS: Final = (0, 3, 5)
_MASTER_INSTANCE: Final = "m7g.medium.search"
_READING: Final = ("es:ESHttpGet", "es:ESHttpPost")
_WRITING: Final = (*_READING, "es:ESHttpHead", "es:ESHttpPut", "es:ESHttpDelete")
_LOGS: Final = ("SEARCH_SLOW_LOGS", "INDEX_SLOW_LOGS", "ES_APPLICATION_LOGS")


class SearchDomain(Construct):
    """The domain. The role of `writer` administers it, and gives `reader` the right to search."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: Settings,
        *,
        reader: lambda_.Function,
        writer: lambda_.Function,
    ) -> None:
        super().__init__(scope, construct_id)
        name = f"{settings.prefix}-search"
        _check(settings, name)
        arn = f"arn:{Aws.PARTITION}:es:{Aws.REGION}:{Aws.ACCOUNT_ID}:domain/{name}"
        log = self._log(settings, name)
        assert reader.role
        assert writer.role
        domain = opensearch.CfnDomain(
            self,
            "Domain",
            domain_name=name,
            engine_version=ENGINE_VERSION,
            cluster_config=_cluster(settings),
            ebs_options=opensearch.CfnDomain.EBSOptionsProperty(
                ebs_enabled=True, volume_type="gp3", volume_size=settings.search_volume_gb
            ),
            encryption_at_rest_options=opensearch.CfnDomain.EncryptionAtRestOptionsProperty(
                enabled=True
            ),
            node_to_node_encryption_options=opensearch.CfnDomain.NodeToNodeEncryptionOptionsProperty(
                enabled=True
            ),
            domain_endpoint_options=opensearch.CfnDomain.DomainEndpointOptionsProperty(
                enforce_https=True, tls_security_policy="Policy-Min-TLS-1-2-PFS-2023-10"
            ),
            advanced_security_options=opensearch.CfnDomain.AdvancedSecurityOptionsInputProperty(
                enabled=True,
                internal_user_database_enabled=False,
                master_user_options=opensearch.CfnDomain.MasterUserOptionsProperty(
                    master_user_arn=writer.role.role_arn
                ),
            ),
            access_policies=_access([reader.role.role_arn, writer.role.role_arn], arn),
            log_publishing_options={
                kind: opensearch.CfnDomain.LogPublishingOptionProperty(
                    enabled=True, cloud_watch_logs_log_group_arn=log.log_group_arn
                )
                for kind in _LOGS
            },
            software_update_options=opensearch.CfnDomain.SoftwareUpdateOptionsProperty(
                auto_software_update_enabled=True
            ),
        )
        domain.node.add_dependency(self._log_policy(settings, log))
        domain.apply_removal_policy(data_removal(settings))
        self.endpoint = f"https://{domain.attr_domain_endpoint}"
        _permit(reader, arn, *_READING)
        _permit(writer, arn, *_WRITING)
        allow(domain, "OS1", "Only signed requests of two roles are let in; a VPC needs a NAT.")
        allow(domain, "OS3", "Functions have no fixed addresses; the two roles are the list.")
        if settings.search_masters == 0:
            allow(domain, "OS4", "A trial, as the context says: no dedicated masters.")
        if settings.search_zones == 1:
            allow(domain, "OS7", "A trial, as the context says: one zone.")

    def _log(self, settings: Settings, name: str) -> logs.LogGroup:
        return logs.LogGroup(
            self,
            "Log",
            log_group_name=f"/aws/vendedlogs/{name}",
            retention=retention(settings),
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _log_policy(self, settings: Settings, log: logs.LogGroup) -> logs.CfnResourcePolicy:
        """The policy that lets OpenSearch write its logs, which it does under its own name."""
        statement = iam.PolicyStatement(
            principals=[iam.ServicePrincipal("es.amazonaws.com")],
            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
            resources=[log.log_group_arn],
            conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
        )
        document = iam.PolicyDocument(statements=[statement])
        return logs.CfnResourcePolicy(
            self,
            "LogPolicy",
            policy_name=f"{settings.prefix}-search-logs",
            policy_document=Stack.of(self).to_json_string(document),
        )


def _check(settings: Settings, name: str) -> None:
    """Check what AWS would refuse only after it has made everything else. Raises
    `SettingsError`."""
    if len(name) > _LONGEST_NAME:
        raise SettingsError(
            f"With search=opensearch the domain would be named {name}, but AWS allows only "
            f"{_LONGEST_NAME} characters: choose a shorter stage."
        )
    if settings.search_zones not in _ZONES:
        raise SettingsError("Context value search_zones must be 1, 2 or 3.")
    if settings.search_masters not in _MASTERS:
        raise SettingsError(
            "Context value search_masters must be 3 or 5, which can outvote a failure, or 0 for "
            "trials."
        )
    if settings.search_nodes < 1 or settings.search_nodes % settings.search_zones:
        raise SettingsError(
            f"Context value search_nodes must be a multiple of search_zones "
            f"({settings.search_zones}), not {settings.search_nodes}."
        )


def _cluster(settings: Settings) -> opensearch.CfnDomain.ClusterConfigProperty:
    zones = settings.search_zones
    return opensearch.CfnDomain.ClusterConfigProperty(
        instance_type=settings.search_instance,
        instance_count=settings.search_nodes,
        dedicated_master_enabled=settings.search_masters > 0,
        dedicated_master_count=settings.search_masters or None,
        dedicated_master_type=_MASTER_INSTANCE if settings.search_masters else None,
        zone_awareness_enabled=zones > 1,
        zone_awareness_config=opensearch.CfnDomain.ZoneAwarenessConfigProperty(
            availability_zone_count=zones
        )
        if zones > 1
        else None,
    )


def _access(roles: list[str], arn: str) -> iam.PolicyDocument:
    return iam.PolicyDocument(
        statements=[
            iam.PolicyStatement(
                principals=[iam.ArnPrincipal(role) for role in roles],
                actions=list(_WRITING),
                resources=[f"{arn}/*"],
            )
        ]
    )


def _permit(function: lambda_.Function, arn: str, *actions: str) -> None:
    resource = f"{arn}/*"
    function.add_to_role_policy(iam.PolicyStatement(actions=list(actions), resources=[resource]))
    assert function.role
    allow_resource(function.role, resource, "Paths of the one domain; its own rights are narrower.")
