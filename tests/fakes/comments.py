"""Comments in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shutterfeed.domain.changes import CommentLiked
from shutterfeed.domain.comments import (
    Comment,
    CommentId,
    Effect,
    Order,
    comment_not_found,
    effect_of,
)
from shutterfeed.domain.ids import PostId, ulid, ulid_time
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import PostCounts
from shutterfeed.ports.comments import Claim, Discussion, Notes
from tests.fakes.metadata import Metadata, page_of


@dataclass(frozen=True, slots=True)
class FakeComments:
    data: Metadata

    def claimed(self, author_id: str, digest: str, since: datetime) -> Claim | None:
        claims = (c for c in self.data.claims.get(author_id, ()) if c.digest == digest)
        recent = (c for c in claims if c.comment_id.ulid >= ulid(since, 0))
        return next(recent, None)

    def notes(self, author_id: str) -> Notes:
        return [{"comment": claim.comment_id} for claim in self.data.claims.get(author_id, ())]

    def claim(
        self,
        author_id: str,
        claim: Claim,
        since: datetime,
        spending: Spending = NOTHING,
        *,
        notes: Notes | None = None,  # noqa: ARG002 - what was read before decides nothing here
    ) -> Claim:
        earlier = self.claimed(author_id, claim.digest, since)
        if earlier is not None:
            return earlier
        self.data.spend(spending)
        self.data.claims.setdefault(author_id, []).append(claim)
        return claim

    def add(self, comment: Comment) -> bool:
        if comment.id in self.data.comments:
            return False
        root = self.data.comments.get(comment.id.root_id)
        comment = comment.below(root)
        effect = effect_of(None, comment)
        if root is None and comment.id.reply and (effect.replies or effect.waiting):
            raise comment_not_found()
        self.data.write_comment(comment)
        self._count(comment, effect)
        return True

    def get_many(self, comment_ids: Collection[CommentId]) -> dict[CommentId, Comment]:
        found = (self._get(comment_id) for comment_id in comment_ids)
        return {comment.id: comment for comment in found if comment is not None}

    def _get(self, comment_id: CommentId) -> Comment | None:
        found = self.data.comments.get(comment_id)
        return None if found is None else found.below(self.data.comments.get(comment_id.root_id))

    def change(self, before: Comment, after: Comment, spending: Spending = NOTHING) -> bool:
        now, effect = self._get(before.id), effect_of(before, after)
        if now is None or now.version != before.version or now.waits != before.waits:
            return False
        if effect.shows and now.waiting != before.waiting:
            return False
        self.data.spend(spending)
        changed = replace(
            after,
            version=now.version + 1,
            likes=now.likes,
            replies=now.replies,
            waiting=now.waiting,
            shows=now.shows,
        )
        self.data.write_comment(_with(changed, effect) if effect.shows else changed)
        self._count(changed, effect)
        return True

    def discussion(
        self, post_id: PostId, viewer_id: str, order: Order, after: str | None, limit: int
    ) -> Discussion:
        is_newest = order is Order.NEWEST
        roots = sorted(
            (c for c in self.data.comments.values() if c.id.post_id == post_id and not c.id.reply),
            key=lambda comment: comment.id,
            reverse=is_newest,
        )
        rest = [
            root
            for root in roots
            if (root.replies or not root.removed)
            and (after is None or (root.id.root < after) is is_newest)
            and root.id.root != after
        ]
        page = page_of(rest, limit, lambda root: root.id.root)
        return Discussion(page, self.pinned(post_id), self.liked(post_id, viewer_id))

    def look_up(self, comment_id: CommentId, viewer_id: str) -> Discussion:
        found = tuple(self.get_many([comment_id]).values())
        post_id = comment_id.post_id
        return Discussion(Page(found, None), self.pinned(post_id), self.liked(post_id, viewer_id))

    def thread(
        self, root_id: CommentId, viewer_id: str, after: str | None, limit: int
    ) -> tuple[Discussion, Page[Comment]]:
        ids = sorted(i for i in self.data.comments if i.reply and i.root_id == root_id)
        rest = [i for i in ids if after is None or i.ulid > after]
        replies = list(self.get_many(rest).values())
        page = page_of(replies, limit, lambda comment: comment.id.ulid)
        return self.look_up(root_id, viewer_id), page

    def release(self, root_id: CommentId, number: int) -> None:
        del number
        for comment in list(self.data.comments.values()):
            if comment.id.root_id == root_id and comment.id.reply and comment.waits is not None:
                reply = comment.below(self.data.comments[root_id])
                if reply.waits is None:
                    self.data.write_comment(replace(reply, version=reply.version + 1))

    def made_by(self, author_id: str, before: str | None, limit: int) -> Page[CommentId]:
        ids = [claim.comment_id for claim in self.data.claims.get(author_id, ())]
        ids.sort(key=lambda comment_id: comment_id.ulid, reverse=True)
        rest = [i for i in ids if before is None or i.ulid < before]
        return page_of(rest, limit, lambda comment_id: comment_id.ulid)

    def held_for(self, owner_id: str, before: str | None, limit: int) -> Page[CommentId]:
        held = [c.id for c in self.data.comments.values() if c.held and c.owner_id == owner_id]
        held.sort(key=lambda comment_id: comment_id.ulid, reverse=True)
        rest = [i for i in held if before is None or i.ulid < before]
        return page_of(rest, limit, lambda comment_id: comment_id.ulid)

    def liked(self, post_id: PostId, user_id: str) -> frozenset[CommentId]:
        likes = self.data.comment_likes
        return frozenset(i for i, liker in likes if liker == user_id and i.post_id == post_id)

    def like(
        self, comment_id: CommentId, user_id: str, like_ulid: str, spending: Spending = NOTHING
    ) -> bool:
        comment = self.data.comments.get(comment_id)
        if comment is None or comment.removed or (comment_id, user_id) in self.data.comment_likes:
            return False
        self.data.spend(spending)
        self.data.comment_likes[comment_id, user_id] = like_ulid
        self.data.changes.append(CommentLiked(user_id, comment_id, ulid_time(like_ulid)))
        self.data.write_comment(replace(comment, likes=comment.likes + 1))
        return True

    def unlike(self, comment_id: CommentId, user_id: str) -> bool:
        if (comment_id, user_id) not in self.data.comment_likes:
            return False
        del self.data.comment_likes[comment_id, user_id]
        comment = self.data.comments[comment_id]
        self.data.write_comment(replace(comment, likes=comment.likes - 1))
        return True

    def posts_with_likes(self, user_id: str, limit: int) -> tuple[PostId, ...]:
        liked = {i.post_id for i, liker in self.data.comment_likes if liker == user_id}
        return tuple(sorted(liked, key=str))[:limit]

    def forget_likes(self, user_id: str, post_id: PostId) -> None:
        """They are found by the likes themselves here."""

    def erase(self, comment: Comment) -> bool:
        now = self._get(comment.id)
        if now is None or now.version != comment.version:
            return False
        if not comment.removed:
            self.change(comment, comment.without_text())
        removed = self.data.comments[comment.id]
        if any(i.reply and i.root_id == comment.id for i in self.data.comments):
            self.data.comments[comment.id] = replace(removed, author_id="")
        else:
            del self.data.comments[comment.id]
        return True

    def pinned(self, post_id: PostId) -> tuple[str, ...]:
        return self.data.pinned.get(post_id, ())

    def pin(
        self,
        post_id: PostId,
        before: Sequence[str],
        after: Sequence[str],
        spending: Spending = NOTHING,
    ) -> bool:
        if self.pinned(post_id) != tuple(before):
            return False
        self.data.spend(spending)
        self.data.pinned[post_id] = tuple(after)
        return True

    def forget(self, post_id: PostId, most: int) -> bool:
        ids = [i for i in self.data.comments if i.post_id == post_id]
        edges = [edge for edge in self.data.comment_likes if edge[0].post_id == post_id]
        for edge in edges[:most]:
            del self.data.comment_likes[edge]
        for comment_id in ids[: max(0, most - len(edges))]:
            del self.data.comments[comment_id]
        if len(edges) + len(ids) >= most:
            return True
        self.data.pinned.pop(post_id, None)
        counts = self.data.counts.get(post_id)
        if counts is not None:
            self.data.write_counts(post_id, replace(counts, comments=0))
        return False

    def _count(self, comment: Comment, effect: Effect) -> None:
        if comment.id.reply and (effect.replies or effect.waiting):
            self.data.write_comment(_with(self.data.comments[comment.id.root_id], effect))
        if effect.comments:
            counts = self.data.counts.get(comment.id.post_id, PostCounts())
            counted = replace(counts, comments=counts.comments + effect.comments)
            self.data.write_counts(comment.id.post_id, counted)


def _with(root: Comment, effect: Effect) -> Comment:
    """A root whose numbers have changed."""
    return replace(
        root,
        replies=root.replies + effect.replies,
        waiting=root.waiting + effect.waiting,
        shows=root.shows + effect.shows,
    )
