"""The JSON bodies about what others did."""

from __future__ import annotations

from msgspec import Struct

from api.models import Author, AvatarBody, Comment, Instant, UploadBody
from shutterfeed.domain.activity import OF_CASES, NoticeKind
from shutterfeed.domain.media import MediaState, Upload
from shutterfeed.domain.photos import SQUARE_NAME
from shutterfeed.services.activity_views import GroupView
from shutterfeed.services.links import MediaLinks
from shutterfeed.services.viewing import NoticedPost, ProfileView


class NoticedUser(Author):
    """A user who did something; whether their account is private, and whether the caller follows
    them, or has asked to and has no answer yet."""

    private: bool
    followed_by_me: bool
    requested_by_me: bool

    @classmethod
    def seen(cls, view: ProfileView, links: MediaLinks) -> NoticedUser:
        profile, relation = view.profile, view.relation
        return cls(
            profile.user_id,
            profile.handle,
            profile.display_name,
            AvatarBody.of(profile.shown_avatar, links),
            profile.private,
            relation.follows,
            relation.has_requested and not relation.follows,
        )


class NoticedPostBody(Struct):
    """A post that an entry is about. `thumbnail` is the URL of a square JPEG of up to 150 pixels a
    side, and `placeholder` a base64 ThumbHash; both are of the first photo or video."""

    id: str
    thumbnail: str | None
    placeholder: str | None

    @classmethod
    def of(cls, view: NoticedPost | None, links: MediaLinks) -> NoticedPostBody | None:
        if view is None:
            return None
        first = view.post.media[0]
        picture = first.picture
        if picture is None:
            return cls(str(view.post.id), None, None)
        of_first = links.of(picture.blob_id, first.media_id, private=view.is_private)
        return cls(str(view.post.id), of_first.to(SQUARE_NAME), picture.placeholder)


class ActivityGroup(Struct):
    """What others did to one thing: `count` people in all, of whom up to two are in `users`, last
    first.

    `at` is when the last of it happened. It is `new` if it appeared after the caller last looked.
    Likes and follows are grouped by their subject and at most a day; all else comes singly. If more
    than 100 people follow the caller in that time, or like a comment, `count` is 100. `upload` is
    the file that failed, of the kind `upload_failed`. The `post` of the kind `published_late` is
    one of the caller's own, which was published two minutes after its time or later. `case_id` is
    the case of the kinds `report_decided` and `statement`: `GET /me/reports` and
    `GET /me/statements` say what was decided in it.
    """

    id: str
    kind: NoticeKind
    at: Instant
    new: bool
    users: list[NoticedUser]
    count: int
    post: NoticedPostBody | None
    comment: Comment | None
    upload: UploadBody | None
    case_id: str | None

    @classmethod
    def of(cls, view: GroupView, links: MediaLinks) -> ActivityGroup:
        return cls(
            view.notice.position,
            view.notice.kind,
            view.at,
            view.is_new,
            [NoticedUser.seen(person, links) for person in view.people],
            view.count,
            NoticedPostBody.of(view.post, links),
            None if view.comment is None else Comment.of(view.comment, links),
            _failed(view, links),
            view.notice.subject if view.notice.kind in OF_CASES else None,
        )


class ActivityPage(Struct):
    """A page of what others did, newest first. It may have fewer entries than asked for."""

    items: list[ActivityGroup]
    next_cursor: str | None


class ActivityCount(Struct):
    """The number of entries that have appeared since the caller last looked; 20 stands for 20 and
    more."""

    count: int


def _failed(view: GroupView, links: MediaLinks) -> UploadBody | None:
    """The first file of a post that failed."""
    if view.notice.kind is not NoticeKind.UPLOAD_FAILED or view.post is None:
        return None
    post = view.post.post
    for medium in post.media:
        if medium.state is MediaState.FAILED:
            upload = Upload(post.id, medium, post.created_at, purpose=post.purpose)
            return UploadBody.of(upload, links)
    return None
