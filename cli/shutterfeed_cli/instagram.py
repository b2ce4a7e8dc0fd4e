"""The command `import-instagram`: makes posts from Instagram's own export, oldest first."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Final

from shutterfeed_cli import captions
from shutterfeed_cli.archive import Parts, open_archive
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.client.limits import MAX_CAPTION, MAX_MEDIA, MAX_PLACE_NAME
from shutterfeed_cli.context import Context
from shutterfeed_cli.errors import CliError, ExitCode, NetworkGone, NotSignedIn
from shutterfeed_cli.instagram_export import Export
from shutterfeed_cli.instagram_items import Item
from shutterfeed_cli.instagram_merging import merged
from shutterfeed_cli.journal import key_for
from shutterfeed_cli.media import examine
from shutterfeed_cli.planning import Wanted
from shutterfeed_cli.sources import Source
from shutterfeed_cli.unfinished import Unfinished
from shutterfeed_cli.uploading import account_journal, always, run_uploads
from shutterfeed_cli.wording import counted

_ROUGHLY: Final = 2
"""The decimal places of a degree, about a kilometre, for a place that nobody chose to show."""
_SHOWN: Final = 20
"""The number of remarks of one kind that are shown; of further ones only the number is."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A post, and those of its files that were found."""

    item: Item
    sources: Sequence[Source]


def import_archive(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Import the parts of an export. Raises `CliError`."""
    given = [open_archive(path) for path in asked.archives]
    with closing(account_journal(asked, context)) as journal:
        unfinished = Unfinished(journal)
        export = Export(Parts(given, lambda: unfinished.archives(given)))
        with _working(context):
            items = export.items(reels=asked.reels, stories=asked.stories, archived=asked.archived)
            items = _with_earlier(items, unfinished.posts)
            ready, waiting = _sorted_out(export, items, unfinished, incomplete=asked.incomplete)
        made = [post.item for post in ready]
        if not asked.dry_run:
            unfinished.begin(made, waiting, given)
        code = _import(asked, context, export, ready, waiting)
        if code is ExitCode.OK and not asked.dry_run:
            unfinished.finish(made, waiting)
    incomplete = waiting or export.is_damaged
    return ExitCode.SOME_FAILED if incomplete and code is ExitCode.OK else code


def _import(
    asked: argparse.Namespace,
    context: Context,
    export: Export,
    ready: Sequence[Ready],
    waiting: Sequence[Item],
) -> ExitCode:
    """Make the posts whose files are there. Raises `CliError` if there is nothing to import."""
    context.output.note(_found(len(ready), len(waiting)))
    posts = list(wanted(export, ready, exif_places=asked.exif_places))
    has_avatar = asked.profile_photo and _set_avatar(export, context, dry=asked.dry_run)
    _tell(export, context)
    if not (ready or waiting or has_avatar):
        empty = "There is nothing to import." if export.has_lists else export.why_empty()
        raise CliError(empty)
    code = run_uploads(asked, context, posts) if ready else ExitCode.OK
    failed = asked.profile_photo and not has_avatar
    return ExitCode.SOME_FAILED if failed and code is ExitCode.OK else code


@contextmanager
def _working(context: Context) -> Iterator[None]:
    """Show that the lists are being read, which takes a while for a large export."""
    if not context.output.draws:
        yield
        return
    with context.output.errors.status("Reading the lists of posts"):
        yield


def _found(ready: int, waiting: int) -> str:
    posts = f"{counted(ready, 'post')} to import."
    if not waiting:
        return posts
    more = counted(waiting, "more waits", "more wait")
    return (
        f"{posts} {more} for files that are in no archive so far: give the other zips of the"
        " export, now or later. --incomplete makes them without."
    )


def _with_earlier(items: Sequence[Item], earlier: Sequence[Item]) -> list[Item]:
    """The posts of this run and those that wait since earlier ones."""
    known = set(items)
    both = merged([*items, *(one for one in earlier if one not in known)]) if earlier else items
    return sorted(both, key=lambda item: (item.made or 0, item.files))


def _sorted_out(
    export: Export, items: Sequence[Item], unfinished: Unfinished, *, incomplete: bool
) -> tuple[list[Ready], list[Item]]:
    """The posts that can be made, and those that wait for files. A post whose files are not all
    there is made only with `incomplete`: otherwise the whole of it would be a second post later."""
    ready, waiting = [], []
    for item in items:
        sources, missing = export.sources(item)
        if missing and unfinished.is_done(item):
            continue
        if missing:
            what = "waits for"
            if incomplete:
                what = "is made without" if sources else "was left out: no archive has"
            export.remarks.add(f"{_capital(item.title)} {what} {', '.join(missing)}.", what)
        if sources and (incomplete or not missing):
            ready.append(Ready(item, sources))
        elif not incomplete:
            waiting.append(item)
    return ready, waiting


def _tell(export: Export, context: Context) -> None:
    for lines in export.remarks.by_kind.values():
        for remark in lines:
            context.output.event({"event": "remark", "message": remark})
        if context.output.as_json:
            continue
        for remark in lines[:_SHOWN]:
            context.output.note(remark)
        if (more := len(lines) - _SHOWN) > 0:
            context.output.note(f"… and {more:,} more of these: --json shows them all.")


def _set_avatar(export: Export, context: Context, *, dry: bool) -> bool:
    """Make the export's last profile photo the avatar, if not `dry`. Returns whether that could be
    done. Raises `NetworkGone` and `NotSignedIn`."""
    try:
        source = export.profile_photo()
        medium = examine(source, context.stop) if source else None
        if medium is None:
            export.remarks.add("There is no profile photo in the archive that can be used.")
            return False
        if dry:
            context.output.line(f"{medium.source.name}: would become your avatar")
            return True
        key = key_for([medium.sha256], attempt=1, when="avatar")
        link = context.api.set_avatar(medium.declaration(), key)["upload"]
        if link is not None:
            context.api.upload(link, medium)
    except (NetworkGone, NotSignedIn):
        raise
    except CliError as error:
        export.remarks.add(f"The profile photo cannot be used: {error}")
        return False
    context.output.event({"event": "avatar", "file": medium.source.name})
    if not context.output.as_json:
        context.output.note("The last profile photo becomes your avatar.")
    return True


def wanted(
    export: Export, posts: Sequence[Ready], *, exif_places: bool = False
) -> Iterator[Wanted]:
    """The posts to make, in order. Remarks are added for what cannot be imported.

    With `exif_places`, posts without a place get the rounded one from a photo's metadata.
    """
    unshown = sum(1 for post in posts if post.item.taken_at_point and not post.item.point)
    if unshown and not exif_places:
        export.remarks.add(
            f"Photos of {counted(unshown, 'post')} say where they were taken. That was"
            " left out; --exif-places includes it, rounded to about a kilometre."
        )
    for post in posts:
        item = post.item
        caption = captions.tidy(item.caption)
        if len(caption) > MAX_CAPTION:
            export.remarks.add(
                f"The caption of {item.title} has {len(caption):,} characters and was cut to"
                f" {MAX_CAPTION:,}.",
                "cut",
            )
        place = _place(item, exif_places=exif_places)
        albums = list(_albums(post.sources))
        if len(albums) > 1:
            export.remarks.add(
                f"{_capital(item.title)} has {len(post.sources)} files and became {len(albums)}"
                " posts.",
                "divided",
            )
        for album in albums:
            yield Wanted(
                album,
                always(captions.shortened(caption)),
                place=place,
                taken_at=item.taken_at,
                per_post=MAX_MEDIA,
                whole=True,
                when=item.post_id or item.taken_at or "",
                named=True,
                sensitive=item.sensitive,
                comments_from=item.comments_from,
                crops=item.crops,
            )


def _albums(sources: Sequence[Source]) -> Iterator[Sequence[Source]]:
    for start in range(0, len(sources), MAX_MEDIA):
        yield sources[start : start + MAX_MEDIA]


def _place(item: Item, *, exif_places: bool) -> Json | None:
    """The post's place in the export, or with `exif_places` roughly where a photo was taken; None
    if there is none."""
    name = captions.shortened(captions.tidy(item.place_name), MAX_PLACE_NAME)
    if name and item.point:
        latitude, longitude = item.point
        return {"name": name, "latitude": latitude, "longitude": longitude}
    if exif_places and item.taken_at_point:
        latitude, longitude = (round(degrees, _ROUGHLY) for degrees in item.taken_at_point)
        return {
            "name": name or _degrees(latitude, longitude),
            "latitude": latitude,
            "longitude": longitude,
        }
    return {"name": name} if name else None


def _degrees(latitude: float, longitude: float) -> str:
    north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
    return f"{abs(latitude)}° {north}, {abs(longitude)}° {east}"


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
