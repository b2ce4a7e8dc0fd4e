"""The files in an export: their names, and the JSON in them.

What Instagram exports, too, has the names and the shape that it has there, so that programs which
read its exports read these. That includes a peculiarity: every byte of a text's UTF-8 is a
character of its own, which all of these programs undo. What Instagram does not know is in the
folder `shutterfeed`, as ordinary JSON. Every list is cut into files with numbers, none of which is
in two parts of an export, so that all parts can be unpacked into one folder.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from typing import Any, Final

from shutterfeed.domain.media import Medium, Purpose
from shutterfeed.domain.posts import Place, Post, PostCounts, PostState
from shutterfeed.domain.users import Profile

Json = dict[str, Any]

_ACTIVITY: Final = "your_instagram_activity"
_PEOPLE: Final = "connections/followers_and_following"
_MEDIA: Final = "media"


@dataclass(frozen=True, slots=True)
class ListKind:
    """A list. `stem` is the name of its files up to their number."""

    stem: str
    wrapped: str | None = None
    """The name inside the file under which Instagram has the list; None for a bare list."""
    is_instagrams: bool = True

    def file_name(self, number: int) -> str:
        return f"{self.stem}_{number}.json"

    def content(self, rows: Sequence[Json]) -> bytes:
        """The content of a file of the list."""
        whole = rows if self.wrapped is None else {self.wrapped: rows}
        return instagram_json(whole) if self.is_instagrams else plain_json(whole)


def _own(name: str) -> ListKind:
    return ListKind(f"shutterfeed/{name}", is_instagrams=False)


POSTS: Final = ListKind(f"{_ACTIVITY}/media/posts")
DELETED: Final = ListKind(
    f"{_ACTIVITY}/media/recently_deleted_content", "ig_recently_deleted_media"
)
UNPUBLISHED: Final = ListKind(f"{_ACTIVITY}/media/other_content", "ig_other_media")
PROFILE_PHOTOS: Final = ListKind(f"{_ACTIVITY}/media/profile_photos", "ig_profile_picture")
LIKES: Final = ListKind(f"{_ACTIVITY}/likes/liked_posts", "likes_media_likes")
SAVES: Final = ListKind(f"{_ACTIVITY}/saved/saved_posts", "saved_saved_media")
COMMENTS: Final = ListKind(f"{_ACTIVITY}/comments/post_comments")
FOLLOWERS: Final = ListKind(f"{_PEOPLE}/followers")
FOLLOWING: Final = ListKind(f"{_PEOPLE}/following", "relationships_following")
REQUESTS: Final = ListKind(
    f"{_PEOPLE}/follow_requests_received", "relationships_follow_requests_received"
)
BLOCKS: Final = ListKind(f"{_PEOPLE}/blocked_profiles", "relationships_blocked_users")
HASHTAGS: Final = ListKind(
    "connections/followed_content/following_hashtags", "relationships_following_hashtags"
)
ACCOUNT: Final = ListKind("personal_information/personal_information", "profile_user")
OWN_POSTS: Final = _own("posts")
OWN_PROFILE: Final = _own("profile")
SIGN_INS: Final = _own("sign_ins")
COLLECTIONS: Final = _own("collections")
MUTES: Final = _own("mutes")
TAGGED: Final = _own("tagged")
REPORTS: Final = _own("reports")


def instagram_json(content: object) -> bytes:
    """JSON as Instagram writes it: of every text the UTF-8, read as Latin-1."""
    return json.dumps(_misread(_plain(content)), indent=1).encode()


def plain_json(content: object) -> bytes:
    return json.dumps(_plain(content), ensure_ascii=False, indent=1).encode()


def _plain(value: Any) -> Any:
    """A value made of what JSON has: objects as their fields, moments as RFC 3339."""
    match value:
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case str():
            return str(value)
        case Mapping():
            return {str(key): _plain(inner) for key, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(inner) for inner in value]
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return value


def _misread(value: Any) -> Any:
    match value:
        case str():
            return value.encode().decode("latin-1")
        case dict():
            return {key: _misread(inner) for key, inner in value.items()}
        case list():
            return [_misread(inner) for inner in value]
    return value


def original_name(post: Post, medium: Medium) -> str:
    """The name of an original: as in Instagram's exports in a folder for each month, and under the
    medium's id, so that no two are the same."""
    folder = "profile" if post.purpose is Purpose.AVATAR else "posts"
    return f"{_MEDIA}/{folder}/{made_at(post):%Y%m}/{medium.file_name}"


def made_at(post: Post) -> datetime:
    """When a post was published, or else created."""
    return post.published_at or post.created_at


def list_of(post: Post) -> ListKind | None:
    """Instagram's list in which a post is; None for a photo that was never an avatar."""
    if post.purpose is Purpose.AVATAR:
        return PROFILE_PHOTOS if post.state is PostState.AVATAR else None
    if post.state is PostState.PUBLISHED:
        return POSTS
    return DELETED if post.state is PostState.DELETED else UNPUBLISHED


def post_entry(post: Post, files: Mapping[str, str]) -> Json:
    """A post as an entry of Instagram's lists. `files` has the names of the originals by their
    media.

    The entry has both of Instagram's shapes: the simple one, which every program reads, and the
    labels of the newer one, which alone has a place with its name and point. What is ours is under
    a name of its own.
    """
    made = int(made_at(post).timestamp())
    is_single = len(files) == 1
    media = [
        {
            "uri": files[medium.media_id],
            "creation_timestamp": made,
            "title": post.caption if is_single else "",
        }
        for medium in post.media
        if medium.media_id in files
    ]
    return {
        "media": media,
        "title": post.caption,
        "creation_timestamp": made,
        "label_values": [
            {"label": "Caption", "value": post.caption},
            *([] if post.place is None else [_labelled(post.place)]),
        ],
        "shutterfeed": {
            "id": str(post.id),
            "taken_at": post.taken_at,
            "sensitive": post.sensitive,
            "comments_from": post.comments_from,
            "crops": {
                medium.media_id: medium.crop.fractions()
                for medium in post.media
                if medium.crop is not None
            },
        },
    }


def _labelled(place: Place) -> Json:
    values: dict[str, object] = {"Name": place.name}
    if place.point is not None:
        values |= {"Latitude": place.latitude, "Longitude": place.longitude}
    return {
        "title": "Place",
        "dict": [{"label": label, "value": str(value)} for label, value in values.items()],
    }


def photo_entry(post: Post, files: Mapping[str, str]) -> Json | None:
    """A profile photo as an entry of Instagram's list; None if there is no original of it."""
    made = int(post.created_at.timestamp())
    for name in files.values():
        return {"uri": name, "creation_timestamp": made, "title": ""}
    return None


def own_post(
    post: Post, counts: PostCounts | None, handles: Mapping[str, str], files: Mapping[str, str]
) -> Json:
    """Everything that is stored of a post. `handles` has the people whom its author may see."""
    return {
        "id": str(post.id),
        "purpose": post.purpose,
        "state": post.state,
        "caption": post.caption,
        "place": post.place,
        "created_at": post.created_at,
        "published_at": post.published_at,
        "taken_at": post.taken_at,
        "deleted_at": post.deleted_at,
        "sensitive": post.sensitive,
        "comments_from": post.comments_from,
        "likes": None if counts is None else counts.likes,
        "comments": None if counts is None else counts.comments,
        "mentions": sorted(handles[one.user_id] for one in post.mentions if one.user_id in handles),
        "media": [
            _own_medium(post, medium, alt_text, handles, files.get(medium.media_id))
            for medium, alt_text in post.described()
        ],
    }


def _own_medium(
    post: Post, medium: Medium, alt_text: str, handles: Mapping[str, str], file: str | None
) -> Json:
    return {
        "id": medium.media_id,
        "file": file,
        "content_type": medium.content_type,
        "bytes": medium.size,
        "sha256": medium.sha256,
        "state": medium.state,
        "failure": medium.failure,
        "alt_text": alt_text,
        "shows_capture_details": medium.keep_capture_details,
        "crop": None if medium.crop is None else medium.crop.fractions(),
        "capture_details": medium.picture and medium.picture.capture,
        "notes": medium.notes,
        "people": [
            {"handle": handles[person.user_id], "x": person.x, "y": person.y}
            for person in post.people
            if person.media_id == medium.media_id and person.user_id in handles
        ],
    }


def own_profile(profile: Profile, held_words: Sequence[str]) -> Json:
    """A profile with all settings."""
    return {
        "id": profile.user_id,
        "handle": profile.handle,
        "display_name": profile.display_name,
        "bio": profile.bio,
        "created_at": profile.created_at,
        "followers": profile.followers,
        "following": profile.following,
        "posts": profile.posts,
        "private": profile.private,
        "public_page": profile.public_page,
        "sensitive": profile.sensitive,
        "comments_from": profile.comments_from,
        "mentions_from": profile.mentions_from,
        "held_words": held_words,
        "activity": profile.activity,
        "activity_seen_at": profile.activity_seen_at,
        "renamed_at": profile.renamed_at,
        "welcomed": profile.welcomed,
    }


def person_entry(handle: str, site_url: str, at: datetime | None = None) -> Json:
    """A person, or a hashtag, as an entry of Instagram's lists of them."""
    return link_entry("", f"{site_url}/u/{handle}", handle, at)


def link_entry(title: str, href: str, value: str, at: datetime | None = None) -> Json:
    link: Json = {"href": href, "value": value}
    if at is not None:
        link["timestamp"] = int(at.timestamp())
    return {"title": title, "media_list_data": [], "string_list_data": [link]}


def mapped_entry(title: str, values: Mapping[str, str | datetime | None], href: str = "") -> Json:
    """An entry of named values, of which the moments are timestamps."""
    return {
        "title": title,
        "string_map_data": {
            name: {"href": href, "value": "", "timestamp": int(value.timestamp())}
            if isinstance(value, datetime)
            else {"href": "", "value": value, "timestamp": 0}
            for name, value in values.items()
            if value is not None
        },
    }


def about(number: int, begun_at: datetime, handle: str) -> bytes:
    """The content of the file that says what a part is."""
    return plain_json(
        {
            "format": "shutterfeed-server-export",
            "version": 1,
            "part": number,
            "begun_at": begun_at,
            "handle": handle,
            "documentation": _DOCUMENTATION,
        }
    )


_DOCUMENTATION: Final[Json] = {
    f"{_MEDIA}/": "Your photos and videos exactly as you uploaded them, with all their metadata,"
    " such as where they were taken. Each post is in the same part as its files.",
    _ACTIVITY: "Your posts, likes, saves and comments, in the shape of Instagram's exports.",
    "connections": "Whom you follow, who follows you or asks to, whom you have blocked, and the"
    " hashtags that you follow, in the same shape.",
    "shutterfeed/posts": "Your posts with all that is stored of them: settings, alt texts, crops,"
    " capture details, the SHA-256 of each file, and why a file failed.",
    "shutterfeed/profile": "Your profile and all settings.",
    "shutterfeed/sign_ins": "Your account, the devices that are told of your activity, and when you"
    " last signed out everywhere.",
    "shutterfeed/collections": "Your collections of saved posts.",
    "shutterfeed/mutes": "Whom you have muted, and until when.",
    "shutterfeed/reports": "What you have reported, with reason and note.",
    "shutterfeed/tagged": "The posts in which others have tagged you.",
    "others": "Of other people these files have handles and the addresses of their posts, no more;"
    " nothing of those whom you may not see now.",
}
