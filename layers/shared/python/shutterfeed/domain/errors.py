"""What can be wrong with a request, as the domain sees it.

    DomainError
    ├── InvalidInput          the request itself is wrong; names the field
    │   └── InvalidCursor     a page cursor that was altered, or is another list's or user's
    ├── NotFound              it does not exist, or the caller may not know of it
    ├── Conflict              the state forbids it: a taken handle, a reused idempotency key
    ├── Forbidden             the caller may see it, but not change it
    ├── SessionEnded          the caller was signed out since the session began
    ├── NotOffered            the service does not offer what is asked for, to nobody
    ├── LimitReached          the user did too much of it; says how long to wait
    └── Busy                  others change the same item; the request may succeed when repeated

The API maps each class to a status in one place. Workers let errors escape, so that their queue
delivers the message again and in the end parks it in the dead-letter queue.
"""

from __future__ import annotations

from typing import Final

_QUOTED: Final = 60
"""How many characters of a text of the caller's an error repeats."""


def quoted(text: str) -> str:
    """A text of the caller's as an error repeats it: not all of a long one, and nothing in it that
    could not be seen."""
    return repr(text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…")


class DomainError(Exception):
    """The base of the domain's errors: `code` is for programs and stays stable, the message is for
    people."""

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field


class InvalidInput(DomainError):
    """The request is wrong; `field` names the offending part, as a path like `media[0].bytes`."""


class InvalidCursor(InvalidInput):
    """The cursor was not given by this list to this user, or it was altered."""

    def __init__(self, field: str = "cursor") -> None:
        super().__init__(
            "invalid_cursor",
            "This cursor was altered, or belongs to another list or user. Start again without one.",
            field,
        )


class NotFound(DomainError):
    """It does not exist, or the caller may not see it."""


class Conflict(DomainError):
    """The present state forbids the change."""


class Forbidden(DomainError):
    """The caller may see it, but not change it."""


class SessionEnded(DomainError):
    """The session in which the caller asks was ended."""

    def __init__(self) -> None:
        super().__init__("session_ended", "You were signed out. Please sign in again.")


class NotOffered(DomainError):
    """The request is one that others may offer, but this service does not."""


class LimitReached(DomainError):
    """The user has used up an allowance, `limit`. The same request succeeds `retry_after` seconds
    later, if the user does nothing else of the kind meanwhile."""

    def __init__(self, limit: str, message: str, retry_after: int) -> None:
        super().__init__("limit_reached", message)
        self.limit = limit
        self.retry_after = retry_after


class Busy(DomainError):
    """Too many changes of one item happen at the same time."""

    def __init__(self) -> None:
        super().__init__("busy", "Too many changes at once. Please try again in a moment.")
