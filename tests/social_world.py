"""The world of `visibility_world.py`, whose people also like and save posts.

Nobody knows better than the graph who likes what: the numbers that every surface shows, the list of
those who like a post, and what each person finds in their own lists have to be what the edges say,
after every step and however requests overlapped, crashed or were repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Final, TypeVar

from shutterfeed.domain.delivery import FeedPolicy
from shutterfeed.domain.errors import DomainError, NotFound
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.pages import Page
from shutterfeed.domain.visibility import Viewer
from shutterfeed.services.viewing import PostView
from tests.fakes.backend import Crash
from tests.feed_world import POLICY, Chance
from tests.graph_model import Kind
from tests.sight import NOBODY, Facts, Mark
from tests.visibility_world import VisibilityWorld

T = TypeVar("T")
_NEWEST: Final = 6
"""The posts that people answer: few, so that requests meet."""
_MARKS: Final = (Kind.LIKE.value, Kind.SAVE.value)
"""The kinds of facts about who has marked which post."""


class SocialWorld(VisibilityWorld):
    def __init__(self, chance: Chance, policy: FeedPolicy = POLICY) -> None:
        self.renamed = 0
        super().__init__(chance, policy)

    def steps(self) -> list[Callable[[], None]]:
        return [*super().steps(), *[self.like] * 10, *self._taking_back() * 3, self.rename]

    def overtaking(self) -> list[Callable[[], None]]:
        return [*super().overtaking(), *[self.like] * 4, *self._taking_back()]

    def _taking_back(self) -> list[Callable[[], None]]:
        return [self.unlike, self.save, self.unsave]

    # What people do.

    def like(self) -> None:
        self._mark_some(Kind.LIKE)

    def unlike(self) -> None:
        self._unmark_some(Kind.LIKE, self.backend.metadata.likes)

    def save(self) -> None:
        self._mark_some(Kind.SAVE)

    def unsave(self) -> None:
        self._unmark_some(Kind.SAVE, self.backend.metadata.saves)

    def _mark_some(self, kind: Kind) -> None:
        if found := self.someone_and_a_post():
            self.mark(kind, *found)

    def someone_and_a_post(self) -> Mark | None:
        """Somebody, and a post that they know the id of: mostly one that they may see."""
        known = self.newest_posts()
        if not known:
            return None
        post_id = self.chance.pick(known)
        who = self.chance.pick(self.ids)
        if self.chance.number(0, 3):
            facts = self.facts()
            seeing = [i for i in self.ids if facts.sees_post(i, post_id.author_id, post_id)]
            who = self.chance.pick(seeing or [who])
        return who, post_id

    def _unmark_some(self, kind: Kind, marks: Iterable[Mark]) -> None:
        if made := sorted(marks):
            self.mark(kind, *self.chance.pick(made), value=False)

    def newest_posts(self) -> list[PostId]:
        """The ids of the posts that people talk of."""
        return sorted(self.backend.metadata.posts)[-_NEWEST:]

    def mark(self, kind: Kind, who: str, post_id: PostId, *, value: bool = True) -> None:
        """Somebody likes or saves a post, or takes that back."""
        act = self.model.begin(kind, who, post_id, value)
        saw = self._may_answer(who, post_id)
        try:
            with self._disturbed():
                self.insist(self._marking(kind, who, post_id, value))
        except NotFound:
            self.model.refuse(act)
            sees = saw and self._may_answer(who, post_id)
            assert not sees or act.overlapping, f"{kind} {post_id} is refused to {who}"
        except Crash:
            self.model.give_up(act)
        else:
            self.model.end(act)
            sees = saw or self._may_answer(who, post_id) or not value
            assert sees or act.overlapping, f"{kind} {post_id} is open to {who}"
        self.tally["requests that overlapped others"] += bool(act.overlapping)
        if self.suspended:
            self.look()

    def _marking(self, kind: Kind, who: str, post_id: PostId, value: bool) -> Callable[[], object]:
        likes, saves = self.backend.likes, self.backend.saves
        calls: dict[tuple[Kind, bool], Callable[[str, str], object]] = {
            (Kind.LIKE, True): likes.like,
            (Kind.LIKE, False): likes.unlike,
            (Kind.SAVE, True): saves.save,
            (Kind.SAVE, False): saves.unsave,
        }
        return partial(calls[kind, value], who, str(post_id))

    def _may_answer(self, who: str, post_id: PostId) -> bool:
        return self.facts().sees_post(who, post_id.author_id, post_id)

    def rename(self) -> None:
        """Somebody takes another handle while nobody is about to use the old one."""
        if self.suspended:
            return
        self.renamed += 1
        user_id, handle = self.chance.pick(self.ids), f"renamed{self.renamed}"
        with self._disturbed():
            try:
                self.backend.users.edit(user_id, handle=handle)
            except (Crash, DomainError):  # Too often, for example.
                return

    # What has to be so after each step.

    def facts(self) -> Facts:
        data = self.backend.metadata
        likes = frozenset(mark for mark in data.likes if mark[1] in data.posts)
        saves = frozenset(mark for mark in data.saves if mark[1] in data.posts)
        return replace(super().facts(), likes=likes, saves=saves)

    def _learn(self) -> Facts:
        """Of a post that is gone for good, nobody knows any more who has marked it."""
        posts = self.backend.metadata.posts
        for kind, about in list(self.model.values):
            if kind in _MARKS and about[1] not in posts:
                del self.model.values[kind, about]
        return super()._learn()

    def look(self) -> None:
        """What is stored must be what somebody has asked for; and somebody looks at a post."""
        self.model.concerned.clear()
        facts = self._learn()
        with self.undisturbed():
            if known := self.newest_posts():
                viewer = self.chance.pick([*self.ids, NOBODY])
                self.look_at_post(facts, viewer, self.chance.pick(known))
            self.look_at_own_marks(facts, self.chance.pick(self.ids))

    def look_at_everything(self) -> None:
        facts = self._learn()
        with self.undisturbed():
            for viewer in (*self.ids, NOBODY):
                for post_id in self.newest_posts():
                    self.look_at_post(facts, viewer, post_id)
            for viewer in self.ids:
                self.look_at_own_marks(facts, viewer)

    def look_at_post(self, facts: Facts, viewer: str, post_id: PostId) -> None:
        """One looks at the answers to a post: by its id, in its author's list, and at the list of
        those who like it."""
        self.tally["looks"] += 1
        if not facts.sees_post(viewer, post_id.author_id, post_id):
            likers = self._found(lambda: self._likers(viewer, post_id))
            self._right(likers is not None, False, "list of likers", viewer, post_id)  # noqa: FBT003
            return
        services, as_viewer = self.backend, Viewer(viewer or None)
        handle = self._handle_of(post_id.author_id)
        listed = services.posts.by_author(handle, as_viewer, None, 1_000).items
        views = [services.posts.get(str(post_id), as_viewer)]
        views += [view for view in listed if view.post.id == post_id]
        liking = {who for who, liked in facts.likes if liked == post_id}
        for view in views:
            assert view.counts.likes == len(liking), f"{viewer} finds {view.counts} of {post_id}"
            self._right(view.liked_by_me, viewer in liking, "own like", viewer, post_id)
            is_saved = (viewer, post_id) in facts.saves
            self._right(view.saved_by_me, is_saved, "own save", viewer, post_id)
        shown = self._likers(viewer, post_id)
        self.tally["likes found"] += len(shown)
        assert len(set(shown)) == len(shown), f"one twice among those who like {post_id}"
        for user in self.ids:
            barred = (post_id.author_id, user) in facts.blocks
            right = user in liking and facts.sees_profile(viewer, user) and not barred
            self._right(user in shown, right, f"liker of {post_id}", viewer, user)

    def _likers(self, viewer: str, post_id: PostId) -> list[str]:
        page = partial(self.backend.likes.likers, Viewer(viewer or None), str(post_id))
        return [view.profile.user_id for view in self._all_of(page)]

    def look_at_own_marks(self, facts: Facts, user_id: str) -> None:
        """One finds in the lists of what they like and have saved exactly the posts that they may
        still see."""
        liked = partial(self.backend.likes.liked, user_id)
        self._check_own(facts, user_id, "liked", facts.likes, liked)
        saved = partial(self.backend.saves.saved, user_id)
        self._check_own(facts, user_id, "saved", facts.saves, saved)

    def _check_own(
        self,
        facts: Facts,
        user_id: str,
        name: str,
        marks: Iterable[Mark],
        page: Callable[[str | None, int], Page[PostView]],
    ) -> None:
        shown = [view.post.id for view in self._all_of(page)]
        marked = {post_id for who, post_id in marks if who == user_id}
        right = {i for i in marked if facts.sees_post(user_id, i.author_id, i)}
        assert len(set(shown)) == len(shown), f"a post twice in what {user_id} has {name}"
        assert set(shown) == right, f"{user_id} has {name} {right}, and finds {shown}"

    def _all_of(self, page: Callable[[str | None, int], Page[T]]) -> list[T]:
        """Every item of a list, in pages of a size by chance."""
        limit = self.chance.number(1, 4)
        items: list[T] = []
        after = None
        while True:
            found = page(after, limit)
            items += found.items
            after = found.next_position
            if after is None:
                return items

    def _found(self, call: Callable[[], T]) -> T | None:
        try:
            return call()
        except NotFound:
            return None
