"""The store in which the audit collects and compares what it reads: sets of facts, which may be
larger than memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol


class Kind(StrEnum):
    """The sets of facts. Each text says what the subject and the detail of its facts are."""

    ORIGINALS = "originals"
    """The stored originals. Subject: blob; detail: size."""
    BLOBS = "blobs"
    """The recorded blobs. Subject: blob."""
    EXPECTED_RENDITIONS = "expected_renditions"
    """The recorded renditions. Subject: blob; detail: name."""
    RENDITIONS = "renditions"
    """The stored renditions, without a SHA-256. Subject: blob; detail: name."""
    REFERENCES = "references_to_contents"
    """The recorded references. Subject: medium."""
    MEDIA = "media"
    """The media of posts. Subject: medium; detail: content type, and of a cropped one the crop."""
    SHOWN_MEDIA = "shown_media"
    """The media of posts that need a reference. Subject: medium."""
    ENTRIES = "entries"
    """The entries of the ledger. Subject: medium."""
    FINISHED_ENTRIES = "finished_entries"
    """The entries whose upload is no longer needed. Subject: medium."""
    UPLOADS = "uploads"
    """The stored uploads that are no longer on their way, without a SHA-256. Subject: medium."""
    LISTED_BLOCKS = "listed_blocks"
    """The blocks in their owners' lists, without a SHA-256. Subject: `<blocker>#<blocked>`."""
    PAIR_BLOCKS = "pair_blocks"
    """The blocks that pairs of users tell, in the same form."""
    LISTED_MUTES = "listed_mutes"
    """The mutes in their owners' lists that are not over, without a SHA-256. Subject:
    `<muter>#<end of the muted user's id>`."""
    PACKED_MUTES = "packed_mutes"
    """The packed mutes that are not over, in the same form."""
    COPIES = "copies"
    """The copies that are stored for too long, without a SHA-256. Subject: key."""


class Fact(NamedTuple):
    """A fact about something that is stored or recorded."""

    kind: Kind
    sha256: str
    subject: str
    """The id of a blob, a medium as `<post>#<medium>`, two users, or a key."""
    detail: str = ""


class Column(StrEnum):
    """The columns by which two facts are compared."""

    SHA256 = "sha256"
    SUBJECT = "subject"
    DETAIL = "detail"


CONTENT_AND_SUBJECT = (Column.SHA256, Column.SUBJECT)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The facts of one kind: all of them, or those that another kind lacks, or has."""

    of: Kind
    lacking: Kind | None = None
    """Only facts without an equal fact of this kind."""
    with_one: Kind | None = None
    """Only facts with an equal fact of this kind."""
    by: tuple[Column, ...] = CONTENT_AND_SUBJECT


Source = Callable[[], Iterable[Fact]]


class Evidence(Protocol):
    """Everything that one audit has read. Each fact counts once, however often it is added."""

    def gather(self, sources: Sequence[Source], progress: Callable[[str], None]) -> None:
        """Add the facts of all sources, several sources at the same time. `progress` is called with
        texts for the operator.

        Raises the error of a source that fails.
        """
        ...

    def find(self, comparison: Comparison) -> Iterator[tuple[str, str]]:
        """The SHA-256 and the subject of the facts found, each pair once."""
        ...

    def detail(self, kind: Kind, sha256: str, subject: str | None = None) -> str | None:
        """The detail of a fact, with any subject if none is given; None if there is no fact."""
        ...
