"""Web Push: messages that are encrypted for one device and signed by this deployment.

    RFC 8030   the request to the push service
    RFC 8291   the keys of one message, from those of the device and a new one of ours
    RFC 8188   the encrypted body, of one record
    RFC 8292   the signature, VAPID

The package `cryptography` does all that is cryptography. There are packages for the rest, but
pywebpush brings two HTTP clients, http-ece is no wheel, and webpush brings pydantic.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Final

import urllib3
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shutterfeed.domain.devices import MAX_DEVICES, Device, decoded, encoded
from shutterfeed.domain.pushes import Push, PushAnswer, PushOutcome
from shutterfeed.ports.system import Clock

_CURVE: Final = ec.SECP256R1()
_COORDINATE: Final = 32
_SALT: Final = 16
_RECORD: Final = 4096
"""The size of a record that the header tells. Ours are shorter, and there is only one."""
_LAST_RECORD: Final = b"\x02"
_TOKEN_LIFETIME: Final = timedelta(hours=12)
"""RFC 8292 allows up to a day."""
_TIMEOUT: Final = urllib3.Timeout(connect=2, read=5)
_MOST_READ: Final = 4096
"""The bytes of an answer that are read, so that its connection can be used again."""


def encrypted(
    content: bytes,
    device: Device,
    *,
    salt: bytes | None = None,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """The body that only the device can read. `salt` and `key` are new random ones if they are not
    given. Raises `ValueError` if the device's key is no point of the curve."""
    salt = salt or os.urandom(_SALT)
    key = key or ec.generate_private_key(_CURVE)
    theirs, ours = decoded(device.p256dh), _point(key)
    shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, theirs))
    secret = _derived(
        shared, decoded(device.auth), b"WebPush: info\x00" + theirs + ours, _COORDINATE
    )
    content_key = _derived(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\x00", 12)
    header = salt + _RECORD.to_bytes(4) + len(ours).to_bytes(1) + ours
    return header + AESGCM(content_key).encrypt(nonce, content + _LAST_RECORD, None)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@dataclass(slots=True)
class Vapid:
    """Signs requests to push services. A push service takes messages for a device only from the key
    with which the device subscribed."""

    key: ec.EllipticCurvePrivateKey
    contact: str
    clock: Clock
    _tokens: dict[str, tuple[datetime, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, secret: str, contact: str, clock: Clock) -> Vapid:
        """The signer with this private key in base64url, as the deployment keeps it."""
        number = int.from_bytes(decoded(secret))
        return cls(ec.derive_private_key(number, _CURVE), contact, clock)

    def authorization(self, audience: str) -> str:
        """The header for a push service, which is named by scheme and host. A signature is used for
        half of its life."""
        now = self.clock.now()
        used_until, header = self._tokens.get(audience, (now, ""))
        if now >= used_until:
            header = f"vapid t={self._token(audience, now)}, k={encoded(_point(self.key))}"
            self._tokens[audience] = now + _TOKEN_LIFETIME / 2, header
        return header

    def _token(self, audience: str, now: datetime) -> str:
        expires = int((now + _TOKEN_LIFETIME).timestamp())
        claims = {"aud": audience, "exp": expires, "sub": self.contact}
        parts = ({"typ": "JWT", "alg": "ES256"}, claims)
        signed = ".".join(encoded(json.dumps(part).encode()) for part in parts)
        signature = self.key.sign(signed.encode(), ec.ECDSA(hashes.SHA256()))
        numbers = utils.decode_dss_signature(signature)
        return f"{signed}.{encoded(b''.join(n.to_bytes(_COORDINATE) for n in numbers))}"


@dataclass(frozen=True, slots=True)
class HttpPushSender:
    """Sends pushes over HTTPS. It follows no redirection and repeats nothing."""

    vapid: Vapid
    clock: Clock
    pool: urllib3.PoolManager = field(default_factory=urllib3.PoolManager)

    def send(self, pushes: Sequence[Push]) -> Sequence[PushAnswer]:
        if len(pushes) <= 1:
            return [self._post(push) for push in pushes]
        return list(_threads().map(self._post, pushes))

    def _post(self, push: Push) -> PushAnswer:
        device, now = push.device, self.clock.now()
        headers = {
            "Authorization": self.vapid.authorization(f"https://{device.service}"),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(max(0, int((push.expires_at - now).total_seconds()))),
            "Topic": push.topic,
            "Urgency": "normal",
        }
        try:
            answer = self.pool.request(
                "POST",
                device.endpoint,
                body=encrypted(push.content, device),
                headers=headers,
                timeout=_TIMEOUT,
                redirect=False,
                retries=False,
                preload_content=False,
            )
            answer.read(_MOST_READ)
            answer.close()
        except urllib3.exceptions.HTTPError:
            return PushAnswer(PushOutcome.LATER)
        return PushAnswer.of(answer.status, _rest(answer.headers.get("Retry-After"), now))


@cache
def _threads() -> ThreadPoolExecutor:
    """One for each device that a user may have."""
    return ThreadPoolExecutor(MAX_DEVICES)


def _rest(text: str | None, now: datetime) -> timedelta | None:
    """How long to wait by a header `Retry-After`, which has seconds or a date; None without one."""
    if not text:
        return None
    try:
        if text.isascii() and text.isdigit():
            return timedelta(seconds=min(int(text), 10**6))
        return max(timedelta(0), parsedate_to_datetime(text).astimezone(UTC) - now)
    except ValueError:
        return None
