"""The request to Amazon Rekognition, as it leaves the machine, and its answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ClientError

from shutterfeed.adapters.clients import connect
from shutterfeed.adapters.screening.labels import RekognitionDetector
from shutterfeed.domain.media import Blob, BlobState, Picture
from shutterfeed.domain.moderation import ReportReason
from shutterfeed.domain.photos import Rendition
from shutterfeed.domain.screening import Consequence, Finding, LabelRule
from tests.conftest import REGION

RULES = {
    "Explicit Nudity": LabelRule(Consequence.REVIEW, ReportReason.NUDITY, 90),
    "Violence": LabelRule(Consequence.BLOCK, ReportReason.VIOLENCE, 60),
}
PICTURE = Picture(
    "blob",
    640,
    480,
    "",
    (
        Rendition("640.webp", "image/webp", 640, 480),
        Rendition("640.jpg", "image/jpeg", 640, 480),
        Rendition("150.jpg", "image/jpeg", 150, 150),
    ),
)
BLOB = Blob("sha256", "blob", "image/jpeg", 7, BlobState.READY, PICTURE)


@dataclass
class Rekognition:
    """Answers in Amazon's place, and keeps what it was sent."""

    labels: list[tuple[str, float]]
    status: int = 200
    sent: list[AWSPreparedRequest] = field(default_factory=list)

    def client(self) -> Any:
        client = connect("rekognition", region_name=REGION)
        client.meta.events.register("before-send.rekognition.DetectModerationLabels", self._answer)
        return client

    def _answer(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        self.sent.append(request)
        labels = [{"Name": name, "Confidence": sure} for name, sure in self.labels]
        body = {"ModerationLabels": labels, "ModerationModelVersion": "7.0"}
        if self.status != 200:
            body = {"__type": "ProvisionedThroughputExceededException", "message": "slow down"}
        raw: Any = BytesIO(json.dumps(body).encode())
        raw.stream = lambda *_, **__: iter([raw.read()])
        headers: Any = {"content-type": "application/x-amz-json-1.1"}
        return AWSResponse(request.url, self.status, headers, raw)


def detector(rekognition: Rekognition) -> RekognitionDetector:
    return RekognitionDetector(rekognition.client(), "renditions", RULES)


def test_a_signed_request_names_the_jpeg_rendition() -> None:
    rekognition = Rekognition([])
    assert detector(rekognition).in_content(BLOB) == ()
    [request] = rekognition.sent
    assert request.url == f"https://rekognition.{REGION}.amazonaws.com/"
    headers = {name: _text(value) for name, value in request.headers.items()}
    assert headers["X-Amz-Target"] == "RekognitionService.DetectModerationLabels"
    assert headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=")
    assert f"/{REGION}/rekognition/aws4_request" in headers["Authorization"]
    assert "x-amz-target" in headers["Authorization"]
    assert json.loads(_text(request.body)) == {
        "Image": {"S3Object": {"Bucket": "renditions", "Name": "media/blob/640.jpg"}},
        "MinConfidence": 60,
    }


def test_labels_count_if_they_have_a_rule_and_are_sure_enough() -> None:
    labels = [("Violence", 61.5), ("Explicit Nudity", 89.9), ("Smoking", 99.0)]
    assert detector(Rekognition(labels)).in_content(BLOB) == (
        Finding("labels", "Violence", Consequence.BLOCK, ReportReason.VIOLENCE, "", 61),
    )


def test_a_content_without_a_jpeg_is_not_sent() -> None:
    rekognition = Rekognition([("Violence", 99.0)])
    bare = replace(PICTURE, renditions=PICTURE.renditions[:1])
    for picture in (None, bare):
        assert detector(rekognition).in_content(replace(BLOB, picture=picture)) == ()
    assert rekognition.sent == []


def test_an_error_is_no_clearance(monkeypatch: pytest.MonkeyPatch) -> None:
    # The client waits between its attempts.
    monkeypatch.setattr("time.sleep", lambda _: None)
    with pytest.raises(ClientError, match="ProvisionedThroughputExceeded"):
        detector(Rekognition([], status=400)).in_content(BLOB)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
