"""Fetches the originals of one's own media, byte for byte."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import quote

import httpx

from shutterfeed_cli.client import storage
from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.client.http import Patience
from shutterfeed_cli.errors import CliError, NetworkGone, NotSignedIn, Refused, Stopped, Unexpected
from shutterfeed_cli.media import EXTENSIONS
from shutterfeed_cli.stopping import Stop
from shutterfeed_cli.wording import counted

_CHUNK_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Original:
    """An original to download."""

    media_id: str
    post_id: str
    created_at: str
    content_type: str
    ready: bool
    """Whether it was processed, so that the service certainly has its bytes."""
    size: int = 0
    """Its bytes, as the upload ledger says; 0 if that does not say."""

    @property
    def path(self) -> str:
        """The file's path below the export's folder; it is the same in every export."""
        day = self.created_at[:10]
        extension = EXTENSIONS.get(self.content_type, "bin")
        return f"originals/{day[:4]}/{day}_{self.media_id}.{extension}"


class Absent(Exception):
    """The service has no original of this medium."""


Result = tuple[bool, Json] | Absent | CliError


class _TooMuch(Exception):
    """More bytes come than were announced."""


class Fetcher:
    """Fetches originals into the export's folder."""

    def __init__(
        self,
        *,
        client: httpx.Client,
        api: Api,
        patience: Patience,
        stop: Stop,
        folder: Path,
        on_bytes: Callable[[int], None],
    ) -> None:
        """`on_bytes` gets the number of bytes that have arrived."""
        self._client = client
        self._api = api
        self._patience = patience
        self._stop = stop
        self._folder = folder
        self._on_bytes = on_bytes

    def fetch(self, original: Original) -> Result:
        """Fetch an original. Returns its facts and whether it is new, or the reason why it could
        not be fetched.

        Raises `NetworkGone`, `NotSignedIn` or `Stopped` if no other can be fetched either.
        """
        try:
            self._stop.check_new()
            return self._fetch(original)
        except (NetworkGone, NotSignedIn, Stopped):
            raise
        except (Absent, CliError) as error:
            return error
        except OSError as error:
            return CliError(f"It cannot be written: {error.strerror or error}.")
        except Exception as error:  # noqa: BLE001 - one file's error must not end the export
            return Unexpected(error)

    def save(self, path: Path, size: int, link: Callable[[], str]) -> None:
        """Fetch a file of `size` bytes by a link, and by another if that one has expired. What
        arrived before an interruption is not fetched again. Raises `CliError`."""
        part = path.with_name(path.name + ".part")
        try:
            self._download(link(), part, size)
        except storage.LinkRefused:
            self._stop.check_new()
            self._download_again(link(), part, size)
        if part.stat().st_size != size:
            part.unlink()
            raise CliError("It arrived damaged. Run the same command again.")
        part.rename(path)

    def _link(self, original: Original) -> Json:
        try:
            return self._api.call("GET", f"/me/uploads/{quote(original.media_id)}/original")
        except Refused as error:
            if error.status == HTTPStatus.CONFLICT and not original.ready:
                raise Absent(str(error)) from error
            raise

    def _fetch(self, original: Original) -> Result:
        link = self._link(original)
        facts = {name: link[name] for name in ("bytes", "sha256", "content_type")}
        path = self._folder / original.path
        if path.exists():
            if _digest(path) != facts["sha256"]:
                raise CliError(
                    "Another file with this name already exists and was not changed. Move it away"
                    " and run the same command again."
                )
            return False, facts
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        try:
            self._download(link["url"], part, facts["bytes"])
        except storage.LinkRefused:
            self._stop.check_new()
            self._download_again(self._link(original)["url"], part, facts["bytes"])
        if _digest(part) != facts["sha256"]:
            part.unlink()
            raise CliError("It arrived damaged. Run the same command again.")
        part.rename(path)
        return True, facts

    def _download_again(self, url: str, part: Path, size: int) -> None:
        try:
            self._download(url, part, size)
        except storage.LinkRefused as refusal:
            raise refusal.final() from None

    def _download(self, url: str, part: Path, size: int) -> None:
        """Fetch the rest of the file, which has `size` bytes in all. Raises `CliError` and
        `LinkRefused`."""

        def attempt() -> httpx.Response:
            have = part.stat().st_size if part.exists() else 0
            if have >= size > 0:
                if have == size:
                    return httpx.Response(HTTPStatus.OK)
                part.unlink()
                have = 0
            headers = {"Accept-Encoding": "identity"}
            if have:
                headers["Range"] = f"bytes={have}-"
            with self._client.stream("GET", url, headers=headers) as answer:
                if not answer.is_success:
                    answer.read()
                    return answer
                go_on = answer.status_code == HTTPStatus.PARTIAL_CONTENT
                left = size - have if go_on else size
                with part.open("ab" if go_on else "wb") as file:
                    for chunk in answer.iter_raw(_CHUNK_BYTES):
                        self._stop.check_underway()
                        left -= len(chunk)
                        if left < 0:
                            raise _TooMuch
                        file.write(chunk)
                        self._on_bytes(len(chunk))
                return answer

        try:
            storage.check(self._patience.send(attempt))
        except _TooMuch:
            part.unlink()
            raise CliError(
                f"More came than the {counted(size, 'byte')} that were announced."
            ) from None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
