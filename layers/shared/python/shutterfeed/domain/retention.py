"""How long everything other than posts, media and feeds is kept, and why.

`docs/operations.md` lists all of it. A message may come three weeks late, and the database removes
an expired item some days late.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from shutterfeed.domain.feed import FEED_RETENTION
from shutterfeed.domain.links import PUBLIC
from shutterfeed.domain.media import ARRIVAL_GRACE, UPLOAD_LINK_LIFETIME

IDEMPOTENCY_RETENTION: Final = timedelta(hours=24)
"""How long a repeated request with the same key gets the same creation."""
GIVE_UP_AFTER: Final = IDEMPOTENCY_RETENTION + UPLOAD_LINK_LIFETIME + ARRIVAL_GRACE
"""The age of a post after which no more bytes come: for a day, a repeated request gives fresh
links. A large file has longer, as its parts may come for days."""

STORED_UPLOAD_RETENTION: Final = timedelta(days=1)
"""How long the bucket's lifecycle keeps a copy, and an upload whose bytes are stored."""
REFUSED_RETENTION: Final = timedelta(days=1)
"""How long a lifecycle keeps an upload that was refused, and an original of which nothing could be
made."""
UNWANTED_UPLOAD_RETENTION: Final = timedelta(days=30)
"""How long the bucket's lifecycle keeps an upload whose post is gone."""
UPLOAD_OVERDUE: Final = STORED_UPLOAD_RETENTION + timedelta(days=2)
"""The age at which an upload or a copy should have been processed or removed: a lifecycle is a day
or two late."""

ALLOWANCES_RETENTION: Final = timedelta(days=8)
"""How long after its last charge what is left of a user's allowances is kept. All are full again
within 7 days, and an allowance that is full needs no item."""
REMOVALS_RETENTION: Final = timedelta(days=7)
"""How long the number of contents removed in an hour is kept. Only the present hour's is read."""
ERASED_RETENTION: Final = timedelta(days=35)
"""How long a lifecycle keeps the versions of an original that nothing refers to any more: as long
as the table's backups, so that a restored table finds the originals that it names."""
DENIAL_RETENTION: Final = timedelta(seconds=PUBLIC.lifetime) + timedelta(hours=1)
"""How long media that were erased are denied at the edge: until their last link has expired, and an
hour, since what the API shows may be some seconds old and clocks differ."""
NOMINATION_RETENTION: Final = timedelta(days=1)
"""How long a nomination for the list of popular users is kept: it is counted within minutes."""
POPULAR_RETENTION: Final = timedelta(days=30)
"""How long the list of popular users is kept after the last nomination: a deployment where nothing
happens for days still suggests those who were active last."""
CONTENDER_RETENTION: Final = timedelta(days=1)
"""How long a contender for the list of posts to explore is kept: it is counted within minutes."""
EXPLORED_RETENTION: Final = timedelta(days=3)
"""How long a version of the list of posts to explore is kept, for those who page through it. The
next one is made within a day."""
ACQUAINTANCES_RETENTION: Final = timedelta(days=30)
"""How long the acquaintances of a reader are kept who asks for suggestions no more."""
NOTICE_RETENTION: Final = timedelta(days=90)
"""How long a notice is kept after it appeared. It goes by time alone: what it points to may be gone
before, and then nobody sees it."""
DEVICE_RETENTION: Final = timedelta(days=90)
"""How long a device is told of activity after its last renewal. The web client renews it whenever
the activity is opened, at most once a day; a browser that is used no more is forgotten."""
REMOVED_DOCUMENT_RETENTION: Final = timedelta(hours=24)
"""How long the search index keeps the version of a removed document: far longer than a worker takes
for a message. A later message, such as a dead letter, reads the present state anyway."""
LAPSED_SUBSCRIPTION_RETENTION: Final = timedelta(days=3650)
"""How long a subscription is kept after it ran out. The author's next post renews or removes it,
not time, since its reader may still come; this only removes the subscriptions of authors who never
post again."""


def unfollowed_marker_retention(most_active_days: int) -> timedelta:
    """How long an unfollowing is remembered: longer than the longest subscription, if one was left
    over, plus the life of the last entry that it brought, plus a month, as DynamoDB removes expired
    items late. See `docs/feed.md`."""
    return timedelta(days=most_active_days + 1) + FEED_RETENTION + timedelta(days=30)
