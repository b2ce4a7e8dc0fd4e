"""Drafts in the world of the fakes."""

from __future__ import annotations

from dataclasses import replace

from shutterfeed.domain.posts import Post
from shutterfeed.services.drafts import WantedDraft, WantedMedium
from shutterfeed.services.posts import CreatedPost, MediumDraft, PostDraft
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import PHOTO

ADA, BOB = samples.user_id(1), samples.user_id(2)
OTHER = PHOTO + b"another"


def file_of(content: bytes) -> MediumDraft:
    return MediumDraft("image/jpeg", len(content), samples.sha256(content))


def begun(backend: Backend, *contents: bytes, key: str = "key") -> Post:
    """A draft none of whose files has arrived."""
    media = tuple(map(file_of, contents or (PHOTO,)))
    return backend.posts.create(ADA, PostDraft("", None, media, is_draft=True), key).view.post


def ready(backend: Backend, *contents: bytes, key: str = "key") -> Post:
    """A draft whose files are ready."""
    contents = contents or (PHOTO,)
    post = begun(backend, *contents, key=key)
    for index, content in enumerate(contents):
        backend.upload(post, index, content)
    backend.drain()
    return now(backend, post)


def now(backend: Backend, post: Post) -> Post:
    return backend.metadata.posts[post.id]


def wanted(post: Post, caption: str = "", *, publish: bool = False) -> WantedDraft:
    """The draft as it is, with a caption."""
    media = tuple(WantedMedium(medium.media_id) for medium in post.media)
    return WantedDraft(media, caption, publish=publish)


def posting(post: Post, caption: str = "#posted") -> WantedDraft:
    return wanted(post, caption, publish=True)


def adding(post: Post, *contents: bytes, publish: bool = False) -> WantedDraft:
    """The draft with files more, and in the other order."""
    more = tuple(WantedMedium(file_of(content)) for content in contents)
    same = wanted(post, "more", publish=publish)
    return replace(same, media=(*more, *reversed(same.media)))


def change(backend: Backend, post: Post, to: WantedDraft) -> CreatedPost:
    return backend.drafts.change(str(post.id), ADA, to)


def listed(backend: Backend) -> list[Post]:
    return [view.post for view in backend.drafts.own(ADA, None, 10).items]
