"""The posts in which others have tagged one: what leads to the list, and what it shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from shutterfeed.domain.changes import PostChanged
from shutterfeed.domain.messages import ListAppearances
from shutterfeed.domain.people import PersonDraft, TaggedPerson
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.services.appearances import ListingService
from shutterfeed.services.posts import MediumDraft, PostDraft
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.metadata import FakeAppearances, FakePosts
from tests.fakes.storage import PHOTO
from tests.work import caused

ADA, BOB, CY = (samples.user_id(number) for number in (1, 2, 3))
START = samples.START


def _post(*people: str, state: PostState = PostState.PUBLISHED) -> Post:
    post = samples.post(state=state)
    tags = tuple(TaggedPerson(post.media[0].media_id, user_id, 0, 0) for user_id in people)
    return replace(post, people=tags)


DELETED = _post(BOB, ADA).deleted(START)
PENDING = _post(BOB, state=PostState.PENDING)


@pytest.mark.parametrize(
    ("before", "after", "users"),
    [
        (PENDING, _post(BOB, ADA), [BOB]),
        (None, PENDING, []),
        (_post(), _post(BOB, CY), [BOB, CY]),
        (_post(BOB), _post(CY), [BOB, CY]),
        (_post(BOB), replace(_post(BOB), caption="edited"), []),
        (_post(BOB, ADA), DELETED, []),
        (DELETED, _post(BOB, ADA), []),
        (DELETED, replace(DELETED, people=()), [BOB]),
        (DELETED, None, [BOB]),
        (PENDING.deleted(START), None, []),
        (_post(ADA), None, []),
    ],
)
def test_the_list_follows_who_appears_in_a_post(
    before: Post | None, after: Post | None, users: list[str]
) -> None:
    work = [w for w in caused(PostChanged(before, after), "deliver") if type(w) is ListAppearances]
    assert work == ([ListAppearances(_post().id, tuple(users))] if users else [])


@pytest.fixture
def backend() -> Backend:
    backend = Backend()
    for number, handle in ((1, "ada"), (2, "bob"), (3, "cy.k")):
        backend.users.edit(backend.sign_up(number).user_id, handle=handle)
    return backend


def _published(backend: Backend, *handles: str) -> Post:
    people = tuple(PersonDraft(handle, 0, 0) for handle in handles)
    medium = MediumDraft("image/jpeg", len(PHOTO), samples.sha256(PHOTO), people=people)
    key = f"key-{len(backend.metadata.posts)}"
    post = backend.posts.create(ADA, PostDraft("", None, (medium,)), key).view.post
    backend.upload(post, 0, PHOTO)
    backend.drain()
    backend.clock.advance(timedelta(seconds=1))
    return backend.metadata.posts[post.id]


def _tag(backend: Backend, post: Post, *handles: str) -> None:
    drafts = {post.media[0].media_id: [PersonDraft(handle, 0, 0) for handle in handles]}
    backend.posts.edit(str(post.id), ADA, None, None, drop_place=False, people=drafts)


def _shown(backend: Backend, user_id: str, limit: int = 10) -> list[Post]:
    found, before = [], None
    while True:
        page = backend.appearances.page(user_id, before, limit)
        found += [view.post for view in page.items]
        if page.next_position is None:
            return found
        before = page.next_position


def test_one_sees_the_posts_in_which_others_have_tagged_one(backend: Backend) -> None:
    first, second = _published(backend, "bob", "ada"), _published(backend, "bob", "cy.k")
    for limit in (1, 10):
        assert [post.id for post in _shown(backend, BOB, limit)] == [second.id, first.id]
    assert [post.id for post in _shown(backend, CY)] == [second.id]
    assert _shown(backend, ADA) == [], "one's own tag in one's own post"
    backend.posts.untag(str(second.id), BOB)
    _tag(backend, first, "cy.k")
    assert [post.id for post in _shown(backend, BOB)] == [], "before the worker knows of it"
    backend.drain()
    assert sorted(backend.metadata.appearances) == [(CY, first.id), (CY, second.id)]
    _tag(backend, first, "bob", "cy.k")
    backend.drain()
    assert [post.id for post in _shown(backend, BOB)] == [first.id]


def test_what_is_hidden_is_left_out_and_comes_back(backend: Backend) -> None:
    posts = [_published(backend, "bob") for _ in range(3)]
    backend.posts.delete(str(posts[1].id), ADA)
    assert [post.id for post in _shown(backend, BOB, 1)] == [posts[2].id, posts[0].id]
    backend.users.edit(ADA, private=True)
    assert _shown(backend, BOB) == []
    backend.users.edit(ADA, private=False)
    backend.blocks.block(BOB, "ada")
    assert _shown(backend, BOB) == []
    backend.blocks.unblock(BOB, "ada")
    backend.posts.restore(str(posts[1].id), ADA)
    backend.drain()
    assert [post.id for post in _shown(backend, BOB)] == [post.id for post in reversed(posts)]


def test_what_is_left_out_is_read_in_one_call(backend: Backend) -> None:
    """Somebody may have tagged a person in very many posts who has blocked them since."""
    for _ in range(3):
        _published(backend, "bob")
    backend.blocks.block(BOB, "ada")
    del backend.fuse.log[:]
    assert _shown(backend, BOB) == []
    assert backend.fuse.log == ["page", "read", "get_many"]


def test_a_post_that_is_gone_for_good_is_on_no_list(backend: Backend) -> None:
    post = _published(backend, "bob", "cy.k")
    backend.posts.delete(str(post.id), ADA)
    backend.wait(timedelta(days=31))
    backend.drain()
    assert post.id not in backend.metadata.posts
    assert backend.metadata.appearances == {}


@pytest.mark.parametrize("states", list(permutations(["tagged", "untagged", "again"])))
def test_overtaken_messages_end_in_what_is_true(backend: Backend, states: tuple[str, ...]) -> None:
    """Each message was read at one of three states of the post, and written in any order."""
    post = _published(backend)
    for _ in range(2):
        _tag(backend, post, "bob")
        backend.drain()
        _tag(backend, post)
        backend.drain()
    assert backend.metadata.appearances == {}
    now = backend.metadata.posts[post.id]
    tag = TaggedPerson(post.media[0].media_id, BOB, 0, 0)
    seen = {
        "tagged": replace(now, people=(tag,), revision=now.revision + 1),
        "untagged": replace(now, people=(), revision=now.revision + 2),
        "again": replace(now, people=(tag,), revision=now.revision + 3),
    }
    listing = ListingService(
        posts=FakePosts(backend.metadata), appearances=FakeAppearances(backend.metadata)
    )
    for state in states:
        backend.metadata.posts[post.id] = seen[state]
        listing.update(post.id, [BOB])
        listing.update(post.id, [BOB])
    backend.metadata.posts[post.id] = seen["again"]
    assert [found.id for found in _shown(backend, BOB)] == [post.id]


def test_what_an_overtaken_message_has_left_goes_when_one_looks(backend: Backend) -> None:
    gone, untagged = samples.post(1, 77).id, _published(backend)
    for post_id in (gone, untagged.id):
        backend.metadata.appearances[BOB, post_id] = 0
    assert _shown(backend, BOB) == []
    assert backend.metadata.appearances == {}
