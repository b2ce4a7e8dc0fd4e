"""Drafts as their author sees them: listed, changed as a whole, and posted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Final

from shutterfeed.domain.drafts import (
    check_kept,
    drafted,
    is_over,
    not_a_draft,
    posted,
    with_media,
)
from shutterfeed.domain.errors import Busy, InvalidInput
from shutterfeed.domain.limits import Limits
from shutterfeed.domain.media import MediaState, Medium, Upload
from shutterfeed.domain.pages import Page
from shutterfeed.domain.people import PersonDraft, TaggedPerson
from shutterfeed.domain.posts import (
    MAX_MEDIA,
    Place,
    Post,
    alt_texts_of,
    check_alt_text,
    check_length,
    check_place,
    clean_caption,
)
from shutterfeed.domain.scheduling import check_publish_at, to_seconds
from shutterfeed.domain.users import CommentsFrom
from shutterfeed.domain.visibility import Surface, Viewer
from shutterfeed.ports.posts import Drafts, Posts
from shutterfeed.ports.system import Clock, Ids
from shutterfeed.ports.uploads import Ledger
from shutterfeed.services.people import Candidates, PeopleService
from shutterfeed.services.posts import (
    CreatedPost,
    MediumDraft,
    check_draft,
    own_shown_post,
    parse_post_id,
)
from shutterfeed.services.progress import ProgressService
from shutterfeed.services.uploads import UploadService
from shutterfeed.services.viewing import PostView, ViewingService

_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True)
class WantedMedium:
    """A medium of a draft as it is to be: one that the draft has, by its id, or a new file."""

    of: str | MediumDraft
    alt_text: str = ""
    keep_capture_details: bool = False
    people: tuple[PersonDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class WantedDraft:
    """The whole of a draft as it is to be. With `publish` it is posted: published as soon as its
    files are ready, or at `publish_at`."""

    media: tuple[WantedMedium, ...]
    caption: str = ""
    place: Place | None = None
    taken_at: datetime | None = None
    sensitive: bool = False
    comments_from: CommentsFrom | None = None
    publish: bool = False
    publish_at: datetime | None = None

    def digest(self) -> str:
        """The same for the same draft, so that a repeated request is known. 128 bits: only its
        author's own requests are compared."""
        text = json.dumps(asdict(self), default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftService:
    posts: Posts
    drafts: Drafts
    ledger: Ledger
    uploads: UploadService
    viewing: ViewingService
    progress: ProgressService
    people: PeopleService
    limits: Limits
    clock: Clock
    ids: Ids

    def own(self, owner_id: str, before: str | None, limit: int) -> Page[PostView]:
        """The owner's drafts, last created first, with the progress of their media."""
        page, now = self.drafts.by_author(owner_id, before, limit), self.clock.now()
        # The list is an index, which may still have what was posted in this moment.
        kept = [post for post in page.items if post.is_draft and not is_over(post, now)]
        views = self.viewing.posts_at_hand(
            Viewer(owner_id), [self.progress.of(post) for post in kept], Surface.DRAFTS
        )
        return Page(views, page.next_position)

    def change(self, text: str, owner_id: str, wanted: WantedDraft) -> CreatedPost:
        """Make a draft what is wanted, and post it if that is wanted too, in one write. Gives links
        for the files that have not arrived. If the draft is so already, nothing changes; a new file
        that it has already is that one. So a repeated call gets the same answer.

        Raises `InvalidInput`, `NotFound`, `Forbidden` for another's post, `LimitReached`, `Busy`,
        and `Conflict` if it is not a draft, or not any more, if it has expired, or if the author's
        storage is full.
        """
        wanted = _check(wanted)
        for _ in range(_ATTEMPTS):
            post = own_shown_post(self.posts, self.viewing, parse_post_id(text), owner_id)
            if not post.is_draft:
                return self._posted(post, wanted)
            now = self.clock.now()
            check_kept(post, now)
            if wanted.publish_at is not None:
                check_publish_at(wanted.publish_at, now)
            after, uploads = self._changed(post, wanted, now)
            if after == post:
                return self._shown(post)
            spending = self.limits.additions(owner_id, now, [u.medium.size for u in uploads])
            kept = after if wanted.publish else drafted(after, now)
            if self.drafts.write(post, kept, now, uploads=uploads, spending=spending):
                return self._shown(kept)
        raise Busy

    def _posted(self, post: Post, wanted: WantedDraft) -> CreatedPost:
        """The answer to a call that was made before: the post, whatever has become of it since.
        Raises `Conflict` if it was another call that has posted the draft."""
        if post.posted_as != wanted.digest():
            raise not_a_draft()
        return self._shown(post)

    def _changed(
        self, post: Post, wanted: WantedDraft, now: datetime
    ) -> tuple[Post, tuple[Upload, ...]]:
        """The draft as it is to be, and the ledger entries of its new files. Raises
        `InvalidInput`."""
        media, uploads = self._media(post, wanted, now)
        # Nobody was told of a draft. So whoever was named in it before has to be asked as anew.
        found = self.people.in_post(
            post.author_id, wanted.caption, (one.people for one in wanted.media)
        )
        caption = found.written(wanted.caption)
        check_length(caption.text)
        after = replace(
            with_media(post, media),
            caption=caption.text,
            mentions=caption.mentions,
            people=_tagged(post, media, wanted, found),
            alt_texts=alt_texts_of(one.alt_text for one in wanted.media),
            place=wanted.place,
            taken_at=wanted.taken_at,
            sensitive=wanted.sensitive,
            comments_from=wanted.comments_from,
        )
        if not wanted.publish:
            return after, uploads
        return posted(after, wanted.publish_at, wanted.digest()), uploads

    def _media(
        self, post: Post, wanted: WantedDraft, now: datetime
    ) -> tuple[tuple[Medium, ...], tuple[Upload, ...]]:
        ledger = self.ledger.of_post(post) if _has_files(wanted) else {}
        known = [_as_of(medium, ledger, now) for medium in post.media]
        media, uploads = [], []
        for index, (one, matched) in enumerate(
            zip(wanted.media, _matched(known, wanted.media), strict=True)
        ):
            medium = matched
            if medium is None:
                if isinstance(one.of, str):
                    message = "The draft has no such photo or video."
                    raise InvalidInput("unknown_medium", message, f"media[{index}].id")
                medium = one.of.declared(self.ids.new(now))
                uploads.append(Upload(post.id, medium, now))
            else:
                medium = next(m for m in post.media if m.media_id == medium.media_id)
            media.append(replace(medium, keep_capture_details=one.keep_capture_details))
        return tuple(media), tuple(uploads)

    def _shown(self, post: Post) -> CreatedPost:
        view = self.viewing.post(Viewer(post.author_id), post.id)
        if not post.awaits_media:
            return CreatedPost(view, ())
        uploads = self.ledger.of_post(post)
        entries = [uploads[m.media_id] for m in post.media if m.media_id in uploads]
        return CreatedPost(view, self.uploads.grants(entries))


def _check(wanted: WantedDraft) -> WantedDraft:
    """The draft as it is stored. Raises `InvalidInput`."""
    if not 1 <= len(wanted.media) <= MAX_MEDIA:
        raise InvalidInput("invalid_media", f"A post has 1 to {MAX_MEDIA} media.", "media")
    ids = [one.of for one in wanted.media if isinstance(one.of, str)]
    if len(set(ids)) != len(ids):
        raise InvalidInput("medium_twice", "A photo or video is there twice.", "media")
    if wanted.publish_at is not None and not wanted.publish:
        message = "A draft has no time. Send publish with it."
        raise InvalidInput("draft_with_time", message, "publish_at")
    return replace(
        wanted,
        media=tuple(_check_medium(one, f"media[{i}].") for i, one in enumerate(wanted.media)),
        caption=clean_caption(wanted.caption),
        place=None if wanted.place is None else check_place(wanted.place),
        publish_at=None if wanted.publish_at is None else to_seconds(wanted.publish_at),
    )


def _check_medium(one: WantedMedium, within: str) -> WantedMedium:
    of = one.of if isinstance(one.of, str) else check_draft(one.of, f"{within}file.")
    return replace(one, of=of, alt_text=check_alt_text(one.alt_text, f"{within}alt_text"))


def _has_files(wanted: WantedDraft) -> bool:
    return any(not isinstance(one.of, str) for one in wanted.media)


def _as_of(medium: Medium, ledger: Mapping[str, Upload], now: datetime) -> Medium:
    """A medium as its owner sees it: if its bytes never came, it has failed."""
    upload = ledger.get(medium.media_id)
    return medium if upload is None else upload.as_of(now).medium


def _matched(media: Sequence[Medium], wanted: Sequence[WantedMedium]) -> list[Medium | None]:
    """For each wanted medium that among the post's own which it is; None if there is none. A new
    file is one with the same content that nothing else is, unless that has failed."""
    left = {medium.media_id: medium for medium in media}
    named = {one.of: left.pop(one.of, None) for one in wanted if isinstance(one.of, str)}
    found: list[Medium | None] = []
    for one in wanted:
        if isinstance(one.of, str):
            found.append(named[one.of])
            continue
        same = next((m for m in left.values() if _is_declared(m, one.of)), None)
        if same is not None:
            del left[same.media_id]
        found.append(same)
    return found


def _is_declared(medium: Medium, file: MediumDraft) -> bool:
    if medium.state is MediaState.FAILED:
        return False
    return (medium.content_type, medium.size, medium.sha256, medium.crop) == (
        file.content_type,
        file.size,
        file.sha256,
        file.crop,
    )


def _tagged(
    post: Post, media: Sequence[Medium], wanted: WantedDraft, people: Candidates
) -> tuple[TaggedPerson, ...]:
    """The people tagged in the media of the draft. Raises `InvalidInput`."""
    drafts = {m.media_id: one.people for m, one in zip(media, wanted.media, strict=True)}
    fields = {media_id: f"media[{index}].people" for index, media_id in enumerate(drafts)}
    return people.tagged(drafts, fields, replace(post, people=()))
