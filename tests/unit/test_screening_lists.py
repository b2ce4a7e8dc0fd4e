"""The lines of operators' lists, and the words of texts that are looked for."""

from __future__ import annotations

import pytest

from shutterfeed.domain.screening import BadLine, Entry, ListKind, WordIndex, entries

HASH = "0f" * 32


def read(kind: ListKind, text: str) -> list[Entry | BadLine]:
    return list(entries(kind, text.splitlines()))


def test_a_line_has_a_hash_and_perhaps_a_note() -> None:
    text = f"# from the partners\n\n{HASH}\n {HASH.upper()} , seen, in 2024 \n"
    assert read(ListKind.HASHES, text) == [Entry(HASH, ""), Entry(HASH, "seen, in 2024")]


@pytest.mark.parametrize("line", ["hash,note", HASH + "0", HASH[1:], "0x" + HASH[2:]])
def test_a_line_that_is_no_hash_is_told_and_the_others_count(line: str) -> None:
    found = read(ListKind.HASHES, f"{HASH}\n{line}\n{HASH},b")
    assert [type(each) for each in found] == [Entry, BadLine, Entry]
    bad = found[1]
    assert isinstance(bad, BadLine)
    assert bad.number == 2


def test_a_line_of_a_word_list_has_a_word_or_some() -> None:
    found = read(ListKind.WORDS, "Spam\nbuy now,an advertisement\n---\n")
    assert found[:2] == [Entry("Spam", ""), Entry("buy now", "an advertisement")]
    assert isinstance(found[2], BadLine)


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("SPÄM!", "spam"),
        ("no spammers here", None),
        ("Buy  NOW, friends", "buy now"),
        ("buy it now", None),
        ("buy. now or never", "buy now"),
        ("ｓｐａｍ", "spam"),
        ("sp\u200bam", "spam"),
        ("これは広告です", "広告"),
        ("", None),
    ],
)
def test_words_are_found_as_search_folds_them(text: str, entry: str | None) -> None:
    listed = read(ListKind.WORDS, "spam\nbuy now\nbuy soon\n広告")
    index = WordIndex.of(each for each in listed if isinstance(each, Entry))
    found = index.within(text)
    assert (None if found is None else found.text) == entry
