"""What the API function's user may do in the Valkey cache that all its containers share."""

from __future__ import annotations

from typing import Final

from shutterfeed import schema

RIGHTS: Final = f"on ~{schema.CACHED_RECENT_POSTS}* resetchannels -@all +get +set"
"""The user's access string in Valkey."""
