"""The words for which an owner wants to see a comment before others do.

They are compared word by word: `art` holds "Art!" and "ärt", but not "party". Case, accents and
width do not matter (`text.fold`), and neither do characters that cannot be seen. An entry of
several words is found where they follow one another. Scripts without spaces have no words that one
could tell apart: there an entry is found anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from shutterfeed.domain.characters import check_name
from shutterfeed.domain.errors import InvalidInput
from shutterfeed.domain.text import fold, parts

MAX_HELD_WORDS: Final = 100
MAX_HELD_WORD: Final = 50
"""The highest number of characters of an entry."""
_UNSEEN: Final = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2060-\u2064\ufeff]")
_FIELD: Final = "held_words"


def check_held_words(words: Sequence[str]) -> tuple[str, ...]:
    """The entries as they are stored: trimmed, and each once. Raises `InvalidInput` for too many of
    them, and for one that is too long or has no letter, digit or emoji."""
    if len(words) > MAX_HELD_WORDS:
        message = f"The list has at most {MAX_HELD_WORDS} entries; this one has {len(words)}."
        raise InvalidInput("too_many_held_words", message, _FIELD)
    kept: dict[tuple[str, ...], str] = {}
    for index, word in enumerate(words):
        field = f"{_FIELD}[{index}]"
        if len(word) > MAX_HELD_WORD:
            message = f"An entry has at most {MAX_HELD_WORD} characters."
            raise InvalidInput("held_word_too_long", message, field)
        check_name(word, field)
        found = word_parts(word)
        if not found:
            message = "An entry needs a letter, a digit or an emoji."
            raise InvalidInput("invalid_held_word", message, field)
        kept.setdefault(found, word.strip())
    return tuple(kept.values())


def holds(text: str, words: Iterable[str]) -> bool:
    """Whether one of the entries is in the text."""
    found = word_parts(text)
    return any(_is_within(word_parts(word), found) for word in words)


def word_parts(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared, in their order."""
    return tuple(parts(fold(_UNSEEN.sub("", text))))


def _is_within(wanted: tuple[str, ...], found: tuple[str, ...]) -> bool:
    starts = range(len(found) - len(wanted) + 1)
    return any(found[start : start + len(wanted)] == wanted for start in starts)
