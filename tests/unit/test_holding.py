"""Words that hold a comment: whole words, whatever their case and accents."""

from __future__ import annotations

import pytest

from shutterfeed.domain.errors import InvalidInput
from shutterfeed.domain.holding import MAX_HELD_WORDS, check_held_words, holds


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("art", "What art!"),
        ("ART", "#art"),
        ("ärt", "Art."),
        ("art", "ÄRT"),
        ("straße", "in der STRASSE"),
        ("idiot", "what an idiot's view"),
        ("idiot", "id\u200bi\u00adot"),
        ("idiot", "\uff49\uff44\uff49\uff4f\uff54"),
        ("buy now", "Buy,  NOW!"),
        ("don't", "DON\u2019T"),
        ("ёлка", "Елка"),
        ("猫", "黒猫です"),
        ("黒猫", "黒猫です"),
        ("ห้าม", "ไม่ห้ามเลย"),
        ("🍆", "hm 🍆🍆"),
        ("a.b", "a b"),
        ("42", "no. 42"),
    ],
)
def test_a_word_is_found(word: str, text: str) -> None:
    assert holds(text, ["nothing of the kind", word])


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("art", "a party"),
        ("art", "arts"),
        ("buy now", "now buy"),
        ("buy now", "buy it now"),
        ("猫", "犬です"),
        ("か", "が"),
        ("4", "42"),
        ("idiot", ""),
    ],
)
def test_a_part_of_a_word_is_not(word: str, text: str) -> None:
    assert not holds(text, [word])


def test_an_empty_list_holds_nothing() -> None:
    assert not holds("anything", [])


def test_a_list_keeps_each_entry_once_as_it_was_written() -> None:
    assert check_held_words([" Art ", "ärt", "two  words", "🍆"]) == ("Art", "two  words", "🍆")
    assert check_held_words([]) == ()


@pytest.mark.parametrize(
    ("words", "code", "field"),
    [
        (["x"] * (MAX_HELD_WORDS + 1), "too_many_held_words", "held_words"),
        (["a", "b" * 51], "held_word_too_long", "held_words[1]"),
        (["!"], "invalid_held_word", "held_words[0]"),
        ([" "], "invalid_text", "held_words[0]"),
        (["a\nb"], "invalid_text", "held_words[0]"),
    ],
)
def test_a_list_that_is_wrong_is_refused(words: list[str], code: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_held_words(words)
    assert (refused.value.code, refused.value.field) == (code, field)
