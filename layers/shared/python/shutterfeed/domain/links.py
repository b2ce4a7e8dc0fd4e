"""Links to media carry a token and stop working when it expires.

A token says until when one medium may be shown, and is signed with a key that only the API and the
edge know. It is a right to the medium, not to the blob: other media may show the same blob, with
tokens of their own. `infra/media_links.js` checks it at the edge, before the cache.

A link stays the same for a whole step of its window, so that browsers find the file in their cache.
The steps of different blobs begin at different moments, so that not everything is fetched again at
the same time.
"""

from __future__ import annotations

import hmac
import zlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

MEDIUM_PARAMETER: Final = "m"
"""The query parameter with the medium's id. It is the only one in CloudFront's cache key; storage
ignores it."""
EXPIRY_PARAMETER: Final = "e"
SIGNATURE_PARAMETER: Final = "s"
SIGNATURE_LENGTH: Final = 22
"""The number of characters of a signature: 132 of the HMAC's 256 bits. RFC 2104 lets an HMAC be cut
to half its length, and nobody can try out more than a tiny part of 2^132 signatures at the edge."""

EVIDENCE: Final = "0" * 26
"""What stands in the place of a medium's id in the links of moderators. The edge does not ask for
them whether their content is denied."""

_REMEMBERED: Final = 10_000
"""How many links a function keeps in memory, in some 5 MB. What celebrities post is in many feeds,
and a link stays the same for a whole step."""


@dataclass(frozen=True, slots=True)
class Window:
    """How long links are good for, in seconds: up to `lifetime`, and at least one `step` less."""

    step: int
    """How long a link stays the same."""
    lifetime: int

    def expiry(self, now: datetime, blob_id: str) -> int:
        """When a link to the blob that is given out now expires, in seconds since the epoch."""
        at = int(now.timestamp())
        return at - (at - zlib.crc32(blob_id.encode())) % self.step + self.lifetime


PUBLIC: Final = Window(step=24 * 3600, lifetime=48 * 3600)
"""The window of media that everybody may see: 24 to 48 hours."""
PRIVATE: Final = Window(step=15 * 60, lifetime=2 * 3600)
"""The window of media that only some may see: 105 to 120 minutes."""


def signing_key(keys: str) -> str:
    """The key that signs. The edge also accepts the other one, so that links stay good while keys
    are changed."""
    return keys.partition(",")[0]


def signature(key: str, blob_id: str, media_id: str, expiry: int) -> str:
    """The signature of a token. The ids have a fixed length, so no two tokens sign one text."""
    digest = hmac.digest(key.encode(), f"{blob_id}/{media_id}/{expiry}".encode(), "sha256")
    return urlsafe_b64encode(digest)[:SIGNATURE_LENGTH].decode()


@lru_cache(maxsize=_REMEMBERED)
def signed_query(key: str, blob_id: str, media_id: str, expiry: int) -> str:
    """The query string of all links to the files of a medium."""
    return (
        f"{MEDIUM_PARAMETER}={media_id}&{EXPIRY_PARAMETER}={expiry}"
        f"&{SIGNATURE_PARAMETER}={signature(key, blob_id, media_id, expiry)}"
    )
