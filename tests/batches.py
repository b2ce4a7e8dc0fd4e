"""The sample batches in `events/sqs/`, made from the classes of the messages.

`make events` writes them: one message of every kind that a worker takes, as SQS hands it over. The
queue `ingest` is filled by S3, whose notifications are samples that nobody can make from a class.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, get_args, get_origin, get_type_hints

from shutterfeed import topology
from shutterfeed.adapters.messages import Codec
from shutterfeed.domain.activity import Act, Notice, NoticeKind
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import Blob, BlobState, Picture, Reference
from shutterfeed.domain.messages import KINDS
from shutterfeed.domain.photos import Rendition

FOLDER: Final = Path(__file__).parents[1] / "events" / "sqs"
WRITTEN: Final = tuple(worker for worker in topology.WORKERS if worker.step != "ingest")
"""The workers whose messages come from our own functions."""

_AUTHOR: Final = "3Z7TD5472D9E79YR1ABP61WYSM"
_READER: Final = "60BCEQX0X29WCVDN4HWZSA632R"
_SHA256: Final = "f2e40ed4875e649d794563627aba52f316f5dc191ad30dfda48f643c242d1e48"
_BLOB: Final = "01KJMMA4EG4HMASR0KAYDXY0J6"
_POST: Final = PostId(_AUTHOR, "01KJMMA2G038NKRKAYDXX8Q70D")
_MEDIUM: Final = "01KJMMA2G01WF2TF2BB9MQH1WP"
_SQUARE: Final = Rendition("150.jpg", "image/jpeg", 150, 150)

BY_TYPE: Final[Mapping[Any, Any]] = {
    int: 1,
    datetime: datetime(2026, 3, 1, 12, 0, 1, tzinfo=UTC),
    PostId: _POST,
    Act: Act(
        _AUTHOR, NoticeKind.FOLLOW, _AUTHOR, _READER, datetime(2026, 3, 1, 12, 0, 1, tzinfo=UTC)
    ),
    Notice: Notice(
        _AUTHOR,
        NoticeKind.FOLLOW,
        _AUTHOR,
        1,
        "01KJMMAKDG0K8Q0F7T1R5S3V9W",
        datetime(2026, 2, 28, 12, 0, 1, tzinfo=UTC),
    ),
    Reference: Reference(_SHA256, _POST, _MEDIUM),
    Blob: Blob(
        _SHA256,
        _BLOB,
        "image/jpeg",
        248113,
        BlobState.READY,
        Picture(_BLOB, 4032, 3024, "1QcSHQRnh493V4dIh4eXh1h4kJUI", (_SQUARE,)),
    ),
}
BY_NAME: Final[Mapping[str, str]] = {
    "sha256": _SHA256,
    "blob_id": _BLOB,
    "position": "01KJMMA6D02DBSQQR28T5CW09N",
    "migration": f"{_READER}#7",
    "reader_id": _READER,
    "follower_id": _READER,
    "case_id": f"post-{_POST}",
}
"""Texts that are no user's id, or another user's than the author's."""


def batch(worker: topology.Worker) -> dict[str, Any]:
    """The event that invokes a worker with one message of each of its kinds."""
    codec = Codec[Any](worker.step)
    bodies = [codec.encode(_example(KINDS[kind])) for kind in worker.kinds]
    return {"Records": [_record(i, body, worker.queue) for i, body in enumerate(bodies)]}


def _example(kind: type[Any]) -> Any:
    """An instance with the fields that have no default."""
    types = get_type_hints(kind)
    required = (field.name for field in fields(kind) if field.default is MISSING)
    return kind(**{name: _value(name, types[name]) for name in required})


def _value(name: str, kind: Any) -> Any:
    if get_origin(kind) is tuple:
        return (_value(name, get_args(kind)[0]),)
    if kind is str:
        return BY_NAME.get(name, _AUTHOR)
    return BY_TYPE[kind] if kind in BY_TYPE else _example(kind)


def _record(index: int, body: str, queue: str) -> dict[str, Any]:
    return {
        "messageId": f"{index:08}-59dc-4c1e-8e3b-0f1a2b3c4d5e",
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "AWSTraceHeader": "Root=1-69a42c80-1f2e3d4c5b6a798811223344",
            "SentTimestamp": "1772366400000",
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": "1772366400012",
        },
        "messageAttributes": {},
        "md5OfBody": hashlib.md5(body.encode()).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:eu-central-1:123456789012:{queue}",
        "awsRegion": "eu-central-1",
    }


def rendered() -> Iterator[tuple[Path, str]]:
    """Each file with the text that it should have."""
    for worker in WRITTEN:
        yield FOLDER / f"{worker.step}.json", json.dumps(batch(worker), indent=2) + "\n"


if __name__ == "__main__":
    for file, text in rendered():
        file.write_text(text, encoding="utf-8")
        print(f"wrote {file}")
