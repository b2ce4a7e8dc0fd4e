"""The metadata table and its repositories in memory.

`Metadata.changes` is the table's stream, `Metadata.expire` its TTL.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, TypeVar

from shutterfeed import keys
from shutterfeed.domain.activity import ActivitySettings, Notice
from shutterfeed.domain.blocks import MAX_BLOCKS, Block, too_many_blocks
from shutterfeed.domain.changes import (
    BlobRemoved,
    CaseDecided,
    Change,
    ClosingEnded,
    CommentChanged,
    CountsChanged,
    DenialChanged,
    FollowChanged,
    FollowRequested,
    Liked,
    PostChanged,
    ProfileChanged,
    ReferenceAdded,
    WithholdingChanged,
)
from shutterfeed.domain.comments import Comment, CommentId
from shutterfeed.domain.crops import Crop, sha256_of
from shutterfeed.domain.delivery import Delivery, Reader, RecentPosts, entry_of
from shutterfeed.domain.devices import Device
from shutterfeed.domain.drafts import drafted
from shutterfeed.domain.errors import SessionEnded
from shutterfeed.domain.explore import TURNS, Contender, Explored
from shutterfeed.domain.exports import Export
from shutterfeed.domain.hashtags import FollowedHashtag, TaggedPosts
from shutterfeed.domain.ids import PostId, ulid, ulid_time
from shutterfeed.domain.limits import (
    NOTHING,
    Charge,
    Spending,
    charged,
    microseconds,
    storage_full,
    wait,
)
from shutterfeed.domain.marks import denied_blob_ids, withheld_mark
from shutterfeed.domain.media import (
    Blob,
    BlobState,
    Failure,
    MediaState,
    Medium,
    Picture,
    Purpose,
    Reference,
    Upload,
)
from shutterfeed.domain.mentions import Mention
from shutterfeed.domain.moderation import Case, CaseId, Evidence, Report
from shutterfeed.domain.moderation_log import Entry
from shutterfeed.domain.mutes import MAX_MUTES, NO_MUTES, Mute, MutedUsers, too_many_mutes
from shutterfeed.domain.pages import Page
from shutterfeed.domain.people import TaggedPerson
from shutterfeed.domain.perceptual import PerceptualHash
from shutterfeed.domain.posts import (
    ERASED_GRACE,
    TO_PUBLISH,
    UNFINISHED_RETENTION,
    UNPUBLISHED,
    Place,
    Post,
    PostCounts,
    PostState,
    has_media,
)
from shutterfeed.domain.reported import NOTHING_REPORTED, Reported
from shutterfeed.domain.retention import (
    ACQUAINTANCES_RETENTION,
    ALLOWANCES_RETENTION,
    CONTENDER_RETENTION,
    DENIAL_RETENTION,
    EXPLORED_RETENTION,
    IDEMPOTENCY_RETENTION,
    NOMINATION_RETENTION,
    POPULAR_RETENTION,
    unfollowed_marker_retention,
)
from shutterfeed.domain.saves import Collection as PostCollection
from shutterfeed.domain.saves import Save, collection_exists
from shutterfeed.domain.scheduling import Due
from shutterfeed.domain.suggestions import Acquaintances, Nomination, Popular, Suggested
from shutterfeed.domain.users import (
    HANDLE_REST,
    Avatar,
    CommentsFrom,
    MentionsFrom,
    Profile,
    SensitiveView,
    recent_renames,
)
from shutterfeed.domain.visibility import STRANGERS, Relation, Viewer
from shutterfeed.domain.zooming import Zoom, ZoomState
from shutterfeed.keys import Key
from shutterfeed.ports.comments import Claim
from shutterfeed.ports.follows import Blocked, FolloweeChanged
from shutterfeed.ports.likes import FOLLOWED, RECENT, Liker, OwnLike, RecentLikers
from shutterfeed.ports.posts import KEEP, Creation, Keep
from shutterfeed.ports.profiles import HandleTaken
from shutterfeed.ports.system import Clock
from shutterfeed.ports.viewing import Stored, Wanted
from shutterfeed.schema import MOST_ACTIVE_DAYS
from tests.samples import ACCOUNT_KEY

T = TypeVar("T")
_MOVING = (MediaState.AWAITING, MediaState.PROCESSING)


class NoSuchItem(Exception):
    """A write needs an item that is not there; nothing was written."""


def page_of(items: Sequence[T], limit: int, position: Callable[[T], str]) -> Page[T]:
    """The first of `items`. A full page has a next one even at the very end: so have DynamoDB's."""
    shown = tuple(items[:limit])
    return Page(shown, position(shown[-1]) if len(shown) == limit else None)


@dataclass(slots=True)
class Metadata:
    profiles: dict[str, Profile] = field(default_factory=dict)
    handles: dict[str, str] = field(default_factory=dict)
    resting: dict[str, str] = field(default_factory=dict)
    """Handles that were given up, and their former owners."""
    edges: dict[tuple[str, str], str] = field(default_factory=dict)
    requests: dict[tuple[str, str], str] = field(default_factory=dict)
    """The ULIDs of requests to follow, by who asks and who is asked."""
    blocks: dict[tuple[str, str], Block] = field(default_factory=dict)
    mutes: dict[tuple[str, str], Mute] = field(default_factory=dict)
    """The blocks and mutes by whose they are and whom they are about."""
    hashtags: dict[tuple[str, str], FollowedHashtag] = field(default_factory=dict)
    """The followed hashtags, by who follows them."""
    hashtag_followers: dict[str, dict[str, str]] = field(default_factory=dict)
    """The followers of each hashtag, and the ULIDs of their follows."""
    tagged_posts: dict[str, TaggedPosts] = field(default_factory=dict)
    posts: dict[PostId, Post] = field(default_factory=dict)
    held_until: dict[PostId, datetime] = field(default_factory=dict)
    """When scheduled posts are looked at next whose time had no effect."""
    denials: dict[str, datetime | None] = field(default_factory=dict)
    """What the edge is to deny, and until when."""
    counts: dict[PostId, PostCounts] = field(default_factory=dict)
    likes: dict[tuple[str, PostId], str] = field(default_factory=dict)
    """The ULIDs of likes, by who likes and what."""
    comments: dict[CommentId, Comment] = field(default_factory=dict)
    claims: dict[str, list[Claim]] = field(default_factory=dict)
    """What users made with which idempotency keys, in the order in which they made it."""
    comment_likes: dict[tuple[CommentId, str], str] = field(default_factory=dict)
    """The ULIDs of likes of comments, by what is liked and by whom."""
    pinned: dict[PostId, tuple[str, ...]] = field(default_factory=dict)
    held_words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    saves: dict[tuple[str, PostId], Save] = field(default_factory=dict)
    appearances: dict[tuple[str, PostId], int] = field(default_factory=dict)
    """The revision of the post, by user and post."""
    collections: dict[tuple[str, str], PostCollection] = field(default_factory=dict)
    """The collections by whose they are and their ids."""
    uploads: dict[tuple[str, str], Upload] = field(default_factory=dict)
    creations: dict[Key, Creation] = field(default_factory=dict)
    blobs: dict[str, Blob] = field(default_factory=dict)
    references: set[Reference] = field(default_factory=set)
    progress: dict[Reference, int] = field(default_factory=dict)
    awaiting_rendering: set[Reference] = field(default_factory=set)
    referred_blobs: dict[Reference, str] = field(default_factory=dict)
    zooms: dict[Reference, Zoom] = field(default_factory=dict)
    expiries: dict[Key, datetime] = field(default_factory=dict)
    removals: dict[Key, int] = field(default_factory=dict)
    stored: dict[str, int] = field(default_factory=dict)
    """The bytes that each user stores."""
    allowances: dict[Key, dict[str, int]] = field(default_factory=dict)
    """When the allowances of an item are full again, in microseconds."""
    checkpoints: dict[int, str] = field(default_factory=dict)
    nominations: dict[int, Nomination] = field(default_factory=dict)
    contenders: dict[Key, Contender] = field(default_factory=dict)
    explored: dict[Key, Explored] = field(default_factory=dict)
    """The versions of the list of posts to explore."""
    popular: Popular = field(default_factory=Popular)
    acquaintances: dict[str, Acquaintances] = field(default_factory=dict)
    notices: dict[Key, Notice] = field(default_factory=dict)
    devices: dict[Key, Device] = field(default_factory=dict)
    exports: dict[str, Export] = field(default_factory=dict)
    gone: dict[Key, datetime] = field(default_factory=dict)
    """When users were erased, by what is kept of them."""
    recent_posts: dict[str, RecentPosts] = field(default_factory=dict)
    readers: dict[str, Reader] = field(default_factory=dict)
    """What is kept of readers; profile, recent posts and authors are filled in when one is read."""
    pulled: set[tuple[str, str]] = field(default_factory=set)
    unfollowed: set[tuple[str, str]] = field(default_factory=set)
    subscriptions: dict[str, dict[str, datetime]] = field(default_factory=dict)
    """The readers of each author, and until when they are pushed to. In AWS the feed table has
    them."""
    cases: dict[CaseId, Case] = field(default_factory=dict)
    reports: dict[tuple[CaseId, str], Report] = field(default_factory=dict)
    """The reports of cases, by who has reported."""
    evidence: dict[CaseId, dict[str, Evidence]] = field(default_factory=dict)
    kept: set[tuple[str, CaseId]] = field(default_factory=set)
    """The contents that are kept for cases."""
    statements: dict[CaseId, str] = field(default_factory=dict)
    """The positions of cases in their owners' lists of statements."""
    suspensions: dict[CaseId, datetime] = field(default_factory=dict)
    """When suspensions end that do, by the cases in which they were decided."""
    withheld: dict[str, frozenset[str]] = field(default_factory=dict)
    """The cases in which contents are withheld."""
    reported: dict[str, Reported] = field(default_factory=dict)
    """What users have reported."""
    log: list[Entry] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def write_case(self, case: Case) -> None:
        before = self.cases.get(case.id)
        self.cases[case.id] = case
        self.changes.append(CaseDecided(before, case))

    def write_withheld(self, sha256: str, cases: frozenset[str]) -> None:
        before = self.withheld.pop(sha256, frozenset())
        if cases:
            self.withheld[sha256] = cases
        if cases != before:
            self.changes.append(WithholdingChanged(sha256, before ^ cases))

    def count(
        self,
        user_id: str,
        *,
        followers: int = 0,
        following: int = 0,
        posts: int = 0,
        requests: int = 0,
    ) -> None:
        profile = self.profiles[user_id]
        counted = replace(
            profile,
            followers=profile.followers + followers,
            following=profile.following + following,
            posts=profile.posts + posts,
            requests=profile.requests + requests,
        )
        self.write_profile(counted)

    def are_blocked(self, one_id: str, other_id: str) -> bool:
        return (one_id, other_id) in self.blocks or (other_id, one_id) in self.blocks

    def muted_by(self, user_id: str) -> MutedUsers:
        muted = MutedUsers()
        for (muter_id, _), mute in self.mutes.items():
            if muter_id == user_id:
                muted = muted.including(mute)
        return muted

    def hashtags_of(self, user_id: str) -> tuple[FollowedHashtag, ...]:
        tags = sorted(tag for follower, tag in self.hashtags if follower == user_id)
        return tuple(self.hashtags[user_id, tag] for tag in tags)

    def write_profile(self, profile: Profile) -> None:
        before = self.profiles.get(profile.user_id)
        self.profiles[profile.user_id] = profile
        self.changes.append(ProfileChanged(before, profile))

    def write_post(self, post_id: PostId, post: Post | None) -> None:
        before = self.posts.pop(post_id, None)
        if post is not None:
            if before is not None:
                post = replace(post, revision=before.revision + 1)
            self.posts[post_id] = post
        if post != before:
            self.changes.append(PostChanged(before, post))

    def keep_draft(self, post: Post) -> None:
        """Note when a draft expires that its author has just changed; nothing of another post."""
        if not post.is_draft:
            return
        self.expiries.pop(keys.post(post.id), None)
        if (at := _expiry(post, post.created_at)) is not None:
            self.expiries[keys.post(post.id)] = at

    def recent_posts_of(self, author_id: str) -> RecentPosts:
        return self.recent_posts.get(author_id, RecentPosts(author_id))

    def write_recent_posts(self, recent: RecentPosts) -> None:
        wanted = [self.posts[i] for i in recent.unshown if i in self.posts]
        published = [post for post in wanted if post.state is PostState.PUBLISHED]
        filled = recent.showing([*recent.posts, *published])
        counts = {i: replace(self.counts.get(i, PostCounts()), kept=True) for i in filled.uncounted}
        for post_id, kept in counts.items():
            self.write_counts(post_id, kept)
        self.recent_posts[recent.author_id] = filled.showing(filled.posts, counts)

    def write_comment(self, comment: Comment) -> None:
        before = self.comments.get(comment.id)
        self.comments[comment.id] = comment
        self.changes.append(CommentChanged(before, comment))

    def write_counts(self, post_id: PostId, counts: PostCounts) -> None:
        self.changes.append(CountsChanged(post_id, self.counts.get(post_id), counts))
        self.counts[post_id] = counts

    def allow(self, denied_id: str) -> None:
        del self.denials[denied_id]
        self.changes.append(DenialChanged(denied_id))

    def deny_cropped(self, post: Post, at: datetime) -> None:
        for blob_id in denied_blob_ids(post):
            self.deny(blob_id, at + DENIAL_RETENTION)

    def deny(self, denied_id: str, until: datetime | None) -> None:
        key = keys.denial(denied_id)
        self.denials[denied_id] = until
        self.expiries.pop(key, None)
        if until is not None:
            self.expiries[key] = until
        self.changes.append(DenialChanged(denied_id))

    def write_blob(self, sha256: str, blob: Blob | None) -> None:
        before = self.blobs.pop(sha256, None)
        if blob is not None:
            self.blobs[sha256] = blob
        elif before is not None:
            self.changes.append(BlobRemoved(before))

    def spend(self, spending: Spending) -> None:
        """Make all charges, or none, and count what is stored."""
        stored = self.stored.get(spending.user_id, 0) + spending.stored
        if spending.storage_bytes is not None and stored > spending.storage_bytes:
            raise storage_full(spending.storage_bytes)
        if spending.charges:
            key = keys.limits(spending.user_id)
            spending.check(self.allowances.get(key, {}))
            self.charge(key, spending.charges, spending.at)
        if spending.stored:
            self.stored[spending.user_id] = stored

    def charge(self, key: Key, charges: Iterable[Charge], at: datetime) -> None:
        item = self.allowances.setdefault(key, {})
        for charge in charges:
            item[charge.name] = charged(item.get(charge.name, 0), microseconds(at), charge)
        self.expiries[key] = at + ALLOWANCES_RETENTION

    def expire(self, now: datetime) -> None:
        """Remove what is past its time."""
        for key in [key for key, at in self.expiries.items() if at <= now]:
            del self.expiries[key]
            if key.sk == keys.CLOSING:
                self.changes.append(ClosingEnded(keys.parse_closing(key)))
            elif key.sk == keys.BLOB or key.sk.startswith(keys.CROPPED_BLOB_PREFIX):
                self.write_blob(keys.parse_blob(key), None)
            elif key.sk.startswith(keys.POST_PREFIX):
                self.write_post(keys.parse_post(key), None)
            elif key.sk == keys.DENIED:
                del self.denials[keys.parse_denial(key)]
                self.changes.append(DenialChanged(keys.parse_denial(key)))
            elif key.pk.startswith(keys.handle("").pk):
                del self.resting[key.pk.removeprefix(keys.handle("").pk)]
            elif key.sk.startswith(keys.MUTES_PREFIX):
                del self.mutes[keys.parse_mute(key)]
            elif key == keys.POPULAR:
                self.popular = Popular()
            elif key.pk == keys.NOMINATIONS:
                del self.nominations[keys.parse_nomination(key)]
            elif key.sk == keys.ACQUAINTANCES:
                del self.acquaintances[keys.parse_profile(key)]
            elif (author := keys.parse_author(key.sk)) is not None:
                self.unfollowed.discard((keys.parse_profile(key), author[0]))
            else:
                self._drop(key)

    def _drop(self, key: Key) -> None:
        kept: tuple[dict[Key, Any], ...]
        kept = (self.notices, self.devices, self.allowances, self.creations)
        kept = (*kept, self.contenders, self.explored)
        del next(items for items in kept if key in items)[key]


@dataclass(frozen=True, slots=True)
class FakeProfiles:
    data: Metadata

    def get(self, user_id: str) -> Profile | None:
        return self.data.profiles.get(user_id)

    def id_of(self, handle: str) -> str | None:
        return self.data.handles.get(handle)

    def holder_of(self, handle: str, at: datetime) -> str | None:
        return self.data.handles.get(handle) or self._former(handle, at)

    def ids_of(self, handles: Collection[str]) -> dict[str, str]:
        return {name: self.data.handles[name] for name in handles if name in self.data.handles}

    def create(self, profile: Profile) -> bool:
        if profile.user_id in self.data.profiles:
            return False
        if keys.gone(profile.user_id) in self.data.gone:
            raise SessionEnded
        self._refuse_taken(profile.handle, profile.user_id, profile.created_at)
        self.data.write_profile(profile)
        self._claim(profile.handle, profile.user_id)
        return True

    def edit(
        self,
        user_id: str,
        display_name: str | None,
        bio: str | None,
        spending: Spending = NOTHING,
        *,
        private: bool | None = None,
        sensitive: SensitiveView | None = None,
        public_page: bool | None = None,
        comments_from: CommentsFrom | None = None,
        held_words: Sequence[str] | None = None,
        activity: ActivitySettings | None = None,
        mentions_from: MentionsFrom | None = None,
        welcomed: bool | None = None,
    ) -> None:
        profile = self.get(user_id)
        if profile is None:
            raise NoSuchItem(user_id)
        self.data.spend(spending)
        edited = replace(
            profile,
            display_name=profile.display_name if display_name is None else display_name,
            bio=profile.bio if bio is None else bio,
            sensitive=sensitive or profile.sensitive,
            mentions_from=mentions_from or profile.mentions_from,
            public_page=profile.public_page if public_page is None else public_page,
            activity=activity or profile.activity,
            revision=profile.revision + (display_name is not None),
            private=profile.private if private is None else private,
            switches=profile.switches + (private is not None),
            comments_from=comments_from or profile.comments_from,
            held_words=profile.held_words if held_words is None else len(held_words),
            welcomed=profile.welcomed if welcomed is None else welcomed,
        )
        self.data.write_profile(edited)
        if held_words is not None:
            self.data.held_words[user_id] = tuple(held_words)

    def held_words(self, user_id: str) -> tuple[str, ...]:
        return self.data.held_words.get(user_id, ())

    def spread_followers(self, user_id: str, shards: int) -> None:
        profile = self.get(user_id)
        if profile is not None and profile.follower_shards < shards:
            self.data.profiles[user_id] = replace(profile, follower_shards=shards)

    def note_popularity(self, user_id: str, old: int, new: int) -> None:
        profile = self.get(user_id)
        if profile is not None and profile.popularity == old:
            noted = replace(profile, popularity=new, revision=profile.revision + 1)
            self.data.write_profile(noted)

    def item(self, user_id: str, *, lagging: bool = False) -> Profile | None:  # noqa: ARG002
        return self.data.profiles.get(user_id)

    def end_sessions(self, user_id: str, at: datetime) -> None:
        profile = self.get(user_id)
        if profile is None:
            raise NoSuchItem(user_id)
        self.data.write_profile(replace(profile, sessions_ended_at=at))

    def see_activity(self, user_id: str, at: datetime, spending: Spending = NOTHING) -> None:
        profile = self.get(user_id)
        if profile is None:
            raise NoSuchItem(user_id)
        self.data.spend(spending)
        self.data.write_profile(replace(profile, activity_seen_at=at))

    def rename(
        self, user_id: str, old: str, new: str, at: datetime, before: Sequence[datetime] = ()
    ) -> bool:
        profile = self.get(user_id)
        self._refuse_taken(new, user_id, at)
        if profile is None or (profile.handle, profile.renamed_at) != (old, tuple(before)):
            return False
        self._claim(new, user_id)
        self.data.resting[old] = self.data.handles.pop(old)
        self.data.expiries[keys.handle(old)] = at + HANDLE_REST
        renames = (*recent_renames(before, at), at)
        revision = profile.revision + 1
        renamed = replace(profile, handle=new, renamed_at=renames, revision=revision)
        self.data.write_profile(renamed)
        return True

    def _refuse_taken(self, handle: str, user_id: str, at: datetime) -> None:
        if {self.data.handles.get(handle), self._former(handle, at)} - {None, user_id}:
            raise HandleTaken(handle)

    def _former(self, handle: str, at: datetime) -> str | None:
        """Who gave the handle up, as long as it rests for them."""
        rested = self.data.expiries.get(keys.handle(handle), at)
        # As a table's TTL has it: in whole seconds.
        rests = rested.replace(microsecond=0) > at.replace(microsecond=0)
        return self.data.resting.get(handle) if rests else None

    def _claim(self, handle: str, user_id: str) -> None:
        self.data.handles[handle] = user_id
        self.data.resting.pop(handle, None)
        self.data.expiries.pop(keys.handle(handle), None)


@dataclass(frozen=True, slots=True)
class FakeFollows:
    data: Metadata

    def follow(
        self,
        follower_id: str,
        followee: Profile,
        follow_ulid: str,
        spending: Spending = NOTHING,
    ) -> bool:
        edge = (follower_id, followee.user_id)
        if edge in self.data.edges:
            return False
        if self.data.are_blocked(*edge):
            raise Blocked
        if follower_id in self.data.profiles:
            refuse_private(self.data, followee)
        self._count(*edge, 1, spending)
        self.data.edges[edge] = follow_ulid
        self.data.unfollowed.discard(edge)
        self.data.changes.append(followed(edge, follow_ulid))
        return True

    def unfollow(self, follower_id: str, followee: Profile, at: datetime) -> bool:
        return self.end(follower_id, followee.user_id, at)

    def end(self, follower_id: str, followee_id: str, at: datetime) -> bool:
        edge = (follower_id, followee_id)
        if edge not in self.data.edges:
            return False
        self._count(*edge, -1)
        del self.data.edges[edge]
        self.data.unfollowed.add(edge)
        self.data.pulled.discard(edge)
        self.data.subscriptions.get(followee_id, {}).pop(follower_id, None)
        self.data.expiries[keys.unfollowed_marker(*edge)] = at + unfollowed_marker_retention(
            MOST_ACTIVE_DAYS
        )
        self.data.changes.append(FollowChanged(*edge, follows=False))
        return True

    def followers_among(self, followee_id: str, user_ids: Iterable[str]) -> set[str]:
        return {user_id for user_id in user_ids if (user_id, followee_id) in self.data.edges}

    def following(self, follower_id: str, after: str | None, limit: int) -> Page[str]:
        ids = sorted(
            followee
            for follower, followee in self.data.edges
            if follower == follower_id and (after is None or followee > after)
        )
        return page_of(ids, limit, str)

    def followed_samples(
        self, follower_ids: Sequence[str], beginning: str, limit: int
    ) -> list[tuple[str, ...]]:
        samples = []
        for follower_id in follower_ids:
            ids = sorted(
                followee for follower, followee in self.data.edges if follower == follower_id
            )
            later = [user_id for user_id in ids if user_id >= beginning]
            samples.append(tuple(dict.fromkeys([*later, *ids]))[:limit])
        return samples

    def followers(self, followee_id: str, shard: int, after: str | None, limit: int) -> Page[str]:
        keys_of_open = sorted(
            (
                keys.followers_sort(follow_ulid, follower)
                for (follower, followee), follow_ulid in self.data.edges.items()
                if followee == followee_id and shard == self._shard(follower, followee)
            ),
            reverse=True,
        )
        page = page_of([p for p in keys_of_open if after is None or p < after], limit, str)
        return Page(tuple(p.partition("#")[2] for p in page.items), page.next_position)

    def _shard(self, follower_id: str, followee_id: str) -> int:
        """All move when their number grows, whereas DynamoDB's stay where they were put."""
        profile = self.data.profiles.get(followee_id)
        return keys.follower_shard(follower_id, profile.follower_shards) if profile else 0

    def _count(
        self, follower_id: str, followee_id: str, by: int, spending: Spending = NOTHING
    ) -> None:
        for user_id in (follower_id, followee_id):
            if user_id not in self.data.profiles:
                raise NoSuchItem(user_id)
        self.data.spend(spending)
        self.data.count(follower_id, following=by)
        self.data.count(followee_id, followers=by)


def followed(edge: tuple[str, str], follow_ulid: str, *, accepted: bool = False) -> FollowChanged:
    """The change that a new edge is in the stream."""
    return FollowChanged(*edge, follows=True, at=ulid_time(follow_ulid), accepted=accepted)


def refuse_private(data: Metadata, followee: Profile) -> None:
    """Look at the profile, unless the followers are counted in separate items, like the table."""
    if followee.follower_shards == 1:
        now = data.profiles.get(followee.user_id)
        if now is None or now.private:
            raise FolloweeChanged


@dataclass(frozen=True, slots=True)
class FakeRequests:
    data: Metadata

    def request(
        self, follower_id: str, followee_id: str, request_ulid: str, spending: Spending = NOTHING
    ) -> bool:
        edge, owner = (follower_id, followee_id), self.data.profiles.get(followee_id)
        if owner is None or not owner.private:
            raise FolloweeChanged
        if edge in self.data.requests or edge in self.data.edges:
            return False
        if self.data.are_blocked(*edge):
            raise Blocked
        self.data.spend(spending)
        self.data.requests[edge] = request_ulid
        self.data.changes.append(FollowRequested(*edge, ulid_time(request_ulid)))
        self.data.count(followee_id, requests=1)
        return True

    def withdraw(self, follower_id: str, followee_id: str) -> bool:
        if self.data.requests.pop((follower_id, followee_id), None) is None:
            return False
        if followee_id in self.data.profiles:
            self.data.count(followee_id, requests=-1)
        return True

    def accept(
        self, follower_id: str, followee: Profile, follow_ulid: str, if_public: bool = False
    ) -> bool:
        edge = (follower_id, followee.user_id)
        if edge not in self.data.requests:
            return False
        owner = self.data.profiles.get(followee.user_id)
        if owner is None or (if_public and owner.private):
            raise FolloweeChanged
        self.withdraw(*edge)
        if edge in self.data.edges or follower_id not in self.data.profiles:
            return False
        self.data.count(follower_id, following=1)
        self.data.count(followee.user_id, followers=1)
        self.data.edges[edge] = follow_ulid
        self.data.unfollowed.discard(edge)
        self.data.changes.append(followed(edge, follow_ulid, accepted=True))
        return True

    def waiting(self, followee_id: str, after: str | None, limit: int) -> Page[str]:
        found = sorted(
            (
                keys.followers_sort(ulid, follower)
                for (follower, followee), ulid in self.data.requests.items()
                if followee == followee_id
            ),
            reverse=True,
        )
        page = page_of([p for p in found if after is None or p < after], limit, str)
        return Page(tuple(p.partition("#")[2] for p in page.items), page.next_position)


@dataclass(frozen=True, slots=True)
class FakeBlocks:
    data: Metadata

    def block(self, blocker_id: str, block: Block, spending: Spending = NOTHING) -> Block:
        earlier = self.data.blocks.get((blocker_id, block.user_id))
        if earlier is not None:
            return earlier
        if sum(blocker == blocker_id for blocker, _ in self.data.blocks) >= MAX_BLOCKS:
            raise too_many_blocks()
        self.data.spend(spending)
        self.data.blocks[blocker_id, block.user_id] = block
        follows = FakeFollows(self.data)
        follows.end(blocker_id, block.user_id, block.at)
        follows.end(block.user_id, blocker_id, block.at)
        requests = FakeRequests(self.data)
        requests.withdraw(blocker_id, block.user_id)
        requests.withdraw(block.user_id, blocker_id)
        return block

    def unblock(self, blocker_id: str, blocked_id: str) -> bool:
        return self.data.blocks.pop((blocker_id, blocked_id), None) is not None

    def page(self, blocker_id: str, after: str | None, limit: int) -> Page[Block]:
        blocks = sorted(
            (blocked_id, block)
            for (blocker, blocked_id), block in self.data.blocks.items()
            if blocker == blocker_id and (after is None or blocked_id > after)
        )
        return page_of([block for _, block in blocks], limit, lambda block: block.user_id)


@dataclass(frozen=True, slots=True)
class FakeMutes:
    data: Metadata

    def mute(self, muter_id: str, mute: Mute, spending: Spending = NOTHING) -> Mute:
        edge = (muter_id, mute.user_id)
        earlier = self.data.mutes.get(edge)
        if earlier is not None and not earlier.is_over(mute.at) and earlier.until == mute.until:
            return earlier
        lasting = self.data.muted_by(muter_id).lasting(mute.at)
        if len(lasting.including(mute)) > MAX_MUTES:
            raise too_many_mutes()
        self.data.spend(spending)
        self._remove(*edge)
        self.data.mutes[edge] = mute
        if mute.until is not None:
            self.data.expiries[keys.mute(*edge)] = mute.until
        return mute

    def unmute(self, muter_id: str, muted_id: str, now: datetime) -> bool:
        had = self.data.muted_by(muter_id).has(muted_id, now)
        if had:
            self._remove(muter_id, muted_id)
        return had

    def page(self, muter_id: str, after: str | None, limit: int, now: datetime) -> Page[Mute]:
        mutes = sorted(
            (muted_id, mute)
            for (muter, muted_id), mute in self.data.mutes.items()
            if muter == muter_id and (after is None or muted_id > after)
        )
        page = page_of([mute for _, mute in mutes], limit, lambda mute: mute.user_id)
        return replace(page, items=tuple(mute for mute in page.items if not mute.is_over(now)))

    def _remove(self, muter_id: str, muted_id: str) -> None:
        self.data.mutes.pop((muter_id, muted_id), None)
        self.data.expiries.pop(keys.mute(muter_id, muted_id), None)


@dataclass(frozen=True, slots=True)
class FakeNominations:
    data: Metadata

    def nominate(self, nomination: Nomination) -> None:
        self.data.nominations[nomination.slot] = nomination
        key = keys.nomination(nomination.slot)
        self.data.expiries[key] = nomination.at + NOMINATION_RETENTION

    def recent(self) -> Sequence[Nomination]:
        return list(self.data.nominations.values())


@dataclass(frozen=True, slots=True)
class FakeContenders:
    data: Metadata

    def nominate(self, contender: Contender) -> None:
        key = keys.contender(contender.turn % TURNS, contender.slot)
        there = self.data.contenders.get(key)
        if there is None or there.turn != contender.turn or there.rank < contender.rank:
            self.data.contenders[key] = contender
            self.data.expiries[key] = contender.at + CONTENDER_RETENTION

    def recent(self) -> Sequence[Contender]:
        return list(self.data.contenders.values())


@dataclass(frozen=True, slots=True)
class FakeExploreLists:
    data: Metadata

    def current(self) -> Explored | None:
        versions = self.data.explored.values()
        return max(versions, key=lambda explored: explored.version, default=None)

    def version(self, version: str) -> Explored | None:
        return self.data.explored.get(keys.explored(version))

    def claim(self, before: Explored, after: Explored) -> bool:
        if self.data.explored.get(keys.explored(before.version)) != before:
            return False
        self.keep(after)
        return True

    def keep(self, explored: Explored) -> None:
        key = keys.explored(explored.version)
        self.data.explored[key] = explored
        self.data.expiries[key] = explored.made_at + EXPLORED_RETENTION


@dataclass(frozen=True, slots=True)
class FakeSuggestionLists:
    data: Metadata

    def popular(self) -> Popular:
        return self.data.popular

    def keep_popular(self, popular: Popular) -> None:
        if popular.counted_until is None:
            raise ValueError("a list that has counted nothing is not kept")
        self.data.popular = popular
        self.data.expiries[keys.POPULAR] = popular.counted_until + POPULAR_RETENTION

    def acquaintances(self, reader_id: str) -> Acquaintances | None:
        return self.data.acquaintances.get(reader_id)

    def keep_acquaintances(self, reader_id: str, acquaintances: Acquaintances) -> None:
        self.data.acquaintances[reader_id] = acquaintances
        end = acquaintances.made_at + ACQUAINTANCES_RETENTION
        self.data.expiries[keys.acquaintances(reader_id)] = end

    def read(self, reader_id: str) -> Suggested:
        return Suggested(self.data.popular, self.data.acquaintances.get(reader_id))


@dataclass(frozen=True, slots=True)
class FakePosts:
    data: Metadata

    def create(
        self,
        post: Post,
        uploads: Sequence[Upload],
        idempotency_key: str,
        fingerprint: str,
        spending: Spending = NOTHING,
    ) -> Creation | None:
        record = keys.idempotency(post.author_id, idempotency_key)
        earlier = self.created(post.author_id, idempotency_key)
        if earlier is not None and self.data.expiries[record] >= post.created_at:
            return earlier
        self.data.spend(spending)
        self.data.creations[record] = Creation(post.id, fingerprint)
        self.data.expiries[record] = post.created_at + IDEMPOTENCY_RETENTION
        self._write(post, _expiry(post, post.created_at))
        for upload in uploads:
            key = (post.author_id, upload.medium.media_id)
            self.data.uploads[key] = upload
        return None

    def created(self, author_id: str, idempotency_key: str) -> Creation | None:
        return self.data.creations.get(keys.idempotency(author_id, idempotency_key))

    def get(self, post_id: PostId) -> Post | None:
        return self.data.posts.get(post_id)

    def get_many(self, post_ids: Collection[PostId]) -> dict[PostId, Post]:
        return {i: self.data.posts[i] for i in post_ids if i in self.data.posts}

    def edit(
        self,
        post_id: PostId,
        caption: str,
        place: Place | None,
        alt_texts: Sequence[str],
        spending: Spending = NOTHING,
        *,
        sensitive: bool | None = None,
        comments_from: CommentsFrom | Keep | None = KEEP,
        mentions: Sequence[Mention] | None = None,
        people: Sequence[TaggedPerson] | None = None,
        draft_until: datetime | None = None,
    ) -> bool:
        post = self.get(post_id)
        if post is None or post.state is PostState.DELETED:
            return False
        self.data.spend(spending)
        wanted = post.people if people is None else people
        edited = replace(
            post,
            caption=caption,
            place=place,
            alt_texts=tuple(alt_texts),
            sensitive=post.sensitive if sensitive is None else sensitive,
            comments_from=post.comments_from if isinstance(comments_from, Keep) else comments_from,
            mentions=post.mentions if mentions is None else tuple(mentions),
            people=tuple(person for person in wanted if person.user_id not in post.untagged),
            draft_until=post.draft_until and (draft_until or post.draft_until),
        )
        self._write_edited(post, edited)
        self.data.keep_draft(edited)
        return True

    def untag(
        self, post_id: PostId, user_id: str, spending: Spending = NOTHING, *, remember: bool = True
    ) -> bool:
        post = self.get(post_id)
        if post is None or post.without_person(user_id) is post:
            return False
        self.data.spend(spending)
        self._write_edited(post, post.without_person(user_id, remember=remember))
        return True

    def _write_edited(self, before: Post, after: Post) -> None:
        self.data.write_post(before.id, after)
        if before.state is PostState.PUBLISHED:
            recent = self.data.recent_posts_of(before.author_id)
            if entry_of(before) in recent.entries:
                self.data.write_recent_posts(recent.with_post(after))

    def mark_processing(self, post_id: PostId) -> None:
        post = self.get(post_id)
        if post is not None and post.state is PostState.PENDING:
            self._write(replace(post, state=PostState.PROCESSING), None)

    def publish(
        self,
        post_id: PostId,
        media: Sequence[Medium],
        position: str,
        at: datetime,
        *,
        without: Collection[str] = (),
    ) -> bool:
        post = self.get(post_id)
        if post is None or post.state not in TO_PUBLISH or not has_media(post, media):
            return False
        if post.is_draft:
            return False
        if not post.is_due(at) or (post.publish_at is not None and self._is_away(post)):
            return False
        self._count(post.author_id, 1)
        marks = {
            withheld_mark(medium.sha256, case_id)
            for medium in media
            for case_id in self.data.withheld.get(medium.sha256, ())
        }
        published = replace(
            post.without_people(without),
            state=PostState.PUBLISHED,
            media=tuple(media),
            position=position,
            published_at=at,
            pulled=self.data.recent_posts_of(post.author_id).delivery is Delivery.PULL,
            withheld=post.withheld | marks,
        )
        self._write(published, None)
        self.data.deny_cropped(published, at)
        self.data.write_recent_posts(self.data.recent_posts_of(post.author_id).with_post(published))
        return True

    def fail(self, post_id: PostId, media: Sequence[Medium], at: datetime) -> bool:
        post = self.get(post_id)
        if post is None or not post.awaits_media or not has_media(post, media):
            return False
        failed = replace(post, state=PostState.FAILED, media=tuple(media))
        self._write(failed, at + UNFINISHED_RETENTION)
        return True

    def mend(
        self,
        before: Post,
        after: Post,
        failed: Upload,
        at: datetime,
        *,
        replacement: Upload | None = None,
        spending: Spending = NOTHING,
    ) -> bool:
        current = self.get(before.id)
        entry = self.data.uploads.get((before.author_id, failed.medium.media_id))
        if current is None or not _is_as_read(current, before):
            return False
        if before.is_draft and current.revision != before.revision:
            return False
        if entry is None or entry.medium.state is not failed.medium.state:
            return False
        self.data.spend(spending)
        mended = replace(
            current,
            state=after.state,
            media=after.media,
            alt_texts=after.alt_texts,
            people=after.people,
            draft_until=after.draft_until,
        )
        is_pending = after.state is PostState.PENDING and not after.is_draft
        kept = self.data.expiries.get(keys.post(before.id)) if is_pending else _expiry(mended, at)
        self._write(mended, kept)
        if replacement is not None:
            key = (before.author_id, replacement.medium.media_id)
            self.data.uploads[key] = replacement
        return True

    def delete(self, post: Post, at: datetime) -> bool:
        current = self.get(post.id)
        if current is None or current.state is not post.state:
            return False
        if current.state is PostState.DELETED:
            return False
        if current.state is PostState.PUBLISHED:
            self._count(post.author_id, -1)
        if current.draft_until != post.draft_until:
            return False
        self._write(current.deleted(at), at + current.kept_deleted)
        recent = self.data.recent_posts_of(post.author_id)
        if current.state is PostState.PUBLISHED and entry_of(current) in recent.entries:
            self.data.write_recent_posts(recent.without_post(post.id))
        return True

    def restore(self, post: Post, at: datetime, spending: Spending = NOTHING) -> bool:
        current = self.get(post.id)
        if post.deleted_at is None or current is None or current.deleted_at != post.deleted_at:
            return False
        if current.erased_at is not None:
            return False
        self.data.spend(spending)
        recent = self.data.recent_posts_of(post.author_id)
        restored = replace(current.restored(), pulled=recent.delivery is Delivery.PULL)
        published = restored.state is PostState.PUBLISHED
        if published:
            self._count(post.author_id, 1)
        if restored.is_draft:
            restored = drafted(restored, at)
        self._write(restored, _expiry(restored, at))
        if published and recent.with_post(restored) is not recent:
            self.data.write_recent_posts(recent.with_post(restored))
        return True

    def erase(
        self,
        post_id: PostId,
        at: datetime,
        *,
        denied_until: datetime | None = None,
        spending: Spending = NOTHING,
    ) -> bool:
        post = self.get(post_id)
        if post is None or post.erased_at is not None or post.state is PostState.AVATAR:
            return False
        self.data.spend(spending)
        if post.state is PostState.PUBLISHED:
            self._count(post.author_id, -1)
        self._write(post.erased(at), at + ERASED_GRACE)
        recent = self.data.recent_posts_of(post.author_id)
        if post.state is PostState.PUBLISHED and entry_of(post) in recent.entries:
            self.data.write_recent_posts(recent.without_post(post_id))
        if denied_until is not None:
            for medium in post.all_media:
                self.data.deny(medium.media_id, denied_until)
        return True

    def remove(self, post_id: PostId) -> None:
        post = self.get(post_id)
        if post is not None and post.erased_at is not None:
            self.data.write_post(post_id, None)

    def deleted_by(self, author_id: str, before: str | None, limit: int) -> Page[Post]:
        deleted = sorted(
            (keys.deleted_sort(post.deleted_at, post.id), post.id)
            for post in self.data.posts.values()
            if post.author_id == author_id
            and post.deleted_at is not None
            and post.erased_at is None
            and post.purpose is Purpose.POST
        )
        rest = [(sort, i) for sort, i in reversed(deleted) if before is None or sort < before]
        page = page_of(rest, limit, lambda entry: entry[0])
        return Page(tuple(self.data.posts[i] for _, i in page.items), page.next_position)

    def note_popularity(self, post_id: PostId, old: int, new: int) -> None:
        post = self.get(post_id)
        if post is not None and post.popularity == old:
            self.data.write_post(post_id, replace(post, popularity=new))

    def made_by(self, author_id: str, before: str | None, limit: int) -> Page[Post]:
        found = [
            post
            for post_id, post in self.data.posts.items()
            if post_id.author_id == author_id and (before is None or post_id.ulid < before)
        ]
        found.sort(key=lambda post: post.id.ulid, reverse=True)
        return page_of(found, limit, lambda post: post.id.ulid)

    def published_by(self, author_id: str, before: str | None, limit: int) -> Page[Post]:
        published = sorted(
            (post.position, post)
            for post in self.data.posts.values()
            if post.author_id == author_id
            and post.state is PostState.PUBLISHED
            and post.position is not None
            and (before is None or post.position < before)
        )
        return page_of([post for _, post in reversed(published)], limit, lambda p: p.position or "")

    def _is_away(self, post: Post) -> bool:
        author = self.data.profiles.get(post.author_id)
        return author is None or author.is_closed or author.suspension is not None

    def _count(self, author_id: str, by: int) -> None:
        if author_id not in self.data.profiles:
            raise NoSuchItem(author_id)
        self.data.count(author_id, posts=by)

    def _write(self, post: Post, expires_at: datetime | None) -> None:
        self.data.write_post(post.id, post)
        self.data.expiries.pop(keys.post(post.id), None)
        if expires_at is not None:
            self.data.expiries[keys.post(post.id)] = expires_at


def _expiry(post: Post, at: datetime) -> datetime | None:
    """When an unpublished post expires that stays as it is from now on."""
    if post.is_draft and post.state is not PostState.PROCESSING:
        return post.draft_until
    is_unfinished = post.state in (PostState.PENDING, PostState.FAILED)
    return at + UNFINISHED_RETENTION if is_unfinished else None


def _is_as_read(now: Post, before: Post) -> bool:
    """Whether nothing that an author changes has changed since a post was read."""
    as_before = replace(
        now,
        media=before.media,
        pulled=before.pulled,
        popularity=before.popularity,
    )
    return as_before == before and has_media(now, before.media)


@dataclass(frozen=True, slots=True)
class FakeAlbums:
    data: Metadata

    def rearrange(
        self,
        before: Post,
        after: Post,
        at: datetime,
        *,
        uploads: Sequence[Upload] = (),
        spending: Spending = NOTHING,
    ) -> bool:
        current = self.data.posts.get(before.id)
        if current is None or current.revision != before.revision:
            return False
        if current.state is not PostState.PUBLISHED:
            return False
        self.data.spend(spending)
        shown = {medium.media_id for medium in before.media}
        marks = {
            withheld_mark(medium.sha256, case_id)
            for medium in after.media
            if medium.media_id not in shown
            for case_id in self.data.withheld.get(medium.sha256, ())
        }
        marked = replace(after, withheld=after.withheld | marks)
        self.data.write_post(before.id, marked)
        self.data.deny_cropped(marked, at)
        for upload in uploads:
            self.data.uploads[before.author_id, upload.medium.media_id] = upload
        recent = self.data.recent_posts_of(before.author_id)
        if entry_of(before) in recent.entries and marked.media != before.media:
            self.data.write_recent_posts(recent.with_post(self.data.posts[before.id]))
        return True


@dataclass(frozen=True, slots=True)
class FakeCrops:
    data: Metadata

    def change(
        self, before: Post, after: Post, medium: Medium, spending: Spending = NOTHING
    ) -> bool:
        current = self.data.posts.get(before.id)
        if current is None or current.state is not before.state:
            return False
        entry = self.data.uploads.get((before.author_id, medium.media_id))
        if entry is None or entry.medium.state is not MediaState.AWAITING:
            return False
        if not has_media(current, before.media):
            return False
        if before.is_draft and current.revision != before.revision:
            return False
        self.data.spend(spending)
        cropped = replace(current, media=after.media, draft_until=after.draft_until)
        self.data.write_post(before.id, cropped)
        self.data.keep_draft(cropped)
        changed = replace(entry.medium, crop=medium.crop)
        self.data.uploads[before.author_id, medium.media_id] = replace(entry, medium=changed)
        return True


@dataclass(frozen=True, slots=True)
class FakeDrafts:
    data: Metadata

    def write(
        self,
        before: Post,
        after: Post,
        at: datetime,
        *,
        uploads: Sequence[Upload] = (),
        spending: Spending = NOTHING,
    ) -> bool:
        current = self.data.posts.get(before.id)
        if current is None or not current.is_draft or current.revision != before.revision:
            return False
        self.data.spend(spending)
        self.data.write_post(before.id, after)
        for upload in uploads:
            self.data.uploads[before.author_id, upload.medium.media_id] = upload
        self.data.expiries.pop(keys.post(before.id), None)
        if (expiry := _expiry(after, at)) is not None:
            self.data.expiries[keys.post(before.id)] = expiry
        return True

    def by_author(self, author_id: str, before: str | None, limit: int) -> Page[Post]:
        found = [
            post
            for post in self.data.posts.values()
            if post.author_id == author_id
            and post.is_draft
            and post.state is not PostState.DELETED
            and (before is None or post.id.ulid < before)
        ]
        found.sort(key=lambda post: post.id.ulid, reverse=True)
        return page_of(found, limit, lambda post: post.id.ulid)


@dataclass(frozen=True, slots=True)
class FakeScheduledPosts:
    data: Metadata

    def schedule(self, post: Post, media: Sequence[Medium]) -> bool:
        current = self._unchanged(post)
        if current is None or current.state not in UNPUBLISHED or current.publish_at is None:
            return False
        if not has_media(current, media):
            return False
        self._write(replace(current, state=PostState.SCHEDULED, media=tuple(media)))
        self.data.expiries.pop(keys.post(post.id), None)
        return True

    def move(self, post: Post, publish_at: datetime | None, spending: Spending = NOTHING) -> bool:
        current = self._unchanged(post)
        if current is None or current.state is not post.state:
            return False
        self.data.spend(spending)
        goes_on = publish_at is None and current.state is PostState.SCHEDULED
        state = PostState.PROCESSING if goes_on else current.state
        self._write(replace(current, state=state, publish_at=publish_at))
        return True

    def hold(self, post: Post, until: datetime) -> bool:
        current = self._unchanged(post)
        if current is None or current.state is not PostState.SCHEDULED:
            return False
        self._write(current)
        self.data.held_until[post.id] = until
        return True

    def due(self, shard: int, before: datetime, after: Due | None, limit: int) -> Page[Due]:
        entries = sorted(
            keys.due_sort(Due(post.id, self.data.held_until.get(post.id, post.due_at)))
            for post in self.data.posts.values()
            if post.due_at is not None and keys.due_shard(post.id) == shard
        )
        start = "" if after is None else keys.due_sort(after)
        found = [entry for entry in entries if start < entry < ulid(before, 0)]
        page = page_of(found, limit, lambda entry: entry)
        return Page(tuple(map(keys.parse_due_sort, page.items)), page.next_position)

    def by_author(self, author_id: str, after: str | None, limit: int) -> Page[Post]:
        entries = sorted(
            (keys.scheduled_sort(post.publish_at, post.id), post.id)
            for post in self.data.posts.values()
            if post.author_id == author_id and post.is_scheduled and post.publish_at is not None
        )
        rest = [entry for entry in entries if after is None or entry[0] > after]
        page = page_of(rest, limit, lambda entry: entry[0])
        return Page(tuple(self.data.posts[i] for _, i in page.items), page.next_position)

    def _unchanged(self, post: Post) -> Post | None:
        """The post as it is now; None if it has another time than when it was read."""
        current = self.data.posts.get(post.id)
        return None if current is None or current.publish_at != post.publish_at else current

    def _write(self, post: Post) -> None:
        self.data.held_until.pop(post.id, None)
        self.data.write_post(post.id, post)


@dataclass(frozen=True, slots=True)
class FakeDenialNotes:
    data: Metadata

    def get(self, ids: Collection[str]) -> Mapping[str, datetime | None]:
        return {i: self.data.denials[i] for i in ids if i in self.data.denials}


@dataclass(frozen=True, slots=True)
class FakeAvatars:
    data: Metadata

    def show(self, post_id: PostId, medium: Medium, at: datetime) -> PostState | None:
        post = self.data.posts.get(post_id)
        if post is None or post.state not in UNPUBLISHED:
            return None
        profile = self.data.profiles.get(post.author_id)
        if profile is None or not profile.takes_avatar(post_id.ulid):
            self._end(post, at)
            return PostState.DELETED
        avatar = Avatar.of(post_id.ulid, medium)
        cases = self.data.withheld.get(medium.sha256, frozenset())
        marks = post.withheld | {withheld_mark(medium.sha256, case_id) for case_id in cases}
        shown = replace(post, state=PostState.AVATAR, media=(medium,), withheld=marks)
        self._write(shown, None)
        self._replace(profile, avatar, post_id.ulid, at, marks)
        return PostState.AVATAR

    def remove(
        self, user_id: str, version: str, at: datetime, *, denied_until: datetime | None = None
    ) -> None:
        profile = self.data.profiles.get(user_id)
        if profile is not None:
            if denied_until is not None and profile.avatar is not None:
                self.data.deny(profile.avatar.media_id, denied_until)
            self._replace(profile, None, max(version, profile.avatar_version or version), at)

    def _replace(
        self,
        profile: Profile,
        avatar: Avatar | None,
        version: str,
        at: datetime,
        marks: frozenset[str] = frozenset(),
    ) -> None:
        if profile.avatar is not None:
            before = self.data.posts[PostId(profile.user_id, profile.avatar.post_ulid)]
            assert before.state is PostState.AVATAR
            self._end(before, at)
        after = replace(profile, avatar=avatar, avatar_version=version, avatar_withheld=marks)
        self.data.write_profile(after)

    def _end(self, post: Post, at: datetime) -> None:
        self._write(post.deleted(at), at)

    def _write(self, post: Post, expires_at: datetime | None) -> None:
        self.data.write_post(post.id, post)
        self.data.expiries.pop(keys.post(post.id), None)
        if expires_at is not None:
            self.data.expiries[keys.post(post.id)] = expires_at


@dataclass(frozen=True, slots=True)
class FakeOpenPosts:
    data: Metadata

    def page(
        self, shard: int, created_before: datetime, after: str | None, limit: int
    ) -> Page[PostId]:
        found = sorted(
            keys.open_sort(post_id)
            for post_id, post in self.data.posts.items()
            if post.awaits_media
            and keys.open_shard(post_id) == shard
            and post_id.ulid < ulid(created_before, 0)
        )
        page = page_of([p for p in found if after is None or p > after], limit, lambda p: p)
        return Page(tuple(map(keys.parse_open_sort, page.items)), page.next_position)

    def checkpoints(self) -> dict[int, str]:
        return dict(self.data.checkpoints)

    def keep_checkpoints(self, checkpoints: Mapping[int, str]) -> None:
        self.data.checkpoints = dict(checkpoints)


@dataclass(frozen=True, slots=True)
class FakeRemovals:
    data: Metadata
    per_hour: int

    def take(self, at: datetime) -> bool:
        count = self.data.removals.get(keys.removals(at), 0)
        if count >= self.per_hour:
            return False
        self.data.removals[keys.removals(at)] = count + 1
        return True


@dataclass(frozen=True, slots=True)
class FakeAllowances:
    data: Metadata

    def spend(self, spending: Spending) -> None:
        self.data.spend(spending)


@dataclass(frozen=True, slots=True)
class FakeLikes:
    data: Metadata

    def like(
        self,
        user_id: str,
        post_id: PostId,
        shards: int,  # noqa: ARG002 - a number in memory bears any crowd
        like_ulid: str,
        spending: Spending = NOTHING,
        *,
        left: Mapping[str, int] | None = None,  # noqa: ARG002 - to read it takes no time here
    ) -> bool:
        if (user_id, post_id) in self.data.likes:
            return False
        self.data.spend(spending)
        self.data.likes[user_id, post_id] = like_ulid
        self.data.changes.append(Liked(user_id, post_id, ulid_time(like_ulid)))
        self._add(post_id, 1)
        return True

    def unlike(
        self,
        user_id: str,
        post_id: PostId,
        shards: int,  # noqa: ARG002
        known: OwnLike | None = None,  # noqa: ARG002
    ) -> bool:
        if self.data.likes.pop((user_id, post_id), None) is None:
            return False
        self._add(post_id, -1)
        return True

    def _add(self, post_id: PostId, likes: int) -> None:
        counts = self.counts(post_id)
        self.data.write_counts(post_id, replace(counts, likes=counts.likes + likes))

    def spread(self, post_id: PostId, shards: int) -> None:
        counts = self.counts(post_id)
        if counts.like_shards < shards:
            self.data.write_counts(post_id, replace(counts, like_shards=shards))

    def count(self, post_id: PostId) -> PostCounts | None:
        return self.data.counts.get(post_id)

    def counts(self, post_id: PostId) -> PostCounts:
        return self.data.counts.get(post_id, PostCounts())

    def likers(
        self,
        post_id: PostId,
        shards: int,  # noqa: ARG002 - they are one list here
        before: str | None,
        limit: int,
    ) -> Page[Liker]:
        sorts = sorted(
            (keys.liker_sort(like_ulid, user_id), Liker(user_id, like_ulid))
            for (user_id, liked), like_ulid in self.data.likes.items()
            if liked == post_id
        )
        rest = [entry for entry in reversed(sorts) if before is None or entry[0] < before]
        page = page_of(rest, limit, lambda entry: entry[0])
        return Page(tuple(liker for _, liker in page.items), page.next_position)

    def recent(self, viewer_id: str | None, post_ids: Collection[PostId]) -> RecentLikers:
        pages = {post_id: self.likers(post_id, 1, None, RECENT).items for post_id in post_ids}
        followed = sorted(followee for who, followee in self.data.edges if who == viewer_id)
        return RecentLikers(
            {post_id: tuple(one.user_id for one in page) for post_id, page in pages.items()},
            frozenset(followed[:FOLLOWED]),
        )

    def forget(self, post_id: PostId, most: int) -> bool:
        liking = [key for key in self.data.likes if key[1] == post_id][:most]
        for key in liking:
            del self.data.likes[key]
        if not liking:
            self.data.counts.pop(post_id, None)
        return bool(liking)

    def liked_by(self, user_id: str, before: str | None, limit: int) -> Page[PostId]:
        found = sorted(
            (keys.like(user_id, post_id).sk, post_id)
            for liker, post_id in self.data.likes
            if liker == user_id
        )
        rest = [entry for entry in reversed(found) if before is None or entry[0] < before]
        page = page_of(rest, limit, lambda entry: entry[0])
        return Page(tuple(post_id for _, post_id in page.items), page.next_position)


@dataclass(frozen=True, slots=True)
class FakeAppearances:
    data: Metadata

    def add(self, user_id: str, post_id: PostId, revision: int) -> None:
        listed = self.data.appearances.get((user_id, post_id), -1)
        self.data.appearances[user_id, post_id] = max(listed, revision)

    def remove(self, user_id: str, post_id: PostId, revision: int | None) -> None:
        listed = self.data.appearances.get((user_id, post_id), -1)
        if revision is None or listed < revision:
            self.data.appearances.pop((user_id, post_id), None)

    def page(self, user_id: str, before: str | None, limit: int) -> Page[PostId]:
        found = sorted(
            (keys.appearance(user_id, post_id).sk, post_id)
            for who, post_id in self.data.appearances
            if who == user_id
        )
        rest = [entry for entry in reversed(found) if before is None or entry[0] < before]
        page = page_of(rest, limit, lambda entry: entry[0])
        return Page(tuple(post_id for _, post_id in page.items), page.next_position)


@dataclass(frozen=True, slots=True)
class FakeSaves:
    data: Metadata

    def save(
        self,
        user_id: str,
        post_id: PostId,
        save_ulid: str,
        spending: Spending = NOTHING,
        collection_id: str | None = None,
        *,
        left: Mapping[str, int] | None = None,  # noqa: ARG002
    ) -> bool:
        found = self.data.saves.get((user_id, post_id))
        if found is not None and collection_id in (None, *found.collections):
            return False
        self.data.spend(spending)
        added = () if collection_id is None else (collection_id,)
        save = found or Save(post_id, save_ulid)
        self._write(user_id, replace(save, collections=(*save.collections, *added)))
        return True

    def unsave(self, user_id: str, post_id: PostId) -> None:
        self.data.saves.pop((user_id, post_id), None)

    def take_out(self, user_id: str, post_id: PostId, collection_id: str) -> None:
        save = self.data.saves.get((user_id, post_id))
        if save is not None:
            left = tuple(one for one in save.collections if one != collection_id)
            self._write(user_id, replace(save, collections=left))

    def saved(self, user_id: str) -> Sequence[Save]:
        found = [save for (owner, _), save in self.data.saves.items() if owner == user_id]
        return sorted(found, key=lambda save: (save.save_ulid, save.post_id), reverse=True)

    def collections(self, user_id: str) -> Sequence[PostCollection]:
        found = [one for (owner, _), one in self.data.collections.items() if owner == user_id]
        return sorted(found, key=lambda one: (one.created_at, one.id), reverse=True)

    def create_collection(
        self, user_id: str, collection: PostCollection, spending: Spending = NOTHING
    ) -> bool:
        if any(one.is_named(collection.name) for one in self.collections(user_id)):
            return False
        self.data.spend(spending)
        self.data.collections[user_id, collection.id] = collection
        return True

    def rename_collection(
        self, user_id: str, collection_id: str, name: str, spending: Spending = NOTHING
    ) -> bool:
        found = self.data.collections.get((user_id, collection_id))
        if found is None:
            return False
        if any(one.is_named(name) for one in self.collections(user_id) if one != found):
            raise collection_exists()
        self.data.spend(spending)
        self.data.collections[user_id, collection_id] = replace(found, name=name)
        return True

    def delete_collection(self, user_id: str, collection_id: str) -> None:
        self.data.collections.pop((user_id, collection_id), None)
        for save in self.saved(user_id):
            self.take_out(user_id, save.post_id, collection_id)

    def _write(self, user_id: str, save: Save) -> None:
        self.data.saves[user_id, save.post_id] = save


@dataclass(frozen=True, slots=True)
class FakeShares:
    data: Metadata

    def take(self, user_id: str, charge: Charge, now: datetime) -> bool:
        key = keys.shares(user_id)
        full_at = self.data.allowances.get(key, {}).get(charge.name, 0)
        if wait(full_at, microseconds(now), charge):
            return False
        self.data.charge(key, [charge], now)
        return True


@dataclass(frozen=True, slots=True)
class FakeLedger:
    data: Metadata

    def get(self, author_id: str, media_id: str) -> Upload | None:
        return self.data.uploads.get((author_id, media_id))

    def of_post(self, post: Post) -> dict[str, Upload]:
        found = {m.media_id: self.get(post.author_id, m.media_id) for m in post.all_media}
        return {media_id: upload for media_id, upload in found.items() if upload is not None}

    def list(self, author_id: str, before: str | None, limit: int) -> Page[Upload]:
        uploads = sorted(
            (
                (media_id, upload)
                for (author, media_id), upload in self.data.uploads.items()
                if author == author_id and (before is None or media_id < before)
            ),
            key=lambda entry: entry[0],
            reverse=True,
        )
        return page_of([upload for _, upload in uploads], limit, lambda u: u.medium.media_id)

    def begin_parts(self, author_id: str, media_id: str, multipart_id: str) -> str | None:
        upload = self.get(author_id, media_id)
        if upload is None or upload.medium.state is not MediaState.AWAITING:
            return None
        agreed = upload.multipart_id or multipart_id
        self.data.uploads[author_id, media_id] = replace(upload, multipart_id=agreed)
        return agreed

    def forget_parts(self, author_id: str, media_id: str, multipart_id: str) -> bool:
        upload = self.get(author_id, media_id)
        if (
            upload is None
            or upload.medium.state is not MediaState.AWAITING
            or upload.multipart_id != multipart_id
        ):
            return False
        self.data.uploads[author_id, media_id] = replace(upload, multipart_id=None)
        return True

    def mark_processing(self, author_id: str, media_id: str, at: datetime) -> Upload | None:
        upload = self.get(author_id, media_id)
        if upload is not None and upload.medium.state is MediaState.AWAITING:
            medium = replace(upload.medium, state=MediaState.PROCESSING)
            self._write(replace(upload, ordered_at=at), medium)
        return self.get(author_id, media_id)

    def mark_copied(self, author_id: str, media_id: str, at: datetime) -> None:
        upload = self.get(author_id, media_id)
        if upload is not None:
            self.data.uploads[author_id, media_id] = replace(upload, copied_at=at)

    def mark_ordered(self, author_id: str, media_id: str, at: datetime) -> None:
        upload = self.get(author_id, media_id)
        if upload is not None and upload.medium.state is MediaState.PROCESSING:
            self._write(replace(upload, ordered_at=at), upload.medium)

    def mark_ready(self, author_id: str, media_id: str, picture: Picture) -> None:
        self._finish(author_id, media_id, lambda medium: medium.ready(picture))

    def mark_failed(self, author_id: str, media_id: str, failure: Failure) -> None:
        self._finish(author_id, media_id, lambda medium: medium.failed(failure))

    def remove(self, author_id: str, media_id: str) -> None:
        upload = self.data.uploads.pop((author_id, media_id), None)
        if upload is not None:
            stored = self.data.stored.get(author_id, 0)
            self.data.stored[author_id] = stored - upload.medium.size

    def _finish(self, author_id: str, media_id: str, outcome: Callable[[Medium], Medium]) -> None:
        upload = self.get(author_id, media_id)
        if upload is not None and upload.medium.state in _MOVING:
            self._write(upload, outcome(upload.medium))

    def _write(self, upload: Upload, medium: Medium) -> None:
        key = (upload.post_id.author_id, medium.media_id)
        self.data.uploads[key] = replace(upload, medium=medium)


@dataclass(frozen=True, slots=True)
class FakeBlobs:
    data: Metadata

    def claim(
        self,
        sha256: str,
        new_blob_id: str,
        content_type: str,
        size: int,
        crop: Crop | None = None,
    ) -> Blob:
        new = Blob(sha256, new_blob_id, content_type, size, crop=crop)
        blob = self.get(sha256) or new
        self.data.expiries.pop(keys.blob(sha256), None)
        self.data.write_blob(sha256, blob)
        return blob

    def get(self, sha256: str) -> Blob | None:
        return self.data.blobs.get(sha256)

    def mark_ready(
        self, blob: Blob, picture: Picture, perceptual_hash: PerceptualHash | None = None
    ) -> bool:
        stored = self.get(blob.sha256)
        kept = None if stored is None else stored.perceptual_hash
        hashed = perceptual_hash or kept
        ready = replace(
            blob, state=BlobState.READY, picture=picture, failure=None, perceptual_hash=hashed
        )
        return self._change(blob, ready, tuple(BlobState))

    def mark_failed(self, blob: Blob, failure: Failure) -> bool:
        failed = replace(blob, state=BlobState.FAILED, failure=failure)
        return self._change(blob, failed, (BlobState.STORED,))

    def mark_progress(self, reference: Reference, percent: int) -> None:
        if self.awaits_rendering(reference):
            self.data.progress[reference] = percent

    def progress(self, reference: Reference) -> int:
        return self.data.progress.get(reference, 0)

    def refer(self, reference: Reference) -> None:
        if reference not in self.data.references or self.awaits_rendering(reference):
            self.data.references.add(reference)
            self.data.awaiting_rendering.discard(reference)
            self.data.referred_blobs.pop(reference, None)
            self.data.changes.append(ReferenceAdded(reference))

    def refer_once_rendered(self, reference: Reference, blob_id: str) -> None:
        if reference not in self.data.references:
            self.data.references.add(reference)
            self.data.awaiting_rendering.add(reference)
            self.data.referred_blobs[reference] = blob_id

    def complete_rendering(self, reference: Reference) -> None:
        if reference in self.data.awaiting_rendering:
            self.data.awaiting_rendering.remove(reference)
            self.data.changes.append(ReferenceAdded(reference))

    def awaits_rendering(self, reference: Reference) -> bool:
        return reference in self.data.awaiting_rendering

    def is_shown(self, blob: Blob) -> bool:
        return any(
            self.data.referred_blobs.get(reference, blob.blob_id) == blob.blob_id
            for reference in self.data.references
            if reference.sha256 == blob.sha256
        ) or self.is_kept(blob.sha256)

    def is_kept(self, sha256: str) -> bool:
        return any(kept == sha256_of(sha256) for kept, _ in self.data.kept)

    def is_referred_to_by(self, reference: Reference) -> bool:
        return reference in self.data.references

    def release(self, reference: Reference) -> None:
        self.data.references.discard(reference)
        self.data.awaiting_rendering.discard(reference)
        self.data.referred_blobs.pop(reference, None)
        self.data.zooms.pop(reference, None)

    def references(self, sha256: str, after: str | None, limit: int) -> Page[Reference]:
        found = [one for one in self.data.references if one.sha256 == sha256]
        return self._page(found, after, limit)

    def copies(self, sha256: str, after: str | None, limit: int) -> Page[Reference]:
        found = [one for one in self.data.references if sha256_of(one.sha256) == sha256]
        return self._page(found, after, limit)

    def names(self, sha256: str) -> Sequence[str]:
        return sorted(name for name in self.data.blobs if sha256_of(name) == sha256)

    @staticmethod
    def _page(references: Sequence[Reference], after: str | None, limit: int) -> Page[Reference]:
        found = sorted((keys.reference(reference).sk, reference) for reference in references)
        rest = [entry for entry in found if after is None or entry[0] > after]
        page = page_of(rest, limit, lambda entry: entry[0])
        return Page(tuple(reference for _, reference in page.items), page.next_position)

    def expire(self, sha256: str, at: datetime) -> None:
        if sha256 in self.data.blobs:
            self.data.expiries[keys.blob(sha256)] = at

    def reopen(self, blob: Blob) -> bool:
        current = self.get(blob.sha256)
        if current is None or (current.blob_id, current.state) != (blob.blob_id, BlobState.READY):
            return False
        self.data.write_blob(blob.sha256, replace(current, state=BlobState.STORED, picture=None))
        return True

    def restore(self, blob: Blob) -> None:
        if blob.sha256 not in self.data.blobs:
            self.data.write_blob(blob.sha256, blob)

    def _change(self, blob: Blob, changed: Blob, sources: Sequence[BlobState]) -> bool:
        current = self.get(blob.sha256)
        if current is None or current.blob_id != blob.blob_id or current.state not in sources:
            return False
        self.data.write_blob(blob.sha256, changed)
        return True


@dataclass(frozen=True, slots=True)
class FakeZooms:
    data: Metadata

    def get(self, reference: Reference) -> Zoom | None:
        if reference not in self.data.references:
            return None
        return self.data.zooms.get(reference, Zoom())

    def order(self, reference: Reference, known: Zoom, at: datetime, spending: Spending) -> bool:
        if self.get(reference) != known:
            return False
        self.data.spend(spending)
        self.data.zooms[reference] = Zoom(ZoomState.ORDERED, at)
        return True

    def complete(self, reference: Reference, zoom: Zoom) -> None:
        if reference in self.data.references:
            self.data.zooms[reference] = zoom


@dataclass(frozen=True, slots=True)
class FakeRecentPosts:
    data: Metadata

    def get_many(self, author_ids: Iterable[str]) -> dict[str, RecentPosts]:
        return {author_id: self.data.recent_posts_of(author_id) for author_id in author_ids}

    def change_delivery(self, recent: RecentPosts, delivery: Delivery, migration: str) -> bool:
        if self.data.recent_posts_of(recent.author_id).version != recent.version:
            return False
        self.data.write_recent_posts(recent.with_delivery(delivery, migration))
        return True

    def keep_counts(self, recent: RecentPosts, post_id: PostId, counts: PostCounts) -> bool:
        if self.data.recent_posts_of(recent.author_id).version != recent.version:
            return False
        self.data.write_recent_posts(recent.with_counts(post_id, counts))
        return True


@dataclass(frozen=True, slots=True)
class FakeReaders:
    data: Metadata

    def get(self, reader_id: str) -> Reader:
        return replace(
            self.data.readers.get(reader_id, Reader(None)),
            profile=self.data.profiles.get(reader_id),
            recent_posts=self.data.recent_posts.get(reader_id),
            pulled=frozenset(a for reader, a in self.data.pulled if reader == reader_id),
            unfollowed=frozenset(a for reader, a in self.data.unfollowed if reader == reader_id),
            muted=self.data.muted_by(reader_id),
            reported=self.data.reported.get(reader_id, NOTHING_REPORTED),
            hashtags=self.data.hashtags_of(reader_id),
        )

    def pushed_until(self, reader_ids: Sequence[str]) -> dict[str, datetime]:
        known = {i: self.data.readers[i] for i in reader_ids if i in self.data.readers}
        return {i: kept.pushed_until for i, kept in known.items() if kept.pushed_until}

    def record_visit(self, reader_id: str, day: date, pushed_until: datetime | None = None) -> None:
        kept = self._kept(reader_id)
        until = kept.pushed_until if pushed_until is None else pushed_until
        self._write(reader_id, replace(kept, last_visit=day, pushed_until=until))

    def prepare(self, reader_id: str) -> None:
        self._write(reader_id, replace(self._kept(reader_id), prepared=True))

    def push_until(self, reader_id: str, until: datetime) -> None:
        kept = self._kept(reader_id)
        if kept.pushed_until is None or kept.pushed_until < until:
            self._write(reader_id, replace(kept, pushed_until=until))

    def pull(self, reader_ids: Sequence[str], author_id: str) -> None:
        edges = {(reader_id, author_id) for reader_id in reader_ids}
        self.data.pulled.update(edges & self.data.edges.keys())

    def stop_pulling(self, reader_ids: Sequence[str], author_id: str, migration: str) -> None:
        if self.data.recent_posts_of(author_id).migration == migration:
            self.data.pulled.difference_update((r, author_id) for r in reader_ids)

    def _kept(self, reader_id: str) -> Reader:
        if reader_id not in self.data.profiles:
            raise NoSuchItem(reader_id)
        return self.data.readers.get(reader_id, Reader(None))

    def _write(self, reader_id: str, reader: Reader) -> None:
        self.data.readers[reader_id] = reader


def stored_of(data: Metadata, viewer: Viewer, wanted: Wanted, **more: Any) -> Stored:
    """The wanted items, and which posts the viewer likes and has saved; nobody's relations, unless
    `more` has them, or other fields."""
    counted = (*wanted.posts, *wanted.at_hand, *wanted.counts_of)
    shown = (*wanted.posts, *wanted.at_hand)
    authors = (post_id.author_id for post_id in wanted.posts)
    own = [viewer.user_id] if wanted.own and viewer.user_id is not None else []
    authors_and_people = (*authors, *wanted.authors, *wanted.people, *own)
    people = (*authors_and_people, *wanted.users, *wanted.uncounted, *wanted.named)
    return Stored(
        {i: data.posts[i] for i in (*wanted.posts, *wanted.bare) if i in data.posts},
        {i: data.counts[i] for i in counted if i in data.counts},
        {i: data.profiles[i] for i in people if i in data.profiles},
        liked=frozenset(i for i in shown if (viewer.user_id, i) in data.likes),
        saved=frozenset(i for i in shown if (viewer.user_id, i) in data.saves),
        **more,
    )


@dataclass(frozen=True, slots=True)
class FakeViewingReads:
    data: Metadata
    clock: Clock

    def read(self, viewer: Viewer, wanted: Wanted) -> Stored:
        return self.read_now(viewer, wanted)

    def read_now(self, viewer: Viewer, wanted: Wanted) -> Stored:
        more: dict[str, Any] = {
            "barred": frozenset(pair for pair in wanted.guests if pair in self.data.blocks),
            "likes": frozenset(like for like in wanted.likes if like in self.data.likes),
        }
        if viewer.user_id is None:
            return stored_of(self.data, viewer, wanted, **more)
        if wanted.own:
            left = self.data.allowances.get(keys.limits(viewer.user_id), {})
            more["left"] = left if wanted.left else {}
            more["own_likes"] = {
                i: OwnLike(self.data.likes[viewer.user_id, i], 0)
                for i in wanted.posts
                if (viewer.user_id, i) in self.data.likes
            }
        users, named = {*wanted.users, *wanted.uncounted}, {*wanted.named}
        posts = (*wanted.posts, *wanted.at_hand, *wanted.bare)
        authors = {post_id.author_id for post_id in posts}
        muted = self.data.muted_by(viewer.user_id) if wanted.needs_mutes(viewer) else NO_MUTES
        reported = NOTHING_REPORTED
        if wanted.needs_mutes(viewer):
            reported = self.data.reported.get(viewer.user_id, NOTHING_REPORTED)
        now = self.clock.now()
        found = {
            user_id: relation_of(
                self.data,
                viewer.user_id,
                user_id,
                users,
                authors,
                named,
                has_muted=muted.has(user_id, now),
                has_reported=reported.has(user_id),
            )
            for user_id in {*users, *authors, *named, *wanted.authors, *wanted.people}
            - {viewer.user_id}
        }
        for user_id in wanted.followed:
            has_muted = muted.has(user_id, now)
            found[user_id] = Relation(
                follows=True, has_muted=has_muted, has_reported=reported.has(user_id)
            )
        relations = {i: r for i, r in found.items() if r != STRANGERS}
        return stored_of(self.data, viewer, wanted, relations=relations, reported=reported, **more)


def relation_of(
    data: Metadata,
    viewer_id: str,
    user_id: str,
    users: Collection[str],
    authors: Collection[str],
    named: Collection[str] = (),
    **more: bool,
) -> Relation:
    """The viewer's relation to a user, as far as it is read of users, of authors of posts, and of
    those of whom it is told what they did; `more` is what the pair does not say."""
    edge, back = (viewer_id, user_id), (user_id, viewer_id)
    return Relation(
        follows=user_id in {*users, *authors, *named} and edge in data.edges,
        is_followed=user_id in users and back in data.edges,
        has_requested=user_id in {*users, *named} and edge in data.requests,
        has_blocked=edge in data.blocks,
        is_blocked=back in data.blocks,
        **more,
    )


@dataclass(frozen=True, slots=True)
class FakeSecrets:
    def cursor_key(self) -> bytes:
        return b"a key that every test knows....."

    def account_key(self) -> bytes:
        return ACCOUNT_KEY
