"""Cropping a photo of a post that is not published in another way.

A file that has not arrived is cropped when it comes. One that is stored already is rendered again,
as a new medium in the place of the old one: so nothing that was made of the first crop can be taken
for the second, however late it comes.
"""

from __future__ import annotations

from dataclasses import replace

from shutterfeed.domain.crops import Crop, check_uncropped
from shutterfeed.domain.errors import Conflict
from shutterfeed.domain.media import MediaState, Medium, Upload
from shutterfeed.domain.mending import with_replacement
from shutterfeed.domain.posts import UNPUBLISHED, Post, PostState


def check_unpublished(post: Post) -> None:
    """Raise `Conflict` if a post has been published."""
    if post.state in (PostState.PUBLISHED, PostState.AVATAR):
        raise Conflict(
            "already_published",
            "The post is published. Put a cropped photo into its album instead.",
        )


def recropped(post: Post, media_id: str, crop: Crop | None) -> tuple[Post, Medium]:
    """The post with another crop of one of its media, and that medium. Raises `InvalidInput` for a
    video."""
    (medium,) = (medium for medium in post.media if medium.media_id == media_id)
    if medium.is_video:
        check_uncropped(crop, "crop")
    changed = replace(medium, crop=crop)
    media = tuple(changed if one.media_id == media_id else one for one in post.media)
    return replace(post, media=media), changed


def begun_again(
    post: Post, media_id: str, new_id: str, crop: Crop | None, uploads: dict[str, Upload]
) -> tuple[Post, Medium]:
    """The post with a new medium in the place of one of its media, of the same file with another
    crop, and that medium. A post that waits for its time waits for the file before. `uploads` are
    its entries in the ledger, by media id."""
    (old,) = (medium for medium in post.media if medium.media_id == media_id)
    new = replace(
        old,
        media_id=new_id,
        state=MediaState.AWAITING,
        picture=None,
        failure=None,
        progress=None,
        replaces=media_id,
        crop=crop,
    )
    after = with_replacement(post, media_id, new, uploads)
    if after.state in (*UNPUBLISHED, PostState.FAILED):
        return after, new
    return replace(after, state=PostState.PROCESSING), new
