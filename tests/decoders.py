"""Decoders that misbehave. The decoder server loads this module in place of the real decoders."""

from __future__ import annotations

import ctypes
import os
import signal
import struct
import time
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any, Final, NoReturn

from shutterfeed.adapters.decoding import animated, animation_answers
from shutterfeed.adapters.decoding.works import PhotoWork
from shutterfeed.adapters.frames import moving
from shutterfeed.domain.crops import Crop
from shutterfeed.domain.notes import Note
from shutterfeed.domain.photos import PhotoRefused, RenderedPhoto
from tests import taken_over

MB: Final = 1024 * 1024
NOTE: Final = Note("incomplete", "Part of the photo is missing.")


def _tell(text: str) -> NoReturn:
    raise PhotoRefused("undecodable", text)


def _spin() -> None:
    while True:
        pass


def _fail() -> None:
    raise ZeroDivisionError("a mistake")


def _answer_without_end() -> None:
    """Announce the largest answer that can be, and begin to write it."""
    pipe = next(number for number in range(3, 64) if taken_over.is_open(number))
    os.write(pipe, struct.pack(">I", 0xFFFFFFFF))
    while True:
        os.write(pipe, bytes(MB))


ACTS: Final[Mapping[str, Callable[[str], Any]]] = {
    "note": lambda _: RenderedPhoto(1, 1, "", (), notes=(NOTE,)),
    "nothing": lambda _: None,
    "crash": lambda number: signal.raise_signal(int(number)),
    "read at 0": lambda _: ctypes.string_at(0),
    "leave": lambda _: os._exit(0),
    "spin": lambda _: _spin(),
    "sleep": lambda _: time.sleep(600),
    "take MB": lambda number: bytearray(int(number) * MB),
    "fail": lambda _: _fail(),
    "tell niceness": lambda _: _tell(str(os.getpriority(os.PRIO_PROCESS, 0))),
    "tell environment": lambda _: _tell(repr(dict(os.environ))),
    "answer without end": lambda _: _answer_without_end(),
    "take over": lambda found: _tell(", ".join(taken_over.attempts(found)) or "nothing"),
}
"""What a photo makes these decoders do. A photo is the name of an act, and what it is to be told,
after a line break."""


class Misbehaving:
    """A codec that does what its photo says."""

    def render(
        self, source: IO[bytes], content_type: str, crop: Crop | None = None
    ) -> RenderedPhoto:
        assert content_type
        assert crop is None
        act, _, argument = source.read().decode().partition("\n")
        made = ACTS[act](argument)
        return made if isinstance(made, RenderedPhoto) else RenderedPhoto(1, 1, "", ())


photo: Final = PhotoWork(Misbehaving())


def crashing_animation(_content: bytes, _type: str, _crop: Crop | None) -> Iterator[bytes]:
    """A work that crashes while it decodes an animation."""
    ctypes.string_at(0)
    yield b""


def mistaken_animation(content: bytes, content_type: str, crop: Crop | None) -> Iterator[bytes]:
    """A work that decodes an animation with a fault of ours in it."""

    class OurMistakeError(Exception):
        """What no file makes a decoder raise."""

    def fail(*_: object) -> NoReturn:
        raise OurMistakeError

    moving._OPENERS[content_type] = fail
    yield from animated.decoded(content, content_type, crop)


def endless_animation(content: bytes, content_type: str, _crop: Crop | None) -> Iterator[bytes]:
    """A work that shows a frame for ever."""
    for message in animated.messages(content, content_type):
        if isinstance(message, animation_answers.Frame):
            while True:
                yield animated._encode(animation_answers.Frame(message.pixels, 100, 1))
        yield animated._encode(message)
