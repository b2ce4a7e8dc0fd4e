"""The writes that make and change comments. With a comment change the post's number of comments,
its root's numbers of replies, and the list of those that wait for the owner of the post."""

from __future__ import annotations

from typing import Final

from boto3.dynamodb.conditions import Attr, ConditionBase

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.records import timestamp
from shutterfeed.adapters.dynamodb.table import Delete, Item, Put, Update, Write, key_item
from shutterfeed.domain.comments import Comment, Effect, effect_of
from shutterfeed.schema import PK

HELD_COMMENT: Final = "comment"
"""The attribute of an entry in the list of what waits for an owner: the comment's id."""
BY: Final = "by"
"""The attribute of a comment with its author's id."""
LIKES: Final = "likes"
REMOVED: Final = "removed"
THERE: Final[ConditionBase] = Attr(PK).exists()
_VERSION: Final = "version"
_REPLIES: Final = "replies"
_WAITING: Final = "waiting"
_SHOWS: Final = "shows"
_WAITS: Final = "waits"


def making(comment: Comment) -> list[Write]:
    """The writes of a new comment, its own first."""
    written = {BY: comment.author_id, LIKES: comment.likes, _VERSION: comment.version}
    item = {**key_item(keys.comment(comment.id)), **written, **_fields(comment)}
    return [Put(item, Attr(PK).not_exists()), *_others(None, comment, effect_of(None, comment))]


def changing(before: Comment, after: Comment) -> list[Write]:
    """The writes that change a comment's text and state, its own first."""
    effect = effect_of(before, after)
    return [_change(before, after, effect), *_others(before, after, effect)]


def releasing(reply: Comment) -> Update:
    """The write that takes its mark off a reply that no longer waits for its root."""
    unchanged = Attr(_VERSION).eq(reply.version)
    return Update(keys.comment(reply.id), remove=(_WAITS,), add={_VERSION: 1}, condition=unchanged)


def _change(before: Comment, after: Comment, effect: Effect) -> Update:
    """The write that changes a comment's text and state, if nobody else has since it was read. If a
    root begins to count, so do the replies that wait for it."""
    fields, adds = _fields(after), {_VERSION: 1}
    condition: ConditionBase = Attr(_VERSION).eq(before.version)
    if effect.shows:
        adds |= {_SHOWS: 1, _REPLIES: effect.replies, _WAITING: effect.waiting}
        condition = condition & _is_still(_WAITING, before.waiting)
    return Update(
        keys.comment(before.id),
        set={name: value for name, value in fields.items() if value is not None},
        remove=[name for name, value in fields.items() if value is None],
        add=adds,
        condition=condition,
    )


def _in_root(before: Comment | None, after: Comment, effect: Effect) -> list[Write]:
    """The write that counts a reply in its root; none if the root's numbers stay the same."""
    adds = {n: by for n, by in ((_REPLIES, effect.replies), (_WAITING, effect.waiting)) if by}
    if after.id.reply is None or not adds:
        return []
    waits = before.waits if before is not None else after.waits
    condition = THERE if waits is None else THERE & _is_still(_SHOWS, waits)
    return [Update(keys.comment(after.id.root_id), add=adds, condition=condition)]


def _is_still(name: str, number: int) -> ConditionBase:
    """The condition that a number is as it was read; one that is missing is zero."""
    same = Attr(name).eq(number)
    return same if number else same | Attr(name).not_exists()


def _others(before: Comment | None, after: Comment, effect: Effect) -> list[Write]:
    writes = _in_root(before, after, effect)
    if effect.comments:
        writes.append(Update(keys.counts(after.id.post_id), add={"comments": effect.comments}))
    was_held = before is not None and before.held
    if after.held and not was_held:
        writes.append(Put({**key_item(keys.held(after.id)), HELD_COMMENT: str(after.id)}))
    if was_held and not after.held:
        writes.append(Delete(keys.held(after.id)))
    return writes


def _fields(comment: Comment) -> Item:
    """What changes of a comment; None for an attribute that it does not have."""
    mentions = [f"{mention.handle} {mention.user_id}" for mention in comment.mentions]
    return {
        "text": comment.text,
        "mentions": mentions or None,
        "edited_at": None if comment.edited_at is None else timestamp(comment.edited_at),
        "hidden": comment.hidden or None,
        "held": comment.held or None,
        REMOVED: comment.removed or None,
        _WAITS: comment.waits,
    }
