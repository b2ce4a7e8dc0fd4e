"""The command `upload`, and what it shares with imports: one run, from Ctrl-C to summary."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from shutterfeed_cli import captions
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.client.http import ATTEMPTS
from shutterfeed_cli.client.limits import MAX_CAPTION, MAX_MEDIA, MAX_PLACE_NAME
from shutterfeed_cli.client.transfer import Transfer
from shutterfeed_cli.context import Context
from shutterfeed_cli.errors import CliError, ExitCode, NotSignedIn, Stopped, UsageError
from shutterfeed_cli.journal import Journal, open_journal
from shutterfeed_cli.ledger import refresh_ledger
from shutterfeed_cli.media import Medium, find
from shutterfeed_cli.output import UploadReport
from shutterfeed_cli.planning import Outcome, Wanted
from shutterfeed_cli.sources import reading
from shutterfeed_cli.stopping import on_interrupt
from shutterfeed_cli.uploads import Uploader
from shutterfeed_cli.waiting import Waiting

Caption = Callable[[Sequence[Medium]], str]

_PLACE: Final = re.compile(r"(?P<name>.+)@(?P<latitude>[-+.\d]+),(?P<longitude>[-+.\d]+)")
_HINT: Final = "Run the same command again to go on: nothing is uploaded twice."


def upload(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Raises `CliError`."""
    for path in asked.paths:
        if not path.exists():
            raise UsageError(f"There is no {path}.")
    caption, place = _caption(asked), parse_place(asked.place) if asked.place else None
    return run_uploads(asked, context, _wanted(asked, caption, place))


def run_uploads(asked: argparse.Namespace, context: Context, groups: Iterable[Wanted]) -> ExitCode:
    """Upload, wait, sum up. Raises `CliError`."""
    context.connections, context.attempts = 2 * asked.parallel + 2, ATTEMPTS
    user_id = context.session.user_id or context.api.me()["id"]
    journal = open_journal(context.session.site.url, user_id)
    report = UploadReport(context.output)
    overdue = _Overdue(report)
    context.stop.on_overdue(overdue)
    try:
        with on_interrupt(context.stop, second=report.stop_drawing):
            return _run(asked, context, groups, journal, report)
    finally:
        report.stop_drawing()
        context.stop.done()
        journal.close()


def _run(
    asked: argparse.Namespace,
    context: Context,
    groups: Iterable[Wanted],
    journal: Journal,
    report: UploadReport,
) -> ExitCode:
    published: int | None = None
    ended: CliError | None = None
    interrupted = False
    try:
        with ThreadPoolExecutor(1, "ledger") as reader:
            # Signing in and reading take a while, in which files are looked at.
            ledger = reader.submit(refresh_ledger, context.api, journal, whole=asked.reread)
            uploader = Uploader(
                api=context.api,
                transfer=Transfer(context.client, context.api, context.patience),
                journal=journal,
                stop=context.stop,
                watcher=report,
                parallel=asked.parallel,
                dry=asked.dry_run,
                ready=ledger.result,
            )
            uploader.run(groups)
        if not (asked.no_wait or asked.dry_run):
            published = _wait(asked, context, journal, report)
    except Stopped:
        interrupted = True
    except CliError as error:
        if isinstance(error, NotSignedIn) and not report.results:
            raise
        ended = error
    state = "dry run" if asked.dry_run else "done"
    if interrupted or ended:
        state = "interrupted" if interrupted else "ended early"
    hint = _HINT if interrupted else str(ended) if ended else ""
    report.summary(state=state, published=published, hint=hint)
    if interrupted:
        return ExitCode.INTERRUPTED
    if ended is not None:
        return ended.exit_code
    return ExitCode.SOME_FAILED if report.count(Outcome.FAILED) else ExitCode.OK


def _wait(
    asked: argparse.Namespace, context: Context, journal: Journal, report: UploadReport
) -> int:
    """How many of the uploaded files are published in time."""
    uploaded = [one for one in report.results if one.outcome is Outcome.UPLOADED and one.media_id]
    waiting = Waiting(context.api, journal, context.stop, patience=asked.wait)
    settled = waiting.settled(
        uploaded, lambda left: report.waiting(f"{left:,} files are being processed")
    )
    report.published(settled)
    published = sum(one.outcome is Outcome.UPLOADED for one in settled)
    if late := len(uploaded) - len(settled):
        context.output.note(f"{late:,} files are still being processed: see `shutterfeed status`.")
    return published


class _Overdue:
    """What happens when a request does not end though it was asked to: sum up, and end."""

    def __init__(self, report: UploadReport) -> None:
        self._report = report

    def __call__(self) -> None:
        self._report.summary(state="interrupted", published=None, hint=_HINT)
        os._exit(ExitCode.INTERRUPTED)


def _wanted(asked: argparse.Namespace, caption: Caption, place: Json | None) -> Iterator[Wanted]:
    for _, sources in find(asked.paths):
        groups = [sources] if asked.album else [[source] for source in sources]
        for group in groups:
            yield Wanted(
                group,
                caption,
                place=place,
                per_post=MAX_MEDIA if asked.album else 1,
                keep_capture_details=asked.keep_capture_details,
            )


def _caption(asked: argparse.Namespace) -> Caption:
    if asked.caption is not None:
        fixed = captions.tidy(asked.caption)
        if len(fixed) > MAX_CAPTION:
            raise UsageError(f"A caption has at most {MAX_CAPTION:,} characters.")
        return always(fixed)
    return caption_of(asked.caption_from)


def caption_of(kind: str | None) -> Caption:
    """Captions from files' names or from what is in them; none if `kind` is None."""
    match kind:
        case "filename":
            return _first(lambda medium: captions.from_name(medium.source.stem))
        case "exif":
            return _first(_from_exif)
    return always("")


def always(text: str) -> Caption:
    """The same for every post."""

    def say(_: Sequence[Medium]) -> str:
        return text

    return say


def _first(caption_of: Callable[[Medium], str]) -> Caption:
    """An album's caption is the first that one of its files has."""
    return lambda media: captions.shortened(next(filter(None, map(caption_of, media)), ""))


def _from_exif(medium: Medium) -> str:
    if medium.is_video:
        return ""
    try:
        with reading(medium.source) as file:
            return captions.from_photo(file)
    except (OSError, CliError):
        return ""  # Whoever sends the file says what is wrong with it.


def parse_place(text: str) -> Json:
    """`NAME@LAT,LON` as the service wants it. Raises `UsageError`."""
    match = _PLACE.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        latitude, longitude = float(match["latitude"]), float(match["longitude"])
    except ValueError:
        raise UsageError(
            f"A place looks like 'Tempelhofer Feld@52.473,13.402', not {text!r}."
        ) from None
    name = captions.tidy(match["name"])
    fits = 1 <= len(name) <= MAX_PLACE_NAME and abs(latitude) <= 90 and abs(longitude) <= 180
    if not fits:
        raise UsageError(
            f"A place has a name of at most {MAX_PLACE_NAME} characters, a latitude from -90 to 90"
            " and a longitude from -180 to 180."
        )
    return {"name": name, "latitude": latitude, "longitude": longitude}
