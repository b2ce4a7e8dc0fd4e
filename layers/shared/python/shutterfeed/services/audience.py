"""To whom an author's posts are pushed."""

from __future__ import annotations

from dataclasses import dataclass

from shutterfeed.domain.delivery import FeedPolicy
from shutterfeed.domain.pages import Page
from shutterfeed.ports import Audience, Clock, Readers


@dataclass(frozen=True, slots=True)
class AudienceService:
    audience: Audience
    readers: Readers
    policy: FeedPolicy
    clock: Clock

    def page(self, author_id: str, part: int | None, after: str | None, limit: int) -> Page[str]:
        """Readers who are pushed to. Leases that have run out are renewed where the reader still
        comes, and removed where not: should they come back, their feed is made anew, with leases
        written before it."""
        now = self.clock.now()
        page = self.audience.page(author_id, part, after, limit)
        holding = [lease.reader_id for lease in page.items if lease.until > now]
        over = [lease for lease in page.items if lease.until <= now]
        if over:
            pushed = self.readers.pushed_until([lease.reader_id for lease in over])
            until = {r: self.policy.lease_until(at) for r, at in pushed.items()}
            still = [r for r, at in until.items() if at > now]
            for at in {until[r] for r in still}:
                self.audience.renew(author_id, [r for r in still if until[r] == at], at)
            self.audience.end(author_id, [x for x in over if x.reader_id not in still])
            holding += still
        return Page(tuple(holding), page.next_position)
