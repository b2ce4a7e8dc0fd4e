"""The command `import-instagram`: makes posts from Instagram's own export, oldest first."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import Final

from shutterfeed_cli import captions
from shutterfeed_cli.archive import Export, Item, open_archive
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.client.limits import MAX_CAPTION, MAX_MEDIA, MAX_PLACE_NAME
from shutterfeed_cli.context import Context
from shutterfeed_cli.errors import CliError, ExitCode
from shutterfeed_cli.journal import key_for
from shutterfeed_cli.media import examine
from shutterfeed_cli.planning import Wanted
from shutterfeed_cli.sources import Source
from shutterfeed_cli.uploading import always, run_uploads

_ROUGHLY: Final = 2
"""The decimal places of a degree, about a kilometre, for a place that nobody chose to show."""
_SHOWN: Final = 20
"""The number of remarks that are shown; of further ones only the number is."""


def import_archive(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Import an archive. Raises `CliError`."""
    export = Export(open_archive(asked.archive))
    items = export.items(reels=asked.reels, stories=asked.stories)
    context.output.note(f"{len(items):,} posts in the archive.")
    from_photos = asked.places == "from-photos"
    code = run_uploads(asked, context, wanted(export, items, from_photos=from_photos))
    if asked.profile_photo and not (asked.dry_run or context.stop.asked):
        _set_avatar(export, context)
    for remark in export.remarks.lines:
        context.output.event({"event": "remark", "message": remark})
    if not context.output.as_json:
        for remark in export.remarks.lines[:_SHOWN]:
            context.output.note(remark)
        if (more := len(export.remarks.lines) - _SHOWN) > 0:
            context.output.note(f"… and {more:,} more remarks: --json shows them all.")
    return code


def _set_avatar(export: Export, context: Context) -> None:
    """Make the export's last profile photo the avatar. Raises `CliError`."""
    source = export.profile_photo()
    try:
        medium = examine(source, context.stop) if source else None
    except CliError as error:
        export.remarks.add(f"The profile photo cannot be used: {error}")
        return
    if medium is None:
        export.remarks.add("There is no profile photo in the archive that can be used.")
        return
    key = key_for([medium.sha256], attempt=1, when="avatar")
    link = context.api.set_avatar(medium.declaration(), key)["upload"]
    if link is not None:
        context.api.upload(link, medium)
    context.output.event({"event": "avatar", "file": medium.source.name})
    if not context.output.as_json:
        context.output.note("The last profile photo becomes your avatar.")


def wanted(export: Export, items: Sequence[Item], *, from_photos: bool = False) -> Iterator[Wanted]:
    """The posts to make, in order. Remarks are added for what cannot be imported.

    With `from_photos`, posts without a place get the rounded one from a photo's metadata.
    """
    unshown = sum(1 for item in items if item.taken_at_point and not item.point)
    if unshown and not from_photos:
        export.remarks.add(
            f"Photos of {unshown:,} post{'s' * (unshown > 1)} say where they were taken. That was"
            " left out; --places from-photos includes it, rounded to about a kilometre."
        )
    for item in items:
        caption = captions.tidy(item.caption)
        if len(caption) > MAX_CAPTION:
            export.remarks.add(
                f"The caption of {_named(item)} has {len(caption):,} characters and was cut to"
                f" {MAX_CAPTION:,}."
            )
        place = _place(export, item, from_photos=from_photos)
        albums = list(_albums(export.sources(item)))
        if len(albums) > 1:
            export.remarks.add(
                f"{_named(item)} has {len(item.files)} files and became {len(albums)} posts."
            )
        for album in albums:
            yield Wanted(
                album,
                always(captions.shortened(caption)),
                place=place,
                taken_at=item.taken_at,
                per_post=MAX_MEDIA,
                whole=True,
                when=item.taken_at,
            )


def _albums(sources: Sequence[Source]) -> Iterator[Sequence[Source]]:
    for start in range(0, len(sources), MAX_MEDIA):
        yield sources[start : start + MAX_MEDIA]


def _place(export: Export, item: Item, *, from_photos: bool) -> Json | None:
    """The post's place in the export, or with `from_photos` roughly where a photo was taken; None
    if there is none."""
    name = captions.shortened(captions.tidy(item.place_name), MAX_PLACE_NAME)
    if name and item.point:
        latitude, longitude = item.point
        return {"name": name, "latitude": latitude, "longitude": longitude}
    if from_photos and item.taken_at_point:
        latitude, longitude = (round(degrees, _ROUGHLY) for degrees in item.taken_at_point)
        return {
            "name": name or _degrees(latitude, longitude),
            "latitude": latitude,
            "longitude": longitude,
        }
    if name:
        export.remarks.add(
            f"The place of {_named(item)}, {name}, is in the export without a point on the map, and"
            " could not be kept."
        )
    return None


def _degrees(latitude: float, longitude: float) -> str:
    north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
    return f"{abs(latitude)}° {north}, {abs(longitude)}° {east}"


def _named(item: Item) -> str:
    return f"the post of {item.taken_at[:10]}"
