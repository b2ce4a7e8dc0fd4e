"""A client with shortcuts to moto is answered in the same words as one that asks over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from shutterfeed.adapters.clients import connect
from tests import moto_objects, moto_shortcuts, tables
from tests.conftest import REGION

TABLE: Final = "metadata"
BUCKET: Final = "bucket"
KEY: Final = {"pk": {"S": "USER#ada"}, "sk": {"S": "PROFILE"}}
ITEM: Final = {**KEY, "name": {"S": "Ada"}}
OTHER: Final = {"pk": {"S": "USER#ben"}, "sk": {"S": "PROFILE"}}
NEW: Final = {"TableName": TABLE, "Item": ITEM, "ConditionExpression": "attribute_not_exists(pk)"}
TOLD: Final = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}

Call = Callable[[Any], Any]


@pytest.mark.parametrize(
    "write",
    [
        lambda client: client.put_item(**NEW),
        lambda client: client.put_item(**NEW, **TOLD),
        lambda client: client.delete_item(
            TableName=TABLE, Key=OTHER, ConditionExpression="attribute_exists(pk)"
        ),
        lambda client: client.transact_write_items(
            TransactItems=[{"Put": {"TableName": TABLE, "Item": OTHER}}, {"Put": NEW}]
        ),
        lambda client: client.transact_write_items(TransactItems=[{"Put": {**NEW, **TOLD}}]),
        lambda client: client.put_item(TableName="nowhere", Item=ITEM),
    ],
)
def test_a_refused_write(write: Call) -> None:
    plain, direct = (connect("dynamodb", region_name=REGION) for _ in range(2))
    moto_shortcuts.direct(direct)
    with mock_aws():
        tables.create_tables(plain, TABLE, "feed")
        plain.put_item(TableName=TABLE, Item=ITEM)
        with pytest.raises(ClientError) as of_plain:
            write(plain)
        with pytest.raises(ClientError) as of_direct:
            write(direct)
    assert _told(of_direct.value) == _told(of_plain.value)


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.put_object(Bucket=BUCKET, Key="a b/ü+1", Body=b"whole", Metadata={}),
        lambda client: client.get_object(Bucket=BUCKET, Key="a b/ü", ChecksumMode="ENABLED"),
        lambda client: client.get_object(Bucket=BUCKET, Key="a b/ü", Range="bytes=1-2"),
        lambda client: client.get_object(Bucket=BUCKET, Key="missing"),
        lambda client: client.head_object(Bucket=BUCKET, Key="missing"),
        lambda client: client.list_objects_v2(Bucket=BUCKET, Prefix="a b/"),
        lambda client: client.list_objects_v2(Bucket="nowhere"),
    ],
)
def test_objects(call: Call) -> None:
    plain, direct = (connect("s3", region_name=REGION) for _ in range(2))
    moto_objects.direct(direct)
    told = []
    for client in (plain, direct):
        with mock_aws():
            plain.create_bucket(
                Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
            )
            client.put_object(Bucket=BUCKET, Key="a b/ü", Body=b"content", ContentType="text/plain")
            try:
                answer = call(client)
            except ClientError as error:
                told.append((type(error), *_told(error)))
            else:
                content = answer.pop("Body").read() if "Body" in answer else b""
                found = [(one["Key"], one["Size"]) for one in answer.pop("Contents", ())]
                answer.pop("LastModified", None)
                told.append((content, found, *_said(answer)))
    assert told[0] == told[1]


def _told(error: ClientError) -> tuple[Any, ...]:
    return (str(error), *_said(error.response))


def _said(response: Any) -> tuple[Any, ...]:
    metadata = response["ResponseMetadata"]
    rest = {name: value for name, value in response.items() if name != "ResponseMetadata"}
    return metadata["HTTPStatusCode"], metadata["RetryAttempts"], rest
