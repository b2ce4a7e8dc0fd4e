"""The lock on the API's own address: only CloudFront, which sends a secret key, is answered.

The gateway has no such lock. An HTTP API takes no firewall and no resource policy, and its own
address can be switched off only for a second one, which would be as open. CloudFront could sign its
requests for a function URL, but only if clients sent the hash of each body.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Any, Final

HEADER: Final = "x-origin-key"
OPEN: Final = "anybody"
"""The setting in place of keys where the address is open: on the local cloud."""
_SEPARATOR: Final = ","

REFUSAL: Final[Mapping[str, Any]] = {
    "statusCode": 403,
    "headers": {"Content-Type": "application/json", "Cache-Control": "no-store"},
    # The same as the gateway's own answer.
    "body": json.dumps({"message": "Forbidden"}),
}


def admits(event: Mapping[str, Any], keys: str) -> bool:
    """Whether the request carries one of `keys`, or needs none. How long it takes does not depend
    on how much of a key is right."""
    if keys == OPEN:
        return True
    sent = event.get("headers", {}).get(HEADER, "").encode()
    matches = [hmac.compare_digest(sent, key.encode()) for key in keys.split(_SEPARATOR)]
    return any(matches)
