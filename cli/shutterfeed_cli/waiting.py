"""Waits until uploaded files are published or have failed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final
from urllib.parse import quote

from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.client.limits import MAX_PAGE
from shutterfeed_cli.journal import Journal
from shutterfeed_cli.ledger import refresh_ledger
from shutterfeed_cli.planning import FileResult, Outcome
from shutterfeed_cli.stopping import Stop

_FIRST_PAUSE_SECONDS: Final = 0.3
_LONGEST_PAUSE_SECONDS: Final = 5.0


class Waiting:
    """Waits for the files of one run, for up to `patience` seconds. A long video takes minutes."""

    def __init__(
        self,
        api: Api,
        journal: Journal,
        stop: Stop,
        *,
        patience: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._api = api
        self._journal = journal
        self._stop = stop
        self._clock = clock
        self._deadline = clock() + patience
        self._pause = _FIRST_PAUSE_SECONDS
        self._notes: dict[str, list[Json]] = {}

    def wait_for(
        self, uploaded: Sequence[FileResult], on_progress: Callable[[int], None]
    ) -> list[FileResult]:
        """The files that were published or failed, with reasons; files that take longer are
        missing. `on_progress` is called with the number of files that are still being processed.

        Raises `Stopped` and `CliError`.
        """
        failed = self.wait_for_failed(uploaded, on_progress)
        lost = {one.post_id for one in failed}
        ready = [one for one in uploaded if self._state(one) == "ready" and one.post_id not in lost]
        published = self._published({one.post_id for one in ready if one.post_id})
        return failed + [
            replace(one, notes=self._notes.get(one.media_id or "", ()))
            for one in ready
            if one.post_id in published
        ]

    def wait_for_failed(
        self, uploaded: Sequence[FileResult], on_progress: Callable[[int], None]
    ) -> list[FileResult]:
        """Wait until the files are ready or have failed, whether they are published or not. Returns
        those that failed, with reasons. Raises `Stopped` and `CliError`."""
        waiting = list(uploaded)
        while waiting:
            refresh_ledger(self._api, self._journal)
            waiting = [one for one in waiting if self._state(one) not in {"ready", "failed"}]
            on_progress(len(waiting))
            if waiting and not self._paused():
                break
        failed = [self._failure(one) for one in uploaded if self._state(one) == "failed"]
        # One file that failed keeps its whole post from being published.
        lost = {one.post_id for one in failed}
        return failed + [
            replace(one, outcome=Outcome.FAILED, reason=_without_it(one))
            for one in uploaded
            if one.post_id in lost and self._state(one) != "failed"
        ]

    def _state(self, result: FileResult) -> str:
        known = self._journal.medium(result.media_id or "")
        return "" if known is None else known.state

    def _failure(self, result: FileResult) -> FileResult:
        known = self._journal.medium(result.media_id or "")
        reason = known.failure if known else ""
        return replace(result, outcome=Outcome.FAILED, reason=reason or "it could not be processed")

    def _published(self, wanted: set[str]) -> set[str]:
        """The ids of the wanted posts that are published, when all are or the time is over."""
        if not wanted:
            return set()
        handle = self._api.me()["handle"]
        while True:
            found = wanted & self._newest(handle, wanted)
            if found == wanted or not self._paused():
                return found

    def _newest(self, handle: str, wanted: Iterable[str]) -> set[str]:
        """The ids of the newest published posts, as far back as the wanted posts can be."""
        missing, found = set(wanted), set[str]()
        spare = 3 * MAX_PAGE
        for page in self._api.pages(f"/users/{quote(handle)}/posts"):
            ids = {post["id"] for post in page["items"]}
            media = chain.from_iterable(post["media"] for post in page["items"])
            self._notes |= {medium["id"]: medium.get("notes", []) for medium in media}
            found |= ids
            spare -= len(ids - missing)
            missing -= ids
            if not missing or spare < 0:
                break
        return found

    def _paused(self) -> bool:
        """Wait a moment. False if there is no time left."""
        if self._clock() >= self._deadline:
            return False
        self._stop.sleep(self._pause)
        self._pause = min(1.5 * self._pause, _LONGEST_PAUSE_SECONDS)
        return True


def _without_it(lost: FileResult) -> str:
    """Why a good file is not published."""
    mending = f"`shutterfeed post drop {lost.post_id}` publishes it without that one"
    return f"another file of the same post failed: {mending}"
