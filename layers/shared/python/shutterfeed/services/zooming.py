"""Gives whoever enlarges a photo its zoom size, and has it made if there is none and they are
signed in.

What is asked for, made and noted belongs to the medium, not to its content: the first to enlarge a
photo waits, also if another user's post has the same content and its zoom size is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shutterfeed.domain.errors import Conflict
from shutterfeed.domain.limits import Limits
from shutterfeed.domain.media import Reference
from shutterfeed.domain.messages import RenderZoom
from shutterfeed.domain.photos import Rendition
from shutterfeed.domain.visibility import Viewer
from shutterfeed.domain.zooming import Zoom, ZoomState
from shutterfeed.ports.media import Zooms
from shutterfeed.ports.queues import Queue
from shutterfeed.ports.system import Clock
from shutterfeed.services.mending import medium_not_found
from shutterfeed.services.posts import find_to_answer, parse_post_id
from shutterfeed.services.viewing import PostView, ViewingService

_NO_ZOOM: Final = "This is not a photo with more to see than its largest rendition shows."


@dataclass(frozen=True, slots=True)
class Zoomed:
    """The zoom size of a medium, with what its link is made of."""

    view: PostView
    media_id: str
    blob_id: str
    rendition: Rendition
    is_made: bool
    """Whether it is there. Otherwise it is being made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoomService:
    viewing: ViewingService
    zooms: Zooms
    orders: Queue[RenderZoom]
    limits: Limits
    clock: Clock

    def ask(
        self, user_id: str, text: str, media_id: str, session_began: datetime | None = None
    ) -> Zoomed:
        """The zoom size of a photo in a published post that the user may see. If there is none, it
        is ordered, which is charged; an order that is under way is not made again.

        Raises `SessionEnded`, `NotFound`, `LimitReached`, and `Conflict` if there can be no such
        size.
        """
        found = find_to_answer(self.viewing, Viewer(user_id, session_began), text)
        medium = next((m for m in found.stored.media if m.media_id == media_id), None)
        if medium is None:
            raise medium_not_found()
        picture = medium.picture
        rendition = medium.zoom
        reference = Reference.of(found.stored.id, medium)
        known = None if rendition is None else self.zooms.get(reference)
        if picture is None or rendition is None or known is None:
            raise Conflict("no_zoom_size", _NO_ZOOM)
        now = self.clock.now()
        state = known.as_of(now)
        if state is ZoomState.REFUSED:
            raise Conflict("no_zoom_size", _NO_ZOOM)
        if state is ZoomState.NONE:
            order = RenderZoom(reference, picture.blob_id, user_id)
            self._order(order, known, now)
        is_made = state is ZoomState.MADE
        return Zoomed(found.view, media_id, picture.blob_id, rendition, is_made)

    def find(self, viewer: Viewer, text: str, media_id: str) -> Zoomed | None:
        """The zoom size of a photo in a published post that the viewer may see; None if it is not
        there. Nothing is ordered, so it costs nothing but two reads, whoever asks, however often.

        Raises `NotFound`.
        """
        view, post = self.viewing.published_as_stored(viewer, parse_post_id(text))
        medium = next((m for m in post.media if m.media_id == media_id), None)
        if medium is None:
            raise medium_not_found()
        picture, rendition = medium.picture, medium.zoom
        if picture is None or rendition is None:
            return None
        known = self.zooms.get(Reference.of(post.id, medium))
        if known is None or known.as_of(self.clock.now()) is not ZoomState.MADE:
            return None
        return Zoomed(view, media_id, picture.blob_id, rendition, is_made=True)

    def _order(self, order: RenderZoom, known: Zoom, now: datetime) -> None:
        """Order a zoom size, unless somebody else just did. If the message cannot be sent, the
        order lapses."""
        spending = self.limits.spending(order.viewer_id, now, zooms=1)
        if self.zooms.order(order.reference, known, now, spending):
            self.orders.send([order])
