"""Recognizes files of an export of this service, which `upload` may be given again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from shutterfeed_cli.folders import opened
from shutterfeed_cli.sources import FileSource, Source

FORMAT: Final = "shutterfeed-export"
_DEPTH: Final = 3
"""The number of folders above an original to the export's own: `originals/<year>/`."""


@dataclass(frozen=True, slots=True)
class Exported:
    """The medium of which a file is an exported original."""

    media_id: str
    is_avatar: bool


def exported_medium(source: Source) -> Exported | None:
    """The medium of which this file is an original inside an export; None if it is none."""
    if not isinstance(source, FileSource):
        return None
    media_id = source.path.stem.rpartition("_")[2]
    for folder in source.path.absolute().parents[:_DEPTH]:
        purpose = _purposes(folder).get(media_id)
        if purpose is not None:
            return Exported(media_id, is_avatar=purpose == "avatar")
    return None


@cache
def _purposes(folder: Path) -> dict[str, str]:
    """The purposes of the media in an export, by their ids; empty if this is not the folder of
    one."""
    try:
        if _read(folder / "manifest.json")["format"] != FORMAT:
            return {}
        uploads = _read(folder / "uploads.json")
        return {str(entry["media_id"]): str(entry["purpose"]) for entry in uploads}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}  # Another program's manifest, or none.


def _read(path: Path) -> Any:
    with opened(path) as file:
        return json.loads(file.read())
