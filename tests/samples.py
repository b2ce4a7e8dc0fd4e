"""Users, posts and the like for any test; the same arguments always give the same."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from shutterfeed.domain import exports
from shutterfeed.domain.activity import Notice, NoticeKind
from shutterfeed.domain.devices import Device, device_id
from shutterfeed.domain.exports import Export
from shutterfeed.domain.ids import PostId, ulid
from shutterfeed.domain.media import Failure, Medium, Picture, Reference, Upload
from shutterfeed.domain.notes import Note
from shutterfeed.domain.photos import Rendition
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.users import Profile, initial_handle

START = datetime(2026, 5, 4, 12, tzinfo=UTC)
"""When every test begins."""
ACCOUNT_KEY = b"between accounts and users......"
PUSH_SERVICES = ("push.example.com", "*.notify.example.com")
"""The push services that a test's service knows."""
P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
"""The keys of the browser in the example of RFC 8291."""
PUSH_KEY = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
"""A private key of P-256."""
FAILURE = Failure("undecodable", "The photo is damaged.")
NOTE = Note("animation_left_out", "The photo does not move: only its first picture is shown.")


def user_id(number: int) -> str:
    """A user id; unlike real ones, ids are in the order of the numbers."""
    return ulid(START, number)


def profile(number: int, handle: str | None = None) -> Profile:
    return Profile(user_id(number), handle or initial_handle(user_id(number)), START)


def endpoint(number: int = 1) -> str:
    return f"https://push.example.com/send/{number}"


def device(user: int = 1, number: int = 1, at: datetime = START) -> Device:
    """A device that the user has subscribed, and renewed, at that time."""
    address = endpoint(number)
    return Device(user_id(user), device_id(address), address, P256DH, AUTH, at, at, START)


def export(user: int = 1, at: datetime = START) -> Export:
    """An export that the user has begun at that time."""
    return exports.begin(
        None,
        export_id=ulid(at, user),
        user_id=user_id(user),
        account_name="ada",
        posts=2,
        size=700,
        now=at,
    )


def notice(owner: int = 1, at: datetime = START) -> Notice:
    """A notice of followers that appears at that time."""
    user = user_id(owner)
    return Notice(user, NoticeKind.FOLLOW, user, 1, ulid(at, 500), at - timedelta(days=1))


def sha256(content: bytes | str) -> str:
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def medium(number: int, content: bytes = b"\xff\xd8\xff a photo") -> Medium:
    return Medium(ulid(START, number), "image/jpeg", len(content), sha256(content))


def post(
    author: int = 1,
    number: int = 1,
    media: int = 1,
    at: datetime = START,
    state: PostState = PostState.PENDING,
) -> Post:
    return Post(
        PostId(user_id(author), ulid(at, number)),
        f"caption {number}",
        tuple(medium(100 * number + index) for index in range(media)),
        state,
        at,
        position=ulid(at, number) if state is PostState.PUBLISHED else None,
    )


def uploads(of: Post) -> tuple[Upload, ...]:
    return tuple(Upload(of.id, medium, of.created_at) for medium in of.media)


def position(number: int) -> str:
    """The position of a post that is published `number` seconds after the start."""
    return ulid(START + timedelta(seconds=number), number)


def picture(blob_id: str = "01JTDEBC00000000000000BL0B") -> Picture:
    renditions = (
        Rendition("640.jpg", "image/jpeg", 640, 480),
        Rendition("640.webp", "image/webp", 640, 480),
    )
    return Picture(blob_id, 4000, 3000, "cGxhY2Vob2xkZXI=", renditions)


def reference(content: str, number: int) -> Reference:
    return Reference(sha256(content), PostId(user_id(1), ulid(START, number)), ulid(START, number))
