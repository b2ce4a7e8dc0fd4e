"""Makes the links to media at the moment in which somebody is shown them."""

from __future__ import annotations

from dataclasses import dataclass

from shutterfeed.domain.links import EVIDENCE, PRIVATE, PUBLIC, Window, signed_query
from shutterfeed.ports.system import Clock


@dataclass(frozen=True, slots=True)
class MediumLinks:
    """The links to the files of one medium. They share one token."""

    folder: str
    query: str

    def to(self, name: str) -> str:
        """The link to the file with this name."""
        return f"{self.folder}/{name}?{self.query}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaLinks:
    """Signs links, with one HMAC a medium. Nothing that is cached or stored has links in it: they
    are signed when an answer is made."""

    base_url: str
    key: str
    clock: Clock

    def of(self, blob_id: str, media_id: str, *, private: bool) -> MediumLinks:
        """The links to a medium's files; with `private` for two hours at most, because not
        everybody may see it."""
        window = PRIVATE if private else PUBLIC
        return self._signed(blob_id, media_id, window)

    def evidence(self, blob_id: str) -> MediumLinks:
        """The links to a content's files for moderators: they are good for content that the edge
        shows nobody else."""
        return self._signed(blob_id, EVIDENCE, PRIVATE)

    def _signed(self, blob_id: str, media_id: str, window: Window) -> MediumLinks:
        expiry = window.expiry(self.clock.now(), blob_id)
        query = signed_query(self.key, blob_id, media_id, expiry)
        return MediumLinks(f"{self.base_url}/{blob_id}", query)
