"""How long what is kept beside posts, media and feeds is kept, and why so long.

The table of all of it is in `docs/operations.md`. A message may come three weeks late, and the
database removes an expired item some days late.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from shutterfeed.domain.feed import FEED_RETENTION
from shutterfeed.domain.media import ARRIVAL_GRACE, UPLOAD_LINK_LIFETIME

IDEMPOTENCY_RETENTION: Final = timedelta(hours=24)
"""How long a creation asked for again with the same key is the same creation."""
GIVE_UP_AFTER: Final = IDEMPOTENCY_RETENTION + UPLOAD_LINK_LIFETIME + ARRIVAL_GRACE
"""The age of a post from which on no bytes come any more: a repeated request gives fresh links for
a day. A large file has longer, as its parts may come for days."""

STORED_UPLOAD_RETENTION: Final = timedelta(days=1)
"""Of an upload whose bytes are stored, and of a copy: the bucket's lifecycle takes them."""
UNWANTED_UPLOAD_RETENTION: Final = timedelta(days=30)
"""Of an upload that was refused, or whose post has gone; by the bucket's lifecycle, too."""
UPLOAD_OVERDUE: Final = STORED_UPLOAD_RETENTION + timedelta(days=2)
"""The age from which on an upload or a copy should have been looked at, or have gone: a lifecycle
is a day or two late."""

REMOVALS_RETENTION: Final = timedelta(days=7)
"""Of the number of contents removed in an hour; only the present hour's is read."""
REMOVED_DOCUMENT_RETENTION: Final = timedelta(hours=24)
"""How long the search index remembers the version of a removed document: far longer than a message
is worked on. One that comes later, a dead letter say, reads what there is then."""
LAPSED_LEASE_RETENTION: Final = timedelta(days=3650)
"""A lease that ran out is renewed or removed by the author's next post, not by time: its reader may
still come. What is left of authors who never post again goes in the end."""


def unfollowed_retention(most_active_days: int) -> timedelta:
    """How long an unfollowing is remembered: longer than the longest lease, if one was left over,
    plus the life of the last entry that it brought, plus a month, as DynamoDB removes expired items
    late. See `docs/feed.md`."""
    return timedelta(days=most_active_days + 1) + FEED_RETENTION + timedelta(days=30)
