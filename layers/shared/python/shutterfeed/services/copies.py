"""Marks on the posts that have a withheld content, which are found by its references."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from shutterfeed.domain.messages import MarkCopies, PublishMessage
from shutterfeed.ports.media import Blobs
from shutterfeed.ports.moderation import Withholdings
from shutterfeed.ports.queues import Queue

_AT_ONCE: Final = 25
"""The number of posts that one message marks: half a second's work, so that what is published
meanwhile hardly waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyService:
    blobs: Blobs
    withholdings: Withholdings
    steps: Queue[PublishMessage]

    def mark(self, step: MarkCopies) -> int:
        """Mark some of the posts that refer to a content, or take their marks away: whichever is
        right now, whatever was so when the message was sent. Returns how many have changed.

        A post that refers to the content only after its references are read finds out for itself
        when it is published.
        """
        is_withheld = step.case_id in self.withholdings.cases(step.sha256)
        change = self.withholdings.mark if is_withheld else self.withholdings.unmark
        page = self.blobs.copies(step.sha256, step.after, _AT_ONCE)
        posts = dict.fromkeys(reference.post_id for reference in page.items)
        changed = sum(change(post_id, step.sha256, step.case_id) for post_id in posts)
        if page.next_position is not None:
            self.steps.send([replace(step, after=page.next_position)])
        return changed
