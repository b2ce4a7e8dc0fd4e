"""What can be wrong with a request, as the domain sees it.

    DomainError
    ├── InvalidInput          the request itself is wrong; names the field
    │   └── InvalidCursor     a page cursor that was altered, or is another list's or user's
    ├── NotFound              no such thing, or none that the caller may know of
    ├── Conflict              the state forbids it: a taken handle, a reused idempotency key
    ├── Forbidden             known to exist, but not the caller's to change
    └── Busy                  others change the same item; the same request may pass when repeated

The API maps each class to a status in one place. Workers let errors escape, so that their queue
delivers the message again and in the end parks it in the dead-letter queue.
"""

from __future__ import annotations


class DomainError(Exception):
    """`code` is for machines and stays stable; the message is for people."""

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field


class InvalidInput(DomainError):
    """The request is wrong; `field` names the offending part, as a path like `media[0].bytes`."""


class InvalidCursor(InvalidInput):
    """The cursor is not one that this list gave to this user."""

    def __init__(self, field: str = "cursor") -> None:
        super().__init__(
            "invalid_cursor",
            "This cursor was altered, or belongs to another list. Start again without one.",
            field,
        )


class NotFound(DomainError):
    """Nothing there that the caller may see."""


class Conflict(DomainError):
    """The present state forbids the change."""


class Forbidden(DomainError):
    """The thing may be seen, but not changed, by the caller."""


class Busy(DomainError):
    """Too many concurrent changes to one item."""

    def __init__(self) -> None:
        super().__init__("busy", "Too many changes at once. Please try again in a moment.")
