"""Which characters texts may have, and what is removed from them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed.domain.characters import NAME, OPTIONAL_NAME, check_name, clean
from shutterfeed.domain.errors import InvalidInput, quoted

GOOD = (
    "Ada",
    "Ada Lovelace",
    "Æthelred",
    "нет",
    "\u0646\u0631\u0645\u200c\u0627\u0641\u0632\u0627\u0631",  # Persian, with a joiner inside
    "\u05d0\u05d3\u05d4\u200f",  # Hebrew, with a mark of its direction
    "\U0001f469\u200d\U0001f469\u200d\U0001f467",  # a family, of three emoji
    "\u2764\ufe0f",  # a heart as an emoji
    "a\u00a0b",
)
CONTROLS = ("\u0000", "\n", "\t", "\u007f", "\u0085", "\u009b", "\u2028", "\u2029")
DIRECTIONS = tuple("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
NOTHING = (
    *("", " ", "\u200b", "\u200b\u2060\ufeff", "\u00ad"),
    *("\u3164", "\u2800", "\u034f", "\ufe0f"),
)


@pytest.mark.parametrize("name", GOOD)
def test_names_of_all_scripts_are_good(name: str) -> None:
    check_name(name, "name")
    assert re.fullmatch(NAME, name)
    assert clean(name) == name


@pytest.mark.parametrize("character", [*CONTROLS, *DIRECTIONS])
@pytest.mark.parametrize("place", ["{}Ada", "A{}da", "Ada{}"])
def test_names_are_one_line_without_controls(character: str, place: str) -> None:
    name = place.format(character)
    assert not re.fullmatch(NAME, name)
    assert not re.fullmatch(OPTIONAL_NAME, name)
    with pytest.raises(InvalidInput, match="controls of the writing direction"):
        check_name(name, "name")


@pytest.mark.parametrize("name", NOTHING)
def test_something_of_a_name_can_be_seen(name: str) -> None:
    assert not re.fullmatch(NAME, name)
    with pytest.raises(InvalidInput, match="no visible characters"):
        check_name(name, "name")


def test_tags_and_variation_selectors_are_invisible_too() -> None:
    """The document's patterns do not reach them."""
    for name in ("\U000e0041\U000e007f", "\U000e0100"):
        with pytest.raises(InvalidInput):
            check_name(name, "name")


@pytest.mark.parametrize("character", [*DIRECTIONS, "\u007f", "\u0085", "\u009b"])
def test_texts_are_cleaned(character: str) -> None:
    assert clean(f"a{character}b\nc{character}") == "ab\nc"


@pytest.mark.parametrize("text", [*NOTHING, "\n\u202e\u200b\n"])
def test_a_text_that_nobody_can_see_is_none(text: str) -> None:
    assert clean(text) == ""


@given(st.text())
def test_a_clean_text_stays_as_it_is(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text())
def test_what_an_error_repeats_is_short_and_can_be_seen(text: str) -> None:
    assert quoted(text).isprintable()
    # A character may be spelled with ten.
    assert len(quoted(text)) <= 10 * 60 + 3
    if text.isascii() and text.isalnum() and len(text) < 60:
        assert quoted(text) == f"'{text}'"
