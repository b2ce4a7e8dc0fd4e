"""The errors that a stranger's file causes in Pillow."""

from __future__ import annotations

import struct
import zlib
from typing import Final

BAD_INPUT: Final = (
    OSError,  # Pillow's own: not this format, truncated, a decoder's error code
    SyntaxError,  # the format parsers' word for a broken file
    ValueError,  # impossible sizes and numbers, text that unpacks to too much, bad UTF-8
    EOFError,  # a chunk or frame that is not there
    struct.error,  # a header cut short
    zlib.error,  # a compressed block that is none
    ArithmeticError,  # a resolution of x/0, an offset beyond any integer
    LookupError,  # a table or palette entry that is not there
    TypeError,  # metadata of another type than its tag says
    AttributeError,  # the same, one step later
    RuntimeError,  # nested metadata without end, features a decoder lacks
    AssertionError,  # what PNG's parser takes for granted
)
"""The errors that Pillow raises for broken or hostile files, each seen or found in its source."""
