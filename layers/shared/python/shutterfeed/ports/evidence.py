"""Where the audit puts what it reads, and compares it: sets of facts, larger than memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol


class Kind(StrEnum):
    """The sets of facts, and what a fact of each has beside the SHA-256 and the subject."""

    ORIGINALS = "originals"
    """Stored; by blob, with its size."""
    BLOBS = "blobs"
    """Recorded; by blob."""
    EXPECTED_RENDITIONS = "expected_renditions"
    """Recorded; by blob, with a name each."""
    RENDITIONS = "renditions"
    """Stored; by blob, with a name each, and without a SHA-256."""
    REFERENCES = "references_to_contents"
    """Recorded; by medium."""
    MEDIA = "media"
    """Of posts; by medium, with its content type."""
    SHOWN_MEDIA = "shown_media"
    """Those of posts that need a reference; by medium."""
    ENTRIES = "entries"
    """Of the ledger; by medium."""
    FINISHED_ENTRIES = "finished_entries"
    """Those whose upload is no longer needed; by medium."""
    UPLOADS = "uploads"
    """Stored, and not on their way any more; by medium, without a SHA-256."""
    COPIES = "copies"
    """Stored for longer than a copy should be; by key, without a SHA-256."""


class Fact(NamedTuple):
    """Something that is stored or recorded."""

    kind: Kind
    sha256: str
    subject: str
    """A blob's id, a medium as `<post>#<medium>`, or a key."""
    detail: str = ""


class Column(StrEnum):
    """By what two facts are told to be about the same."""

    SHA256 = "sha256"
    SUBJECT = "subject"
    DETAIL = "detail"


CONTENT_AND_SUBJECT = (Column.SHA256, Column.SUBJECT)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The facts of one kind: all of them, or those that another kind lacks, or has."""

    of: Kind
    lacking: Kind | None = None
    """Only those without a fact of this kind about the same."""
    with_one: Kind | None = None
    """Only those with one."""
    by: tuple[Column, ...] = CONTENT_AND_SUBJECT


Source = Callable[[], Iterable[Fact]]


class Evidence(Protocol):
    """All that one audit has read. Each fact counts once, however often it is told."""

    def gather(self, sources: Sequence[Source], progress: Callable[[str], None]) -> None:
        """Take in the facts of all sources, several sources at a time, telling how far it is.

        Raises what a source raises.
        """
        ...

    def find(self, comparison: Comparison) -> Iterator[tuple[str, str]]:
        """The SHA-256 and the subject of what is found, each pair once."""
        ...

    def detail(self, kind: Kind, sha256: str, subject: str | None = None) -> str | None:
        """That of one such fact, of any subject if none is given; None if there is no fact."""
        ...
