"""Handles, names and bios."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed.domain.errors import InvalidInput
from shutterfeed.domain.users import (
    RESERVED_HANDLES,
    check_bio,
    check_display_name,
    initial_handle,
    parse_handle,
)
from tests import strategies


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("ada", "ada"),
        ("Ada", "ada"),
        (" @Ada_Lovelace ", "ada_lovelace"),
        ("a.b_c.9", "a.b_c.9"),
        ("x" * 30, "x" * 30),
        ("007", "007"),
    ],
)
def test_a_handle_is_taken_in_any_spelling_and_kept_in_one(text: str, handle: str) -> None:
    assert parse_handle(text) == handle


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "ab",
        "x" * 31,
        "_ada",
        "ada_",
        ".ada",
        "ada.",
        "a..da",
        "a__da",
        "a._da",
        "ada lovelace",
        "ada/..",
        "ädä",
        "ada\n1",
        "ada#1",
        "a\u200bda",
        "@@ada",
        "ÅDA",
        "\u017fada",
        "\u212aate",  # the Kelvin sign, whose lower case is a plain k
    ],
)
def test_what_is_no_handle_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_handle(text)
    assert refused.value.code == "invalid_handle"
    assert refused.value.field == "handle"


@pytest.mark.parametrize("text", sorted(RESERVED_HANDLES))
def test_reserved_handles_are_refused_in_any_spelling(text: str) -> None:
    for spelling in (text, text.upper(), f"@{text}"):
        with pytest.raises(InvalidInput):
            parse_handle(spelling)


@given(st.text(max_size=40))
def test_a_handle_once_taken_is_taken_again_as_it_is(text: str) -> None:
    try:
        handle = parse_handle(text)
    except InvalidInput:
        return
    assert parse_handle(handle) == handle
    assert handle.isascii()


@given(strategies.ulids)
def test_the_handles_a_new_user_is_offered_are_valid_and_differ(user_id: str) -> None:
    offered = [initial_handle(user_id, attempt) for attempt in range(4)]
    assert len(set(offered)) == 4
    for handle in offered:
        assert parse_handle(handle) == handle


def test_names_and_bios_have_their_lengths_after_trimming() -> None:
    assert check_display_name("  Ada Lovelace ") == "Ada Lovelace"
    assert check_display_name("x" * 50) == "x" * 50
    assert check_display_name("") == ""
    assert check_bio(" first\nsecond ") == "first\nsecond"
    assert check_bio("🌻" * 150) == "🌻" * 150


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x" * 51, "display_name_too_long"),
        ("a\nb", "invalid_text"),
        ("a\0b", "invalid_text"),
        ("a\ud800b", "invalid_text"),
    ],
)
def test_a_name_that_is_too_long_or_no_text_is_refused(text: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_display_name(text)
    assert (refused.value.code, refused.value.field) == (code, "display_name")


@pytest.mark.parametrize(
    ("text", "code"), [("x" * 151, "bio_too_long"), ("a\x1bb", "invalid_text")]
)
def test_a_bio_that_is_too_long_or_no_text_is_refused(text: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_bio(text)
    assert (refused.value.code, refused.value.field) == (code, "bio")
