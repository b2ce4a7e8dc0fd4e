"""Reads of everything that is needed to show posts and users to somebody."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from shutterfeed.domain.ids import PostId
from shutterfeed.domain.posts import Post, PostCounts
from shutterfeed.domain.reported import NOTHING_REPORTED, Reported
from shutterfeed.domain.users import Profile
from shutterfeed.domain.visibility import STRANGERS, Relation, Viewer
from shutterfeed.ports.likes import OwnLike


@dataclass(frozen=True, slots=True)
class Wanted:
    """The ids of the posts and users to read."""

    posts: Collection[PostId] = ()
    """Posts to read with their counts, their authors' profiles, whether the viewer follows these,
    and whether the viewer likes the posts or has saved them."""
    at_hand: Collection[PostId] = ()
    """Posts that the caller already has, of which only the counts are read, whether the viewer
    follows their authors, and whether the viewer likes the posts or has saved them."""
    authors: Collection[str] = ()
    """Users whose profiles are shown with posts: the followers of a celebrity are not all
    counted."""
    users: Collection[str] = ()
    """Users to read with exact counts and the viewer's relations to them."""
    uncounted: Collection[str] = ()
    """Users to read in the same way, of whom no number of followers is shown: those of a celebrity
    are not all counted."""
    guests: Collection[tuple[str, str]] = ()
    """Pairs of the owner of a post and a user who has commented on it or likes it: of each it is
    read whether the owner has blocked the user."""
    likes: Collection[tuple[str, PostId]] = ()
    """Pairs of a user and a post: of each it is read whether the user likes the post."""
    named: Collection[str] = ()
    """Users to read with whether the viewer follows them or has asked to, always eventually
    consistent, of whom no number of followers is shown."""
    followed: Collection[str] = ()
    """Those of the authors and users of whom the caller has just read that the viewer follows them:
    so neither has blocked the other, and no more is read of the relation than whom the viewer has
    muted."""
    bare: Collection[PostId] = ()
    """Posts to read without their counts and their authors' profiles, and whether the viewer
    follows these."""
    counts_of: Collection[PostId] = ()
    """Posts of which only the counts are read."""
    people: Collection[str] = ()
    """Users whom a text mentions or who are tagged in a photo: their profiles, and whether one of
    them and the viewer has blocked the other. A feed reads that of them too."""
    own: bool = False
    """Whether the viewer's own profile is read, and when they liked the posts, for somebody who is
    about to write."""
    left: bool = False
    """Whether it is read what the viewer has left of their limits."""
    mixed: bool = False
    """Whether posts and authors are shown among those of many, where mutes decide."""
    discussed: bool = False
    """Whether authors are shown with what they have said, which the viewer may have reported."""

    def needs_mutes(self, viewer: Viewer) -> bool:
        """Whether it matters whom the viewer has muted, or what they have reported: not for posts
        of their own, and not for somebody who is about to write."""
        if self.mixed or self.discussed or self.users or self.uncounted:
            return True
        posts = () if self.own else (*self.posts, *self.at_hand)
        return any(not viewer.is_user(post_id.author_id) for post_id in posts)


@dataclass(frozen=True, slots=True)
class Stored:
    """The wanted items that exist."""

    posts: Mapping[PostId, Post] = field(default_factory=dict)
    counts: Mapping[PostId, PostCounts] = field(default_factory=dict)
    """The counts of posts. A post that nobody has liked or commented on is left out."""
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    relations: Mapping[str, Relation] = field(default_factory=dict)
    """The viewer's relations to users and to authors. One to whom there is none is left out. Of
    everybody it says whether one has blocked the other; of the author of a post also whether the
    viewer follows them; and of a user everything."""
    liked: frozenset[PostId] = frozenset()
    """Those of the posts that the viewer likes."""
    saved: frozenset[PostId] = frozenset()
    """Those of the posts that the viewer has saved."""
    barred: frozenset[tuple[str, str]] = frozenset()
    """Those of the guests whom the owner has blocked."""
    likes: frozenset[tuple[str, PostId]] = frozenset()
    """Those of the pairs of a user and a post of which the user likes the post."""

    reported: Reported = NOTHING_REPORTED
    """What the viewer has reported, if it was read whom they have muted."""
    left: Mapping[str, int] = field(default_factory=dict)
    """What the viewer has left of their limits, as `Spending.check` takes it."""
    own_likes: Mapping[PostId, OwnLike] = field(default_factory=dict)
    """The viewer's likes of the posts, if what is `own` was asked for."""

    def relation_to(self, user_id: str) -> Relation:
        return self.relations.get(user_id, STRANGERS)

    def __or__(self, later: Stored) -> Stored:
        """Both results together. An item in `later` replaces the one that was read before."""
        return Stored(
            {**self.posts, **later.posts},
            {**self.counts, **later.counts},
            {**self.profiles, **later.profiles},
            {**self.relations, **later.relations},
            liked=self.liked | later.liked,
            saved=self.saved | later.saved,
            barred=self.barred | later.barred,
            likes=self.likes | later.likes,
            reported=later.reported or self.reported,
            left={**self.left, **later.left},
            own_likes={**self.own_likes, **later.own_likes},
        )

    def including(self, posts: Iterable[Post], profiles: Iterable[Profile] = ()) -> Stored:
        """This result with the given posts and profiles, which replace those that were read."""
        by_id = {profile.user_id: profile for profile in profiles}
        return self | Stored(posts={post.id: post for post in posts}, profiles=by_id)


class ViewingReads(Protocol):
    """Reads everything that `decide` needs and everything that is shown. If a further reason needs
    data about owners or the viewer's relation to them, that is read here too."""

    def read(self, viewer: Viewer, wanted: Wanted) -> Stored:
        """Read everything in one round trip; one more is needed for users whose followers are
        counted in separate items. Eventually consistent."""
        ...

    def read_now(self, viewer: Viewer, wanted: Wanted) -> Stored:
        """Read like `read`, but strongly consistent, for twice the price: for a single subject that
        may be shown to the person who has just changed it."""
        ...
