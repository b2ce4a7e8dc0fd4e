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
        warm = warm_throughput(settings)
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
            table_class=table_class(settings, "metadata"),
            warm_throughput=warm,
            removal_policy=removal,
        )
        self.metadata.add_global_secondary_index(
            index_name=schema.FOLLOWERS_INDEX,
            partition_key=_text(schema.FOLLOWERS_PK),
            sort_key=_text(schema.FOLLOWERS_SK),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
            warm_throughput=warm,
        )
        self.metadata.add_global_secondary_index(
            index_name=schema.PUBLISHED_INDEX,
            partition_key=_text(schema.PUBLISHED_PK),
            sort_key=_text(schema.PUBLISHED_SK),
            projection_type=dynamodb.ProjectionType.ALL,
            warm_throughput=warm,
        )
        self.metadata.add_global_secondary_index(
            index_name=schema.OPEN_INDEX,
            partition_key=_text(schema.OPEN_PK),
            sort_key=_text(schema.OPEN_SK),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
            warm_throughput=warm,
        )
        self.feed = dynamodb.Table(
            self,
            "Feed",
            partition_key=_text(schema.PK),
            sort_key=_text(schema.SK),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute=schema.TTL_ATTRIBUTE,
            table_class=table_class(settings, "feed"),
            warm_throughput=warm,
            removal_policy=removal,
        )
        allow(self.feed, "DDB3", "Every feed can be rebuilt from the metadata table at any time.")


def table_class(settings: Settings, table: str) -> dynamodb.TableClass | None:
    """The table's storage class; None for DynamoDB's usual one. It can be changed in place, twice
    in 30 days."""
    if table in settings.data.infrequent:
        return dynamodb.TableClass.STANDARD_INFREQUENT_ACCESS
    return None


def warm_throughput(settings: Settings) -> dynamodb.WarmThroughput | None:
    """The throughput of a table and of each of its indexes: an index that takes less than its table
    slows the table down."""
    warm = settings.data.warm_throughput
    if warm is None:
        return None
    return dynamodb.WarmThroughput(
        read_units_per_second=warm.read, write_units_per_second=warm.write
    )


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
