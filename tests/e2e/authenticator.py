"""What an authenticator app shows: RFC 6238, with SHA-1, six digits and half minutes."""

from __future__ import annotations

import base64
import hmac
import time


def code_for(key: str, at: float | None = None) -> str:
    """The code for a key in base32; for now if no time is given."""
    step = int(time.time() if at is None else at) // 30
    digest = hmac.digest(base64.b32decode(key), step.to_bytes(8), "sha1")
    start = digest[-1] & 0xF
    number = int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
