"""The JSON of albums: which photos and videos a published post shows, and in which order."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from api.models import (
    AltText,
    FileBody,
    MediumView,
    PostBody,
    RequestBody,
    TaggedPeople,
    UploadLink,
)
from shutterfeed.domain.errors import InvalidInput
from shutterfeed.domain.posts import MAX_MEDIA
from shutterfeed.services.albums import AlbumView, Wanted
from shutterfeed.services.links import MediaLinks
from shutterfeed.services.posts import MediumDraft

Moment = Annotated[datetime, Meta(tz=True)]


class NewFile(FileBody):
    """A file that is added to an album, as in `FileBody`. With `keep_capture_details` the post
    shows when and with which camera the photo was taken. `alt_text` describes the picture for
    people who cannot see it. `people` are tagged in it from when it is shown on."""

    keep_capture_details: bool = False
    alt_text: AltText = ""
    people: TaggedPeople = field(default_factory=list)

    def to_domain(self, within: str) -> MediumDraft:
        """Raises `InvalidInput`; `within` is what the names of its fields begin with."""
        return MediumDraft(
            self.content_type,
            self.bytes,
            self.sha256,
            self.keep_capture_details,
            self.width,
            self.height,
            self.duration_ms,
            self.alt_text,
            people=tuple(person.to_domain() for person in self.people),
            crop=self.cropped(within),
        )


class AlbumItem(RequestBody):
    """A photo or video of an album: either the `id` of one that the post has, or has had within the
    last 30 days, or a new `file`."""

    id: str | None = None
    file: NewFile | None = None

    def to_domain(self, index: int) -> Wanted:
        """Raises `InvalidInput` unless it is one of the two."""
        if self.file is not None and self.id is None:
            return self.file.to_domain(f"media[{index}].file.")
        if self.id is not None and self.file is None:
            return self.id
        raise InvalidInput(
            "id_or_file", "Send either id or file for each photo or video.", f"media[{index}]"
        )


class ChangeAlbum(RequestBody):
    """The whole album that a post is to have, in order. `seen` are the ids of the photos and videos
    that the caller has seen of it last: those that wait to be shown, or else those that are."""

    media: Annotated[list[AlbumItem], Meta(min_length=1, max_length=MAX_MEDIA)]
    seen: Annotated[list[str], Meta(max_length=MAX_MEDIA)]


class RemovedMedium(Struct):
    """A photo or video that was removed from its post, and until when it can be put back."""

    medium: MediumView
    until: Moment


class Album(Struct):
    """A published post, and what only its author sees of its album. `coming` is the album that is
    shown once all of its files are ready; empty if none waits. If a file of it has `failed`, it is
    not shown before its author has changed it again. `removed` can be put back by their ids.
    `uploads` has a link for every new file that has not arrived yet."""

    post: PostBody
    coming: list[MediumView]
    removed: list[RemovedMedium]
    uploads: list[UploadLink]

    @classmethod
    def of(cls, album: AlbumView, links: MediaLinks) -> Album:
        view = album.view
        return cls(
            PostBody.of(view, links),
            [MediumView.of(view, one.medium, one.alt_text, links) for one in album.coming],
            [
                RemovedMedium(MediumView.of(view, one.medium, one.alt_text, links), one.until)
                for one in album.removed
            ],
            [UploadLink.of(grant) for grant in album.grants],
        )
