"""The marks that a moderator's actions put on what is stored.

A mark says in which case it was put, so that an undo takes away exactly what the action has put,
and two cases about the same thing do not get into each other's way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from shutterfeed.domain.errors import Conflict
from shutterfeed.domain.moderation import Action, ActionKind, Case
from shutterfeed.domain.posts import Post


class MarkKind(StrEnum):
    """What is marked, and how."""

    LABELLED = "labelled"
    """A post is shown as sensitive."""
    TAKEN_DOWN = "taken_down"
    """A post is hidden."""
    COMMENT_TAKEN_DOWN = "comment_taken_down"
    WITHHELD = "withheld"
    """A content is withheld: every post with it is hidden."""
    LIMITED = "limited"
    """A user is limited."""
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark of one case on one thing."""

    kind: MarkKind
    subject: str
    """The id of the post, comment or user; the SHA-256 of a content."""
    until: datetime | None = None
    """When a suspension ends; None if it does not, and for any other mark."""


_DIGITS: Final = 16
"""How many digits of a SHA-256 tell the contents of one post apart."""

_KINDS: Final = {
    ActionKind.LABEL_SENSITIVE: MarkKind.LABELLED,
    ActionKind.HIDE_POST: MarkKind.TAKEN_DOWN,
    ActionKind.REMOVE_COMMENT: MarkKind.COMMENT_TAKEN_DOWN,
}


def marks_of(case: Case, action: Action) -> Iterator[Mark]:
    """The marks that an action puts, and of which an undo takes each away."""
    match action.kind:
        case ActionKind.WITHHOLD_CONTENT:
            for sha256 in action.contents:
                yield Mark(MarkKind.WITHHELD, sha256)
        case ActionKind.LIMIT:
            yield Mark(MarkKind.LIMITED, case.owner_id)
        case ActionKind.SUSPEND:
            yield Mark(MarkKind.SUSPENDED, case.owner_id, action.until)
        case ActionKind.DISMISS:
            return
        case kind:
            yield Mark(_KINDS[kind], case.id.subject)


def withheld_mark(sha256: str, case_id: str) -> str:
    """The mark on a post one of whose contents is withheld in a case."""
    return f"{sha256[:_DIGITS]}#{case_id}"


def is_withheld(post: Post, sha256: str) -> bool:
    """Whether a post has the mark of any case in which a content is withheld."""
    return any(mark.startswith(f"{sha256[:_DIGITS]}#") for mark in post.withheld)


def is_marked_as(post: Post, sha256: str, case_id: str, *, is_put: bool) -> bool:
    """Whether nothing is to change of a post to have the mark of a case in which a content is
    withheld, or not to have it. What has lost the content gets no mark: its reference may still be
    there, but nothing would lead an undo to the post."""
    if is_put and all(medium.sha256 != sha256 for medium in post.all_media):
        return True
    return (withheld_mark(sha256, case_id) in post.withheld) is is_put


def cropped_blob_ids(post: Post, sha256: str) -> tuple[str, ...]:
    """The ids of what a post shows cropped of a content, or has shown."""
    return tuple(
        medium.picture.blob_id
        for medium in post.all_media
        if medium.sha256 == sha256 and medium.crop is not None and medium.picture is not None
    )


def denied_blob_ids(post: Post) -> tuple[str, ...]:
    """The ids of all that a post shows cropped of contents that are withheld."""
    contents = {medium.sha256 for medium in post.all_media if medium.crop is not None}
    withheld = sorted(sha256 for sha256 in contents if is_withheld(post, sha256))
    return tuple(blob_id for sha256 in withheld for blob_id in cropped_blob_ids(post, sha256))


def already_done() -> Conflict:
    message = "The same was done before, and stands: for this case, or another one about the user."
    return Conflict("already_done", message)
