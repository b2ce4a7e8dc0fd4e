"""What is kept of a post, a comment or a user when they are reported."""

from __future__ import annotations

from datetime import datetime

from shutterfeed.domain.comments import Comment
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import Medium
from shutterfeed.domain.moderation import Evidence, EvidenceMedium
from shutterfeed.domain.posts import Post
from shutterfeed.domain.users import Profile
from shutterfeed.ports.posts import Posts


def of_post(post: Post, author: Profile, at: datetime) -> Evidence:
    """A post with its author and its media, as they are now."""
    return Evidence(
        at,
        author.user_id,
        author.handle,
        author.display_name,
        author.bio,
        post.caption,
        post.created_at,
        tuple(_medium(medium, text) for medium, text in post.described()),
        "" if post.place is None else post.place.name,
        _avatar(author),
    )


def of_comment(comment: Comment, author: Profile, at: datetime) -> Evidence:
    """A comment with its author, as they are now."""
    return Evidence(
        at,
        author.user_id,
        author.handle,
        author.display_name,
        author.bio,
        comment.text,
        comment.created_at,
        avatar_blob_id=_avatar(author),
    )


def of_user(user: Profile, avatar: Medium | None, at: datetime) -> Evidence:
    """A user with the photo of their avatar, as they are now."""
    return Evidence(
        at,
        user.user_id,
        user.handle,
        user.display_name,
        user.bio,
        "",
        media=() if avatar is None else (_medium(avatar, ""),),
        avatar_blob_id=_avatar(user),
    )


def avatar_photo(user: Profile, posts: Posts) -> Medium | None:
    """The photo of which a user's avatar is made: that of a hidden post. None without an avatar, or
    if its post is gone."""
    if user.avatar is None:
        return None
    post = posts.get(PostId(user.user_id, user.avatar.post_ulid))
    media = () if post is None else post.media
    return next((medium for medium in media if medium.media_id == user.avatar.media_id), None)


def _avatar(user: Profile) -> str | None:
    return None if user.avatar is None else user.avatar.blob_id


def _medium(medium: Medium, alt_text: str) -> EvidenceMedium:
    picture = medium.picture
    if picture is None:
        return EvidenceMedium(medium.media_id, medium.sha256, medium.content_type)
    jpegs = (r.name for r in picture.renditions if r.name.endswith(".jpg"))
    return EvidenceMedium(
        medium.media_id,
        medium.sha256,
        medium.content_type,
        picture.blob_id,
        picture.placeholder,
        next(jpegs, None),
        alt_text,
        None if picture.clip is None else picture.clip.name,
    )
