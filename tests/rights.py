"""What each function may do on AWS.

`tests/infra/test_access.py` holds it against the templates, and `tests/exploration` every call that
a function makes against it: moto allows everything, and the end-to-end tests, in which rights are
enforced, do not come by every path.
"""

from __future__ import annotations

from typing import Final

from shutterfeed import topology

# By function, besides its own log, its traces and the queue or stream that sets it off.
GRANTED: Final[dict[str, set[str]]] = {
    "api": {
        "dynamodb:GetItem TablesMetadata",
        "dynamodb:BatchGetItem TablesMetadata",
        "dynamodb:Query TablesMetadata",
        "dynamodb:PutItem TablesMetadata",
        "dynamodb:UpdateItem TablesMetadata",
        "dynamodb:DeleteItem TablesMetadata",
        "dynamodb:Query TablesMetadata/index/followers",
        "dynamodb:Query TablesMetadata/index/published",
        "dynamodb:BatchGetItem TablesFeed",
        "dynamodb:Query TablesFeed",
        "dynamodb:PutItem TablesFeed",
        "dynamodb:DeleteItem TablesFeed",
        "sqs:SendMessage deliver",
        "dynamodb:GetItem SearchIndex",
        "dynamodb:Query SearchIndex",
        "dynamodb:BatchGetItem SearchIndex",
        "s3:PutObject uploads/uploads/*",
        "s3:ListMultipartUploadParts uploads/uploads/*",
        "s3:AbortMultipartUpload uploads/uploads/*",
        "s3:GetObject originals/*",
        "s3:GetObject uploads/downloads/*",
        "s3:PutObject uploads/downloads/*",
    },
    "dedup_hash": {
        "dynamodb:GetItem TablesMetadata",
        "dynamodb:PutItem TablesMetadata",
        "dynamodb:UpdateItem TablesMetadata",
        "dynamodb:Query TablesMetadata",
        "dynamodb:DeleteItem TablesMetadata",
        "s3:GetObject uploads/uploads/*",
        "s3:PutObjectTagging uploads/uploads/*",
        "s3:PutObject uploads/discarded/*",
        "s3:ListBucket uploads",
        "s3:GetObject originals/*",
        "s3:PutObject originals/*",
        "s3:ListBucket originals",
        "sqs:SendMessage render",
        "sqs:SendMessage transcode",
        "sqs:SendMessage publish",
    },
    "thumbnail": {
        "dynamodb:GetItem TablesMetadata",
        "dynamodb:UpdateItem TablesMetadata",
        "s3:GetObject originals/*",
        "s3:PutObject renditions/media/*",
    },
    "transcode": {
        "dynamodb:GetItem TablesMetadata",
        "dynamodb:UpdateItem TablesMetadata",
        "s3:GetObject originals/*",
        "s3:PutObject renditions/media/*",
    },
    "route_changes": {
        "sqs:SendMessage publish",
        "sqs:SendMessage fan-out",
        "sqs:SendMessage deliver",
        "sqs:SendMessage collect",
        "sqs:SendMessage index",
        "sqs:SendMessage stream-dlq",
        "sqs:GetQueueAttributes stream-dlq",
        "sqs:GetQueueUrl stream-dlq",
        "dynamodb:DescribeStream TablesMetadata.StreamArn",
        "dynamodb:GetRecords TablesMetadata.StreamArn",
        "dynamodb:GetShardIterator TablesMetadata.StreamArn",
        "dynamodb:ListStreams TablesMetadata.StreamArn",
    },
    "publish": {
        "dynamodb:GetItem TablesMetadata",
        "dynamodb:BatchGetItem TablesMetadata",
        "dynamodb:Query TablesMetadata",
        "dynamodb:PutItem TablesMetadata",
        "dynamodb:UpdateItem TablesMetadata",
    },
    "fan_out": {
        *(
            f"dynamodb:{action} TablesMetadata"
            for action in (
                *("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"),
                "ConditionCheckItem",
            )
        ),
        "dynamodb:Query TablesFeed",
        "dynamodb:BatchWriteItem TablesFeed",
        "dynamodb:UpdateItem TablesFeed",
        "dynamodb:DeleteItem TablesFeed",
        "sqs:SendMessage fan-out",
        "sqs:SendMessage deliver",
    },
    "deliver": {
        *(
            f"dynamodb:{action} TablesMetadata"
            for action in (
                *("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"),
                "ConditionCheckItem",
            )
        ),
        "dynamodb:Query TablesMetadata/index/published",
        "sqs:SendMessage fan-out",
        "dynamodb:GetItem TablesFeed",
        "dynamodb:BatchGetItem TablesFeed",
        "dynamodb:PutItem TablesFeed",
        "dynamodb:Query TablesFeed",
        "dynamodb:BatchWriteItem TablesFeed",
        "dynamodb:DeleteItem TablesFeed",
    },
    "collect": {
        "dynamodb:GetItem TablesMetadata",
        "dynamodb:PutItem TablesMetadata",
        "dynamodb:UpdateItem TablesMetadata",
        "dynamodb:DeleteItem TablesMetadata",
        "dynamodb:Query TablesMetadata",
        "s3:PutObjectTagging uploads/uploads/*",
        "s3:AbortMultipartUpload uploads/uploads/*",
        "s3:ListBucket uploads",
        "s3:DeleteObject originals/*",
        "s3:DeleteObject renditions/media/*",
        "s3:ListBucket renditions",
    },
    "reconcile": {
        "dynamodb:GetItem TablesMetadata",
        "dynamodb:BatchGetItem TablesMetadata",
        "dynamodb:UpdateItem TablesMetadata",
        "dynamodb:Query TablesMetadata/index/open",
        "s3:GetObject uploads/uploads/*",
        "s3:ListBucket uploads",
        "s3:GetObject originals/*",
        "s3:ListBucket originals",
        *(
            f"sqs:{action} {queue}"
            for action in ("SendMessage", "GetQueueAttributes")
            for queue in ("ingest", "render", "transcode", "publish")
        ),
    },
    "index": {
        "dynamodb:GetItem TablesMetadata",
        "dynamodb:BatchGetItem TablesMetadata",
        "dynamodb:Scan TablesMetadata",
        "dynamodb:GetItem SearchIndex",
        "dynamodb:Scan SearchIndex",
        "dynamodb:BatchGetItem SearchIndex",
        "dynamodb:PutItem SearchIndex",
        "dynamodb:UpdateItem SearchIndex",
        "dynamodb:DeleteItem SearchIndex",
        "dynamodb:BatchWriteItem SearchIndex",
        "dynamodb:ConditionCheckItem SearchIndex",
    },
}
CONSUMED: Final = {worker.function: worker.queue for worker in topology.WORKERS}
"""The queue of each worker."""
