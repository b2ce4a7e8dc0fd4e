"""Which rights a call takes on AWS, which moto does not ask about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, Final
from unittest.mock import patch

from botocore.client import BaseClient

from tests.integration.world import FEED, METADATA, ORIGINALS, RENDITIONS, SEARCH, SITE, UPLOADS
from tests.rights import GRANTED

Parameters = Mapping[str, Any]

_NAMES: Final = {
    METADATA: "TablesMetadata",
    FEED: "TablesFeed",
    SEARCH: "SearchIndex",
    UPLOADS: "uploads",
    ORIGINALS: "originals",
    RENDITIONS: "renditions",
    SITE: "site",
}
_OBJECT_ACTIONS: Final = {
    "HeadObject": "GetObject",
    "UploadPart": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "ListParts": "ListMultipartUploadParts",
}
"""Of operations whose action has another name."""


def missing(function: str, service: str, operation: str, parameters: Parameters) -> list[str]:
    """What the function may not do of a call."""
    needed = _needed(service, operation, parameters)
    return [right for right in needed if not _is_granted(function, right)]


@cache
def _is_granted(function: str, right: str) -> bool:
    return any(fnmatchcase(right, granted) for granted in GRANTED[function])


@contextmanager
def held_against(function: str) -> Iterator[None]:
    """Fails at the end if a call was made within that the function may not make."""
    original: Callable[..., Any] = BaseClient._make_api_call  # type: ignore[attr-defined]
    forbidden: list[str] = []

    def make_call(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        service = client.meta.service_model.service_name
        forbidden.extend(missing(function, service, operation, parameters))
        return original(client, operation, parameters)

    with patch.object(BaseClient, "_make_api_call", make_call):
        yield
    assert not forbidden, f"{function} has no right to {', '.join(forbidden)}"


def _needed(service: str, operation: str, parameters: Parameters) -> Iterator[str]:
    match service:
        case "dynamodb":
            yield from _of_table(operation, parameters)
        case "s3":
            yield from _of_bucket(operation, parameters)
        case "cloudfront-keyvaluestore":
            yield f"{service}:{operation} DeliveryLinksDenials"
        case "cognito-idp":
            yield f"{service}:{operation} IdentityUsers"
        case _:
            # There is no right of its own to send a batch.
            action = operation.removesuffix("Batch")
            yield f"{service}:{action} {parameters['QueueUrl'].rpartition('/')[2]}"


def _of_table(operation: str, parameters: Parameters) -> Iterator[str]:
    if operation == "TransactWriteItems":
        for write in parameters["TransactItems"]:
            [(kind, one)] = write.items()
            action = "ConditionCheckItem" if kind == "ConditionCheck" else f"{kind}Item"
            yield f"dynamodb:{action} {_NAMES[one['TableName']]}"
        return
    tables = parameters.get("RequestItems") or [parameters["TableName"]]
    index = f"/index/{parameters['IndexName']}" if "IndexName" in parameters else ""
    for table in tables:
        yield f"dynamodb:{operation} {_NAMES[table]}{index}"


def _of_bucket(operation: str, parameters: Parameters) -> Iterator[str]:
    bucket = _NAMES[parameters["Bucket"]]
    if operation == "ListObjectsV2":
        yield f"s3:ListBucket {bucket}"
    elif operation == "ListObjectVersions":
        yield f"s3:ListBucketVersions {bucket}"
    elif operation == "PutObjectTagging" and "VersionId" in parameters:
        yield f"s3:PutObjectVersionTagging {bucket}/{parameters['Key']}"
    elif operation == "DeleteObjects":
        for one in parameters["Delete"]["Objects"]:
            yield f"s3:DeleteObject {bucket}/{one['Key']}"
    elif operation == "CopyObject":
        source = parameters["CopySource"]
        yield f"s3:GetObject {_NAMES[source['Bucket']]}/{source['Key']}"
        yield f"s3:PutObject {bucket}/{parameters['Key']}"
    else:
        action = _OBJECT_ACTIONS.get(operation, operation)
        yield f"s3:{action} {bucket}/{parameters['Key']}"
