"""What a user has reported, small enough to be read with every page of a feed.

It stands in the same item as whom the user has muted, so that whoever reads one has the other, too.
A subject is known by 80 bits of the SHA-256 of its id. The last `MAX_REPORTED` are kept: what was
reported before may be shown again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

MAX_REPORTED: Final = 500
_DIGEST: Final = 10


@dataclass(frozen=True, slots=True)
class Reported:
    """The posts, comments and users that somebody has reported."""

    digests: tuple[bytes, ...] = ()
    """The last one at the end."""

    def __bool__(self) -> bool:
        return bool(self.digests)

    def has(self, subject: str) -> bool:
        """Whether the post, comment or user with this id is among them."""
        return bool(self.digests) and _short(subject) in self.digests

    def including(self, subject: str) -> Reported:
        others = (digest for digest in self.digests if digest != _short(subject))
        return Reported((*others, _short(subject))[-MAX_REPORTED:])

    def packed(self) -> bytes:
        """10 bytes for each."""
        return b"".join(self.digests)

    @classmethod
    def unpacked(cls, content: bytes) -> Reported:
        starts = range(0, len(content), _DIGEST)
        return cls(tuple(content[start : start + _DIGEST] for start in starts))


NOTHING_REPORTED: Final = Reported()


def _short(subject: str) -> bytes:
    return hashlib.sha256(subject.encode()).digest()[:_DIGEST]
