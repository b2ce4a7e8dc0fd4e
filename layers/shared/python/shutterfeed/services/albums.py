"""The album of a published post, as its author changes it: see `domain/rearranging.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from shutterfeed.domain.albums import Described, Removed
from shutterfeed.domain.errors import Busy, Conflict, InvalidInput
from shutterfeed.domain.limits import Limits
from shutterfeed.domain.media import MediaState, Medium, Upload
from shutterfeed.domain.people import TaggedPerson, check_number
from shutterfeed.domain.posts import MAX_MEDIA, Post, PostState
from shutterfeed.domain.rearranging import album_of, check_seen, people_in, rearranged
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.posts import Albums, Posts
from shutterfeed.ports.system import Clock, Ids
from shutterfeed.ports.uploads import Ledger
from shutterfeed.services.people import PeopleService
from shutterfeed.services.posts import MediumDraft, check_draft, own_shown_post, parse_post_id
from shutterfeed.services.progress import ProgressService
from shutterfeed.services.uploads import Grant, UploadService
from shutterfeed.services.viewing import PostView, ViewingService

_ATTEMPTS: Final = 5
Wanted = str | MediumDraft
"""A medium of an album: the id of one that the post has, or a new file."""


@dataclass(frozen=True, slots=True)
class AlbumView:
    """A post as its author sees it, the album that waits to be shown, if one does, what was removed
    and can be put back, and links for the files that have not arrived."""

    view: PostView
    coming: tuple[Described, ...]
    removed: tuple[Removed, ...]
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumService:
    posts: Posts
    albums: Albums
    ledger: Ledger
    people: PeopleService
    uploads: UploadService
    viewing: ViewingService
    progress: ProgressService
    limits: Limits
    clock: Clock
    ids: Ids

    def get(self, text: str, owner_id: str) -> AlbumView:
        """The album of one's own published post. Raises `NotFound`, `Forbidden` for another's post,
        and `Conflict` if it is not published."""
        return self._shown(self._find(text, owner_id))

    def change(
        self, text: str, owner_id: str, wanted: Sequence[Wanted], seen: Sequence[str]
    ) -> AlbumView:
        """Give a post another album. With new files it waits until they are ready. `seen` are the
        ids of the album that the author has seen last. If the post has the wanted album, nothing
        changes, so that a repeated call gets the same answer, with fresh links.

        Raises `InvalidInput`, `NotFound`, `Forbidden` for another's post, `LimitReached`, `Busy`,
        and `Conflict` if it is not published, if it has another album than the author has seen, or
        if the author's storage is full.
        """
        drafts = _check(wanted)
        for _ in range(_ATTEMPTS):
            post = self._find(text, owner_id)
            if _is_so(post, drafts, seen):
                return self._shown(post)
            check_seen(post, seen)
            now = self.clock.now()
            album, uploads = self._album(post, drafts, now)
            sizes = [upload.medium.size for upload in uploads]
            spending = self.limits.additions(owner_id, now, sizes)
            after = rearranged(post, album, now)
            if self.albums.rearrange(post, after, now, uploads=uploads, spending=spending):
                return self._shown(self._find(text, owner_id))
        raise Busy

    def _find(self, text: str, owner_id: str) -> Post:
        post = own_shown_post(self.posts, self.viewing, parse_post_id(text), owner_id)
        if post.state is not PostState.PUBLISHED:
            raise Conflict("not_published", "The post is not published yet.")
        return post

    def _album(
        self, post: Post, wanted: Sequence[Wanted], now: datetime
    ) -> tuple[tuple[Described, ...], tuple[Upload, ...]]:
        """The wanted album, and the ledger entries of its new files. Raises `InvalidInput`."""
        known = _known(post)
        album: list[Described] = []
        new: dict[str, tuple[str, MediumDraft]] = {}
        for index, one in enumerate(wanted):
            if isinstance(one, str):
                if one not in known:
                    message = "The post has no such photo or video."
                    raise InvalidInput("unknown_medium", message, f"media[{index}].id")
                album.append(known[one])
            else:
                medium = one.declared(self.ids.new(now))
                album.append(Described(medium, one.alt_text))
                new[medium.media_id] = (f"media[{index}].file.people", one)
        tagged = self._tagged(post, new)
        described = tuple(_with_people(one, tagged) for one in album)
        check_number(people_in(post, described), "media")
        uploads = (one.medium for one in described if one.medium.media_id in new)
        return described, tuple(Upload(post.id, medium, now) for medium in uploads)

    def _tagged(
        self, post: Post, new: Mapping[str, tuple[str, MediumDraft]]
    ) -> tuple[TaggedPerson, ...]:
        """The people tagged in new files, which are given by their media ids, each with its field
        in the request. Raises `InvalidInput`."""
        drafts = {media_id: draft.people for media_id, (_, draft) in new.items()}
        if not any(drafts.values()):
            return ()
        fields = {media_id: field for media_id, (field, _) in new.items()}
        found = self.people.in_post(post.author_id, None, drafts.values(), post)
        tagged = found.tagged(drafts, fields, post)
        return tuple(person for person in tagged if person.media_id in new)

    def _shown(self, post: Post) -> AlbumView:
        view = self.viewing.post(Viewer(post.author_id), post.id)
        waiting = [one.medium.media_id for one in post.coming]
        uploads = self.ledger.of_post(post) if waiting else {}
        entries = [uploads[media_id] for media_id in waiting if media_id in uploads]
        now = self.clock.now()
        removed = tuple(one for one in post.removed if now < one.until)
        coming = self.progress.of_album(post)
        return AlbumView(view, coming, removed, self.uploads.grants(entries))


def _check(wanted: Sequence[Wanted]) -> tuple[Wanted, ...]:
    """The wanted album as it is stored. Raises `InvalidInput`."""
    if not 1 <= len(wanted) <= MAX_MEDIA:
        raise InvalidInput("invalid_media", f"A post has 1 to {MAX_MEDIA} media.", "media")
    ids = [one for one in wanted if isinstance(one, str)]
    if len(set(ids)) != len(ids):
        raise InvalidInput("medium_twice", "A photo or video is there twice.", "media")
    return tuple(
        one if isinstance(one, str) else check_draft(one, f"media[{index}].file.")
        for index, one in enumerate(wanted)
    )


def _known(post: Post) -> dict[str, Described]:
    """The media that an album of the post may have besides new files. Those whose files failed are
    not among them."""
    hidden = [Described(one.medium, one.alt_text) for one in post.removed]
    shown = [Described(medium, text) for medium, text in post.described()]
    found = {one.medium.media_id: one for one in (*hidden, *post.coming, *shown)}
    return {i: one for i, one in found.items() if one.medium.state is not MediaState.FAILED}


def _with_people(one: Described, tagged: Sequence[TaggedPerson]) -> Described:
    """A medium of an album with those of the people who are tagged in it, if it is new."""
    media_id = one.medium.media_id
    people = tuple(person for person in tagged if person.media_id == media_id)
    return replace(one, people=people) if people else one


def _is_so(post: Post, wanted: Sequence[Wanted], seen: Sequence[str]) -> bool:
    """Whether the post has the wanted album: new files are those that were not there before."""
    album = album_of(post)
    if len(album) != len(wanted):
        return False
    return all(
        medium.media_id == want
        if isinstance(want, str)
        else medium.media_id not in seen and _is_declared(medium, want)
        for medium, want in zip((one.medium for one in album), wanted, strict=True)
    )


def _is_declared(medium: Medium, draft: MediumDraft) -> bool:
    return (medium.content_type, medium.size, medium.sha256, medium.crop) == (
        draft.content_type,
        draft.size,
        draft.sha256,
        draft.crop,
    )
