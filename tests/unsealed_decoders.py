"""The decoders that misbehave, on a kernel that takes no filter."""

from __future__ import annotations

from shutterfeed.adapters.decoding import server
from tests.decoders import photo

__all__ = ("photo",)

server._reason_for_no_filter = lambda: "Function not implemented"
