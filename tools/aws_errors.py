"""What AWS's refusals mean, in a sentence for the person who ran the command."""

from __future__ import annotations

from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

FORBIDDEN: Final = frozenset(
    (
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationErrorException",
        "NotAuthorized",
        "UnauthorizedOperation",
        "WAFAccessDeniedException",
    )
)
_SIGNED_OUT: Final = frozenset(
    (
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "InvalidToken",
        "UnrecognizedClientException",
    )
)


def code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def is_forbidden(error: ClientError) -> bool:
    """Whether the credentials lack a right."""
    return code(error) in FORBIDDEN


def sentence(error: Exception) -> str | None:
    """What is wrong and what helps; None if the error is not AWS's."""
    if isinstance(error, ClientError):
        said = error.response.get("Error", {}).get("Message", code(error))
        if is_forbidden(error):
            return f"These AWS credentials lack the right to {error.operation_name}: {said}"
        if code(error) in _SIGNED_OUT:
            return f"These AWS credentials are not valid any more ({said}): sign in again."
        return f"AWS refused {error.operation_name}: {said}"
    if isinstance(error, BotoCoreError):
        return f"AWS could not be asked: {error}"
    return None
