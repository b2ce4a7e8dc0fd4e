"""The zoom size: a rendition of a photo for people who enlarge it, made when it is first asked for.

It is asked for, made and noted medium by medium, also where media share a content: whether somebody
else has the same photo must not be told by how soon a size is there.

    none ──asked for──> ordered ──made──> made ──gone soon──> ordered
                           └────refused──> refused ──a day later──> ordered

The bucket's lifecycle removes it `ZOOM_RETENTION` after it was made. Whoever asks then has it made
again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from math import sqrt
from typing import Final

from shutterfeed.domain.links import PUBLIC
from shutterfeed.domain.photos import PlannedRendition, RenditionSpec, plan

ZOOM: Final = RenditionSpec("2048.webp", 2048, "webp", quality=80)
"""The rendition, with its greatest width. What is stored of a medium has a name of its own."""
MOST_PIXELS: Final = 2048 * 2048
"""Its greatest number of pixels: a tall photo is less wide."""
LEAST_GAIN: Final = 1.1
"""How many times wider it is at least than the largest other rendition: with less, nobody would see
more in it."""

ZOOM_RETENTION: Final = timedelta(days=90)
"""How long the bucket's lifecycle keeps it at least."""
RETRY_SECONDS: Final = 2
"""When to ask again for one that is being made."""
_ORDER_LASTS: Final = timedelta(minutes=2)
"""How long an order is waited for before the next one, in case its message was never sent. It is
longer than the making takes."""
_REFUSAL_LASTS: Final = timedelta(days=1)
"""How long a photo is refused: its renderer may have been slow for once."""
_LINKS_LAST: Final = timedelta(seconds=PUBLIC.lifetime)


@lru_cache(maxsize=4096)
def plan_zoom(width: int, height: int) -> tuple[PlannedRendition, ...]:
    """The zoom size to make of a photo with this upright size, as the only rendition; none if the
    photo is hardly larger than the renditions that it has."""
    scale = min(1.0, ZOOM.width / width, sqrt(MOST_PIXELS / (width * height)))
    own_width, own_height = max(1, round(width * scale)), max(1, round(height * scale))
    largest = max(planned.width for planned in plan(width, height))
    if own_width < LEAST_GAIN * largest:
        return ()
    return (PlannedRendition(ZOOM, own_width, own_height, None),)


def zoom_name(media_id: str) -> str:
    """The file name of a medium's zoom size. Nobody can find it out for a medium that they do not
    know, and it names nobody."""
    return f"2048-{hashlib.sha256(media_id.encode()).hexdigest()[:16]}.webp"


class ZoomState(StrEnum):
    NONE = "none"
    ORDERED = "ordered"
    MADE = "made"
    REFUSED = "refused"
    """It cannot be made: the photo takes too much memory, for example, or took too long."""


_LAST: Final = {
    ZoomState.NONE: timedelta(),
    ZoomState.ORDERED: _ORDER_LASTS,
    ZoomState.MADE: ZOOM_RETENTION - _LINKS_LAST,
    ZoomState.REFUSED: _REFUSAL_LASTS,
}


@dataclass(frozen=True, slots=True)
class Zoom:
    """The state of a medium's zoom size, and since when it is so."""

    state: ZoomState = ZoomState.NONE
    at: datetime | None = None

    def as_of(self, now: datetime) -> ZoomState:
        """The state that counts now. An order lapses after two minutes. What was made counts for as
        long as a link to it that is given now will find it; a refusal counts for a day."""
        is_over = self.at is None or now >= self.at + _LAST[self.state]
        return ZoomState.NONE if is_over else self.state
