"""Reading paged lists to their end."""

from __future__ import annotations

from typing import Protocol, TypeVar

from shutterfeed.domain.pages import Page

T = TypeVar("T")


class Read(Protocol[T]):
    """A list's page from a position on."""

    def __call__(self, position: str | None, limit: int, /) -> Page[T]: ...


def whole(read: Read[T], limit: int) -> list[T]:
    """All items of a list. Asserts that no page is longer than `limit`."""
    items: list[T] = []
    position: str | None = None
    for _ in range(1000):
        page = read(position, limit)
        assert len(page.items) <= limit
        items += page.items
        if page.next_position is None:
            return items
        position = page.next_position
    raise AssertionError("the list has no end")
