"""Captions from the metadata and the names of files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Final

from shutterfeed_cli.client.limits import MAX_CAPTION

if TYPE_CHECKING:
    from PIL import Image

_DESCRIPTION: Final = 0x010E
_XP_TITLE: Final = 0x9C9B
_XP_COMMENT: Final = 0x9C9C
_IPTC_CAPTION: Final = (2, 120)

_CAMERA_SAYS: Final = re.compile(
    r"(olympus|sony|minolta|kodak|konica|samsung|digital)?\s*(digital camera|dsc|camera|image)\s*"
    r"|default|untitled|screenshot|dcim\W*|\W*",
    re.IGNORECASE,
)
"""Descriptions that cameras write into every photo."""
_MADE_UP: Final = frozenset(
    {"am", "at", "burst", "clip", "copy", "cover", "dcim", "dsc", "dscf", "dscn", "edit", "edited"}
    | {"gopr", "hdr", "image", "img", "mov", "mp", "mvimg", "night", "p", "photo", "picture", "pm"}
    | {"portrait", "pxl", "s", "screen", "screenshot", "shot", "untitled", "vid", "video", "wa"}
    | {"whatsapp"}
)
"""The words, besides numbers, in file names that cameras, phones and services make up."""
_HEXADECIMAL: Final = re.compile(r"[0-9a-f-]{16,}", re.IGNORECASE)
_ELLIPSIS: Final = "…"

_CUT: Final = re.compile(r"[\xc2-\xf4][\x80-\xbf]{0,2}(?P<after>[\s.]*)\Z")
"""The beginning of a character of UTF-8 that was read as Latin-1, at the end of a text."""
_COMPLETE: Final = re.compile(
    r"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_INCOMPLETE: Final = re.compile(r"[\xc2-\xf4](?=[\x80-\x9f])[\x80-\xbf]{1,2}|[\x80-\x9f]")
_LONELY: Final = re.compile(r"(?<=[a-z])[ÂÃ]\Z|(?<!\S)ð\Z")
"""The first byte of an umlaut or emoji, read as Latin-1, where no word ends with that letter."""
_NEVER_WRITTEN: Final = re.compile(r"[\x80-\x9f]")
"""Control characters that nobody writes, but half of all bytes of UTF-8 become."""


def repaired(text: str) -> str:
    """The correct text, if it is UTF-8 that was read as Latin-1; any other text unchanged.

    A character that was cut in its middle is left out.
    """
    if whole := _decoded_whole(text):
        return whole
    cut = _CUT.search(text)
    if cut and (whole := _decoded_whole(text[: cut.start()])) and whole != text[: cut.start()]:
        return whole + cut["after"]
    if not _NEVER_WRITTEN.search(text):
        return _LONELY.sub("", text)
    return _INCOMPLETE.sub("", _COMPLETE.sub(lambda found: _decoded_whole(found[0]), text))


def _decoded_whole(text: str) -> str:
    """The text whose UTF-8 was read as Latin-1; empty if it is no such text."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return ""


def tidy(text: str) -> str:
    """The text without characters that the service refuses: control characters and surrogates."""
    kept = (
        c for c in text.replace("\r\n", "\n") if c == "\n" or unicodedata.category(c) not in _BAD
    )
    return "".join(kept).strip()


_BAD: Final = frozenset({"Cc", "Cs"})


def shortened(text: str, most: int = MAX_CAPTION) -> str:
    """The text, cut with an ellipsis if it has more than `most` characters."""
    return text if len(text) <= most else text[: most - 1].rstrip() + _ELLIPSIS


def from_name(stem: str) -> str:
    """A caption from a file's name; empty if a camera made the name up."""
    words = [word for word in re.split(r"[\W\d_]+", stem.casefold()) if word]
    made_up = any(map(str.isdecimal, stem)) and all(word in _MADE_UP for word in words)
    if made_up or _HEXADECIMAL.fullmatch(stem):
        return ""
    return tidy(stem.replace("_", " "))


def from_photo(file: IO[bytes]) -> str:
    """The caption inside a photo: that of IPTC, otherwise EXIF's description, otherwise the title
    that Windows writes.

    It is empty if there is none or the file cannot be read: whatever is wrong with its metadata,
    the photo can still be posted.
    """
    # Imported late, since only some uploads read photos' metadata.
    from PIL import Image

    try:
        _open_heic()
        with Image.open(file) as image:
            return next(filter(None, (_said(read, image) for read in _READERS)), "")
    except Exception:  # noqa: BLE001 - broken bytes may make a decoder raise any error
        return ""


def _said(read: Callable[[Image.Image], str], image: Image.Image) -> str:
    """The text of one field; empty if it cannot be read, so that the next field is tried."""
    try:
        said = tidy(read(image))
    except Exception:  # noqa: BLE001 - broken bytes may make a parser raise any error
        return ""
    return "" if _CAMERA_SAYS.fullmatch(said) else said


def _iptc(image: Image.Image) -> str:
    """IPTC's first caption that is not empty: the field may occur several times."""
    from PIL.ImageFile import ImageFile
    from PIL.IptcImagePlugin import getiptcinfo

    if not isinstance(image, ImageFile):
        return ""
    value: object = (getiptcinfo(image) or {}).get(_IPTC_CAPTION)
    values = value if isinstance(value, list) else [value]
    texts = (_decoded(one).strip() for one in values if isinstance(one, bytes))
    return next(filter(None, texts), "")


def _description(image: Image.Image) -> str:
    value: object = image.getexif().get(_DESCRIPTION)
    return _decoded(value) if isinstance(value, bytes) else repaired(_text(value))


def _title(image: Image.Image) -> str:
    return _utf16(image.getexif().get(_XP_TITLE))


def _comment(image: Image.Image) -> str:
    return _utf16(image.getexif().get(_XP_COMMENT))


_READERS: Final = (_iptc, _description, _title, _comment)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _decoded(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("cp1252", errors="replace")


def _utf16(value: object) -> str:
    match value:
        case bytes():
            return value.decode("utf-16-le", errors="replace").rstrip("\0")
        case tuple():
            return bytes(value).decode("utf-16-le", errors="replace").rstrip("\0")
    return ""


def _open_heic() -> None:
    """Let Pillow read HEIC, if the extra `heic` is installed."""
    from PIL import Image

    if "HEIF" in Image.OPEN:
        return
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return
    register_heif_opener()
