"""What has to be so at rest, whatever went wrong before. Each function tells what is not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.activity import to_notice
from shutterfeed.adapters.dynamodb.blocks import BY
from shutterfeed.adapters.dynamodb.mutes import to_mute, to_muted
from shutterfeed.adapters.dynamodb.recent_posts import to_recent_posts
from shutterfeed.adapters.dynamodb.records import ACCEPTED
from shutterfeed.adapters.dynamodb.threads import to_comment
from shutterfeed.domain.activity import GROUPED, Notice, NoticeKind
from shutterfeed.domain.delivery import PULLED, Delivery, RecentPosts
from shutterfeed.domain.ids import ulid_time
from shutterfeed.domain.media import MediaState, Picture, Reference
from shutterfeed.domain.mutes import NO_MUTES
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.schema import FOLLOWERS_SK
from tests.exploration.machinery import CELEBRITY_FOLLOWERS
from tests.exploration.play import Landed, Play
from tests.exploration.state import State

_AT_REST: Final = (PostState.PUBLISHED, PostState.FAILED, PostState.AVATAR)
_STAY: Final = 0.8
"""Of the threshold, below which a celebrity ceases to be one."""


def uploads(play: Play, state: State) -> Iterator[str]:
    """Every landed upload of a post is published, or failed with a reason; its original is
    there."""
    arrived = {landed.media_id: landed for landed in play.landed}
    arrived |= {landed.media_id: landed for landed in _cropped_again(state, arrived)}
    for landed in arrived.values():
        post = state.posts.get(landed.post_id)
        if post is None or post.state is PostState.DELETED:
            continue
        if landed.media_id not in {medium.media_id for medium in post.media}:
            continue  # Its owner has removed it, or replaced it.
        entry = state.entries.get((landed.post_id.author_id, landed.media_id))
        said = entry.medium.state if entry else "not in the ledger"
        reason = entry.medium.failure.code if entry and entry.medium.failure else ""
        name = f"the {'good' if landed.file.good else 'bad'} file {landed.media_id}"
        if post.state not in _AT_REST:
            yield f"{name} landed, and its post is {post.state}; the ledger: {said}"
        if landed.file.good and said != MediaState.READY:
            yield f"{name} landed, and is {said} {reason}"
        if not landed.file.good and (said != MediaState.FAILED or reason in {"", "never_arrived"}):
            yield f"{name} landed, and is {said} {reason}"
        if post.state is PostState.FAILED and _all_good(post, arrived):
            yield f"all files of {post.id} are good and landed, and it failed"


def _cropped_again(state: State, arrived: Mapping[str, Landed]) -> Iterator[Landed]:
    """The media that show another part of a file that landed for the ones before them."""
    for post in state.posts.values():
        for medium in post.media:
            before = arrived.get(medium.replaces or "")
            if before is not None and before.file.sha256 == medium.sha256:
                yield Landed(post.id, medium.media_id, before.file)


def contents(state: State) -> Iterator[str]:
    """What a post shows is whole: the original, and every rendition."""
    for post in state.posts.values():
        if post.state not in {PostState.PUBLISHED, PostState.AVATAR}:
            continue
        for medium in post.media:
            picture, blob = medium.picture, state.blobs.get(medium.stored_as)
            if picture is None:
                yield f"{post.id} is {post.state}, and has a medium without a picture"
                continue
            original = keys.original_object(medium.stored_as, picture.blob_id)
            content = state.originals.get(original)
            if content is None or len(content) != medium.size:
                yield f"{post.id} is {post.state} without its original"
            if missing := _missing(state, picture):
                yield f"{post.id} is {post.state} without {missing}"
            if blob is None or blob.blob_id != picture.blob_id:
                yield f"{post.id} shows a content whose row is gone or another"
            if keys.reference(Reference.of(post.id, medium)) not in state.metadata:
                yield f"{post.id} shows a content without a reference to it"


def denials(play: Play, state: State) -> Iterator[str]:
    """The edge denies what is noted, and nothing else."""
    noted = {keys.parse_denial(key) for key in state.metadata if key.sk == keys.DENIED}
    denied = set(play.world.machinery.edge.stored)
    if noted != denied:
        yield f"the edge denies {sorted(denied)}, not {sorted(noted)}"


def avatars(play: Play, state: State) -> Iterator[str]:
    """The avatar is what was asked for last of all that is good."""
    for name, asked in play.avatars.items():
        user_id = play.people[name].user_id
        since = asked[max((i + 1 for i, file in enumerate(asked) if file is None), default=0) :]
        good = [file.sha256 for file in since if file is not None and file.good]
        wanted = good[-1:]
        shown = [
            post.media[0].sha256
            for post in state.posts.values()
            if post.state is PostState.AVATAR and post.author_id == user_id
        ]
        if shown != wanted:
            yield f"{name} has the avatars {shown}, not {wanted}"
        avatar = state.profiles[user_id].avatar
        blob = state.blobs.get(wanted[0]) if wanted else None
        if (avatar and avatar.blob_id) != (blob and blob.blob_id):
            yield f"the profile of {name} has the avatar {avatar}, not {blob}"


def counters(state: State) -> Iterator[str]:
    """They equal the edges, the posts, and the bytes in the ledger."""
    for user_id, profile in state.profiles.items():
        parts = sum(
            row["followers"]
            for key, row in state.metadata.items()
            if key.sk == "COUNT" and keys.parse_follower_count(key) == user_id
        )
        followers = len(state.followers_of(user_id))
        following = len(state.followed_by(user_id))
        posts = len(state.published(user_id))
        counted = (profile.followers + parts, profile.following, profile.posts)
        if counted != (followers, following, posts):
            yield f"{user_id} counts {counted}, not {(followers, following, posts)}"
        stored = state.metadata.get(keys.usage(user_id), {}).get("stored", 0)
        declared = sum(
            e.medium.size for (author, _), e in state.entries.items() if author == user_id
        )
        if stored != declared:
            yield f"{user_id} stores {stored} bytes, not {declared}"


def comments(state: State) -> Iterator[str]:
    """A post's number of comments is that of those that count, every reply has its root, and every
    root the number of its replies."""
    prefixes = (keys.COMMENT_PREFIX, keys.REPLY_PREFIX)
    rows = [row for key, row in state.metadata.items() if key.sk.startswith(prefixes)]
    there = {comment.id: comment for comment in map(to_comment, rows)}
    found = [comment.below(there.get(comment.id.root_id)) for comment in there.values()]
    replies = Counter(c.id.root_id for c in found if c.counts and c.id.reply)
    counted = Counter(comment.id.post_id for comment in found if comment.counts)
    for post_id in state.posts.keys() | counted.keys():
        row = state.metadata.get(keys.counts(post_id), {})
        if row.get("comments", 0) != counted[post_id]:
            yield f"{post_id} has {counted[post_id]} comments, and counts {row.get('comments', 0)}"
    for comment in found:
        if comment.id.root_id not in there:
            yield f"{comment.id} has no root"
        if comment.id.reply is None and comment.replies != replies[comment.id]:
            yield f"{comment.id} has {replies[comment.id]} replies, and counts {comment.replies}"


def likes(state: State) -> Iterator[str]:
    """A post counts its edges, and whoever likes it is in its list."""
    edges = [(key, row) for key, row in state.metadata.items() if _is_like(key)]
    counted = Counter(keys.parse_like(key)[1] for key, _ in edges)
    for post_id in state.posts:
        row = state.metadata.get(keys.counts(post_id), {})
        if row.get("likes", 0) != counted[post_id]:
            yield f"{post_id} counts {row.get('likes', 0)} likes, not {counted[post_id]}"
    for key, row in edges:
        user_id, post_id = keys.parse_like(key)
        if keys.liker(post_id, row.get("shard", 0), row["at"], user_id) not in state.metadata:
            yield f"{user_id} likes {post_id}, and is not listed"


def _is_like(key: keys.Key) -> bool:
    return key.sk.startswith(keys.LIKES_PREFIX)


def requests(state: State) -> Iterator[str]:
    """Whoever waits is counted, waits for a private account, and does not follow it yet."""
    for user_id, profile in state.profiles.items():
        waiting = {follower for follower, followee in state.requests if followee == user_id}
        if profile.requests != len(waiting):
            yield f"{user_id} counts {profile.requests} requests, not {len(waiting)}"
        if waiting and not profile.private:
            yield f"{user_id} is public, and {waiting} wait for an answer"
    for follower, followee in state.requests & state.edges:
        yield f"{follower} waits for {followee}, and follows already"


def notices(state: State) -> Iterator[str]:
    """Whoever follows, or asks to, is told of to the other, unless muted; and no two groups of one
    subject overlap."""
    found: defaultdict[tuple[str, str], list[Notice]] = defaultdict(list)
    for key, row in sorted(state.metadata.items(), key=lambda item: (item[0].pk, item[0].sk)):
        if key.sk.startswith(keys.ACTIVITY_PREFIX):
            notice = to_notice(row)
            found[notice.kind, notice.subject].append(notice)
    for alike in found.values():
        for earlier, later in pairwise(alike):
            if later.kind in GROUPED and earlier.ends_at > later.since:
                yield f"{later.kind} of {later.subject} is in {earlier.number} and {later.number}"
    for key, row in state.metadata.items():
        if key.sk.startswith(keys.FOLLOWS_PREFIX) and ACCEPTED not in row:
            (person_id, owner_id), kind = keys.parse_follow(key), NoticeKind.FOLLOW
        elif key.sk.startswith(keys.REQUEST_PREFIX):
            (person_id, owner_id), kind = keys.parse_request(key), NoticeKind.FOLLOW_REQUEST
        else:
            continue
        at = ulid_time(keys.parse_followers_sort(row[FOLLOWERS_SK])[0])
        muted = to_muted(state.metadata.get(keys.reader_mutes(owner_id)))
        told = found[kind, owner_id]
        if not muted.has(person_id, at) and (not told or told[-1].ends_at < at):
            yield f"{owner_id} is not told that {person_id} is among their {kind}s"


def blocks(state: State) -> Iterator[str]:
    """Each block is told by the pair and by its owner's list, and is counted; between the two there
    is nothing else."""
    told, listed = set(), set()
    for key, row in state.metadata.items():
        if key.pk.startswith("PAIR#"):
            one, other = keys.parse_pair(key)
            told |= {(by, other if by == one else one) for by in row[BY]}
        elif key.sk.startswith(keys.BLOCKS_PREFIX):
            listed.add(keys.parse_block(key))
    if told != listed:
        yield f"the pairs tell of the blocks {told}, and the lists of {listed}"
    for user_id in state.profiles:
        counted = state.metadata.get(keys.blocks(user_id), {}).get("blocks", 0)
        if counted != sum(blocker == user_id for blocker, _ in listed):
            yield f"{user_id} counts {counted} blocks, not those of {listed}"
    for one, other in {*listed, *((blocked, blocker) for blocker, blocked in listed)}:
        between = {
            "an edge": (one, other) in state.edges,
            "a request": (one, other) in state.requests,
            "a pull marker": keys.pull_marker(one, other) in state.metadata,
            "a subscription": keys.push_subscription(other, one) in state.feed,
        }
        for what, is_there in between.items():
            if is_there:
                yield f"there is {what} from {one} to {other}, and a block between them"


def mutes(play: Play, state: State) -> Iterator[str]:
    """The packed mutes of each reader are those in the list, except those that are over."""
    now = play.world.clock.now()
    listed = dict.fromkeys(state.profiles, NO_MUTES)
    for key, row in state.metadata.items():
        if key.sk.startswith(keys.MUTES_PREFIX):
            muter_id, _ = keys.parse_mute(key)
            listed[muter_id] = listed[muter_id].including(to_mute(row))
    for user_id, muted in listed.items():
        packed = to_muted(state.metadata.get(keys.reader_mutes(user_id)))
        if packed.lasting(now) != muted.lasting(now):
            yield f"the packed mutes of {user_id} are not those in the list"


def delivery(state: State) -> Iterator[str]:
    """No subscription, pull marker or unfollowed marker without what it stands for; no author on
    the wrong side."""
    for key in state.feed:
        if key.pk.startswith("AUDIENCE#"):
            author_id, reader_id = keys.parse_push_subscription(key)
            if (reader_id, author_id) not in state.edges:
                yield f"a subscription of {author_id} without its edge"
    stored = [
        to_recent_posts(row) for key, row in state.metadata.items() if key.sk == keys.RECENT_POSTS
    ]
    recent_posts = {recent.author_id: recent for recent in stored}
    for key in state.metadata:
        author = keys.parse_author(key.sk)
        if author is not None:
            yield from _marker_faults(key, *author, state, recent_posts)
    for author_id, recent in recent_posts.items():
        yield from _on_its_side(recent, len(state.followers_of(author_id)))
        entries = [entry.post_id for entry in recent.entries]
        if entries != [post.id for post in state.published(author_id)]:
            yield f"the recent posts of {author_id} are not their newest posts"


def _marker_faults(
    key: keys.Key,
    author_id: str,
    pulled: bool,
    state: State,
    recent_posts: Mapping[str, RecentPosts],
) -> Iterator[str]:
    follows = (key.pk.removeprefix("USER#"), author_id) in state.edges
    if pulled and not follows:
        yield f"a pull marker of {author_id} without its edge"
    if pulled and (author_id not in recent_posts or recent_posts[author_id].delivery not in PULLED):
        yield f"a pull marker of {author_id}, who is no celebrity"
    if not pulled and follows:
        yield f"{author_id} is followed, and has an unfollowed marker"


def _on_its_side(recent: RecentPosts, followers: int) -> Iterator[str]:
    if recent.delivery not in {Delivery.PUSH, Delivery.PULL}:
        yield f"{recent.author_id} is {recent.delivery} for ever"
    if recent.delivery is Delivery.PUSH and followers >= CELEBRITY_FOLLOWERS:
        yield f"{recent.author_id} has {followers} followers and is pushed"
    if recent.delivery is Delivery.PULL and followers < CELEBRITY_FOLLOWERS * _STAY:
        yield f"{recent.author_id} has {followers} followers and is pulled"


def feeds(play: Play) -> Iterator[str]:
    """Every feed is the posts of all whom its reader follows and has not muted, and their own,
    newest first."""
    before = State.read().profiles
    there = {name: before.get(person.user_id) for name, person in play.people.items()}
    feeds = {name: play.visit(name) for name, who in there.items() if who and not who.is_closed}
    state = State.read()
    for name, seen in feeds.items():
        reader_id = play.people[name].user_id
        muted = to_muted(state.metadata.get(keys.reader_mutes(reader_id)))
        now = play.world.clock.now()
        followed = {a for a in state.followed_by(reader_id) if not muted.has(a, now)}
        authors = {reader_id, *followed}
        wanted = [str(post.id) for post in state.shown(*authors)]
        if seen != wanted:
            yield f"the feed of {name} is {seen}, not {wanted}"


def _all_good(post: Post, arrived: dict[str, Landed]) -> bool:
    files = [arrived.get(medium.media_id) for medium in post.media]
    return all(landed is not None and landed.file.good for landed in files)


def _missing(state: State, picture: Picture) -> list[str]:
    names = (keys.rendition_object(picture.blob_id, name) for name in picture.names())
    return [name for name in names if name not in state.renditions]
