"""The command `upload`, and the run of uploads that it shares with `import-instagram`."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from shutterfeed_cli import captions
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.client.http import ATTEMPTS
from shutterfeed_cli.client.limits import MAX_CAPTION, MAX_MEDIA, MAX_PLACE_NAME
from shutterfeed_cli.client.transfer import Transfer
from shutterfeed_cli.context import Context
from shutterfeed_cli.errors import (
    CliError,
    ExitCode,
    FileTrouble,
    NotSignedIn,
    Stopped,
    UsageError,
)
from shutterfeed_cli.journal import Journal, open_journal
from shutterfeed_cli.ledger import refresh_ledger
from shutterfeed_cli.media import Medium, find
from shutterfeed_cli.planning import Outcome, Wanted
from shutterfeed_cli.reporting import UploadReport
from shutterfeed_cli.sources import reading
from shutterfeed_cli.stopping import Stop, on_interrupt
from shutterfeed_cli.uploads import Uploader
from shutterfeed_cli.waiting import Waiting
from shutterfeed_cli.wording import counted

Caption = Callable[[Sequence[Medium]], str]

_POINT: Final = re.compile(r"(?P<latitude>[-+.\d]+),(?P<longitude>[-+.\d]+)")
_HINT: Final = "Run the same command again to continue: nothing is uploaded twice."


def upload(asked: argparse.Namespace, context: Context) -> ExitCode:
    """Upload files and folders. Raises `CliError`."""
    for path in asked.paths:
        _check(path)
    caption, place = _caption(asked), parse_place(asked.place) if asked.place else None
    return run_uploads(asked, context, _wanted(asked, caption, place))


def _check(path: Path) -> None:
    """Raises `UsageError` if there is no such file or folder, and `FileTrouble` if that cannot be
    known."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UsageError(f"There is no {path}.") from error
    except OSError as error:
        raise FileTrouble(error) from error


def run_uploads(asked: argparse.Namespace, context: Context, groups: Iterable[Wanted]) -> ExitCode:
    """Upload files, wait until they are published, or ready if they are to be published later, and
    print a summary. Raises `CliError`."""
    journal = account_journal(asked, context)
    report = UploadReport(context.output, every_file=asked.verbose or asked.dry_run)
    overdue = _Overdue(report)
    context.stop.on_overdue(overdue)
    try:
        with on_interrupt(context.stop, second=report.stop_drawing):
            return _run(asked, context, groups, journal, report)
    finally:
        report.stop_drawing()
        context.stop.done()
        journal.close()


def account_journal(asked: argparse.Namespace, context: Context) -> Journal:
    """The journal of whoever is signed in, for a run of uploads. Raises `CliError`."""
    context.connections, context.attempts = 2 * asked.parallel + 2, ATTEMPTS
    user_id = context.session.user_id or context.api.me()["id"]
    return open_journal(context.session.site.url, user_id)


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
            # Signing in and reading the ledger take a while; files are examined meanwhile.
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
            listed = _listed(groups, context.stop)
            report.expect(listed)
            uploader.run(listed)
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


def _listed(groups: Iterable[Wanted], stop: Stop) -> list[Wanted]:
    """All groups, before the first is uploaded: so it is known how much there is to do. Raises
    `Stopped`."""
    listed = []
    for group in groups:
        stop.check_new()
        listed.append(group)
    return listed


def _wait(
    asked: argparse.Namespace, context: Context, journal: Journal, report: UploadReport
) -> int | None:
    """Wait for the uploaded files. Returns how many of them were published in time; None if they
    wait for a later moment."""
    uploaded = [one for one in report.results if one.outcome is Outcome.UPLOADED and one.media_id]
    waiting = Waiting(context.api, journal, context.stop, patience=asked.wait)

    def show(left: int) -> None:
        report.waiting(_in_work(left))

    if asked.publish_at is not None:
        report.published(waiting.wait_for_failed(uploaded, show))
        if report.count(Outcome.UPLOADED):
            context.output.note(f"To be published at {asked.publish_at:%Y-%m-%d %H:%M %Z}.")
        return None
    final = waiting.wait_for(uploaded, show)
    report.published(final)
    published = sum(one.outcome is Outcome.UPLOADED for one in final)
    if late := len(uploaded) - len(final):
        context.output.note(f"{_in_work(late)}: see `shutterfeed status`.")
    return published


def _in_work(files: int) -> str:
    return counted(files, "file is being processed", "files are being processed")


class _Overdue:
    """Prints the summary and ends the process, if a request does not end after Ctrl-C."""

    def __init__(self, report: UploadReport) -> None:
        self._report = report

    def __call__(self) -> None:
        self._report.summary(state="interrupted", published=None, hint=_HINT)
        os._exit(ExitCode.INTERRUPTED)


def _wanted(asked: argparse.Namespace, caption: Caption, place: Json | None) -> Iterator[Wanted]:
    for named, sources in find(asked.paths):
        groups = [sources] if asked.album else [[source] for source in sources]
        for group in groups:
            yield Wanted(
                group,
                caption,
                place=place,
                per_post=MAX_MEDIA if asked.album else 1,
                named=named,
                keep_capture_details=asked.keep_capture_details,
                sensitive=asked.sensitive,
                comments_from=asked.comments_from,
                publish_at=asked.publish_at and asked.publish_at.isoformat(timespec="seconds"),
            )


def _caption(asked: argparse.Namespace) -> Caption:
    if asked.caption is not None:
        return always(parse_caption(asked.caption))
    return caption_of(asked.caption_from)


def parse_caption(text: str) -> str:
    """A caption that was typed, as the service takes it. Raises `UsageError` if it is too long."""
    fixed = captions.tidy(text)
    if len(fixed) > MAX_CAPTION:
        raise UsageError(f"A caption may have at most {MAX_CAPTION:,} characters.")
    return fixed


def caption_of(kind: str | None) -> Caption:
    """The function that makes captions, from files' names or their metadata; if `kind` is None, it
    makes empty captions."""
    match kind:
        case "filename":
            return _first(lambda medium: captions.from_name(medium.source.stem))
        case "exif":
            return _first(_from_exif)
    return always("")


def always(text: str) -> Caption:
    """The function that gives every post the same caption."""

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
        return ""  # When the file is sent, the error is reported.


def parse_place(text: str) -> Json:
    """The place in a text `NAME` or `NAME@LAT,LON`, as JSON for the service. Raises
    `UsageError`."""
    said, at, degrees = text.rpartition("@")
    name, point = captions.tidy(said if at else text), _point(text, degrees) if at else {}
    is_on_earth = abs(point.get("latitude", 0)) <= 90 and abs(point.get("longitude", 0)) <= 180
    if not (1 <= len(name) <= MAX_PLACE_NAME and is_on_earth):
        raise UsageError(
            f"A place must have a name of up to {MAX_PLACE_NAME} characters, a latitude from -90 to"
            " 90 and a longitude from -180 to 180."
        )
    return {"name": name, **point}


def _point(text: str, degrees: str) -> dict[str, float]:
    """The point that a place's text has in degrees. Raises `UsageError`."""
    match = _POINT.fullmatch(degrees)
    try:
        if match is None:
            raise ValueError
        return {of: float(match[of]) for of in ("latitude", "longitude")}
    except ValueError:
        raise UsageError(
            "A place must look like 'Tempelhofer Feld' or 'Tempelhofer Feld@52.473,13.402', not"
            f" {text!r}."
        ) from None
