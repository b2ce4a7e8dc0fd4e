"""Composes the worker that screens contents and texts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import msgspec

from shutterfeed import config, runtime
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.adapters.dynamodb.cases import DynamoCases
from shutterfeed.adapters.dynamodb.comments import DynamoComments
from shutterfeed.adapters.dynamodb.moderation_log import DynamoModerationLog
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.adapters.messages import Codec
from shutterfeed.adapters.screening.labels import RekognitionDetector
from shutterfeed.adapters.screening.lists import Hashes, HashList, S3List, WordList
from shutterfeed.bootstrap import aws
from shutterfeed.domain.messages import PublishMessage
from shutterfeed.domain.screening import Finding, ListKind, ScreeningPolicy, WordIndex
from shutterfeed.ports.screening import ContentDetector
from shutterfeed.services.moderation import ModerationService
from shutterfeed.services.screening import ScreeningService
from shutterfeed.services.screening_cases import ModeratorsCases


@dataclass(frozen=True, slots=True)
class Logged:
    """Findings as lines of the function's log."""

    def note(self, subject: str, finding: Finding) -> None:
        runtime.note_finding(subject, finding.detector, finding.entry, finding.does, finding.note)


@cache
def service() -> ScreeningService:
    settings = config.ScreenSettings.from_env()
    policy = msgspec.json.decode(settings.screening_policy, type=ScreeningPolicy)
    metadata, clock, ids = aws.table(settings.metadata_table), aws.clock(), aws.ids()
    posts, profiles = DynamoPosts(metadata), DynamoProfiles(metadata)
    cases = DynamoCases(metadata)
    return ScreeningService(
        blobs=DynamoBlobs(metadata),
        posts=posts,
        comments=DynamoComments(metadata),
        profiles=profiles,
        contents=tuple(_content_detectors(settings, policy)),
        texts=tuple(_word_lists(settings, policy)),
        cases=ModeratorsCases(
            posts=posts,
            profiles=profiles,
            cases=cases,
            moderation=ModerationService(
                cases=cases,
                entries=DynamoModerationLog(metadata),
                profiles=profiles,
                clock=clock,
                ids=ids,
            ),
            clock=clock,
            ids=ids,
        ),
        log=Logged(),
        publish=aws.queue(settings.publish_queue_url, Codec[PublishMessage]("publish")),
    )


def _content_detectors(
    settings: config.ScreenSettings, policy: ScreeningPolicy
) -> Iterator[ContentDetector]:
    for name, rule in policy.hash_lists.items():
        listed = S3List(
            aws.client("s3"),
            settings.originals_bucket,
            name,
            ListKind.HASHES,
            Hashes.of,
            aws.clock(),
            runtime.count_bad_list,
        )
        yield HashList(name, rule, listed, policy.distance)
    if policy.labels:
        client = aws.client("rekognition")
        yield RekognitionDetector(client, settings.renditions_bucket, policy.labels)


def _word_lists(settings: config.ScreenSettings, policy: ScreeningPolicy) -> Iterator[WordList]:
    for name, rule in policy.word_lists.items():
        listed = S3List(
            aws.client("s3"),
            settings.originals_bucket,
            name,
            ListKind.WORDS,
            WordIndex.of,
            aws.clock(),
            runtime.count_bad_list,
        )
        yield WordList(name, rule, listed)
