"""Media, their stored contents (blobs) and the upload ledger's entries.

A **medium** is one photo or video of one post. A **blob** is one distinct content, whoever
uploaded it; many media may point to it. The **ledger** has one entry per medium and says where it
is on its way:

    awaiting ──bytes landed──> processing ──rendered──> ready
        └──────────┴───────────────────────refused────> failed

An entry stays for as long as its post has the medium.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from shutterfeed.domain.crops import Crop, content_name
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.multipart import RESUMABLE, in_parts
from shutterfeed.domain.notes import Note
from shutterfeed.domain.perceptual import PerceptualHash
from shutterfeed.domain.photos import Capture, Rendition
from shutterfeed.domain.videos import VIDEO_TYPES
from shutterfeed.domain.zooming import plan_zoom, zoom_name

UPLOAD_LINK_LIFETIME: Final = timedelta(minutes=15)
DOWNLOAD_LINK_LIFETIME: Final = timedelta(minutes=15)
"""A download that began in time may end later."""
COPY_RETENTION: Final = timedelta(days=1)
"""How long the bucket's lifecycle keeps a copy of an original at least."""
ARRIVAL_GRACE: Final = timedelta(minutes=15)
"""How much later than its link expires a file may arrive: an upload that began in time may end
later, and storage events may be minutes late."""
BLOB_COOLING_OFF: Final = timedelta(days=7)
"""How long a content without references is kept before its objects are removed."""
REFUSED_COOLING_OFF: Final = timedelta(0)
"""The same for a content that was refused as no picture: it may go at once."""
ERASED_COOLING_OFF: Final = timedelta(hours=1)
"""The same for a content whose last post was erased. It is longer than any worker runs: whoever has
claimed the content again has referred to it by then."""


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
"""The file endings of originals that people download, by content type."""


class Purpose(StrEnum):
    """What a post's media are for."""

    POST = "post"
    AVATAR = "avatar"
    """The post has one photo, which becomes the author's avatar; nobody sees the post itself."""


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
        """The declared value that the file contradicts; None if it contradicts none."""
        return _CONTRADICTED.get(self.code)

    @property
    def is_no_picture(self) -> bool:
        """Whether the file shows nothing, so that its bytes are neither kept nor given back. A real
        photo or video that only breaks a limit is kept for its owner."""
        return self.code in _NO_PICTURE


_CONTRADICTED: Final = {
    "bytes_mismatch": "bytes",
    "sha256_mismatch": "sha256",
    "content_type_mismatch": "content_type",
    "unsupported_type": "content_type",
    "crop_too_small": "crop",
    "crop_of_animation": "crop",
}

_NO_PICTURE: Final = frozenset({"undecodable", "truncated", "unsupported_type", "no_video"})

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
    """What viewers get of a photo: its renditions, stored under the blob's random public id.

    The renditions of a video show its poster; `clip` is the moving picture.
    """

    blob_id: str
    width: int
    height: int
    placeholder: str
    renditions: tuple[Rendition, ...]
    capture: Capture | None = None
    """The capture details that the file holds; shown only with media whose owner opted in."""
    clip: Clip | None = None
    notes: tuple[Note, ...] = ()
    """What of the file could not be kept; told to the owners of its media alone."""

    def names(self) -> tuple[str, ...]:
        """The file names of everything that is stored for viewers."""
        moving = () if self.clip is None else (self.clip.name,)
        return (*(rendition.name for rendition in self.renditions), *moving)


@dataclass(frozen=True, slots=True)
class Medium:
    """One photo or video of a post: what its owner declared, and what state it is in.

    `sha256` is lower-case hexadecimal, `size` the original's exact number of bytes; `width`,
    `height` and `duration_ms` are declared for videos only, and may be wrong.
    `keep_capture_details` says whether its owner wants to show when and with what it was taken.
    `progress` is the percentage of a video that has been processed, if it was looked up.
    `replaces` is the id of the medium whose place it has taken: one that failed, or that was
    cropped in another way. `crop` is the part of a photo that is shown; None for all of it.
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
    replaces: str | None = None
    crop: Crop | None = None

    @property
    def stored_as(self) -> str:
        """The name under which its content is stored."""
        return content_name(self.sha256, self.media_id, self.crop)

    @property
    def capture(self) -> Capture | None:
        """When and with what it was taken; None unless its owner wants that shown."""
        return self.picture.capture if self.picture and self.keep_capture_details else None

    @property
    def notes(self) -> tuple[Note, ...]:
        """What of its file could not be kept; told to its owner alone."""
        return self.picture.notes if self.picture else ()

    @property
    def zoom(self) -> Rendition | None:
        """The zoom size that can be asked for; None of a video, of a photo that is hardly larger
        than its renditions, and before it is ready."""
        picture = self.picture
        if picture is None or picture.clip is not None:
            return None
        planned = plan_zoom(picture.width, picture.height)
        return replace(planned[0].made, name=zoom_name(self.media_id)) if planned else None

    @property
    def is_final(self) -> bool:
        """Whether it has reached a final state: ready or failed."""
        return self.state in (MediaState.READY, MediaState.FAILED)

    @property
    def is_video(self) -> bool:
        return self.content_type in VIDEO_TYPES

    @property
    def file_name(self) -> str:
        """The name under which a browser saves its original."""
        return f"{self.media_id}.{FILE_ENDINGS[self.content_type]}"

    def ready(self, picture: Picture) -> Medium:
        return replace(self, state=MediaState.READY, picture=picture)

    def for_viewers(self) -> Medium:
        """The medium without details that its owner does not want to show."""
        if self.picture is None or self.keep_capture_details:
            return self
        return replace(self, picture=replace(self.picture, capture=None))

    def for_others(self) -> Medium:
        """The medium without what only its owner is told: what of its file could not be kept, and
        that there is more of the picture."""
        if self.picture is None or not self.is_told_in_part:
            return self
        return replace(self, picture=replace(self.picture, notes=()), crop=None)

    @property
    def is_told_in_part(self) -> bool:
        """Whether its owner is told more of it than others."""
        return bool(self.notes) or self.crop is not None

    def failed(self, failure: Failure) -> Medium:
        return replace(self, state=MediaState.FAILED, failure=failure)


@dataclass(frozen=True, slots=True)
class Upload:
    """The ledger's entry for one medium of one post.

    `multipart_id` is the storage's id for the upload of a large file, once that has begun.
    `ordered_at` is when a worker was last told to make its renditions, `copied_at` when its
    original was last copied for its owner to download.
    """

    post_id: PostId
    medium: Medium
    created_at: datetime
    multipart_id: str | None = None
    ordered_at: datetime | None = None
    copied_at: datetime | None = None
    purpose: Purpose = Purpose.POST

    @property
    def in_parts(self) -> bool:
        return in_parts(self.medium.size)

    @property
    def reference(self) -> Reference:
        """The reference to its content, whether that has been stored or not."""
        return Reference.of(self.post_id, self.medium)

    def has_copy(self, now: datetime) -> bool:
        """Whether the last copy of its original stays for as long as a link that is given now."""
        if self.copied_at is None:
            return False
        return now + DOWNLOAD_LINK_LIFETIME <= self.copied_at + COPY_RETENTION

    @property
    def link_expires_at(self) -> datetime:
        """The time until which the bytes may come: through the first link, or in parts."""
        return self.created_at + (RESUMABLE if self.in_parts else UPLOAD_LINK_LIFETIME)

    def as_in(self, medium: Medium) -> Medium:
        """Its medium, of which the post says what its author wants to show: that may have changed
        since the file was declared."""
        shows = medium.keep_capture_details
        if self.medium.keep_capture_details == shows:
            return self.medium
        return replace(self.medium, keep_capture_details=shows)

    def as_of(self, now: datetime) -> Upload:
        """The entry as its owner should see it: if the bytes never came, it has failed.

        This changes nothing that is stored: bytes that arrive later are still processed.
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
    """One distinct content, or one that a single medium shows cropped.

    `sha256` is the name under which it is stored: the content's SHA-256, and for a cropped one
    what `crops.content_name` makes of it. It never leaves the backend. `blob_id` is random and
    public. `crop` is the part that its renditions show; None for all of it.
    """

    sha256: str
    blob_id: str
    content_type: str
    size: int
    state: BlobState = BlobState.STORED
    picture: Picture | None = None
    failure: Failure | None = None
    perceptual_hash: PerceptualHash | None = None
    """The hash of the photo, or of the video's poster; None unless the deployment has lists to hold
    it against."""
    crop: Crop | None = None

    @property
    def is_final(self) -> bool:
        return self.state is not BlobState.STORED


@dataclass(frozen=True, slots=True)
class Rendered:
    """What was made of a stored content."""

    picture: Picture
    perceptual_hash: PerceptualHash | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """One medium's claim on a blob. References are items, so that retries cannot miscount them.

    `sha256` is the name under which the content is stored: see `Blob`.
    """

    sha256: str
    post_id: PostId
    media_id: str

    @classmethod
    def of(cls, post_id: PostId, medium: Medium) -> Reference:
        return cls(medium.stored_as, post_id, medium.media_id)
