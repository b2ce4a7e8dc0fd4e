"""Which characters a text may have, as patterns for the whole text.

The API's document shows the same patterns that are checked here, so they keep to what regular
expressions of Python and of JSON Schema have in common.
"""

from __future__ import annotations

import re
from typing import Final

from shutterfeed.domain.errors import InvalidInput

TEXT: Final = r"[^\u0000-\u0008\u000b\u000c\u000e-\u001f]*"
"""Any characters, except control characters other than line breaks and tabs."""
PARAGRAPHS: Final = r"[^\u0000-\u0009\u000b-\u001f]*"
"""Any characters, except control characters other than line feeds."""
LINE: Final = r"[^\u0000-\u001f]*"
"""No control characters."""
NAME: Final = rf"{TEXT}[^\s\u0000-\u001f]{TEXT}"
"""Any characters that `TEXT` allows, but not only white space."""
QUERY: Final = r"[^\u0000-\u001f\u007f-\u009f]*"
"""No control characters of any kind."""

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
"""Half a character, which JSON can spell but UTF-8 cannot carry."""


def check_characters(text: str, pattern: str, field: str) -> None:
    """Raise `InvalidInput` if the pattern does not match the whole text."""
    if not re.fullmatch(pattern, text) or _SURROGATE.search(text):
        message = "The text has control characters in it; remove them."
        raise InvalidInput("invalid_text", message, field)
