"""Which addresses may be asked without encryption: only those of this machine."""

from __future__ import annotations

import ipaddress
from typing import Final

import httpx

from shutterfeed_cli.errors import NotEncrypted

_LOCAL: Final = "localhost"


def check_encrypted(url: httpx.URL) -> None:
    """Raises `NotEncrypted` if the address begins with http and is not of this machine."""
    if url.scheme == "http" and not is_loopback(url.host):
        raise NotEncrypted(
            f"http://{url.netloc.decode()} is not encrypted, so that others could read your sign-in"
            " and your photos on their way: only https will do."
        )


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its name or its number: `localhost`, any name below that,
    and loopback addresses. Nothing is looked up."""
    name = host.lower()
    if name == _LOCAL or name.endswith(f".{_LOCAL}"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
