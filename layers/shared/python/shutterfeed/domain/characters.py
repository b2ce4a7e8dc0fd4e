"""Which characters a text may have, as patterns for the whole text.

The API's document shows the same patterns that are checked here, so they keep to what regular
expressions of Python and of JSON Schema have in common.

- **Control characters** have no place in any text, except line feeds, carriage returns and tabs in
  texts of several lines.
- **Controls of the writing direction** (bidi embeddings, overrides and isolates) make a text look
  like another: `\\u202egpj.exe` is shown as `exe.jpg`. Marks that only help Arabic and Hebrew along
  (U+200E, U+200F, U+061C) stay.
- **Invisible characters** are needed inside words and emoji, but a text of nothing else looks like
  no text.

A name with any of these is refused, since its owner should choose another. From a longer text,
which people paste from anywhere, they are removed.
"""

from __future__ import annotations

import re
from typing import Final

from shutterfeed.domain.errors import InvalidInput

_C1: Final = r"\u007f-\u009f"
_LINE_ENDS: Final = r"\u2028\u2029"
_DIRECTIONS: Final = r"\u202a-\u202e\u2066-\u2069"
_INVISIBLE: Final = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065\u206a-\u206f"
    r"\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
)
_NO_LINE: Final = rf"\u0000-\u001f{_C1}{_LINE_ENDS}{_DIRECTIONS}"

TEXT: Final = r"[^\u0000-\u0008\u000b\u000c\u000e-\u001f]*"
"""Any characters, except control characters other than line breaks and tabs. `clean` removes more.
"""
PARAGRAPHS: Final = r"[^\u0000-\u0009\u000b-\u001f]*"
"""Any characters, except control characters other than line feeds. `clean` removes more."""
NAME: Final = rf"[^{_NO_LINE}]*[^\s{_NO_LINE}{_INVISIBLE}][^{_NO_LINE}]*"
"""One line without control characters and controls of the writing direction, of which at least one
character can be seen."""
OPTIONAL_NAME: Final = rf"(?:{NAME})?"
"""A `NAME`, or nothing."""
QUERY: Final = r"[^\u0000-\u001f\u007f-\u009f]*"
"""No control characters of any kind."""

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
"""Half a character, which JSON can spell but UTF-8 cannot carry."""
_REMOVED: Final = re.compile(f"[{_C1}{_DIRECTIONS}]")
_VISIBLE: Final = re.compile(rf"[^\s{_INVISIBLE}\U000e0000-\U000e0fff]")
"""A character that can be seen. Beyond those in the patterns, invisible ones are tags and variation
selectors, which lie where JSON Schema's regular expressions do not reach."""


def check_characters(text: str, pattern: str, field: str) -> None:
    """Raise `InvalidInput` if the pattern does not match the whole text."""
    if not re.fullmatch(pattern, text) or _SURROGATE.search(text):
        message = "The text has control characters in it; remove them."
        raise InvalidInput("invalid_text", message, field)


def check_name(text: str, field: str) -> None:
    """Raise `InvalidInput` if the text is no `NAME`."""
    visible = _VISIBLE.search(text) is not None
    if visible and re.fullmatch(NAME, text) and not _SURROGATE.search(text):
        return
    message = (
        "The name has no visible characters."
        if not visible
        else "The name has line breaks, control characters or controls of the writing direction in"
        " it; remove them."
    )
    raise InvalidInput("invalid_text", message, field)


def clean(text: str) -> str:
    """The text without control characters and controls of the writing direction; empty if nothing
    that can be seen is left."""
    cleaned = _REMOVED.sub("", text)
    return cleaned if _VISIBLE.search(cleaned) else ""
