"""The world of `feed_world.py`, whose people also ask, answer, remove, search, and switch their
accounts between private and public, and in which somebody looks after every step.

What is stored must be what `graph_model.py` says may have become of their requests, and what they
see, through the real services, what `sight.py` says of that; neither knows the product's decision.
After a crash, requests are sometimes repeated late or not at all. Once all is delivered, the index
holds what the table says, every count equals its edges, and nobody waits in vain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any, Final, TypeVar

from shutterfeed.domain.delivery import FeedPolicy
from shutterfeed.domain.errors import Forbidden, NotFound
from shutterfeed.domain.feed import FeedCursor, FeedEntry
from shutterfeed.domain.ids import PostId, ulid
from shutterfeed.domain.media import MediaState
from shutterfeed.domain.messages import PublishPost
from shutterfeed.domain.pages import Page
from shutterfeed.domain.posts import Post
from shutterfeed.domain.search import Gone, parse_query, post_document
from shutterfeed.domain.visibility import Viewer
from shutterfeed.services.viewing import ProfileView
from tests import samples
from tests.fakes.backend import Crash
from tests.feed_world import MOST_SUSPENDED, POLICY, TAG, Chance, FeedWorld
from tests.graph_model import FOR_EVER, GraphModel, Kind
from tests.sight import NOBODY, Facts, Pair

T = TypeVar("T")
_FULL_LOOK: Final = 40
"""After so many steps everybody looks at everybody, and not only those concerned."""
_MOST: Final = 1_000
_EVERYBODY: Final = parse_query("user")
_EVERYTHING: Final = parse_query("caption")


class VisibilityWorld(FeedWorld):
    disturbed_within = 6  # Most requests make four or five.

    def __init__(self, chance: Chance, policy: FeedPolicy = POLICY) -> None:
        self.made_steps = 0
        self.model = GraphModel()
        super().__init__(chance, policy)
        self.ids = [person.user_id for person in self.people]
        for user_id in self.ids[:2]:
            self.ask_for(Kind.BE_PRIVATE, user_id, user_id)

    def steps(self) -> list[Callable[[], None]]:
        often = [self.follow] * 4 + [self.ask, self.accept] * 2
        return [*super().steps(), *often, *self._asking(), self.search, self.count_popular]

    def overtaking(self) -> list[Callable[[], None]]:
        return [*super().overtaking(), *self._asking(), self.delete, self.restore]

    def _asking(self) -> list[Callable[[], None]]:
        return [
            self.ask,
            self.accept,
            self.decline,
            self.withdraw,
            self.remove_follower,
            self.switch,
            self.be_off_public_pages,
        ]

    def step(self) -> None:
        super().step()
        self.made_steps += 1
        self.look()
        if self.made_steps % _FULL_LOOK == 0:
            self.look_at_everything()

    # What people do.

    def ask(self) -> None:
        """Somebody wants to follow somebody whose account is private, or was a moment ago."""
        private = [i for i in self.ids if self.backend.metadata.profiles[i].private]
        if private:
            followee = self.chance.pick(private)
            follower = self.chance.pick([i for i in self.ids if i != followee])
            self.ask_for(Kind.FOLLOW, follower, followee)

    def accept(self) -> None:
        self._answer(Kind.ACCEPT)

    def decline(self) -> None:
        self._answer(Kind.DECLINE)

    def _answer(self, kind: Kind) -> None:
        """Somebody answers a request that they have seen, which may be gone by now; or one that
        they have only heard of."""
        asked = sorted(self.backend.metadata.requests)
        if asked and self.chance.number(0, 5):
            follower, owner = self._one_of(asked)
        else:
            owner, follower = self._two()
        self.ask_for(kind, owner, follower)

    def withdraw(self) -> None:
        if asked := sorted(self.backend.metadata.requests):
            self.ask_for(Kind.UNFOLLOW, *self._one_of(asked))

    def remove_follower(self) -> None:
        if edges := sorted(self.backend.metadata.edges):
            follower, owner = self._one_of(edges)
            self._forget(follower, self._posts_of(owner))
            self.ask_for(Kind.REMOVE, owner, follower)

    def switch(self) -> None:
        user_id, _ = self._two()
        self.ask_for(Kind.BE_PRIVATE, user_id, user_id, self.chance.number(0, 2) == 0)

    def be_off_public_pages(self) -> None:
        user_id, value = self.chance.pick(self.ids), bool(self.chance.number(0, 1))
        self.ask_for(Kind.BE_OFF_PUBLIC_PAGES, user_id, user_id, value)

    def publish(self, author: int | None = None) -> None:
        """All files of a post have arrived: the worker is told to publish it."""
        post, _ = self._made(author)
        ready = tuple(
            replace(medium, state=MediaState.READY, picture=samples.picture())
            for medium in post.media
        )
        for upload in samples.uploads(replace(post, media=ready)):
            self.backend.metadata.uploads[post.author_id, upload.medium.media_id] = upload
        self.model.announce(post.id)
        self.backend.queues["publish"].send([PublishPost(post.id)])

    def _publish(self, post: Post, position: str) -> bool:
        act = self.model.begin(Kind.SHOW, post.author_id, post.id)
        published = super()._publish(post, position)
        if published:
            self.model.end(act)
        else:
            self.model.give_up(act)
        return published

    def search(self) -> None:
        """Somebody searches and looks for whom to follow."""
        viewer = self.chance.pick(self.ids)
        self._request(partial(self.backend.suggestions.suggest, viewer, 3))
        with self.undisturbed():
            self._look_around(self._learn(), viewer)

    def count_popular(self) -> None:
        with self._disturbed():
            try:
                self.backend.popular.update()
            except Crash:
                return

    def ask_for(self, kind: Kind, who: str, whom: str | PostId, value: Any = True) -> None:
        act = self.model.begin(kind, who, whom, value)
        try:
            with self._disturbed():
                answer = self.insist(self._call(kind, who, whom, value))
        except NotFound:
            assert self.model.refuse(act), f"{kind} {who} {whom}: nobody is there"
        except Crash:
            self.model.give_up(act)
        else:
            relation = answer.relation if isinstance(answer, ProfileView) else None
            if relation is None:
                self.model.end(act)
            elif kind is Kind.FOLLOW:
                self.model.end(act, follows=relation.follows, waits=relation.has_requested)
            else:
                self.model.end(act, follows=relation.is_followed)
        self.tally["requests that overlapped others"] += bool(act.overlapping)
        if self.suspended:
            self.look()

    def insist(self, call: Callable[[], T]) -> T:
        """A client repeats what was not answered, perhaps only after others, or gives up."""
        try:
            return call()
        except Crash:
            patience = self.chance.number(0, 3)
            if patience == 0:
                self.tally["requests that were given up"] += 1
                raise
            if patience == 1 and self.suspended < MOST_SUSPENDED:
                self.tally["requests that were repeated later"] += 1
                self.meanwhile()
            return call()

    # What has to be so after each step.

    def settle(self) -> None:
        super().settle()
        if not self.suspended:
            self._check_requests()

    def look(self) -> None:
        """What is stored must be what somebody has asked for; and those concerned look at each
        other, and somebody looks around."""
        pairs = sorted(self.model.concerned)[:2] or [(self.chance.pick(self.ids),) * 2]
        self.model.concerned.clear()
        other = self.chance.pick(self.ids)
        facts = self._learn()
        with self.undisturbed():
            for one, concerned in pairs:
                two = concerned if concerned != one else other
                for viewer, user in ((one, two), (two, one), (NOBODY, one)):
                    self._look_at(facts, viewer, user)
            self._look_around(facts, self.chance.pick([*self.ids, NOBODY]))

    def look_at_everything(self) -> None:
        facts = self._learn()
        with self.undisturbed():
            for viewer in (*self.ids, NOBODY):
                for user in self.ids:
                    self._look_at(facts, viewer, user, posts=_MOST)
                self._look_around(facts, viewer)
                if viewer != NOBODY:
                    self._look_for_suggestions(facts, viewer)
                    self._look_at_own_lists(facts, viewer)

    def check(self) -> None:
        super().check()
        self.look_at_everything()
        self._check_search()

    def _learn(self) -> Facts:
        """What is so now; it must be what somebody has asked for."""
        facts = self.facts()
        self.model.learn(facts)
        return facts

    def facts(self) -> Facts:
        """What is so now, as the tables have it."""
        data, profiles = self.backend.metadata, self.backend.metadata.profiles.values()
        return Facts(
            self.backend.clock.now(),
            frozenset(data.edges),
            frozenset(data.requests),
            frozenset(data.blocks),
            {pair: mute.until or FOR_EVER for pair, mute in data.mutes.items()},
            frozenset(profile.user_id for profile in profiles if profile.private),
            frozenset(profile.user_id for profile in profiles if not profile.public_page),
            frozenset(self._published()),
            counted_apart=frozenset(p.user_id for p in profiles if p.follower_shards > 1),
        )

    # How somebody looks. What is read strongly consistent shows everything that may be seen.

    def _look_at(self, facts: Facts, viewer: str, user: str, posts: int = 2) -> None:
        """One looks at another: the profile, the lists, and the newest posts one by one."""
        self.tally["looks"] += 1
        services, handle = self.backend, self._handle_of(user)
        as_viewer = Viewer(viewer or None)
        view = _found(lambda: services.viewing.find(as_viewer, handle))
        self._right(view is not None, facts.sees_profile(viewer, user), "profile", viewer, user)
        sees_lists = facts.sees_lists(viewer, user)
        if view is not None:
            self._right(view.shows_lists, sees_lists, "number of posts", viewer, user)
            if NOBODY != viewer != user:
                self._check_relation(facts, view, viewer, user)
        page = _found(lambda: services.posts.by_author(handle, as_viewer, None, _MOST))
        self._right(page is not None, sees_lists, "list of posts", viewer, user)
        listed = {view.post.id for view in page.items} if page is not None else set()
        own = sorted((i for i in self.backend.metadata.posts if i.author_id == user), reverse=True)
        for post_id in own:
            right = facts.sees_post(viewer, user, post_id)
            self._right(post_id in listed, right, "listed post", viewer, post_id)
        for post_id in own[:posts]:
            if viewer != user:  # Authors see those that are not published yet too.
                seen = _found(partial(services.posts.get, str(post_id), as_viewer))
                right = facts.sees_post(viewer, user, post_id)
                self._right(seen is not None, right, "post", viewer, post_id)
                if viewer != NOBODY:
                    told = self._tells(viewer, post_id)
                    self._right(told, right, "refusal to delete", viewer, post_id)
        if viewer != NOBODY:
            self._look_at_lists(facts, viewer, user)

    def _tells(self, viewer: str, post_id: PostId) -> bool:
        """Whether the refusal to delete another's post tells that it is there."""
        try:
            self.backend.posts.delete(str(post_id), viewer)
        except NotFound:
            return False
        except Forbidden:
            return True
        raise AssertionError(f"{viewer} has deleted {post_id}")

    def _look_at_lists(self, facts: Facts, viewer: str, user: str) -> None:
        follows, handle = self.backend.follows, self._handle_of(user)
        as_viewer = Viewer(viewer)
        followers = _whole(lambda after: follows.followers(handle, as_viewer, after, 5))
        following = _whole(lambda after: follows.following(handle, as_viewer, after, 5))
        for name, shown in (("followers", followers), ("following", following)):
            self._right(shown is not None, facts.sees_lists(viewer, user), name, viewer, user)
            for other in self.ids if shown is not None else ():
                edge = (other, user) if name == "followers" else (user, other)
                right = edge in facts.edges and facts.sees_profile(viewer, other)
                self._right(other in (shown or ()), right, f"{name} of {user}", viewer, other)

    def _check_relation(self, facts: Facts, view: ProfileView, viewer: str, user: str) -> None:
        relation = view.relation
        told = {
            "follows": (relation.follows, (viewer, user) in facts.edges),
            "is followed": (relation.is_followed, (user, viewer) in facts.edges),
            "waits": (relation.has_requested, (viewer, user) in facts.requests),
            "is muted": (relation.has_muted, facts.has_muted(viewer, user)),
        }
        for name, (value, right) in told.items():
            self._right(value, right, name, viewer, user)

    def _look_around(self, facts: Facts, viewer: str) -> None:
        """What comes upon somebody who looks at nobody in particular: nothing that is forbidden. An
        index and a feed may be late, so something may be missing."""
        self.tally["looks"] += 1
        search, as_viewer = self.backend.search, Viewer(viewer or None)
        found = {
            "hashtag": search.tagged(as_viewer, TAG, None, 50).items,
            "search": search.posts(as_viewer, _EVERYTHING, None, 50).items,
        }
        for name, views in found.items():
            for hit in views:
                post_id = hit.post.id
                right = facts.comes_upon(viewer, post_id.author_id, post_id)
                self._allowed(right, name, viewer, post_id)
        if viewer == NOBODY:
            return
        for post_id in self._feed_from_the_top(viewer):
            right = facts.has_in_feed(viewer, post_id.author_id, post_id)
            self._allowed(right, "feed", viewer, post_id)
        people = search.users(as_viewer, _EVERYBODY, None, 50).items
        typed = search.suggest(as_viewer, "@user")
        users = [view.profile.user_id for view in people]
        users += [view.user.profile.user_id for view in typed if view.user is not None]
        for user in users:
            self._allowed(facts.finds(viewer, user), "found user", viewer, user)
        for asking in self.backend.follows.waiting(viewer, None, 50).items:
            user = asking.profile.user_id
            right = (user, viewer) in facts.requests and facts.sees_profile(viewer, user)
            self._allowed(right, "who waits", viewer, user)

    def _look_for_suggestions(self, facts: Facts, viewer: str) -> None:
        for suggested in self.backend.suggestions.suggest(viewer, 5):
            user = suggested.profile.profile.user_id
            self._allowed(facts.may_be_suggested(viewer, user), "suggestion", viewer, user)

    def _look_at_own_lists(self, facts: Facts, viewer: str) -> None:
        """The lists of blocks and mutes. Whoever is blocked stays in the list, without a profile
        while suspended; a muted user is not in it if suspended, or if one has blocked the other."""
        blocks = self.backend.blocks.page(viewer, None, 50).items
        blocked = {view.block.user_id: view.user for view in blocks}
        muted = {view.mute.user_id for view in self.backend.mutes.page(viewer, None, 50).items}
        for user in self.ids:
            right = facts.has_muted(viewer, user) and facts.sees_profile(viewer, user)
            self._right(user in muted, right, "mute", viewer, user)
            self._right(user in blocked, (viewer, user) in facts.blocks, "block", viewer, user)
            if user in blocked:
                shown, right = blocked[user] is not None, user not in facts.suspended
                self._right(shown, right, "profile of a blocked user", viewer, user)

    def _feed_from_the_top(self, reader_id: str) -> list[PostId]:
        """A feed as whoever has it open sees it: this is no visit, so that the look changes
        nothing."""
        top = ulid(self.backend.clock.now(), 2**80 - 1)
        cursor = FeedCursor(FeedEntry(top, PostId(reader_id, top)))
        return [view.post.id for view in self.backend.reader.page(reader_id, str(cursor), 50).posts]

    def _right(self, shown: bool, right: bool, what: str, viewer: str, whom: object) -> None:
        self.tally["answers compared"] += 1
        said = "is shown" if shown else "is not shown"
        assert shown == right, f"{what} {said}: {viewer or 'nobody'}, {whom}"

    def _allowed(self, right: bool, what: str, viewer: str, whom: object) -> None:
        self.tally["answers compared"] += 1
        assert right, f"{what} is shown: {viewer or 'nobody'}, {whom}"

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Who looks is not disturbed, and disturbs nobody: no call is counted."""
        fuse = self.backend.fuse
        kept = fuse.calls, fuse.crash_before, fuse.crash_after, fuse.pauses
        fuse.crash_before = fuse.crash_after = None
        fuse.pauses = {}
        try:
            yield
        finally:
            fuse.calls, fuse.crash_before, fuse.crash_after, fuse.pauses = kept

    # What has to be so in the end.

    def _check_requests(self) -> None:
        data = self.backend.metadata
        for user_id, profile in data.profiles.items():
            waiting = {follower for follower, owner in data.requests if owner == user_id}
            assert profile.requests == len(waiting), f"requests to {user_id}"
            assert not waiting or profile.private, f"{waiting} wait for {user_id}, who is public"
        assert not data.requests.keys() & data.edges.keys(), "who waits, and follows already"
        assert not data.unfollowed & data.edges.keys(), "who follows, and sees nothing"

    def _check_search(self) -> None:
        """The index holds what the table says, and everything is found that may be."""
        data, held = self.backend.metadata, self.backend.found.documents
        for post_id, post in data.posts.items():
            document = post_document(post_id, post, data.profiles[post_id.author_id])
            if isinstance(document, Gone):
                assert isinstance(held.get(post_id, document), Gone), f"{post_id} can be found"
            else:
                assert held.get(post_id) == document, f"{post_id} is not found as it is"
        facts = self._learn()
        for viewer in (*self.ids, NOBODY):
            page = self.backend.search.tagged(Viewer(viewer or None), TAG, None, _MOST)
            tagged = {view.post.id for view in page.items}
            for post_id in data.posts:
                author = post_id.author_id
                right = facts.is_indexed(author) and facts.comes_upon(viewer, author, post_id)
                if author not in facts.private:
                    self._right(post_id in tagged, right, "hashtag", viewer, post_id)

    def _two(self) -> Pair:
        """Whoever overtakes others often meets them."""
        acts = [act for act in self.model.under_way if isinstance(act.whom, str)]
        if acts and self.chance.number(0, 1):
            who, whom = self.chance.pick(acts[-1].ends())
            if who != whom:
                return who, whom
        return super()._two()

    def _one_of(self, pairs: Sequence[Pair]) -> Pair:
        one, other = self._two() if self.model.under_way else (NOBODY, NOBODY)
        met = [pair for pair in pairs if set(pair) == {one, other}]
        return super()._one_of(met or pairs)


def _found(call: Callable[[], T]) -> T | None:
    """What is there for the one who asks."""
    try:
        return call()
    except (NotFound, Forbidden):
        return None


def _whole(page: Callable[[str | None], Page[ProfileView]]) -> set[str] | None:
    """The ids of all users in a list."""
    shown: set[str] = set()
    after = None
    while True:
        found = _found(partial(page, after))
        if found is None:
            return None
        shown |= {view.profile.user_id for view in found.items}
        after = found.next_position
        if after is None:
            return shown
