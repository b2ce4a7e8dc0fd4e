"""Progress shows an author how far a post's media have come, until all of them are final."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shutterfeed.domain.albums import Described
from shutterfeed.domain.media import MediaState, Medium, Reference
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.ports.media import Blobs
from shutterfeed.ports.system import Clock
from shutterfeed.ports.uploads import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressService:
    ledger: Ledger
    blobs: Blobs
    clock: Clock

    def of(self, post: Post) -> Post:
        """The post with its media as the ledger has them now; unchanged once all of them are
        complete."""
        if not post.awaits_media or post.state is PostState.PUBLISHED:
            return post
        now = self.clock.now()
        uploads = {key: u.as_of(now) for key, u in self.ledger.of_post(post).items()}
        shown = post.with_uploads(uploads)
        media = tuple(self._transcoded_so_far(post, medium) for medium in shown.media)
        return replace(shown, media=media)

    def of_album(self, post: Post) -> tuple[Described, ...]:
        """The album of a published post that waits, as the ledger has it now."""
        if not post.coming:
            return ()
        now = self.clock.now()
        uploads = {key: u.as_of(now).medium for key, u in self.ledger.of_post(post).items()}
        return tuple(
            replace(
                one,
                medium=self._transcoded_so_far(post, uploads.get(one.medium.media_id, one.medium)),
            )
            for one in post.coming
        )

    def _transcoded_so_far(self, post: Post, medium: Medium) -> Medium:
        if not medium.is_video or medium.state is not MediaState.PROCESSING:
            return medium
        return replace(medium, progress=self.blobs.progress(Reference.of(post.id, medium)))
