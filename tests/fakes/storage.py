"""The three buckets in memory, a codec that decodes nothing, and a queue."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Generic, TypeVar

from shutterfeed import keys
from shutterfeed.domain.crops import Crop
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import Blob, Upload
from shutterfeed.domain.multipart import Part, part_size, part_sizes
from shutterfeed.domain.notes import Note
from shutterfeed.domain.photos import PhotoRefused, RenderedPhoto, Rendition
from shutterfeed.domain.videos import RenderedClip, RenderedVideo, VideoRefused
from shutterfeed.domain.zooming import plan_zoom
from shutterfeed.ports.queues import LONGEST_DELAY
from shutterfeed.ports.uploads import Arrival, PartLink, PartsGrant, UploadGrant

M = TypeVar("M")

PHOTO = b"\xff\xd8\xff a photo"
"""Bytes that are taken for a JPEG."""
BROKEN_PHOTO = b"\xff\xd8\xff broken"
"""The same, but nothing can be made of them."""


VIDEO = b"\0\0\0\x18ftypisom a video"
"""Bytes that are taken for an MP4."""
BROKEN_VIDEO = b"\0\0\0\x18ftypisom broken"
"""The same, but nothing can be made of them."""


class NoSuchObject(Exception):
    """There is no such object, or not in the version asked for."""


@dataclass(slots=True)
class Buckets:
    """Objects by key. An original that is retired keeps its bytes, but is not found any more."""

    uploads: dict[str, bytes] = field(default_factory=dict)
    parts: dict[str, dict[int, bytes]] = field(default_factory=dict)
    """The parts of uploads that have not ended, by the ids of these."""
    begun: int = 0
    """How many uploads in parts there ever were."""
    tags: dict[str, str] = field(default_factory=dict)
    discarded: dict[str, bytes] = field(default_factory=dict)
    downloads: dict[str, bytes] = field(default_factory=dict)
    exports: dict[str, bytes] = field(default_factory=dict)
    originals: dict[str, bytes] = field(default_factory=dict)
    retired: set[str] = field(default_factory=set)
    discarded_originals: set[str] = field(default_factory=set)
    """The retired originals whose bytes expire."""
    renditions: dict[str, tuple[Rendition, bytes]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FakeUploadBucket:
    buckets: Buckets

    def grant(self, upload: Upload, expires_at: datetime, now: datetime) -> UploadGrant:
        assert now < expires_at
        medium = upload.medium
        fields = {
            "key": keys.upload_object(upload.post_id, medium.media_id),
            "Content-Type": medium.content_type,
        }
        return UploadGrant(medium.media_id, "https://uploads.example/", fields, expires_at)

    def begin_parts(self, upload: Upload) -> str:
        self.buckets.begun += 1
        multipart_id = f"{_key(upload)}#{self.buckets.begun}"
        self.buckets.parts[multipart_id] = {}
        return multipart_id

    def grant_parts(
        self,
        upload: Upload,
        multipart_id: str,
        numbers: Sequence[int],
        expires_at: datetime,
        now: datetime,
    ) -> PartsGrant:
        assert now < expires_at
        sizes = part_sizes(upload.medium.size)
        links = tuple(
            PartLink(number, f"https://uploads.example/{multipart_id}/{number}", sizes[number])
            for number in numbers
        )
        return PartsGrant(upload.medium.media_id, part_size(upload.medium.size), links, expires_at)

    def parts(self, upload: Upload, multipart_id: str) -> Mapping[int, Part] | None:
        parts = self._sent(upload, multipart_id)
        if parts is None:
            return None
        return {number: Part(number, len(c), _sha256(c)) for number, c in parts.items()}

    def assemble(self, upload: Upload, multipart_id: str, parts: Sequence[Part]) -> bool:
        stored = self._sent(upload, multipart_id)
        if stored is None:
            return False
        if any(_sha256(stored.get(part.number, b"")) != part.tag for part in parts):
            raise Busy
        self.buckets.uploads[_key(upload)] = b"".join(stored[part.number] for part in parts)
        del self.buckets.parts[multipart_id]
        return True

    def abort(self, upload: Upload, multipart_id: str) -> None:
        if self._sent(upload, multipart_id) is not None:
            del self.buckets.parts[multipart_id]

    def _sent(self, upload: Upload, multipart_id: str) -> dict[int, bytes] | None:
        """The parts that came under the key of their upload."""
        mine = multipart_id.startswith(_key(upload))
        return self.buckets.parts.get(multipart_id) if mine else None

    def inspect(self, post_id: PostId, media_id: str, magic_bytes: int) -> Arrival | None:
        content = self.buckets.uploads.get(keys.upload_object(post_id, media_id))
        if content is None:
            return None
        sha256 = hashlib.sha256(content).hexdigest()
        return Arrival(sha256, len(content), content[:magic_bytes], version=sha256)

    def holds(self, post_id: PostId, media_id: str) -> bool:
        return keys.upload_object(post_id, media_id) in self.buckets.uploads

    def release(self, post_id: PostId, media_id: str) -> None:
        self._tag(post_id, media_id, "released")

    def refuse(self, post_id: PostId, media_id: str) -> None:
        self._tag(post_id, media_id, "refused")

    def abandon(self, post_id: PostId, media_id: str) -> None:
        self._tag(post_id, media_id, "abandoned")

    def _tag(self, post_id: PostId, media_id: str, tag: str) -> None:
        key = keys.upload_object(post_id, media_id)
        if key in self.buckets.uploads:
            self.buckets.tags[key] = tag


@dataclass(frozen=True, slots=True)
class FakeIntake:
    buckets: Buckets

    def holds(self, blob: Blob) -> bool:
        key = _original(blob)
        content = self.buckets.originals.get(key)
        return content is not None and key not in self.buckets.retired and len(content) == blob.size

    def adopt(self, blob: Blob, post_id: PostId, media_id: str, version: str) -> None:
        content = self.buckets.uploads.get(keys.upload_object(post_id, media_id))
        if content is None or hashlib.sha256(content).hexdigest() != version:
            raise NoSuchObject(media_id)
        key = _original(blob)
        self.buckets.originals[key] = content
        self.buckets.retired.discard(key)

    def discard(self, post_id: PostId, media_id: str, version: str) -> None:
        content = self.buckets.uploads.get(keys.upload_object(post_id, media_id))
        if content is None or hashlib.sha256(content).hexdigest() != version:
            raise NoSuchObject(media_id)
        self.buckets.discarded[keys.discarded_object(post_id, media_id)] = content


@dataclass(frozen=True, slots=True)
class FakeDownloads:
    buckets: Buckets

    def copy(self, blob: Blob, upload: Upload) -> None:
        key = keys.download_object(upload.post_id, upload.medium.media_id)
        self.buckets.downloads[key] = FakeOriginals(self.buckets).open(blob).read()

    def send_again(self, blob: Blob, upload: Upload) -> None:
        key = keys.upload_object(upload.post_id, upload.medium.media_id)
        self.buckets.uploads[key] = FakeOriginals(self.buckets).open(blob).read()

    def offer(self, upload: Upload, expires_at: datetime, now: datetime) -> str:
        assert now < expires_at
        key = keys.download_object(upload.post_id, upload.medium.media_id)
        return f"https://uploads.example/{key}"


def _original(blob: Blob) -> str:
    return keys.original_object(blob.sha256, blob.blob_id)


@dataclass(frozen=True, slots=True)
class FakeOriginals:
    buckets: Buckets

    def open(self, blob: Blob) -> IO[bytes]:
        key = _original(blob)
        if key not in self.buckets.originals or key in self.buckets.retired:
            raise NoSuchObject(key)
        return BytesIO(self.buckets.originals[key])

    def retire(self, blob: Blob) -> int:
        key = _original(blob)
        self.buckets.retired.add(key)
        return int(key in self.buckets.originals)

    def discard(self, blob: Blob) -> int:
        self.buckets.discarded_originals.add(_original(blob))
        return self.retire(blob)


@dataclass(frozen=True, slots=True)
class FakeRenditions:
    buckets: Buckets

    def put(self, blob_id: str, rendition: Rendition, content: bytes) -> None:
        self.buckets.renditions[keys.rendition_object(blob_id, rendition.name)] = rendition, content

    def put_zoom(self, blob_id: str, rendition: Rendition, content: bytes) -> None:
        self.put(blob_id, rendition, content)

    def put_file(self, blob_id: str, name: str, content_type: str, path: Path) -> None:
        rendition = Rendition(name, content_type, 0, 0)
        self.put(blob_id, rendition, path.read_bytes())

    def remove_all(self, blob_id: str) -> None:
        prefix = keys.rendition_prefix(blob_id)
        for key in [key for key in self.buckets.renditions if key.startswith(prefix)]:
            del self.buckets.renditions[key]


def _key(upload: Upload) -> str:
    return keys.upload_object(upload.post_id, upload.medium.media_id)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass
class FakePhotoCodec:
    """Makes two renditions of everything but `BROKEN_PHOTO` and what begins like it."""

    notes: tuple[Note, ...] = ()
    """What it says that it could not keep of a photo."""

    def render(
        self, source: IO[bytes], content_type: str, crop: Crop | None = None
    ) -> RenderedPhoto:
        content = source.read()
        if content.startswith(BROKEN_PHOTO):
            raise PhotoRefused("undecodable", "The photo is damaged.")
        shown = content if crop is None else f"{crop} of ".encode() + content
        renditions = (
            (Rendition("640.jpg", content_type, 640, 480), b"large " + shown),
            (Rendition("320.jpg", content_type, 320, 240), b"small " + shown),
        )
        return RenderedPhoto(4000, 3000, "cGxhY2Vob2xkZXI=", renditions, notes=self.notes)


@dataclass
class FakeZoomCodec:
    """Makes the zoom size of everything but `BROKEN_PHOTO` and what begins like it."""

    def render(
        self, source: IO[bytes], content_type: str, crop: Crop | None = None
    ) -> RenderedPhoto:
        photo = FakePhotoCodec().render(source, content_type, crop)
        (planned,) = plan_zoom(photo.width, photo.height)
        ((_, content), *_) = photo.renditions
        return replace(photo, renditions=((planned.made, b"very " + content),))


@dataclass
class FakeVideoCodec:
    """Makes a clip and a poster of everything but `BROKEN_VIDEO` and what begins like it."""

    notes: tuple[Note, ...] = ()
    """What it says that it could not keep of a video."""

    @contextmanager
    def render(
        self,
        source: IO[bytes],
        content_type: str,
        report: Callable[[int], None],
        crop: Crop | None = None,
    ) -> Iterator[RenderedVideo]:
        assert content_type
        if crop is not None:
            raise VideoRefused("crop_of_animation", "An animation cannot be cropped.")
        content = source.read()
        report(1)
        report(50)
        if content.startswith(BROKEN_VIDEO):
            raise VideoRefused("undecodable", "The video is damaged.")
        poster = FakePhotoCodec().render(BytesIO(content), "image/jpeg")
        with TemporaryDirectory() as folder:
            path = Path(folder) / "clip"
            path.write_bytes(b"clip of " + content)
            clip = RenderedClip(path, 640, 480, 1500, has_audio=True)
            yield RenderedVideo(poster, clip, self.notes)


class QueueRefuses(Exception):
    """A fake queue did not take a message."""


@dataclass
class FakeQueue(Generic[M]):
    messages: list[M] = field(default_factory=list)
    refuses: Callable[[M], bool] = lambda _: False
    later: list[tuple[timedelta, M]] = field(default_factory=list)
    """Messages that wait, each with how long it still does."""

    def send_later(self, messages: Iterable[M], delay: timedelta) -> None:
        assert timedelta() < delay <= LONGEST_DELAY
        self.later += ((delay, message) for message in messages)

    def pass_time(self, time: timedelta) -> None:
        """Time passes: those that have waited long enough can be received."""
        waiting = [(delay - time, message) for delay, message in self.later]
        self.later = [(rest, message) for rest, message in waiting if rest > timedelta()]
        self.messages += (message for rest, message in waiting if rest <= timedelta())

    def send(self, messages: Iterable[M]) -> None:
        for error in self.send_each(list(messages)).values():
            raise error

    def send_each(self, messages: Sequence[M]) -> Mapping[int, Exception]:
        refused = {index for index, message in enumerate(messages) if self.refuses(message)}
        self.messages += (m for index, m in enumerate(messages) if index not in refused)
        return {index: QueueRefuses(str(messages[index])) for index in sorted(refused)}

    def backlog(self) -> int:
        return len(self.messages)
