"""Everything that can be stored of a person, one thing of each kind, for those who look for it.

The items have the keys that `keys.py` builds; besides these they hold what matters for finding
somebody in them: whom they name, as text or packed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.erasures import erased_contents_item
from shutterfeed.adapters.dynamodb.hashtags import packed
from shutterfeed.adapters.dynamodb.recent_posts import compressed, pack
from shutterfeed.adapters.dynamodb.table import Item, key_item
from shutterfeed.domain.activity import NoticeKind, Opener
from shutterfeed.domain.comments import CommentId
from shutterfeed.domain.erasures import Content
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.ids import PostId, ulid
from shutterfeed.domain.media import Reference
from shutterfeed.domain.moderation import CaseId, SubjectKind
from shutterfeed.domain.mutes import Mute, MutedUsers
from shutterfeed.domain.traces import Person
from shutterfeed.schema import FOLLOWERS_PK, FOLLOWERS_SK, OPEN_PK, OPEN_SK, TTL_ATTRIBUTE
from tests.samples import START, sha256, user_id

MAYA: Final = user_id(1)
"""The person."""
OMAR: Final = user_id(2)
"""Somebody else."""
ACCOUNT: Final = "3f0cf1e0-0c1c-4d36-9b0e-3f6f2f6f0a11"
EMAIL: Final = "maya@example.com"
HANDLE: Final = "maya"
CONTENT: Final = Content(sha256("a photo of Maya's"), ulid(START, 901))
PERSON: Final = Person(MAYA, ACCOUNT, EMAIL, (HANDLE,), (CONTENT,))
POST: Final = PostId(MAYA, ulid(START, 11))
OTHERS: Final = PostId(OMAR, ulid(START, 12))
_MEDIUM: Final = ulid(START, 13)
_MOMENT: Final = ulid(START, 14)
_ENTRY: Final = FeedEntry(_MOMENT, POST)
_EXPIRES: Final = int((START + timedelta(days=90)).timestamp())

NAMES_NOBODY: Final = frozenset(
    (
        "GONE GONE",
        "SYSTEM CURSOR_KEY",
        "SYSTEM ACCOUNT_KEY",
        "SYSTEM RECEIPT_KEY",
        "SYSTEM REMOVALS",
        "SYSTEM RECONCILE",
        "GENERATIONS GENERATIONS",
        "GONE GONE",
    )
)
"""Kinds of items that hold nothing of anybody."""


def metadata() -> Iterator[Item]:
    """An item of every kind in the metadata table that is Maya's, or names her."""
    yield from _own()
    yield from _of_others()
    yield from _of_answers()
    yield from _of_contents()
    yield from _of_cases()
    yield from _of_the_deployment()


def feed() -> Iterator[Item]:
    yield _item(keys.feed(MAYA, FeedEntry(_MOMENT, OTHERS)), expires=True)
    yield _item(keys.snapshot(MAYA), entries=compressed(str(FeedEntry(_MOMENT, OTHERS))))
    yield _item(keys.feed(OMAR, _ENTRY), expires=True)
    yield _item(keys.snapshot(OMAR), expires=True, entries=compressed(str(_ENTRY)))
    yield _item(keys.push_subscription(MAYA, OMAR))
    yield _item(keys.push_subscription(OMAR, MAYA))


def search() -> Iterator[Item]:
    yield _item(keys.search_document("1", "users", MAYA), terms="maya khan")
    yield _item(keys.search_document("1", "posts", str(POST)), payload="0||")
    yield _key(keys.term_partition("1", "users", HANDLE), keys.term_sort("00", MAYA))
    yield _key(keys.term_partition("1", "posts", "sunset"), keys.term_sort(_MOMENT, str(POST)))
    yield _item(keys.dictionary_word("1", "users", HANDLE))
    yield _item(keys.typos("1", "users", "may"), words={HANDLE})
    start = keys.starts_sort(HANDLE, "handle", MAYA)
    yield _key(keys.starts_partition("1", start), start)


def objects() -> Iterator[tuple[str, str]]:
    """A name of a bucket, and the key of an object in it: one below every prefix."""
    yield "uploads", keys.upload_object(POST, _MEDIUM)
    yield "uploads", keys.discarded_object(POST, _MEDIUM)
    yield "uploads", keys.download_object(POST, _MEDIUM)
    yield "uploads", keys.export_object(MAYA, ulid(START, 17), 1, ulid(START, 18))
    yield "originals", keys.original_object(CONTENT.sha256, CONTENT.blob_id)
    yield "renditions", keys.rendition_object(CONTENT.blob_id, "640.jpg")


def _own() -> Iterator[Item]:
    yield _item(keys.profile(MAYA), handle=HANDLE, display_name="Maya Khan")
    yield _item(keys.handle(HANDLE), user_id=MAYA)
    yield _item(keys.post(POST), **_opened(POST))
    yield _item(keys.upload(MAYA, _MEDIUM))
    yield _item(keys.idempotency(MAYA, "once"), expires=True)
    yield _item(keys.recent_posts(MAYA), entries=compressed(pack([_ENTRY])))
    for key in (keys.limits(MAYA), keys.usage(MAYA), keys.shares(MAYA), keys.blocks(MAYA)):
        yield _item(key, expires=True)
    yield _item(keys.follow(MAYA, OMAR))
    yield _item(keys.request(MAYA, OMAR))
    yield _item(keys.pull_marker(MAYA, OMAR))
    yield _item(keys.unfollowed_marker(MAYA, OMAR), expires=True)
    yield _item(keys.mute(MAYA, OMAR), handle="omar")
    yield _item(keys.reader_mutes(MAYA), packed=_muting(OMAR))
    yield _item(keys.block(MAYA, OMAR), handle="omar")
    yield _item(keys.acquaintances(MAYA), expires=True, user_ids=OMAR)
    yield _item(keys.device(MAYA, ulid(START, 15)), expires=True)
    yield _item(keys.followed_hashtag(MAYA, "sunset"))
    yield _item(keys.like(MAYA, OTHERS))
    yield _item(keys.save(MAYA, OTHERS))
    yield _item(keys.collection(MAYA, "later"))
    yield _item(keys.appearance(MAYA, OTHERS))
    yield _item(keys.commented(MAYA, 1))
    yield _item(keys.comment_key(MAYA, sha256("key")))
    yield _item(keys.held_entry(MAYA, _MOMENT))
    yield _item(keys.held_words(MAYA), words=["spoiler"])
    yield _item(keys.export(MAYA))
    yield _item(keys.closing(MAYA), expires=True)
    yield _item(keys.liked_comments(MAYA, OTHERS))
    for kind in NoticeKind:
        yield _item(keys.notice(MAYA, kind, str(OTHERS), 1), expires=True)


def _of_others() -> Iterator[Item]:
    listed = {FOLLOWERS_PK: keys.followers_partition(MAYA, 0), FOLLOWERS_SK: f"{_MOMENT}#{OMAR}"}
    yield _item(keys.follow(OMAR, MAYA)) | listed
    yield _item(keys.request(OMAR, MAYA))
    yield _item(keys.follower_count(MAYA, 1), followers=3)
    yield _item(keys.pull_marker(OMAR, MAYA))
    yield _item(keys.unfollowed_marker(OMAR, MAYA), expires=True)
    yield _item(keys.mute(OMAR, MAYA), handle=HANDLE)
    yield _item(keys.reader_mutes(OMAR), packed=_muting(MAYA))
    yield _item(keys.block(OMAR, MAYA), handle=HANDLE)
    yield _item(keys.pair(OMAR, MAYA), by={OMAR})
    yield _item(keys.acquaintances(OMAR), expires=True, user_ids=f"{OMAR} {MAYA}")
    yield _item(keys.followed_hashtag(OMAR, "sunset"), posts=packed([_ENTRY]))
    yield _item(keys.like(OMAR, POST))
    yield _item(keys.save(OMAR, POST))
    yield _item(keys.appearance(OMAR, POST))
    yield _item(keys.post(OTHERS), mentions=f'[{{"handle":"maya","user_id":"{MAYA}"}}]')
    opened = [keys.opener(Opener(MAYA, START))]
    yield _item(keys.notice(OMAR, NoticeKind.FOLLOW, OMAR, 1), expires=True, openers=opened)


def _of_answers() -> Iterator[Item]:
    mine, theirs = CommentId(OTHERS, _MOMENT), CommentId(POST, _MOMENT)
    yield _item(keys.counts(POST), likes=1)
    yield _item(keys.counts_shard(POST, 3), likes=1)
    yield _item(keys.liker(OTHERS, 1, _MOMENT, MAYA))
    yield _item(keys.liker(POST, 1, _MOMENT, OMAR))
    yield _item(keys.comment(mine), author_id=MAYA, text="Nice.")
    yield _item(keys.comment(theirs), author_id=OMAR, text="Nice.")
    yield _item(keys.comment(CommentId(OTHERS, _MOMENT, ulid(START, 16))), author_id=MAYA)
    yield _item(keys.comment_like(mine, MAYA))
    yield _item(keys.pinned(POST))


def _of_contents() -> Iterator[Item]:
    yield _item(keys.blob(CONTENT.sha256), blob_id=CONTENT.blob_id)
    yield _item(keys.reference(Reference(CONTENT.sha256, POST, _MEDIUM)))
    yield _item(keys.reference(Reference(f"{CONTENT.sha256}/{_MEDIUM}", POST, _MEDIUM)))
    begun = START.isoformat()
    yield _item(keys.erasure(MAYA), account=ACCOUNT, email=EMAIL, handles=[HANDLE], begun_at=begun)
    yield erased_contents_item(MAYA, "1", [CONTENT])


def _of_cases() -> Iterator[Item]:
    mine, theirs = CaseId(SubjectKind.POST, str(POST)), CaseId(SubjectKind.POST, str(OTHERS))
    yield _item(keys.case(mine))
    yield _item(keys.evidence(mine, sha256("evidence")))
    yield _item(keys.report(theirs, MAYA))
    yield _item(keys.suspension_due(CaseId(SubjectKind.USER, MAYA)))
    yield _item(keys.log_entry(1), subject=str(mine))
    yield _item(keys.withheld(CONTENT.sha256))
    # Of another content: one that a case keeps is not the person's alone.
    yield _item(keys.kept(sha256("evidence"), mine))


def _of_the_deployment() -> Iterator[Item]:
    yield _item(keys.tagged_posts("sunset"), posts=packed([_ENTRY]))
    yield _item(keys.POPULAR, expires=True, scores={MAYA: 3})
    yield _item(keys.nomination(7), expires=True, user_id=MAYA)
    yield _item(keys.contender(1, 7), expires=True, post_id=str(POST))
    yield _item(keys.explored(_MOMENT), expires=True, post_ids=str(POST))
    yield _item(keys.denial(CONTENT.blob_id), expires=True)


def _opened(post_id: PostId) -> dict[str, Any]:
    return {OPEN_PK: keys.open_partition(1), OPEN_SK: keys.open_sort(post_id)}


def _muting(user: str) -> bytes:
    return MutedUsers().including(Mute(user, "somebody", START)).packed()


def _key(pk: str, sk: str) -> Item:
    return _item(keys.Key(pk, sk))


def _item(key: keys.Key, *, expires: bool = False, **fields: Any) -> Item:
    expiry = {TTL_ATTRIBUTE: _EXPIRES} if expires else {}
    return {**key_item(key), **fields, **expiry}
