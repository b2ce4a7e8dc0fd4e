"""What a comment is, who may make one, and who sees it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shutterfeed.domain.comments import (
    MAX_COMMENT,
    Comment,
    CommentId,
    check_comment,
    fingerprint,
    may_comment,
)
from shutterfeed.domain.errors import InvalidInput
from shutterfeed.domain.ids import MalformedId, PostId, ulid
from shutterfeed.domain.posts import PostState
from shutterfeed.domain.users import CommentsFrom
from shutterfeed.domain.visibility import (
    NOBODY,
    STRANGERS,
    CommentSubject,
    Reason,
    Relation,
    Surface,
    Viewer,
    decide,
)
from tests import samples
from tests.samples import START

ADA, BEN, CY = (samples.user_id(number) for number in (1, 2, 3))
POST = PostId(ADA, ulid(START, 1))
ROOT = CommentId(POST, ulid(START, 2))
REPLY = CommentId(POST, ROOT.root, ulid(START, 3))
COMMENT = Comment(ROOT, BEN, "hello")


@pytest.mark.parametrize("comment_id", [ROOT, REPLY])
def test_an_id_is_read_as_it_is_written(comment_id: CommentId) -> None:
    assert CommentId.parse(str(comment_id)) == comment_id
    assert comment_id.root_id == ROOT


def test_an_id_says_when_its_comment_was_made() -> None:
    assert COMMENT.created_at == replace(COMMENT, id=REPLY).created_at == START
    assert COMMENT.owner_id == ADA


@pytest.mark.parametrize(
    "text", ["", "x", str(POST), f"{REPLY}-{ROOT.root}", str(ROOT).lower(), f"{ROOT}-", f"-{ROOT}"]
)
def test_other_texts_are_no_ids(text: str) -> None:
    with pytest.raises(MalformedId):
        CommentId.parse(text)


def test_a_text_is_trimmed_and_cleaned() -> None:
    assert check_comment(" one\ntwo\u202e ") == "one\ntwo"
    assert len(check_comment("x" * MAX_COMMENT)) == MAX_COMMENT


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x" * (MAX_COMMENT + 1), "comment_too_long"),
        ("", "empty_comment"),
        (" \u200b", "empty_comment"),
        ("\x07", "invalid_text"),
    ],
)
def test_a_text_that_cannot_be_a_comment_is_refused(text: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_comment(text)
    assert (refused.value.code, refused.value.field) == (code, "text")


def test_each_part_of_a_request_is_in_its_fingerprint() -> None:
    requests = [(POST, "a", None), (POST, "b", None), (POST, "a", "x"), (ROOT.post_id, "", "a")]
    assert len({fingerprint(*request) for request in requests}) == len(requests)


def test_what_is_removed_has_no_words_left() -> None:
    gone = replace(COMMENT, held=True, hidden=True).without_text()
    assert (gone.text, gone.removed, gone.held, gone.hidden) == ("", True, False, False)
    assert not gone.counts


@pytest.mark.parametrize(
    ("account", "own", "stranger", "follower"),
    [
        (CommentsFrom.EVERYONE, None, True, True),
        (CommentsFrom.FOLLOWERS, None, False, True),
        (CommentsFrom.NOBODY, None, False, False),
        (CommentsFrom.NOBODY, CommentsFrom.EVERYONE, True, True),
        (CommentsFrom.EVERYONE, CommentsFrom.FOLLOWERS, False, True),
        (CommentsFrom.EVERYONE, CommentsFrom.NOBODY, False, False),
    ],
)
def test_who_may_comment(
    account: CommentsFrom, own: CommentsFrom | None, stranger: bool, follower: bool
) -> None:
    owner = replace(samples.profile(1), comments_from=account)
    post = replace(samples.post(state=PostState.PUBLISHED), comments_from=own)
    assert may_comment(BEN, post, owner, follows=False) is stranger
    assert may_comment(BEN, post, owner, follows=True) is follower
    assert may_comment(ADA, post, owner, follows=False)
    assert not may_comment(None, post, owner, follows=True)
    for state in PostState:
        if state is not PostState.PUBLISHED:
            assert not may_comment(ADA, replace(post, state=state), owner, follows=True)


CUT = Relation(has_blocked=True)
OWNER, AUTHOR, OTHER = (Viewer(user_id) for user_id in (ADA, BEN, CY))


@pytest.mark.parametrize(
    ("change", "by_viewer"),
    [
        ({}, {OWNER: None, AUTHOR: None, OTHER: None, NOBODY: None}),
        ({"hidden": True}, {OWNER: None, AUTHOR: None, OTHER: Reason.HIDDEN}),
        ({"held": True}, {OWNER: None, AUTHOR: None, OTHER: Reason.HELD}),
        ({"removed": True}, dict.fromkeys((OWNER, AUTHOR, OTHER), Reason.DELETED)),
    ],
)
def test_who_sees_a_comment(change: dict[str, Any], by_viewer: dict[Viewer, Reason | None]) -> None:
    subject = CommentSubject(replace(COMMENT, **change), samples.profile(2))
    for viewer, reason in by_viewer.items():
        assert decide(viewer, subject, STRANGERS, Surface.LIST) is reason


def test_a_block_hides_a_comment_from_both_and_the_owners_from_all() -> None:
    subject = CommentSubject(COMMENT, samples.profile(2))
    for relation in (CUT, Relation(is_blocked=True)):
        for viewer in (OWNER, OTHER):
            assert decide(viewer, subject, relation, Surface.LIST) is Reason.BLOCKED
    barred = replace(subject, is_barred=True)
    for viewer in (OWNER, OTHER, NOBODY):
        assert decide(viewer, barred, STRANGERS, Surface.LIST) is Reason.BLOCKED
    muted = Relation(has_muted=True)
    assert decide(OTHER, subject, muted, Surface.LIST) is None


def test_what_is_not_stored_is_not_shown() -> None:
    assert decide(OTHER, CommentSubject(None, None), STRANGERS, Surface.LIST) is Reason.MISSING
    nobodys = CommentSubject(COMMENT, None)
    assert decide(OTHER, nobodys, STRANGERS, Surface.LIST) is Reason.OWNER_MISSING
