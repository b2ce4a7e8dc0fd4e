"""The highest number of connections from one process to one service."""

from typing import Final

MAX_CONNECTIONS: Final = 64
