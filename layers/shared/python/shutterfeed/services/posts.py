"""Posts: created with links for their bytes, shown, edited, deleted, restored."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from shutterfeed.domain.crops import Crop, check_uncropped
from shutterfeed.domain.drafts import changed
from shutterfeed.domain.errors import Busy, Conflict, Forbidden, InvalidInput
from shutterfeed.domain.ids import MalformedId, PostId
from shutterfeed.domain.limits import Limits
from shutterfeed.domain.media import Medium, Purpose, Upload
from shutterfeed.domain.pages import Page
from shutterfeed.domain.people import PersonDraft, TaggedPerson, check_number
from shutterfeed.domain.posts import (
    DRAFT_RETENTION,
    MAX_MEDIA,
    Place,
    Post,
    PostState,
    alt_texts_of,
    check_alt_text,
    check_caption,
    check_length,
    check_medium,
    check_place,
    check_sha256,
    clean_caption,
)
from shutterfeed.domain.rearranging import album_of, people_in
from shutterfeed.domain.scheduling import check_publish_at, to_seconds
from shutterfeed.domain.users import CommentsFrom, Profile
from shutterfeed.domain.videos import VIDEO_TYPES, check_declared
from shutterfeed.domain.visibility import Surface, Viewer
from shutterfeed.ports.posts import KEEP, Creation, Keep, Posts
from shutterfeed.ports.system import Clock, Ids
from shutterfeed.ports.uploads import Ledger
from shutterfeed.services.erasing import ErasureService
from shutterfeed.services.people import Candidates, PeopleService, Written
from shutterfeed.services.profiles import ProfileService
from shutterfeed.services.uploads import Grant, UploadService
from shutterfeed.services.viewing import Answering, PostView, ViewingService, post_not_found

MAX_IDEMPOTENCY_KEY = 255
IDEMPOTENCY_KEY = "[!-~]+"
"""The pattern of a whole key: printable ASCII without spaces."""
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class MediumDraft:
    """What a client declares of a file before it uploads it; `sha256` is hexadecimal.

    Dimensions, and the duration in milliseconds, are for videos only.
    """

    content_type: str
    size: int
    sha256: str
    keep_capture_details: bool = False
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    alt_text: str = ""
    people: tuple[PersonDraft, ...] = ()
    """The people whom the author tags in it."""
    crop: Crop | None = None
    """The part of a photo that is shown; None for all of it."""

    def declared(self, media_id: str) -> Medium:
        """The medium, of which nothing has arrived yet."""
        return Medium(
            media_id,
            self.content_type,
            self.size,
            self.sha256,
            keep_capture_details=self.keep_capture_details,
            width=self.width,
            height=self.height,
            duration_ms=self.duration_ms,
            crop=self.crop,
        )


@dataclass(frozen=True, slots=True)
class PostDraft:
    caption: str
    place: Place | None
    media: tuple[MediumDraft, ...]
    taken_at: datetime | None = None
    sensitive: bool = False
    comments_from: CommentsFrom | None = None
    publish_at: datetime | None = None
    is_draft: bool = False
    """Whether it waits for its author to post it."""

    def fingerprint(self) -> str:
        """A digest that is the same for the same draft, to tell a repeated request from a reused
        key."""
        return hashlib.sha256(json.dumps(asdict(self), default=str).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class CreatedPost:
    view: PostView
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostService:
    users: ProfileService
    posts: Posts
    ledger: Ledger
    uploads: UploadService
    viewing: ViewingService
    people: PeopleService
    erasure: ErasureService
    limits: Limits
    clock: Clock
    ids: Ids

    def create(self, author_id: str, draft: PostDraft, idempotency_key: str) -> CreatedPost:
        """Record a post as pending and give one upload link per medium.

        Repeated with the same key and draft it returns the first post, with fresh links for what
        has not arrived, and is not limited. Raises `InvalidInput`, `LimitReached`, and `Conflict`
        if the key was used for another draft, or if the author's storage is full.
        """
        check_idempotency_key(idempotency_key)
        draft = _check(draft)
        self._check_time(author_id, draft, idempotency_key)
        author = self.users.me(author_id)
        people = self.people.in_post(author_id, draft.caption, (m.people for m in draft.media))
        post, uploads = self._build(author_id, draft, people)
        sizes = [medium.size for medium in draft.media]
        spending = self.limits.creation(author_id, post.created_at, sizes)
        earlier = self.posts.create(post, uploads, idempotency_key, draft.fingerprint(), spending)
        if earlier is None:
            view = self.viewing.new_post(post, author, people.stored)
        else:
            post, uploads = self._replay(earlier, draft)
            view = self._show_again(post, author)
        return CreatedPost(view, self.uploads.grants(uploads))

    def _check_time(self, author_id: str, draft: PostDraft, idempotency_key: str) -> None:
        """Raise `InvalidInput` if a new post is to be published at a wrong time. A repeated request
        may come when the time is over."""
        if draft.publish_at is None:
            return
        try:
            check_publish_at(draft.publish_at, self.clock.now())
        except InvalidInput:
            if self.posts.created(author_id, idempotency_key) is None:
                raise

    def get(self, text: str, viewer: Viewer) -> PostView:
        """A published post, or one of the viewer's own. Raises `NotFound`."""
        return self.viewing.post(viewer, parse_post_id(text))

    def edit(
        self,
        text: str,
        editor_id: str,
        caption: str | None,
        place: Place | None,
        drop_place: bool,
        *,
        alt_texts: Mapping[str, str] | None = None,
        sensitive: bool | None = None,
        comments_from: CommentsFrom | Keep | None = KEEP,
        people: Mapping[str, Sequence[PersonDraft]] | None = None,
    ) -> PostView:
        """Change the caption unless None; set the place unless None, or drop it; change the alt
        texts of those media whose ids are given, and whom one sees in them; whether the post is
        sensitive unless None, and who may comment unless `KEEP`.

        Raises `InvalidInput`, `NotFound`, `LimitReached`, `Forbidden` for another's post, and
        `Conflict` for a draft that has expired.
        """
        post = own_shown_post(self.posts, self.viewing, parse_post_id(text), editor_id)
        now = self.clock.now()
        draft_until = changed(post, now).draft_until
        caption = None if caption is None else clean_caption(caption)
        found = self.people.in_post(editor_id, caption, (people or {}).values(), post)
        new_caption = _with_caption(post, caption, found)
        new_people = None if people is None else _with_people(post, people, found)
        new_place = post.place if place is None else check_place(place)
        new_place = None if drop_place else new_place
        new_texts = _with_alt_texts(post, alt_texts or {})
        spending = self.limits.spending(editor_id, now, changes=1)
        if not self.posts.edit(
            post.id,
            new_caption.text,
            new_place,
            new_texts,
            spending,
            sensitive=sensitive,
            comments_from=comments_from,
            mentions=None if caption is None else new_caption.mentions,
            people=new_people,
            draft_until=draft_until,
        ):
            raise post_not_found()
        return self.viewing.post(Viewer(editor_id), post.id)

    def untag(self, text: str, user_id: str) -> None:
        """Remove a person's own tags from a post, whoever's it is, so that its author cannot tag
        them in it again. Nothing tells whether they were tagged, or there is such a post: whom its
        author has blocked removes their tags too. Raises `NotFound` for what cannot be the id of a
        post, and `LimitReached`."""
        spending = self.limits.spending(user_id, self.clock.now(), changes=1)
        self.posts.untag(parse_post_id(text), user_id, spending)

    def delete(self, text: str, owner_id: str) -> None:
        """Take a post out of every list and feed; repeated, it changes nothing more.

        Raises `NotFound`, and `Forbidden` for another's post.
        """
        post_id = parse_post_id(text)
        for _ in range(_ATTEMPTS):
            post = own_post(self.posts, self.viewing, post_id, owner_id)
            is_deleted = post.state is PostState.DELETED
            if is_deleted or self.posts.delete(post, self.clock.now()):
                before = post.deleted_from if is_deleted else post.state
                if before is not PostState.PUBLISHED:
                    # Also by a repeated call: the first may have ended before this.
                    self.uploads.drop_parts(post)
                return
        raise Busy

    def erase(self, text: str, owner_id: str) -> None:
        """Erase a post, deleted or not, which nobody can undo. Repeated, it changes nothing more,
        also once the post is gone.

        Raises `NotFound`, `LimitReached`, and `Forbidden` for another's post.
        """
        post_id = parse_post_id(text)
        if post_id.author_id != owner_id:
            own_post(self.posts, self.viewing, post_id, owner_id)
        post = self.posts.get(post_id)
        if post is None or post.purpose is not Purpose.POST:
            return
        spending = self.limits.spending(owner_id, self.clock.now(), changes=1)
        self.erasure.erase(post_id, spending=spending)

    def restore(self, text: str, owner_id: str) -> PostView:
        """Bring a deleted post back to the state and the position that it had. Repeated, it changes
        nothing more. A post that is not deleted is returned as it is.

        Raises `NotFound`, also for another's post, `LimitReached`, and `Conflict` if it was deleted
        too long ago.
        """
        post_id = parse_post_id(text)
        if post_id.author_id != owner_id:
            raise post_not_found()
        for _ in range(_ATTEMPTS):
            post, now = own_post(self.posts, self.viewing, post_id, owner_id), self.clock.now()
            if post.is_withdrawn:
                raise post_not_found()
            if post.state is not PostState.DELETED:
                return self.viewing.post(Viewer(owner_id), post_id)
            if not post.restorable(now):
                raise Conflict("restore_expired", "The post was deleted too long ago.")
            spending = self.limits.spending(owner_id, now, changes=1)
            if self.posts.restore(post, now, spending):
                return self.viewing.post(Viewer(owner_id), post_id)
        raise Busy

    def deleted(self, owner_id: str, before: str | None, limit: int) -> Page[PostView]:
        """The owner's deleted posts that can be restored, last deleted first."""
        page, now = self.posts.deleted_by(owner_id, before, limit), self.clock.now()
        restorable = [post for post in page.items if post.restorable(now)]
        views = self.viewing.posts_at_hand(Viewer(owner_id), restorable, Surface.BIN)
        return Page(views, page.next_position)

    def by_author(
        self, handle: str, viewer: Viewer, before: str | None, limit: int
    ) -> Page[PostView]:
        """A user's published posts, newest first. Raises `NotFound`, and `Forbidden` for those of a
        private account."""
        author = self.viewing.find_owner(viewer, handle)
        page = self.posts.published_by(author.user_id, before, limit)
        views = self.viewing.posts_at_hand(viewer, page.items, Surface.LIST, [author])
        return Page(views, page.next_position)

    def _build(
        self, author_id: str, draft: PostDraft, people: Candidates
    ) -> tuple[Post, tuple[Upload, ...]]:
        now = self.clock.now()
        media = tuple(one.declared(self.ids.new(now)) for one in draft.media)
        post = Post(
            PostId(author_id, self.ids.new(now)),
            draft.caption,
            media,
            PostState.PENDING,
            now,
            draft.place,
            alt_texts=alt_texts_of(m.alt_text for m in draft.media),
            taken_at=draft.taken_at,
            sensitive=draft.sensitive,
            comments_from=draft.comments_from,
            publish_at=draft.publish_at,
            draft_until=now + DRAFT_RETENTION if draft.is_draft else None,
            mentions=people.written(draft.caption).mentions,
            people=_tagged(draft, media, people),
        )
        return post, tuple(Upload(post.id, medium, now) for medium in media)

    def _replay(self, earlier: Creation, draft: PostDraft) -> tuple[Post, tuple[Upload, ...]]:
        if earlier.fingerprint != draft.fingerprint():
            raise Conflict(
                "idempotency_key_reused",
                "This Idempotency-Key was used for a different post.",
                "Idempotency-Key",
            )
        post = self.posts.get(earlier.post_id)
        if post is None or post.state is PostState.DELETED:
            raise Conflict(
                "post_deleted", "The post made with this Idempotency-Key was deleted since."
            )
        uploads = self.ledger.of_post(post)
        ordered = tuple(uploads[m.media_id] for m in post.media if m.media_id in uploads)
        return post.with_uploads(uploads), ordered

    def _show_again(self, post: Post, author: Profile) -> PostView:
        """A post of the author's, with its media as they are here."""
        viewer = Viewer(author.user_id)
        views = self.viewing.posts_at_hand(viewer, [post], Surface.ITSELF, [author])
        if not views:
            raise post_not_found()
        return views[0]


def check_idempotency_key(text: str) -> None:
    """Check a client's idempotency key. Raises `InvalidInput`."""
    if len(text) > MAX_IDEMPOTENCY_KEY or not re.fullmatch(IDEMPOTENCY_KEY, text):
        raise InvalidInput(
            "invalid_idempotency_key",
            "Send a header Idempotency-Key of 1 to 255 printable ASCII characters, no spaces.",
            "Idempotency-Key",
        )


def _check(draft: PostDraft) -> PostDraft:
    """The draft as it is stored. Raises `InvalidInput`."""
    caption = check_caption(draft.caption)
    place = None if draft.place is None else check_place(draft.place)
    if not 1 <= len(draft.media) <= MAX_MEDIA:
        raise InvalidInput("invalid_media", f"A post has 1 to {MAX_MEDIA} media.", "media")
    media = tuple(check_draft(medium, f"media[{i}].") for i, medium in enumerate(draft.media))
    if draft.is_draft and draft.publish_at is not None:
        message = "A draft has no time. Give it one when you post it."
        raise InvalidInput("draft_with_time", message, "publish_at")
    publish_at = None if draft.publish_at is None else to_seconds(draft.publish_at)
    return replace(draft, caption=caption, place=place, media=media, publish_at=publish_at)


def check_draft(medium: MediumDraft, within: str) -> MediumDraft:
    """The draft of a medium as it is stored. `within` is what the names of its fields in the
    request begin with. Raises `InvalidInput`."""
    check_medium(within, medium.content_type, medium.size)
    if medium.content_type in VIDEO_TYPES:
        check_declared(within, medium.size, medium.width, medium.height, medium.duration_ms)
        check_uncropped(medium.crop, f"{within}crop")
    check_sha256(medium.sha256, f"{within}sha256")
    alt_text = check_alt_text(medium.alt_text, f"{within}alt_text")
    return replace(medium, alt_text=alt_text)


def _with_caption(post: Post, caption: str | None, people: Candidates) -> Written:
    """The post's caption, changed unless None. Raises `InvalidInput`."""
    if caption is None:
        return Written(post.caption, post.mentions)
    written = people.written(caption, post.mentions)
    # As people wrote it: the handles that it is shown with may be longer.
    check_length(written.text)
    return written


def _tagged(
    draft: PostDraft, media: Sequence[Medium], people: Candidates
) -> tuple[TaggedPerson, ...]:
    """The people tagged in the media of a new post. Raises `InvalidInput`."""
    drafts = {m.media_id: of.people for m, of in zip(media, draft.media, strict=True)}
    fields = {media_id: f"media[{index}].people" for index, media_id in enumerate(drafts)}
    return people.tagged(drafts, fields)


def _with_people(
    post: Post, changes: Mapping[str, Sequence[PersonDraft]], people: Candidates
) -> tuple[TaggedPerson, ...]:
    """The people tagged in the post, those of some media changed. Raises `InvalidInput`, also if
    they are too many together with those in files that are still to be shown."""
    fields = {media_id: f"people.{media_id}" for media_id in changes}
    _check_media(post, fields)
    tagged = people.tagged(changes, fields, post)
    check_number(people_in(replace(post, people=tagged), album_of(post)), "people")
    return tagged


def _check_media(post: Post, fields: Mapping[str, str]) -> None:
    """Raise `InvalidInput` unless these are ids of the post's media; `fields` has their names in
    error messages."""
    known = {medium.media_id for medium in post.media}
    for media_id, field in fields.items():
        if media_id not in known:
            raise InvalidInput("unknown_medium", "The post has no such medium.", field)


def _with_alt_texts(post: Post, changes: Mapping[str, str]) -> tuple[str, ...]:
    """The post's alt texts, some of them changed, by media id. Raises `InvalidInput`."""
    texts = {medium.media_id: text for medium, text in post.described()}
    fields = {media_id: f"alt_texts.{media_id}" for media_id in changes}
    _check_media(post, fields)
    for media_id, text in changes.items():
        texts[media_id] = check_alt_text(text, fields[media_id])
    return alt_texts_of(texts.values())


def own_post(posts: Posts, viewing: ViewingService, post_id: PostId, user_id: str) -> Post:
    """The user's post, deleted or not. Raises `NotFound`, and `Forbidden` for another's post that
    the user may see."""
    if post_id.author_id != user_id:
        viewing.post(Viewer(user_id), post_id)
        raise Forbidden("not_your_post", "Only its author may change a post.")
    post = posts.get(post_id)
    if post is None or post.purpose is not Purpose.POST or post.erased_at is not None:
        raise post_not_found()
    return post


def own_shown_post(posts: Posts, viewing: ViewingService, post_id: PostId, user_id: str) -> Post:
    """The user's post, unless it is deleted, or a moderator has hidden it. Raises what `own_post`
    raises."""
    post = own_post(posts, viewing, post_id, user_id)
    if post.state is PostState.DELETED or post.is_withdrawn:
        raise post_not_found()
    return post


def find_published(viewing: ViewingService, viewer: Viewer, text: str) -> PostView:
    """A published post that the viewer may see, by the text of its id. Raises `NotFound`."""
    view = viewing.post(viewer, parse_post_id(text))
    if view.post.state is not PostState.PUBLISHED:
        raise post_not_found()
    return view


def find_to_answer(
    viewing: ViewingService, viewer: Viewer, text: str, *, left: bool = False
) -> Answering:
    """A published post that the viewer may see and is about to like or save, by the text of its id;
    see `ViewingService.to_answer`. Raises `SessionEnded` and `NotFound`."""
    found = viewing.to_answer(viewer, parse_post_id(text), left=left)
    if found.view.post.state is not PostState.PUBLISHED:
        raise post_not_found()
    return found


def parse_post_id(text: str) -> PostId:
    """The post id in a text that a client has sent. Raises `NotFound`."""
    try:
        return PostId.parse(text)
    except MalformedId:
        raise post_not_found() from None
