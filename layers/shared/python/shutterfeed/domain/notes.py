"""Notes: what a published photo or video lost, told to its owner.

A file may hold something that cannot be shown: sound of an unknown kind, an animation that becomes
a still. It is published all the same, and a note says what is missing. What is not worth publishing
is refused instead, with a failure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

NoteCode = Literal["sound_left_out", "animation_left_out", "pictures_left_out", "incomplete"]
"""What was lost: all sound, all movement, further pictures of the file, or part of the picture."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something of a file that could not be kept. `code` is for machines and stays stable;
    `message` is a sentence for the owner of the photo or video."""

    code: NoteCode
    message: str
