"""A decoder that somebody has taken over: it finds nothing, and harms nobody."""

from __future__ import annotations

import json
import os
import secrets
import sys
from pathlib import Path

import pytest

from shutterfeed.adapters import confinement, ffmpeg
from shutterfeed.adapters.confinement import ConfinedCodec
from shutterfeed.adapters.decoding import client, kernel
from shutterfeed.adapters.ffmpeg import Ffmpeg
from shutterfeed.domain.photos import PhotoRefused
from tests import pictures, taken_over

JPEG = "image/jpeg"


@pytest.fixture
def canary(monkeypatch: pytest.MonkeyPatch) -> str:
    """A secret in this process's environment and memory."""
    secret = f"canary{'-'}{secrets.token_hex(16)}"
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    return secret


@pytest.fixture(autouse=True)
def sealed() -> None:
    """Skip where the kernel refuses filters; it says so by the first order."""
    reasons: list[str] = []
    client.stop()
    client.start(reasons.append)
    ConfinedCodec().render(pictures.jpeg(8, 8), JPEG)
    if reasons:
        pytest.skip(f"this kernel takes no filter: {reasons[0]}")


def aims(folder: Path, server: int, *, opens: bool) -> str:
    return json.dumps(
        {
            "processes": [os.getpid(), os.getppid(), server],
            "files": ["/etc/passwd", confinement.__file__, "/proc/self/environ", "/proc/1/environ"],
            "folders": [str(folder), "/tmp", "/dev/shm"],
            "opens": opens,
        }
    )


def test_a_decoder_of_photos_finds_nothing(canary: str, tmp_path: Path) -> None:
    codec = ConfinedCodec("tests.decoders:photo")
    codec.render(b"nothing", JPEG)
    server = client._servers.get("tests.decoders").process
    with pytest.raises(PhotoRefused) as told:
        codec.render(f"take over\n{aims(tmp_path, server, opens=False)}".encode(), JPEG)
    assert told.value.message == "nothing"
    assert canary
    assert list(tmp_path.iterdir()) == []
    codec.render(b"nothing", JPEG)
    assert client._servers.get("tests.decoders").process == server


def test_without_confinement_it_would_find_the_secret(canary: str) -> None:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        found = canary in set(taken_over.canaries(taken_over.writable_memory()))
        os.write(writing, b"found" if found else b"")
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as pipe:
        assert pipe.read() == b"found"


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python in ffmpeg's place, which may read its own library."""
    python = Path(sys.executable).resolve()
    readable = (*ffmpeg.READABLE, sys.base_prefix, taken_over.__file__)
    monkeypatch.setattr(ffmpeg, "locate", lambda: python)
    monkeypatch.setattr(ffmpeg, "READABLE", readable)
    monkeypatch.setattr(ffmpeg, "_QUIETLY", ())


@pytest.mark.usefixtures("stand_in")
def test_a_taken_over_ffmpeg_finds_nothing(canary: str, tmp_path: Path) -> None:
    if not kernel.files_version():
        pytest.skip("this kernel has no Landlock: what ffmpeg may open is not limited")
    folder, other = tmp_path / "own", tmp_path / "other"
    folder.mkdir()
    other.mkdir()
    server = client._servers.get("shutterfeed.adapters.decoding.pictures").process
    found: list[str] = []
    Ffmpeg(folder).run(
        ("-I", "-S", taken_over.__file__, aims(other, server, opens=True)),
        seconds=60,
        on_line=found.append,
    )
    assert [line for line in found if line] == ["done"]
    assert canary
    assert list(other.iterdir()) == []
