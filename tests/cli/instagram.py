"""Makes small exports of Instagram."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from shutterfeed_cli.archive import Parts, open_archive
from shutterfeed_cli.instagram import Ready, wanted
from shutterfeed_cli.instagram_export import Export
from shutterfeed_cli.instagram_items import Item
from shutterfeed_cli.planning import Wanted

ACTIVITY: Final = "your_instagram_activity/media"


def mangled(text: str) -> str:
    return text.encode().decode("latin-1")


def as_folder(folder: Path) -> Path:
    return folder


def as_zip(folder: Path) -> Path:
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                packed.write(file, file.relative_to(folder))
    return path


def write(folder: Path, name: str, content: Any) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))


def medium(number: int, made: int = 0, **more: Any) -> dict[str, Any]:
    uri = f"media/posts/{number}.png"
    return {"uri": uri, "creation_timestamp": made or 1_600_000_000 + number, **more}


def labelled(made: int, *values: dict[str, Any]) -> dict[str, Any]:
    """A post of `posts.json`."""
    return {"timestamp": made, "media": [], "label_values": list(values), "fbid": "1"}


def placed(made: int, name: str, latitude: str | None, longitude: str) -> dict[str, Any]:
    inner = [{"dict": [{"label": "Name", "value": mangled(name)}]}]
    return labelled(
        made,
        {"title": "Place", "dict": inner},
        {"label": "Latitude", "value": latitude},
        {"label": "Longitude", "value": longitude},
    )


def taken_at(latitude: object, longitude: object) -> dict[str, Any]:
    """Metadata of a photo, as Instagram keeps it."""
    return {"photo_metadata": {"exif_data": [{"latitude": latitude, "longitude": longitude}]}}


def read(*paths: Path, **also: bool) -> tuple[Export, list[Item]]:
    export = Export(Parts([open_archive(path) for path in paths]))
    chosen = {"reels": False, "stories": False, "archived": False, **also}
    return export, export.items(**chosen)


def posts_of(export: Export, items: Sequence[Item], *, exif_places: bool = False) -> list[Wanted]:
    """The posts that are made of items whose files are there."""
    ready = [Ready(item, export.sources(item)[0]) for item in items]
    return list(wanted(export, ready, exif_places=exif_places))
