"""The codec in its own process: whatever happens in there, the photo is refused or rendered."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from shutterfeed import runtime
from shutterfeed.adapters.confinement import CodecFailed, ConfinedCodec, decoding, read_answer
from shutterfeed.adapters.decoding import client
from shutterfeed.adapters.decoding.orders import Decode, Limits, wait_for
from shutterfeed.adapters.imaging import PillowImageCodec
from shutterfeed.domain.photos import PhotoRefused, RenderedPhoto
from tests import decoders, hostile, pictures

JPEG = "image/jpeg"
OPEN = Path("/proc/self/fd")


def misbehave(act: str, argument: object = "", **limits: Any) -> RenderedPhoto:
    """Render a photo with a decoder that does one of `decoders.ACTS`."""
    codec = ConfinedCodec("tests.decoders:photo", **limits)
    return codec.render(f"{act}\n{argument}".encode(), JPEG)


def refusal(act: str, argument: object = "", **limits: Any) -> PhotoRefused:
    with pytest.raises(PhotoRefused) as refused:
        misbehave(act, argument, **limits)
    assert refused.value.message.endswith(".")
    return refused.value


def told(act: str, **limits: Any) -> str:
    """What the decoder says from within the child."""
    with pytest.raises(PhotoRefused) as said:
        misbehave(act, **limits)
    return said.value.message


@pytest.mark.parametrize("name", hostile.seeds())
def test_a_photo_of_every_kind_comes_out_as_without_confinement(name: str) -> None:
    content = hostile.seeds()[name]
    content_type = hostile.kind_of(content)
    expected = PillowImageCodec().render(content, content_type)
    assert ConfinedCodec().render(BytesIO(content), content_type) == expected


def test_notes_come_out_as_they_are() -> None:
    assert misbehave("note").notes == (decoders.NOTE,)


def test_a_refusal_comes_out_as_it_is() -> None:
    with pytest.raises(PhotoRefused) as refused:
        ConfinedCodec().render(pictures.jpeg(400, 300)[:2000], JPEG)
    assert refused.value.code == "truncated"


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS])
def test_a_crash_refuses_the_photo(number: signal.Signals) -> None:
    assert refusal("crash", int(number)).code == "undecodable"


def test_a_child_that_the_kernel_kills_is_no_fault_of_the_photo() -> None:
    with pytest.raises(CodecFailed, match="for want of memory"):
        misbehave("crash", int(signal.SIGKILL))


def test_a_real_crash_refuses_the_photo() -> None:
    assert refusal("read at 0").code == "undecodable"


def test_leaving_without_an_answer_refuses_the_photo() -> None:
    assert refusal("leave").code == "undecodable"


def test_an_answer_without_end_refuses_the_photo() -> None:
    assert refusal("answer without end").code == "undecodable"


def test_a_loop_without_end_is_stopped() -> None:
    assert refusal("spin", cpu_seconds=1).code == "too_slow"


def test_waiting_without_end_is_stopped() -> None:
    start = time.monotonic()
    assert refusal("sleep", wall_seconds=0.2).code == "too_slow"
    assert time.monotonic() - start < 100


def test_memory_is_limited_beyond_what_the_process_has() -> None:
    limit = 60 * 1024 * 1024
    with pytest.raises(CodecFailed, match="MemoryError"):
        misbehave("take MB", 900, memory=limit)
    misbehave("take MB", 40, memory=limit)


def test_a_photo_that_takes_too_much_memory_is_refused() -> None:
    photo = pictures.png(6000, 5000, compress_level=1)
    with pytest.raises(PhotoRefused) as refused:
        ConfinedCodec(memory=20 * 1024 * 1024).render(photo, "image/png")
    assert refused.value.code == "too_many_pixels"


def test_the_child_has_no_keys() -> None:
    assert os.environ["AWS_SECRET_ACCESS_KEY"]
    assert told("tell environment") == "{}"


def test_the_child_stands_back_as_far_as_it_is_told() -> None:
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert told("tell niceness") == str(own)
    assert told("tell niceness", niceness=3) == str(min(own + 3, 19))


def test_an_error_of_ours_is_no_fault_of_the_photo() -> None:
    with pytest.raises(CodecFailed, match="a mistake"):
        misbehave("fail")


def test_nothing_is_left_behind() -> None:
    misbehave("nothing")  # Starts the server, if no test did before.
    before, children = len(list(OPEN.iterdir())), _children()
    for _ in range(5):
        misbehave("nothing")
    assert len(list(OPEN.iterdir())) == before
    assert _children() == children


def _children() -> set[str]:
    """Living and dead ones that nobody has asked for, and theirs; the test run may have some of its
    own."""
    found: set[str] = set()
    left = [str(os.getpid())]
    while left:
        tasks = Path("/proc", left.pop(), "task").glob("*/children")
        left.extend(child for task in tasks for child in task.read_text().split())
        found.update(left)
    return found


def test_a_server_that_dies_is_started_again() -> None:
    misbehave("nothing")
    server = client._servers.get("tests.decoders").process
    os.kill(server, signal.SIGKILL)
    os.waitid(os.P_PID, server, os.WEXITED | os.WNOWAIT)
    misbehave("nothing")
    assert client._servers.get("tests.decoders").process != server


def test_a_server_that_dies_while_a_child_decodes_is_no_fault_of_the_photo() -> None:
    misbehave("nothing")
    server = client._servers.get("tests.decoders").process
    order = Decode("tests.decoders:photo", JPEG, Limits(60 * 1024 * 1024, 10))
    with decoding(order, b"sleep") as (child, answers):
        os.kill(server, signal.SIGKILL)
        with pytest.raises(client.ServerGone):
            read_answer(child, answers, 100, time.monotonic() + 60)
    misbehave("nothing")


def test_a_server_that_was_seen_to_end_is_given_no_more_orders() -> None:
    """The kernel closes its sockets one after the other: it may still take an order."""
    misbehave("nothing")
    ending = client._servers.get("tests.decoders")
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    theirs.close()
    with client.Child(ours, "tests.decoders", ending) as child, pytest.raises(client.ServerGone):
        child.wait(time.monotonic() + 60)
    assert client._servers.get("tests.decoders") is not ending
    with pytest.raises(ProcessLookupError):
        os.kill(ending.process, 0)
    misbehave("nothing")


@pytest.mark.parametrize("is_ready", [False, True])
def test_a_server_whose_function_is_gone_ends_and_says_nothing(
    capfd: pytest.CaptureFixture[str], *, is_ready: bool
) -> None:
    """Whether it was about to say that it is ready, or has said so to nobody."""
    server = client._start("tests")
    if is_ready:
        wait_for(server.control.fileno(), time.monotonic() + 60)
    server.control.close()
    assert os.waitpid(server.process, 0)[1] == 0
    assert capfd.readouterr().err == ""


def test_a_server_that_fails_says_why(capfd: pytest.CaptureFixture[str]) -> None:
    server = client._start("tests")
    server.await_ready(lambda _: None)
    server.control.send(b"no order")
    assert os.waitpid(server.process, 0)[1] != 0
    server.control.close()
    assert "msgspec.ValidationError" in capfd.readouterr().err


def test_a_server_that_does_not_begin_is_tried_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    start, started = client._start, list[str]()

    def counted(module: str) -> client._Server:
        started.append(module)
        return start(module)

    monkeypatch.setattr(client, "_start", counted)
    before, children = len(list(OPEN.iterdir())), _children()
    with pytest.raises(client.ServerGone, match="does not begin"):
        ConfinedCodec("tests.no_decoders:photo").render(b"nothing", JPEG)
    assert started == ["tests.no_decoders"] * 2
    assert len(list(OPEN.iterdir())) == before
    assert _children() == children


def test_a_process_that_forks_has_a_server_of_its_own() -> None:
    misbehave("nothing")
    server, child = client._servers.get("tests.decoders").process, os.fork()
    if child == 0:
        misbehave("nothing")
        own = client._servers.get("tests.decoders").process
        client.stop()
        os._exit(0 if own != server else 1)
    assert os.waitpid(child, 0)[1] == 0
    misbehave("nothing")
    assert client._servers.get("tests.decoders").process == server


def test_a_kernel_that_takes_no_filter_is_counted_and_the_other_limits_hold(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(client._servers, "tell", runtime.count_unsealed_decoder)
    unsealed = ConfinedCodec("tests.unsealed_decoders:photo")
    for _ in range(2):
        unsealed.render(b"nothing", JPEG)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["DecoderUnsealed"] for line in lines if "_aws" in line] == [[1]]
    with pytest.raises(PhotoRefused) as told:
        unsealed.render(b"tell environment", JPEG)
    assert told.value.message == "{}"


_FUNCTIONS = """
import sys
import thumbnail.handler
import transcode.handler
print(sorted({"PIL", "pillow_heif"} & sys.modules.keys()))
"""


def test_functions_do_not_load_the_decoders_themselves() -> None:
    program = [sys.executable, "-c", _FUNCTIONS]
    paths = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)}
    answer = subprocess.run(program, capture_output=True, text=True, check=True, env=paths)
    assert answer.stdout.split() == ["[]"]
