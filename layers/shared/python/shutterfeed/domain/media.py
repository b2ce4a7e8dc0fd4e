"""Media, their stored contents (blobs) and the upload ledger's entries.

A **medium** is one photo or video of one post. A **blob** is one distinct content, whoever
uploaded it; many media may point to it. The **ledger** has one entry per medium and says where it
is on its way:

    awaiting ──bytes landed──> processing ──rendered──> ready
        └──────────┴───────────────────────refused────> failed

An entry stays for as long as its post.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from shutterfeed.domain.ids import PostId
from shutterfeed.domain.multipart import RESUMABLE, in_parts
from shutterfeed.domain.photos import Capture, Rendition
from shutterfeed.domain.videos import VIDEO_TYPES

UPLOAD_LINK_LIFETIME: Final = timedelta(minutes=15)
DOWNLOAD_LINK_LIFETIME: Final = timedelta(minutes=15)
"""A download that began in time may end later."""
ARRIVAL_GRACE: Final = timedelta(minutes=15)
"""An upload begun in time may end later, and storage events may be minutes late."""
BLOB_COOLING_OFF: Final = timedelta(days=7)
"""How long a content without references is kept before its objects are removed."""


FILE_ENDINGS: Final = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/heic": "heic",
    "image/heif": "heif",
    "image/avif": "avif",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
}
"""By content type, of the files that people get back."""


class Purpose(StrEnum):
    """What a post's media are for."""

    POST = "post"
    AVATAR = "avatar"
    """The post has one photo and is seen by nobody; the photo is to be its author's avatar."""


class MediaState(StrEnum):
    AWAITING = "awaiting"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a medium will not be published: a stable code and a sentence for its owner."""

    code: str
    message: str

    @property
    def field(self) -> str | None:
        """What of the file's declaration it contradicts, if anything."""
        return _CONTRADICTED.get(self.code)


_CONTRADICTED: Final = {
    "bytes_mismatch": "bytes",
    "sha256_mismatch": "sha256",
    "content_type_mismatch": "content_type",
    "unsupported_type": "content_type",
}

NEVER_ARRIVED: Final = Failure(
    "never_arrived",
    "The file did not arrive before its upload link expired. Please post it again.",
)


@dataclass(frozen=True, slots=True)
class Clip:
    """The MP4 made of a video or an animated picture; `size` is in bytes."""

    name: str
    width: int
    height: int
    duration_ms: int
    size: int
    has_audio: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """What viewers get of a photo: its renditions under the blob's random public id.

    Those of a video are its poster's, and `clip` is what moves.
    """

    blob_id: str
    width: int
    height: int
    placeholder: str
    renditions: tuple[Rendition, ...]
    capture: Capture | None = None
    """What the file says; shown only with media whose owner opted in."""
    clip: Clip | None = None

    def names(self) -> tuple[str, ...]:
        """Of all that is stored for viewers."""
        moving = () if self.clip is None else (self.clip.name,)
        return (*(rendition.name for rendition in self.renditions), *moving)


@dataclass(frozen=True, slots=True)
class Medium:
    """One photo or video of a post, as declared by its owner and as far as it has come.

    `sha256` is lower-case hexadecimal, `size` the original's exact number of bytes; `width`,
    `height` and `duration_ms` are declared for videos only, and may be wrong.
    `keep_capture_details` is its owner's wish to show when and with what it was taken.
    `progress` is the percentage of a processing video that is done, where somebody has looked it
    up.
    """

    media_id: str
    content_type: str
    size: int
    sha256: str
    state: MediaState = MediaState.AWAITING
    picture: Picture | None = None
    failure: Failure | None = None
    keep_capture_details: bool = False
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    progress: int | None = None

    @property
    def capture(self) -> Capture | None:
        """When and with what it was taken, where its owner wants that shown."""
        return self.picture.capture if self.picture and self.keep_capture_details else None

    @property
    def settled(self) -> bool:
        """Whether it is known what has become of it."""
        return self.state in (MediaState.READY, MediaState.FAILED)

    @property
    def is_video(self) -> bool:
        return self.content_type in VIDEO_TYPES

    @property
    def file_name(self) -> str:
        """What its original is saved as."""
        return f"{self.media_id}.{FILE_ENDINGS[self.content_type]}"

    def ready(self, picture: Picture) -> Medium:
        return replace(self, state=MediaState.READY, picture=picture)

    def for_viewers(self) -> Medium:
        """Without what its owner did not ask to be shown."""
        if self.picture is None or self.keep_capture_details:
            return self
        return replace(self, picture=replace(self.picture, capture=None))

    def failed(self, failure: Failure) -> Medium:
        return replace(self, state=MediaState.FAILED, failure=failure)


@dataclass(frozen=True, slots=True)
class Upload:
    """The ledger's entry for one medium of one post.

    `multipart_id` is what the storage calls the upload of a large file, once it has been begun.
    `ordered_at` is when a worker was last told to make its renditions.
    """

    post_id: PostId
    medium: Medium
    created_at: datetime
    multipart_id: str | None = None
    ordered_at: datetime | None = None
    purpose: Purpose = Purpose.POST

    @property
    def in_parts(self) -> bool:
        return in_parts(self.medium.size)

    @property
    def link_expires_at(self) -> datetime:
        """Until when the bytes may come: by the first link, or part by part."""
        return self.created_at + (RESUMABLE if self.in_parts else UPLOAD_LINK_LIFETIME)

    def as_of(self, now: datetime) -> Upload:
        """The entry as its owner should see it: one whose bytes never came has failed.

        Only a view. Should the bytes arrive after all, they are still processed.
        """
        overdue = now > self.link_expires_at + ARRIVAL_GRACE
        if self.medium.state is MediaState.AWAITING and overdue:
            return replace(self, medium=self.medium.failed(NEVER_ARRIVED))
        return self


class BlobState(StrEnum):
    STORED = "stored"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Blob:
    """One distinct content. `blob_id` is random and public, `sha256` never leaves the backend."""

    sha256: str
    blob_id: str
    content_type: str
    size: int
    state: BlobState = BlobState.STORED
    picture: Picture | None = None
    failure: Failure | None = None

    @property
    def settled(self) -> bool:
        return self.state is not BlobState.STORED


@dataclass(frozen=True, slots=True)
class Reference:
    """One medium's claim on a blob. References are items, so that retries cannot miscount them."""

    sha256: str
    post_id: PostId
    media_id: str
