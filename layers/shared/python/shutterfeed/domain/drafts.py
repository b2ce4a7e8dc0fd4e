"""Drafts: posts whose files are sent while their authors still write, and that nobody else sees.

pending ──bytes landed──> processing ──every medium ready──> draft ──posted──> processing
                              └──a medium refused──> failed ──without it──> processing

A draft is a post with `draft_until`. In every state its author may change all of it, or post it,
which takes `draft_until` away for good: from then on it is like a post that was never a draft. One
that is not posted expires by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from shutterfeed.domain.errors import Conflict
from shutterfeed.domain.media import MediaState, Medium, Upload
from shutterfeed.domain.posts import DRAFT_RETENTION, SUSPENDED_RETENTION, Post, PostState


def drafted(post: Post, now: datetime) -> Post:
    """The post as a draft that was changed now. It never expires sooner for that."""
    until = now + DRAFT_RETENTION
    return replace(
        post, draft_until=until if post.draft_until is None else max(post.draft_until, until)
    )


def held(post: Post, until: datetime | None, now: datetime) -> Post:
    """The draft of somebody who is suspended `until` then, or without an end. It is kept until they
    have had as long for it as after a change."""
    least = now + SUSPENDED_RETENTION if until is None else until + DRAFT_RETENTION
    kept = drafted(post, now).draft_until
    return replace(post, draft_until=least if kept is None else max(kept, least))


def changed(post: Post, now: datetime) -> Post:
    """The post after its author has changed it now, in whatever way: if it is a draft, it is kept
    for as long again. Raises `Conflict` if it has expired."""
    check_kept(post, now)
    return drafted(post, now) if post.is_draft else post


def check_kept(post: Post, now: datetime) -> None:
    """Raise `Conflict` if the draft has expired. The table's TTL is late, so it may still be there
    after its time."""
    if is_over(post, now):
        raise Conflict("draft_expired", "The draft was not changed for too long. Please post anew.")


def is_over(post: Post, now: datetime) -> bool:
    """Whether it is a draft that has expired."""
    return post.draft_until is not None and post.draft_until <= now


def not_a_draft() -> Conflict:
    return Conflict("not_a_draft", "The post is not a draft, or not any more.")


def with_media(post: Post, media: Sequence[Medium]) -> Post:
    """The draft with other media, or the same in another order, in the state in which it goes
    on."""
    return replace(post, media=tuple(media), state=_state_with(post, media))


def posted(post: Post, publish_at: datetime | None, posted_as: str | None = None) -> Post:
    """The draft, posted: it is published as soon as all of its media are ready, or at its time.
    `posted_as` is the digest of a request that has changed it, too."""
    state = PostState.PROCESSING if post.state is PostState.DRAFT else post.state
    return replace(post, state=state, draft_until=None, publish_at=publish_at, posted_as=posted_as)


def settled(post: Post, uploads: Mapping[str, Upload]) -> Post:
    """The draft after what has become of its media, which `uploads` tell by their ids: it waits for
    its author if all are ready, and has failed if one has."""
    media = tuple(medium.for_viewers() for medium in post.with_uploads(uploads).media)
    states = {medium.state for medium in media}
    if MediaState.FAILED in states:
        return replace(post, media=media, state=PostState.FAILED)
    if states == {MediaState.READY}:
        return replace(post, media=media, state=PostState.DRAFT)
    return post


def _state_with(post: Post, media: Sequence[Medium]) -> PostState:
    if any(medium.state is MediaState.FAILED for medium in media):
        return PostState.FAILED
    if post.state is PostState.PENDING:
        return PostState.PENDING
    is_ready = all(medium.state is MediaState.READY for medium in media)
    return PostState.DRAFT if is_ready else PostState.PROCESSING
