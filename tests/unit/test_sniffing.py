"""What a file is by its first bytes, in the words that all clients share."""

from __future__ import annotations

import pytest

from shutterfeed.domain import photos, videos
from tests import vectors


@pytest.mark.parametrize(("magic", "content_type"), vectors.sniffing())
def test_the_service_knows_a_file_by_its_first_bytes(
    magic: bytes, content_type: str | None
) -> None:
    assert (photos.sniff(magic) or videos.sniff_video(magic)) == content_type
