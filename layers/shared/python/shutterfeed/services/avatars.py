"""Avatars: a photo goes the way of every upload, in a post that nobody sees.

So ledger, deduplication, rendering, the reconciler, the audit and the collector know nothing of
avatars. Only the publish gate does: it makes the photo its author's avatar in place of publishing
the post. The avatar that was asked for last stays, whichever is ready first.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

from shutterfeed.domain.errors import Conflict
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.limits import Limits
from shutterfeed.domain.media import Medium, Purpose, Upload
from shutterfeed.domain.posts import Post, PostState, check_avatar, check_sha256
from shutterfeed.domain.retention import DENIAL_RETENTION
from shutterfeed.ports.posts import Avatars, Creation, Posts
from shutterfeed.ports.system import Clock, Ids
from shutterfeed.ports.uploads import Ledger
from shutterfeed.services.posts import MediumDraft, check_idempotency_key
from shutterfeed.services.profiles import ProfileService
from shutterfeed.services.uploads import Grant, UploadService


@dataclass(frozen=True, slots=True)
class CreatedAvatar:
    """`grant` is None once the bytes have come."""

    media_id: str
    grant: Grant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AvatarService:
    users: ProfileService
    posts: Posts
    ledger: Ledger
    avatars: Avatars
    uploads: UploadService
    limits: Limits
    clock: Clock
    ids: Ids

    def create(self, user_id: str, draft: MediumDraft, idempotency_key: str) -> CreatedAvatar:
        """Record a photo that is to be the user's avatar, and give an upload link for it.

        Repeated with the same key and draft it names the first photo, with a fresh link, and is not
        limited. Raises `InvalidInput`, `LimitReached`, and `Conflict` if the key was used for
        something else, or if its avatar is no longer one.
        """
        check_idempotency_key(idempotency_key)
        check_avatar(draft.content_type, draft.size)
        check_sha256(draft.sha256, "sha256")
        self.users.me(user_id)
        upload = self._build(user_id, draft)
        post = Post(
            upload.post_id,
            "",
            (upload.medium,),
            PostState.PENDING,
            upload.created_at,
            purpose=Purpose.AVATAR,
        )
        fingerprint = _fingerprint(draft)
        spending = self.limits.creation(user_id, post.created_at, [draft.size])
        earlier = self.posts.create(post, [upload], idempotency_key, fingerprint, spending)
        if earlier:
            upload = self._replay(earlier, fingerprint)
        grants = self.uploads.grants([upload])
        return CreatedAvatar(upload.medium.media_id, grants[0] if grants else None)

    def remove(self, user_id: str) -> None:
        """Take the avatar away, and let none that was asked for before appear any more. Links to it
        end at once.

        Repeated, it changes nothing more.
        """
        now = self.clock.now()
        until = now + DENIAL_RETENTION
        self.avatars.remove(user_id, self.ids.new(now), now, denied_until=until)

    def _build(self, user_id: str, draft: MediumDraft) -> Upload:
        now = self.clock.now()
        medium = Medium(self.ids.new(now), draft.content_type, draft.size, draft.sha256)
        post_id = PostId(user_id, self.ids.new(now))
        return Upload(post_id, medium, now, purpose=Purpose.AVATAR)

    def _replay(self, earlier: Creation, fingerprint: str) -> Upload:
        if earlier.fingerprint != fingerprint:
            raise Conflict(
                "idempotency_key_reused",
                "This Idempotency-Key was used for something else.",
                "Idempotency-Key",
            )
        post = self.posts.get(earlier.post_id)
        uploads = {} if post is None else self.ledger.of_post(post)
        if post is None or post.state is PostState.DELETED or not uploads:
            raise Conflict(
                "avatar_replaced",
                "The avatar made with this Idempotency-Key was replaced or removed since.",
            )
        return next(iter(uploads.values()))


def _fingerprint(draft: MediumDraft) -> str:
    """Unlike that of any post, whose keys an avatar shares."""
    return hashlib.sha256(json.dumps({"avatar": asdict(draft)}).encode()).hexdigest()
