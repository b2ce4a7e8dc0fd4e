"""Names of the tables' attributes and indexes, shared with the infrastructure code.

Only constants: this is the one module of the package that `infra/` may import. How keys are
built and parsed is in `keys.py`.
"""

from typing import Final

PK: Final = "pk"
SK: Final = "sk"
TTL_ATTRIBUTE: Final = "expires_at"
"""Epoch seconds; DynamoDB removes the item some time after."""

FOLLOWERS_INDEX: Final = "followers"
"""Sparse: follow edges by followee, newest first when read backwards."""
FOLLOWERS_PK: Final = "followers_pk"
FOLLOWERS_SK: Final = "followers_sk"

PUBLISHED_INDEX: Final = "published"
"""Sparse: an author's published posts in the order of publishing, deleted ones in theirs."""
PUBLISHED_PK: Final = "published_pk"
PUBLISHED_SK: Final = "published_sk"

OPEN_INDEX: Final = "open"
"""Sparse: posts that await media, oldest first."""
OPEN_PK: Final = "open_pk"
OPEN_SK: Final = "open_sk"

STREAM_SORT_KEY_PREFIXES: Final = ("POST#", "FOLLOWS#", "REF#", "PROFILE")
"""Sort keys whose changes drive other work; the stream's other records are filtered out."""

STREAM_REMOVED_SORT_KEYS: Final = ("BLOB",)
"""Sort keys of items whose removal alone does."""

MOST_ACTIVE_DAYS: Final = 60
"""The longest that a deployment may push to a reader after their last visit: an unfollowing is
remembered for longer than what was pushed by then can be seen."""

CACHED_HEADS: Final = "head:"
"""How keys in the shared cache begin."""
