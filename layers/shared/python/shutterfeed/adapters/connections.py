"""How many connections there are to one service, from one process."""

from typing import Final

MAX_CONNECTIONS: Final = 64
