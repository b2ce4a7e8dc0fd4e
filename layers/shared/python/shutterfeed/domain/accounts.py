"""Accounts at the identity provider, and the public ids of the users they belong to.

At the provider, the UUID of an account is as good as its e-mail address: whoever knows it can try
passwords, lock the account by trying, and have a code mailed to its owner. So it is never shown. A
**user id** is that UUID under a permutation that only the deployment's key computes:

- it is computed, not stored, so that no read stands between an access token and its user's
  partition;
- two accounts never share a user id, and an operator who has the key can get back from a user id to
  the account, for instance to close it;
- without the key, a user id tells no more of its account than a random one.

The permutation is a Feistel network whose round function is HMAC-SHA256. Four rounds make a strong
permutation (Luby and Rackoff, 1988) for up to about 2**32 ids; eight leave a wide margin.
"""

from __future__ import annotations

import hmac
from functools import lru_cache
from typing import Final
from uuid import UUID

from shutterfeed.domain.ids import MalformedId, id_number, random_id

_ROUNDS: Final = range(8)
_HALF_BITS: Final = 64
_HALF: Final = (1 << _HALF_BITS) - 1
_REMEMBERED: Final = 1_000
"""How many user ids are remembered: one request asks for its caller's several times."""


@lru_cache(_REMEMBERED)
def user_id_of(subject: str, key: bytes) -> str:
    """The user id for `subject`, the identity provider's UUID of an account. Raises
    `MalformedId`."""
    try:
        number = UUID(subject).int
    except ValueError as error:
        raise MalformedId(subject) from error
    left, right = number >> _HALF_BITS, number & _HALF
    for index in _ROUNDS:
        left, right = right, left ^ _mixed(key, index, right)
    return random_id(left << _HALF_BITS | right)


def subject_of(user_id: str, key: bytes) -> str:
    """The identity provider's UUID of a user's account. Raises `MalformedId`."""
    number = id_number(user_id)
    left, right = number >> _HALF_BITS, number & _HALF
    for index in reversed(_ROUNDS):
        left, right = right ^ _mixed(key, index, left), left
    return str(UUID(int=left << _HALF_BITS | right))


def _mixed(key: bytes, index: int, half: int) -> int:
    digest = hmac.digest(key, bytes([index]) + half.to_bytes(8), "sha256")
    return int.from_bytes(digest[:8])
