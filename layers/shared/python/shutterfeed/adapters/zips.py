"""Writes ZIP files as a stream, without compression.

Photos and videos hardly get smaller, so every file is stored as it is. Its size and its CRC are
known before it is written, and stand in front of it: some programs cannot open a file that has them
only behind a stored content, as Python's own `zipfile` writes it to what it cannot seek in. No part
of an export comes near 4 GiB or 65,535 files, where the format of 1989 ends; `ZipStream` refuses
what does.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

_MOST_BYTES: Final = 0xFFFF_FFFF
_MOST_FILES: Final = 0xFFFF
_VERSION: Final = 20
_UTF8_NAMES: Final = 0x0800
_STORED: Final = 0
_LOCAL: Final = struct.Struct("<4sHHHHHLLLHH")
_CENTRAL: Final = struct.Struct("<4sHHHHHHLLLHHHHHLL")
_END: Final = struct.Struct("<4sHHHHLLH")
_EARLIEST: Final = 1980
_LATEST: Final = 2107
"""The years that the format can express."""
_UNIX: Final = 3 << 8
_MODE: Final = 0o100644 << 16
"""An ordinary file that its owner may change."""


class ZipTooLarge(Exception):
    """There is no room for more in a file of this format."""


@dataclass(frozen=True, slots=True)
class _Entry:
    name: bytes
    crc: int
    size: int
    moment: tuple[int, int]
    offset: int


@dataclass(slots=True)
class ZipStream:
    """A ZIP file that is written to `write` from its beginning to its end."""

    write: Callable[[bytes], object]
    size: int = 0
    """The bytes that were written so far."""
    _entries: list[_Entry] = field(default_factory=list)

    @property
    def files(self) -> int:
        return len(self._entries)

    def add(self, name: str, made: datetime, size: int, crc: int, content: Iterable[bytes]) -> None:
        """Write a file. `size` and `crc` are those of the whole content. Raises `ZipTooLarge`, and
        `ValueError` if the content has another size."""
        entry = _Entry(name.encode(), crc, size, _dos(made), self.size)
        if self.size + size > _MOST_BYTES or self.files >= _MOST_FILES:
            raise ZipTooLarge(name)
        self._put(_local(entry))
        begin = self.size
        for piece in content:
            self._put(piece)
        if self.size - begin != size:
            raise ValueError(f"{name} has {self.size - begin} bytes instead of {size}")
        self._entries.append(entry)

    def end(self) -> None:
        """Write the list of the files."""
        begin = self.size
        for entry in self._entries:
            self._put(_central(entry))
        number, size = self.files, self.size - begin
        self._put(_END.pack(b"PK\5\6", 0, 0, number, number, size, begin, 0))

    def _put(self, piece: bytes) -> None:
        self.write(piece)
        self.size += len(piece)


def _local(entry: _Entry) -> bytes:
    return (
        _LOCAL.pack(
            b"PK\3\4",
            _VERSION,
            _UTF8_NAMES,
            _STORED,
            *entry.moment,
            entry.crc,
            entry.size,
            entry.size,
            len(entry.name),
            0,
        )
        + entry.name
    )


def _central(entry: _Entry) -> bytes:
    return (
        _CENTRAL.pack(
            b"PK\1\2",
            _UNIX | _VERSION,
            _VERSION,
            _UTF8_NAMES,
            _STORED,
            *entry.moment,
            entry.crc,
            entry.size,
            entry.size,
            len(entry.name),
            *(0, 0, 0, 0),
            _MODE,
            entry.offset,
        )
        + entry.name
    )


def _dos(at: datetime) -> tuple[int, int]:
    """A moment as time and date of the format, to two seconds."""
    year = min(max(at.year, _EARLIEST), _LATEST)
    time = at.hour << 11 | at.minute << 5 | at.second // 2
    return time, (year - _EARLIEST) << 9 | at.month << 5 | at.day
