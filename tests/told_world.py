"""The world of `discussion_world.py`, whose people also look at what they are told of others.

A person's activity is defined by the graph: who likes their posts, answers them, follows them or
asks to, as far as they may see these people. What the list shows must never be more, and never less
where nothing has ever stood between the two; and the badge counts what is new in the list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from typing import Final

from shutterfeed.domain.activity import MAX_BADGE, MAX_NAMED, NoticeKind
from shutterfeed.domain.comments import Comment
from shutterfeed.domain.delivery import FeedPolicy
from shutterfeed.domain.ids import PostId
from shutterfeed.services.activity_views import GroupView
from tests.discussion_world import DiscussionWorld
from tests.feed_world import POLICY, Chance
from tests.graph_model import Kind
from tests.sight import Facts, Pair

_SOON: Final = timedelta(seconds=10)
"""After so long everything that was done is told."""
_ONCE: Final = (NoticeKind.MENTION, NoticeKind.REPLY, NoticeKind.COMMENT)
"""The kinds of which one tells a user of a comment."""


class ActivityWorld(DiscussionWorld):
    def __init__(self, chance: Chance, policy: FeedPolicy = POLICY) -> None:
        self.stood_between: set[Pair] = set()
        """Who has ever kept away whom: what one did then, the other may never be told of."""
        super().__init__(chance, policy)

    def steps(self) -> list[Callable[[], None]]:
        return [*super().steps(), *[self.look_at_activity, self.let_seconds_pass] * 2]

    # What people do.

    def look_at_activity(self) -> None:
        """Somebody opens the list of what others did, which is thereby seen."""
        user_id = self.chance.pick(self.ids)
        self._request(partial(self.backend.activity.page, user_id, None, 3))
        self._request(partial(self.backend.activity.mark_seen, user_id))

    def let_seconds_pass(self) -> None:
        self.backend.wait(self.chance.number(1, 3) * _SOON / 2)

    def let_a_day_pass(self) -> None:
        """Messages are late, but not by days: of an act that is a day old, nobody is told."""
        self.settle()
        super().let_a_day_pass()

    def ask_for(self, kind: Kind, who: str, whom: str | PostId, value: object = True) -> None:
        if isinstance(whom, str) and kind in (Kind.BLOCK, Kind.MUTE):
            self.stood_between |= {(who, whom), (whom, who)}
        super().ask_for(kind, who, whom, value)

    # What has to be so in the end.

    def check(self) -> None:
        super().check()
        self.settle()
        self.backend.wait(_SOON)
        facts = self.facts()
        with self.undisturbed():
            for user_id in self.ids:
                self._check_activity(facts, user_id)

    def _check_activity(self, facts: Facts, user_id: str) -> None:
        groups = self._all_of(partial(self.backend.activity.page, user_id))
        self.tally["groups found"] += len(groups)
        positions = [group.notice.position for group in groups]
        assert positions == sorted(set(positions), reverse=True), f"order of {user_id}'s activity"
        new = sum(group.is_new for group in groups)
        badge = self.backend.activity.badge(user_id)
        assert badge == min(new, MAX_BADGE), f"{user_id}'s badge says {badge}, {new} are new"
        for group in groups:
            self._check_group(facts, user_id, group)
        self._check_crowds(facts, user_id, groups)
        self._check_comments(facts, user_id, groups)

    def _check_group(self, facts: Facts, user_id: str, group: GroupView) -> None:
        """A group names some of those who are still behind it, whom its owner may see."""
        people = [view.profile.user_id for view in group.people]
        kind = group.notice.kind
        assert len(set(people)) == len(people) <= MAX_NAMED, f"{kind} names {people}"
        assert group.count >= len(people) > 0, f"{kind} is about {group.count}, and names {people}"
        for person in people:
            self._allowed(self._hears_of(facts, user_id, person), kind, user_id, person)
        if group.post is not None:
            post_id = group.post.post.id
            right = facts.sees_post(user_id, post_id.author_id, post_id)
            self._allowed(right, f"{kind} of a post", user_id, post_id)

    def _check_crowds(self, facts: Facts, user_id: str, groups: Iterable[GroupView]) -> None:
        """The groups about one subject tell of everybody once."""
        told: defaultdict[tuple[NoticeKind, str], int] = defaultdict(int)
        for group in groups:
            told[group.notice.kind, group.notice.subject] += group.count
        for (kind, subject), crowd in self._crowds(user_id).items():
            count = told[kind, subject]
            if kind is NoticeKind.LIKE and PostId.parse(subject) not in facts.shown:
                assert count == 0, f"{user_id} is told of likes of {subject}, which is gone"
                continue
            visible = {person for person in crowd if self._hears_of(facts, user_id, person)}
            certain = {person for person in visible if (user_id, person) not in self.stood_between}
            if not visible:
                assert count == 0, f"{user_id} is told of a {kind} by nobody"
            assert count <= len(crowd), f"{user_id} is told of {count} {kind} by {crowd}"
            if kind is not NoticeKind.FOLLOW:  # Whom one has accepted, one is not told of.
                assert count >= len(certain), f"{user_id} is told of {count} {kind} by {certain}"

    def _crowds(self, user_id: str) -> dict[tuple[NoticeKind, str], set[str]]:
        """Who likes what, follows, or asks to, of what concerns a user."""
        data = self.backend.metadata
        crowds: defaultdict[tuple[NoticeKind, str], set[str]] = defaultdict(set)
        for person, post_id in data.likes:
            if post_id.author_id == user_id != person:
                crowds[NoticeKind.LIKE, str(post_id)].add(person)
        for person, followee in data.edges:
            if followee == user_id:
                crowds[NoticeKind.FOLLOW, user_id].add(person)
        for person, followee in data.requests:
            if followee == user_id:
                crowds[NoticeKind.FOLLOW_REQUEST, user_id].add(person)
        return crowds

    def _check_comments(self, facts: Facts, user_id: str, groups: Iterable[GroupView]) -> None:
        """One is told once of each comment that one may see, and of none that one may not. If its
        author has changed it and mentions one only now, one is told of that, too."""
        told = [
            (g.comment.comment, g.notice.kind)
            for g in groups
            if g.comment and g.notice.kind in _ONCE
        ]
        ids = {comment.id for comment, _ in told}
        for comment_id in ids:
            kinds = [kind for comment, kind in told if comment.id == comment_id]
            edited = any(c.edited_at for c, _ in told if c.id == comment_id)
            once = len(kinds) == 1 or (edited and len(kinds) == 2 and NoticeKind.MENTION in kinds)
            assert once, f"{user_id} is told of {comment_id} by {kinds}"
        for comment in self.backend.metadata.comments.values():
            concerned = comment.author_id != user_id and self._concerns(user_id, comment)
            seen = (
                concerned
                and comment.counts
                and facts.sees_post(user_id, comment.owner_id, comment.id.post_id)
                and self._sees(facts, user_id, comment)
                and self._hears_of(facts, user_id, comment.author_id)
            )
            if comment.id in ids:
                self._allowed(seen, "told comment", user_id, comment.id)
            elif seen and comment.owner_id == user_id:
                certain = (user_id, comment.author_id) not in self.stood_between
                assert not certain, f"{user_id} is not told of {comment.id}"

    def _concerns(self, user_id: str, comment: Comment) -> bool:
        root = self.backend.metadata.comments.get(comment.id.root_id)
        answered = comment.id.reply is not None and root is not None and root.author_id == user_id
        mentioned = any(mention.user_id == user_id for mention in comment.mentions)
        return comment.owner_id == user_id or answered or mentioned

    def _hears_of(self, facts: Facts, user_id: str, person: str) -> bool:
        return facts.sees_profile(user_id, person) and not facts.has_muted(user_id, person)
