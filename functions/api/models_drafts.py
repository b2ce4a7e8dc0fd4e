"""The JSON of drafts: posts whose files are sent while their authors still write."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from api.models import (
    AltText,
    EditedCaption,
    FileBody,
    Instant,
    PlaceBody,
    RequestBody,
    TaggedPeople,
    to_people,
)
from shutterfeed.domain.errors import InvalidInput
from shutterfeed.domain.posts import MAX_MEDIA
from shutterfeed.domain.users import CommentsFrom
from shutterfeed.services.drafts import WantedDraft, WantedMedium
from shutterfeed.services.posts import MediumDraft


class DraftMedium(RequestBody):
    """A photo or video of a draft: either the `id` of one that the draft has, or a new `file`. The
    other fields are as in `MediumBody`."""

    id: str | None = None
    file: FileBody | None = None
    keep_capture_details: bool = False
    alt_text: AltText = ""
    people: TaggedPeople = msgspec.field(default_factory=list)

    def to_domain(self, index: int) -> WantedMedium:
        """Raises `InvalidInput` unless it is one of the two."""
        of = self.id if self.file is None else _file(self.file, f"media[{index}].file.")
        if of is None or (self.file is not None and self.id is not None):
            raise InvalidInput(
                "id_or_file", "Send either id or file for each photo or video.", f"media[{index}]"
            )
        people = to_people(self.people)
        return WantedMedium(of, self.alt_text, self.keep_capture_details, people)


class ChangeDraft(RequestBody):
    """The whole of a draft as it is to be, with the same limits as for a new post: what is left out
    is empty. With `publish` it is posted: published as soon as its files are ready, or at
    `publish_at`, which only a draft that is posted may have (400 `draft_with_time`)."""

    media: Annotated[list[DraftMedium], Meta(min_length=1, max_length=MAX_MEDIA)]
    caption: EditedCaption = ""
    place: PlaceBody | None = None
    taken_at: Instant | None = None
    sensitive: bool = False
    comments_from: CommentsFrom | None = None
    publish: bool = False
    publish_at: Instant | None = None

    def to_domain(self) -> WantedDraft:
        """Raises `InvalidInput`."""
        return WantedDraft(
            tuple(medium.to_domain(index) for index, medium in enumerate(self.media)),
            self.caption,
            self.place.to_domain() if self.place else None,
            self.taken_at,
            self.sensitive,
            self.comments_from,
            self.publish,
            self.publish_at,
        )


def _file(file: FileBody, within: str) -> MediumDraft:
    return MediumDraft(
        file.content_type,
        file.bytes,
        file.sha256,
        width=file.width,
        height=file.height,
        duration_ms=file.duration_ms,
        crop=file.cropped(within),
    )
