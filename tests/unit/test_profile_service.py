"""Profiles: made on the first call, changed by their owner."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shutterfeed.domain.errors import Busy, Conflict, InvalidInput, NotFound
from shutterfeed.domain.users import initial_handle
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.system import START

ADA = samples.user_id(1)


@pytest.fixture
def backend() -> Backend:
    return Backend()


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
    backend: Backend, changes: dict[str, str]
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


def test_a_user_is_found_by_any_spelling_of_the_handle_and_not_by_an_old_one(
    backend: Backend,
) -> None:
    backend.users.edit(ADA, handle="ada")
    assert backend.users.find("ADA").user_id == ADA
    backend.users.edit(ADA, handle="lovelace")
    assert backend.users.find("lovelace").user_id == ADA
    for handle in ("ada", "nobody", "", "#"):
        with pytest.raises(NotFound):
            backend.users.find(handle)


def test_a_profile_says_whether_its_viewer_follows(backend: Backend) -> None:
    bob = backend.users.me(samples.user_id(2))
    backend.users.me(ADA)
    assert not backend.users.view(bob.handle, ADA).followed_by_viewer
    backend.follows.follow(ADA, bob.handle)
    view = backend.users.view(bob.handle, ADA)
    assert view.followed_by_viewer
    assert view.profile.followers == 1
