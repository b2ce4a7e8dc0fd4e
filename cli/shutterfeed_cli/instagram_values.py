"""The values in Instagram's lists: any of them may be missing, or of another kind."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from shutterfeed_cli.captions import repaired
from shutterfeed_cli.client.content import Json

_DAY: Final = 86_400
_EARLIEST: Final = -4_544_208_000
"""The year 1826, in seconds before 1970: no photo is older."""
_LATEST: Final = 4_102_444_800
"""The year 2100, in seconds since 1970."""
_MOST_SECONDS: Final = 10**11
"""Greater numbers are milliseconds or microseconds."""

Point = tuple[float, float]
"""A latitude and a longitude in degrees."""


def objects(content: Any) -> list[Json]:
    """The objects in a value that should be a list of objects."""
    return [one for one in content if isinstance(one, dict)] if isinstance(content, list) else []


def text(value: Any) -> str:
    """The repaired text; empty if it is none."""
    return repaired(value) if isinstance(value, str) else ""


def seconds(value: Any) -> int | None:
    """A time as seconds since 1970; None if it cannot be true. Exports also have milliseconds, and
    a time within a day of 1970 is one that was not known."""
    number = number_of(value)
    if number is None:
        return None
    while _MOST_SECONDS <= abs(number) < _MOST_SECONDS**2:
        number /= 1000
    return int(number) if _EARLIEST <= number < _LATEST and abs(number) > _DAY else None


def number_of(value: Any) -> float | None:
    """The number, which may be written as a text; None if it is none."""
    try:
        return None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def date_of(value: Any) -> int | None:
    """A moment in ISO 8601, without a time zone in UTC, as `seconds`."""
    try:
        moment = datetime.fromisoformat(text(value))
        return seconds((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return seconds(value)


def point_of(medium: Json) -> Point | None:
    """The point where a file was made, by the metadata that Instagram kept of it."""
    metadata = medium.get("media_metadata")
    for kind in ("photo_metadata", "video_metadata"):
        details = metadata.get(kind) if isinstance(metadata, dict) else None
        for exif in objects(details.get("exif_data")) if isinstance(details, dict) else []:
            latitude, longitude = number_of(exif.get("latitude")), number_of(exif.get("longitude"))
            if latitude is not None and longitude is not None:
                point = on_earth((latitude, longitude))
                if point is not None:
                    return point
    return None


def on_earth(point: Point) -> Point | None:
    """The point; None if it is not on Earth, not a number, or 0, 0, which means unknown."""
    exists = -90 <= point[0] <= 90 and -180 <= point[1] <= 180 and point != (0, 0)
    return point if exists else None
