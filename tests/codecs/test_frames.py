"""The frames of animated pictures, as browsers show them."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

from shutterfeed.adapters import chunks, scaling
from shutterfeed.adapters.frames import moving
from shutterfeed.adapters.frames.canvas import Box, Decoded, Dispose, Part, composed
from shutterfeed.adapters.imaging import PillowImageCodec
from shutterfeed.domain.photos import RenderedPhoto, sniff
from shutterfeed.domain.videos import MAGIC_BYTES, is_moving
from tests import pictures
from tests.animations import BLUE, GREEN, RED, Area, apng, gif
from tests.pictures import SHARED_DATA, needs_shared_data

WHITE_RGB, RED_RGB, GREEN_RGB, BLUE_RGB = (
    (255, 255, 255),
    (255, 0, 0),
    (0, 255, 0),
    (0, 0, 255),
)
LEFT, RIGHT = (1, 2), (6, 2)
"""A pixel in each half of a screen of 8 x 4."""
WHOLE = (0, 0, 8, 4)
LEFT_HALF, RIGHT_HALF = (0, 0, 4, 4), (4, 0, 4, 4)
KINDS = {"gif": "image/gif", "apng": "image/png"}
KEPT, CLEARED, RESTORED = "kept", "cleared", "restored"
DISPOSE = {
    "gif": {KEPT: 1, CLEARED: 2, RESTORED: 3},
    "apng": {KEPT: 0, CLEARED: 1, RESTORED: 2},
}


def pixels(content: bytes, content_type: str) -> list[list[object]]:
    """The pixels at `LEFT` and `RIGHT` of every frame."""
    shown: list[list[object]] = []
    for frame in moving.opened(content, content_type).frames:
        picture = frame.picture()
        assert picture.mode == "RGB"
        shown.append([picture.getpixel(place) for place in (LEFT, RIGHT)])
    return shown


def made(kind: str, areas: list[Area]) -> bytes:
    return gif((8, 4), areas) if kind == "gif" else apng((8, 4), areas)


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize(
    ("dispose", "left"),
    [(KEPT, GREEN_RGB), (CLEARED, WHITE_RGB), (RESTORED, RED_RGB)],
)
def test_what_a_frame_leaves_behind(kind: str, dispose: str, left: tuple[int, ...]) -> None:
    number = DISPOSE[kind][dispose]
    areas = [
        Area(RED, *WHOLE),
        Area(GREEN, *LEFT_HALF, dispose=number),
        Area(BLUE, *RIGHT_HALF),
    ]
    assert pixels(made(kind, areas), KINDS[kind]) == [
        [RED_RGB, RED_RGB],
        [GREEN_RGB, RED_RGB],
        [left, BLUE_RGB],
    ]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_transparent_part_of_a_frame_shows_what_was_there(kind: str) -> None:
    areas = [Area(RED, *WHOLE), Area(BLUE, *WHOLE, hole=True)]
    assert pixels(made(kind, areas), KINDS[kind])[1] == [BLUE_RGB, RED_RGB]


def test_grey_of_16_bits_is_not_clipped() -> None:
    part = Part(b"", Box(0, 0, 2, 2), Dispose.KEEP, over=False, duration=100)
    grey = Image.new("I;16", (2, 2), 0x8080)
    (canvas,) = composed((2, 2), [Decoded(part, grey)])
    assert canvas.getpixel((0, 0)) == (128, 128, 128, 255)


def test_a_frame_of_an_apng_may_replace_what_was_there_by_nothing() -> None:
    content = apng((8, 4), [Area(RED, *WHOLE), Area(0, *LEFT_HALF)])
    assert pixels(content, "image/png")[1] == [WHITE_RGB, RED_RGB]


def test_what_no_frame_of_a_gif_covers_is_transparent() -> None:
    content = gif((8, 4), [Area(RED, *LEFT_HALF), Area(GREEN, *LEFT_HALF)])
    assert pixels(content, "image/gif") == [[RED_RGB, WHITE_RGB], [GREEN_RGB, WHITE_RGB]]


def test_a_frame_beyond_a_gifs_screen_is_cut_and_the_first_one_enlarges_it() -> None:
    content = gif((2, 2), [Area(RED, *WHOLE), Area(BLUE, 4, 0, 90, 90), Area(GREEN, 20, 9, 1, 1)])
    assert pixels(content, "image/gif") == [
        [RED_RGB, RED_RGB],
        [RED_RGB, BLUE_RGB],
        [RED_RGB, BLUE_RGB],
    ]


def test_a_still_gif_that_covers_part_of_its_screen_is_on_white(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is scaled down in two strips."""
    monkeypatch.setattr(scaling, "_STRIP_PIXELS", 4400 * 32)
    content = gif((4400, 64), [Area(RED, 0, 0, 2200, 40)])
    photo = PillowImageCodec().render(content, "image/gif")
    assert photo.notes == ()
    picture = opened(photo, "1080.webp")
    places = [(250, 2), (800, 2), (250, 15), (800, 15)]
    expected = [RED_RGB, WHITE_RGB, WHITE_RGB, WHITE_RGB]
    for place, colour in zip(places, expected, strict=True):
        assert near(picture.getpixel(place), colour), place


def opened(photo: RenderedPhoto, name: str) -> Image.Image:
    content = next(content for kind, content in photo.renditions if kind.name == name)
    return Image.open(BytesIO(content))


def near(one: object, other: tuple[int, ...]) -> bool:
    assert isinstance(one, tuple)
    return all(abs(a - b) < 16 for a, b in zip(one, other, strict=True))


def test_an_apngs_own_picture_is_no_frame_unless_it_says_so() -> None:
    content = apng((8, 4), [Area(RED, *WHOLE), Area(GREEN, *WHOLE), Area(BLUE, *WHOLE)])
    start = content.index(b"fcTL") - 4
    # Without the control chunk of the first frame.
    content = content[:start] + content[start + 38 :]
    assert pixels(content, "image/png") == [[GREEN_RGB, GREEN_RGB], [BLUE_RGB, BLUE_RGB]]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_an_animation_whose_end_is_missing_is_refused(kind: str) -> None:
    content = made(kind, [Area(RED, *WHOLE), Area(GREEN, *WHOLE)])
    for cut in (20, 10):
        with pytest.raises(EOFError):
            moving.opened(content[:-cut], KINDS[kind])


def test_a_gif_without_its_last_byte_is_whole() -> None:
    content = made("gif", [Area(RED, *WHOLE), Area(GREEN, *WHOLE)])
    assert pixels(content[:-1], "image/gif") == [[RED_RGB] * 2, [GREEN_RGB] * 2]


@pytest.mark.parametrize("format_name", ["AVIF", "WEBP"])
def test_other_animations_have_frames_too(format_name: str) -> None:
    colours = ("red", "blue")
    one, other = (Image.new("RGB", (8, 4), colour) for colour in colours)
    options = {"lossless": True} if format_name == "WEBP" else {"quality": 100}
    content = pictures.encoded(
        one, format_name, save_all=True, append_images=[other], duration=[70, 130], **options
    )
    content_type = sniff(content)
    assert content_type
    assert is_moving(content_type, content[:MAGIC_BYTES])
    animation = moving.opened(content, content_type)
    assert (animation.width, animation.height, animation.count) == (8, 4, 2)
    frames = [(frame.picture().getpixel((2, 2)), frame.duration) for frame in animation.frames]
    assert [duration for _, duration in frames] == [70, 130]
    assert near(frames[0][0], RED_RGB)
    assert near(frames[1][0], BLUE_RGB)


ONE, TWO = Area(RED, *WHOLE), Area(GREEN, *WHOLE)
MOVING: dict[str, Callable[[], bytes]] = {
    "gif": lambda: gif((8, 4), [ONE, TWO]),
    "apng": lambda: apng((8, 4), [ONE, TWO]),
    "apng behind a profile": lambda: apng((8, 4), [ONE, TWO], before=[(b"iCCP", bytes(9_000))]),
}


@pytest.mark.parametrize("name", sorted(MOVING))
def test_what_moves_is_known_by_its_beginning(name: str) -> None:
    content = MOVING[name]()
    assert is_moving(sniff(content) or "", content[:MAGIC_BYTES])


@pytest.mark.parametrize("format_name", ["PNG", "AVIF", "WEBP"])
def test_a_still_picture_does_not_move(format_name: str) -> None:
    content = pictures.encoded(pictures.picture(8, 8), format_name)
    content_type = sniff(content) or ""
    assert not is_moving(content_type, content[:MAGIC_BYTES])
    if format_name != "WEBP":
        assert moving.opened(content, content_type).count == 1


def test_an_animation_that_is_rendered_as_a_photo_has_a_note() -> None:
    for content in (MOVING["gif"](), MOVING["apng"]()):
        photo = PillowImageCodec().render(content, sniff(content) or "")
        assert [note.code for note in photo.notes] == ["animation_left_out"]


def test_a_chunk_that_is_not_all_there_ends_a_png() -> None:
    content = pictures.png(8, 8)
    kinds = [chunk.kind for chunk in chunks.of_png(content)]
    assert kinds == [b"IHDR", b"IDAT", b"IEND"]
    assert [chunk.kind for chunk in chunks.of_png(content[:-1])] == kinds[:-1]


@needs_shared_data
def test_the_animations_that_were_found_wrong() -> None:
    """Pillow's Tests/images/dispose_bgnd.gif and delay.png, libavif's colors-animated-8bpc.avif."""
    found = SHARED_DATA / "found"
    if not found.is_dir():
        pytest.skip(f"{found} does not exist")
    disposed = moving.opened((found / "gif-dispose-background.gif").read_bytes(), "image/gif")
    last = [frame.picture().getpixel((10, 20)) for frame in disposed.frames][-1]
    assert last == WHITE_RGB
    for name, count in (("apng.png", 4), ("avif-animated.avif", 5)):
        content = (found / name).read_bytes()
        content_type = sniff(content) or ""
        assert is_moving(content_type, content[:MAGIC_BYTES])
        assert moving.opened(content, content_type).count == count
