"""Signs receipts with Ed25519, and checks them.

The private key is an item of the metadata table, as the other keys of a deployment are: a key of
KMS would cost a dollar a month. A signed receipt is one text: the receipt's own text, and below it
the signature and the public key, each on a line of its own.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_SIGNATURE: Final = "\n\nEd25519 signature: "
_KEY: Final = "\npublic key: "


class NotGenuine(ValueError):
    """The text is no receipt, was changed, or was signed by somebody else."""


def public_key(private: bytes) -> str:
    """The key by which everybody can check what was signed with the private key."""
    key = Ed25519PrivateKey.from_private_bytes(private).public_key()
    return b64encode(key.public_bytes_raw()).decode()


def signed(content: bytes, private: bytes) -> bytes:
    """The text with its signature."""
    signature = Ed25519PrivateKey.from_private_bytes(private).sign(content)
    ending = f"{_SIGNATURE}{b64encode(signature).decode()}{_KEY}{public_key(private)}\n"
    return content + ending.encode()


def checked(text: bytes, key: str) -> bytes:
    """The text that was signed. Raises `NotGenuine` unless it was signed with the private key of
    this public one."""
    content, _, ending = text.replace(b"\r\n", b"\n").rpartition(_SIGNATURE.encode())
    signature, _, named = ending.decode(errors="replace").partition(_KEY)
    if not content or named.strip() != key.strip():
        raise NotGenuine("It is no receipt that this service has signed with its present key.")
    try:
        Ed25519PublicKey.from_public_bytes(b64decode(key)).verify(b64decode(signature), content)
    except (InvalidSignature, ValueError) as error:
        raise NotGenuine("The receipt was changed after it was signed.") from error
    return content
