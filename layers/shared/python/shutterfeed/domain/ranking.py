"""How the best posts are ranked, so that well-liked posts and new ones compete.

The rank of a post is a moment: that at which a post which nobody likes would have to be published
to stand beside it. Ten times the likes are worth `TENFOLD`. So a post that 1,000 people like stands
above new ones for three days, the first ten likes count as much as the next ninety, and likes
cannot hold a post at the top for ever.

The idea is that of Reddit's "hot" (`log10(votes) + seconds / 45,000`, in `r2/lib/db/_sorts.pyx` of
https://github.com/reddit-archive/reddit), where ten times the votes are worth half a day. Unlike
formulas that divide by a post's age, it gives the same order whenever one looks: ranks can be
stored, and lists can be paged by them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from shutterfeed.domain.ids import PostId

TENFOLD: Final = timedelta(days=1)
"""What ten times the likes are worth."""
NEIGHBOURS: Final = 20
MOST_OF_ONE: Final = 3
"""The highest number of posts of one author among `NEIGHBOURS` that stand one after the other."""


def rank(published_at: datetime, likes: int) -> int:
    """The rank of a post in milliseconds since the epoch; the higher, the better."""
    gained = math.log10(max(likes, 1)) * TENFOLD
    return int((published_at + gained).timestamp() * 1000)


def spread(ranked: Iterable[PostId]) -> list[PostId]:
    """The posts in their order, except that those of an author who has `MOST_OF_ONE` among the last
    `NEIGHBOURS` come later: as soon as there are enough of others before them, or at the end."""
    found: list[PostId] = []
    waiting: list[PostId] = []
    for post_id in ranked:
        waiting.append(post_id)
        while (fitting := _first_fitting(waiting, found)) is not None:
            waiting.remove(fitting)
            found.append(fitting)
    return found + waiting


def _first_fitting(waiting: Sequence[PostId], found: Sequence[PostId]) -> PostId | None:
    last = [post_id.author_id for post_id in found[1 - NEIGHBOURS :]]
    fitting = (post_id for post_id in waiting if last.count(post_id.author_id) < MOST_OF_ONE)
    return next(fitting, None)
