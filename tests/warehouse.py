"""Rows and objects in memory, with mismatches among them that the audit has to find.

Paged as S3 and DynamoDB page, so that the requests counted are those AWS would bill: lists of 1,000
keys, and eventually consistent read units of 8 KB over items of estimated size.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import ceil
from typing import Final, TypeVar

from shutterfeed import keys
from shutterfeed.domain.ids import PostId, ulid
from shutterfeed.domain.media import (
    Blob,
    BlobState,
    MediaState,
    Medium,
    Picture,
    Reference,
    Upload,
)
from shutterfeed.domain.messages import CollectMessage, RenderPhoto, TranscodeVideo
from shutterfeed.domain.mutes import NO_MUTES, Mute, MutedUsers
from shutterfeed.domain.photos import Rendition
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.retention import UPLOAD_OVERDUE
from shutterfeed.ports.inventory import (
    PostMedium,
    Row,
    StoredBlock,
    StoredCopy,
    StoredMutes,
    StoredOriginal,
    StoredUpload,
)
from shutterfeed.services.audit_repairs import AuditRepairs
from shutterfeed.services.auditing import AuditService
from shutterfeed.services.mismatches import Mismatch
from tests import samples
from tests.fakes.metadata import FakeBlobs, FakeLedger, FakePosts, Metadata
from tests.fakes.storage import Buckets, FakeIntake, FakeQueue, FakeUploadBucket
from tests.fakes.system import START, FakeClock

T = TypeVar("T")

_WHOLE: Final = 2
"""Sound contents for each seeded mismatch."""
_BLOB_BYTES, _REFERENCE_BYTES, _POST_BYTES, _ENTRY_BYTES = 900, 180, 1_400, 750
_ABOUT_USERS_BYTES: Final = 150
"""Estimated for items of photos with six renditions."""
_DOLLARS_PER_READ_UNIT: Final = 0.125e-6
_DOLLARS_PER_LIST: Final = 5e-6
_DOLLARS_PER_TAG: Final = 0.4e-6
_NAMES: Final = ("1080.webp", "640.webp", "640.jpg", "320.webp", "150.jpg")
_RENDITIONS: Final = tuple(Rendition(name, "image/jpeg", 1, 1) for name in _NAMES)
_CONTENT: Final = b"x"
_OLD: Final = START - 2 * UPLOAD_OVERDUE
_LATE: Final = 100
"""Of so many uploads that expire, one that should have gone by now; and of so many contents, one
beside which there is a block."""


@dataclass
class Warehouse:
    """Rows and objects in memory, and the requests that reading them would take."""

    metadata: Metadata = field(default_factory=Metadata)
    buckets: Buckets = field(default_factory=Buckets)
    render: FakeQueue[RenderPhoto] = field(default_factory=FakeQueue)
    transcode: FakeQueue[TranscodeVideo] = field(default_factory=FakeQueue)
    collect: FakeQueue[CollectMessage] = field(default_factory=FakeQueue)
    clock: FakeClock = field(default_factory=FakeClock)
    modified: dict[str, datetime] = field(default_factory=dict)
    """When an upload came that did not come just now, by its key."""
    seeded: dict[Mismatch, set[str]] = field(
        default_factory=lambda: {kind: set() for kind in Mismatch}
    )
    about_users: list[StoredBlock | StoredMutes] = field(default_factory=list)
    requests: Counter[str] = field(default_factory=Counter)
    by_prefix: dict[str, list[StoredOriginal]] = field(default_factory=dict)

    def rows(self, part: int, parts: int) -> Iterable[Row]:
        if part % parts:
            return
        yield from self._billed(list(self.metadata.blobs.values()), _BLOB_BYTES)
        yield from self._billed(list(self.metadata.references), _REFERENCE_BYTES)
        yield from self._billed(list(self.metadata.uploads.values()), _ENTRY_BYTES)
        for post in self._billed(list(self.metadata.posts.values()), _POST_BYTES):
            for medium in post.media:
                reference = Reference.of(post.id, medium)
                yield PostMedium(reference, medium.content_type, post.state, medium.crop)
        yield from self._billed(self.about_users, _ABOUT_USERS_BYTES)

    def originals(self, prefix: str) -> Iterable[StoredOriginal]:
        found = self.by_prefix.get(prefix, [])
        self.requests["lists"] += max(1, ceil(len(found) / 1000))
        return found

    def renditions(self) -> Iterable[tuple[str, str]]:
        self.requests["lists"] += max(1, ceil(len(self.buckets.renditions) / 1000))
        for key in self.buckets.renditions:
            yield keys.parse_rendition_object(key)

    def uploads(self) -> Iterable[StoredUpload]:
        for key in self._listed(self.buckets.uploads):
            yield StoredUpload(*keys.parse_upload_object(key), self.modified.get(key, START))

    def copies(self) -> Iterable[StoredCopy]:
        for copies in (self.buckets.discarded, self.buckets.downloads):
            for key in self._listed(copies):
                yield StoredCopy(key, self.modified.get(key, START))

    def is_kept(self, post_id: PostId, media_id: str) -> bool:
        self.requests["tags"] += 1
        key = keys.upload_object(post_id, media_id)
        return key in self.buckets.uploads and key not in self.buckets.tags

    def service(self) -> AuditService:
        repairs = AuditRepairs(
            blobs=FakeBlobs(self.metadata),
            posts=FakePosts(self.metadata),
            ledger=FakeLedger(self.metadata),
            bucket=FakeUploadBucket(self.buckets),
            intake=FakeIntake(self.buckets),
            render=self.render,
            transcode=self.transcode,
            collect=self.collect,
        )
        return AuditService(inventory=self, repairs=repairs, clock=self.clock)

    def dollars_per_million(self) -> float:
        dollars = (
            self.requests["read units"] * _DOLLARS_PER_READ_UNIT
            + self.requests["lists"] * _DOLLARS_PER_LIST
            + self.requests["tags"] * _DOLLARS_PER_TAG
        )
        return dollars / len(self.buckets.originals) * 1e6

    def _listed(self, objects: Mapping[str, bytes]) -> Iterable[str]:
        self.requests["lists"] += max(1, ceil(len(objects) / 1000))
        return list(objects)

    def _billed(self, items: Sequence[T], item_bytes: int) -> Iterable[T]:
        self.requests["read units"] += ceil(len(items) * item_bytes / 8192)
        return items


def seeded(mismatches: int) -> Warehouse:
    """Sound contents, and this many mismatches of all kinds in turn among them."""
    house, kinds = Warehouse(), list(Mismatch)
    for number in range(mismatches * (1 + _WHOLE)):
        sound = number % (1 + _WHOLE) > 0
        _add(house, number, None if sound else kinds[number // (1 + _WHOLE) % len(kinds)])
    for key in house.buckets.originals:
        sha256, blob_id = keys.parse_original_object(key)
        original = StoredOriginal(sha256, blob_id, len(_CONTENT))
        house.by_prefix.setdefault(sha256[:2], []).append(original)
    return house


def _add(house: Warehouse, number: int, wrong: Mismatch | None) -> None:
    sha256, blob_id = samples.sha256(str(number)), ulid(START, number)
    post_id, media_id = PostId(samples.user_id(number % 1000), blob_id), blob_id
    reference = Reference(sha256, post_id, media_id)
    subject = blob_id
    if wrong is not Mismatch.OBJECT_WITHOUT_ROW and wrong is not Mismatch.RENDITION_WITHOUT_ROW:
        picture = Picture(blob_id, 1, 1, "", _RENDITIONS)
        house.metadata.blobs[sha256] = Blob(
            sha256, blob_id, "image/jpeg", len(_CONTENT), BlobState.READY, picture
        )
    if wrong not in (Mismatch.ROW_WITHOUT_OBJECT, Mismatch.RENDITION_WITHOUT_ROW):
        house.buckets.originals[keys.original_object(sha256, blob_id)] = _CONTENT
    if wrong is not Mismatch.OBJECT_WITHOUT_ROW:
        kept = _RENDITIONS[1:] if wrong is Mismatch.MISSING_RENDITION else _RENDITIONS
        for rendition in kept:
            key = keys.rendition_object(blob_id, rendition.name)
            house.buckets.renditions[key] = rendition, b""
    if wrong is Mismatch.REFERENCE_WITHOUT_POST:
        house.metadata.references.add(reference)
        subject = f"{post_id}#{media_id}"
    elif wrong is not Mismatch.RENDITION_WITHOUT_ROW:
        medium = Medium(media_id, "image/jpeg", len(_CONTENT), sha256)
        post = Post(post_id, "", (medium,), PostState.PUBLISHED, START)
        house.metadata.posts[post_id] = post
        if wrong is Mismatch.MEDIUM_WITHOUT_REFERENCE:
            subject = f"{post_id}#{media_id}"
        else:
            house.metadata.references.add(reference)
        subject = _add_uploads(house, number, post, wrong) or subject
    subject = _add_about_users(house, number, wrong) or subject
    if wrong is not None:
        house.seeded[wrong].add(subject)


def _add_about_users(house: Warehouse, number: int, wrong: Mismatch | None) -> str | None:
    """Now and then a block and two mutes, one of which is over and packed alone; with what is wrong
    of them, which is named."""
    if wrong is None and number % _LATE:
        return None
    one, other = samples.user_id(2 * number), samples.user_id(2 * number + 1)
    if wrong is not Mismatch.PAIR_WITHOUT_BLOCK:
        house.about_users.append(StoredBlock(one, other, in_pair=False))
    if wrong is not Mismatch.BLOCK_WITHOUT_PAIR:
        house.about_users.append(StoredBlock(one, other, in_pair=True))
    mute = NO_MUTES.including(Mute(other, "", START))
    over = NO_MUTES.including(Mute(one, "", START, START))
    packed = (
        MutedUsers({**mute.ends, **over.ends}) if wrong is not Mismatch.MUTE_NOT_PACKED else over
    )
    house.about_users.append(StoredMutes(one, packed, are_packed=True))
    if wrong is not Mismatch.MUTE_NOT_LISTED:
        house.about_users.append(StoredMutes(one, mute, are_packed=False))
    match wrong:
        case Mismatch.BLOCK_WITHOUT_PAIR | Mismatch.PAIR_WITHOUT_BLOCK:
            return f"{one}#{other}"
        case Mismatch.MUTE_NOT_PACKED | Mismatch.MUTE_NOT_LISTED:
            return f"{one}#{next(iter(mute.ends)).hex()}"
    return None


def _add_uploads(house: Warehouse, number: int, post: Post, wrong: Mismatch | None) -> str | None:
    """The entry of a post's medium, its upload, which expires, and a copy; with what is wrong of
    them, which is named."""
    (medium,) = post.media
    key = (post.author_id, medium.media_id)
    house.metadata.uploads[key] = Upload(post.id, replace(medium, state=MediaState.READY), START)
    upload = keys.upload_object(post.id, medium.media_id)
    house.buckets.uploads[upload], house.buckets.tags[upload] = _CONTENT, "released"
    if number % _LATE == 0:
        house.modified[upload] = _OLD
    copy = keys.discarded_object(post.id, medium.media_id)
    house.buckets.discarded[copy] = _CONTENT
    match wrong:
        case Mismatch.ENTRY_WITHOUT_POST:
            gone = PostId(post.author_id, ulid(_OLD, number))
            media_id = ulid(_OLD, number)
            left = Upload(gone, replace(medium, media_id=media_id), _OLD)
            house.metadata.uploads[gone.author_id, media_id] = left
            return f"{gone}#{media_id}"
        case Mismatch.UPLOAD_WITHOUT_ENTRY:
            gone = PostId(post.author_id, ulid(_OLD, number))
            stray = keys.upload_object(gone, medium.media_id)
            house.buckets.uploads[stray], house.modified[stray] = _CONTENT, _OLD
            return f"{gone}#{medium.media_id}"
        case Mismatch.UPLOAD_KEPT:
            del house.buckets.tags[upload]
            house.modified[upload] = _OLD
            return f"{post.id}#{medium.media_id}"
        case Mismatch.COPY_KEPT:
            house.modified[copy] = _OLD
            return copy
    return None
