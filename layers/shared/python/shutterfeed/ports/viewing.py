"""What is stored of whatever somebody is to be shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from shutterfeed.domain.ids import PostId
from shutterfeed.domain.posts import Post, PostCounts
from shutterfeed.domain.users import Profile
from shutterfeed.domain.visibility import Viewer


@dataclass(frozen=True, slots=True)
class Wanted:
    """Posts and users, by their ids."""

    posts: Collection[PostId] = ()
    """With their counts and their authors' profiles."""
    at_hand: Collection[PostId] = ()
    """Posts that the caller has already: their counts alone."""
    authors: Collection[str] = ()
    """Profiles as far as a post shows them: a celebrity's followers are counted in part."""
    users: Collection[str] = ()
    """Profiles with exact counts, and whether the viewer follows them."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What exists of what is wanted."""

    posts: Mapping[PostId, Post] = field(default_factory=dict)
    counts: Mapping[PostId, PostCounts] = field(default_factory=dict)
    """None for a post that nobody has liked or commented on."""
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    followed: frozenset[str] = frozenset()
    """Those of the users whom the viewer follows."""

    def __or__(self, later: Stored) -> Stored:
        """With what was read later, in place of what was read before."""
        return Stored(
            {**self.posts, **later.posts},
            {**self.counts, **later.counts},
            {**self.profiles, **later.profiles},
            self.followed | later.followed,
        )

    def including(self, posts: Iterable[Post], profiles: Iterable[Profile] = ()) -> Stored:
        """With posts and profiles that are at hand, in place of those that were read."""
        by_id = {profile.user_id: profile for profile in profiles}
        return self | Stored(posts={post.id: post for post in posts}, profiles=by_id)


class ViewingReads(Protocol):
    """All that `decide` needs, and all that is shown. What a further reason needs of owners or of
    the viewer's relation to them is read here, with the rest."""

    def read(self, viewer: Viewer, wanted: Wanted) -> Stored:
        """One round trip, however much is wanted; one more for users whose followers are counted
        apart. Eventually consistent."""
        ...

    def read_now(self, viewer: Viewer, wanted: Wanted) -> Stored:
        """The same, strongly consistent, for twice the price: for what is shown by itself, perhaps
        to whoever has just changed it."""
        ...
