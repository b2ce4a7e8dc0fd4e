"""Mending a post that failed because of a file: without that file, or with another in its place.

    failed ──the last failed medium is removed or replaced──> processing ──> published
       └──another one has failed too──> failed

A post that is not yet known to have failed, since the worker that writes it is late, is mended in
the same way and keeps its state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from shutterfeed.domain.errors import Conflict
from shutterfeed.domain.media import MediaState, Medium, Upload
from shutterfeed.domain.posts import Post, PostState, alt_texts_of


def without_medium(post: Post, media_id: str, uploads: Mapping[str, Upload]) -> Post:
    """The post without one of its media, and the alt text and tags of that one. `uploads` are its
    entries in the ledger, by media id. Raises `Conflict` for its last medium."""
    kept = [(medium, text) for medium, text in post.described() if medium.media_id != media_id]
    if not kept:
        raise Conflict(
            "last_medium", "A post has at least one photo or video. Delete the post instead."
        )
    without = replace(
        post,
        media=tuple(medium for medium, _ in kept),
        alt_texts=alt_texts_of(text for _, text in kept),
        people=tuple(person for person in post.people if person.media_id != media_id),
    )
    return _going_on(without, uploads)


def with_replacement(
    post: Post, media_id: str, medium: Medium, uploads: Mapping[str, Upload]
) -> Post:
    """The post with another medium in the place of one, which takes over its alt text and tags."""
    replaced = replace(
        post,
        media=tuple(medium if one.media_id == media_id else one for one in post.media),
        people=tuple(
            replace(person, media_id=medium.media_id) if person.media_id == media_id else person
            for person in post.people
        ),
    )
    return _going_on(replaced, uploads)


def check_failed(medium: Medium) -> None:
    """Raise `Conflict` unless the medium has failed."""
    if medium.state is not MediaState.FAILED:
        raise Conflict(
            "medium_not_failed",
            "Only a photo or video that failed can be removed from its post or replaced.",
        )


def _going_on(post: Post, uploads: Mapping[str, Upload]) -> Post:
    """The post in the state in which it goes on: it stays failed only because of another medium."""
    if post.state is not PostState.FAILED:
        return post
    return replace(
        post, state=replace(post, state=PostState.PROCESSING).with_uploads(uploads).state
    )
