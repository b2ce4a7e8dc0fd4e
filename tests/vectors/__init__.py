"""Test vectors that the service, the command line and the web client share; see `README.md`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


def sniffing() -> list[tuple[bytes, str | None]]:
    """The first bytes of files, and their content types."""
    vectors = json.loads((_FOLDER / "sniffing.json").read_text())
    return [(vector["magic"].encode("latin-1"), vector["type"]) for vector in vectors]


def links() -> list[tuple[str, list[str], list[str]]]:
    """Texts, with the handles and the hashtags in each."""
    vectors = json.loads((_FOLDER / "links.json").read_text())
    return [(v["text"], v["mentions"], v["hashtags"]) for v in vectors]


def mp4() -> list[tuple[str, bytes, dict[str, int] | None]]:
    """Names, files, and what each says of itself: `width`, `height`, `duration_ms`."""
    vectors = json.loads((_FOLDER / "mp4.json").read_text())
    return [(v["name"], b"".join(map(_box, v["boxes"])), v["facts"]) for v in vectors]


def _box(described: tuple[str, Any]) -> bytes:
    kind, content = described
    body = bytes.fromhex(content) if isinstance(content, str) else b"".join(map(_box, content))
    return (len(body) + 8).to_bytes(4, "big") + kind.encode() + body
