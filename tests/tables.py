"""The two tables, as the infrastructure defines them, for stand-ins of DynamoDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shutterfeed import keys
from shutterfeed.schema import (
    FOLLOWERS_INDEX,
    FOLLOWERS_PK,
    FOLLOWERS_SK,
    OPEN_INDEX,
    OPEN_PK,
    OPEN_SK,
    PK,
    PUBLISHED_INDEX,
    PUBLISHED_PK,
    PUBLISHED_SK,
    SK,
)
from tests.samples import ACCOUNT_KEY

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import (
        GlobalSecondaryIndexTypeDef,
        KeySchemaElementTypeDef,
        StreamSpecificationTypeDef,
    )


_STREAM: StreamSpecificationTypeDef = {
    "StreamEnabled": True,
    "StreamViewType": "NEW_AND_OLD_IMAGES",
}
_INDEXED = ((FOLLOWERS_PK, FOLLOWERS_SK), (PUBLISHED_PK, PUBLISHED_SK), (OPEN_PK, OPEN_SK))


def create_tables(
    client: DynamoDBClient, metadata: str, feed: str, *, with_stream: bool = True
) -> None:
    """Make both tables, by the names given.

    Without their TTL: DynamoDB Local takes it seriously, by the machine's clock, not the test's.
    In DynamoDB Local they are better made without their stream, which nobody reads there: it keeps
    all streams that ever were in one table, and each write takes longer the more there is in it.
    """
    client.create_table(
        TableName=metadata,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"}
            for name in (PK, SK, *(name for pair in _INDEXED for name in pair))
        ],
        KeySchema=_keys(PK, SK),
        GlobalSecondaryIndexes=_indexes(),
        StreamSpecification=_STREAM if with_stream else {"StreamEnabled": False},
    )
    client.create_table(
        TableName=feed,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in (PK, SK)],
        KeySchema=_keys(PK, SK),
    )


def put_account_key(client: DynamoDBClient, metadata: str) -> None:
    """Let every user have the id that tests compute for them."""
    item = {
        PK: {"S": keys.ACCOUNT_KEY.pk},
        SK: {"S": keys.ACCOUNT_KEY.sk},
        "secret": {"S": ACCOUNT_KEY.hex()},
    }
    client.put_item(TableName=metadata, Item=item)


def _keys(partition: str, sort: str) -> list[KeySchemaElementTypeDef]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]


def _indexes() -> list[GlobalSecondaryIndexTypeDef]:
    return [
        {
            "IndexName": FOLLOWERS_INDEX,
            "KeySchema": _keys(FOLLOWERS_PK, FOLLOWERS_SK),
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        },
        {
            "IndexName": PUBLISHED_INDEX,
            "KeySchema": _keys(PUBLISHED_PK, PUBLISHED_SK),
            "Projection": {"ProjectionType": "ALL"},
        },
        {
            "IndexName": OPEN_INDEX,
            "KeySchema": _keys(OPEN_PK, OPEN_SK),
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        },
    ]


def create_search_table(client: DynamoDBClient, name: str) -> None:
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in (PK, SK)],
        KeySchema=_keys(PK, SK),
    )
