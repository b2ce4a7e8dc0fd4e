"""Short forms of texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed.domain.excerpts import excerpt, one_line, visible_characters

FAMILY, FLAG, WAVE = "👨\u200d👩\u200d👧", "🇨🇭", "👋🏽"
TEXTS = st.text(st.one_of(st.characters(), st.sampled_from(" \n\t\u202e\u200d\u0301\ufe0f👋🏽🇨🇭")))


@pytest.mark.parametrize(
    ("text", "characters"),
    [
        ("", []),
        ("abc", ["a", "b", "c"]),
        ("e\u0301a", ["e\u0301", "a"]),
        (f"{FAMILY}{WAVE}!", [FAMILY, WAVE, "!"]),
        (f"{FLAG}🇦🇹", [FLAG, "🇦🇹"]),
        ("🇨🇭🇦", ["🇨🇭", "🇦"]),
        (
            "❤\ufe0f🏴\U000e0067\U000e0062\U000e007f",
            ["❤\ufe0f", "🏴\U000e0067\U000e0062\U000e007f"],
        ),
        ("\u1112\u1161\u11ab\u1100", ["\u1112\u1161\u11ab", "\u1100"]),
    ],
)
def test_what_readers_take_for_one_character_stays_together(
    text: str, characters: list[str]
) -> None:
    assert list(visible_characters(text)) == characters


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  a\n\n b\t c\r\n", "a b c"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\x00\x1bb\ufffe\uffff", "ab"),
        ("a \x00 b", "a b"),
        ("\u200b\u200d", ""),
        ("\u2028one\u2029two\u0085three", "one two three"),
    ],
)
def test_a_line_has_no_breaks_and_no_controls(text: str, line: str) -> None:
    assert one_line(text) == line


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [
        ("exactly ten", 11, "exactly ten"),
        ("The lighthouse at dawn", 18, "The lighthouse at…"),
        ("The lighthouse, at dawn", 17, "The lighthouse…"),
        ("Donaudampfschifffahrt", 10, "Donaudamp…"),
        ("a Donaudampfschifffahrt", 10, "a Donauda…"),
        (FAMILY * 5, 3, FAMILY * 2 + "…"),
        (FLAG * 5, 5, FLAG * 5),
        ("x" + "\u0301" * 100, 5, "x" + "\u0301" * 15),
    ],
)
def test_an_excerpt_ends_at_a_word_or_at_least_at_a_character(
    text: str, most: int, short: str
) -> None:
    assert excerpt(text, most) == short


@given(TEXTS, st.integers(2, 40))
def test_an_excerpt_is_short_and_begins_like_its_text(text: str, most: int) -> None:
    short = excerpt(text, most)
    assert len(list(visible_characters(short))) <= most
    assert len(short) <= 16 * most
    assert short == one_line(short)
    if not short.endswith("…") and all(len(c) <= 16 for c in visible_characters(one_line(text))):
        assert short == one_line(text)
