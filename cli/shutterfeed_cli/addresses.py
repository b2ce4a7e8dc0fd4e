"""What people type to name a post, a user or a hashtag."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from shutterfeed_cli.errors import UsageError

_POST_PATH: Final = "/p/"


def post_id(text: str) -> str:
    """The id in the address of a post, or the id that was typed itself. Raises `UsageError`."""
    path = urlsplit(text).path
    found = path.partition(_POST_PATH)[2] if _POST_PATH in path else text
    return _given(found.strip("/ "), "Say which post: its address or its id.")


def comment_id(text: str) -> str:
    """The id of a comment as it was typed. Raises `UsageError` if it is empty."""
    return _given(text.strip("/ "), "Say which comment: its id.")


def handle(text: str | None) -> str:
    """The handle that was typed, with or without its @. Raises `UsageError` if there is none."""
    return _given((text or "").strip().removeprefix("@"), "Say whom: a handle is missing.")


def hashtag(text: str) -> str:
    """The hashtag that was typed, with or without its #. Raises `UsageError` if there is none."""
    return _given(text.strip().removeprefix("#"), "Say which hashtag.")


def _given(value: str, missing: str) -> str:
    if not value:
        raise UsageError(missing)
    return value
