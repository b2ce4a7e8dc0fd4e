"""The two DynamoDB tables: metadata, which must not be lost, and feeds, which can be rebuilt."""

from __future__ import annotations

from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from infra.nag import allow
from infra.retention import data_removal
from infra.settings import Settings
from shutterfeed import schema


class Tables(Construct):
    def __init__(self, scope: Construct, construct_id: str, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        removal = data_removal(settings)
        self.metadata = dynamodb.Table(
            self,
            "Metadata",
            partition_key=_text(schema.PK),
            sort_key=_text(schema.SK),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
            time_to_live_attribute=schema.TTL_ATTRIBUTE,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=settings.protects_data,
            removal_policy=removal,
        )
        self.metadata.add_global_secondary_index(
            index_name=schema.FOLLOWERS_INDEX,
            partition_key=_text(schema.FOLLOWERS_PK),
            sort_key=_text(schema.FOLLOWERS_SK),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )
        self.metadata.add_global_secondary_index(
            index_name=schema.PUBLISHED_INDEX,
            partition_key=_text(schema.PUBLISHED_PK),
            sort_key=_text(schema.PUBLISHED_SK),
            projection_type=dynamodb.ProjectionType.ALL,
        )
        self.metadata.add_global_secondary_index(
            index_name=schema.OPEN_INDEX,
            partition_key=_text(schema.OPEN_PK),
            sort_key=_text(schema.OPEN_SK),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )
        self.feed = dynamodb.Table(
            self,
            "Feed",
            partition_key=_text(schema.PK),
            sort_key=_text(schema.SK),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute=schema.TTL_ATTRIBUTE,
            removal_policy=removal,
        )
        allow(self.feed, "DDB3", "Every feed can be rebuilt from the metadata table at any time.")


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
