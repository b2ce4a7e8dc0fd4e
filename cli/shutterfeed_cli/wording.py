"""Text for people: made harmless for a terminal, in one line, and with the right plurals."""

from __future__ import annotations

import unicodedata
from typing import Final

_HARMLESS: Final = frozenset("\n\t")
_REPLACED: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""The categories of what a terminal obeys, or breaks a line at."""
_LEFT_OUT: Final = "Cf"
"""The category of what has no look of its own but changes that of the text around it, such as its
direction."""
_INVISIBLE: Final = (
    *(range(0x034F, 0x0350), range(0x115F, 0x1161), range(0x17B4, 0x17B6), range(0x180B, 0x1810)),
    *(range(0x2065, 0x2066), range(0x3164, 0x3165), range(0xFE00, 0xFE10), range(0xFFA0, 0xFFA1)),
    *(range(0xFFF0, 0xFFF9), range(0xE0000, 0xE1000)),
)
"""What Unicode lets be ignored where it cannot be shown (Default_Ignorable_Code_Point), besides
`Cf`: a text may hide another one in it."""


def clean(text: str) -> str:
    """The text with nothing in it that a terminal would obey, that turns its direction, or that
    nobody can see. Line breaks and tabs stay.

    All text that reaches a terminal goes through this, whoever wrote it.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character in _HARMLESS:
        return character
    category = unicodedata.category(character)
    if category in _REPLACED:
        return "\N{REPLACEMENT CHARACTER}"
    hidden = category == _LEFT_OUT or any(ord(character) in these for these in _INVISIBLE)
    return "" if hidden else character


def one_line(text: str) -> str:
    """The text as `clean` makes it, in one line."""
    return clean(text.replace("\r\n", "\n")).replace("\n", " ").replace("\t", " ")


def counted(number: int, one: str, many: str = "") -> str:
    """A number with what is counted: `1 photo`, `2,000 photos`. `many` is the plural, unless that
    only has an s more."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
