"""What expires in the buckets, and what moves to cheaper storage."""

from __future__ import annotations

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_s3 as s3

SETTLED_TAG: Final = "settled"
REFUSED_TAG: Final = "refused"
ABANDONED_TAG: Final = "abandoned"
DISCARDED_PREFIX: Final = "discarded/"
DOWNLOADS_PREFIX: Final = "downloads/"

ABORT_MULTIPART: Final = s3.LifecycleRule(
    id="abort-multipart", abort_incomplete_multipart_upload_after=Duration.days(2)
)
# Only what is known to be stored, refused or needed by no post goes; an upload that nothing has
# looked at stays. S3 counts the days from the upload, not from the tag.
UPLOADS: Final = [
    s3.LifecycleRule(id="settled", tag_filters={SETTLED_TAG: "true"}, expiration=Duration.days(1)),
    # Copies that were made to take as long as storing something takes.
    s3.LifecycleRule(id="discarded", prefix=DISCARDED_PREFIX, expiration=Duration.days(1)),
    # Copies of originals, made for a link that is good for minutes.
    s3.LifecycleRule(id="downloads", prefix=DOWNLOADS_PREFIX, expiration=Duration.days(1)),
    s3.LifecycleRule(id="refused", tag_filters={REFUSED_TAG: "true"}, expiration=Duration.days(30)),
    # Whose post has gone. Most are older than this by then, as a post is kept for as long after its
    # deletion, and go at once; what came late stays for as long as what was refused.
    s3.LifecycleRule(
        id="abandoned", tag_filters={ABANDONED_TAG: "true"}, expiration=Duration.days(30)
    ),
    ABORT_MULTIPART,
]
# Read when renditions are made and hardly ever again. At 200 KB an object Infrequent Access is
# cheaper than Intelligent-Tiering, which bills its monitoring per object; S3 leaves those below
# 128 KB, which would be dearer there, where they are. Nothing ever expires.
ORIGINALS: Final = [
    s3.LifecycleRule(
        id="rarely-read",
        transitions=[
            s3.Transition(
                storage_class=s3.StorageClass.INFREQUENT_ACCESS,
                transition_after=Duration.days(30),
            )
        ],
        noncurrent_version_transitions=[
            s3.NoncurrentVersionTransition(
                storage_class=s3.StorageClass.INFREQUENT_ACCESS,
                transition_after=Duration.days(30),
            )
        ],
    ),
    ABORT_MULTIPART,
]
LOGS: Final = [s3.LifecycleRule(id="old", expiration=Duration.days(90))]
