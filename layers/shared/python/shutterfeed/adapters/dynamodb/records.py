"""Turns items into domain objects, and back.

An item holds its object's fields under their own names, and the keys beside them. What the key
says (an id) is not stored twice. Unknown attributes are ignored and missing ones take their
defaults, so that fields can be added while old code still runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import Item, item_key, key_item
from shutterfeed.domain.activity import ActivitySettings
from shutterfeed.domain.albums import Described, Removed
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import Blob, Failure, Medium, Picture, Purpose, Upload
from shutterfeed.domain.mentions import Mention
from shutterfeed.domain.people import TaggedPerson
from shutterfeed.domain.perceptual import PerceptualHash
from shutterfeed.domain.posts import Place, Post, PostCounts
from shutterfeed.domain.users import Avatar, Profile
from shutterfeed.schema import TTL_ATTRIBUTE

BLOB_ID: Final = "blob_id"
"""The attribute of a blob that holds its id, and of a reference that names its blob: a content may
have had several blobs over time."""

ALT_TEXTS: Final = "alt_texts"
"""The attribute of a post that holds its alt texts; missing if it has none."""

SENSITIVE: Final = "sensitive"
"""The attribute of a post that is sensitive; missing if it is not."""

MENTIONS: Final = "mentions"
PEOPLE: Final = "people"
CASES: Final = "cases"
"""The attribute of what is withheld of a content: the ids of the cases."""

AVATAR_WITHHELD: Final = "avatar_withheld"
"""The attribute of a profile with the marks of its avatar's content; missing if there are none."""
WITHHELD: Final = "withheld"
TAKEN_DOWN: Final = "taken_down"
LABELLED: Final = "labelled"
"""The attributes of a post, and of a comment, with the marks of moderators; missing if there are
none."""
UNTAGGED: Final = "untagged"
COMING: Final = "coming"
REMOVED: Final = "removed"
"""The attributes of a post that hold the people in it, as JSON; each is missing if there are
none."""
POPULARITY: Final = "popularity"
"""The attribute of a post with the order of magnitude of its likes; missing if it has few."""

Image = Mapping[str, Any]

_TEXTS: Final[Mapping[str, Callable[[str], Any]]] = {
    "media": msgspec.json.Decoder(tuple[Medium, ...]).decode,
    MENTIONS: msgspec.json.Decoder(tuple[Mention, ...]).decode,
    PEOPLE: msgspec.json.Decoder(tuple[TaggedPerson, ...]).decode,
    UNTAGGED: msgspec.json.Decoder(tuple[str, ...]).decode,
    COMING: msgspec.json.Decoder(tuple[Described, ...]).decode,
    REMOVED: msgspec.json.Decoder(tuple[Removed, ...]).decode,
}
"""The attributes of a post that are JSON, and how each is read."""

ACCEPTED: Final = "accepted"
"""The attribute of a follow edge that was a request before; missing if it was none."""

AWAITS_RENDERING: Final = "awaits_rendering"
"""The attribute of a reference that does not count before its rendering is done."""


def plain(
    value: Profile
    | Avatar
    | ActivitySettings
    | Post
    | Upload
    | Blob
    | Picture
    | Failure
    | PerceptualHash
    | Place
    | Medium,
) -> Item:
    """A domain object as nested dictionaries, lists, strings and numbers."""
    return _lean(msgspec.to_builtins(value))


def timestamp(at: datetime) -> str:
    """An instant in the form that items hold and msgspec reads: RFC 3339."""
    return str(msgspec.to_builtins(at))


def epoch(at: datetime) -> int:
    """An instant in the form of TTL attributes: seconds since the epoch."""
    return int(at.timestamp())


def profile_item(profile: Profile) -> Item:
    marks = {AVATAR_WITHHELD: set(profile.avatar_withheld) or None}
    return _without(plain(profile), "user_id") | marks | key_item(keys.profile(profile.user_id))


def to_profile(item: Image) -> Profile:
    return msgspec.convert({**item, "user_id": keys.parse_profile(item_key(item))}, Profile)


def post_item(post: Post) -> Item:
    fields = _without(plain(post), "id")
    own = {
        "media": media_text(post.media),
        ALT_TEXTS: list(post.alt_texts) or None,
        SENSITIVE: post.sensitive or None,
        POPULARITY: post.popularity or None,
        WITHHELD: set(post.withheld) or None,
    }
    return fields | own | people_texts(post) | hidden_texts(post) | key_item(keys.post(post.id))


def to_post(item: Image) -> Post:
    post_id = _id_of(keys.parse_post(item_key(item)))
    texts = {name: read(item[name]) for name, read in _TEXTS.items() if name in item}
    return msgspec.convert({**item, **texts, "id": post_id}, Post)


def to_counts(item: Image) -> PostCounts:
    return msgspec.convert(item, PostCounts)


def people_texts(post: Post) -> dict[str, str | None]:
    """The attributes of a post that hold the people in it; None for those that are missing."""
    held = {MENTIONS: post.mentions, PEOPLE: post.people, UNTAGGED: post.untagged}
    return {name: _json(value) if value else None for name, value in held.items()}


def hidden_texts(post: Post) -> dict[str, str | None]:
    """The attributes of a post that hold the media which are not shown; None for those that are
    missing."""
    held = {COMING: post.coming, REMOVED: post.removed}
    return {name: _json(value) if value else None for name, value in held.items()}


def media_text(media: Sequence[Medium]) -> str:
    """A post's media as JSON. They are written and read as a whole, and boto3 would take twenty
    times as long to read them as a hundred nested attributes."""
    return f"[{','.join(map(_medium_text, media))}]"


def medium_beginning(medium: Medium) -> str:
    """What the JSON of a medium in a post begins with: what identifies it, and how it is cropped.
    Conditions look for it in the text of all media."""
    identity = _json(medium.media_id)
    if medium.crop is None:
        return f'{{"media_id":{identity}'
    return f'{{"crop":{_json(medium.crop)},"media_id":{identity}'


def _medium_text(medium: Medium) -> str:
    fields = _lean(msgspec.to_builtins(medium))
    crop = {"crop": fields.pop("crop")} if "crop" in fields else {}
    return _json({**crop, **fields})


def upload_item(upload: Upload) -> Item:
    medium = _without(plain(upload.medium), "media_id")
    key = keys.upload(upload.post_id.author_id, upload.medium.media_id)
    return {
        **key_item(key),
        **medium,
        "post_ulid": upload.post_id.ulid,
        "created_at": timestamp(upload.created_at),
        "multipart_id": upload.multipart_id,
        "ordered_at": None if upload.ordered_at is None else timestamp(upload.ordered_at),
        "copied_at": None if upload.copied_at is None else timestamp(upload.copied_at),
        "purpose": upload.purpose,
    }


def to_upload(item: Image) -> Upload:
    author_id, media_id = keys.parse_upload(item_key(item))
    return Upload(
        PostId(author_id, item["post_ulid"]),
        msgspec.convert({**item, "media_id": media_id}, Medium),
        msgspec.convert(item["created_at"], datetime),
        item.get("multipart_id"),
        msgspec.convert(item.get("ordered_at"), datetime | None),
        msgspec.convert(item.get("copied_at"), datetime | None),
        Purpose(item.get("purpose", Purpose.POST)),
    )


def blob_item(blob: Blob) -> Item:
    return _without(plain(blob), "sha256") | key_item(keys.blob(blob.sha256))


def to_blob(item: Image) -> Blob:
    return msgspec.convert({**item, "sha256": keys.parse_blob(item_key(item))}, Blob)


def denial_item(denied_id: str, until: datetime | None) -> Item:
    """The note that a medium or a blob is denied at the edge. It expires at `until`; if that is
    None, it stays until it is removed."""
    return key_item(keys.denial(denied_id)) | {
        TTL_ATTRIBUTE: None if until is None else epoch(until)
    }


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _lean(fields: Item) -> Item:
    """The fields of a picture, or of what has one, without those that hardly any has a value for:
    their place would be paid for in every item."""
    picture = fields.get("picture", fields)
    if picture and not picture.get("notes", True):
        del picture["notes"]
    for rare in ("replaces", "crop"):
        if not fields.get(rare, True):
            del fields[rare]
    return fields


def _id_of(post_id: PostId) -> Item:
    return {"author_id": post_id.author_id, "ulid": post_id.ulid}


def _without(item: Item, name: str) -> Item:
    return {key: value for key, value in item.items() if key != name}
