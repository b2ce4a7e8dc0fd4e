"""Posts: created, shown, edited, deleted; and the ledger their owner sees."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import cast

import pytest

from shutterfeed.domain.errors import Busy, Conflict, Forbidden, InvalidInput, NotFound
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.media import NEVER_ARRIVED, UPLOAD_LINK_LIFETIME, MediaState
from shutterfeed.domain.posts import MAX_MEDIA, Place, Post, PostState
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.posts import Posts
from shutterfeed.services.posts import MediumDraft, PostDraft
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.metadata import FakePosts
from tests.fakes.storage import BROKEN_PHOTO, PHOTO
from tests.fakes.system import START
from tests.paging import whole

ADA, BOB = samples.user_id(1), samples.user_id(2)
PHOTO_DRAFT = MediumDraft("image/jpeg", len(PHOTO), samples.sha256(PHOTO))
DRAFT = PostDraft("caption", Place("Kurpark", 50.2, 8.6), (PHOTO_DRAFT, PHOTO_DRAFT))


@pytest.fixture
def backend() -> Backend:
    return Backend()


def _published(backend: Backend, author: int = 1, key: str = "key") -> Post:
    post = backend.create_post(author, (PHOTO,), key)
    backend.upload(post, 0, PHOTO)
    backend.drain()
    published = backend.metadata.posts[post.id]
    assert published.state is PostState.PUBLISHED
    return published


def test_a_new_post_is_pending_and_has_a_link_for_every_file(backend: Backend) -> None:
    created = backend.posts.create(ADA, DRAFT, "key")
    post = created.view.post
    assert post.state is PostState.PENDING
    assert post.author_id == created.view.author.profile.user_id == ADA
    assert (post.caption, post.place) == (DRAFT.caption, DRAFT.place)
    assert [m.media_id for m in post.media] == [grant.media_id for grant in created.grants]
    assert len({m.media_id for m in post.media}) == 2
    expiry = backend.clock.now() + UPLOAD_LINK_LIFETIME
    assert {grant.expires_at for grant in created.grants} == {expiry}


def test_the_same_request_again_gives_the_same_post_and_fresh_links_for_what_is_missing(
    backend: Backend,
) -> None:
    post = backend.posts.create(ADA, DRAFT, "key").view.post
    backend.upload(post, 0, PHOTO)
    backend.drain()
    later = backend.clock.advance(timedelta(minutes=10))
    again = backend.posts.create(ADA, DRAFT, "key")
    assert again.view.post.id == post.id
    assert [m.state for m in again.view.post.media] == [MediaState.READY, MediaState.AWAITING]
    (grant,) = again.grants
    assert grant.media_id == post.media[1].media_id
    assert grant.expires_at == later + UPLOAD_LINK_LIFETIME
    assert len(backend.metadata.posts) == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(DRAFT, caption="other"),
        replace(DRAFT, place=None),
        replace(DRAFT, media=(PHOTO_DRAFT,)),
        replace(DRAFT, taken_at=START),
        replace(DRAFT, media=(PHOTO_DRAFT, replace(PHOTO_DRAFT, alt_text="a"))),
        replace(DRAFT, media=(PHOTO_DRAFT, replace(PHOTO_DRAFT, size=5))),
    ],
)
def test_a_key_that_was_used_for_another_post_is_refused(
    backend: Backend, other: PostDraft
) -> None:
    backend.posts.create(ADA, DRAFT, "key")
    with pytest.raises(Conflict) as refused:
        backend.posts.create(ADA, other, "key")
    assert refused.value.code == "idempotency_key_reused"
    assert len(backend.metadata.posts) == 1
    backend.posts.create(BOB, other, "key")
    assert len(backend.metadata.posts) == 2


def test_a_key_whose_post_was_deleted_does_not_bring_it_back(backend: Backend) -> None:
    post = backend.posts.create(ADA, DRAFT, "key").view.post
    backend.posts.delete(str(post.id), ADA)
    with pytest.raises(Conflict) as refused:
        backend.posts.create(ADA, DRAFT, "key")
    assert refused.value.code == "post_deleted"


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a b", "ä", "a\n"])
def test_an_idempotency_key_is_printable_ascii_of_some_length(backend: Backend, key: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        backend.posts.create(ADA, DRAFT, key)
    assert refused.value.field == "Idempotency-Key"
    assert not backend.metadata.posts


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (replace(DRAFT, media=()), "media"),
        (replace(DRAFT, media=(replace(PHOTO_DRAFT, alt_text="x" * 1001),)), "media[0].alt_text"),
        (replace(DRAFT, media=(replace(PHOTO_DRAFT, alt_text="a\0"),)), "media[0].alt_text"),
        (replace(DRAFT, media=(PHOTO_DRAFT,) * (MAX_MEDIA + 1)), "media"),
        (replace(DRAFT, caption="x" * 2201), "caption"),
        (replace(DRAFT, place=Place("a", 91, 0)), "place.latitude"),
        (
            replace(DRAFT, media=(PHOTO_DRAFT, replace(PHOTO_DRAFT, content_type="text/html"))),
            "media[1].content_type",
        ),
        (replace(DRAFT, media=(replace(PHOTO_DRAFT, size=0),)), "media[0].bytes"),
        (replace(DRAFT, media=(replace(PHOTO_DRAFT, sha256="0" * 63),)), "media[0].sha256"),
        (replace(DRAFT, media=(replace(PHOTO_DRAFT, sha256="A" * 64),)), "media[0].sha256"),
    ],
)
def test_a_wrong_draft_is_refused_by_the_field_and_leaves_nothing(
    backend: Backend, draft: PostDraft, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        backend.posts.create(ADA, draft, "key")
    assert refused.value.field == field
    assert not backend.metadata.posts
    assert not backend.metadata.creations


def test_until_it_is_published_a_post_exists_for_its_author_only(backend: Backend) -> None:
    post = backend.posts.create(ADA, DRAFT, "key").view.post
    assert backend.posts.get(str(post.id), Viewer(ADA)).post == post
    with pytest.raises(NotFound):
        backend.posts.get(str(post.id), Viewer(BOB))
    published = _published(backend, key="another")
    backend.sign_up(2)
    assert backend.posts.get(str(published.id), Viewer(BOB)).post == published


@pytest.mark.parametrize("text", ["", "x", f"{ADA}", f"{ADA}-{BOB}", f"{ADA}#{BOB}"])
def test_what_is_no_post_is_not_found(backend: Backend, text: str) -> None:
    for call in (
        lambda: backend.posts.get(text, Viewer(ADA)),
        lambda: backend.posts.edit(text, ADA, "caption", None, drop_place=False),
        lambda: backend.posts.delete(text, ADA),
    ):
        with pytest.raises(NotFound):
            call()


def test_its_author_sees_how_far_each_file_has_come_and_what_never_arrived(
    backend: Backend,
) -> None:
    post = backend.posts.create(ADA, DRAFT, "key").view.post
    backend.upload(post, 1, PHOTO)
    backend.drain()
    shown = backend.posts.get(str(post.id), Viewer(ADA)).post
    assert shown.state is PostState.PROCESSING
    assert [m.state for m in shown.media] == [MediaState.AWAITING, MediaState.READY]
    backend.clock.advance(timedelta(hours=1))
    shown = backend.posts.get(str(post.id), Viewer(ADA)).post
    assert shown.state is PostState.FAILED
    assert shown.media[0].failure == NEVER_ARRIVED
    assert [u.medium.state for u in backend.uploads.list(ADA, None, 10).items] == [
        MediaState.READY,
        MediaState.FAILED,
    ]
    # Should the bytes come after all, they are not in vain.
    backend.upload(post, 0, PHOTO)
    backend.drain()
    assert backend.posts.get(str(post.id), Viewer(BOB)).post.state is PostState.PUBLISHED


def test_a_failed_post_tells_its_author_the_reason_of_each_file(backend: Backend) -> None:
    post = backend.create_post(1, (BROKEN_PHOTO, PHOTO), "key")
    backend.upload(post, 0, BROKEN_PHOTO)
    backend.drain()
    shown = backend.posts.get(str(post.id), Viewer(ADA)).post
    assert shown.state is PostState.FAILED
    assert shown.media[0].failure is not None
    assert shown.media[0].failure.code == "undecodable"


def test_caption_and_place_change_apart_from_each_other(backend: Backend) -> None:
    post = _published(backend)
    place = Place(" Park ", 1, 2)

    def edit(caption: str | None, place: Place | None, *, drop: bool = False) -> tuple[str, object]:
        shown = backend.posts.edit(str(post.id), ADA, caption, place, drop).post
        return shown.caption, shown.place

    assert edit(None, None) == ("caption", None)
    assert edit("new", None) == ("new", None)
    assert edit(None, place) == ("new", Place("Park", 1, 2))
    assert edit("", None) == ("", Place("Park", 1, 2))
    assert edit(None, None, drop=True) == ("", None)
    with pytest.raises(InvalidInput):
        edit("x" * 2201, None)
    with pytest.raises(InvalidInput):
        edit(None, Place("a", 0, 181))


def test_alt_texts_change_each_for_itself(backend: Backend) -> None:
    media = (replace(PHOTO_DRAFT, alt_text="one"), PHOTO_DRAFT)
    post = backend.posts.create(ADA, replace(DRAFT, media=media), "key").view.post
    first, second = (medium.media_id for medium in post.media)

    def edit(changes: dict[str, str]) -> list[str]:
        text = str(post.id)
        shown = backend.posts.edit(text, ADA, None, None, drop_place=False, alt_texts=changes).post
        return [alt_text for _, alt_text in shown.described()]

    assert edit({}) == ["one", ""]
    assert edit({second: "two"}) == ["one", "two"]
    assert edit({first: "", second: "2"}) == ["", "2"]
    assert edit({second: ""}) == ["", ""]
    assert backend.metadata.posts[post.id].alt_texts == ()
    for changes in ({"x": "text"}, {first: "x" * 1001}, {first: "\0"}):
        with pytest.raises(InvalidInput) as refused:
            edit(changes)
        assert refused.value.field == f"alt_texts.{next(iter(changes))}"


def test_anothers_post_may_be_seen_but_neither_edited_nor_deleted(backend: Backend) -> None:
    post = _published(backend)
    for call in (
        lambda: backend.posts.edit(str(post.id), BOB, "mine", None, drop_place=False),
        lambda: backend.posts.delete(str(post.id), BOB),
    ):
        with pytest.raises(Forbidden):
            call()
    assert backend.metadata.posts[post.id] == post


def test_a_deleted_post_is_gone_for_everybody_and_counted_no_more(backend: Backend) -> None:
    post = _published(backend)
    assert backend.users.me(ADA).posts == 1
    backend.posts.delete(str(post.id), ADA)
    assert backend.users.me(ADA).posts == 0
    for viewer in (ADA, BOB):
        with pytest.raises(NotFound):
            backend.posts.get(str(post.id), Viewer(viewer))
    deleted = backend.metadata.posts[post.id]
    backend.clock.advance(timedelta(minutes=1))
    backend.posts.delete(str(post.id), ADA)
    assert backend.metadata.posts[post.id] == deleted
    with pytest.raises(NotFound):
        backend.posts.delete(str(post.id), BOB)
    with pytest.raises(NotFound):
        backend.posts.edit(str(post.id), ADA, "caption", None, drop_place=False)
    assert backend.users.me(ADA).posts == 0
    assert backend.posts.by_author(backend.users.me(ADA).handle, Viewer(ADA), None, 10).items == ()


@dataclass
class _Restless:
    """Posts that publish right after somebody looked at them: the first deletion comes too late."""

    posts: FakePosts
    lost: int

    def get(self, post_id: PostId) -> Post | None:
        return self.posts.get(post_id)

    def delete(self, post: Post, at: datetime) -> bool:
        if self.lost:
            self.lost -= 1
            self.posts.publish(post.id, post.media, samples.position(1), at)
            assert not self.posts.delete(replace(post, state=PostState.PENDING), at)
            return False
        return self.posts.delete(post, at)


@pytest.mark.parametrize("lost", [1, 4])
def test_a_post_that_moves_on_while_it_is_deleted_is_deleted_as_it_is_then(
    backend: Backend, lost: int
) -> None:
    post = backend.posts.create(ADA, DRAFT, "key").view.post
    restless = cast("Posts", _Restless(FakePosts(backend.metadata), lost))
    replace(backend.posts, posts=restless).delete(str(post.id), ADA)
    assert backend.metadata.posts[post.id].state is PostState.DELETED
    assert backend.users.me(ADA).posts == 0


def test_a_post_that_never_rests_is_busy(backend: Backend) -> None:
    post = backend.posts.create(ADA, DRAFT, "key").view.post
    restless = cast("Posts", _Restless(FakePosts(backend.metadata), 99))
    with pytest.raises(Busy):
        replace(backend.posts, posts=restless).delete(str(post.id), ADA)


def test_an_authors_posts_are_listed_by_publishing_newest_first(backend: Backend) -> None:
    slow = backend.create_post(1, (PHOTO,), "slow")
    quick = [_published(backend, key=str(number)) for number in range(4)]
    backend.clock.advance(timedelta(minutes=5))
    backend.upload(slow, 0, PHOTO)
    backend.drain()
    handle = backend.users.me(ADA).handle
    listed = whole(partial(backend.posts.by_author, handle, Viewer(BOB)), 2)
    assert [view.post.id for view in listed] == [slow.id, *(p.id for p in reversed(quick))]
    assert {view.author.profile.handle for view in listed} == {handle}
    with pytest.raises(NotFound):
        backend.posts.by_author("nobody", Viewer(BOB), None, 10)


def test_the_ledger_lists_ones_own_uploads_only_newest_first(backend: Backend) -> None:
    posts = [backend.posts.create(ADA, DRAFT, str(number)).view.post for number in range(3)]
    backend.posts.create(BOB, DRAFT, "key")
    listed = whole(partial(backend.uploads.list, ADA), 2)
    expected = [medium.media_id for post in posts for medium in post.media]
    assert [upload.medium.media_id for upload in listed] == expected[::-1]
