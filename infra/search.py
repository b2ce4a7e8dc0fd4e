"""Where the search index is kept, and who may read and write it."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import grants
from infra.nag import allow
from infra.settings import Settings
from shutterfeed import schema


class Search(Construct):
    """The term index, a table of its own: its many small writes must not reach the stream."""

    def __init__(self, scope: Construct, construct_id: str, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.engine = settings.search
        self._table = dynamodb.Table(
            self,
            "Index",
            partition_key=_text(schema.PK),
            sort_key=_text(schema.SK),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute=schema.TTL_ATTRIBUTE,
            removal_policy=RemovalPolicy.RETAIN
            if settings.is_production
            else RemovalPolicy.DESTROY,
        )
        allow(self._table, "DDB3", "It is rebuilt from the metadata table with `make reindex`.")

    @property
    def target(self) -> str:
        """What functions and tools are told of it."""
        return self._table.table_name

    def reading(self, function: lambda_.Function) -> None:
        self._told(function)
        grants.items(function, self._table, "Query", "BatchGetItem")

    def writing(self, function: lambda_.Function) -> None:
        self._told(function)
        actions = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem")
        grants.items(function, self._table, "GetItem", "BatchGetItem", *actions)

    def _told(self, function: lambda_.Function) -> None:
        function.add_environment("SEARCH_ENGINE", self.engine)
        function.add_environment("SEARCH_TARGET", self.target)


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
