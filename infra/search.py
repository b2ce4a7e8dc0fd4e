"""The store of the search index, and the rights to read and write it."""

from __future__ import annotations

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra import grants
from infra.context import SettingsError
from infra.functions import Functions
from infra.nag import allow
from infra.retention import data_removal
from infra.search_domain import SearchDomain
from infra.settings import OPENSEARCH, Settings
from infra.tables import table_class, warm_throughput
from shutterfeed import schema

READER = "api"
WRITER = "index"


class Search(Construct):
    """The search index: a table, an OpenSearch domain, or on the local cloud an existing node."""

    def __init__(
        self, scope: Construct, construct_id: str, settings: Settings, functions: Functions
    ) -> None:
        super().__init__(scope, construct_id)
        self.engine = settings.search
        reader, writer = functions[READER], functions[WRITER]
        if settings.search != OPENSEARCH:
            table = _table(self, settings)
            self.target = table.table_name
            grants.items(reader, table, "GetItem", "Query", "BatchGetItem")
            # It scans for maintenance: the present entries, and those left of older generations.
            # A stray entry is removed on condition that its document has not changed.
            reads = ("GetItem", "BatchGetItem", "Scan", "ConditionCheckItem")
            writes = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem")
            grants.items(writer, table, *reads, *writes)
        elif settings.search_endpoint is not None:
            self.target = settings.search_endpoint
        elif settings.makes_search_domain:
            self.target = SearchDomain(
                self, "Domain", settings, reader=reader, writer=writer
            ).endpoint
        else:
            raise SettingsError(
                "search=opensearch needs a search_endpoint on the local cloud: run "
                "`make opensearch`."
            )
        for function in (reader, writer):
            function.add_environment("SEARCH_ENGINE", self.engine)
            function.add_environment("SEARCH_TARGET", self.target)
        # Only a domain manages rights itself and has to let the reader in.
        admitted = _role_arn(reader) if settings.makes_search_domain else "nobody"
        writer.add_environment("SEARCH_READER", admitted)


def _table(scope: Construct, settings: Settings) -> dynamodb.Table:
    """The table of the term index. It is separate, so that its many small writes do not reach the
    metadata table's stream."""
    table = dynamodb.Table(
        scope,
        "Index",
        partition_key=_text(schema.PK),
        sort_key=_text(schema.SK),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        time_to_live_attribute=schema.TTL_ATTRIBUTE,
        table_class=table_class(settings, "search"),
        warm_throughput=warm_throughput(settings),
        removal_policy=data_removal(settings),
    )
    allow(table, "DDB3", "It can be rebuilt from the metadata table at any time.")
    return table


def _role_arn(function: lambda_.Function) -> str:
    assert function.role
    return function.role.role_arn


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
