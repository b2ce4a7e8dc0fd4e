"""What users are told of comments, replies, mentions and tags."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shutterfeed.domain.activity import Act, NoticeKind, ToldOf
from shutterfeed.domain.comments import CommentId
from shutterfeed.domain.mentions import Mention
from shutterfeed.domain.people import TaggedPerson
from tests import samples
from tests.activity_world import ADA, DELAY, MINUTE, World


@pytest.fixture
def world() -> World:
    return World()


def test_comments_come_singly_with_their_text(world: World) -> None:
    post_id = world.post()
    first, second = (world.comment(number, post_id) for number in (2, 3))
    world.told()
    assert world.said() == [("comment", [3], 1), ("comment", [2], 1)]
    assert [str(group.comment.comment.id) for group in world.groups() if group.comment] == [
        second,
        first,
    ]
    assert world.badge() == 2


def test_a_reply_tells_whom_it_answers_and_the_owner_of_the_post(world: World) -> None:
    post_id = world.post()
    root = world.comment(2, post_id)
    world.comment(3, post_id, reply_to=root)
    world.told()
    assert world.said(2) == [("reply", [3], 1)]
    assert world.said(1) == [("comment", [3], 1), ("comment", [2], 1)]
    own = world.comment(1, post_id)
    world.comment(4, post_id, reply_to=own)
    world.told()
    assert world.said(1)[0] == ("reply", [4], 1), "once, and not as a comment too"
    assert len(world.said(1)) == 3
    world.comment(2, post_id, reply_to=root)
    world.told()
    assert len(world.said(2)) == 1, "nobody is told of their own reply"


def test_a_reply_to_what_was_removed_since_is_told_once(world: World) -> None:
    """The message that it is a comment on one's post comes after the reply's, and after the comment
    that was replied to is gone."""
    post_id = world.post()
    root = world.comment(1, post_id)
    reply = world.comment(3, post_id, reply_to=root)
    world.told()
    world.comments.delete(ADA, root)
    act = Act(ADA, NoticeKind.COMMENT, reply, samples.user_id(3), world.clock.now())
    assert world.notifying.tell([act]) == {}
    world.wait(DELAY)
    assert world.said() == [("reply", [3], 1)]


@pytest.mark.parametrize("how", ["removed", "hidden", "muted", "post deleted", "blocked"])
def test_a_comment_that_is_gone_or_hidden_is_told_no_longer(world: World, how: str) -> None:
    post_id = world.post()
    root = world.comment(1, post_id)
    comment = world.comment(2, post_id, reply_to=root)
    world.told()
    assert world.badge() == 1
    match how:
        case "removed":
            world.comments.delete(samples.user_id(2), comment)
        case "hidden":
            world.comments.hide(ADA, comment, hidden=True)
        case "muted":
            world.mutes.mute(ADA, world.handle(2), None)
        case "blocked":
            world.blocks.block(ADA, world.handle(2))
        case "post deleted":
            world.delete_post(post_id)
    assert world.said() == []
    assert world.badge() == 0


def test_whoever_is_mentioned_or_tagged_in_a_post_is_told_until_they_are_not(
    world: World,
) -> None:
    post_id = world.post()
    post = world.metadata.posts[post_id]
    tag = TaggedPerson(post.media[0].media_id, samples.user_id(3), 0.5, 0.5)
    mention = Mention(world.handle(2), samples.user_id(2))
    world.metadata.write_post(post_id, replace(post, mentions=(mention,), people=(tag,)))
    world.told()
    assert world.said(2) == [("mention", [1], 1)]
    assert world.said(3) == [("tag", [1], 1)]
    (group,) = world.groups(3)
    assert group.post is not None
    assert group.post.post.id == post_id
    world.users.edit(samples.user_id(3), activity={"tags": ToldOf.NOBODY})
    assert world.said(3) == []
    world.users.edit(samples.user_id(3), activity={"tags": ToldOf.EVERYONE})
    edited = world.metadata.posts[post_id]
    world.metadata.write_post(post_id, replace(edited, mentions=(), people=()))
    assert world.said(2) == world.said(3) == []
    world.metadata.write_post(post_id, edited)
    world.users.edit(ADA, private=True)
    assert world.said(2) == [], "who does not follow a private account sees nothing of it"


def test_a_mention_in_a_comment_is_told_to_who_may_see_the_post(world: World) -> None:
    post_id = world.post()
    comment = world.metadata.comments[CommentId.parse(world.comment(2, post_id))]
    mention = Mention(world.handle(4), samples.user_id(4))
    world.metadata.write_comment(replace(comment, mentions=(mention,)))
    world.told()
    assert world.said(4) == [("mention", [2], 1)]
    world.mutes.mute(samples.user_id(4), world.handle(1), None)
    assert world.said(4) == [], "nor of what is on the posts of somebody muted"


def test_whom_an_edited_comment_mentions_is_told_of_that_alone(world: World) -> None:
    comment = world.metadata.comments[CommentId.parse(world.comment(2, world.post()))]
    world.told()
    assert world.said() == [("comment", [2], 1)]
    mention = Mention(world.handle(1), ADA)
    world.metadata.write_comment(replace(comment, mentions=(mention,)))
    world.told()
    assert world.said() == [("mention", [2], 1)]
    world.metadata.write_comment(replace(comment, mentions=()))
    world.told()
    assert world.said() == [("comment", [2], 1)]


def test_a_comment_that_is_removed_at_once_is_never_told(world: World) -> None:
    comment = world.comment(2, world.post())
    world.comments.delete(samples.user_id(2), comment)
    world.told()
    assert not world.metadata.notices


def test_a_held_comment_is_told_once_it_is_approved(world: World) -> None:
    world.users.edit(ADA, held_words=["heron"])
    comment = world.comment(2, world.post(), text="A heron")
    world.told()
    assert world.said() == []
    world.comments.approve(ADA, comment)
    world.told()
    assert world.said() == [("comment", [2], 1)]


def test_replies_that_waited_for_their_root_are_told_once_it_is_approved(world: World) -> None:
    world.users.edit(ADA, held_words=["heron"])
    post_id = world.post()
    root = world.comment(2, post_id, text="A heron")
    world.comment(2, post_id, reply_to=root)
    world.told()
    assert world.said() == []
    world.comments.approve(ADA, root)
    for _ in range(2):
        world.told()
    assert world.said() == [("comment", [2], 1)] * 2
    world.told()
    assert len(world.said()) == 2


def test_likes_of_a_comment_are_one_entry_of_its_author(world: World) -> None:
    post_id = world.post()
    comment = world.comment(2, post_id)
    for number in (3, 4, 5, 6, 2):
        world.comments.like(samples.user_id(number), comment, liked=True)
        world.wait(MINUTE)
    world.told()
    assert world.said(2) == [("comment_like", [6, 5], 4)]
    world.comments.like(samples.user_id(6), comment, liked=False)
    assert world.said(2) == [("comment_like", [5, 4], 3)]
    world.comments.delete(samples.user_id(2), comment)
    assert world.said(2) == []
