"""Profiles: made on the first call, changed by their owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from shutterfeed.domain.errors import Busy, Conflict, InvalidInput, LimitReached, NotFound
from shutterfeed.domain.users import HANDLE_REST, initial_handle
from shutterfeed.domain.visibility import Viewer
from shutterfeed.ports.profiles import Profiles
from tests import samples
from tests.fakes.backend import RENAMES, Backend
from tests.fakes.metadata import FakeProfiles
from tests.fakes.system import START

ADA = samples.user_id(1)


@pytest.fixture
def backend() -> Backend:
    return Backend()


def _found(backend: Backend, handle: str) -> str:
    """The id of the user who is found by a handle."""
    return backend.viewing.find(Viewer(ADA), handle).profile.user_id


def test_the_first_call_makes_a_profile_and_later_ones_find_it(backend: Backend) -> None:
    me = backend.users.me(ADA)
    assert me == samples.profile(1)
    assert me.created_at == START
    assert backend.users.me(ADA) == me
    assert backend.users.create(ADA) == me
    assert len(backend.metadata.handles) == 1


def test_a_taken_initial_handle_makes_room_for_a_longer_one(backend: Backend) -> None:
    backend.metadata.handles[initial_handle(ADA, 0)] = "somebody"
    backend.metadata.handles[initial_handle(ADA, 1)] = "else"
    assert backend.users.me(ADA).handle == initial_handle(ADA, 2)


def test_where_every_initial_handle_is_taken_one_is_asked_to_try_again(backend: Backend) -> None:
    for attempt in range(10):
        backend.metadata.handles[initial_handle(ADA, attempt)] = "somebody"
    with pytest.raises(Busy):
        backend.users.me(ADA)
    assert not backend.metadata.profiles


def test_editing_changes_only_what_is_given(backend: Backend) -> None:
    edited = backend.users.edit(ADA, display_name=" Ada ")
    assert edited == replace(samples.profile(1), display_name="Ada")
    edited = backend.users.edit(ADA, handle="@Ada.L", bio="x")
    assert (edited.handle, edited.display_name, edited.bio) == ("ada.l", "Ada", "x")
    assert backend.users.edit(ADA) == edited
    assert backend.users.edit(ADA, handle="ada.l", bio="").bio == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"handle": "a", "bio": "fine"},
        {"handle": "fine", "bio": "x" * 151},
        {"display_name": "\0", "bio": "fine", "handle": "fine"},
    ],
)
def test_one_wrong_field_leaves_all_of_them_as_they_were(
    backend: Backend, changes: dict[str, Any]
) -> None:
    before = backend.users.me(ADA)
    with pytest.raises(InvalidInput):
        backend.users.edit(ADA, **changes)
    assert backend.users.me(ADA) == before
    assert "fine" not in backend.metadata.handles


def test_a_taken_handle_changes_nothing(backend: Backend) -> None:
    backend.users.edit(samples.user_id(2), handle="bob")
    before = backend.users.me(ADA)
    with pytest.raises(Conflict) as refused:
        backend.users.edit(ADA, handle="Bob", display_name="Ada")
    assert (refused.value.code, refused.value.field) == ("handle_taken", "handle")
    assert backend.users.me(ADA) == before


def test_a_handle_that_was_given_up_is_refused_like_any_that_is_taken(backend: Backend) -> None:
    backend.users.edit(ADA, handle="ada")
    backend.users.edit(samples.user_id(3), handle="cyd")
    backend.users.edit(ADA, handle="lovelace")
    refusals = []
    for handle in ("ada", "cyd"):
        with pytest.raises(Conflict) as refused:
            backend.users.edit(samples.user_id(2), handle=handle)
        refusals.append((refused.value.code, refused.value.field, refused.value.message))
    assert refusals[0] == ("handle_taken", "handle", "The handle ada is taken.")
    assert refusals[1] == ("handle_taken", "handle", "The handle cyd is taken.")
    for look_up in (
        lambda: backend.viewing.find(Viewer(ADA), "ada"),
        lambda: backend.follows.follow(samples.user_id(2), "ada"),
        lambda: backend.posts.by_author("ada", Viewer(ADA), None, 10),
    ):
        with pytest.raises(NotFound):
            look_up()


def test_one_gets_a_handle_back_at_once_and_others_after_thirty_days(backend: Backend) -> None:
    for handle in ("ada", "lovelace", "ada", "countess"):
        assert backend.users.edit(ADA, handle=handle).handle == handle
    backend.clock.advance(HANDLE_REST - timedelta(seconds=1))
    with pytest.raises(Conflict):
        backend.users.edit(samples.user_id(2), handle="ada")
    backend.clock.advance(timedelta(seconds=1))
    assert backend.users.edit(samples.user_id(2), handle="ada").handle == "ada"
    assert _found(backend, "ada") == samples.user_id(2)


@dataclass
class _Restless:
    """Profiles that are renamed by another call right before this one's."""

    profiles: FakeProfiles
    meanwhile: list[str]

    def rename(
        self, user_id: str, old: str, new: str, at: datetime, before: Sequence[datetime]
    ) -> bool:
        if self.meanwhile:
            self.profiles.rename(user_id, old, self.meanwhile.pop(), at, before)
        return self.profiles.rename(user_id, old, new, at, before)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.profiles, name)


@pytest.mark.parametrize("meanwhile", [["ada"], ["other"], ["b.b", "a.a"]])
def test_of_two_changes_at_once_the_later_one_stays(backend: Backend, meanwhile: list[str]) -> None:
    backend.users.me(ADA)
    restless = cast("Profiles", _Restless(FakeProfiles(backend.metadata), meanwhile))
    assert replace(backend.users, profiles=restless).edit(ADA, handle="ada").handle == "ada"
    assert set(backend.metadata.handles) == {"ada"}


def test_a_handle_that_never_rests_is_busy(backend: Backend) -> None:
    backend.users.me(ADA)
    names = [f"name{number}" for number in range(9)]
    restless = cast("Profiles", _Restless(FakeProfiles(backend.metadata), names))
    with pytest.raises(Busy):
        replace(backend.users, profiles=restless, renames=9).edit(ADA, handle="ada")


def test_a_handle_is_changed_so_often_within_thirty_days_and_no_more(backend: Backend) -> None:
    for number in range(RENAMES):
        backend.users.edit(ADA, handle=f"name{number}")
        backend.clock.advance(timedelta(days=1))
    assert backend.users.edit(ADA, handle=f"name{RENAMES - 1}", bio="mine").bio == "mine"
    wait = HANDLE_REST - timedelta(days=RENAMES)
    for _ in range(2):
        with pytest.raises(LimitReached) as refused:
            backend.users.edit(ADA, handle="name0", bio="not written")
        assert refused.value.limit == "renames"
        assert refused.value.retry_after == wait.total_seconds()
    assert backend.users.me(ADA).bio == "mine"
    assert backend.users.edit(samples.user_id(2), handle="bob").handle == "bob"

    backend.clock.advance(wait - timedelta(seconds=1))
    with pytest.raises(LimitReached):
        backend.users.edit(ADA, handle="name0")
    backend.clock.advance(timedelta(seconds=1))
    assert backend.users.edit(ADA, handle="name0").handle == "name0"
    with pytest.raises(LimitReached):
        backend.users.edit(ADA, handle="name1")


def test_a_user_is_found_by_any_spelling_of_the_handle_and_not_by_an_old_one(
    backend: Backend,
) -> None:
    backend.users.edit(ADA, handle="ada")
    assert _found(backend, "ADA") == ADA
    backend.users.edit(ADA, handle="lovelace")
    assert _found(backend, "lovelace") == ADA
    for handle in ("ada", "nobody", "", "#"):
        with pytest.raises(NotFound):
            _found(backend, handle)


def test_a_profile_says_whether_its_viewer_follows(backend: Backend) -> None:
    bob = backend.users.me(samples.user_id(2))
    backend.users.me(ADA)
    assert not backend.viewing.find(Viewer(ADA), bob.handle).relation.follows
    backend.follows.follow(ADA, bob.handle)
    view = backend.viewing.find(Viewer(ADA), bob.handle)
    assert view.relation.follows
    assert view.profile.followers == 1
