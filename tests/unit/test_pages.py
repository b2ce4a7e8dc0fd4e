"""Cursors: good for one list and one user, and for nothing if altered."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed.domain.errors import InvalidCursor
from shutterfeed.domain.pages import MAX_CURSOR_LENGTH, CursorScope
from shutterfeed.services.cursors import Cursors
from tests import strategies
from tests.fakes.metadata import FakeSecrets

KEY = b"k" * 32
SCOPE = CursorScope("GET /feed", "ada")
POSITIONS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def _raw(cursor: str) -> bytes:
    return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


@given(POSITIONS)
def test_a_position_is_read_back_from_its_cursor(position: str) -> None:
    cursor = SCOPE.seal(KEY, position)
    assert SCOPE.open(KEY, cursor) == position
    assert cursor.isascii()
    assert all(c.isalnum() or c in "-_" for c in cursor), "safe in a query string"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=8, max_size=200))
def test_a_cursor_does_not_tell_its_position(position: str) -> None:
    """It may be the id of somebody or something that the page has left out because it is hidden."""
    assert position.encode() not in _raw(SCOPE.seal(KEY, position))


def test_cursors_of_positions_that_begin_alike_have_nothing_in_common() -> None:
    raws = [_raw(SCOPE.seal(KEY, f"same-{end}")) for end in "ab"]
    assert raws[0][16:20] != raws[1][16:20]


@given(strategies.entries)
def test_the_cursor_of_a_feed_is_short_enough_to_be_taken_back(entry: object) -> None:
    assert len(SCOPE.seal(KEY, str(entry))) <= MAX_CURSOR_LENGTH


@given(POSITIONS, st.data())
def test_an_altered_cursor_is_refused(position: str, data: st.DataObject) -> None:
    cursor = SCOPE.seal(KEY, position)
    place = data.draw(st.integers(0, len(cursor) - 1))
    character = data.draw(st.sampled_from("ABCyz019-_ =+/.é\n"))
    altered = cursor[:place] + character + cursor[place + 1 :]
    if altered != cursor:
        with pytest.raises(InvalidCursor):
            SCOPE.open(KEY, altered)


@given(POSITIONS, st.data())
def test_a_cursor_with_something_missing_or_added_is_refused(
    position: str, data: st.DataObject
) -> None:
    cursor = SCOPE.seal(KEY, position)
    length = data.draw(st.integers(0, len(cursor) - 1))
    for altered in (cursor[:length], cursor + "A", cursor + "=", " " + cursor, cursor + "\n"):
        with pytest.raises(InvalidCursor):
            SCOPE.open(KEY, altered)


@pytest.mark.parametrize(
    "other",
    [
        CursorScope("GET /feed", "bob"),
        CursorScope("GET /me/uploads", "ada"),
        CursorScope("GET /fee", "dada"),
        CursorScope("", ""),
    ],
)
def test_a_cursor_of_another_list_or_user_is_refused(other: CursorScope) -> None:
    with pytest.raises(InvalidCursor):
        SCOPE.open(KEY, other.seal(KEY, "position"))


def test_a_cursor_of_another_deployment_is_refused() -> None:
    with pytest.raises(InvalidCursor):
        SCOPE.open(KEY, SCOPE.seal(b"another key", "position"))


@pytest.mark.parametrize("cursor", ["", "A", "AAAA", "é", "A" * 2000, "\0"])
def test_what_was_never_a_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        SCOPE.open(KEY, cursor)


def test_bytes_that_are_no_text_are_refused_even_if_signed() -> None:
    forged = base64.urlsafe_b64encode(b"\0" * 16 + b"\xff\xfe").rstrip(b"=").decode()
    with pytest.raises(InvalidCursor):
        SCOPE.open(KEY, forged)


def test_the_service_seals_with_the_deployments_key_and_passes_over_nothing() -> None:
    cursors = Cursors(secrets=FakeSecrets())
    cursor = cursors.seal(SCOPE, "position")
    assert cursor is not None
    assert cursors.open(SCOPE, cursor) == "position"
    assert cursors.seal(SCOPE, None) is None
    assert cursors.open(SCOPE, None) is None


def test_a_cursor_of_strangers_is_good_for_all_of_them_and_for_nobody_else() -> None:
    strangers = CursorScope(SCOPE.route, None)
    cursor = strangers.seal(KEY, "position")
    assert CursorScope(SCOPE.route, None).open(KEY, cursor) == "position"
    for other in (SCOPE, CursorScope("GET /another", None)):
        with pytest.raises(InvalidCursor):
            other.open(KEY, cursor)
        with pytest.raises(InvalidCursor):
            strangers.open(KEY, other.seal(KEY, "position"))
