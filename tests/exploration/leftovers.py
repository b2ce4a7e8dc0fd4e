"""Long after: nothing is left in any table or bucket that nothing refers to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from shutterfeed import keys
from shutterfeed.adapters.search.dynamodb_index import entries_of
from shutterfeed.adapters.search.postings import POSTS, USERS
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.posts import PostState
from shutterfeed.domain.search import Document, Gone, post_document, user_document
from shutterfeed.keys import Key
from shutterfeed.schema import TTL_ATTRIBUTE
from tests.exploration import storage
from tests.exploration.play import Play
from tests.exploration.state import State
from tests.integration.world import ORIGINALS

_SHOWN: Final = (PostState.PUBLISHED, PostState.AVATAR)
_OWN: Final = (
    *(
        "PROFILE",
        "HANDLE",
        "RECENT_POSTS",
        "FOLLOWS#",
        "FOLLOW_REQUEST#",
        "PULLS#",
        "USAGE",
        "COMMENTED#",
        "COMMENT_KEY#",
    ),
    *("CURSOR_KEY", "ACCOUNT_KEY", "RECONCILE", "BLOCK", "MUTES#", "READER_MUTES"),
    *("MY_SAVES#", "COLLECTION#", "APPEARANCES#"),
    *("READER_HASHTAGS#", "TAGGED_POSTS", keys.LIKED_COMMENTS_PREFIX),
    *(keys.CASE, keys.EVIDENCE_PREFIX, keys.REPORT_PREFIX, keys.WITHHELD, keys.KEPT_PREFIX),
    *(keys.DENIED, "GONE", "CONTENTS#"),
)
"""Sort keys of what stands for itself; edges, pull markers, counts, blocks, mutes and what is
withheld are held against each other elsewhere. The save of a post that is gone waits for its
owner's next look, as may an appearance in it; that somebody likes comments of a post is only ever
noted."""
_REMEMBERED: Final = "UNFOLLOWED#"
"""Whom somebody has unfollowed is remembered for longer than this, and then goes by itself."""
_ZOOM: Final = "2048-"
"""How the names of zoom sizes begin."""


def in_buckets(play: Play, state: State) -> Iterator[str]:
    for key in state.uploads:
        tags = play.world.storage.tags.get(key, set())
        yield f"uploads: {key} is left, tagged {sorted(tags)}"
    for key in play.world.storage.unfinished():
        yield f"uploads: parts of {key} are left"
    named = {keys.original_object(b.sha256, b.blob_id) for b in state.blobs.values()}
    # What is noted of the log of moderation is kept for ever, too.
    named |= {
        keys.log_anchor_object(int(key.sk), row["hash"])
        for key, row in state.metadata.items()
        if key.pk == keys.MODERATION_LOG
    }
    for key in sorted(set(storage.versions(ORIGINALS)) - named):
        if not key.startswith((keys.ERASURE_LIST, keys.LOG_ANCHORS)):  # Both are kept for ever.
            yield f"originals: a version of {key} is left"
    wanted = {
        keys.rendition_object(blob.blob_id, name)
        for blob in state.blobs.values()
        if blob.picture is not None
        for name in blob.picture.names()
    }
    kept = {blob.blob_id for blob in state.blobs.values()}
    for key in sorted(state.renditions.keys() - wanted):
        blob_id, name = keys.parse_rendition_object(key)
        # While the content is there, the lifecycle removes its zoom sizes.
        if blob_id not in kept or not name.startswith(_ZOOM):
            yield f"renditions: {key} is left"


def in_metadata(state: State) -> Iterator[str]:
    shown = {post.id: post for post in state.posts.values() if post.state in _SHOWN}
    media = {
        (str(post.id), medium.media_id, medium.stored_as)
        for post in shown.values()
        for medium in post.media
    }
    for key, row in state.metadata.items():
        remembered = key.sk.startswith(_REMEMBERED) and TTL_ATTRIBUTE in row
        if not remembered and not _is_referred_to(key, set(shown), media):
            yield f"metadata: {key.pk} {key.sk} is left"


def in_feed(state: State) -> Iterator[str]:
    """Entries and snapshots live for 90 days. Subscriptions are held against the edges
    elsewhere."""
    for key in state.feed:
        if key.pk.startswith("FEED#"):
            yield f"feed: {key.pk} {key.sk} is left"


def in_search(state: State) -> Iterator[str]:
    """The index holds what is published, as it is now, and the users; nothing else."""
    wanted = dict(_found(state))
    held = {}
    for key, row in state.search.items():
        if key.sk == keys.SEARCH_DOCUMENT:
            # What is gone remembers its version for a day.
            if not (row.get("gone") and TTL_ATTRIBUTE in row):
                held[keys.parse_search_document(key)] = row
        elif (subject := _subject(key)) and subject not in wanted:
            yield f"search: {key.pk} {key.sk} is left"
    for name, document in wanted.items():
        if name not in held:
            yield f"search: {name} is missing"
        elif not _equals(held[name], document):
            yield f"search: {name} is outdated"
        elif not held[name].get("done"):
            yield f"search: {name} is not done with"
    for name in held.keys() - wanted.keys():
        yield f"search: {name} is left"


def _found(state: State) -> Iterator[tuple[tuple[str, str], Document]]:
    """What is to be found, by kind and id."""
    for post in state.posts.values():
        author = state.profiles.get(post.author_id)
        if not isinstance(document := post_document(post.id, post, author), Gone):
            yield (POSTS, str(post.id)), document
    for user_id, profile in state.profiles.items():
        if not isinstance(person := user_document(user_id, profile), Gone):
            yield (USERS, user_id), person


def _equals(row: Mapping[str, Any], document: Document) -> bool:
    """Whether an item of the index has just what its document is made of."""
    return all(row.get(name) == value for name, value in entries_of(document).item.items())


def _subject(key: Key) -> tuple[str, str] | None:
    """What a posting is of; None of other items, and of hashtags."""
    parts = key.pk.split("#", 3)
    if len(parts) < 4 or parts[1] != "TERM" or parts[2] not in {POSTS, USERS}:
        return None
    return parts[2], keys.parse_term_sort(key.sk)[1]


def _is_referred_to(key: Key, shown: set[PostId], media: set[tuple[str, str, str]]) -> bool:
    """`media` are the shown posts', by post, id and content."""
    stands = key.sk.startswith(_OWN) or key.pk in (keys.ERASURES, keys.MODERATION_LOG)
    if stands or key.sk == "COUNT" or _liked(key) in shown:
        return True
    if key.sk == keys.BLOB or key.sk.startswith(keys.CROPPED_BLOB_PREFIX):
        return keys.parse_blob(key) in {sha256 for _, _, sha256 in media}
    if (post_id := _post_of(key)) is not None:
        return post_id in shown
    if key.sk.startswith(keys.UPLOAD_PREFIX):
        author_id, media_id = keys.parse_upload(key)
        return any(p.startswith(author_id) and m == media_id for p, m, _ in media)
    if key.sk.startswith(keys.REFERENCE_PREFIXES):
        reference = keys.parse_reference(key)
        return (str(reference.post_id), reference.media_id, reference.sha256) in media
    return False


def _post_of(key: Key) -> PostId | None:
    """The post that an item is, or whose comment, or like of a comment, it is."""
    if key.sk.startswith((keys.COMMENT_PREFIX, keys.REPLY_PREFIX)):
        return keys.parse_comment(key).post_id
    if key.sk.startswith(keys.COMMENT_LIKES_PREFIX):
        return keys.parse_comment_like(key).post_id
    return keys.parse_post(key) if key.sk.startswith(keys.POST_PREFIX) else None


def _liked(key: Key) -> PostId | None:
    """The post of a like, of its entry, and of counts; None of anything else."""
    if key.sk in (keys.COUNTS, keys.COUNTS_SHARD):
        return keys.parse_counts(key)
    if key.sk.startswith(keys.LIKES_PREFIX):
        return keys.parse_like(key)[1]
    if key.pk.startswith(keys.LIKED_PREFIX):
        return keys.parse_likers_partition(key.pk)
    return None
