"""Saves: posts that users keep for themselves, sorted into collections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shutterfeed.domain.errors import Busy, NotFound
from shutterfeed.domain.ids import PostId, is_ulid
from shutterfeed.domain.limits import Limits
from shutterfeed.domain.pages import Page
from shutterfeed.domain.saves import (
    MAX_COLLECTIONS,
    Collection,
    Save,
    check_collection_name,
    collection_exists,
    too_many_collections,
)
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.posts import Posts
from shutterfeed.ports.saves import Saves
from shutterfeed.ports.system import Clock, Ids
from shutterfeed.services.posts import find_to_answer, parse_post_id
from shutterfeed.services.profiles import ProfileService
from shutterfeed.services.viewing import PostView, ViewingService

_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True)
class CollectionView:
    """A collection, and how many saved posts are in it: also those that its owner may not see at
    the moment."""

    collection: Collection
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveService:
    users: ProfileService
    saves: Saves
    posts: Posts
    viewing: ViewingService
    limits: Limits
    clock: Clock
    ids: Ids

    def save(self, user_id: str, text: str, session_began: datetime | None = None) -> None:
        """Save a published post that the user may see. Nothing changes if it is saved already.
        Raises `SessionEnded`, `NotFound`, and `LimitReached`."""
        self._save(Viewer(user_id, session_began), user_id, text, None)

    def _save(self, viewer: Viewer, user_id: str, text: str, collection_id: str | None) -> None:
        found = find_to_answer(self.viewing, viewer, text, left=True)
        is_saved = found.view.saved_by_me
        if is_saved and collection_id is None:
            return
        if found.profile is None:
            self.users.create(user_id)
        now = self.clock.now()
        spending = self.limits.spending(user_id, now, likes=1)
        save_ulid, left = self.ids.new(now), None if is_saved else found.left
        post_id = found.view.post.id
        self.saves.save(user_id, post_id, save_ulid, spending, collection_id, left=left)

    def unsave(self, user_id: str, text: str, session_began: datetime | None = None) -> None:
        """Take a save back, also out of all collections. Nothing changes if there is none. Raises
        `SessionEnded`, and `NotFound` for a post that the user does not see, and has not saved."""
        viewer = Viewer(user_id, session_began)
        self.saves.unsave(user_id, self._seen_or_saved(viewer, user_id, text))

    def _seen_or_saved(self, viewer: Viewer, user_id: str, text: str) -> PostId:
        """The id of a post that a user takes back: what one has saved can be taken back also where
        one does not see it any more. Raises `SessionEnded` and `NotFound`."""
        try:
            return find_to_answer(self.viewing, viewer, text).view.post.id
        except NotFound:
            post_id = parse_post_id(text)
            if all(save.post_id != post_id for save in self.saves.saved(user_id)):
                raise
            return post_id

    def saved(self, user_id: str, before: str | None, limit: int) -> Page[PostView]:
        """The posts that a user has saved and may see, last saved first."""
        return self._page(user_id, self.saves.saved(user_id), before, limit)

    def collections(self, user_id: str, after: str | None, limit: int) -> Page[CollectionView]:
        """The user's collections, the newest first."""
        found = self._collections(user_id)
        rest = tuple(view for view in found if after is None or _place(view.collection) < after)
        shown = rest[:limit]
        return Page(shown, _place(shown[-1].collection) if len(rest) > limit else None)

    def create(self, user_id: str, name: str) -> CollectionView:
        """Make a collection. If the user has one with this name, in small or capital letters, it is
        returned, so two requests at once make one. Raises `InvalidInput`, `LimitReached`, and
        `Conflict` for too many."""
        name, now = check_collection_name(name), self.clock.now()
        self.users.me(user_id)
        spending = self.limits.spending(user_id, now, changes=1)
        for _ in range(_ATTEMPTS):
            found = self._collections(user_id)
            if same := _named(found, name):
                return same
            if len(found) >= MAX_COLLECTIONS:
                raise too_many_collections()
            collection = Collection(self.ids.new(now), name, now)
            if self.saves.create_collection(user_id, collection, spending):
                return CollectionView(collection, 0)
        raise Busy

    def rename(self, user_id: str, collection_id: str, name: str) -> CollectionView:
        """Give a collection another name. Raises `InvalidInput`, `NotFound`, `LimitReached`, and
        `Conflict` if another one has it."""
        name = check_collection_name(name)
        before = self._collection(user_id, collection_id).collection
        same = _named(self._collections(user_id), name)
        if same is not None and same.collection.id != collection_id:
            raise collection_exists()
        if before.name != name:
            spending = self.limits.spending(user_id, self.clock.now(), changes=1)
            if not self.saves.rename_collection(user_id, collection_id, name, spending):
                raise _not_found()
        return self._collection(user_id, collection_id)

    def delete(self, user_id: str, collection_id: str) -> None:
        """Remove a collection. What is in it stays saved. Nothing changes if there is none. Raises
        `NotFound` for a text that cannot be an id."""
        if not is_ulid(collection_id):
            raise _not_found()
        self.saves.delete_collection(user_id, collection_id)

    def add(self, user_id: str, collection_id: str, text: str) -> CollectionView:
        """Save a post and put it into a collection. Nothing changes if it is in there. Raises
        `NotFound`, and `LimitReached`."""
        self._collection(user_id, collection_id)
        self._save(Viewer(user_id), user_id, text, collection_id)
        return self._collection(user_id, collection_id)

    def take_out(self, user_id: str, collection_id: str, text: str) -> CollectionView:
        """Take a post out of a collection. It stays saved. Nothing changes if it is not in there.
        Raises `NotFound`, also for a post that the user does not see, and has not saved."""
        self._collection(user_id, collection_id)
        post_id = self._seen_or_saved(Viewer(user_id), user_id, text)
        self.saves.take_out(user_id, post_id, collection_id)
        return self._collection(user_id, collection_id)

    def collected(
        self, user_id: str, collection_id: str, before: str | None, limit: int
    ) -> Page[PostView]:
        """The posts in a collection that its owner may see, last saved first. Raises `NotFound`."""
        self._collection(user_id, collection_id)
        saves = [s for s in self.saves.saved(user_id) if collection_id in s.collections]
        return self._page(user_id, saves, before, limit)

    def _page(
        self, user_id: str, saves: Sequence[Save], before: str | None, limit: int
    ) -> Page[PostView]:
        rest = [save for save in saves if before is None or _position(save) < before]
        shown = rest[:limit]
        views = self.viewing.own_list(Viewer(user_id), [save.post_id for save in shown])
        self._forget_gone(user_id, {s.post_id for s in shown} - {view.post.id for view in views})
        return Page(views, _position(shown[-1]) if len(rest) > limit else None)

    def _forget_gone(self, user_id: str, left_out: set[PostId]) -> None:
        """Remove the saves of posts that are gone for good. Nothing leads from a post to those who
        have saved it, so a save goes when its owner's list comes to it."""
        found = self.posts.get_many(left_out) if left_out else {}
        for post_id in sorted(left_out - found.keys()):
            self.saves.unsave(user_id, post_id)

    def _collection(self, user_id: str, collection_id: str) -> CollectionView:
        for view in self._collections(user_id):
            if view.collection.id == collection_id:
                return view
        raise _not_found()

    def _collections(self, user_id: str) -> tuple[CollectionView, ...]:
        collections = self.saves.collections(user_id)
        saves = self.saves.saved(user_id) if collections else ()
        counts = Counter(one for save in saves for one in save.collections)
        return tuple(CollectionView(one, counts[one.id]) for one in collections)


def _place(collection: Collection) -> str:
    """The position of a collection in the list of all. It stays good if the collection is gone."""
    return f"{collection.created_at:%Y-%m-%dT%H:%M:%S.%f}#{collection.id}"


def _position(save: Save) -> str:
    """The position of a save in the list of all."""
    return f"{save.save_ulid}#{save.post_id}"


def _named(views: Sequence[CollectionView], name: str) -> CollectionView | None:
    return next((view for view in views if view.collection.is_named(name)), None)


def _not_found() -> NotFound:
    return NotFound("collection_not_found", "You have no such collection.")
