"""The JSON of exports."""

from __future__ import annotations

from msgspec import Struct

from api.models import Instant
from shutterfeed.domain.exports import ExportState
from shutterfeed.services.exports import ExportView


class ExportPartBody(Struct):
    """One ZIP file of an export, which can be opened by itself. `url` leads to it until
    `url_expires_at`, at most an hour; `GET /me/exports` gives a new one. Both are null while the
    export is not ready."""

    number: int
    bytes: int
    files: int
    url: str | None
    url_expires_at: Instant | None


class ExportBody(Struct):
    """An export of everything of the caller's own. Its `state` is `building`, `ready` until
    `expires_at`, then `expired`; or `failed`, if it did not come to an end. `posts_total` and
    `bytes_total` are the published posts and the originals that there were when it was begun: those
    that are `done` may be more, as deleted posts are exported, too. `bytes` is the size of its
    parts."""

    id: str
    state: ExportState
    begun_at: Instant
    ready_at: Instant | None
    expires_at: Instant | None
    posts_done: int
    posts_total: int
    bytes_done: int
    bytes_total: int
    bytes: int
    parts: list[ExportPartBody]

    @classmethod
    def of(cls, view: ExportView) -> ExportBody:
        export = view.export
        urls = view.links or (None,) * len(export.parts)
        parts = [
            ExportPartBody(number, part.size, part.files, url, view.links_expire_at)
            for number, (part, url) in enumerate(zip(export.parts, urls, strict=True), start=1)
        ]
        return cls(
            export.id,
            view.state,
            export.begun_at,
            export.ready_at,
            export.expires_at,
            export.posts_done,
            export.posts_total,
            export.bytes_done,
            export.bytes_total,
            export.size,
            parts,
        )


class Exports(Struct):
    """The caller's last export, or none."""

    items: list[ExportBody]
