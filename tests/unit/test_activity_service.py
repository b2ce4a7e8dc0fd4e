"""What users are told of what others did: the list, its badge, and what takes an entry away."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shutterfeed.domain.activity import (
    MAX_BADGE,
    WAIT,
    Act,
    NoticeKind,
    ToldOf,
)
from shutterfeed.domain.errors import InvalidCursor
from shutterfeed.domain.ids import ulid
from shutterfeed.domain.posts import PostState
from shutterfeed.domain.retention import NOTICE_RETENTION
from shutterfeed.services.posts import MediumDraft
from tests import samples
from tests.activity_world import ADA, MINUTE, PHOTO, World
from tests.fakes.storage import BROKEN_PHOTO
from tests.scheduled import not_arrived


@pytest.fixture
def world() -> World:
    return World()


def test_likes_of_a_post_are_one_entry_with_the_last_two_and_the_number(world: World) -> None:
    post_id = world.post()
    for number in range(2, 8):
        world.like(number, post_id)
        world.wait(MINUTE)
    world.told()
    assert world.said() == [("like", [7, 6], 6)]
    (group,) = world.groups()
    assert group.post is not None
    assert group.post.post.id == post_id
    assert group.is_new
    assert world.badge() == 1


def test_many_likes_are_counted_by_the_counts_of_the_post(world: World) -> None:
    post_id = world.post()
    for number in range(2, 27):
        world.like(number, post_id)
    world.told()
    [(kind, named, count)] = world.said()
    assert (kind, len(named), count) == ("like", 2, 25)


def test_nobody_is_told_of_what_was_undone_at_once_or_later(world: World) -> None:
    post_id = world.post()
    world.like(2, post_id)
    world.unlike(2, post_id)
    world.told()
    assert not world.metadata.notices
    world.like(2, post_id)
    world.wait(MINUTE)
    world.like(3, post_id)
    world.told()
    assert world.said() == [("like", [3, 2], 2)]
    world.unlike(3, post_id)
    assert world.said() == [("like", [2], 1)]
    world.unlike(2, post_id)
    assert world.said() == []
    assert world.badge() == 0


def test_a_like_waits_also_if_its_group_is_shown_already(world: World) -> None:
    post_id = world.post()
    world.like(2, post_id)
    world.told()
    world.like(3, post_id)
    world.wait(WAIT - timedelta(seconds=1))
    assert world.said() == [("like", [2], 1)]
    world.wait(timedelta(seconds=1))
    assert world.said() == [("like", [3, 2], 2)]


def test_what_happens_after_a_look_is_a_new_entry_and_the_old_one_stays(world: World) -> None:
    post_id = world.post()
    world.like(2, post_id)
    world.told()
    world.activity.mark_seen(ADA)
    assert [group.is_new for group in world.groups()] == [False]
    assert world.badge() == 0
    world.wait(MINUTE)
    world.like(3, post_id)
    world.told()
    assert world.said() == [("like", [3], 1), ("like", [2], 1)]
    assert [group.is_new for group in world.groups()] == [True, False]
    assert world.badge() == 1


def test_a_like_that_comes_again_after_a_look_is_told_once(world: World) -> None:
    post_id = world.post()
    world.like(2, post_id)
    world.told()
    world.activity.mark_seen(ADA)
    world.wait(MINUTE)
    world.unlike(2, post_id)
    world.like(2, post_id)
    world.told()
    assert world.said() == [("like", [2], 1)]
    assert world.badge() == 0, "nobody is told again of the same"
    world.like(3, post_id)
    world.told()
    assert world.said() == [("like", [3, 2], 2)], "the entry before it has nobody any more"
    assert world.badge() == 1
    world.wait(timedelta(days=1))
    world.activity.mark_seen(ADA)
    world.wait(MINUTE)
    world.unlike(2, post_id)
    world.like(2, post_id)
    world.told()
    assert world.said() == [("like", [2], 1), ("like", [3], 1)]
    assert world.badge() == 1, "a day later it is told"


def test_follows_that_are_taken_back_and_made_again_are_told_once(world: World) -> None:
    world.follow(2)
    world.told()
    world.follows.unfollow(samples.user_id(2), world.handle(1))
    assert world.said() == []
    world.follow(2)
    world.told()
    assert world.said() == [("follow", [2], 1)]


def test_a_deleted_post_takes_its_entry_away_and_a_restored_one_brings_it_back(
    world: World,
) -> None:
    post_id = world.post()
    world.like(2, post_id)
    world.told()
    world.delete_post(post_id)
    assert world.said() == []
    assert world.badge() == 0
    world.posts.restore(str(post_id), ADA)
    world.drain()
    assert world.said() == [("like", [2], 1)]
    assert world.badge() == 1


def test_nobody_is_told_of_oneself(world: World) -> None:
    world.like(1, world.post())
    world.told()
    assert not world.metadata.notices


@pytest.mark.parametrize("how", ["mute", "block"])
@pytest.mark.parametrize("before", [True, False])
def test_nobody_is_told_of_those_whom_they_have_muted_or_blocked(
    world: World, how: str, before: bool
) -> None:
    post_id = world.post()

    def leave() -> None:
        if how == "mute":
            world.mutes.mute(ADA, world.handle(2), None)
        else:
            world.blocks.block(ADA, world.handle(2))

    if before and how == "mute":
        leave()
    world.like(2, post_id)
    world.follow(2)
    world.told()
    assert (world.badge() == 0) is (before and how == "mute")
    if not before or how == "block":
        leave()
    assert world.said() == []
    assert world.badge() == 0
    world.like(3, post_id)
    world.told()
    assert [named for _, named, _ in world.said()] == [[3]]
    assert world.badge() == 1


def test_others_are_named_if_the_last_ones_are_hidden(world: World) -> None:
    post_id = world.post()
    for number in range(2, 9):
        world.like(number, post_id)
        world.wait(MINUTE)
    world.told()
    for number in (8, 7, 5):
        world.mutes.mute(ADA, world.handle(number), None)
    assert world.said() == [("like", [6, 4], 4)]


def test_who_wants_to_be_told_only_of_those_they_follow_is_told_of_no_others(
    world: World,
) -> None:
    post_id = world.post()
    world.follow(1, followee=2)
    for number in range(2, 7):
        world.like(number, post_id)
        world.wait(MINUTE)
    world.told()
    world.users.edit(ADA, activity={"likes": ToldOf.FOLLOWED})
    assert world.said() == [("like", [2], 1)]
    world.users.edit(ADA, activity={"likes": ToldOf.NOBODY})
    assert world.said() == []
    assert world.badge() == 0
    world.users.edit(ADA, activity={"likes": ToldOf.EVERYONE})
    assert world.said() == [("like", [6, 5], 5)]


def test_requests_are_told_until_they_have_an_answer_and_then_the_answer(world: World) -> None:
    world.users.edit(ADA, private=True)
    world.drain()
    world.follow(2)
    world.follow(3)
    world.told()
    [(kind, named, count)] = world.said()
    assert (kind, sorted(named), count) == ("follow_request", [2, 3], 2)
    world.follows.accept(ADA, world.handle(2))
    world.follows.decline(ADA, world.handle(3))
    world.told()
    assert world.said() == [], "she knows whom she has accepted"
    assert world.said(2) == [("request_accepted", [1], 1)]
    assert world.said(3) == []
    world.follows.unfollow(samples.user_id(2), world.handle(1))
    assert world.said(2) == []


def test_each_acceptance_is_told_and_only_the_last_one_is_shown(world: World) -> None:
    world.users.edit(ADA, private=True)
    world.drain()
    for _ in range(3):
        world.follow(2)
        world.follows.accept(ADA, world.handle(2))
        world.told()
        assert world.said(2) == [("request_accepted", [1], 1)]
        assert world.badge(2) == 1
        world.activity.mark_seen(samples.user_id(2))
        world.follows.unfollow(samples.user_id(2), world.handle(1))
        assert (world.said(2), world.badge(2)) == ([], 0)
    assert len(world.metadata.notices) == 3


def test_a_withdrawn_request_is_told_no_longer(world: World) -> None:
    world.users.edit(ADA, private=True)
    world.drain()
    world.follow(2)
    world.told()
    world.follows.unfollow(samples.user_id(2), world.handle(1))
    assert world.said() == []
    assert world.badge() == 0


def test_an_upload_that_failed_is_told_to_its_owner_until_the_post_is_deleted(
    world: World,
) -> None:
    post = world.create_post(1, [PHOTO], "key")
    world.upload(post, 0, PHOTO + b"?")
    world.told()
    assert world.metadata.posts[post.id].state is PostState.FAILED
    (group,) = world.groups()
    assert group.notice.kind is NoticeKind.UPLOAD_FAILED
    assert group.post is not None
    assert group.post.post.id == post.id
    act = Act(ADA, NoticeKind.UPLOAD_FAILED, str(post.id), ADA, post.created_at)
    world.activity.mark_seen(ADA)
    assert world.notifying.tell([act]) == {}
    world.told()
    assert (len(world.groups()), world.badge()) == (1, 0), (
        "told once, though the message came again"
    )
    world.delete_post(post.id)
    assert world.groups() == []


def test_a_post_whose_file_came_after_its_time_is_told_to_its_author_alone(world: World) -> None:
    post = not_arrived(world, timedelta(minutes=10))
    world.wait(timedelta(hours=1))
    world.upload(post, 0, PHOTO)
    world.told()
    (group,) = world.groups()
    assert (group.notice.kind, group.people, group.count) == (NoticeKind.PUBLISHED_LATE, (), 0)
    assert group.post is not None
    assert group.post.post.id == post.id
    world.delete_post(post.id)
    assert world.groups() == []


def test_a_mended_post_is_told_of_again_only_if_its_new_file_fails(world: World) -> None:
    post = world.create_post(1, [PHOTO], "key")
    world.upload(post, 0, BROKEN_PHOTO)
    world.told()
    world.activity.mark_seen(ADA)
    for number in (1, 2):
        content = BROKEN_PHOTO + bytes(number)
        draft = MediumDraft("image/jpeg", len(content), samples.sha256(content))
        (bad,) = world.metadata.posts[post.id].media
        post = world.mending.replace(str(post.id), ADA, bad.media_id, draft).view.post
        world.told()
        assert world.groups() == []
        world.upload(post, 0, content)
        world.told()
        assert (len(world.groups()), world.badge()) == (1, 1), number
        world.activity.mark_seen(ADA)


def test_a_viral_post_costs_no_write_after_the_first_notice(world: World) -> None:
    post_id = world.post()
    world.like(2, post_id)
    world.told()
    world.fuse.log.clear()
    for number in range(3, 28):
        world.like(number, post_id)
    world.told()
    assert {"open", "close"}.isdisjoint(world.fuse.log)
    assert len(world.metadata.notices) == 1


def test_pages_have_neither_gaps_nor_doubles_while_groups_grow(world: World) -> None:
    posts = [world.post(number) for number in range(7)]
    for post_id in posts:
        world.like(2, post_id)
        world.told()
    seen: list[str] = []
    after = None
    for number, post_id in enumerate(posts):
        page = world.activity.page(ADA, after, 2)
        seen += [group.notice.subject for group in page.items]
        world.like(3 + number, post_id)
        world.activity.mark_seen(ADA)
        world.like(12 + number, posts[-1 - number])
        world.told()
        after = page.next_position
        if after is None:
            break
    assert seen == [str(post_id) for post_id in reversed(posts)]


def test_a_page_is_filled_although_much_is_hidden(world: World) -> None:
    posts = [world.post(number) for number in range(6)]
    for post_id in posts:
        world.like(2, post_id)
        world.told()
    for post_id in posts[2:]:
        world.delete_post(post_id)
    page = world.activity.page(ADA, None, 2)
    assert [group.notice.subject for group in page.items] == [str(posts[1]), str(posts[0])]


def test_what_is_new_is_found_behind_more_than_a_hundred_hidden_entries(world: World) -> None:
    posts = [world.post(number) for number in range(122)]
    for some in (posts[:2], posts[2:]):
        for post_id in some:
            world.like(2, post_id)
        world.told()
    for post_id in posts[2:]:
        world.delete_post(post_id)
    assert world.badge() == len(world.groups()) == 2
    first = world.activity.page(ADA, None, 1)
    rest = world.activity.page(ADA, first.next_position, 1)
    shown = [group.notice.subject for group in (*first.items, *rest.items)]
    assert sorted(shown) == sorted(map(str, posts[:2]))
    assert world.activity.page(ADA, rest.next_position, 1).items == ()


def test_the_badge_ends_at_its_highest_number(world: World) -> None:
    for number in range(MAX_BADGE + 3):
        world.like(2, world.post(number))
    world.told()
    assert world.badge() == MAX_BADGE


def test_a_notice_goes_after_its_time(world: World) -> None:
    world.like(2, world.post())
    world.told()
    world.wait(NOTICE_RETENTION)
    assert world.said() == []
    assert not world.metadata.notices


@pytest.mark.parametrize("cursor", ["", "x", "3:4", ulid(samples.START, 1)[:-1]])
def test_a_strange_position_is_refused(world: World, cursor: str) -> None:
    with pytest.raises(InvalidCursor):
        world.activity.page(ADA, cursor, 20)


def test_acts_of_a_batch_are_told_each_for_itself(world: World) -> None:
    post_id = world.post()
    world.like(3, post_id)
    now = world.clock.now()
    undone = Act(ADA, NoticeKind.LIKE, str(post_id), samples.user_id(2), now + MINUTE)
    stands = Act(ADA, NoticeKind.LIKE, str(post_id), samples.user_id(3), now)
    other = Act(ADA, NoticeKind.LIKE, "no post", samples.user_id(3), now)
    failed = world.notifying.tell([undone, other, stands])
    assert list(failed) == [1]
    assert [notice.subject for notice in world.metadata.notices.values()] == [str(post_id)]
