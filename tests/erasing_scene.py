"""People who have to do with Ada in every way that there is, before her account is erased."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from shutterfeed import keys
from shutterfeed.domain.people import PersonDraft
from shutterfeed.domain.posts import Post
from shutterfeed.domain.search import parse_query
from tests import samples
from tests.fakes.backend import CLOSING_DAYS, Backend

ADA, BEN, CYD, DAN, EVE = (samples.user_id(number) for number in range(1, 6))
JPEG = b"\xff\xd8\xff"
SUBJECT = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
SHARED, ADAS, BENS = (JPEG + name for name in (b"of both", b"Ada's", b"Ben's"))
HALF_A_MINUTE = timedelta(seconds=30)
POINTERS = frozenset(
    (
        *("changes", "resting", "expiries", "notices", "claims", "unfollowed"),
        *("tagged_posts", "nominations", "popular", "contenders", "explored"),
        *("denials", "blocks", "mutes", "saves"),
    )
)
"""What others have and may still name somebody who was erased: see `domain/staying.py`; their
blocks, mutes and saves go before the receipt. What there is of the erased is looked for by
itself."""


@dataclass(frozen=True, slots=True)
class Scene:
    backend: Backend
    adas: Post
    """Published, of one photo that Ben has posted too, and one that is hers alone."""
    bens: Post

    def close(self) -> None:
        """Ada closes her account, a moment after she has signed in."""
        now = self.backend.clock.now()
        self.backend.closing.close(ADA, SUBJECT, now)

    def end(self) -> None:
        """The days go by, and everything is erased."""
        self.backend.drain()
        self.backend.wait(timedelta(days=CLOSING_DAYS, seconds=1))
        self.settle()

    def settle(self) -> None:
        """All is done that follows, also what waits for some minutes."""
        for _ in range(100):
            self.backend.drain()
            if not any(queue.later for queue in self.backend.queues.values()):
                return
            self.backend.wait(HALF_A_MINUTE)
        raise AssertionError("there is no end to what waits")

    def left_of(self, user_id: str) -> list[str]:
        """The places that still name somebody by their id."""
        return [*self._named(user_id)]

    def _named(self, user_id: str) -> Iterator[str]:
        data = self.backend.metadata
        for field in fields(data):
            if field.name not in POINTERS and user_id in repr(getattr(data, field.name)):
                yield f"{field.name}: {self._those(getattr(data, field.name), user_id)}"
        partition = keys.user_partition(user_id)
        own: list[Any] = [
            key for kept in (data.expiries, data.notices) for key in kept if key.pk == partition
        ]
        edges = (edge for kept in (data.blocks, data.mutes, data.saves) for edge in kept)
        own += [keys.user_partition(one) for one, _ in edges if one == user_id]
        if own:
            yield f"own: {own}"
        if user_id in data.claims or user_id in data.resting.values():
            yield "claims or handle"
        feeds = self.backend.feed_table
        if user_id in feeds.feeds or user_id in feeds.snapshots:
            yield "feed"
        found = self.backend.found
        query = parse_query("caption")
        if user_id in repr(found.posts(query, self.backend.clock.now(), 0, 100)):
            yield "search"

    def _those(self, kept: Any, user_id: str) -> list[str]:
        parts = kept.items() if isinstance(kept, dict) else kept
        return [repr(part) for part in parts if user_id in repr(part)]


def scene() -> Scene:
    """Everybody's first day, with all messages delivered."""
    backend = Backend()
    for number in range(1, 6):
        backend.sign_up(number)
    backend.users.edit(CYD, private=True)
    adas = _posted(backend, 1, [SHARED, ADAS])
    bens = _posted(backend, 2, [SHARED, BENS])
    handles = {user_id: backend.users.me(user_id).handle for user_id in (ADA, BEN, CYD, DAN, EVE)}
    follow = backend.follows.follow
    for one, other in ((ADA, BEN), (BEN, ADA), (CYD, ADA), (ADA, CYD), (EVE, ADA)):
        follow(one, handles[other])
    for liker, post in ((ADA, bens), (BEN, adas), (CYD, adas), (BEN, bens)):
        backend.likes.like(liker, str(post.id))
    _talk(backend, adas, bens)
    album = backend.saves.create(ADA, "Seas").collection
    backend.saves.add(ADA, album.id, str(bens.id))
    backend.saves.save(BEN, str(adas.id))
    _tag(backend, bens, handles[ADA])
    backend.hashtags.follow(ADA, "sea")
    backend.drain()
    for user_id in (ADA, BEN, CYD):
        backend.reader.page(user_id, None, 10)
    backend.wait(HALF_A_MINUTE)
    backend.drain()
    backend.mutes.mute(CYD, handles[ADA], None)
    backend.mutes.mute(ADA, handles[BEN], None)
    backend.blocks.block(DAN, handles[ADA])
    backend.blocks.block(ADA, handles[EVE])
    backend.drain()
    backend.wait(HALF_A_MINUTE)
    return Scene(backend, adas, bens)


def _posted(backend: Backend, number: int, contents: list[bytes]) -> Post:
    post = backend.create_post(number, contents, f"key-{number}")
    for index, content in enumerate(contents):
        backend.upload(post, index, content)
    backend.drain()
    return backend.metadata.posts[post.id]


def _talk(backend: Backend, adas: Post, bens: Post) -> None:
    """Comments, replies and likes of them, both ways."""
    create = backend.comments.create
    hers = create(ADA, str(bens.id), "Hers, answered", None, "a").comment.id
    create(BEN, str(bens.id), "An answer", str(hers), "b")
    create(ADA, str(bens.id), "Hers, alone", None, "c")
    his = create(BEN, str(bens.id), "His", None, "d").comment.id
    create(ADA, str(bens.id), "Her answer", str(his), "e")
    create(BEN, str(adas.id), "On hers", None, "f")
    backend.comments.like(ADA, str(his), liked=True)
    backend.comments.like(BEN, str(hers), liked=True)
    gone = create(ADA, str(bens.id), "Deleted before", None, "g").comment.id
    backend.comments.delete(ADA, str(gone))


def _tag(backend: Backend, post: Post, handle: str) -> None:
    drafts = {post.media[0].media_id: [PersonDraft(handle, 0, 0)]}
    backend.posts.edit(str(post.id), BEN, None, None, drop_place=False, people=drafts)
