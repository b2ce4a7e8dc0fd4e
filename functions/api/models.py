"""What the API takes and gives, as JSON. The OpenAPI document is made from these classes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from shutterfeed.domain.media import Failure, MediaState, Medium, Picture, Upload
from shutterfeed.domain.photos import PHOTO_TYPES
from shutterfeed.domain.posts import MAX_CAPTION, MAX_MEDIA, MAX_PLACE_NAME, Place, PostState
from shutterfeed.domain.users import MAX_BIO, MAX_DISPLAY_NAME, Profile
from shutterfeed.domain.videos import CLIP_TYPE, MAX_VIDEO_BYTES, VIDEO_TYPES
from shutterfeed.ports import UploadGrant
from shutterfeed.services.posts import CreatedPost, PostView

MAX_PAGE = 100
DEFAULT_PAGE = 20


class RequestBody(Struct, kw_only=True, forbid_unknown_fields=True):
    """What clients send. A misspelt field is an error, not a silent no-op."""


class PlaceBody(RequestBody):
    """Where a post was made: a name and a point in degrees, WGS 84."""

    name: Annotated[str, Meta(min_length=1, max_length=MAX_PLACE_NAME)]
    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]

    def to_domain(self) -> Place:
        return Place(self.name, self.latitude, self.longitude)


class MediumBody(RequestBody):
    """A file to come: exactly these bytes, and no others, can then be uploaded.

    A photo has at most 25 MB, a video 300. Of a video `width`, `height` and `duration_ms` have to
    be declared too; one of more work than is done for a video is refused at once.
    """

    content_type: Annotated[str, Meta(examples=sorted(PHOTO_TYPES | VIDEO_TYPES))]
    bytes: Annotated[int, Meta(ge=1, le=MAX_VIDEO_BYTES)]
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    width: Annotated[int, Meta(ge=1)] | None = None
    height: Annotated[int, Meta(ge=1)] | None = None
    duration_ms: Annotated[int, Meta(ge=1)] | None = None


class CreatePost(RequestBody):
    """A post to be: its caption and place, and what files will be uploaded for it."""

    media: Annotated[list[MediumBody], Meta(min_length=1, max_length=MAX_MEDIA)]
    caption: Annotated[str, Meta(max_length=MAX_CAPTION)] = ""
    place: PlaceBody | None = None


class EditPost(RequestBody):
    """What to change: a field left out stays as it is; a place of null is taken away."""

    caption: Annotated[str, Meta(max_length=MAX_CAPTION)] | UnsetType = UNSET
    place: PlaceBody | UnsetType | None = UNSET


class EditProfile(RequestBody):
    """What to change: a field left out stays as it is."""

    handle: Annotated[str, Meta(min_length=3, max_length=31)] | UnsetType = UNSET
    display_name: Annotated[str, Meta(max_length=MAX_DISPLAY_NAME)] | UnsetType = UNSET
    bio: Annotated[str, Meta(max_length=MAX_BIO)] | UnsetType = UNSET


class Health(Struct):
    status: str


class ErrorDetail(Struct):
    """`code` is for machines, `message` for people; `field` names what is wrong, if anything."""

    code: str
    message: str
    field: str | None


class ErrorBody(Struct):
    error: ErrorDetail


class UserCounts(Struct):
    """Exact at the time of the answer."""

    followers: int
    following: int
    posts: int


class User(Struct):
    """A user's public profile."""

    id: str
    handle: str
    display_name: str
    bio: str
    counts: UserCounts
    created_at: datetime

    @classmethod
    def of(cls, profile: Profile) -> User:
        counts = UserCounts(profile.followers, profile.following, profile.posts)
        return cls(
            profile.user_id,
            profile.handle,
            profile.display_name,
            profile.bio,
            counts,
            profile.created_at,
        )


class UserAsSeen(Struct):
    """A user's profile, and whether the caller follows them."""

    user: User
    followed_by_me: bool


class Author(Struct):
    """As much of a user as a post shows."""

    id: str
    handle: str
    display_name: str

    @classmethod
    def of(cls, profile: Profile) -> Author:
        return cls(profile.user_id, profile.handle, profile.display_name)


class RenditionBody(Struct):
    """One size and format of a photo; the URL never changes its content."""

    name: str
    url: str
    content_type: str
    width: int
    height: int


class FailureBody(Struct):
    """Why a file was refused."""

    code: str
    message: str

    @classmethod
    def of(cls, failure: Failure | None) -> FailureBody | None:
        return None if failure is None else cls(failure.code, failure.message)


class ClipBody(Struct):
    """The MP4 of a video, or of an animated picture, which has no sound and is to be looped.

    The URL never changes its content.
    """

    url: str
    content_type: str
    width: int
    height: int
    duration_ms: int
    has_audio: bool

    @classmethod
    def of(cls, picture: Picture | None, media_base_url: str) -> ClipBody | None:
        if picture is None or picture.clip is None:
            return None
        clip = picture.clip
        return cls(
            f"{media_base_url}/{picture.blob_id}/{clip.name}",
            CLIP_TYPE,
            clip.width,
            clip.height,
            clip.duration_ms,
            clip.has_audio,
        )


class MediumView(Struct):
    """A photo or video of a post. Dimensions, placeholder (a base64 ThumbHash) and renditions are
    there once it is ready; a video's are its poster's, and `clip` is what moves. `progress` is the
    percentage done of a video that is being processed."""

    id: str
    state: MediaState
    content_type: str
    width: int | None
    height: int | None
    placeholder: str | None
    renditions: list[RenditionBody]
    clip: ClipBody | None
    progress: int | None
    failure: FailureBody | None

    @classmethod
    def of(cls, medium: Medium, media_base_url: str) -> MediumView:
        picture = medium.picture
        return cls(
            medium.media_id,
            medium.state,
            medium.content_type,
            picture.width if picture else None,
            picture.height if picture else None,
            picture.placeholder if picture else None,
            _renditions(picture, media_base_url) if picture else [],
            ClipBody.of(picture, media_base_url),
            medium.progress,
            FailureBody.of(medium.failure),
        )


def _renditions(picture: Picture, media_base_url: str) -> list[RenditionBody]:
    return [
        RenditionBody(
            rendition.name,
            f"{media_base_url}/{picture.blob_id}/{rendition.name}",
            rendition.content_type,
            rendition.width,
            rendition.height,
        )
        for rendition in picture.renditions
    ]


class PostCounts(Struct):
    likes: int
    comments: int


class PlaceView(Struct):
    name: str
    latitude: float
    longitude: float

    @classmethod
    def of(cls, place: Place | None) -> PlaceView | None:
        return None if place is None else cls(place.name, place.latitude, place.longitude)


class PostBody(Struct):
    """A post. Only its author sees it before it is published."""

    id: str
    state: PostState
    author: Author
    caption: str
    place: PlaceView | None
    media: list[MediumView]
    counts: PostCounts
    created_at: datetime
    published_at: datetime | None

    @classmethod
    def of(cls, view: PostView, media_base_url: str) -> PostBody:
        post = view.post
        return cls(
            str(post.id),
            post.state,
            Author.of(view.author),
            post.caption,
            PlaceView.of(post.place),
            [MediumView.of(medium, media_base_url) for medium in post.media],
            PostCounts(post.likes, post.comments),
            post.created_at,
            post.published_at,
        )


class UploadLink(Struct):
    """Send a multipart form to `url`: all `fields` first, then the file as `file`."""

    media_id: str
    url: str
    fields: Mapping[str, str]
    expires_at: datetime

    @classmethod
    def of(cls, grant: UploadGrant) -> UploadLink:
        return cls(grant.media_id, grant.url, grant.fields, grant.expires_at)


class PostCreated(Struct):
    """The pending post, and a link for every file that has not arrived yet."""

    post: PostBody
    uploads: list[UploadLink]

    @classmethod
    def of(cls, created: CreatedPost, media_base_url: str) -> PostCreated:
        return cls(
            PostBody.of(created.view, media_base_url), [UploadLink.of(g) for g in created.grants]
        )


class UploadBody(Struct):
    """One line of the upload ledger."""

    post_id: str
    media_id: str
    state: MediaState
    content_type: str
    bytes: int
    failure: FailureBody | None
    created_at: datetime

    @classmethod
    def of(cls, upload: Upload) -> UploadBody:
        medium = upload.medium
        return cls(
            str(upload.post_id),
            medium.media_id,
            medium.state,
            medium.content_type,
            medium.size,
            FailureBody.of(medium.failure),
            upload.created_at,
        )


class PostPage(Struct):
    """Posts, newest first. `next_cursor` is null at the end; a page may hold fewer than asked."""

    items: list[PostBody]
    next_cursor: str | None


class UserPage(Struct):
    items: list[User]
    next_cursor: str | None


class UploadPage(Struct):
    items: list[UploadBody]
    next_cursor: str | None
