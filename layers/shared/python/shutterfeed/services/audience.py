"""The audience: the readers to whom an author's posts are pushed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shutterfeed.domain.delivery import FeedPolicy, PushSubscription
from shutterfeed.domain.pages import Page
from shutterfeed.ports.feeds import Audience, Readers
from shutterfeed.ports.follows import Follows
from shutterfeed.ports.system import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceService:
    audience: Audience
    readers: Readers
    follows: Follows
    policy: FeedPolicy
    clock: Clock

    def page(self, author_id: str, part: int | None, after: str | None, limit: int) -> Page[str]:
        """A page of the readers who are pushed to. Subscriptions that have run out are renewed if
        the reader still comes and follows, and removed if not: should they come back, subscriptions
        are written before their feed is made again."""
        now = self.clock.now()
        page = self.audience.page(author_id, part, after, limit)
        holding = [x.reader_id for x in page.items if x.until > now]
        over = [x for x in page.items if x.until <= now]
        if over:
            holding += self._renew(author_id, over, now)
        return Page(tuple(holding), page.next_position)

    def _renew(self, author_id: str, over: Sequence[PushSubscription], now: datetime) -> list[str]:
        """Renew the subscriptions of those readers who still come and follow, remove the others,
        and return the ids of those who were renewed.

        A reader may unfollow the author just after the edges were read. That removes the
        subscription too, and a subscription that is gone is not renewed. The reader is returned all
        the same: their unfollowed marker hides the post, and if they follow again at once, they do
        not miss it.
        """
        pushed = self.readers.pushed_until([x.reader_id for x in over])
        until = {r: self.policy.subscribed_until(at) for r, at in pushed.items()}
        coming = [r for r, at in until.items() if at > now]
        # Also mends: a subscription without an edge, however it came about, ends here.
        still = self.follows.followers_among(author_id, coming)
        for at in {until[r] for r in still}:
            renewed = [x for x in over if x.reader_id in still and until[x.reader_id] == at]
            self.audience.renew(author_id, renewed, at)
        self.audience.end(author_id, [x for x in over if x.reader_id not in still])
        return [x.reader_id for x in over if x.reader_id in still]
