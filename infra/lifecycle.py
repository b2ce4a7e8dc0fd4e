"""The lifecycle rules of the buckets: which objects expire, and which move to cheaper storage."""

from __future__ import annotations

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_s3 as s3

RELEASED_TAG: Final = "released"
REFUSED_TAG: Final = "refused"
ABANDONED_TAG: Final = "abandoned"
ERASED_TAG: Final = "erased"
ZOOM_TAG: Final = "zoom"
DISCARDED_PREFIX: Final = "discarded/"
DOWNLOADS_PREFIX: Final = "downloads/"
EXPORTS_PREFIX: Final = "exports/"

ABORT_MULTIPART: Final = s3.LifecycleRule(
    id="abort-multipart", abort_incomplete_multipart_upload_after=Duration.days(2)
)
# An upload expires only if it has a tag: its bytes were stored or refused, or its post is gone. An
# upload that no function has looked at stays. S3 counts the days from the upload, not the tag.
UPLOADS: Final = [
    s3.LifecycleRule(
        id="released", tag_filters={RELEASED_TAG: "true"}, expiration=Duration.days(1)
    ),
    # Copies that were made only to take as long as storing a new content.
    s3.LifecycleRule(id="discarded", prefix=DISCARDED_PREFIX, expiration=Duration.days(1)),
    # Copies of originals, made for download links that are valid for minutes.
    s3.LifecycleRule(id="downloads", prefix=DOWNLOADS_PREFIX, expiration=Duration.days(1)),
    # Parts of exports, which can be downloaded for four days once the last of them is there.
    s3.LifecycleRule(id="exports", prefix=EXPORTS_PREFIX, expiration=Duration.days(7)),
    s3.LifecycleRule(id="refused", tag_filters={REFUSED_TAG: "true"}, expiration=Duration.days(1)),
    # Uploads whose post is gone. Most are older than this by then, as a deleted post is kept for
    # the same time, and expire at once; one that came late stays as long.
    s3.LifecycleRule(
        id="abandoned", tag_filters={ABANDONED_TAG: "true"}, expiration=Duration.days(30)
    ),
    ABORT_MULTIPART,
]
# Originals are read when renditions are made, and hardly ever again. At 200 KB an object,
# Infrequent Access is cheaper than Intelligent-Tiering, which charges for each object. S3 does not
# move objects below 128 KB, which would cost more there. An
# original expires only if nothing refers to it any more, or nothing could be made of it: the
# collector tags its versions, and hides them behind a delete marker. A version without a tag never
# expires.
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
    s3.LifecycleRule(
        id="refused",
        tag_filters={REFUSED_TAG: "true"},
        noncurrent_version_expiration=Duration.days(1),
    ),
    s3.LifecycleRule(
        id="erased",
        tag_filters={ERASED_TAG: "true"},
        # If the collector died after it had tagged a version, and never came again.
        expiration=Duration.days(35),
        # As long as the table's backups, so that a restored table finds its originals.
        noncurrent_version_expiration=Duration.days(35),
    ),
    # What is left of a key whose versions are gone. Such a rule can have no filter.
    s3.LifecycleRule(id="markers", expired_object_delete_marker=True),
    ABORT_MULTIPART,
]
RENDITIONS: Final = [
    # Few people enlarge an old photo, and whoever does has its zoom size made again.
    s3.LifecycleRule(id="zoom", tag_filters={ZOOM_TAG: "true"}, expiration=Duration.days(90)),
    ABORT_MULTIPART,
]
LOGS: Final = [s3.LifecycleRule(id="old", expiration=Duration.days(90))]
