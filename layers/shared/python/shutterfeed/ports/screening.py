"""Detectors, which look for something in new pictures and texts, and who is told what they find."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from shutterfeed.domain.media import Blob
from shutterfeed.domain.screening import Finding, Seen


class ContentDetector(Protocol):
    """Looks at contents: a list of perceptual hashes, or a classifier."""

    def in_content(self, blob: Blob) -> Sequence[Finding]:
        """What it finds in a content that has been rendered."""
        ...


class TextDetector(Protocol):
    """Looks at what people write: a list of words."""

    def in_text(self, text: str) -> Sequence[Finding]:
        """What it finds in a text."""
        ...


class CaseOpener(Protocol):
    """Takes findings to the moderators."""

    def open(self, seen: Seen, findings: Sequence[Finding]) -> None:
        """Open a case about what was seen, or add to the one there is; if a finding blocks, hide
        what was seen at once. Findings that only match are none for moderators.

        A repetition changes nothing, also if a moderator has undone what the first did.
        """
        ...


class FindingsLog(Protocol):
    """The log in which operators read what detectors have found."""

    def note(self, subject: str, finding: Finding) -> None:
        """Note a finding in a medium, post, comment or profile."""
        ...
