"""Classifies pictures with Amazon Rekognition: `DetectModerationLabels`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shutterfeed import keys
from shutterfeed.domain.media import Blob, Picture
from shutterfeed.domain.screening import LABELS, Finding, LabelRule

_TYPE: Final = "image/jpeg"
"""The type of rendition that it is shown. It knows no WebP."""


@dataclass(frozen=True, slots=True)
class RekognitionDetector:
    """Has a rendition classified, which Rekognition reads from the bucket itself. Of a video it
    sees the poster."""

    client: Any
    bucket: str
    """The bucket of the renditions."""
    rules: Mapping[str, LabelRule]

    def in_content(self, blob: Blob) -> Sequence[Finding]:
        """The labels that have a rule, and of which Rekognition is as sure as the rule wants."""
        name = None if blob.picture is None else _largest(blob.picture)
        if name is None:
            return ()
        answer = self.client.detect_moderation_labels(
            Image={
                "S3Object": {
                    "Bucket": self.bucket,
                    "Name": keys.rendition_object(blob.blob_id, name),
                }
            },
            MinConfidence=min(rule.confidence for rule in self.rules.values()),
        )
        return tuple(
            Finding(LABELS, label["Name"], rule.does, rule.reason, "", int(label["Confidence"]))
            for label in answer["ModerationLabels"]
            if (rule := self.rules.get(label["Name"])) and label["Confidence"] >= rule.confidence
        )


def _largest(picture: Picture) -> str | None:
    """The name of the largest JPEG of a picture; None if it has none."""
    jpegs = [rendition for rendition in picture.renditions if rendition.content_type == _TYPE]
    largest = max(jpegs, key=lambda rendition: rendition.width, default=None)
    return None if largest is None else largest.name
