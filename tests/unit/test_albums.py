"""The album of a published post: its order, fewer media, more, and those that were removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from shutterfeed.domain.albums import REMOVED_RETENTION
from shutterfeed.domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from shutterfeed.domain.media import ARRIVAL_GRACE, UPLOAD_LINK_LIFETIME, MediaState, Reference
from shutterfeed.domain.people import MAX_TAGGED, PersonDraft
from shutterfeed.domain.posts import Post
from shutterfeed.domain.retention import GIVE_UP_AFTER
from shutterfeed.domain.visibility import Viewer
from shutterfeed.services.albums import AlbumView
from shutterfeed.services.posts import MediumDraft
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import BROKEN_PHOTO, PHOTO

ADA, BOB = samples.user_id(1), samples.user_id(2)
ONE, TWO, THREE, FOUR = (PHOTO + text.encode() for text in ("one", "two", "three", "four"))
CALLS = range(1, 60)


def _published(*contents: bytes) -> tuple[Backend, Post]:
    backend = Backend()
    backend.sign_up(1)
    backend.sign_up(2)
    post = backend.create_post(1, contents, "key")
    for index, content in enumerate(contents):
        backend.upload(post, index, content)
    backend.drain()
    return backend, _now(backend, post)


def _now(backend: Backend, post: Post) -> Post:
    return backend.metadata.posts[post.id]


def _ids(post: Post) -> list[str]:
    return [medium.media_id for medium in post.media]


def _file(content: bytes, alt_text: str = "") -> MediumDraft:
    return MediumDraft("image/jpeg", len(content), samples.sha256(content), alt_text=alt_text)


def _change(
    backend: Backend, post: Post, wanted: Sequence[str | MediumDraft], seen: Sequence[str]
) -> AlbumView:
    return backend.albums.change(str(post.id), ADA, wanted, seen)


def _coming(album: AlbumView) -> list[str]:
    return [one.medium.media_id for one in album.coming]


def _arrive(backend: Backend, post: Post, media_id: str, content: bytes) -> None:
    media = _now(backend, post).all_media
    by_id = [medium.media_id for medium in media]
    backend.upload(_with_all(backend, post), by_id.index(media_id), content)


def _with_all(backend: Backend, post: Post) -> Post:
    now = _now(backend, post)
    return replace(now, media=now.all_media, alt_texts=())


def _references(backend: Backend, post: Post) -> set[str]:
    return {r.media_id for r in backend.metadata.references if r.post_id == post.id}


def test_another_order_is_shown_at_once_with_texts_and_people() -> None:
    backend, post = _published(ONE, TWO)
    one, two = _ids(post)
    handle = backend.users.me(BOB).handle
    people = {two: [PersonDraft(handle, 0, 0)]}
    texts = {one: "first", two: "second"}
    backend.posts.edit(
        str(post.id), ADA, None, None, drop_place=False, alt_texts=texts, people=people
    )
    album = _change(backend, post, [two, one], [one, two])
    shown = album.view.post
    assert _ids(shown) == [two, one]
    assert shown.alt_texts == ("second", "first")
    assert [person.media_id for person in shown.people] == [two]
    assert (album.coming, album.removed, album.grants) == ((), (), ())
    backend.drain()
    assert _ids(backend.posts.get(str(post.id), Viewer(BOB)).post) == [two, one]


def test_people_tagged_in_a_new_file_are_told_and_named_once_it_is_shown() -> None:
    backend, post = _published(ONE)
    (one,) = _ids(post)
    bob = PersonDraft(backend.users.me(BOB).handle, 0.25, 0.5)
    file = replace(_file(TWO, "two"), people=(bob,))
    album = _change(backend, post, [one, file], [one])
    two = _coming(album)[1]
    backend.drain()
    assert _now(backend, post).people == ()
    # Another change keeps them.
    _change(backend, post, [two, one], [one, two])
    _arrive(backend, post, two, TWO)
    backend.drain()
    (person,) = _now(backend, post).people
    assert (person.media_id, person.user_id, person.x, person.y) == (two, BOB, 0.25, 0.5)
    assert _change(backend, post, [one, two], [two, one]).view.post.people == (person,)


def test_whoever_does_not_want_to_be_tagged_is_not_tagged_by_a_file_that_waits() -> None:
    backend, post = _published(ONE)
    (one,) = _ids(post)
    bob = PersonDraft(backend.users.me(BOB).handle, 0, 0)
    two = _coming(_change(backend, post, [one, replace(_file(TWO), people=(bob,))], [one]))[1]
    backend.metadata.posts[post.id] = replace(_now(backend, post), untagged=(BOB,))
    _arrive(backend, post, two, TWO)
    backend.drain()
    assert (_ids(_now(backend, post)), _now(backend, post).people) == ([one, two], ())
    refused: list[str | MediumDraft] = [two, one, replace(_file(THREE), people=(bob,))]
    with pytest.raises(InvalidInput) as error:
        _change(backend, post, refused, [one, two])
    assert error.value.field == "media[2].file.people[0].handle"


def test_new_files_do_not_bring_more_tags_than_a_post_may_have() -> None:
    backend, post = _published(ONE)
    (one,) = _ids(post)
    for number in range(3, 3 + MAX_TAGGED + 1):
        backend.sign_up(number)
    handles = [backend.users.me(samples.user_id(3 + n)).handle for n in range(MAX_TAGGED + 1)]
    people = tuple(PersonDraft(handle, 0, 0) for handle in handles)
    two = _coming(_change(backend, post, [one, replace(_file(TWO), people=people[1:])], [one]))[1]
    with pytest.raises(InvalidInput) as error:
        _change(backend, post, [one, two, replace(_file(THREE), people=people[:1])], [one, two])
    assert error.value.code == "too_many_people"


def test_tags_in_files_that_wait_count_when_others_are_changed() -> None:
    backend, post = _published(ONE)
    (one,) = _ids(post)
    for number in range(3, 3 + MAX_TAGGED + 1):
        backend.sign_up(number)
    handles = [backend.users.me(samples.user_id(3 + n)).handle for n in range(MAX_TAGGED + 1)]
    people = tuple(PersonDraft(handle, 0, 0) for handle in handles)
    half = MAX_TAGGED // 2
    two = _coming(_change(backend, post, [one, replace(_file(TWO), people=people[:half])], [one]))
    edit = partial(backend.posts.edit, str(post.id), ADA, None, None, drop_place=False)
    with pytest.raises(InvalidInput) as error:
        edit(people={one: people[half:]})
    assert error.value.code == "too_many_people"
    edit(people={one: people[half:-1]})
    _arrive(backend, post, two[1], TWO)
    backend.drain()
    assert len(_now(backend, post).people) == MAX_TAGGED


def test_a_removed_medium_can_be_put_back_for_30_days_and_then_gives_its_content_up() -> None:
    backend, post = _published(ONE, TWO, THREE)
    one, two, three = _ids(post)
    album = _change(backend, post, [one, three], [one, two, three])
    assert [removed.medium.media_id for removed in album.removed] == [two]
    backend.drain()
    assert _references(backend, post) == {one, two, three}
    back = _change(backend, post, [two, one, three], [one, three])
    assert (_ids(back.view.post), back.removed) == ([two, one, three], ())
    _change(backend, post, [one], [two, one, three])
    backend.drain()
    until = backend.clock.now() + REMOVED_RETENTION
    backend.wait(REMOVED_RETENTION - timedelta(seconds=1))
    backend.due.send()
    assert len(backend.albums.get(str(post.id), ADA).removed) == 2
    backend.wait(timedelta(seconds=1))
    assert backend.clock.now() == until
    assert backend.albums.get(str(post.id), ADA).removed == ()
    backend.due.send()
    backend.wait(timedelta(seconds=1))
    backend.drain()
    assert _now(backend, post).removed == ()
    assert _references(backend, post) == {one}
    assert (ADA, two) not in backend.metadata.uploads
    with pytest.raises(InvalidInput, match="no such photo"):
        _change(backend, post, [one, two], [one])


def test_with_new_files_the_old_album_is_shown_until_all_of_them_are_ready() -> None:
    backend, post = _published(ONE)
    (one,) = _ids(post)
    wanted: list[str | MediumDraft] = [_file(TWO, "a lake"), one, _file(THREE)]
    album = _change(backend, post, wanted, [one])
    two, _, three = _coming(album)
    assert _ids(album.view.post) == [one]
    assert len(album.grants) == 2
    repeated = _change(backend, post, wanted, [one])
    assert (_coming(repeated), len(repeated.grants)) == ([two, one, three], 2)
    _arrive(backend, post, two, TWO)
    backend.drain()
    assert _ids(_now(backend, post)) == [one]
    assert _ids(backend.posts.get(str(post.id), Viewer(BOB)).post) == [one]
    states = [o.medium.state for o in backend.albums.get(str(post.id), ADA).coming]
    assert states == [MediaState.READY, MediaState.READY, MediaState.AWAITING]
    _arrive(backend, post, three, THREE)
    backend.drain()
    shown = _now(backend, post)
    assert _ids(shown) == [two, one, three]
    assert shown.alt_texts == ("a lake", "", "")
    assert all(medium.picture for medium in shown.media)
    assert shown.position == post.position
    assert not shown.awaits_media
    again = _change(backend, post, wanted, [one])
    assert (_ids(again.view.post), again.grants) == ([two, one, three], ())
    assert _references(backend, post) == {one, two, three}


def test_a_file_that_fails_leaves_the_album_as_it_is_until_it_is_left_out() -> None:
    backend, post = _published(ONE)
    (one,) = _ids(post)
    bad, _, two = _coming(_change(backend, post, [_file(BROKEN_PHOTO), one, _file(TWO)], [one]))
    _arrive(backend, post, bad, BROKEN_PHOTO)
    _arrive(backend, post, two, TWO)
    backend.drain()
    album = backend.albums.get(str(post.id), ADA)
    assert _ids(album.view.post) == [one]
    assert album.coming[0].medium.state is MediaState.FAILED
    assert not _now(backend, post).awaits_media
    seen = [bad, one, two]
    with pytest.raises(InvalidInput, match="no such photo"):
        _change(backend, post, [bad, one], seen)
    _change(backend, post, [two, one], seen)
    backend.drain()
    assert _ids(_now(backend, post)) == [two, one]
    assert _references(backend, post) == {one, two}
    assert (ADA, bad) not in backend.metadata.uploads


def test_an_album_whose_files_never_come_fails_and_can_be_given_up() -> None:
    backend, post = _published(ONE)
    (one,) = _ids(post)
    (two, _) = _coming(_change(backend, post, [_file(TWO), one], [one]))
    backend.wait(UPLOAD_LINK_LIFETIME + ARRIVAL_GRACE + timedelta(seconds=1))
    assert backend.albums.get(str(post.id), ADA).coming[0].medium.state is MediaState.FAILED
    backend.wait(GIVE_UP_AFTER)
    backend.reconciling.reconcile(timedelta(minutes=10))
    backend.drain()
    assert not _now(backend, post).awaits_media
    album = _change(backend, post, [one], [two, one])
    assert (album.coming, _ids(album.view.post)) == ((), [one])
    backend.drain()
    assert (ADA, two) not in backend.metadata.uploads


@pytest.mark.parametrize("lost", ["ingest", "render", "publish", "stream"])
def test_the_reconciler_sets_an_album_moving_again(lost: str) -> None:
    backend, post = _published(ONE)
    (one,) = _ids(post)
    (two, _) = _coming(_change(backend, post, [_file(TWO), one], [one]))
    _arrive(backend, post, two, TWO)
    while others := [name for name in backend.waiting() if name != lost]:
        backend.deliver(others[0])
    backend.lose(lost)
    backend.drain()
    for _ in range(2):
        backend.wait(timedelta(minutes=40))
        backend.reconciling.reconcile(timedelta(minutes=10))
        backend.drain()
    assert _ids(_now(backend, post)) == [two, one]


def test_of_two_changes_one_wins_and_the_other_is_told() -> None:
    backend, post = _published(ONE, TWO)
    one, two = _ids(post)
    _change(backend, post, [two, one], [one, two])
    with pytest.raises(Conflict) as refused:
        _change(backend, post, [one], [one, two])
    assert (refused.value.code, refused.value.field) == ("album_changed", "seen")
    # One that asks for what is so already is none.
    _change(backend, post, [two, one], [one, two])


def test_only_the_author_of_a_published_post_changes_its_album() -> None:
    backend, post = _published(ONE, TWO)
    one, two = _ids(post)
    with pytest.raises(Forbidden):
        backend.albums.change(str(post.id), BOB, [one], [one, two])
    pending = backend.create_post(1, [THREE], "pending")
    with pytest.raises(Conflict, match="not published"):
        _change(backend, pending, _ids(pending), _ids(pending))
    backend.delete_post(post.id)
    with pytest.raises(NotFound):
        _change(backend, post, [one], [one, two])
    refusals: dict[str, Sequence[Sequence[str | MediumDraft]]] = {
        "invalid_media": ([], [_file(ONE)] * 11),
        "medium_twice": ([one, one],),
    }
    for code, albums in refusals.items():
        for wanted in albums:
            with pytest.raises(InvalidInput) as refused:
                _change(backend, post, wanted, [one, two])
            assert refused.value.code == code


def test_a_deleted_post_keeps_its_album_that_waits_and_gives_up_all_with_its_end() -> None:
    backend, post = _published(ONE, TWO)
    one, two = _ids(post)
    (three, _) = _coming(_change(backend, post, [_file(THREE), one], [one, two]))
    backend.delete_post(post.id)
    _arrive(backend, post, three, THREE)
    backend.drain()
    assert _ids(_now(backend, post)) == [one, two]
    backend.posts.restore(str(post.id), ADA)
    backend.drain()
    assert _ids(_now(backend, post)) == [three, one]
    assert _references(backend, post) == {one, two, three}
    backend.delete_post(post.id)
    backend.wait(timedelta(days=31))
    backend.drain()
    assert post.id not in backend.metadata.posts
    assert _references(backend, post) == set()
    assert not any(author == ADA for author, _ in backend.metadata.uploads)


def test_a_content_that_is_withheld_hides_the_post_that_shows_it_from_now_on() -> None:
    backend, post = _published(ONE)
    (one,) = _ids(post)
    backend.metadata.write_withheld(samples.sha256(TWO), frozenset(["case"]))
    (two, _) = _coming(_change(backend, post, [_file(TWO), one], [one]))
    _arrive(backend, post, two, TWO)
    backend.drain()
    assert _now(backend, post).withheld
    with pytest.raises(NotFound):
        backend.posts.get(str(post.id), Viewer(BOB))


def test_a_conclusion_that_dies_or_is_overtaken_at_any_call_is_completed() -> None:
    for when in ("crash_before", "crash_after", "pauses"):
        for call in CALLS:
            backend, post = _published(ONE)
            (one,) = _ids(post)
            (two, _) = _coming(_change(backend, post, [_file(TWO), one], [one]))
            _arrive(backend, post, two, TWO)
            backend.drain_all_but("publish")
            backend.fuse.calls = 0
            if when == "pauses":
                overtaken = partial(_change, backend, post, [one, two], [two, one])
                backend.fuse.pauses = {call: overtaken}
            else:
                setattr(backend.fuse, when, call)
            while backend.queues["publish"].messages:
                backend.deliver("publish")
                backend.fuse.crash_before = backend.fuse.crash_after = None
            reached = not backend.fuse.pauses and backend.fuse.calls >= call
            backend.fuse.pauses.clear()
            backend.drain()
            expected = [two, one]
            if when == "pauses" and reached:
                expected.reverse()
            assert _ids(_now(backend, post)) == expected
            if not reached:
                break


def test_references_of_what_an_album_shows_are_never_given_up() -> None:
    backend, post = _published(ONE, TWO)
    one, two = _ids(post)
    _change(backend, post, [one], [one, two])
    _change(backend, post, [one, two], [one])
    backend.wait(REMOVED_RETENTION + timedelta(days=1))
    backend.due.send()
    backend.wait(timedelta(seconds=1))
    backend.drain()
    reference = Reference(samples.sha256(TWO), post.id, two)
    assert reference in backend.metadata.references
    assert _ids(_now(backend, post)) == [one, two]
