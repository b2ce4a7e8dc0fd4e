"""Every key of the tables and buckets is built and parsed here.

Metadata table
    USER#<id>          PROFILE            profile and counters
    USER#<author>      POST#<ulid>        post
    USER#<author>      UPLOAD#<media>     upload ledger
    USER#<author>      IDEMPOTENCY#<key>  a creation that was already made
    USER#<follower>    FOLLOWS#<followee> follow edge
    USER#<follower>    FOLLOW_REQUEST#<followee> request to follow a private account, not answered
    USER#<id>          CLOSING            expires when a closed account is to be erased
    GONE#<hash>        GONE               the hash of an erased user's id, and the date
    USER#<id>          LIMITS             what is left of the user's limits
    USER#<id>          USAGE              bytes that the user stores
    USER#<id>          LANES              what is left of the user's shares of the first queues
    USER#<author>      RECENT_POSTS       newest posts, and how they are delivered
    USER#<reader>      PULLS#<author>     pull marker: this reader pulls this celebrity
    USER#<reader>      UNFOLLOWED#<author> unfollowed marker: hides posts that may be in the feed
    USER#<reader>      READER_MUTES       all whom the reader has muted, and what they have
                                          reported, packed
    USER#<reader>      READER_HASHTAGS#<tag> followed hashtag, with its newest posts
    USER#<id>          MUTES#<muted>      one mute, for the list of them
    USER#<id>          BLOCKS             the number of users whom this one has blocked
    USER#<id>          BLOCKS#<blocked>   one block, for the list of them
    USER#<reader>      ACQUAINTANCES      whom those follow whom the reader follows, packed
    USER#<id>          ACTIVITY#<kind>#<subject>#<number> a notice of what others did
    USER#<id>          DEVICE#<id>        a browser that is told of them by Web Push
    USER#<id>          EXPORT             the last export that the user has begun
    PAIR#<id>#<id>     BLOCK              who of two users has blocked the other; smaller id first
    FOLLOWERS#<id>#<n> COUNT              part of a celebrity's number of followers
    COUNTS#<post>      COUNTS             a post's likes and comments; none before the first
    COUNTS#<post>#<n>  COUNTS_SHARD       part of a hot post's number of likes
    USER#<id>          LIKES#<ulid>#<author> a user's like of a post; the ULID is the post's
    USER#<id>          MY_SAVES#<ulid>#<author> a post that a user has saved
    USER#<id>          COLLECTION#<name>  a collection of saved posts, by the hash of its name
    USER#<id>          APPEARANCES#<ulid>#<author> a post in which somebody else has tagged the user
    LIKED#<post>#<n>   <ulid of the like>#<id> one like, for the list of who likes the post
    POST#<post>        COMMENT#<root>     comment on a post
    POST#<post>        REPLY#<root>#<reply> reply to it
    POST#<post>        COMMENT_LIKES#<user>#<root>#<reply> like of a comment; `-` for no reply
    USER#<id>          LIKED_COMMENTS#<post> the user likes comments of this post, or has
    POST#<post>        PINNED             the comments pinned above the others
    USER#<commenter>   COMMENTED#<page>   what is left of the limit of comments, and which were made
    USER#<commenter>   COMMENT_KEY#<digest> idempotency key of somebody who comments a lot
    USER#<owner>       HELD#<ulid>        a comment that waits for the owner of the post
    USER#<owner>       HELD_WORDS         the words for which comments wait
    HASHTAG#<tag>      TAGGED_POSTS       newest posts of a hashtag that somebody follows, packed
    HANDLE#<handle>    HANDLE             handle claim
    BLOB#<sha256>      BLOB               distinct content
    BLOB#<sha256>      REF#<post>#<media> one reference to that content
    BLOB#<sha256>      BLOB#<media>       the same content, which this medium shows cropped
    BLOB#<sha256>      REF_CROPPED#<media>#<post> that medium's reference to it
    BLOB#<sha256>      WITHHELD           the cases in which moderators withhold the content
    BLOB#<sha256>      KEPT#<case>        a case for which the content is kept
    CASE#<case>        CASE               all reports of a subject, and what was decided about it
    CASE#<case>        EVIDENCE#<digest>  the subject as it was when it was reported
    CASE#<case>        REPORT#<reporter>  one report of it
    CASE#<case>        DUE                when a suspension ends that was decided in it
    MODERATION_LOG     <number>           entry of the log of moderation
    DENIED#<id>        DENIED             a medium or a blob that the edge shows nobody
    SYSTEM             CURSOR_KEY         key that signs cursors
    SYSTEM             ACCOUNT_KEY        key between accounts and user ids
    SYSTEM             REMOVALS#<hour>    contents removed in that hour
    SYSTEM             RECONCILE          the positions where the reconciler's last run stopped
    SYSTEM             POPULAR            those who are popular or active now, packed
    NOMINATIONS        <slot>             the last user who was nominated for that list in this slot
    EXPLORED           <version>          the posts to explore, packed
    CONTENDERS         <turn>#<slot>      the best contender for that list in this slot
    SYSTEM             RECEIPT_KEY        key that signs the receipts of erasures
    ERASURES           <user>             an erased account that waits for its receipt
    ERASED#<user>      CONTENTS#<part>    contents of which it had copies, packed
    index `followers`: FOLLOWEE#<id>#<shard> / <ulid of the follow>#<follower>
                       REQUESTS#<id>         / <ulid of the request>#<follower>
                       COMMENT_LIKED#<comment> / <ulid of the like>#<id>
                       ACTIVITY#<id>         / <position>#<shard>#<since>#<until>
                       HASHTAG#<tag>         / <ulid of the follow>#<follower>
                       REPORTS#<reporter>    / <ulid of the report>
                       STATEMENTS#<owner>    / <ulid of the first decision>
                       BLOCKED#<id>          / <blocker>
                       MUTED#<id>            / <muter>
                       SAVED#<post>          / <user>
    index `published`: AUTHOR#<id>           / <position>
                       DELETED#<author>      / <moment of deletion>#<post ulid>
                       SCHEDULED#<author>    / <time to publish>#<post ulid>
                       CASES#<state>         / <ulid of the opening>#<case>
    index `open`:      OPEN#<shard>          / <post ulid>#<author>
                       DUE#<shard>           / <time to publish>#<post ulid>#<author>
                       CASES#<state>#<reason> / <ulid of the opening>#<case>
                       SUSPENSIONS           / <ulid of the end>#<case>
Feed table
    FEED#<user>        <position>#<post>  pushed post
    FEED#<user>        SNAPSHOT           the feed as it was made when its reader returned
    AUDIENCE#<author>  <reader, reversed> push subscription: push this author's posts to this reader
Search table (every other partition key begins with `<generation>#`)
    GENERATIONS             GENERATIONS                     generation searched, generation built
    DOC#<kind>#<id>         DOC                             what the index holds of a post or user
    TERM#<kind>#<term>      <order>#<id>                    post or user with the term, best last
    WORD#<kind>#<2 letters> <word>                          dictionary
    TYPO#<kind>#<letters>   WORDS                           words that give <letters> without some
    START#<letter>          <text>␟<kind>␟<id>              suggestion of type-ahead
Uploads bucket         uploads/<author>/<post ulid>/<media>
                       discarded/<author>/<post ulid>/<media>
                       downloads/<author>/<post ulid>/<media>
                       exports/<user>/<export>/<number>-<ulid>.zip
Originals bucket       <sha256>/<blob id>
                       <sha256>/<blob id>/<media>   for that medium, which shows it cropped
                       erasures/<kind>/<digest>   an erasure, by the hash of what was erased
                       receipts/<digest>          the hash of the receipt of an erased account
                       moderation-log/<number>/<hash>   an entry that the log of moderation had
                       lists/<name>.txt           hashes or words that operators screen for
Renditions bucket      media/<blob id>/<rendition>
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from shutterfeed.domain.activity import Notice, NoticeKind, Opener
from shutterfeed.domain.comments import CommentId
from shutterfeed.domain.crops import cropped_medium_of, sha256_of
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.ids import PostId, is_ulid, ulid, ulid_time
from shutterfeed.domain.media import Reference
from shutterfeed.domain.moderation import CaseId, CaseState, ReportReason
from shutterfeed.domain.posts import OPEN_SHARDS
from shutterfeed.domain.saves import comparable
from shutterfeed.domain.scheduling import DUE_SHARDS, Due


@dataclass(frozen=True, slots=True)
class Key:
    """A primary key."""

    pk: str
    sk: str


PROFILE: Final = "PROFILE"
BLOB: Final = "BLOB"
POST_PREFIX: Final = "POST#"
UPLOAD_PREFIX: Final = "UPLOAD#"
FOLLOWS_PREFIX: Final = "FOLLOWS#"
REQUEST_PREFIX: Final = "FOLLOW_REQUEST#"
LIKES_PREFIX: Final = "LIKES#"
SAVES_PREFIX: Final = "MY_SAVES#"
"""It lies outside of `READER_RANGE`, so that no feed page reads all that its reader has saved."""
COLLECTION_PREFIX: Final = "COLLECTION#"
APPEARANCES_PREFIX: Final = "APPEARANCES#"
COUNTS: Final = "COUNTS"
COUNTS_SHARD: Final = "COUNTS_SHARD"
CROPPED_BLOB_PREFIX: Final = "BLOB#"
REFERENCE_PREFIX: Final = "REF#"
_CROPPED_REFERENCE: Final = "REF_CROPPED#"
REFERENCE_PREFIXES: Final = (REFERENCE_PREFIX, _CROPPED_REFERENCE)
COPIES_PREFIX: Final = "REF"
"""The beginning of the sort keys of all references to a content, whether it is shown whole or
cropped."""
WITHHELD: Final = "WITHHELD"
KEPT_PREFIX: Final = "KEPT#"
_CASE: Final = "CASE#"
CASE: Final = "CASE"
EVIDENCE_PREFIX: Final = "EVIDENCE#"
REPORT_PREFIX: Final = "REPORT#"
SUSPENSIONS: Final = "SUSPENSIONS"
"""The partition of suspensions that end in the index of what is open."""
MODERATION_LOG: Final = "MODERATION_LOG"
DENIED: Final = "DENIED"
_USER: Final = "USER#"
_BLOB: Final = "BLOB#"
_DENIED: Final = "DENIED#"
_HANDLE: Final = "HANDLE#"
_COUNTS: Final = "COUNTS#"
LIKED_PREFIX: Final = "LIKED#"
_POST_PARTITION: Final = "POST#"
COMMENT_PREFIX: Final = "COMMENT#"
REPLY_PREFIX: Final = "REPLY#"
COMMENT_LIKES_PREFIX: Final = "COMMENT_LIKES#"
LIKED_COMMENTS_PREFIX: Final = "LIKED_COMMENTS#"
PINNED: Final = "PINNED"
COMMENTED_PREFIX: Final = "COMMENTED#"
COMMENT_KEY_PREFIX: Final = "COMMENT_KEY#"
HELD_PREFIX: Final = "HELD#"
_NO_REPLY: Final = "-"
_FEED: Final = "FEED#"
_AUDIENCE: Final = "AUDIENCE#"
_PULLS: Final = "PULLS#"
_UNFOLLOWED: Final = "UNFOLLOWED#"
RECENT_POSTS: Final = "RECENT_POSTS"
READER_MUTES: Final = "READER_MUTES"
READER_HASHTAGS_PREFIX: Final = "READER_HASHTAGS#"
HASHTAG_PREFIX: Final = "HASHTAG#"
TAGGED_POSTS: Final = "TAGGED_POSTS"
BLOCKS: Final = "BLOCKS"
BLOCKS_PREFIX: Final = "BLOCKS#"
MUTES_PREFIX: Final = "MUTES#"
ACQUAINTANCES: Final = "ACQUAINTANCES"
NOMINATIONS: Final = "NOMINATIONS"
EXPLORED: Final = "EXPLORED"
CONTENDERS: Final = "CONTENDERS"
ERASURES: Final = "ERASURES"
ERASURE_LIST: Final = "erasures/"
"""The beginning of the keys of the list of erasures in the originals bucket."""
LOG_ANCHORS: Final = "moderation-log/"
"""The beginning of the keys of what is noted of the log of moderation, in the same bucket."""
ACTIVITY_PREFIX: Final = "ACTIVITY#"
DEVICE_PREFIX: Final = "DEVICE#"
EXPORT: Final = "EXPORT"
PAIR_PREFIX: Final = "PAIR#"
_BLOCK: Final = "BLOCK"
_LIMITS: Final = "LIMITS"
CLOSING: Final = "CLOSING"
READER_RANGE: Final = (PROFILE, _UNFOLLOWED + "~")
"""The range of sort keys that a feed page reads first: the reader's profile,
pulled celebrities, followed hashtags, mutes, own recent posts and unfollowed markers stand next to
each other in the partition."""
ENTRIES_END: Final = "8"
"""A sort key above every entry of a feed: a ULID begins with 0 to 7."""
_UPLOADS: Final = "uploads"
_DISCARDED: Final = "discarded"
_DOWNLOADS: Final = "downloads"
_EXPORTS: Final = "exports"
UPLOADED: Final = f"{_UPLOADS}/"
COPIED: Final = (f"{_DISCARDED}/", f"{_DOWNLOADS}/")
"""The beginnings of the keys of copies in the uploads bucket."""
MEDIA_PREFIX: Final = "media/"
"""The site serves the renditions bucket below this path."""
SEARCH_DOCUMENT: Final = "DOC"
DICTIONARY_LETTERS: Final = 2
"""The number of a word's letters that name its part of the dictionary."""
_MOMENT: Final = 10
"""The number of characters of a ULID that tell its moment."""
_UNIT: Final = "\x1f"
"""The separator between texts that people chose, which have no control characters."""
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_WORD: Final = re.compile(r"[A-Z_]{1,20}")

GENERATIONS: Final = Key("GENERATIONS", "GENERATIONS")
CURSOR_KEY: Final = Key("SYSTEM", "CURSOR_KEY")
ACCOUNT_KEY: Final = Key("SYSTEM", "ACCOUNT_KEY")
RECEIPT_KEY: Final = Key("SYSTEM", "RECEIPT_KEY")
RECONCILE: Final = Key("SYSTEM", "RECONCILE")
POPULAR: Final = Key("SYSTEM", "POPULAR")


def removals(at: datetime) -> Key:
    return Key("SYSTEM", f"REMOVALS#{at:%Y-%m-%dT%H}")


class MalformedKey(ValueError):
    """The text is not a key of the expected kind."""


class Kind(StrEnum):
    """The kind of an item that is read together with items of other kinds."""

    PROFILE = "profile"
    POST = "post"
    COUNTS = "counts"
    LIKE = "like"
    SAVE = "save"
    FOLLOW = "follow"
    REQUEST = "request"
    RECENT_POSTS = "recent posts"
    BLOCK = "block"
    MUTES = "mutes"
    LIMITS = "limits"


_KINDS: Final = {
    ("USER", PROFILE): Kind.PROFILE,
    ("USER", "POST"): Kind.POST,
    ("COUNTS", COUNTS): Kind.COUNTS,
    ("USER", "LIKES"): Kind.LIKE,
    ("USER", "MY_SAVES"): Kind.SAVE,
    ("USER", "FOLLOWS"): Kind.FOLLOW,
    ("USER", "FOLLOW_REQUEST"): Kind.REQUEST,
    ("USER", RECENT_POSTS): Kind.RECENT_POSTS,
    ("PAIR", _BLOCK): Kind.BLOCK,
    ("USER", READER_MUTES): Kind.MUTES,
    ("USER", _LIMITS): Kind.LIMITS,
}
"""The kind of an item by two texts: the parts of its partition key and of its sort key that stand
before the first `#`."""


def kind_of(key: Key) -> Kind:
    """The kind of an item, by its key. Raises `MalformedKey` for any other kind."""
    kind = _KINDS.get((key.pk.partition("#")[0], key.sk.partition("#")[0]))
    if kind is None:
        raise MalformedKey(f"{key.pk} {key.sk}")
    return kind


def shape(key: Key) -> str:
    """The kind of an item of any table, which names nobody: the words with which both parts of its
    key begin, such as `USER POST`; `*` stands for a part that begins with something else. A search
    table's partition keys begin with their generation, which is left out."""
    partition = key.pk.split("#")
    word = partition[1] if partition[0].isdigit() and len(partition) > 1 else partition[0]
    sort = key.sk.partition("#")[0]
    return f"{word} {sort if _WORD.fullmatch(sort) else '*'}"


def user_partition(user_id: str) -> str:
    return _USER + user_id


def profile(user_id: str) -> Key:
    return Key(user_partition(user_id), PROFILE)


def closing(user_id: str) -> Key:
    """The key of the item that expires when a closed account is to be erased. It stands outside of
    `READER_RANGE`."""
    return Key(user_partition(user_id), CLOSING)


def parse_closing(key: Key) -> str:
    """The user's id."""
    return _tail(key.pk, _USER)


def gone(user_id: str) -> Key:
    """The key of what is kept of an erased user. The id itself is not in it."""
    return Key(f"GONE#{hashlib.sha256(user_id.encode()).hexdigest()}", "GONE")


def handle(name: str) -> Key:
    return Key(f"{_HANDLE}{name}", "HANDLE")


def parse_handle(key: Key) -> str:
    return _tail(key.pk, _HANDLE)


def post(post_id: PostId) -> Key:
    return Key(user_partition(post_id.author_id), POST_PREFIX + post_id.ulid)


def parse_post(key: Key) -> PostId:
    return PostId(_tail(key.pk, _USER), _tail(key.sk, POST_PREFIX))


def counts(post_id: PostId) -> Key:
    return Key(f"{_COUNTS}{post_id}", COUNTS)


def parse_counts(key: Key) -> PostId:
    """The post of a post's counts, and of a part of them."""
    return PostId.parse(_tail(key.pk, _COUNTS).partition("#")[0])


def counts_shard(post_id: PostId, shard: int) -> Key:
    return Key(f"{_COUNTS}{post_id}#{shard}", COUNTS_SHARD)


def like_shard(user_id: str, shards: int) -> int:
    """The shard in which somebody's like is counted and listed. All shards get equally many."""
    return _shard(user_id, shards)


def like(user_id: str, post_id: PostId) -> Key:
    """The key of a like. A user's likes stand in the order in which the posts were made, so that
    one range has the likes of the posts of a page."""
    return Key(user_partition(user_id), f"{LIKES_PREFIX}{post_id.ulid}#{post_id.author_id}")


def parse_like(key: Key) -> tuple[str, PostId]:
    """The id of the user who likes, and the post's."""
    post_ulid, _, author_id = _tail(key.sk, LIKES_PREFIX).partition("#")
    return _tail(key.pk, _USER), PostId(author_id, post_ulid)


def save(user_id: str, post_id: PostId) -> Key:
    """The key of a save. A user's saves stand in the order of their likes."""
    return Key(user_partition(user_id), f"{SAVES_PREFIX}{post_id.ulid}#{post_id.author_id}")


def parse_save(key: Key) -> tuple[str, PostId]:
    """The id of the user who has saved, and the post's."""
    post_ulid, _, author_id = _tail(key.sk, SAVES_PREFIX).partition("#")
    return _tail(key.pk, _USER), PostId(author_id, post_ulid)


def collection(user_id: str, name: str) -> Key:
    """The key of a collection follows from its name, so that a user has one with this name."""
    digest = hashlib.sha256(comparable(name).encode()).hexdigest()
    return Key(user_partition(user_id), COLLECTION_PREFIX + digest)


def appearance(user_id: str, post_id: PostId) -> Key:
    """The key of a user's appearance in a post, in the order of their likes."""
    return Key(user_partition(user_id), f"{APPEARANCES_PREFIX}{post_id.ulid}#{post_id.author_id}")


def parse_appearance(key: Key) -> tuple[str, PostId]:
    """The id of the user who appears, and the post's."""
    post_ulid, _, author_id = _tail(key.sk, APPEARANCES_PREFIX).partition("#")
    return _tail(key.pk, _USER), PostId(author_id, post_ulid)


def likers_partition(post_id: PostId, shard: int) -> str:
    return f"{LIKED_PREFIX}{post_id}#{shard}"


def parse_likers_partition(partition: str) -> PostId:
    """The post whose likers these are."""
    return PostId.parse(_tail(partition, LIKED_PREFIX).partition("#")[0])


def liker(post_id: PostId, shard: int, like_ulid: str, user_id: str) -> Key:
    return Key(likers_partition(post_id, shard), liker_sort(like_ulid, user_id))


def liker_sort(like_ulid: str, user_id: str) -> str:
    return f"{like_ulid}#{user_id}"


def parse_liker_sort(text: str) -> tuple[str, str]:
    """The ULID of the like, and the id of the user who likes."""
    like_ulid, _, user_id = text.partition("#")
    return like_ulid, user_id


def answers_partition(post_id: PostId) -> str:
    """The partition of all that people answer a post with: comments, their likes, and pins."""
    return f"{_POST_PARTITION}{post_id}"


def comment(comment_id: CommentId) -> Key:
    sort = COMMENT_PREFIX + comment_id.root
    if comment_id.reply is not None:
        sort = replies(comment_id) + comment_id.reply
    return Key(answers_partition(comment_id.post_id), sort)


def replies(comment_id: CommentId) -> str:
    """The beginning of the sort keys of the replies to a root."""
    return f"{REPLY_PREFIX}{comment_id.root}#"


def parse_comment(key: Key) -> CommentId:
    post_id = PostId.parse(_tail(key.pk, _POST_PARTITION))
    if not key.sk.startswith(REPLY_PREFIX):
        return CommentId(post_id, _tail(key.sk, COMMENT_PREFIX))
    root, _, reply = _tail(key.sk, REPLY_PREFIX).partition("#")
    return CommentId(post_id, root, reply)


def comment_likes(user_id: str) -> str:
    """The beginning of the sort keys of a user's likes of the comments of one post."""
    return f"{COMMENT_LIKES_PREFIX}{user_id}#"


def comment_like(comment_id: CommentId, user_id: str) -> Key:
    subject = f"{comment_id.root}#{comment_id.reply or _NO_REPLY}"
    return Key(answers_partition(comment_id.post_id), comment_likes(user_id) + subject)


def parse_comment_like(key: Key) -> CommentId:
    """The comment that is liked."""
    _, root, reply = _tail(key.sk, COMMENT_LIKES_PREFIX).split("#")
    post_id = PostId.parse(_tail(key.pk, _POST_PARTITION))
    return CommentId(post_id, root, None if reply == _NO_REPLY else reply)


def parse_comment_liker(key: Key) -> str:
    """The id of the user who likes the comment."""
    return _tail(key.sk, COMMENT_LIKES_PREFIX).partition("#")[0]


def liked_comments(user_id: str, post_id: PostId) -> Key:
    """The key of the note that a user likes comments of a post, or has liked some."""
    return Key(user_partition(user_id), f"{LIKED_COMMENTS_PREFIX}{post_id}")


def parse_liked_comments(key: Key) -> PostId:
    """The post."""
    return PostId.parse(_tail(key.sk, LIKED_COMMENTS_PREFIX))


def comment_likers_partition(comment_id: CommentId) -> str:
    """The partition of those who like a comment in the index of followers, in the same order."""
    return f"COMMENT_LIKED#{comment_id}"


def pinned(post_id: PostId) -> Key:
    return Key(answers_partition(post_id), PINNED)


def commented(user_id: str, page: int) -> Key:
    return Key(user_partition(user_id), f"{COMMENTED_PREFIX}{page:08}")


def parse_commented(key: Key) -> int:
    """The page."""
    return int(_tail(key.sk, COMMENTED_PREFIX))


def comment_key(user_id: str, digest: str) -> Key:
    return Key(user_partition(user_id), COMMENT_KEY_PREFIX + digest)


def held(comment_id: CommentId) -> Key:
    """The key of the entry in the list of the comments that wait for the post's owner."""
    return held_entry(comment_id.post_id.author_id, comment_id.ulid)


def held_entry(owner_id: str, comment_ulid: str) -> Key:
    return Key(user_partition(owner_id), HELD_PREFIX + comment_ulid)


def held_words(user_id: str) -> Key:
    """The key stands outside of `READER_RANGE`, so that no feed page reads the item."""
    return Key(user_partition(user_id), "HELD_WORDS")


def upload(author_id: str, media_id: str) -> Key:
    return Key(user_partition(author_id), UPLOAD_PREFIX + media_id)


def parse_upload(key: Key) -> tuple[str, str]:
    """The author's and the medium's id."""
    return _tail(key.pk, _USER), _tail(key.sk, UPLOAD_PREFIX)


def idempotency(author_id: str, idempotency_key: str) -> Key:
    """The key of an idempotency record. The client's key is hashed, as its text may be long."""
    digest = hashlib.sha256(idempotency_key.encode()).hexdigest()
    return Key(user_partition(author_id), f"IDEMPOTENCY#{digest}")


def follow(follower_id: str, followee_id: str) -> Key:
    return Key(user_partition(follower_id), FOLLOWS_PREFIX + followee_id)


def parse_profile(key: Key) -> str:
    """The user's id."""
    return _tail(key.pk, _USER)


def parse_follow(key: Key) -> tuple[str, str]:
    """The follower's and the followee's id."""
    return _tail(key.pk, _USER), _tail(key.sk, FOLLOWS_PREFIX)


def request(follower_id: str, followee_id: str) -> Key:
    return Key(user_partition(follower_id), REQUEST_PREFIX + followee_id)


def parse_request(key: Key) -> tuple[str, str]:
    """The ids of the user who asks to follow, and of the one who is asked."""
    return _tail(key.pk, _USER), _tail(key.sk, REQUEST_PREFIX)


def shares(user_id: str) -> Key:
    return Key(user_partition(user_id), "LANES")


def limits(user_id: str) -> Key:
    return Key(user_partition(user_id), _LIMITS)


def usage(user_id: str) -> Key:
    return Key(user_partition(user_id), "USAGE")


def recent_posts(author_id: str) -> Key:
    return Key(user_partition(author_id), RECENT_POSTS)


def cached_recent_posts(author_id: str) -> str:
    """The key of recent posts in the shared cache; it begins with `schema.CACHED_RECENT_POSTS`."""
    return f"recent_posts:{author_id}"


def parse_recent_posts(key: Key) -> str:
    """The author's id."""
    return _tail(key.pk, _USER)


def pull_marker(reader_id: str, author_id: str) -> Key:
    return Key(user_partition(reader_id), _PULLS + author_id)


def unfollowed_marker(reader_id: str, author_id: str) -> Key:
    return Key(user_partition(reader_id), _UNFOLLOWED + author_id)


def parse_author(sort_key: str) -> tuple[str, bool] | None:
    """The author whom a reader pulls (True) or has unfollowed (False); None for other items."""
    for prefix, pulled in ((_PULLS, True), (_UNFOLLOWED, False)):
        if sort_key.startswith(prefix):
            return sort_key[len(prefix) :], pulled
    return None


def reader_mutes(reader_id: str) -> Key:
    return Key(user_partition(reader_id), READER_MUTES)


def mute(muter_id: str, muted_id: str) -> Key:
    return Key(user_partition(muter_id), MUTES_PREFIX + muted_id)


def parse_mute(key: Key) -> tuple[str, str]:
    """The id of the user who has muted, and of the one who is muted."""
    return _tail(key.pk, _USER), _tail(key.sk, MUTES_PREFIX)


def followed_hashtag(reader_id: str, tag: str) -> Key:
    return Key(user_partition(reader_id), READER_HASHTAGS_PREFIX + tag)


def parse_followed_hashtag(key: Key) -> tuple[str, str]:
    """The reader's id, and the hashtag."""
    return _tail(key.pk, _USER), _tail(key.sk, READER_HASHTAGS_PREFIX)


def hashtag_partition(tag: str) -> str:
    """The partition of a hashtag's list, and of its followers in the index of followers."""
    return HASHTAG_PREFIX + tag


def tagged_posts(tag: str) -> Key:
    return Key(hashtag_partition(tag), TAGGED_POSTS)


def parse_tagged_posts(key: Key) -> str:
    """The hashtag."""
    return _tail(key.pk, HASHTAG_PREFIX)


def acquaintances(reader_id: str) -> Key:
    """The key stands outside of `READER_RANGE`, so that no feed page reads the item."""
    return Key(user_partition(reader_id), ACQUAINTANCES)


def notice(owner_id: str, kind: NoticeKind, subject: str, number: int) -> Key:
    return Key(user_partition(owner_id), f"{notices_of(kind, subject)}{number:05}")


def notices_of(kind: NoticeKind, subject: str) -> str:
    """The beginning of the sort keys of a subject's notices, which are in the order of their
    numbers."""
    return f"{ACTIVITY_PREFIX}{kind}#{subject}#"


def notices_partition(owner_id: str) -> str:
    """The partition of a user's notices in the index of followers, in the order of their
    positions."""
    return ACTIVITY_PREFIX + owner_id


def notice_sort(notice: Notice) -> str:
    """The sort key of a notice in that index. It holds the stretch of time, so that a list of
    notices is read from the index alone."""
    until = "" if notice.until is None else _moment(notice.until)
    return f"{notice.position}#{notice.shard}#{_moment(notice.since)}#{until}"


def parse_notice(key: Key, sort: str) -> Notice:
    """A notice, from its key and its sort key in the index."""
    kind, _, rest = _tail(key.sk, ACTIVITY_PREFIX).partition("#")
    subject, _, number = rest.rpartition("#")
    position, shard, since, until = sort.split("#")
    return Notice(
        _tail(key.pk, _USER),
        NoticeKind(kind),
        subject,
        int(number),
        position,
        _parse_moment(since),
        _parse_moment(until) if until else None,
        int(shard),
    )


def opener(one: Opener) -> str:
    """An entry of a notice's openers."""
    return f"{_moment(one.at)}#{one.user_id}"


def parse_opener(text: str) -> Opener:
    at, _, user_id = text.partition("#")
    return Opener(user_id, _parse_moment(at))


def _moment(at: datetime) -> str:
    """A moment, to the millisecond, in the ten characters with which a ULID begins."""
    return ulid(at, 0)[:_MOMENT]


def _parse_moment(text: str) -> datetime:
    return ulid_time(text + "0" * (26 - _MOMENT))


def device(user_id: str, device_id: str) -> Key:
    """The key stands outside of `READER_RANGE`, so that no feed page reads the item."""
    return Key(user_partition(user_id), DEVICE_PREFIX + device_id)


def parse_device(key: Key) -> tuple[str, str]:
    """The ids of the user whose device it is, and of the device."""
    return _tail(key.pk, _USER), _tail(key.sk, DEVICE_PREFIX)


def export(user_id: str) -> Key:
    """The key of a user's last export. It stands outside of `READER_RANGE`, so that no feed page
    reads the item."""
    return Key(user_partition(user_id), EXPORT)


def parse_export(key: Key) -> str:
    """The id of the user whose export it is."""
    return _tail(key.pk, _USER)


def nomination(slot: int) -> Key:
    return Key(NOMINATIONS, f"{slot:03}")


def parse_nomination(key: Key) -> int:
    """The slot."""
    return int(key.sk)


def contender(turn: int, slot: int) -> Key:
    return Key(CONTENDERS, f"{turn}#{slot:03}")


def explored(version: str) -> Key:
    return Key(EXPLORED, version)


def parse_explored(key: Key) -> str:
    """The version."""
    return key.sk


def erasure(user_id: str) -> Key:
    """The key of the record of an erased account."""
    return Key(ERASURES, user_id)


def parse_erasure(key: Key) -> str:
    """The user's id."""
    return key.sk


def erased_partition(user_id: str) -> str:
    """The partition of the contents of which an erased account had copies."""
    return f"ERASED#{user_id}"


def erased_contents(user_id: str, part: str) -> Key:
    return Key(erased_partition(user_id), f"CONTENTS#{part}")


def blocks(user_id: str) -> Key:
    """The key of the number of users whom this one has blocked."""
    return Key(user_partition(user_id), BLOCKS)


def block(blocker_id: str, blocked_id: str) -> Key:
    return Key(user_partition(blocker_id), BLOCKS_PREFIX + blocked_id)


def parse_block(key: Key) -> tuple[str, str]:
    """The id of the user who has blocked, and of the one who is blocked."""
    return _tail(key.pk, _USER), _tail(key.sk, BLOCKS_PREFIX)


def pair(one_id: str, other_id: str) -> Key:
    """The key of what is between two users: the same in whichever order they are given."""
    return Key(f"{PAIR_PREFIX}{'#'.join(sorted((one_id, other_id)))}", _BLOCK)


def parse_pair(key: Key) -> tuple[str, str]:
    """The ids of both users."""
    smaller, _, larger = _tail(key.pk, PAIR_PREFIX).partition("#")
    return smaller, larger


def follower_shard(follower_id: str, shards: int) -> int:
    """The shard in which a follower is counted and listed. All shards get equally many."""
    return _shard(follower_id, shards)


def follower_count(followee_id: str, shard: int) -> Key:
    return Key(f"FOLLOWERS#{followee_id}#{shard}", "COUNT")


def parse_shard(partition: str) -> int:
    """The shard of the list of followers that a partition of its index holds."""
    return int(partition.rpartition("#")[2])


def parse_follower_count(key: Key) -> str:
    """The followee's id."""
    return _tail(key.pk, "FOLLOWERS#").partition("#")[0]


def followers_partition(followee_id: str, shard: int) -> str:
    return f"FOLLOWEE#{followee_id}#{shard}"


def followers_sort(follow_ulid: str, follower_id: str) -> str:
    return f"{follow_ulid}#{follower_id}"


def parse_followers_sort(text: str) -> tuple[str, str]:
    """The ULID of the moment, and the id of the person, of an entry of the index of followers."""
    moment, _, person_id = text.partition("#")
    return moment, person_id


def requests_partition(followee_id: str) -> str:
    """The partition of the requests to a user in the index of followers, in the same order."""
    return f"REQUESTS#{followee_id}"


def published_partition(author_id: str) -> str:
    return f"AUTHOR#{author_id}"


def open_shard(post_id: PostId) -> int:
    """The shard of a post in the list of open posts."""
    return _shard(str(post_id), OPEN_SHARDS)


def open_partition(shard: int) -> str:
    return f"OPEN#{shard}"


def open_sort(post_id: PostId) -> str:
    return f"{post_id.ulid}#{post_id.author_id}"


def parse_open_sort(text: str) -> PostId:
    post_ulid, _, author_id = text.partition("#")
    return PostId(author_id, post_ulid)


def due_shard(post_id: PostId) -> int:
    """The shard of a post in the list of scheduled posts."""
    return _shard(str(post_id), DUE_SHARDS)


def due_partition(shard: int) -> str:
    """The partition of scheduled posts in the index of open ones."""
    return f"DUE#{shard}"


def due_sort(due: Due) -> str:
    """The sort key of a scheduled post in that index: when to look at it, to the millisecond."""
    return f"{ulid(due.at, 0)}#{open_sort(due.post_id)}"


def parse_due_sort(text: str) -> Due:
    moment, _, rest = text.partition("#")
    return Due(parse_open_sort(rest), ulid_time(moment))


def drafts_partition(author_id: str) -> str:
    """The partition of an author's drafts in the index of published posts, by their ULIDs."""
    return f"DRAFTS#{author_id}"


def scheduled_partition(author_id: str) -> str:
    """The partition of an author's scheduled posts in the index of published posts."""
    return f"SCHEDULED#{author_id}"


def scheduled_sort(publish_at: datetime, post_id: PostId) -> str:
    """The sort key of a scheduled post in that index: its time, to the millisecond."""
    return f"{ulid(publish_at, 0)}#{post_id.ulid}"


def deleted_partition(author_id: str) -> str:
    """The partition of an author's deleted posts in the index of published posts."""
    return f"DELETED#{author_id}"


def deleted_sort(at: datetime, post_id: PostId) -> str:
    """The sort key of a deleted post in that index: the moment of deletion, to the millisecond."""
    return f"{ulid(at, 0)}#{post_id.ulid}"


def blob_partition(name: str) -> str:
    """The partition of a content, by the name under which it is stored: see `domain/crops.py`."""
    return _BLOB + sha256_of(name)


def blob(name: str) -> Key:
    media_id = cropped_medium_of(name)
    sort = BLOB if media_id is None else CROPPED_BLOB_PREFIX + media_id
    return Key(blob_partition(name), sort)


def parse_blob(key: Key) -> str:
    """The name under which the content is stored."""
    sha256, media_id = _tail(key.pk, _BLOB), key.sk.removeprefix(CROPPED_BLOB_PREFIX)
    return sha256 if media_id == key.sk else f"{sha256}/{media_id}"


def denial(denied_id: str) -> Key:
    """The key of the note that a medium or a blob, by its id, is denied at the edge."""
    return Key(f"{_DENIED}{denied_id}", DENIED)


def parse_denial(key: Key) -> str:
    return _tail(key.pk, _DENIED)


def references_prefix(name: str) -> str:
    """The beginning of the sort keys of the references to a content, by the name under which it is
    stored."""
    media_id = cropped_medium_of(name)
    return REFERENCE_PREFIX if media_id is None else f"{_CROPPED_REFERENCE}{media_id}#"


def reference(ref: Reference) -> Key:
    prefix = references_prefix(ref.sha256)
    whole = prefix == REFERENCE_PREFIX
    sort = f"{prefix}{ref.post_id}#{ref.media_id}" if whole else f"{prefix}{ref.post_id}"
    return Key(blob_partition(ref.sha256), sort)


def parse_reference(key: Key) -> Reference:
    sha256 = _tail(key.pk, _BLOB)
    if key.sk.startswith(_CROPPED_REFERENCE):
        media_id, _, post_id = _tail(key.sk, _CROPPED_REFERENCE).partition("#")
        return Reference(f"{sha256}/{media_id}", PostId.parse(post_id), media_id)
    post_id, _, media_id = _tail(key.sk, REFERENCE_PREFIX).partition("#")
    return Reference(sha256, PostId.parse(post_id), media_id)


def withheld(sha256: str) -> Key:
    return Key(blob_partition(sha256), WITHHELD)


def parse_withheld(key: Key) -> str:
    """The SHA-256 of the content."""
    return _tail(key.pk, _BLOB)


def kept(sha256: str, case_id: CaseId) -> Key:
    return Key(blob_partition(sha256), f"{KEPT_PREFIX}{case_id}")


def case_partition(case_id: CaseId) -> str:
    return f"{_CASE}{case_id}"


def case(case_id: CaseId) -> Key:
    return Key(case_partition(case_id), CASE)


def parse_case(key: Key) -> CaseId:
    """The case of any item in its partition."""
    return CaseId.parse(_tail(key.pk, _CASE))


def evidence(case_id: CaseId, digest: str) -> Key:
    return Key(case_partition(case_id), EVIDENCE_PREFIX + digest)


def report(case_id: CaseId, reporter: str) -> Key:
    return Key(case_partition(case_id), REPORT_PREFIX + reporter)


def parse_report(key: Key) -> str:
    """Who has reported."""
    return _tail(key.sk, REPORT_PREFIX)


def suspension_due(case_id: CaseId) -> Key:
    return Key(case_partition(case_id), "DUE")


def suspension_due_sort(until: datetime, case_id: CaseId) -> str:
    """The sort key of a suspension in the index of what is open: when it ends."""
    return f"{ulid(until, 0)}#{case_id}"


def reports_partition(reporter: str) -> str:
    """The partition of what somebody has reported in the index of followers."""
    return f"REPORTS#{reporter}"


def statements_partition(owner_id: str) -> str:
    """The partition of the cases about somebody in the index of followers."""
    return f"STATEMENTS#{owner_id}"


def queue_partition(state: CaseState, reason: ReportReason | None = None) -> str:
    """The partition of the cases with a state in the index of published posts; with a reason, in
    that of what is open."""
    return f"CASES#{state}" if reason is None else f"CASES#{state}#{reason}"


def queue_sort(opened: str, case_id: CaseId) -> str:
    return f"{opened}#{case_id}"


def parse_queue_sort(text: str) -> CaseId:
    return CaseId.parse(text.partition("#")[2])


def log_entry(number: int) -> Key:
    return Key(MODERATION_LOG, f"{number:012}")


def parse_log_entry(key: Key) -> int:
    """The number of the entry."""
    return int(key.sk)


def feed_partition(owner_id: str) -> str:
    return _FEED + owner_id


def feed(owner_id: str, entry: FeedEntry) -> Key:
    return Key(feed_partition(owner_id), str(entry))


def snapshot(owner_id: str) -> Key:
    return Key(feed_partition(owner_id), "SNAPSHOT")


def audience_partition(author_id: str) -> str:
    return _AUDIENCE + author_id


def push_subscription(author_id: str, reader_id: str) -> Key:
    """The key of a push subscription. Its sort key is the reader's id reversed, which begins with
    random characters, so that a range of sort keys holds a random part of the readers."""
    return Key(audience_partition(author_id), reader_id[::-1])


def parse_push_subscription(key: Key) -> tuple[str, str]:
    """The author's and the reader's id."""
    return _tail(key.pk, _AUDIENCE), parse_push_subscription_sort(key.sk)


def parse_push_subscription_sort(text: str) -> str:
    """The reader's id."""
    return text[::-1]


def search_document(generation: str, kind: str, subject: str) -> Key:
    return Key(f"{generation}#DOC#{kind}#{subject}", SEARCH_DOCUMENT)


def parse_search_document(key: Key) -> tuple[str, str]:
    """The kind and the id."""
    parts = key.pk.split("#", 3)
    if len(parts) != 4 or parts[1] != "DOC" or key.sk != SEARCH_DOCUMENT:
        raise MalformedKey(key.pk)
    return parts[2], parts[3]


def term_partition(generation: str, kind: str, term: str) -> str:
    return f"{generation}#TERM#{kind}#{term}"


def parse_term_partition(partition: str) -> tuple[str, str] | None:
    """The kind and the term; None for a partition of something else."""
    parts = partition.split("#", 3)
    return (parts[2], parts[3]) if len(parts) == 4 and parts[1] == "TERM" else None


def term_sort(order: str, subject: str) -> str:
    return f"{order}#{subject}"


def parse_term_sort(text: str) -> tuple[str, str]:
    """The order and the id."""
    order, _, subject = text.partition("#")
    return order, subject


def dictionary_partition(generation: str, kind: str, beginning: str) -> str:
    return f"{generation}#WORD#{kind}#{beginning[:DICTIONARY_LETTERS]}"


def dictionary_word(generation: str, kind: str, word: str) -> Key:
    return Key(dictionary_partition(generation, kind, word), word)


def typos(generation: str, kind: str, letters: str) -> Key:
    return Key(f"{generation}#TYPO#{kind}#{letters}", "WORDS")


def starts_partition(generation: str, text: str) -> str:
    return f"{generation}#START#{text[:1]}"


def starts_sort(text: str, kind: str, subject: str) -> str:
    return _UNIT.join((text, kind, subject))


def parse_starts_sort(text: str) -> tuple[str, str, str]:
    """The text, the kind and the id."""
    start, kind, subject = text.split(_UNIT)
    return start, kind, subject


def upload_object(post_id: PostId, media_id: str) -> str:
    return f"{_UPLOADS}/{post_id.author_id}/{post_id.ulid}/{media_id}"


def discarded_object(post_id: PostId, media_id: str) -> str:
    """The key of the copy of an upload whose content was already stored. Nobody reads it."""
    return f"{_DISCARDED}/{post_id.author_id}/{post_id.ulid}/{media_id}"


def download_object(post_id: PostId, media_id: str) -> str:
    """The key of the copy of an original that its owner is about to download."""
    return f"{_DOWNLOADS}/{post_id.author_id}/{post_id.ulid}/{media_id}"


def exports_of(user_id: str) -> str:
    """The beginning of the keys of all parts of a user's exports."""
    return f"{_EXPORTS}/{user_id}/"


def export_prefix(user_id: str, export_id: str) -> str:
    """The beginning of the keys of the parts of an export."""
    return f"{exports_of(user_id)}{export_id}/"


def export_object(user_id: str, export_id: str, number: int, object_id: str) -> str:
    """The key of one attempt at a part of an export."""
    return f"{export_prefix(user_id, export_id)}{number}-{object_id}.zip"


def parse_upload_object(key: str) -> tuple[PostId, str]:
    """The post and the media id of an object in the uploads bucket. Raises `MalformedKey`."""
    parts = key.split("/")
    if len(parts) != 4 or parts[0] != _UPLOADS or not all(map(is_ulid, parts[1:])):
        raise MalformedKey(key)
    _, author_id, post_ulid, media_id = parts
    return PostId(author_id, post_ulid), media_id


def original_object(name: str, blob_id: str) -> str:
    """The key of an original, by the name under which its content is stored. It contains the key of
    the blob's item, so that a list of the bucket can be compared with the table."""
    media_id = cropped_medium_of(name)
    whole = f"{sha256_of(name)}/{blob_id}"
    return whole if media_id is None else f"{whole}/{media_id}"


def parse_original_object(key: str) -> tuple[str, str]:
    """The name of the content and the blob id of an object in the originals bucket. Raises
    `MalformedKey`."""
    sha256, _, ids = key.partition("/")
    blob_id, separator, media_id = ids.partition("/")
    known = is_ulid(blob_id) and (is_ulid(media_id) or not separator)
    if not (_SHA256.fullmatch(sha256) and known):
        raise MalformedKey(key)
    return (f"{sha256}/{media_id}" if separator else sha256), blob_id


def erasure_object(kind: str, digest: str) -> str:
    """The key of an entry of the list of erasures, which lies in the originals bucket."""
    return f"{ERASURE_LIST}{kind}/{digest}"


def parse_erasure_object(key: str) -> tuple[str, str]:
    """The kind and the digest of an entry of the list of erasures. Raises `MalformedKey`."""
    kind, _, digest = _tail(key, ERASURE_LIST).partition("/")
    if not _SHA256.fullmatch(digest):
        raise MalformedKey(key)
    return kind, digest


def receipt_object(digest: str) -> str:
    """The key of the note that a receipt was issued, in the originals bucket."""
    return f"receipts/{digest}"


def log_anchor_object(number: int, digest: str) -> str:
    """The key of the note that the log of moderation had an entry with this number and hash."""
    return f"{LOG_ANCHORS}{number}/{digest}"


def parse_log_anchor_object(key: str) -> tuple[int, str]:
    """The number and the hash of an entry that was noted. Raises `MalformedKey`."""
    number, _, digest = _tail(key, LOG_ANCHORS).partition("/")
    if not (number.isdecimal() and _SHA256.fullmatch(digest)):
        raise MalformedKey(key)
    return int(number), digest


def list_object(name: str) -> str:
    """The key of an operators' list of hashes or words."""
    return f"lists/{name}.txt"


def rendition_prefix(blob_id: str) -> str:
    return f"{MEDIA_PREFIX}{blob_id}/"


def rendition_object(blob_id: str, name: str) -> str:
    return rendition_prefix(blob_id) + name


def parse_rendition_object(key: str) -> tuple[str, str]:
    """The blob id and the rendition's name of an object in the renditions bucket. Raises
    `MalformedKey`."""
    blob_id, _, name = _tail(key, MEDIA_PREFIX).partition("/")
    if not (is_ulid(blob_id) and name):
        raise MalformedKey(key)
    return blob_id, name


def _shard(text: str, shards: int) -> int:
    """A shard chosen by a hash that, unlike `hash`, is the same in every process."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) % shards


def _tail(text: str, prefix: str) -> str:
    if not text.startswith(prefix) or text == prefix:
        raise MalformedKey(text)
    return text[len(prefix) :]
