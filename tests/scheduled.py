"""Scheduled posts in the world of the fakes."""

from __future__ import annotations

from datetime import datetime, timedelta

from shutterfeed.domain.messages import PublishPost
from shutterfeed.domain.posts import Post
from shutterfeed.domain.visibility import Viewer
from shutterfeed.services.posts import MediumDraft, PostDraft
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import PHOTO

ADA, BOB = samples.user_id(1), samples.user_id(2)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def draft_of(publish_at: datetime | None, content: bytes = PHOTO) -> PostDraft:
    medium = MediumDraft("image/jpeg", len(content), samples.sha256(content))
    return PostDraft("caption #tag", None, (medium,), publish_at=publish_at)


def scheduled(backend: Backend, wait: timedelta = timedelta(hours=2), key: str = "key") -> Post:
    """A post whose file has arrived and is ready, long before its time."""
    post = not_arrived(backend, wait, key)
    backend.upload(post, 0, PHOTO)
    backend.drain()
    return now(backend, post)


def not_arrived(backend: Backend, wait: timedelta, key: str = "key") -> Post:
    draft = draft_of(backend.clock.now() + wait)
    return backend.posts.create(ADA, draft, key).view.post


def now(backend: Backend, post: Post) -> Post:
    return backend.metadata.posts[post.id]


def pass_minutes(backend: Backend, minutes: int) -> None:
    """Time passes, in which it is looked every minute for what is due."""
    for _ in range(minutes):
        backend.due.send()
        rest = MINUTE
        while rest:
            step = min([rest, *(wait for wait, _ in backend.queues["publish"].later)])
            backend.wait(step)
            backend.drain()
            rest -= step


def fire(backend: Backend, post: Post) -> None:
    """The message of a post comes, which its time sends."""
    backend.queues["publish"].send([PublishPost(post.id)])


def listed(backend: Backend) -> list[Post]:
    return [view.post for view in backend.scheduling.own(ADA, None, 10).items]


def is_seen(backend: Backend, post: Post, user_id: str = BOB) -> bool:
    return bool(backend.viewing.posts(Viewer(user_id), [post.id]))
