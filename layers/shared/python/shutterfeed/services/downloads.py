"""Downloads give owners their originals back, as they came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shutterfeed.domain.errors import Conflict
from shutterfeed.domain.limits import Limits
from shutterfeed.domain.media import DOWNLOAD_LINK_LIFETIME, Medium
from shutterfeed.ports.limits import Allowances
from shutterfeed.ports.media import Blobs, Downloads
from shutterfeed.ports.moderation import Withholdings
from shutterfeed.ports.system import Clock
from shutterfeed.ports.uploads import Ledger
from shutterfeed.services.uploads import find_upload


@dataclass(frozen=True, slots=True)
class Download:
    """The location of a medium's bytes, and what they are."""

    medium: Medium
    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadService:
    ledger: Ledger
    blobs: Blobs
    withholdings: Withholdings
    downloads: Downloads
    allowances: Allowances
    limits: Limits
    clock: Clock

    def original(self, owner_id: str, media_id: str) -> Download:
        """A link to the bytes that the owner uploaded, for as long as they are kept. What was
        refused as no picture is not given back, nor what a moderator withholds.

        The bytes are copied for that. A copy serves for a day, so that asking again costs nothing.
        Raises `NotFound`, `LimitReached`, and `Conflict` if the bytes have not been stored, or are
        withheld.
        """
        upload = find_upload(self.ledger, owner_id, media_id)
        medium = upload.medium
        reference = upload.reference
        # Who declares a hash has not shown that they have the file: only bytes that came and were
        # hashed here are referred to.
        referred = self.blobs.is_referred_to_by(reference)
        blob = self.blobs.get(reference.sha256) if referred else None
        if blob is None or (blob.failure is not None and blob.failure.is_no_picture):
            raise Conflict("not_stored", "The bytes of this file are not stored.")
        if self.withholdings.cases(medium.sha256):
            raise Conflict("not_given_out", "This file is not given out.")
        now = self.clock.now()
        expires_at = now + DOWNLOAD_LINK_LIFETIME
        if not upload.has_copy(now):
            self.allowances.spend(self.limits.spending(owner_id, now, originals=1))
            self.downloads.copy(blob, upload)
            # Noted last: a run that dies before only makes the copy again.
            self.ledger.mark_copied(owner_id, media_id, now)
        return Download(medium, self.downloads.offer(upload, expires_at, now), expires_at)
