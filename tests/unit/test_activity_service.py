"""What users are told of what others did: the list, its badge, and what takes an entry away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shutterfeed.domain.activity import (
    APPEARS_AFTER,
    GROUP_SPAN,
    MAX_BADGE,
    WAIT,
    Act,
    NoticeKind,
    ToldOf,
)
from shutterfeed.domain.comments import CommentId
from shutterfeed.domain.errors import InvalidCursor
from shutterfeed.domain.ids import PostId, ulid
from shutterfeed.domain.mentions import Mention
from shutterfeed.domain.people import TaggedPerson
from shutterfeed.domain.posts import PostState
from shutterfeed.domain.retention import NOTICE_RETENTION
from shutterfeed.services.activity_views import GroupView
from tests import samples
from tests.fakes.backend import Backend, Crash, Fuse

ADA = samples.user_id(1)
DELAY = WAIT + APPEARS_AFTER + timedelta(seconds=1)
PHOTO = b"\xff\xd8\xff a photo"
MINUTE = timedelta(minutes=1)


class World(Backend):
    """Ada, who has posts, and people with the numbers 2 and up."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for number in range(1, 30):
            self.sign_up(number)

    def handle(self, number: int) -> str:
        return self.metadata.profiles[samples.user_id(number)].handle

    def post(self, number: int = 1) -> PostId:
        """A published post of Ada's."""
        post = self.create_post(1, [PHOTO], f"key-{number}")
        self.upload(post, 0, PHOTO)
        self.drain()
        assert self.metadata.posts[post.id].state is PostState.PUBLISHED
        return post.id

    def like(self, number: int, post_id: PostId) -> None:
        self.likes.like(samples.user_id(number), str(post_id))

    def unlike(self, number: int, post_id: PostId) -> None:
        self.likes.unlike(samples.user_id(number), str(post_id))

    def follow(self, number: int, followee: int = 1) -> None:
        self.follows.follow(samples.user_id(number), self.handle(followee))

    def comment(
        self, number: int, post_id: PostId, reply_to: str | None = None, text: str = "Nice"
    ) -> str:
        """The id of a new comment."""
        key = f"comment-{len(self.metadata.comments)}"
        author_id = samples.user_id(number)
        view = self.comments.create(author_id, str(post_id), text, reply_to, key)
        return str(view.comment.id)

    def told(self) -> None:
        """Let the workers work, and time pass until what they tell of appears."""
        self.wait(WAIT)
        self.drain()
        self.wait(DELAY)

    def groups(self, number: int = 1) -> list[GroupView]:
        return list(self.activity.page(samples.user_id(number), None, 20).items)

    def said(self, number: int = 1) -> list[tuple[str, list[int], int]]:
        """Kind, the numbers of those who are named, and the count of each entry."""
        numbers = {samples.user_id(n): n for n in range(1, 30)}
        return [
            (
                group.notice.kind.value,
                [numbers[person.profile.user_id] for person in group.people],
                group.count,
            )
            for group in self.groups(number)
        ]

    def badge(self, number: int = 1) -> int:
        return self.activity.badge(samples.user_id(number))


@pytest.fixture
def world() -> World:
    return World()


def test_likes_of_a_post_are_one_entry_with_the_last_three_and_the_number(world: World) -> None:
    post_id = world.post()
    for number in range(2, 8):
        world.like(number, post_id)
        world.wait(MINUTE)
    world.told()
    assert world.said() == [("like", [7, 6, 5], 6)]
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
    assert (kind, len(named), count) == ("like", 3, 25)


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
    assert world.said() == [("like", [2], 1)], "the entry before it has nobody any more"


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
    assert world.said() == [("like", [6, 4, 3], 4)]


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
    assert world.said() == [("like", [6, 5, 4], 5)]


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
    world.delete_post(post.id)
    assert world.groups() == []


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


def test_likes_of_a_comment_are_one_entry_of_its_author(world: World) -> None:
    post_id = world.post()
    comment = world.comment(2, post_id)
    for number in (3, 4, 5, 6, 2):
        world.comments.like(samples.user_id(number), comment, liked=True)
        world.wait(MINUTE)
    world.told()
    assert world.said(2) == [("comment_like", [6, 5, 4], 4)]
    world.comments.like(samples.user_id(6), comment, liked=False)
    assert world.said(2) == [("comment_like", [5, 4, 3], 3)]
    world.comments.delete(samples.user_id(2), comment)
    assert world.said(2) == []


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


@pytest.mark.parametrize("after_a_look", [False, True])
@pytest.mark.parametrize("at", range(1, 9))
def test_two_workers_at_once_open_one_group(after_a_look: bool, at: int) -> None:
    """One of them stands still at some call while the other tells of another like."""
    world = World()
    post_id = world.post()
    if after_a_look:
        world.like(9, post_id)
        world.told()
        world.activity.mark_seen(ADA)
        world.wait(MINUTE)
    acts = []
    for number in (2, 3):
        world.like(number, post_id)
        person_id, now = samples.user_id(number), world.clock.now()
        acts.append(Act(ADA, NoticeKind.LIKE, str(post_id), person_id, now))
        world.wait(WAIT)
    world.fuse.pauses[world.fuse.calls + at] = lambda: world.notifying.tell(acts[1:])
    world.notifying.tell(acts[:1])
    world.fuse.pauses.clear()
    world.told()
    assert world.said()[:1] == [("like", [3, 2], 2)]
    assert len(world.metadata.notices) == 1 + after_a_look


steps = st.one_of(
    st.tuples(st.sampled_from(["like", "unlike"]), st.integers(2, 4), st.integers(0, 1)),
    st.tuples(st.sampled_from(["follow", "unfollow", "mute"]), st.integers(2, 4)),
    st.tuples(st.just("seen")),
    st.tuples(st.just("wait"), st.sampled_from([1, 4, 9, 3600, 90_000])),
    st.tuples(st.just("deliver"), st.integers(0, 5), st.booleans()),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(steps, max_size=25), st.integers(1, 60))
def test_the_list_is_what_its_definition_says_whatever_happens(
    events: list[tuple[str | int | bool, ...]], crash: int
) -> None:
    """Acts and looks in any order; messages come twice, out of order, and a worker dies once."""
    world = World(fuse=Fuse())
    posts = [world.post(number) for number in (1, 2)]
    world.fuse.crash_before = world.fuse.calls + crash * 3
    for name, *given_ in events:
        _play(world, posts, str(name), given_)
    world.fuse.crash_before = None
    world.told()
    groups = world.groups()
    for subject in (*map(str, posts), ADA):
        kind = NoticeKind.FOLLOW if subject == ADA else NoticeKind.LIKE
        people = [
            person.profile.user_id
            for group in groups
            if group.notice.subject == subject
            for person in group.people
        ]
        assert sorted(people) == sorted(_definition(world, kind, subject)), "each of them once"
    assert world.badge() == sum(group.is_new for group in groups)
    positions = [group.notice.position for group in groups]
    assert positions == sorted(positions, reverse=True)


def _definition(world: World, kind: NoticeKind, subject: str) -> set[str]:
    """Those who did it, have not undone it, and are not hidden."""
    data = world.metadata
    pairs = (
        data.edges
        if kind is NoticeKind.FOLLOW
        else {(person, str(post_id)): at for (person, post_id), at in data.likes.items()}
    )
    did = {person for person, to in pairs if to == subject}
    muted = {muted for muter, muted in data.mutes if muter == ADA}
    return did - muted


def _play(world: World, posts: list[PostId], name: str, given_: list[str | int | bool]) -> None:
    numbers = [int(value) for value in given_]
    match name:
        case "like" | "unlike":
            act = world.like if name == "like" else world.unlike
            _insist(lambda: act(numbers[0], posts[numbers[1]]))
        case "follow":
            _insist(lambda: world.follow(numbers[0]))
        case "unfollow":
            person, handle = samples.user_id(numbers[0]), world.handle(1)
            _insist(lambda: world.follows.unfollow(person, handle))
        case "mute":
            _insist(lambda: world.mutes.mute(ADA, world.handle(numbers[0]), None))
        case "seen":
            _insist(lambda: world.activity.mark_seen(ADA))
        case "wait":
            if numbers[0] > GROUP_SPAN.total_seconds():
                world.drain()  # Of what is told a day late, nobody may hear.
            world.wait(timedelta(seconds=numbers[0]))
        case "deliver":
            while (waiting := world.waiting()) and "stream" in waiting:
                world.deliver("stream")
            world.wait(WAIT)
            if count := world.backlog("notify"):
                world.deliver("notify", numbers[0] % count, again=bool(numbers[1]))


def _insist(act: Callable[[], object]) -> None:
    """Act, and once more if the request's process has died."""
    try:
        act()
    except Crash:
        act()
