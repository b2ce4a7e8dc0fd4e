"""What photos would take in other sets of renditions: bytes, processor time, likeness, money.

Each file of each set is made of the real photos that are at least 1,080 pixels wide, from the next
larger size, with the encoders that the service uses. Likeness is the SSIM to the same size
uncompressed. The money is S3's, for two million photos a day that all are kept, after one and after
five years.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from statistics import fmean
from typing import Any, Final

from PIL import Image

from bench import bill_prices as prices
from bench.figures import Figure
from bench.progress import clear, show
from bench.renditions import full_decode
from shutterfeed.domain.photos import RENDITIONS
from tests.pictures import SHARED_DATA
from tests.ssim import ssim
from tools.errors import Unavailable

_PHOTOS_A_DAY: Final = 2_000_000
_DAYS_A_YEAR: Final = 365
_SHOWN: Final = 1_080
_ZOOM: Final = 2_048
_OPTIONS: Final[Mapping[str, Mapping[str, Any]]] = {
    "jpg": {"format": "JPEG", "quality": 82, "progressive": True},
    "webp": {"format": "WEBP", "quality": 80, "method": 4},
    "avif": {"format": "AVIF", "quality": 62, "speed": 8, "max_threads": 1},
}
"""JPEG and WebP as the service makes them. AVIF's quality is that with the likeness of WebP 80, at
the speed beyond which files grow."""

BEFORE: Final = ("1080.jpg", "1080.webp", "640.jpg", "640.webp", "320.jpg", "150.jpg")
_SETS: Final[Mapping[str, Sequence[str]]] = {
    "JPEG and WebP (before)": BEFORE,
    "WebP, one JPEG of 640": ("1080.webp", "640.webp", "640.jpg", "320.webp", "150.jpg"),
    "WebP, one JPEG of 1080": ("1080.webp", "1080.jpg", "640.webp", "320.webp", "150.jpg"),
    "AVIF and WebP, one JPEG": (
        *("1080.avif", "640.avif", "1080.webp", "640.webp", "320.webp", "640.jpg", "150.jpg"),
    ),
    "AVIF, one JPEG": ("1080.avif", "640.avif", "640.jpg", "320.avif", "150.jpg"),
    "made now": tuple(spec.name for spec in RENDITIONS),
    "for zooming, WebP": ("2048.webp",),
    "for zooming, AVIF": ("2048.avif",),
}


@dataclass(frozen=True, slots=True)
class Made:
    """The means of one kind of file: bytes, milliseconds of the processor, likeness."""

    size: float
    processor: float
    likeness: float


@dataclass(frozen=True, slots=True)
class Size:
    photos: int
    """The highest number of photos."""
    width: int
    """The most pixels of width that a photo has, to which wider ones are scaled."""


FULL: Final = Size(100, _ZOOM)
TOY: Final = Size(1, 160)
MINUTES: Final = 2.0


def run(size: Size) -> list[Figure]:
    files = {name for names in _SETS.values() for name in names}
    made: dict[str, list[Made]] = {name: [] for name in files}
    pictures = [_scaled(picture, size.width) for picture in _pictures(size.photos)]
    for number, picture in enumerate(pictures, start=1):
        show(f"photo {number} of {len(pictures)}")
        for name in files:
            made[name].append(_made(picture, name))
    clear()
    means = {name: _mean(each) for name, each in made.items()}
    _print_files(means)
    _print_sets(means)
    share = _bytes(means, _SETS["made now"]) / _bytes(means, BEFORE)
    return [
        Figure("photos", len(pictures), "files"),
        Figure("stored bytes, now / before", share, "ratio", "<= 0.65"),
        Figure(
            "processor, now / before",
            _processor(means, _SETS["made now"]) / _processor(means, BEFORE),
            "ratio",
        ),
        Figure("stored a photo, now", _bytes(means, _SETS["made now"]) / 1000, "kB"),
        Figure("stored a photo for zooming", means["2048.webp"].size / 1000, "kB"),
    ]


def _pictures(most: int) -> Iterator[Image.Image]:
    found = 0
    for path in sorted(SHARED_DATA.glob("photos/*/*.*")):
        picture = full_decode(path.read_bytes())
        if picture.width >= _SHOWN:
            found += 1
            yield picture
        if found == most:
            break
    if not found:
        raise Unavailable(f"There are no photos of {_SHOWN} pixels in {SHARED_DATA}.")


def _scaled(picture: Image.Image, width: int) -> Image.Image:
    if picture.width <= width:
        return picture
    size = (width, round(picture.height * width / picture.width))
    return picture.resize(size, Image.Resampling.LANCZOS)


def _made(picture: Image.Image, name: str) -> Made:
    width, kind = int(name.partition(".")[0]), name.partition(".")[2]
    scaled = _scaled(picture, width)
    if name == "150.jpg":
        scaled = picture.resize((150, 150), Image.Resampling.LANCZOS)
    target = BytesIO()
    start = time.process_time()
    scaled.save(target, **_OPTIONS[kind])
    took = (time.process_time() - start) * 1000
    return Made(target.tell(), took, ssim(Image.open(target).convert("RGB"), scaled))


def _mean(made: Sequence[Made]) -> Made:
    return Made(
        fmean(one.size for one in made),
        fmean(one.processor for one in made),
        fmean(one.likeness for one in made),
    )


def _bytes(means: Mapping[str, Made], names: Sequence[str]) -> float:
    return sum(means[name].size for name in names)


def _processor(means: Mapping[str, Made], names: Sequence[str]) -> float:
    return sum(means[name].processor for name in names)


def _dollars(size: float, years: int) -> float:
    """What so many bytes a photo cost a month, after so many years."""
    photos = _PHOTOS_A_DAY * _DAYS_A_YEAR * years
    return prices.OBJECTS.of(photos * size / 1024**3)


def _print_files(means: Mapping[str, Made]) -> None:
    print(f"\n{'file':<12} {'kB':>7} {'CPU ms':>7} {'SSIM':>7}")
    for name in sorted(means, key=lambda name: (-int(name.partition(".")[0]), name)):
        one = means[name]
        print(f"{name:<12} {one.size / 1000:>7.1f} {one.processor:>7.0f} {one.likeness:>7.3f}")


def _print_sets(means: Mapping[str, Made]) -> None:
    head = f"{'files':>5} {'kB':>6} {'share':>6} {'CPU ms':>7} {'1 year':>8} {'5 years':>8}"
    print(f"\n{'set':<26} {head}")
    before = _bytes(means, BEFORE)
    for title, names in _SETS.items():
        size = _bytes(means, names)
        money = " ".join(f"{_dollars(size, years):>8,.0f}" for years in (1, 5))
        print(
            f"{title:<26} {len(names):>5} {size / 1000:>6.0f} {size / before:>6.2f}"
            f" {_processor(means, names):>7.0f} {money}"
        )
    print()
