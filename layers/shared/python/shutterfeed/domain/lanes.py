"""Each user's share of the quick way through processing, so that nobody waits for another's work.

The steps that process uploads have two queues. Uploads within their user's share take the first
one, those beyond it the bulk queue, which has executions of its own. `docs/media.md` says what
follows from the numbers.
"""

from __future__ import annotations

from math import ceil
from typing import Final

from shutterfeed.domain.limits import Allowance, Charge
from shutterfeed.domain.media import Medium
from shutterfeed.domain.videos import VideoFacts, predicted_seconds

_UPLOADS: Final = Allowance(at_once=10, per_hour=720)
"""A post of ten media at once, then one upload every five seconds."""
_TRANSCODING: Final = Allowance(at_once=60, per_hour=1_800)
"""Seconds of the transcoder. The first video passes whatever its length; after it the user waits
twice as long as it is predicted to take. So nobody occupies more than one execution for long."""
_ANIMATION_SECONDS: Final = 10
"""The work that an animated picture counts as: its declaration says nothing of its frames."""

UPLOAD_CHARGE: Final = Charge("uploads", 1, _UPLOADS)


def transcoding_charge(medium: Medium) -> Charge:
    """What a video or animated picture takes from its user's share of the transcoder."""
    seconds = float(_ANIMATION_SECONDS)
    if medium.width and medium.height:
        facts = VideoFacts(medium.width, medium.height, None, medium.duration_ms, has_audio=False)
        seconds = predicted_seconds(facts, medium.size)
    return Charge("transcoding", ceil(seconds), _TRANSCODING, overdraws=True)
