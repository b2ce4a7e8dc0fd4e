"""Faults put into the code on purpose, which the world of `told_world.py`,
and of the modules below it, has to find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Final
from unittest.mock import patch

from shutterfeed.domain import visibility
from shutterfeed.domain.activity import MAX_BADGE, Act, Notice, Opening, opening
from shutterfeed.domain.comments import Comment, Effect
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.limits import NOTHING, Spending
from shutterfeed.domain.pages import Page
from shutterfeed.domain.visibility import CommentSubject, Relation, Viewer
from shutterfeed.ports.comments import Claim
from shutterfeed.services import likes, notifying
from shutterfeed.services.activity import ActivityService
from shutterfeed.services.likes import LikeService
from shutterfeed.services.posts import find_to_answer
from shutterfeed.services.viewing import Answering, ViewingService
from tests.fakes.comments import FakeComments
from tests.fakes.metadata import FakeLikes, FakeSaves

_unlike = FakeLikes.unlike
_like = FakeLikes.like
_change = FakeComments.change
_count = FakeComments._count
_decide = visibility._decide_on_comment


def _count_every_request(
    fake: FakeLikes, user_id: str, post_id: PostId, *more: Any, **named: Any
) -> bool:
    """A like that is counted again when the request is repeated."""
    new = _like(fake, user_id, post_id, *more, **named)
    if not new:
        fake._add(post_id, 1)
    return new


def _find_without_like(*asked: Any, **more: Any) -> Answering:
    return replace(find_to_answer(*asked, **more), like=None)


@contextmanager
def _counting_every_request() -> Iterator[None]:
    """A service that does not look whether the post is liked already, and such a like."""
    with (
        patch.object(likes, "find_to_answer", _find_without_like),
        patch.object(FakeLikes, "like", _count_every_request),
    ):
        yield


def _take_back_uncounted(fake: FakeLikes, user_id: str, post_id: PostId, *more: Any) -> bool:
    taken = _unlike(fake, user_id, post_id, *more)
    if taken:
        fake._add(post_id, 1)
    return taken


def _find_unseen(viewing: ViewingService, viewer: Viewer, text: str, **_: Any) -> Answering:
    """A like that asks whether the post is there, and not whether the person may see it."""
    post_id = PostId.parse(text)
    view = viewing.post(Viewer(post_id.author_id), post_id)
    return Answering(view, view.post, viewing.profiles.get(viewer.user_id or ""), {}, None)


def _liked_unseen(service: LikeService, user_id: str, before: str | None, limit: int) -> Page[Any]:
    """A list that shows what was liked once, whoever may see it today."""
    page = service.likes.liked_by(user_id, before, limit)
    views = (
        service.viewing.own_list(Viewer(post_id.author_id), [post_id]) for post_id in page.items
    )
    return Page(tuple(view for found in views for view in found), page.next_position)


def _keep_the_save(saves: FakeSaves, user_id: str, post_id: PostId) -> None:
    """Taking a save back that changes nothing."""


def _comment_again(
    comments: FakeComments,
    author_id: str,
    claim: Claim,
    since: datetime,
    spending: Spending = NOTHING,
    **_: Any,
) -> Claim:
    """A comment that is made once more when its request is repeated."""
    del since
    comments.data.spend(spending)
    comments.data.claims.setdefault(author_id, []).append(claim)
    return claim


def _change_uncounted(comments: FakeComments, before: Comment, after: Comment, *more: Any) -> bool:
    """A comment that is deleted, hidden or approved without a change of the post's number."""
    counts = dict(comments.data.counts)
    changed = _change(comments, before, after, *more)
    comments.data.counts.update(counts)
    return changed


def _count_no_reply(comments: FakeComments, comment: Comment, effect: Effect) -> None:
    """A reply that changes the number of its post, and not that of its root."""
    _count(comments, comment, replace(effect, replies=0, waiting=0))


def _wait_for_ever(reply: Comment, _: Comment | None) -> Comment:
    """A reply to a root that did not count, which nobody sees even when the root is shown."""
    return reply


def _decide_for_all_alike(viewer: Viewer, subject: CommentSubject, relation: Relation) -> Any:
    """A decision for which whoever the owner of the post has blocked is a person like others."""
    return _decide(viewer, replace(subject, is_barred=False), relation)


def _show_what_is_held(_: Comment) -> None:
    """A decision that keeps nothing back which waits for the owner, or was hidden."""


def _count_notices(
    activity: ActivityService, owner_id: str, session_began: datetime | None = None
) -> int:
    """A badge that counts what the list does not show."""
    del session_began
    owner, now = activity.users.me(owner_id), activity.clock.now()
    page = activity.notices.page(owner_id, now, None, MAX_BADGE, owner.activity_seen_at)
    return len(page.items)


def _open_once(newest: Notice | None, act: Act, seen_at: datetime | None) -> Opening | None:
    """Of what is done after the first notice of a subject nobody is told any more."""
    return opening(newest, act, seen_at) if newest is None else None


MUTANTS: Final[dict[str, Callable[[], AbstractContextManager[Any]]]] = {
    "like_that_counts_repetitions": _counting_every_request,
    "unlike_that_is_not_counted": partial(patch.object, FakeLikes, "unlike", _take_back_uncounted),
    "like_of_what_may_not_be_seen": partial(patch.object, likes, "find_to_answer", _find_unseen),
    "list_of_what_may_not_be_seen": partial(patch.object, LikeService, "liked", _liked_unseen),
    "save_that_is_never_taken_back": partial(patch.object, FakeSaves, "unsave", _keep_the_save),
    "comment_that_is_made_again": partial(patch.object, FakeComments, "claim", _comment_again),
    "comment_that_is_deleted_uncounted": partial(
        patch.object, FakeComments, "change", _change_uncounted
    ),
    "reply_that_its_root_does_not_count": partial(
        patch.object, FakeComments, "_count", _count_no_reply
    ),
    "reply_that_waits_for_ever": partial(patch.object, Comment, "below", _wait_for_ever),
    "comment_of_somebody_whom_the_owner_has_blocked": partial(
        patch.object, visibility, "_decide_on_comment", _decide_for_all_alike
    ),
    "comment_that_is_held_and_shown": partial(
        patch.object, visibility, "_kept_back", _show_what_is_held
    ),
    "badge_that_counts_what_is_not_shown": partial(
        patch.object, ActivityService, "badge", _count_notices
    ),
    "notice_that_is_never_followed_by_another": partial(
        patch.object, notifying, "opening", _open_once
    ),
}
