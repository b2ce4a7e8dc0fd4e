"""The mismatches that the audit finds: what is stored and what is recorded differ."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mismatch(StrEnum):
    OBJECT_WITHOUT_ROW = "object_without_row"
    """An original that no blob row names. If a post shows that content, its row is restored."""
    ROW_WITHOUT_OBJECT = "row_without_object"
    """A blob row whose original is gone: reported. The next upload of it puts it back, since no
    claim believes a row."""
    MISSING_RENDITION = "missing_rendition"
    """A ready blob that lacks renditions: rendered again."""
    RENDITION_WITHOUT_ROW = "rendition_without_row"
    REFERENCE_WITHOUT_POST = "reference_without_post"
    """A reference that keeps a content longer than needed: reported."""
    MEDIUM_WITHOUT_REFERENCE = "medium_without_reference"
    """A shown medium whose content might be collected: referred to again."""
    ENTRY_WITHOUT_POST = "entry_without_post"
    """Ledger entries of a post that is gone: the collector is told."""
    UPLOAD_WITHOUT_ENTRY = "upload_without_entry"
    """An upload that no ledger entry speaks of, and that does not expire. If no post has such a
    medium, it is marked to expire."""
    UPLOAD_KEPT = "upload_kept"
    """An upload whose medium is ready or has failed, and that does not expire. If its original
    is stored, or it was refused, it is marked to expire."""
    COPY_KEPT = "copy_kept"
    """A copy in the uploads bucket that the lifecycle should have taken: reported, as that rule is
    not at work."""
    BLOCK_WITHOUT_PAIR = "block_without_pair"
    """A block in its owner's list that the pair of the two does not tell: reported. It hides
    nothing; blocking once more after taking it back mends it."""
    PAIR_WITHOUT_BLOCK = "pair_without_block"
    """A block that no list has: reported. Its owner cannot see it."""
    MUTE_NOT_PACKED = "mute_not_packed"
    """A mute in its owner's list that hides nothing: reported."""
    MUTE_NOT_LISTED = "mute_not_listed"
    """A mute that its owner's list does not have: reported."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    kind: Mismatch
    sha256: str
    """The content's SHA-256. Empty for renditions and uploads, which do not tell it, and for blocks
    and mutes."""
    subject: str
    """The blob's id, `<post>#<medium>`, a copy's key, or `<user>#<user>`."""
    repaired: bool = False
