"""The command line knows files as the service and the web client do."""

from __future__ import annotations

import io
from dataclasses import asdict

import pytest

from shutterfeed_cli.media import sniff
from shutterfeed_cli.video import UnknownVideo, read_facts
from tests import vectors


@pytest.mark.parametrize(("magic", "content_type"), vectors.sniffing())
def test_a_file_is_known_by_its_first_bytes(magic: bytes, content_type: str | None) -> None:
    assert sniff(magic) == content_type


@pytest.mark.parametrize(
    ("content", "facts"),
    [(content, facts) for _, content, facts in vectors.mp4()],
    ids=[name for name, _, _ in vectors.mp4()],
)
def test_a_video_says_what_it_is(content: bytes, facts: dict[str, int] | None) -> None:
    if facts is None:
        with pytest.raises(UnknownVideo):
            read_facts(io.BytesIO(content), "video/mp4")
    else:
        assert asdict(read_facts(io.BytesIO(content), "video/mp4")) == facts
