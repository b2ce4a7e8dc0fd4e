"""Makes posts from many files, and posts each file once, whatever happens meanwhile.

A run goes through groups of files in order. Several files are examined at the same time; the new
files of a group become posts; several posts are sent at the same time. Three things keep a file
from being posted twice:

1. the service's **ledger**, which has every content that this account has uploaded;
2. the **journal**, which has every post that this machine has begun, with its exact words;
3. the **idempotency key**, which is derived from the contents: if any machine asks for the same
   post again, it gets the same post.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Final, Protocol

from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.client.transfer import Transfer
from shutterfeed_cli.errors import (
    CliError,
    JournalFailed,
    NetworkGone,
    NotSignedIn,
    NotTaken,
    OutputFailed,
    Refused,
    Stopped,
    Unexpected,
    Unread,
)
from shutterfeed_cli.journal import Journal, Progress
from shutterfeed_cli.media import Medium, examine
from shutterfeed_cli.planning import (
    Batch,
    Begun,
    FileResult,
    Outcome,
    Skip,
    Wanted,
    announced,
    decide,
    new_batch,
)
from shutterfeed_cli.sources import Source
from shutterfeed_cli.stopping import Stop

_ATTEMPTS: Final = 20
"""The number of attempts for one post. After an earlier post that failed or was deleted, the next
attempt needs another key."""
_ENDING: Final = (NetworkGone, NotSignedIn, JournalFailed, OutputFailed)
"""The errors that end the run, since no other file would succeed. Any other error concerns one
file, and the run continues."""
_AHEAD: Final = 8
"""The number of files that are examined ahead, for each file that is sent at the same time."""


class Watcher(Protocol):
    """Gets reports about what happens, from any thread."""

    def sent(self, number: int) -> None: ...

    def done(self, result: FileResult) -> None: ...


@dataclass(slots=True)
class _Group:
    """A group whose files are being examined."""

    wanted: Wanted
    examined: list[Future[Medium]] = field(default_factory=list)
    unread: bool = False
    """Whether one of the files could not be read, but may be in a later run."""


class Uploader:
    """One run of uploads. Up to `parallel` posts are sent at the same time."""

    def __init__(
        self,
        *,
        api: Api,
        transfer: Transfer,
        journal: Journal,
        stop: Stop,
        watcher: Watcher,
        parallel: int,
        dry: bool = False,
        ready: Callable[[], object] = lambda: None,
    ) -> None:
        """`ready` returns once the journal has the service's ledger, or raises the error that
        prevents that. Files are examined meanwhile."""
        self._api = api
        self._transfer = transfer
        self._journal = journal
        self._stop = stop
        self._watcher = watcher
        self._parallel = parallel
        self._dry = dry
        self._ready = ready
        self._is_ready = False
        self._seen: dict[str, str] = {}
        self._ended: CliError | None = None
        self._lock = threading.Lock()

    def run(self, groups: Iterable[Wanted]) -> None:
        """Go through all groups in order. The watcher gets the result for each file.

        Raises the error that ended the run early: `NetworkGone`, `NotSignedIn`, `JournalFailed`,
        `OutputFailed` or `Stopped`.
        """
        with (
            ThreadPoolExecutor(self._parallel, "examine") as examiners,
            ThreadPoolExecutor(self._parallel, "send") as senders,
        ):
            sending: set[Future[None]] = set()
            for group in self._examined(groups, examiners):
                self._await_ledger()
                for batch in self._batches(group):
                    if self._dry:
                        self._report(batch, Outcome.UPLOADED, announced(batch))
                        continue
                    if len(sending) >= 2 * self._parallel:
                        finished, sending = wait(sending, return_when=FIRST_COMPLETED)
                        _raise_any(finished)
                    sending.add(senders.submit(self._send, batch))
            self._await_ledger()
            _raise_any(wait(sending).done)
        if self._ended is not None:
            raise self._ended
        self._stop.check_new()

    # --- Examining

    def _examined(self, groups: Iterable[Wanted], pool: ThreadPoolExecutor) -> Iterator[_Group]:
        """The groups in order. Some files of the next groups are examined meanwhile."""
        underway: deque[_Group] = deque()
        ahead = 0
        for wanted in groups:
            if self._over:
                return
            group = _Group(wanted)
            group.examined = [pool.submit(self._examine, source) for source in wanted.sources]
            underway.append(group)
            ahead += len(wanted.sources)
            while ahead > _AHEAD * self._parallel and underway:
                ready = underway.popleft()
                ahead -= len(ready.examined)
                yield ready
        yield from underway

    def _examine(self, source: Source) -> Medium:
        """The facts about a file. Raises `NotTaken`, `Unusable`, and what ends the run."""
        self._check_new()
        try:
            fingerprint = source.fingerprint()
        except OSError as error:
            raise Unread.because(error) from error
        medium = self._journal.facts_of(source, fingerprint)
        if medium is None:
            medium = examine(source, self._stop)
            if medium is None:
                raise NotTaken("It is neither a photo nor a video.")
            self._journal.remember(medium, fingerprint)
        return medium

    # --- Deciding

    def _await_ledger(self) -> None:
        """Wait for the ledger before the first decision. An error in reading it ends the run."""
        if self._is_ready:
            return
        self._is_ready = True
        try:
            self._ready()
        except CliError as error:
            self._end(error)

    def _batches(self, group: _Group) -> Iterator[Batch]:
        """The posts to send for a group. Files that need not be sent are reported."""
        media = self._usable(group)
        if not media or self._over:
            return
        if group.wanted.whole and group.unread:
            # Without that file the post would be another one, and the whole a second one later.
            for medium in media:
                self._skip(medium, "another file of its post cannot be read", Outcome.FAILED)
            return
        if group.wanted.whole:
            yield from self._whole(media, group.wanted)
            return
        new: list[Medium] = []
        begun: dict[str, Begun] = {}
        here = {medium.sha256: medium for medium in media}
        for medium in media:
            earlier = self._seen.setdefault(medium.sha256, medium.source.name)
            if earlier != medium.source.name:
                self._skip(medium, f"the same content as {earlier}")
                continue
            match decide(self._journal, medium.sha256, here):
                case Skip(outcome, reason):
                    self._skip(medium, reason, outcome)
                case Begun() as post:
                    begun[post.key] = post
                case None:
                    new.append(medium)
        for post in begun.values():
            yield post.batch(here)
        for start in range(0, len(new), group.wanted.per_post):
            yield from self._new(new[start : start + group.wanted.per_post], group.wanted)

    def _new(self, media: Sequence[Medium], wanted: Wanted) -> Iterator[Batch]:
        """The post to send for new files; none if its caption cannot be made."""
        try:
            batch = new_batch(media, wanted)
        except _ENDING:
            raise
        except Exception as error:  # noqa: BLE001 - one post's error must not end the run
            for medium in media:
                self._skip(medium, str(_as_told(error)), Outcome.FAILED)
            return
        yield batch

    def _whole(self, media: Sequence[Medium], wanted: Wanted) -> Iterator[Batch]:
        """A post that is sent with all its files or not at all; only files that the service refused
        are left out."""
        here = {medium.sha256: medium for medium in media}
        decided = [(medium, decide(self._journal, medium.sha256, here)) for medium in media]
        refused = [m for m, d in decided if isinstance(d, Skip) and d.outcome is Outcome.FAILED]
        left = [(m, d) for m, d in decided if m not in refused]
        nothing_new = all(isinstance(decision, Skip) for _, decision in left)
        for medium, decision in decided:
            if isinstance(decision, Skip) and (nothing_new or medium in refused):
                self._skip(medium, decision.reason, decision.outcome)
        if nothing_new:
            return
        for batch in self._new([medium for medium, _ in left], wanted):
            same = batch.key.rpartition("-")[0]
            begun = (
                decision
                for _, decision in left
                if isinstance(decision, Begun) and decision.key.rpartition("-")[0] == same
            )
            earlier = next(begun, None)
            yield batch if earlier is None else earlier.batch(here)

    def _usable(self, group: _Group) -> list[Medium]:
        media: list[Medium] = []
        for source, future in zip(group.wanted.sources, group.examined, strict=True):
            try:
                media.append(future.result())
            except Stopped:
                continue
            except _ENDING:
                raise
            except Exception as error:  # noqa: BLE001 - one file's error must not end the run
                told = _as_told(error)
                group.unread = group.unread or isinstance(told, Unread)
                found = isinstance(told, NotTaken) and not group.wanted.named
                outcome = Outcome.IGNORED if found else Outcome.FAILED
                self._watcher.done(FileResult(source.name, outcome, str(told)))
        return media

    def _skip(self, medium: Medium, reason: str, outcome: Outcome = Outcome.SKIPPED) -> None:
        self._watcher.done(FileResult(medium.source.name, outcome, reason, size=medium.size))

    # --- Sending

    def _send(self, batch: Batch) -> None:
        try:
            self._check_new()
            if batch.body is None:
                self._resume(batch)
            else:
                self._post(batch, batch.body)
        except Stopped:
            return
        except _ENDING as error:
            self._end(error)
        except Exception as error:  # noqa: BLE001 - one post's error must not end the run
            self._report(batch, Outcome.FAILED, str(_as_told(error)))

    def _post(self, batch: Batch, body: Json) -> None:
        """Ask for the post and send its files. If earlier attempts failed, other keys are used."""
        stem, _, first = batch.key.rpartition("-")
        for attempt in range(int(first), int(first) + _ATTEMPTS):
            key = f"{stem}-{attempt}"
            self._journal.declare(key, body)
            try:
                created = self._api.send_draft(body, key)
            except Refused as error:
                self._journal.note(key, Progress.GIVEN_UP)
                if error.code in {"idempotency_key_reused", "post_deleted"}:
                    continue
                raise
            post = created["post"]
            if post["state"] == "failed":
                self._journal.note(key, Progress.GIVEN_UP)
                continue
            self._journal.note(key, Progress.DECLARED, post["id"])
            media_ids = [medium["id"] for medium in post["media"]]
            medium_of = dict(zip(media_ids, batch.media, strict=True))
            for link in created["uploads"]:
                self._check_new()
                self._transfer.send(medium_of[link["media_id"]], link, self._watcher.sent)
            self._journal.note(key, Progress.SENT)
            self._report(batch, Outcome.UPLOADED, "", post["id"], media_ids)
            return
        raise Refused("Every earlier attempt at this post failed: see `shutterfeed status`.")

    def _resume(self, batch: Batch) -> None:
        """Send the missing files of a post that another machine began."""
        for medium, known in zip(batch.media, batch.known, strict=True):
            if known.state != "awaiting":
                continue
            self._check_new()
            state = self._api.upload_state(known.media_id)
            if state["link"] is not None:
                self._transfer.send(medium, state["link"], self._watcher.sent)
            elif state["upload"]["state"] == "awaiting":
                raise Refused(
                    "Another machine has begun to upload this file and has not finished: try again"
                    " in half an hour."
                )
        media_ids = [known.media_id for known in batch.known]
        self._report(batch, Outcome.UPLOADED, "", batch.key, media_ids)

    def _report(
        self,
        batch: Batch,
        outcome: Outcome,
        reason: str,
        post_id: str | None = None,
        media_ids: Sequence[str] = (),
    ) -> None:
        for number, medium in enumerate(batch.media):
            media_id = media_ids[number] if media_ids else None
            name, size = medium.source.name, medium.size
            self._watcher.done(FileResult(name, outcome, reason, post_id, media_id, size))

    # --- Ending

    @property
    def _over(self) -> bool:
        return self._stop.asked or self._ended is not None

    def _check_new(self) -> None:
        if self._over:
            raise Stopped

    def _end(self, error: CliError) -> None:
        """End the run with this error, for all threads."""
        with self._lock:
            if self._ended is None:
                self._ended = error


def _as_told(error: Exception) -> CliError:
    return error if isinstance(error, CliError) else Unexpected(error)


def _raise_any(futures: Iterable[Future[None]]) -> None:
    """Raise an error that a sender did not handle, which ends the run."""
    for future in futures:
        future.result()
