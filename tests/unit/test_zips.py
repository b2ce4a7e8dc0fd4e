"""ZIP files as they are written for exports."""

from __future__ import annotations

import shutil
import subprocess
import zlib
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest

from shutterfeed.adapters.zips import ZipStream, ZipTooLarge

MADE = datetime(2026, 3, 4, 18, 20, 31, tzinfo=UTC)
FILES = {"media/a.jpg": b"\xff\xd8\xff" * 1000, "größe.json": b"[]", "empty": b""}


def _written() -> bytes:
    whole = bytearray()
    stream = ZipStream(whole.extend)
    for name, content in FILES.items():
        pieces = [content[:7], content[7:]]
        stream.add(name, MADE, len(content), zlib.crc32(content), pieces)
    stream.end()
    assert (stream.size, stream.files) == (len(whole), len(FILES))
    return bytes(whole)


def test_what_is_written_can_be_read() -> None:
    with ZipFile(BytesIO(_written())) as read:
        assert read.testzip() is None
        assert {name: read.read(name) for name in read.namelist()} == FILES
        for info in read.infolist():
            assert (info.compress_type, info.flag_bits & 0x08) == (ZIP_STORED, 0)
            assert info.date_time == (2026, 3, 4, 18, 20, 30)
            assert info.external_attr >> 16 == 0o100644


@pytest.mark.skipif(shutil.which("unzip") is None, reason="there is no unzip")
def test_another_program_can_unpack_it(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(_written())
    command = ["unzip", "-q", "-o", "a.zip", "media/a.jpg"]
    subprocess.run(command, cwd=tmp_path, check=True)
    assert (tmp_path / "media" / "a.jpg").read_bytes() == FILES["media/a.jpg"]


def test_a_file_from_before_1980_gets_the_earliest_date_there_is() -> None:
    whole = bytearray()
    stream = ZipStream(whole.extend)
    stream.add("old", MADE.replace(year=1926), 0, 0, ())
    stream.end()
    assert ZipFile(BytesIO(whole)).infolist()[0].date_time[0] == 1980


def test_what_the_format_has_no_room_for_is_refused() -> None:
    stream = ZipStream(lambda _: None)
    stream.add("first", MADE, 1, 0, [b"x"])
    with pytest.raises(ZipTooLarge):
        stream.add("large", MADE, 0xFFFF_FFFF, 0, ())
    with pytest.raises(ValueError, match="2 bytes instead of 3"):
        stream.add("short", MADE, 3, 0, [b"xx"])
