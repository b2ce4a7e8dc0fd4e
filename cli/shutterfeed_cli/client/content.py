"""Contents to upload: anything that can be read again, with the facts that must be declared."""

from __future__ import annotations

import hashlib
from contextlib import AbstractContextManager
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any, Protocol

Json = dict[str, Any]


class Content(Protocol):
    """A content to send to the storage."""

    @property
    def content_type(self) -> str: ...

    @property
    def size(self) -> int: ...

    def opened(self) -> AbstractContextManager[IO[bytes]]:
        """The content as a seekable file. Raises `OSError` and `CliError`."""
        ...

    def declaration(self) -> Json:
        """The facts that the service requires before the upload, as JSON."""
        ...


def declared(content_type: str, size: int, sha256: str) -> Json:
    """A photo's declaration; a video's has width, height and duration, too."""
    return {"content_type": content_type, "bytes": size, "sha256": sha256}


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo in memory, declared as what it is."""

    data: bytes
    content_type: str = "image/jpeg"

    @property
    def size(self) -> int:
        return len(self.data)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    def opened(self) -> BytesIO:
        return BytesIO(self.data)

    def declaration(self) -> Json:
        return declared(self.content_type, self.size, self.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class Video(Photo):
    """A video in memory."""

    width: int
    height: int
    duration_ms: int

    def declaration(self) -> Json:
        moving = {"width": self.width, "height": self.height, "duration_ms": self.duration_ms}
        return {**Photo.declaration(self), **moving}
