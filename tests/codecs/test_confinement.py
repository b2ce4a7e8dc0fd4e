"""The codec in its own process: whatever happens in there, the photo is refused or rendered."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import pytest

from shutterfeed.adapters.confinement import CodecFailed, ConfinedCodec
from shutterfeed.adapters.imaging import PillowImageCodec
from shutterfeed.domain.photos import PhotoRefused, RenderedPhoto
from tests import pictures, samples

JPEG = "image/jpeg"
MB = 1024 * 1024
OPEN = Path("/proc/self/fd")


@dataclass(frozen=True)
class Misbehaving:
    """A codec that does something else."""

    act: Callable[[], Any]

    def render(self, _source: IO[bytes], _content_type: str) -> RenderedPhoto:
        self.act()
        return RenderedPhoto(1, 1, "", ())


def refusal(act: Callable[[], Any], **limits: Any) -> PhotoRefused:
    with pytest.raises(PhotoRefused) as refused:
        ConfinedCodec(Misbehaving(act), **limits).render(b"", JPEG)
    assert refused.value.message.endswith(".")
    return refused.value


def told(act: Callable[[], str], **limits: Any) -> str:
    """What `act` says from within the child."""

    def tell() -> None:
        raise PhotoRefused("undecodable", act())

    with pytest.raises(PhotoRefused) as said:
        ConfinedCodec(Misbehaving(tell), **limits).render(b"", JPEG)
    return said.value.message


def spin() -> None:
    while True:
        pass


def test_a_photo_comes_out_as_without_confinement() -> None:
    for content in (pictures.jpeg(400, 300, gps=True), pictures.jpeg(40, 30)):
        expected = PillowImageCodec().render(content, JPEG)
        assert ConfinedCodec(PillowImageCodec()).render(BytesIO(content), JPEG) == expected


def test_notes_come_out_as_they_are() -> None:
    @dataclass(frozen=True)
    class Noting:
        def render(self, _source: IO[bytes], _content_type: str) -> RenderedPhoto:
            return RenderedPhoto(1, 1, "", (), notes=(samples.NOTE,))

    assert ConfinedCodec(Noting()).render(b"", JPEG).notes == (samples.NOTE,)


def test_a_refusal_comes_out_as_it_is() -> None:
    with pytest.raises(PhotoRefused) as refused:
        ConfinedCodec(PillowImageCodec()).render(pictures.jpeg(400, 300)[:2000], JPEG)
    assert refused.value.code == "truncated"


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL, signal.SIGBUS])
def test_a_crash_refuses_the_photo(number: int) -> None:
    assert refusal(lambda: os.kill(os.getpid(), number)).code == "undecodable"


def test_a_real_crash_refuses_the_photo() -> None:
    assert refusal(lambda: ctypes.string_at(0)).code == "undecodable"


def test_leaving_without_an_answer_refuses_the_photo() -> None:
    assert refusal(lambda: os._exit(0)).code == "undecodable"


def test_a_loop_without_end_is_stopped() -> None:
    assert refusal(spin, cpu_seconds=1).code == "too_slow"


def test_waiting_without_end_is_stopped() -> None:
    start = time.monotonic()
    assert refusal(lambda: time.sleep(600), wall_seconds=0.2).code == "too_slow"
    assert time.monotonic() - start < 100


def test_memory_is_limited_beyond_what_the_process_has() -> None:
    with pytest.raises(CodecFailed, match="MemoryError"):
        ConfinedCodec(Misbehaving(lambda: bytearray(900 * MB)), memory=60 * MB).render(b"", JPEG)
    ConfinedCodec(Misbehaving(lambda: bytearray(40 * MB)), memory=60 * MB).render(b"", JPEG)


_TOO_LARGE = """
from shutterfeed.adapters.confinement import ConfinedCodec
from shutterfeed.adapters.imaging import PillowImageCodec
from shutterfeed.domain.photos import PhotoRefused
from tests import pictures

photo = pictures.png(6000, 5000, compress_level=1)
try:
    ConfinedCodec(PillowImageCodec(), memory=20 * 1024 * 1024).render(photo, "image/png")
except PhotoRefused as refused:
    print(refused.code)
"""


def test_a_photo_that_takes_too_much_memory_is_refused() -> None:
    # In a process of its own: what the tests before have freed, this one could use again.
    program = [sys.executable, "-c", _TOO_LARGE]
    answer = subprocess.run(program, capture_output=True, text=True, check=True, env=_paths())
    assert answer.stdout.split() == ["too_many_pixels"]


def _paths() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)}


def test_the_child_has_no_keys_no_connections_and_writes_no_files() -> None:
    assert os.environ["AWS_SECRET_ACCESS_KEY"]
    assert told(lambda: repr(dict(os.environ))) == "{}"
    with Path(__file__).open("rb") as secret:
        number = secret.fileno()
        assert "Bad file descriptor" in told(lambda: _error(lambda: os.read(number, 1)))


def _error(act: Callable[[], Any]) -> str:
    try:
        return repr(act())
    except OSError as error:
        return str(error)


def test_the_child_stands_back_as_far_as_it_is_told() -> None:
    def niceness() -> str:
        return str(os.getpriority(os.PRIO_PROCESS, 0))

    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert told(niceness) == str(own)
    assert told(niceness, niceness=3) == str(min(own + 3, 19))


def test_an_error_of_ours_is_no_fault_of_the_photo() -> None:
    def fail() -> None:
        raise ZeroDivisionError("a mistake")

    with pytest.raises(CodecFailed, match="a mistake"):
        ConfinedCodec(Misbehaving(fail)).render(b"", JPEG)


def test_nothing_is_left_behind() -> None:
    before, children = len(list(OPEN.iterdir())), _children()
    codec = ConfinedCodec(Misbehaving(lambda: None))
    for _ in range(5):
        codec.render(b"", JPEG)
    assert len(list(OPEN.iterdir())) == before
    assert _children() == children


def _children() -> set[str]:
    """Living and dead ones that nobody has asked for; the test run may have some of its own."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {child for task in tasks for child in task.read_text().split()}
