"""Sources of a medium's bytes: a file on disk, or a file inside a zip."""

from __future__ import annotations

import lzma
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Protocol

from shutterfeed_cli.client.limits import MAX_VIDEO_BYTES
from shutterfeed_cli.errors import CliError, Unread
from shutterfeed_cli.folders import opened

_IN_MEMORY_BYTES: Final = 8 * 1024 * 1024
_CHUNK_BYTES: Final = 1024 * 1024

UNPACKING_ERRORS: Final = (
    *(zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError),
    *(zlib.error, lzma.LZMAError, struct.error),
)
"""The errors that a damaged zip causes when it is read."""


Fingerprint = tuple[str, int, int]
"""A file's path, its size in bytes, and the time of its last change. They stay the same as long as
the content does."""


class Source(Protocol):
    """A content that can be read as often as needed."""

    @property
    def name(self) -> str:
        """The name by which a person recognizes it."""
        ...

    @property
    def stem(self) -> str:
        """Its file name without folder and ending."""
        ...

    def fingerprint(self) -> Fingerprint:
        """The facts that tell whether the content has changed. Raises `OSError`."""
        ...

    def opened(self) -> Iterator[IO[bytes]]:
        """The content as a seekable file. Raises `OSError` and `CliError`."""
        ...


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file on disk."""

    path: Path

    @property
    def name(self) -> str:
        return str(self.path)

    @property
    def stem(self) -> str:
        return self.path.stem

    def fingerprint(self) -> Fingerprint:
        status = self.path.stat()
        return str(self.path.resolve()), status.st_size, status.st_mtime_ns

    def opened(self) -> Iterator[IO[bytes]]:
        with opened(self.path) as file:
            yield file


@dataclass(frozen=True, slots=True)
class UnreadableSource:
    """A file that could not even be examined; it is reported to the user. `error` says why."""

    path: Path
    error: OSError | CliError

    @property
    def name(self) -> str:
        return str(self.path)

    @property
    def stem(self) -> str:
        return self.path.stem

    def fingerprint(self) -> Fingerprint:
        raise self.error

    def opened(self) -> Iterator[IO[bytes]]:
        raise self.error


@dataclass(frozen=True, slots=True)
class ZippedSource:
    """A file inside a zip. Only this file is unpacked, only while it is open, and only up to the
    service's largest file size, whatever size the zip declares."""

    archive: zipfile.ZipFile
    member: zipfile.ZipInfo

    @property
    def name(self) -> str:
        return f"{self.archive.filename}:{self.member.filename}"

    @property
    def stem(self) -> str:
        return Path(self.member.filename).stem

    def fingerprint(self) -> Fingerprint:
        archive = Path(str(self.archive.filename)).resolve()
        return f"{archive}:{self.member.filename}", self.member.file_size, self.member.CRC

    def opened(self) -> Iterator[IO[bytes]]:
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as unpacked:
            left = MAX_VIDEO_BYTES
            try:
                with self.archive.open(self.member) as packed:
                    while chunk := packed.read(_CHUNK_BYTES):
                        left -= len(chunk)
                        if left < 0:
                            raise CliError(f"{self.name} is larger than the service allows.")
                        unpacked.write(chunk)
            except UNPACKING_ERRORS as error:
                raise Unread(f"It cannot be unpacked: {error}.") from error
            unpacked.seek(0)
            yield unpacked


@contextmanager
def reading(source: Source) -> Iterator[IO[bytes]]:
    """Open the source's content, and close it at the end."""
    yield from source.opened()
