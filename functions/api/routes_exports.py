"""The routes of exports: everything of a user's own as ZIP files."""

from __future__ import annotations

from api.http import Call, route
from api.models_exports import ExportBody, Exports
from shutterfeed.domain.users import EVERY_STANDING


@route("POST", "/me/exports", returns=ExportBody, status=202, limited=True, open_to=EVERY_STANDING)
def create_export(call: Call) -> ExportBody:
    """Begin an export of everything of the caller's own: posts with their original files, profile
    and settings, likes, comments, saves, follows, blocks and mutes.

    It is made in the background; `GET /me/exports` says how far it is, and has the links. While one
    is being made, the answer is that one. A new one takes the place of an earlier one, whose files
    go. Whoever has begun 3 within a day gets 429 `limit_reached` with the limit `exports`.
    """
    return ExportBody.of(call.services.exports.begin(call.user_id, call.account_name))


@route("GET", "/me/exports", returns=Exports, open_to=EVERY_STANDING)
def list_exports(call: Call) -> Exports:
    """Get the caller's last export, with new links to its parts if it is ready.

    It can be downloaded for four days. A link is valid for an hour at most, so ask again for each
    download.
    """
    return Exports([ExportBody.of(view) for view in call.services.exports.all(call.user_id)])


@route("DELETE", "/me/exports/{export_id}", status=204, errors=(404,), open_to=EVERY_STANDING)
def delete_export(call: Call) -> None:
    """Stop an export, or remove what it has made. Nothing changes if that was done already."""
    call.services.exports.discard(call.user_id, call.path["export_id"])
