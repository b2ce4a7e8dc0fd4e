"""Opens animated pictures of every kind, and gives their frames as video needs them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Final

from PIL import AvifImagePlugin, Image, ImageSequence
from PIL.AvifImagePlugin import AvifImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from shutterfeed.adapters import exif
from shutterfeed.adapters.colour import described
from shutterfeed.adapters.colour.conversion import ToSrgb
from shutterfeed.adapters.colour.described import Colours
from shutterfeed.adapters.frames import apng, gif
from shutterfeed.adapters.frames.canvas import Decoded, Part, composed, on_white

# The function has one core; more threads would only take more memory.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame, and for how many milliseconds the file shows it.

    `picture` makes it upright, in RGB and sRGB, and on white; it must be called before the next
    frame is asked for.
    """

    picture: Callable[[], Image.Image]
    duration: float


@dataclass(frozen=True, slots=True)
class Moving:
    """An animated picture. `width` and `height` are those of the upright picture, `largest` is the
    largest size that a decoder makes for one frame. `frames` can be read once."""

    width: int
    height: int
    count: int
    largest: tuple[int, int]
    frames: Iterator[Frame]


def opened(content: bytes, content_type: str) -> Moving:
    """Open an animated picture; a still one has a single frame. Nothing is decoded yet.

    Raises one of `BAD_INPUT` for a broken file, as reading the frames does.
    """
    return _OPENERS[content_type](content)


def _gif(content: bytes) -> Moving:
    file = gif.taken_apart(content)
    return _of_parts(file.size, file.parts, GifImageFile, None, 1)


def _apng(content: bytes) -> Moving:
    file = apng.taken_apart(content)
    if len(file.parts) < 2:
        return Moving(*file.size, 1, file.size, iter(()))
    with PngImageFile(BytesIO(content)) as image:
        colours = described.of_png(content, image.info.get("icc_profile"))
        orientation = exif.orientation(image, content, Image.Exif())
    return _of_parts(file.size, file.parts, PngImageFile, colours, orientation)


def _of_parts(
    size: tuple[int, int],
    parts: list[Part],
    decoder: type[ImageFile],
    colours: Colours,
    orientation: int,
) -> Moving:
    largest = (
        max(size[0], *(part.box.right - part.box.left for part in parts)),
        max(size[1], *(part.box.bottom - part.box.top for part in parts)),
    )
    canvases = composed(size, _decoded(parts, decoder))
    finish = partial(_finished, to_srgb=ToSrgb(colours), orientation=orientation)
    frames = (
        Frame(partial(finish, canvas), part.duration)
        for part, canvas in zip(parts, canvases, strict=True)
    )
    return Moving(*exif.turned(size, orientation), len(parts), largest, frames)


def _decoded(parts: Iterable[Part], decoder: type[ImageFile]) -> Iterator[Decoded]:
    for part in parts:
        with decoder(BytesIO(part.file)) as image:
            image.load()
            yield Decoded(part, image)


def _webp(content: bytes) -> Moving:
    image = WebPImageFile(BytesIO(content))
    return _by_pillow(image, described.of_icc(image.info.get("icc_profile")), 1)


def _avif(content: bytes) -> Moving:
    image = AvifImageFile(BytesIO(described.decodable(content)))
    colours = described.of_avif(content, image.info.get("icc_profile"), moving=True)
    return _by_pillow(image, colours, exif.orientation(image, content, exif.read(image)))


def _by_pillow(image: WebPImageFile | AvifImageFile, colours: Colours, orientation: int) -> Moving:
    finish = partial(_finished, to_srgb=ToSrgb(colours), orientation=orientation)

    def frames() -> Iterator[Frame]:
        for frame in ImageSequence.Iterator(image):
            # Only then Pillow knows the frame's duration.
            frame.load()
            yield Frame(partial(finish, frame), float(frame.info.get("duration") or 0))

    size = exif.turned(image.size, orientation)
    return Moving(*size, int(image.n_frames), image.size, frames())


def _finished(picture: Image.Image, to_srgb: ToSrgb, orientation: int) -> Image.Image:
    flat = on_white(picture)
    if flat.mode not in {"L", "RGB"}:
        flat = flat.convert("RGB")
    return exif.upright(to_srgb.convert(flat), orientation)


_OPENERS: Final[dict[str, Callable[[bytes], Moving]]] = {
    "image/gif": _gif,
    "image/png": _apng,
    "image/webp": _webp,
    "image/avif": _avif,
}
