"""Erasing removes a closed account for good, in slices: each is one message, removes what it finds,
and sends the next one. So a slice may be repeated, be done twice at the same time, or break off.

No slice needs what an earlier one has noted: it looks for what is left. What belongs to others
stays theirs: contents that they have uploaded too, and the replies below a comment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from shutterfeed.domain.accounts import subject_of
from shutterfeed.domain.closing import LATE, WAIT, Step
from shutterfeed.domain.comments import CommentId
from shutterfeed.domain.erasures import Content, Erasable, ErasedAccount
from shutterfeed.domain.errors import Busy
from shutterfeed.domain.messages import CollectMedia, EraseAccount
from shutterfeed.domain.posts import Post
from shutterfeed.domain.retention import DENIAL_RETENTION
from shutterfeed.domain.users import Profile
from shutterfeed.ports.appearances import Appearances
from shutterfeed.ports.blocks import Blocks
from shutterfeed.ports.closing import Closings
from shutterfeed.ports.comments import Comments
from shutterfeed.ports.erasures import ErasureList, ErasureRecords
from shutterfeed.ports.likes import Likes
from shutterfeed.ports.posts import Avatars, Posts
from shutterfeed.ports.profiles import Profiles
from shutterfeed.ports.queues import LONGEST_DELAY, DelayingQueue, Queue
from shutterfeed.ports.sign_ins import Accounts
from shutterfeed.ports.system import Clock, Ids, Secrets, Together
from shutterfeed.ports.traces import Traces
from shutterfeed.ports.uploads import Ledger
from shutterfeed.services.erasing import ErasureService

SLICE: Final = 200
"""How many things of a kind one message removes: some seconds of work."""
_TOGETHER: Final = 10
"""How many are removed at the same time."""
_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True)
class _More:
    """A step is not done. Its next slice begins after a position, if it has one, and a time."""

    after: str | None = None
    wait: timedelta = field(default_factory=timedelta)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEraser:
    profiles: Profiles
    closings: Closings
    traces: Traces
    posts: Posts
    post_erasure: ErasureService
    avatars: Avatars
    likes: Likes
    comments: Comments
    appearances: Appearances
    blocks: Blocks
    ledger: Ledger
    accounts: Accounts
    records: ErasureRecords
    erasures: ErasureList
    secrets: Secrets
    collects: Queue[CollectMedia]
    steps: DelayingQueue[EraseAccount]
    clock: Clock
    ids: Ids
    together: Together

    def erase(self, message: EraseAccount) -> None:
        """Do one slice of an erasure, and send the message of the next."""
        if message.step is None:
            if self._begins(message):
                self.steps.send([replace(message, step=Step.POSTS)])
            return
        step = Step(message.step)
        more = self._slices[step](message)
        if more is not None:
            self._continue(replace(message, after=more.after), more.wait)
        elif step.next is not None:
            self.steps.send([replace(message, step=step.next, after=None)])
        elif not message.late:
            # What comes by messages that were under way is erased too.
            late = EraseAccount(message.user_id, Step.POSTS, late=True)
            self.steps.send_later([late], LATE)

    def _continue(self, message: EraseAccount, wait: timedelta) -> None:
        if wait > timedelta():
            self.steps.send_later([message], wait)
        else:
            self.steps.send([message])

    @property
    def _slices(self) -> Mapping[Step, Callable[[EraseAccount], _More | None]]:
        return {
            Step.POSTS: self._posts,
            Step.FOLLOWED: partial(self._traces, self.traces.unfollow),
            Step.FOLLOWERS: partial(self._traces, self.traces.lose_followers),
            Step.REQUESTS: partial(self._traces, self.traces.withdraw),
            Step.LIKES: self._likes,
            Step.COMMENTS: self._comments,
            Step.COMMENT_LIKES: self._comment_likes,
            Step.APPEARANCES: self._appearances,
            Step.BLOCKS: self._blocks,
            Step.LEDGER: self._ledger,
            Step.REST: partial(self._traces, self.traces.sweep),
            Step.ACCOUNT: self._account,
        }

    def _begins(self, message: EraseAccount) -> bool:
        """Whether the account is to be erased now; if so, nobody comes back to it from here on."""
        profile = self.profiles.item(message.user_id)
        if profile is None or profile.closed_at is None or profile.erase_at is None:
            return False  # Erased, or come back.
        now = self.clock.now()
        wait = profile.erase_at - now
        if wait > timedelta():
            if wait <= LONGEST_DELAY:
                self.steps.send_later([message], wait)
            return False  # Otherwise it is another closing, which has a note of its own.
        if not self.closings.begin_erasing(profile.user_id, profile.closed_at):
            return False
        self._note(profile)
        return True

    def _note(self, profile: Profile) -> None:
        """Note the erasure before anything is removed."""
        now, user_id = self.clock.now(), profile.user_id
        account = subject_of(user_id, self.secrets.account_key())
        email = self.accounts.email_of(account)
        self.records.begin(ErasedAccount(user_id, account, (profile.handle,), email, now))
        self.erasures.note(Erasable.ACCOUNT, user_id, now)

    def _traces(self, remove: Callable[[str, int], bool], message: EraseAccount) -> _More | None:
        return _More() if remove(message.user_id, SLICE) else None

    def _posts(self, message: EraseAccount) -> _More | None:
        """Erase all posts, hidden ones too."""
        page = self.posts.made_by(message.user_id, message.after, SLICE)
        if not page.items:
            # After slices that were full, the items before may still be there.
            return None if message.after is None else _More(wait=WAIT)
        self.records.note_contents(message.user_id, page.items[0].id.ulid, _contents(page.items))
        profile, now = self.profiles.item(message.user_id), self.clock.now()
        if profile is not None and profile.avatar is not None:
            # A hidden post that is shown as the avatar is not erased.
            self.avatars.remove(message.user_id, self.ids.new(now), now)
        denies = _may_be_linked(profile, now)
        for post in page.items:
            if post.erased_at is None:
                self.post_erasure.erase(post.id, deny=denies)
        if page.next_position is not None:
            return _More(page.next_position)
        # Once more from the beginning, until the items are gone.
        return _More(wait=WAIT)

    def _likes(self, message: EraseAccount) -> _More | None:
        page = self.likes.liked_by(message.user_id, None, SLICE)

        def take_back(index: int) -> None:
            post_id = page.items[index]
            shards = self.likes.counts(post_id).like_shards
            self.likes.unlike(message.user_id, post_id, shards)

        self._each([partial(take_back, index) for index in range(len(page.items))])
        return _More() if page.items else None

    def _comments(self, message: EraseAccount) -> _More | None:
        page = self.comments.made_by(message.user_id, message.after, SLICE)
        for comment_id in page.items:
            self._erase_comment(message.user_id, comment_id)
        return None if page.next_position is None else _More(page.next_position)

    def _erase_comment(self, user_id: str, comment_id: CommentId) -> None:
        for _ in range(_ATTEMPTS):
            comment = self.comments.get_many([comment_id]).get(comment_id)
            if comment is None or comment.author_id != user_id or self.comments.erase(comment):
                return
        raise Busy

    def _comment_likes(self, message: EraseAccount) -> _More | None:
        user_id = message.user_id
        post_ids = self.comments.posts_with_likes(user_id, SLICE)
        for post_id in post_ids:
            for comment_id in self.comments.liked(post_id, user_id):
                self.comments.unlike(comment_id, user_id)
            self.comments.forget_likes(user_id, post_id)
        return _More() if post_ids else None

    def _appearances(self, message: EraseAccount) -> _More | None:
        user_id = message.user_id
        page = self.appearances.page(user_id, None, SLICE)
        for post_id in page.items:
            self.posts.untag(post_id, user_id, remember=False)
            self.appearances.remove(user_id, post_id, None)
        return _More() if page.items else None

    def _blocks(self, message: EraseAccount) -> _More | None:
        page = self.blocks.page(message.user_id, None, SLICE)
        for block in page.items:
            self.blocks.unblock(message.user_id, block.user_id)
        return _More() if page.items else None

    def _ledger(self, message: EraseAccount) -> _More | None:
        """Wait until the collector has given up what the posts referred to. It is told once more,
        in case that its message was lost."""
        page = self.ledger.list(message.user_id, None, SLICE)
        if not page.items:
            return None
        references = tuple(upload.reference for upload in page.items)
        self.collects.send([CollectMedia(references, erased=True)])
        return _More(wait=WAIT)

    def _account(self, message: EraseAccount) -> None:
        user_id = message.user_id
        self.accounts.delete(subject_of(user_id, self.secrets.account_key()))
        profile = self.profiles.item(user_id)
        now = self.clock.now()
        if profile is not None:
            self.closings.forget(profile, now)
        self.records.finish(user_id, now)

    def _each(self, calls: Sequence[Callable[[], object]]) -> None:
        for start in range(0, len(calls), _TOGETHER):
            self.together(*calls[start : start + _TOGETHER])


def _may_be_linked(profile: Profile | None, now: datetime) -> bool:
    """Whether links to the user's media may still be good: nothing of a closed account is shown, so
    they have expired, unless it was closed only now."""
    closed_at = None if profile is None else profile.closed_at
    return closed_at is None or now - closed_at < DENIAL_RETENTION


def _contents(posts: Sequence[Post]) -> list[Content]:
    """The contents of posts that have been stored, each once."""
    found = (
        Content(medium.sha256, medium.picture.blob_id)
        for post in posts
        for medium in post.all_media
        if medium.picture is not None
    )
    return list(dict.fromkeys(found))
