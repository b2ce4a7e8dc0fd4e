"""What the decoder server can do with a photo: the works of its children, and their answers."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Final

import msgspec

from shutterfeed.domain.crops import Crop
from shutterfeed.domain.photos import PhotoRefused, RefusalCode, RenderedPhoto
from shutterfeed.ports.media import PhotoCodec


class Made(msgspec.Struct, tag="made"):
    photo: RenderedPhoto


class Refused(msgspec.Struct, tag="refused"):
    code: RefusalCode
    message: str


class Failed(msgspec.Struct, tag="failed"):
    trace: str


Answer = Made | Refused | Failed
_encode: Final = msgspec.msgpack.Encoder().encode
decode_answer: Final[Callable[[bytes | bytearray], Answer]] = msgspec.msgpack.Decoder(Answer).decode


class PhotoWork:
    """Renders a photo with a codec; a refusal is an answer too."""

    def __init__(self, codec: PhotoCodec) -> None:
        self._codec = codec

    def __call__(self, content: bytes, content_type: str, crop: Crop | None) -> Iterator[bytes]:
        yield _encode(self._answer(content, content_type, crop))

    def _answer(self, content: bytes, content_type: str, crop: Crop | None) -> Answer:
        try:
            return Made(self._codec.render(BytesIO(content), content_type, crop))
        except PhotoRefused as refused:
            return Refused(refused.code, refused.message)
        except Exception:  # noqa: BLE001 - raised again by the function
            return Failed(traceback.format_exc())
