"""The pair of keys by which push services know a deployment: a point of P-256 and its secret."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PARAMETERS: Final = ("PushKey", "PushPublicKey")
"""The stack's parameters, the private key's first: see `infra/push_keys.py`."""
_PRIVATE_BYTES: Final = 32


def new_pair() -> Mapping[str, str]:
    """New keys in base64url, by the parameters that take them."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_numbers().private_value.to_bytes(_PRIVATE_BYTES)
    public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return dict(zip(PARAMETERS, map(_encoded, (private, public)), strict=True))


def _encoded(key: bytes) -> str:
    return urlsafe_b64encode(key).rstrip(b"=").decode()
