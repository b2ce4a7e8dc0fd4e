"""Lists come in pages; a cursor is the opaque text that asks for the next one.

A cursor carries the position of the last entry read, and a signature over that position, the
list and the user it was given to, if they were signed in. It can therefore neither be altered nor
be carried to another list or user; it does not expire.

The position is encrypted: it may be the id of a user or post that the page has left out because it
is hidden from whoever asks. The signature serves as the initialization vector (as in RFC 5297), so
the same position always makes the same cursor, and different ones have nothing in common.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from shutterfeed.domain.errors import InvalidCursor

T = TypeVar("T")

_SIGNATURE_BYTES: Final = 16
_BLOCK_BYTES: Final = 32
"""The length of a SHA-256."""
MAX_CURSOR_LENGTH: Final = 1024
CURSOR: Final = "[A-Za-z0-9_-]+"
"""The pattern of a whole cursor."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some entries of a list; `next_position` is None at its end."""

    items: tuple[T, ...]
    next_position: str | None


@dataclass(frozen=True, slots=True)
class CursorScope:
    """The one list of one user for which a cursor is valid. The user id is None for a list that is
    shown to people who are not signed in: its cursors are the same for all of them."""

    route: str
    user_id: str | None

    def _signature(self, key: bytes, position: str) -> bytes:
        message = "\0".join((self.route, self.user_id or "", position)).encode()
        return hmac.digest(key, message, "sha256")[:_SIGNATURE_BYTES]

    def seal(self, key: bytes, position: str) -> str:
        """The cursor for what comes after `position`."""
        signature = self._signature(key, position)
        raw = signature + _encrypted(key, signature, position.encode())
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    def open(self, key: bytes, cursor: str) -> str:
        """The position inside `cursor`. Raises `InvalidCursor`."""
        if len(cursor) > MAX_CURSOR_LENGTH:
            raise InvalidCursor
        try:
            raw = base64.b64decode(
                cursor.encode() + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True
            )
            signature, hidden = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
            position = _encrypted(key, signature, hidden).decode()
        except (binascii.Error, UnicodeError, ValueError) as error:
            raise InvalidCursor from error
        # The text itself is compared too: base64 has several spellings of the same bytes.
        genuine = hmac.compare_digest(signature, self._signature(key, position))
        if not genuine or self.seal(key, position) != cursor:
            raise InvalidCursor
        return position


def _encrypted(key: bytes, vector: bytes, text: bytes) -> bytes:
    """The text with a stream of bytes laid over it that only the key can make; done twice, it is
    the text again."""
    blocks = range(-(-len(text) // _BLOCK_BYTES))
    # No message that is signed begins like this: a route's path begins with "/".
    messages = (b"\0" + vector + block.to_bytes(4) for block in blocks)
    stream = b"".join(hmac.digest(key, message, "sha256") for message in messages)
    return bytes(a ^ b for a, b in zip(text, stream, strict=False))
