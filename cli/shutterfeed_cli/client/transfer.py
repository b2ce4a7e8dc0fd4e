"""Sends a file's bytes to the storage: whole with a signed form, or in parts with signed links."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Final, Protocol

import httpx

from shutterfeed_cli.client import storage
from shutterfeed_cli.client.content import Content, Json
from shutterfeed_cli.client.http import Patience
from shutterfeed_cli.errors import Refused, Unread, Unusable
from shutterfeed_cli.stopping import Stop

PARALLEL_PARTS: Final = 3
"""The number of parts of one file that are sent at the same time. More would not be faster, since
several files are sent at the same time."""
_ROUNDS: Final = 5
"""The number of links that are tried for a file before this run gives it up."""
_CHUNK_BYTES: Final = 128 * 1024

OnBytes = Callable[[int], None]
"""A function that is called with the number of bytes sent. A negative number takes back the bytes
of a failed attempt."""


class Uploads(Protocol):
    """The calls about an upload: read its state, and complete it."""

    def upload_state(self, media_id: str) -> Json: ...

    def complete_upload(self, media_id: str) -> Json: ...


def _uncounted(_: int) -> None:
    """Ignore the progress."""


class Transfer:
    """Sends files to the storage."""

    def __init__(self, client: httpx.Client, uploads: Uploads, patience: Patience) -> None:
        self._client = client
        self._uploads = uploads
        self._patience = patience
        self._stop = patience.stop

    def send(self, content: Content, link: Json, on_bytes: OnBytes = _uncounted) -> None:
        """Send the bytes for which this link was made, and continue with fresh links if it expires.

        Raises `Unusable` if the file has changed, `Refused`, `NetworkGone` and `Stopped`.
        """
        try:
            with content.opened() as file:
                self._send(content, file, link, on_bytes)
        except OSError as error:
            raise Unread.because(error) from error

    def _send(self, content: Content, file: IO[bytes], link: Json, on_bytes: OnBytes) -> None:
        media_id = link["media_id"]
        current: Json | None = link
        refused_at: int | None = None
        for _ in range(_ROUNDS):
            if current is None:
                return  # Everything has arrived.
            try:
                if "multipart" in current:
                    self._send_parts(file, current["multipart"], on_bytes)
                    self._uploads.complete_upload(media_id)
                else:
                    self._send_whole(content, file, current, on_bytes)
            except storage.LinkRefused as refusal:
                # Fresh links help as long as each of them lets some bytes arrive.
                if refused_at == _missing(current):
                    raise refusal.final() from None
                refused_at = _missing(current)
                self._stop.check_new()
            except Refused as error:
                if error.code != "parts_missing":
                    raise
            else:
                return
            current = self._uploads.upload_state(media_id)["link"]
        raise Refused("Storage did not accept the file, although several links were tried.")

    def _send_whole(self, content: Content, file: IO[bytes], link: Json, on_bytes: OnBytes) -> None:
        def post(chunks: Iterator[bytes]) -> httpx.Response:
            return post_form(self._client, link, content.content_type, content.size, chunks)

        self._deliver(post, _Slice(file, threading.Lock(), 0, content.size), on_bytes)

    def _send_parts(self, file: IO[bytes], multipart: Json, on_bytes: OnBytes) -> None:
        lock, size = threading.Lock(), multipart["part_size"]

        def send(part: Json) -> None:
            self._stop.check_new()

            def put(content: Iterator[bytes]) -> httpx.Response:
                headers = {"Content-Length": str(part["size"])}
                return self._client.put(part["url"], content=content, headers=headers)

            place = _Slice(file, lock, (part["number"] - 1) * size, part["size"])
            self._deliver(put, place, on_bytes)

        with ThreadPoolExecutor(PARALLEL_PARTS) as pool:
            list(pool.map(send, multipart["parts"]))

    def _deliver(
        self,
        request: Callable[[Iterator[bytes]], httpx.Response],
        place: _Slice,
        on_bytes: OnBytes,
    ) -> None:
        """Send one slice of the file with one request, which is repeated while that may help."""
        counted = 0

        def count(number: int) -> None:
            nonlocal counted
            counted += number
            on_bytes(number)

        def attempt() -> httpx.Response:
            nonlocal counted
            on_bytes(-counted)
            counted = 0
            answer = request(place.chunks(self._stop, count))
            storage.raise_if_passing(answer)
            return answer

        try:
            storage.check(self._patience.send(attempt))
        except BaseException:
            on_bytes(-counted)
            raise


class _Slice:
    """A number of bytes of an open file, from an offset on. Other slices share the file."""

    def __init__(self, file: IO[bytes], lock: threading.Lock, start: int, size: int) -> None:
        self._file = file
        self._lock = lock
        self._start = start
        self._size = size

    def chunks(self, stop: Stop, count: Callable[[int], None]) -> Iterator[bytes]:
        """The slice's bytes, chunk by chunk. Raises `Unusable` if the file has become shorter."""
        at, end = self._start, self._start + self._size
        while at < end:
            stop.check_underway()
            with self._lock:
                self._file.seek(at)
                chunk = self._file.read(min(_CHUNK_BYTES, end - at))
            if not chunk:
                raise Unusable("It became shorter while it was being read.")
            at += len(chunk)
            count(len(chunk))
            yield chunk


def post_form(
    client: httpx.Client, link: Json, content_type: str, size: int, chunks: Iterable[bytes]
) -> httpx.Response:
    """Send a file of `size` bytes with the signed form of its link: one request, tried once; its
    answer, whatever the status."""
    before, after, boundary = _form(link["fields"], content_type)
    headers = {
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Content-Length": str(len(before) + size + len(after)),
    }

    def body() -> Iterator[bytes]:
        yield before
        yield from chunks
        yield after

    return client.post(link["url"], content=body(), headers=headers)


def _missing(link: Json) -> int:
    """The number of requests that are needed to send the bytes that have not arrived."""
    return len(link["multipart"]["parts"]) if "multipart" in link else 1


def _form(fields: Mapping[str, str], content_type: str) -> tuple[bytes, bytes, str]:
    """The bytes before and after the file in a multipart form, and the form's boundary."""
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    parts.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\n'
        f"Content-Type: {content_type}\r\n\r\n"
    )
    return "".join(parts).encode(), f"\r\n--{boundary}--\r\n".encode(), boundary
