"""Texts of any script become terms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed.domain.text import MAX_WORD, fold, hashtags, is_tag, query_words, words
from tests import vectors


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Hello", "hello"),
        ("ÀÉÎõü", "aeiou"),
        ("Ærø Łódź Đà", "aero lodz da"),
        ("Straße", "strasse"),
        ("İstanbul ıssız", "istanbul issiz"),
        ("ＦＵＬＬ ㎏ ﬁn", "full kg fin"),
        ("Ёлка", "елка"),
        ("Άνω", "ανω"),
        ("مُحَمَّد", "محمد"),
        ("שָׁלוֹם", "שלום"),
        ("がか", "がか"),
        ("हिन्दी", "हिन्दी"),
        ("한국어", "한국어"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", []),
        (" \n\t ", []),
        ("!?… --- ///", []),
        ("Two-tone, don't stop", ["two", "tone", "dont", "stop"]),
        ("a_b.c", ["a", "b", "c"]),
        ("f/2.8 1/250", ["f", "2", "8", "1", "250"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("夜景", ["夜", "景", "夜景"]),
        ("我in北京", ["我", "in", "北", "京", "北京"]),
        ("서울", ["서", "울", "서울"]),
        ("👍🏽👍", ["👍", "👍"]),
        ("👨‍👩‍👧‍👦!", ["👨‍👩‍👧‍👦"]),
        ("🇩🇪🇫🇷", ["🇩🇪", "🇫🇷"]),
        ("❤️", ["❤"]),
        ("x" * 100, ["x" * MAX_WORD]),
    ],
)
def test_words(text: str, terms: list[str]) -> None:
    assert words(text) == terms


def test_pairs_of_an_unspaced_run_imply_its_characters() -> None:
    assert query_words("夜景 東京タ") == ["夜景", "東京", "京タ"]
    assert query_words("雪") == ["雪"]


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("#Sea and #sky, #sea", ["sea", "sky"]),
        (
            "＃wide #snake_case #北海道 #हिन्दी #café",
            ["wide", "snake_case", "北海道", "हिन्दी", "cafe"],
        ),
        ("#🔥 #go🔥", ["🔥", "go🔥"]),
        ("#1 #2024 #a1 #_", ["a1", "_"]),
        ("C#minor a#b http://x/#part &#39; ##twice", []),
        ("# lonely #", []),
        ('(#in) "#quotes"', ["in", "quotes"]),
        ("#" + "x" * 101, []),
    ],
)
def test_hashtags(text: str, tags: list[str]) -> None:
    assert hashtags(text) == tags


def test_hashtags_are_those_that_the_web_client_shows_as_links() -> None:
    for text, _, tags in vectors.links():
        assert hashtags(text) == list(dict.fromkeys(map(fold, tags))), text


@given(st.text(max_size=80))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=80))
def test_what_is_asked_for_with_a_whole_text_is_in_it(text: str) -> None:
    assert set(query_words(text)) <= set(words(text))


@given(st.text(max_size=80))
def test_terms_are_never_empty_blank_or_marked(text: str) -> None:
    for term in words(text):
        assert term
        assert not any(character.isspace() for character in term)
        assert term[0] not in "#@~"
    assert all(is_tag(tag) for tag in hashtags(text))
