"""The JSON bodies of requests and answers. The OpenAPI document is made from these classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import asdict

from api.parameters import whole
from shutterfeed.domain import photos, videos
from shutterfeed.domain.activity import ActivitySettings, ToldOf
from shutterfeed.domain.characters import NAME, OPTIONAL_NAME, PARAGRAPHS, TEXT
from shutterfeed.domain.comments import MAX_COMMENT
from shutterfeed.domain.crops import Crop, crop_of
from shutterfeed.domain.holding import MAX_HELD_WORD, MAX_HELD_WORDS
from shutterfeed.domain.media import Clip, Failure, MediaState, Medium, Picture, Purpose, Upload
from shutterfeed.domain.mentions import longest_shown
from shutterfeed.domain.notes import Note
from shutterfeed.domain.people import MAX_TAGGED, PersonDraft
from shutterfeed.domain.photos import (
    MAX_PHOTO_BYTES,
    PHOTO_TYPES,
    SQUARE_NAME,
    Capture,
    Rendition,
)
from shutterfeed.domain.posts import (
    MAX_ALT_TEXT,
    MAX_CAPTION,
    MAX_MEDIA,
    MAX_PLACE_NAME,
    MAX_SHOWN_CAPTION,
    Place,
)
from shutterfeed.domain.search import SuggestionKind
from shutterfeed.domain.suggestions import SuggestionReason
from shutterfeed.domain.users import (
    HANDLE,
    MAX_BIO,
    MAX_DISPLAY_NAME,
    MAX_HANDLE,
    MIN_HANDLE,
    TYPED_HANDLE,
    Avatar,
    CommentsFrom,
    MentionsFrom,
    Profile,
    SensitiveView,
    Suspension,
)
from shutterfeed.domain.videos import CLIP_TYPE, MAX_VIDEO_BYTES, VIDEO_TYPES
from shutterfeed.domain.visibility import Relation
from shutterfeed.ports.uploads import UploadGrant
from shutterfeed.services.avatars import CreatedAvatar
from shutterfeed.services.blocks import BlockView
from shutterfeed.services.downloads import Download
from shutterfeed.services.feed import NewPosts
from shutterfeed.services.links import MediaLinks, MediumLinks
from shutterfeed.services.mutes import MuteView
from shutterfeed.services.posts import CreatedPost
from shutterfeed.services.search import SuggestionView
from shutterfeed.services.suggestions import SuggestedView
from shutterfeed.services.uploads import Grant, UploadView
from shutterfeed.services.viewing import AuthorView, CommentView, PostView, ProfileView
from shutterfeed.services.zooming import Zoomed

Instant = Annotated[datetime, Meta(tz=True)]
Count = Annotated[int, Meta(ge=1, le=2_147_483_647)]


def _documented(**schema: Any) -> Meta:
    """A rule that only the OpenAPI document shows: the domain checks it, with an error of its
    own."""
    return Meta(extra_json_schema=schema)


def shown_pattern(pattern: str) -> Meta:
    """A pattern for the whole text that only the OpenAPI document shows."""
    return _documented(pattern=whole(pattern))


class RequestBody(Struct, kw_only=True, forbid_unknown_fields=True):
    """The base of all request bodies. A misspelt field is an error, not a silent no-op."""


class PlaceBody(RequestBody):
    """The place where a post was made: its name, and perhaps a point in degrees (WGS 84). Only one
    of `latitude` and `longitude` is refused with 400 `incomplete_point`."""

    name: Annotated[str, Meta(min_length=1, max_length=MAX_PLACE_NAME), shown_pattern(NAME)]
    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None

    def to_domain(self) -> Place:
        return Place(self.name, self.latitude, self.longitude)


# From these, controls of the writing direction and further control characters are removed.
AltText = Annotated[str, Meta(max_length=MAX_ALT_TEXT), shown_pattern(TEXT)]
Caption = Annotated[str, Meta(max_length=MAX_CAPTION), shown_pattern(TEXT)]
EditedComment = Annotated[
    str, Meta(min_length=1, max_length=longest_shown(MAX_COMMENT)), shown_pattern(TEXT)
]
CommentText = Annotated[str, Meta(min_length=1, max_length=MAX_COMMENT), shown_pattern(TEXT)]


EditedCaption = Annotated[str, Meta(max_length=MAX_SHOWN_CAPTION), shown_pattern(TEXT)]


TaggedHandle = Annotated[
    str, Meta(min_length=MIN_HANDLE, max_length=MAX_HANDLE), shown_pattern(HANDLE)
]


class PersonBody(RequestBody):
    """A person in a photo or video, by their handle; `x` and `y` are fractions of its width and
    height, from the upper left corner."""

    handle: TaggedHandle
    x: Annotated[float, Meta(ge=0, le=1)]
    y: Annotated[float, Meta(ge=0, le=1)]

    def to_domain(self) -> PersonDraft:
        return PersonDraft(self.handle, self.x, self.y)


TaggedPeople = Annotated[list[PersonBody], Meta(max_length=MAX_TAGGED)]


def to_people(people: Sequence[PersonBody]) -> tuple[PersonDraft, ...]:
    return tuple(person.to_domain() for person in people)


_FILE_LIMITS = {
    "photo": {
        "bytes": MAX_PHOTO_BYTES,
        "side": photos.MAX_SIDE,
        "pixels": photos.MAX_PIXELS,
    },
    "video": {
        "bytes": MAX_VIDEO_BYTES,
        "side": videos.MAX_SIDE,
        "pixels": videos.MAX_PIXELS,
        "duration_ms": videos.MAX_DURATION_MS + videos.DURATION_TOLERANCE_MS,
    },
}
"""What a photo and a video may have, for clients that tell before an upload what would be refused.
Sides and pixels are those of the upright picture."""


Fraction = Annotated[float, Meta(ge=0, le=1)]


class CropBody(RequestBody):
    """The part of a photo that is shown: a rectangle within the picture as it is shown, so after
    its orientation. `x` and `y` are the left upper corner, all four are fractions of the picture's
    width and height, to four decimal places. It has at least a hundredth of each, and leaves at
    least 64 pixels on each side."""

    x: Fraction
    y: Fraction
    width: Fraction
    height: Fraction

    def to_domain(self, field: str = "crop") -> Crop | None:
        """Raises `InvalidInput`. None if it leaves the whole picture."""
        return crop_of(self.x, self.y, self.width, self.height, field)

    @classmethod
    def of(cls, crop: Crop | None) -> CropBody | None:
        return None if crop is None else cls(**crop.fractions())


class ChangeCrop(RequestBody):
    """The part of a photo to show; null for all of it."""

    crop: CropBody | None


class FileBody(RequestBody):
    """A file that the client will upload. Only a file with exactly this size and SHA-256 is
    accepted.

    A photo may have up to 64 MB; a video up to 300 MB, 3 minutes and 5,760 pixels a side. `width`,
    `height` (pixels) and `duration_ms` are required for a video; a video that would take too long
    to process is refused at once. `x-limits` in this document has the limits as numbers. With
    `crop` only a part of a photo is shown; its file is kept whole, for its owner alone. A video
    cannot be cropped, nor can an animated picture, which fails with `crop_of_animation`.
    """

    content_type: Annotated[
        str,
        _documented(**{"enum": sorted(PHOTO_TYPES | VIDEO_TYPES), "x-limits": _FILE_LIMITS}),
    ]
    bytes: Annotated[int, Meta(ge=1, le=MAX_VIDEO_BYTES)]
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    width: Count | None = None
    height: Count | None = None
    duration_ms: Count | None = None
    crop: CropBody | None = None

    def cropped(self, within: str = "") -> Crop | None:
        """The part that is shown; None for all of it. `within` is what the names of its fields in
        the request begin with. Raises `InvalidInput`."""
        return None if self.crop is None else self.crop.to_domain(f"{within}crop")


class MediumBody(FileBody):
    """A file of a new post, as in `FileBody`.

    With `keep_capture_details` the post shows when and with which camera the photo was taken.
    `alt_text` describes the picture for people who cannot see it. `people` are tagged in it: at
    most 20 in a whole post. Whoever does not want to be mentioned by the author cannot be tagged,
    and the answer is then 400 `cannot_be_tagged`, like for a handle that nobody has.
    """

    keep_capture_details: bool = False
    alt_text: AltText = ""
    people: TaggedPeople = []


class CreatePost(RequestBody):
    """A new post: its caption, its place, and the files that will be uploaded for it.

    `taken_at` is when the photo or video was taken, as the author says; no list is ordered by it.
    `sensitive` marks a post that clients should blur until the viewer wants to see it.
    `comments_from` says who may comment on it; null if that is as the account's setting says.
    `publish_at` is when to publish it: at least a minute (400 `publish_at_too_soon`) and at most 75
    days (400 `publish_at_too_late`) from now; null for as soon as it is ready. The files of a
    `draft` are uploaded and made ready, and it then waits until its author posts it by `PUT
    /posts/{id}/draft`. Nobody else sees it, and it has no `publish_at` before that (400
    `draft_with_time`).
    """

    media: Annotated[list[MediumBody], Meta(min_length=1, max_length=MAX_MEDIA)]
    caption: Caption = ""
    place: PlaceBody | None = None
    taken_at: Instant | None = None
    sensitive: bool = False
    comments_from: CommentsFrom | None = None
    publish_at: Instant | None = None
    draft: bool = False


class Schedule(RequestBody):
    """When to publish a post, with the same limits as for a new one."""

    publish_at: Instant


class CreateAvatar(RequestBody):
    """A photo of up to 64 MB that the client will upload. Only a file with exactly this size and
    SHA-256 is accepted. The first frame of an animated picture is shown."""

    content_type: Annotated[str, _documented(enum=sorted(PHOTO_TYPES))]
    bytes: Annotated[int, Meta(ge=1, le=MAX_PHOTO_BYTES)]
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class EditPost(RequestBody):
    """The fields of a post to change. A field that is left out stays as it is; `null` removes the
    place, and lets the account's setting say who may comment.

    `alt_texts` maps media ids to texts; the texts of other media stay as they are. `people` does
    the same with those who are tagged. Nobody is tagged who has removed their tag from the post. A
    caption has at most 2,200 characters as its author has written it; it may be longer if people
    whom it mentions have longer handles since.
    """

    caption: EditedCaption | UnsetType = UNSET
    place: PlaceBody | UnsetType | None = UNSET
    alt_texts: Annotated[dict[str, AltText], Meta(max_length=MAX_MEDIA)] | UnsetType = UNSET
    sensitive: bool | UnsetType = UNSET
    comments_from: CommentsFrom | UnsetType | None = UNSET
    people: Annotated[dict[str, TaggedPeople], Meta(max_length=MAX_MEDIA)] | UnsetType = UNSET


_HANDLE = (
    "A handle has 3 to 30 characters: letters a-z (capital or small), digits, and single dots or"
    " underscores between them. Some names are reserved for the service (400 `reserved_handle`)."
)
Handle = Annotated[
    str,
    Meta(min_length=MIN_HANDLE, max_length=MAX_HANDLE + 1, description=_HANDLE),
    shown_pattern(TYPED_HANDLE),
]


DisplayName = Annotated[str, Meta(max_length=MAX_DISPLAY_NAME), shown_pattern(OPTIONAL_NAME)]


HeldWords = Annotated[
    list[Annotated[str, _documented(minLength=1, maxLength=MAX_HELD_WORD, pattern=whole(NAME))]],
    _documented(maxItems=MAX_HELD_WORDS),
]


class EditActivity(RequestBody):
    """Settings of whose acts the caller is told: `everyone`, `followed` (only of people whom the
    caller follows) or `nobody`. A field that is left out stays as it is."""

    likes: ToldOf | UnsetType = UNSET
    comments: ToldOf | UnsetType = UNSET
    mentions: ToldOf | UnsetType = UNSET
    tags: ToldOf | UnsetType = UNSET
    follows: ToldOf | UnsetType = UNSET

    def given(self) -> dict[str, ToldOf]:
        return {name: value for name, value in asdict(self).items() if value is not UNSET}


class ActivityBody(Struct):
    """Settings of whose acts the caller is told, by what they did: of `everyone`, of people whom
    the caller follows (`followed`), or of `nobody`. Requests to follow, their acceptance and failed
    uploads are always told."""

    likes: ToldOf
    comments: ToldOf
    mentions: ToldOf
    tags: ToldOf
    follows: ToldOf

    @classmethod
    def of(cls, settings: ActivitySettings) -> ActivityBody:
        return cls(
            settings.likes,
            settings.comments,
            settings.mentions,
            settings.tags,
            settings.follows,
        )


class EditProfile(RequestBody):
    """The fields of a profile to change. A field that is left out stays as it is.

    `sensitive` says whether clients should blur sensitive posts for the caller, or show them.
    With `public_page` set to false, the caller's profile and posts are not shown to people who are
    not signed in, and messengers and search engines get no preview of them. `comments_from` says
    who may comment on the caller's posts, unless a post says otherwise. Comments with one of the
    `held_words` wait for the caller; a word is found whatever its case and accents.
    `activity` says of whose acts the caller wants to be told.
    `mentions_from` says who may mention the caller in captions and comments, and tag them in
    photos: `everyone`, only those whom the caller has `followed`, or `nobody`. What was mentioned
    before stays. `welcomed` notes that the caller has been through a client's welcome, or has left
    it, so that no other client shows one.
    """

    handle: Handle | UnsetType = UNSET
    display_name: DisplayName | UnsetType = UNSET
    bio: Annotated[str, Meta(max_length=MAX_BIO), shown_pattern(PARAGRAPHS)] | UnsetType = UNSET
    private: bool | UnsetType = UNSET
    sensitive: SensitiveView | UnsetType = UNSET
    public_page: bool | UnsetType = UNSET
    comments_from: CommentsFrom | UnsetType = UNSET
    held_words: HeldWords | UnsetType = UNSET
    activity: EditActivity | UnsetType = UNSET
    mentions_from: MentionsFrom | UnsetType = UNSET
    welcomed: bool | UnsetType = UNSET


class Health(Struct):
    """The API answers; `status` is always `ok`."""

    status: str


class ErrorDetail(Struct):
    """What is wrong: a stable `code` for programs, a sentence for people, and the `field` of the
    request that is wrong, or null if no single field is."""

    code: str
    message: str
    field: str | None


class ErrorBody(Struct):
    """The body of every error that the API itself answers with."""

    error: ErrorDetail


class LimitDetail(Struct):
    """What the caller has done too much of, `limit`: `posts`, `files`, `bytes`, `follows`,
    `renames`, `comments`, `changes`, `originals` or `exports`. The same request succeeds after
    `retry_after` seconds, unless the caller does more of it meanwhile. `code` is
    `limit_reached`."""

    code: str
    message: str
    field: None
    limit: str
    retry_after: int


class LimitBody(Struct):
    """The body of 429 when it comes from the API itself: the caller has reached a limit. The header
    `Retry-After` has the same number of seconds."""

    error: LimitDetail


class GatewayError(Struct):
    """The body of an error that the gateway in front of the API answers with: no valid access token
    (401, 403), a body of more than 10 MB (413), too many requests (429), or the API cannot be
    reached (500, 503). Its message is not meant for people."""

    message: str


class AvatarBody(Struct):
    """A user's picture: a square JPEG of up to 150 pixels a side. The content behind `url` never
    changes; it expires after one to two days. `placeholder` is a base64 ThumbHash of the whole
    photo."""

    url: str
    placeholder: str

    @classmethod
    def of(cls, avatar: Avatar | None, links: MediaLinks) -> AvatarBody | None:
        if avatar is None:
            return None
        # Everybody may see avatars, those of private accounts too.
        of_avatar = links.of(avatar.blob_id, avatar.media_id, private=False)
        return cls(of_avatar.to(SQUARE_NAME), avatar.placeholder)


class UserCounts(Struct):
    """The user's exact numbers of followers, followed users and published posts. `posts` is null if
    the account is private and the caller does not follow it."""

    followers: int
    following: int
    posts: int | None


class User(Struct):
    """A user's profile. If the account is `private`, only its followers see its posts and lists,
    and following it takes a request."""

    id: str
    handle: str
    display_name: str
    bio: str
    counts: UserCounts
    created_at: Instant
    private: bool
    avatar: AvatarBody | None

    @classmethod
    def of(cls, view: ProfileView, links: MediaLinks) -> User:
        profile = view.profile
        posts = profile.posts if view.shows_lists else None
        return User(
            profile.user_id,
            profile.handle,
            profile.display_name,
            profile.bio,
            UserCounts(profile.followers, profile.following, posts),
            profile.created_at,
            profile.private,
            AvatarBody.of(profile.shown_avatar, links),
        )


class Closing(Struct):
    """When the caller closed the account, and when it is erased."""

    closed_at: Instant
    erased_at: Instant

    @classmethod
    def of(cls, profile: Profile) -> Closing | None:
        if profile.closed_at is None or profile.erase_at is None:
            return None
        return cls(profile.closed_at, profile.erase_at)


class SuspensionBody(Struct):
    """That the caller is suspended. `GET /me/statements` has why, under `case_id`. `until` is null
    if it does not end by itself."""

    case_id: str
    until: Instant | None

    @classmethod
    def of(cls, suspension: Suspension | None) -> SuspensionBody | None:
        return None if suspension is None else cls(suspension.case_id, suspension.until)


class Me(User):
    """The caller's own profile, with the settings that nobody else sees. `requests` is the number
    of people who have asked to follow the caller and have no answer yet; `sensitive` says whether
    clients should blur sensitive posts for the caller, or show them; `public_page` says whether
    the caller may be shown to people who are not signed in; `mentions_from` says who may mention
    and tag the caller. `comments_from` says who may comment on the caller's posts, and comments
    with one of the `held_words` wait for the caller. `activity` says of whose acts the caller wants
    to be told. `closing` is null unless the caller has closed the account, and `suspension` unless
    a moderator has suspended the caller. As long as `handle_chosen` is false, the caller has the
    handle that a new user is given; `welcomed` says whether the caller has been through a client's
    welcome."""

    requests: int
    sensitive: SensitiveView
    public_page: bool
    comments_from: CommentsFrom
    held_words: list[str]
    activity: ActivityBody
    mentions_from: MentionsFrom
    closing: Closing | None
    handle_chosen: bool
    welcomed: bool
    suspension: SuspensionBody | None

    @classmethod
    def own(cls, view: ProfileView, links: MediaLinks, held_words: Sequence[str]) -> Me:
        user, profile = User.of(view, links), view.profile
        return cls(
            **asdict(user),
            requests=profile.requests,
            sensitive=profile.sensitive,
            public_page=profile.public_page,
            comments_from=profile.comments_from,
            held_words=list(held_words),
            activity=ActivityBody.of(profile.activity),
            mentions_from=profile.mentions_from,
            closing=Closing.of(profile),
            handle_chosen=profile.handle_chosen,
            welcomed=profile.welcomed,
            suspension=SuspensionBody.of(profile.suspension),
        )


class HandleBody(Struct):
    """A handle in the form in which it is kept, and whether the caller could take it now."""

    handle: str
    free: bool


class RelationBody(Struct):
    """The fields that say what the caller is to a user: see `UserAsSeen`."""

    followed_by_me: bool
    follows_me: bool
    requested_by_me: bool
    blocked_by_me: bool
    muted_by_me: bool

    @classmethod
    def to(cls, relation: Relation) -> RelationBody:
        return RelationBody(
            relation.follows,
            relation.is_followed,
            relation.has_requested and not relation.follows,
            relation.has_blocked,
            relation.has_muted,
        )


class UserAsSeen(RelationBody):
    """A user's profile, and what the caller is to them: whether the caller follows them, is
    followed by them, has asked to follow them and has no answer yet, has blocked them, and has
    muted them."""

    user: User

    @classmethod
    def of(cls, view: ProfileView, links: MediaLinks) -> UserAsSeen:
        user, relation = User.of(view, links), RelationBody.to(view.relation)
        return cls(**asdict(relation), user=user)


class ListedUser(User):
    """A user in a list, and what the caller is to them, as in `UserAsSeen`."""

    followed_by_me: bool
    follows_me: bool
    requested_by_me: bool
    blocked_by_me: bool
    muted_by_me: bool

    @classmethod
    def seen(cls, view: ProfileView, links: MediaLinks) -> ListedUser:
        user, relation = User.of(view, links), RelationBody.to(view.relation)
        return cls(**asdict(user), **asdict(relation))


class Author(Struct):
    """The part of a user's profile that a post shows."""

    id: str
    handle: str
    display_name: str
    avatar: AvatarBody | None

    @classmethod
    def of(cls, view: AuthorView, links: MediaLinks) -> Author:
        profile = view.profile
        avatar = AvatarBody.of(profile.shown_avatar, links)
        return cls(profile.user_id, profile.handle, profile.display_name, avatar)


class RenditionBody(Struct):
    """One size and format of a photo. The content behind `url` never changes; it expires like every
    address of a file. `width` and `height` are in pixels."""

    name: str
    url: str
    content_type: str
    width: int
    height: int

    @classmethod
    def of(cls, rendition: Rendition, links: MediumLinks) -> RenditionBody:
        return cls(
            rendition.name,
            links.to(rendition.name),
            rendition.content_type,
            rendition.width,
            rendition.height,
        )


class ZoomBody(Struct):
    """A larger rendition of a photo. `rendition` is null while there is none."""

    rendition: RenditionBody | None

    @classmethod
    def of(cls, zoomed: Zoomed, links: MediaLinks) -> ZoomBody:
        if not zoomed.is_made:
            return cls(None)
        private = zoomed.view.is_private
        files = links.of(zoomed.blob_id, zoomed.media_id, private=private)
        return cls(RenditionBody.of(zoomed.rendition, files))


class PostState(StrEnum):
    """A post is `pending` until its first file arrives, then `processing`, and in the end
    `published` or `failed`. One that has a time is `scheduled` when it is ready, until that time
    comes, and a draft is `draft`, until its author posts it. A `deleted` post appears only in the
    list of posts that can be restored."""

    PENDING = "pending"
    PROCESSING = "processing"
    SCHEDULED = "scheduled"
    DRAFT = "draft"
    PUBLISHED = "published"
    FAILED = "failed"
    DELETED = "deleted"


class FailureBody(Struct):
    """Why a file was refused. `field` names the declared value that the file contradicts, or is
    null if it contradicts none."""

    code: str
    message: str
    field: str | None

    @classmethod
    def of(cls, failure: Failure | None) -> FailureBody | None:
        return None if failure is None else cls(failure.code, failure.message, failure.field)


class NoteBody(Struct):
    """Something of a file that could not be kept, for its owner: `sound_left_out` (all sound),
    `animation_left_out` (all movement), `pictures_left_out` (further pictures of the file) or
    `incomplete` (a part of the picture). `message` is a sentence for people. There may be more
    codes in time."""

    code: str
    message: str

    @classmethod
    def of_all(cls, notes: Sequence[Note]) -> list[NoteBody]:
        return [cls(note.code, note.message) for note in notes]


class CaptureBody(Struct):
    """When and with which camera a photo was taken, if its file says so. `taken_at` is ISO 8601 in
    the camera's local time; it has an offset from UTC only if the file has one."""

    taken_at: str | None
    camera: str | None

    @classmethod
    def of(cls, capture: Capture | None) -> CaptureBody | None:
        return None if capture is None else cls(capture.taken_at, capture.camera)


class ClipBody(Struct):
    """The MP4 of a video or of an animated picture. An animated picture has no sound; play it in a
    loop.

    The content behind `url` never changes; it expires like every address of a file.
    """

    url: str
    content_type: str
    width: int
    height: int
    duration_ms: int
    has_audio: bool

    @classmethod
    def of(cls, clip: Clip, links: MediumLinks) -> ClipBody:
        return cls(
            links.to(clip.name),
            CLIP_TYPE,
            clip.width,
            clip.height,
            clip.duration_ms,
            clip.has_audio,
        )


class PersonView(Struct):
    """A person tagged in a photo or video; `x` and `y` are fractions of its width and height, from
    the upper left corner."""

    user: Author
    x: float
    y: float


class MediumView(Struct):
    """A photo or video of a post.

    `width`, `height` (pixels), `placeholder` (a base64 ThumbHash) and `renditions` are present once
    the state is `ready`, and so is `capture` if the author wants it shown. Those of a video
    describe its poster; `clip` is the moving picture. `progress` says what percentage of a video
    has been processed. `people` are those who are tagged in it, as far as the viewer may see them.
    `notes` say what of the file could not be kept; only its author is told, and a feed may leave
    them out. So it is with `crop`, the part of a photo that is shown; null for all of it.
    `zoomable` says that a larger rendition can be asked for:
    `POST /posts/{id}/media/{media_id}/zoom`.
    """

    id: str
    state: MediaState
    content_type: str
    width: int | None
    height: int | None
    placeholder: str | None
    renditions: list[RenditionBody]
    zoomable: bool
    capture: CaptureBody | None
    clip: ClipBody | None
    progress: int | None
    failure: FailureBody | None
    notes: list[NoteBody]
    alt_text: str
    people: list[PersonView]
    crop: CropBody | None = None

    @classmethod
    def of(cls, view: PostView, medium: Medium, alt_text: str, links: MediaLinks) -> MediumView:
        picture = medium.picture
        files = (
            links.of(picture.blob_id, medium.media_id, private=view.is_private) if picture else None
        )
        return cls(
            medium.media_id,
            medium.state,
            medium.content_type,
            picture.width if picture else None,
            picture.height if picture else None,
            picture.placeholder if picture else None,
            _renditions(picture, files) if picture and files else [],
            medium.zoom is not None,
            CaptureBody.of(medium.capture),
            ClipBody.of(picture.clip, files) if picture and picture.clip and files else None,
            medium.progress,
            FailureBody.of(medium.failure),
            NoteBody.of_all(medium.notes),
            alt_text,
            [
                PersonView(Author.of(author, links), person.x, person.y)
                for person, author in view.people_in(medium.media_id)
            ],
            CropBody.of(medium.crop),
        )


def _renditions(picture: Picture, links: MediumLinks) -> list[RenditionBody]:
    # All media with the same content share the stored object, but each has a URL of its own:
    # whether a URL is in a cache already tells nothing about other media with that content.
    return [RenditionBody.of(rendition, links) for rendition in picture.renditions]


class PostCounts(Struct):
    """The numbers of likes and comments of a post."""

    likes: int
    comments: int


class PlaceView(Struct):
    """The place where a post was made: its name, and a point in degrees (WGS 84). `latitude` and
    `longitude` are null if only the name is known."""

    name: str
    latitude: float | None
    longitude: float | None

    @classmethod
    def of(cls, place: Place | None) -> PlaceView | None:
        return None if place is None else cls(place.name, place.latitude, place.longitude)


class PostBody(Struct):
    """A post. Only its author sees it before it is published. `taken_at` is when the photo or video
    was taken, as the author says; null if the author did not say. If the author has marked it as
    `sensitive`, clients should blur it, unless the viewer's own setting in `GET /me` is `show`.
    One that is `reported_by_me` comes only to a caller who has asked for it, or for a list of its
    author's or of their own: clients should cover it until the caller wants to look all the same.
    `can_comment` says whether the viewer may comment on it now; `comments_from` is null for all but
    its author, and if the account's setting decides. `publish_at` is the time that its author has
    chosen for it, also once it is published, which may be later if its files were; null for all
    others, and if no time was chosen. `draft_until` is when a draft expires, which only its author
    sees; null if it is none. `hashtag` is set only in a feed: it is the followed hashtag that is
    why the post is there. `first_comments` come with a post by its id alone.

    People whom the `caption` mentions are in it by their present handles. `mentions` are those
    handles in it that lead to somebody: `@` with any other is plain text. A feed has only the
    mentions and tags of people whom it can find without waiting; the post by its id has all."""

    id: str
    state: PostState
    author: Author
    caption: str
    place: PlaceView | None
    media: list[MediumView]
    counts: PostCounts
    liked_by_me: bool
    saved_by_me: bool
    reported_by_me: bool
    created_at: Instant
    published_at: Instant | None
    taken_at: Instant | None
    sensitive: bool
    mentions: list[str]
    can_comment: bool
    comments_from: CommentsFrom | None
    hashtag: str | None
    publish_at: Instant | None = None
    draft_until: Instant | None = None
    first_comments: list[Comment] | None = None

    @classmethod
    def of(cls, view: PostView, links: MediaLinks) -> PostBody:
        post, caption = view.post, view.caption
        return cls(
            str(post.id),
            PostState(post.state),
            Author.of(view.author, links),
            caption.text,
            PlaceView.of(post.place),
            [MediumView.of(view, medium, text, links) for medium, text in post.described()],
            PostCounts(view.counts.likes, view.counts.comments),
            view.liked_by_me,
            view.saved_by_me,
            view.reported_by_me,
            post.created_at,
            post.published_at,
            post.taken_at,
            post.is_sensitive,
            list(caption.handles),
            view.can_comment,
            post.comments_from if view.is_own else None,
            view.hashtag,
            post.publish_at if view.is_own else None,
            post.draft_until if view.is_own else None,
        )


class Comment(Struct):
    """A comment on a post.

    `text` has today's handles of those whom it mentions; `mentions` lists the handles that lead to
    a user. A reply names its root in `reply_to`; `replies` is the number of replies that everybody
    sees. If `deleted`, only its replies are left: author and text are null. A comment that the
    owner of the post has `hidden` is seen by the owner and by its author, who is not told; one that
    is `held` waits for the owner because of its words, and is seen by the same two. A reply to such
    a comment is `hidden`, until the owner lets everybody see either of them.
    """

    id: str
    post_id: str
    author: Author | None
    text: str | None
    mentions: list[str]
    created_at: Instant
    edited_at: Instant | None
    reply_to: str | None
    pinned: bool
    hidden: bool
    held: bool
    deleted: bool
    likes: int
    liked_by_me: bool
    replies: int
    can_edit: bool
    can_delete: bool
    can_moderate: bool

    @classmethod
    def of(cls, view: CommentView, links: MediaLinks) -> Comment:
        comment, shown = view.comment, view.shown
        reply_to = None if comment.id.reply is None else str(comment.id.root_id)
        return cls(
            str(comment.id),
            str(comment.id.post_id),
            None if view.author is None else Author.of(view.author, links),
            None if shown is None else shown.text,
            [] if shown is None else list(shown.handles),
            comment.created_at,
            comment.edited_at,
            reply_to,
            view.pinned,
            view.is_hidden,
            comment.held,
            view.is_deleted,
            comment.likes,
            view.liked_by_me,
            view.replies,
            view.is_own,
            view.is_own or view.is_moderated,
            view.is_moderated,
        )


class OEmbed(Struct, omit_defaults=True, kw_only=True):
    """What other sites need in order to show a post or a user, as oEmbed 1.0 has it. A `photo` has
    `url`; `rich` has `html`, a quotation without scripts. Sensitive posts have no picture."""

    version: str
    type: str
    title: str
    author_name: str
    author_url: str
    provider_name: str
    provider_url: str
    width: int
    height: int
    url: str | None = None
    html: str | None = None
    thumbnail_url: str | None = None
    thumbnail_width: int | None = None
    thumbnail_height: int | None = None


class PartBody(Struct):
    """One part of a large file: its `number`, counted from 1, and its `size` in bytes."""

    number: int
    size: int


class PartLinkBody(Struct):
    """The link for one part of a large file: PUT exactly these `size` bytes to `url`."""

    number: int
    url: str
    size: int


class PartsBody(Struct):
    """The links for the parts that are still missing. Part `n` begins at byte
    `(n - 1) * part_size`."""

    part_size: int
    parts: list[PartLinkBody]


class UploadLink(Struct, omit_defaults=True):
    """How to upload a file. A small file has `url` and `fields`: POST a multipart form to `url`,
    with all `fields` first and then the file as `file`. A large file has `multipart`: PUT its parts
    in any order, then complete the upload."""

    media_id: str
    expires_at: Instant
    url: str | None = None
    fields: Mapping[str, str] | None = None
    multipart: PartsBody | None = None

    @classmethod
    def of(cls, grant: Grant) -> UploadLink:
        if isinstance(grant, UploadGrant):
            return cls(grant.media_id, grant.expires_at, grant.url, grant.fields)
        parts = [PartLinkBody(link.number, link.url, link.size) for link in grant.links]
        return cls(grant.media_id, grant.expires_at, multipart=PartsBody(grant.part_size, parts))


class PostCreated(Struct):
    """The pending post, and a link for every file that has not arrived yet."""

    post: PostBody
    uploads: list[UploadLink]

    @classmethod
    def of(cls, created: CreatedPost, links: MediaLinks) -> PostCreated:
        return cls(PostBody.of(created.view, links), [UploadLink.of(g) for g in created.grants])


class AvatarCreated(Struct):
    """The id of the photo, and how to upload it; `upload` is null once the photo has arrived."""

    media_id: str
    upload: UploadLink | None

    @classmethod
    def of(cls, created: CreatedAvatar) -> AvatarCreated:
        return cls(created.media_id, UploadLink.of(created.grant) if created.grant else None)


class UploadBody(Struct):
    """One entry of the upload ledger. `sha256` is the value that the user declared. `thumbnail` is
    the URL of a square JPEG of up to 150 pixels a side, or null until the file is ready. `notes`
    say what of the file could not be kept. If `purpose` is `avatar`, nobody can see the post of
    `post_id`."""

    post_id: str
    media_id: str
    state: MediaState
    content_type: str
    bytes: int
    sha256: str
    failure: FailureBody | None
    notes: list[NoteBody]
    created_at: Instant
    purpose: Purpose
    thumbnail: str | None

    @classmethod
    def of(cls, upload: Upload, links: MediaLinks) -> UploadBody:
        medium = upload.medium
        # The ledger is for its owner alone, whoever may see the post.
        thumbnail = (
            links.of(medium.picture.blob_id, medium.media_id, private=True)
            if medium.picture
            else None
        )
        return cls(
            str(upload.post_id),
            medium.media_id,
            medium.state,
            medium.content_type,
            medium.size,
            medium.sha256,
            FailureBody.of(medium.failure),
            NoteBody.of_all(medium.notes),
            upload.created_at,
            upload.purpose,
            thumbnail.to(SQUARE_NAME) if thumbnail else None,
        )


class UploadState(Struct):
    """An entry of the upload ledger, the parts of a large file that have arrived, and how to upload
    the rest.

    `link` is null once all bytes have arrived, and when it is too late to upload them.
    """

    upload: UploadBody
    arrived: list[PartBody]
    link: UploadLink | None

    @classmethod
    def of(cls, view: UploadView, links: MediaLinks) -> UploadState:
        return cls(
            UploadBody.of(view.upload, links),
            [PartBody(part.number, part.size) for part in view.arrived],
            UploadLink.of(view.grant) if view.grant else None,
        )


class OriginalLink(Struct):
    """A link to a file exactly as it was uploaded: GET `url` before `expires_at`. Browsers save the
    answer as a file."""

    url: str
    expires_at: Instant
    content_type: str
    bytes: int
    sha256: str

    @classmethod
    def of(cls, download: Download) -> OriginalLink:
        medium = download.medium
        return cls(
            download.url, download.expires_at, medium.content_type, medium.size, medium.sha256
        )


class DeletedPost(Struct):
    """A deleted post that its author can still restore. `returns_to` is the state that it then has
    again."""

    post: PostBody
    returns_to: PostState | None
    deleted_at: Instant | None
    restorable_until: Instant | None

    @classmethod
    def of(cls, view: PostView, links: MediaLinks) -> DeletedPost:
        post = view.post
        return cls(
            PostBody.of(view, links),
            None if post.deleted_from is None else PostState(post.deleted_from),
            post.deleted_at,
            post.restorable_until,
        )


class DeletedPage(Struct):
    """Deleted posts, last deleted first. `next_cursor` is null at the end of the list."""

    items: list[DeletedPost]
    next_cursor: str | None


class PostPage(Struct):
    """Posts, newest first. `next_cursor` is null at the end of the list. A page may hold fewer
    posts than `limit`."""

    items: list[PostBody]
    next_cursor: str | None


class NewPostsBody(Struct):
    """How many new posts there are. If `more` is true, there are more than `count`."""

    count: int
    more: bool

    @classmethod
    def of(cls, new: NewPosts) -> NewPostsBody:
        return cls(new.count, new.more)


class FeedPageBody(Struct):
    """A page of the feed, newest post first. `next_cursor` is null at the end of the feed.

    `latest` is set on the first page: send it as `since` to ask how many posts have come since
    then. The answer to such a request has `new` and no posts.
    """

    items: list[PostBody] = []
    next_cursor: str | None = None
    latest: str | None = None
    new: NewPostsBody | None = None


class UserPage(Struct):
    """Users. `next_cursor` is null at the end of the list."""

    items: list[ListedUser]
    next_cursor: str | None


class SuggestedUser(Author):
    """A user whom the caller may like to follow, and what the caller is to them, as in
    `UserAsSeen`. The `reason` is `acquaintance` if people whom the caller follows follow them, and
    `popular` if they are popular or active in these days."""

    followed_by_me: bool
    follows_me: bool
    requested_by_me: bool
    blocked_by_me: bool
    muted_by_me: bool
    reason: SuggestionReason

    @classmethod
    def seen(cls, view: SuggestedView, links: MediaLinks) -> SuggestedUser:
        profile = view.profile.profile
        relation = RelationBody.to(view.profile.relation)
        return cls(
            profile.user_id,
            profile.handle,
            profile.display_name,
            AvatarBody.of(profile.shown_avatar, links),
            **asdict(relation),
            reason=view.reason,
        )


class SuggestedUsers(Struct):
    """Users whom the caller may like to follow, likeliest first."""

    items: list[SuggestedUser]


class BlockedUser(Struct):
    """A user whom the caller has blocked. `handle` is the one by which to unblock them; `user` is
    null if they have no account any more, or it is closed or suspended."""

    handle: str
    user: Author | None
    blocked_at: Instant

    @classmethod
    def of(cls, view: BlockView, links: MediaLinks) -> BlockedUser:
        block = view.block
        user = None if view.user is None else Author.of(view.user, links)
        return cls(block.handle if user is None else user.handle, user, block.at)


class BlockedPage(Struct):
    """A page of the users whom the caller has blocked."""

    items: list[BlockedUser]
    next_cursor: str | None


class MutedUser(Struct):
    """A user whom the caller has muted. `until` is when the mute ends; null if it does not."""

    user: Author
    muted_at: Instant
    until: Instant | None

    @classmethod
    def of(cls, view: MuteView, links: MediaLinks) -> MutedUser:
        return cls(Author.of(view.user, links), view.mute.at, view.mute.until)


class MutedPage(Struct):
    """A page of the users whom the caller has muted."""

    items: list[MutedUser]
    next_cursor: str | None


class UploadPage(Struct):
    """Entries of the upload ledger, newest first. `next_cursor` is null at the end of the list."""

    items: list[UploadBody]
    next_cursor: str | None


class SearchPage(Struct):
    """The posts, users and hashtags that were found, best match first. Hashtags come without `#`.

    `next_cursor` is null at the end of the list, and always if `type` is `all`.
    """

    posts: list[PostBody]
    users: list[ListedUser]
    hashtags: list[str]
    next_cursor: str | None


class SuggestionBody(Struct):
    """One suggestion: `text` is a handle, a hashtag without `#`, or the name of a place. `user` is
    set if `text` is a handle."""

    kind: SuggestionKind
    text: str
    user: Author | None

    @classmethod
    def of(cls, view: SuggestionView, links: MediaLinks) -> SuggestionBody:
        user = Author.of(view.user, links) if view.user else None
        return cls(view.kind, view.text, user)


class Suggestions(Struct):
    """Suggestions for what the user is typing, likeliest first."""

    items: list[SuggestionBody]
