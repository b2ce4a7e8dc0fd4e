"""Blocks: made and taken back at once, and listed for the one whose they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shutterfeed.domain.blocks import Block
from shutterfeed.domain.errors import InvalidCursor, InvalidInput
from shutterfeed.domain.ids import is_ulid
from shutterfeed.domain.limits import Limits
from shutterfeed.domain.pages import Page
from shutterfeed.domain.visibility import Surface, Viewer
from shutterfeed.ports.blocks import Blocks
from shutterfeed.ports.system import Clock
from shutterfeed.services.profiles import ProfileService
from shutterfeed.services.viewing import AuthorView, ViewingService

_PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class BlockView:
    """A block, and the blocked user; None if they have no profile, or are not shown to anybody
    because their account is closed or suspended."""

    block: Block
    user: AuthorView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockService:
    users: ProfileService
    blocks: Blocks
    viewing: ViewingService
    limits: Limits
    clock: Clock

    def block(self, blocker_id: str, handle: str) -> BlockView:
        """Block a user. Nothing changes if they are blocked already.

        Raises `NotFound`, `LimitReached`, `Conflict` for too many blocks, and `InvalidInput` for
        oneself.
        """
        user = self.viewing.find_author(Viewer(blocker_id), handle, Surface.BLOCKS)
        blocked = user.profile
        if blocked.user_id == blocker_id:
            raise InvalidInput("block_oneself", "You cannot block yourself.", "handle")
        self.users.me(blocker_id)
        now = self.clock.now()
        spending = self.limits.spending(blocker_id, now, changes=1)
        block = Block(blocked.user_id, blocked.handle, now)
        return BlockView(self.blocks.block(blocker_id, block, spending), user)

    def unblock(self, blocker_id: str, handle: str) -> None:
        """Take a block back, by the handle that the list of blocks shows. Nothing changes if there
        is none. Neither the answer nor the time that it takes tells whether there is such a user.

        Raises `NotFound` for a text that cannot be a handle.
        """
        name, user_id = self.viewing.named(handle)
        self.blocks.unblock(blocker_id, user_id)
        for block in self._without_profile(blocker_id, name):
            self.blocks.unblock(blocker_id, block.user_id)

    def page(self, blocker_id: str, after: str | None, limit: int) -> Page[BlockView]:
        """The user's blocks. Raises `InvalidCursor`."""
        if after is not None and not is_ulid(after):
            raise InvalidCursor
        page = self.blocks.page(blocker_id, after, limit)
        ids = [block.user_id for block in page.items]
        users = self.viewing.authors(Viewer(blocker_id), ids, Surface.BLOCKS)
        views = tuple(BlockView(block, users.get(block.user_id)) for block in page.items)
        return Page(views, page.next_position)

    def _without_profile(self, blocker_id: str, name: str) -> list[Block]:
        """The blocks of users who had this handle, and have no profile any more."""
        found: list[Block] = []
        after = None
        while True:
            page = self.blocks.page(blocker_id, after, _PAGE)
            found += [block for block in page.items if block.handle == name]
            after = page.next_position
            if after is None:
                break
        ids = [block.user_id for block in found]
        users = self.viewing.authors(Viewer(blocker_id), ids, Surface.BLOCKS)
        return [block for block in found if block.user_id not in users]
