"""Comments: written once, counted exactly, listed without gaps."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.commented import ENTRIES, RECENT
from shutterfeed.adapters.dynamodb.comments import DynamoComments
from shutterfeed.domain.blocks import Block
from shutterfeed.domain.comments import Comment, CommentId, Order
from shutterfeed.domain.errors import LimitReached, NotFound
from shutterfeed.domain.ids import PostId, ulid
from shutterfeed.domain.limits import Allowance, Limited, Limits
from shutterfeed.domain.mentions import Mention
from shutterfeed.domain.pages import Page
from shutterfeed.domain.users import CommentsFrom
from shutterfeed.domain.visibility import NOBODY, Relation, Viewer
from shutterfeed.ports.comments import Claim
from shutterfeed.ports.posts import KEEP, Keep
from shutterfeed.ports.viewing import Wanted
from tests import samples
from tests.contract.conftest import Store, Tables
from tests.fakes.system import START
from tests.limits import PLENTY, plenty_but
from tests.paging import whole

ADA, BEN, CY = (samples.user_id(number) for number in (1, 2, 3))
POST = PostId(ADA, ulid(START, 1))
OTHER = PostId(ADA, ulid(START, 2))
DAY = timedelta(days=1)
LIKE = ulid(START, 1)


def _id(number: int, reply: int | None = None, post: PostId = POST) -> CommentId:
    """The id of the comment made so many seconds after the start."""
    root = ulid(START + timedelta(seconds=number), number)
    if reply is None:
        return CommentId(post, root)
    return CommentId(post, root, ulid(START + timedelta(seconds=reply), reply))


def _comment(number: int, reply: int | None = None, author: str = BEN, **more: Any) -> Comment:
    return replace(Comment(_id(number, reply), author, f"text {number}"), **more)


def _counted(store: Store, post: PostId = POST) -> int:
    counts = store.viewing.read_now(NOBODY, Wanted(at_hand=[post])).counts.get(post)
    return 0 if counts is None else counts.comments


def _stored(store: Store, comment_id: CommentId) -> Comment:
    return store.comments.get_many([comment_id])[comment_id]


def _roots(store: Store, order: Order, limit: int) -> list[str]:
    def page(after: str | None, most: int) -> Page[Comment]:
        return store.comments.discussion(POST, ADA, order, after, most).comments

    return [root.id.root for root in whole(page, limit)]


def _replies(store: Store, root_id: CommentId, after: str | None, limit: int) -> Page[Comment]:
    return store.comments.thread(root_id, ADA, after, limit)[1]


def _numbers(store: Store, number: int = 1) -> tuple[int, int, int]:
    """The post's number of comments, and of a root the numbers of replies that count and wait."""
    root = _stored(store, _id(number))
    return _counted(store), root.replies, root.waiting


def _change(store: Store, comment_id: CommentId, **change: Any) -> None:
    before = _stored(store, comment_id)
    assert store.comments.change(before, replace(before, **change))


def test_a_comment_comes_back_as_it_was_written_and_counts_once(store: Store) -> None:
    comment = _comment(1, mentions=(Mention("cy", CY),), text="hello @cy")
    assert store.comments.add(comment)
    assert not store.comments.add(replace(comment, text="another"))
    assert _stored(store, comment.id) == comment
    assert _counted(store) == 1
    assert store.comments.get_many([_id(2)]) == {}


def test_the_number_follows_every_change_of_what_counts(store: Store) -> None:
    store.comments.add(_comment(1))
    store.comments.add(_comment(1, 2))
    store.comments.add(_comment(3, held=True))
    store.comments.add(_comment(1, 4, hidden=True))
    assert _counted(store) == 2
    steps: list[tuple[CommentId, dict[str, Any], int]] = [
        (_id(1), {"hidden": True}, 1),
        (_id(1), {"hidden": False}, 2),
        (_id(3), {"held": False}, 3),
        (_id(1, 4), {"hidden": False}, 4),
        (_id(3), {"text": "changed", "edited_at": START}, 4),
        (_id(3), {"held": True}, 3),
    ]
    for comment_id, change, number in steps:
        before = _stored(store, comment_id)
        assert store.comments.change(before, replace(before, **change))
        assert replace(_stored(store, comment_id), version=0, shows=0) == replace(
            before, **change, version=0, shows=0
        )
        assert _counted(store) == number
    for comment_id in (_id(1), _id(3), _id(1, 2), _id(1, 4)):
        before = _stored(store, comment_id)
        assert store.comments.change(before, before.without_text())
    assert _counted(store) == 0
    assert store.comments.held_for(ADA, None, 10).items == ()


def test_of_two_changes_of_what_was_read_only_one_is_made(store: Store) -> None:
    store.comments.add(_comment(1))
    before = _stored(store, _id(1))
    assert store.comments.change(before, replace(before, text="one", edited_at=START))
    assert not store.comments.change(before, replace(before, text="two", hidden=True))
    assert _stored(store, _id(1)).text == "one"
    assert _counted(store) == 1


def test_a_key_stands_for_one_comment_of_its_user_for_its_time(store: Store) -> None:
    first = Claim("aa", _id(100), "ff")
    assert store.comments.claimed(BEN, "aa", START) is None
    assert store.comments.claim(BEN, first, START) == first
    assert store.comments.claim(BEN, Claim("aa", _id(101), "ee"), START) == first
    assert store.comments.claimed(BEN, "aa", START) == first
    assert store.comments.claimed(CY, "aa", START) is None
    later = Claim("aa", _id(102), "ee")
    assert store.comments.claim(BEN, later, START + timedelta(seconds=101)) == later
    assert store.comments.claimed(BEN, "aa", START + timedelta(seconds=101)) == later


def test_what_a_user_has_said_is_listed_newest_first(store: Store) -> None:
    numbers = range(3 * ENTRIES + 2)
    ids = [_id(0, number) if number % 2 else _id(number) for number in numbers]
    for number, comment_id in enumerate(ids):
        store.comments.claim(BEN, Claim(f"{number:016}", comment_id, "f" * 8), START)
    for number, comment_id in enumerate(ids):
        assert store.comments.claimed(BEN, f"{number:016}", START) == Claim(
            f"{number:016}", comment_id, "f" * 8
        )
    newest_first = sorted(ids, key=lambda comment_id: comment_id.ulid, reverse=True)
    for limit in (1, 3, ENTRIES, ENTRIES + 1, 100):
        listed = whole(partial(store.comments.made_by, BEN), limit)
        assert listed == newest_first
    assert store.comments.made_by(CY, None, 10).items == ()


@pytest.mark.parametrize("hours", [1, 5])
def test_keys_are_known_for_their_time_however_many_there_are(store: Store, hours: int) -> None:
    """First one comment a day, then very many within a day, then one a day again."""
    claims: list[Claim] = []

    def claim(at: datetime) -> None:
        made = CommentId(POST, ulid(at, len(claims)))
        claims.append(Claim(f"{len(claims):016}", made, "f" * 8))
        assert store.comments.claim(BEN, claims[-1], at - DAY) == claims[-1]

    days = [START + day * DAY for day in range(ENTRIES)]
    busy = [days[-1] + timedelta(minutes=60 // hours * n) for n in range(9 * ENTRIES)]
    later = [busy[-1] + day * DAY for day in range(1, ENTRIES * RECENT)]
    for at in [*days, *busy]:
        claim(at)
    now = busy[-1]
    for known in claims:
        expected = known if known.comment_id.ulid >= ulid(now - DAY, 0) else None
        assert store.comments.claimed(BEN, known.digest, now - DAY) == expected
        if expected is not None:
            again = replace(known, comment_id=_id(99))
            assert store.comments.claim(BEN, again, now - DAY) == expected
    for at in later:
        claim(at)
    assert store.comments.claimed(BEN, claims[0].digest, later[-1] - DAY) is None
    assert store.comments.claimed(BEN, claims[-1].digest, later[-1] - DAY) == claims[-1]


def test_every_comment_takes_from_the_limit_and_a_repetition_does_not(store: Store) -> None:
    few = Allowance(ENTRIES + 2, 1)
    limits = Limits({**PLENTY.allowances, Limited.COMMENTS: few})
    spending = limits.spending(BEN, START, comments=1)
    for number in range(ENTRIES + 2):
        claim = Claim(f"{number:016}", _id(number), "f" * 8)
        for _ in range(2):
            assert store.comments.claim(BEN, claim, START - DAY, spending) == claim
    with pytest.raises(LimitReached) as refused:
        store.comments.claim(BEN, Claim("more", _id(99), "f" * 8), START - DAY, spending)
    assert (refused.value.limit, refused.value.retry_after) == ("comments", 3600)
    assert store.comments.claimed(BEN, "more", START - DAY) is None
    later = limits.spending(BEN, START + timedelta(hours=1), comments=1)
    more = Claim("more", _id(99), "f" * 8)
    assert store.comments.claim(BEN, more, START - DAY, later) == more


def test_a_root_has_the_number_of_its_replies_that_count(store: Store) -> None:
    store.comments.add(_comment(1))
    store.comments.add(_comment(2))
    for reply in (3, 4):
        assert store.comments.add(_comment(1, reply))
        assert not store.comments.add(_comment(1, reply))
    store.comments.add(_comment(1, 5, held=True))
    assert _numbers(store) == (4, 2, 0)
    steps: list[tuple[CommentId, dict[str, Any], tuple[int, int, int]]] = [
        (_id(1, 5), {"held": False}, (5, 3, 0)),
        (_id(1, 3), {"hidden": True}, (4, 2, 0)),
        (_id(1, 3), {"text": "changed"}, (4, 2, 0)),
        (_id(1), {"text": "changed"}, (4, 2, 0)),
        (_id(1), {"hidden": True}, (3, 2, 0)),
        (_id(1, 4), {"removed": True}, (2, 1, 0)),
        (_id(1), {"hidden": False}, (3, 1, 0)),
        (_id(1), {"removed": True}, (2, 1, 0)),
        (_id(1, 3), {"hidden": False}, (3, 2, 0)),
    ]
    for comment_id, change, numbers in steps:
        _change(store, comment_id, **change)
        assert _numbers(store) == numbers
    assert _stored(store, _id(2)).replies == 0
    with pytest.raises(NotFound):
        store.comments.add(_comment(9, 10))
    assert _counted(store) == 3


@pytest.mark.parametrize("how", ["held", "hidden"])
def test_replies_wait_for_a_root_that_does_not_count_and_come_with_it(
    store: Store, how: str
) -> None:
    store.comments.add(_comment(1))
    store.comments.add(_comment(1, 2))
    _change(store, _id(1), **{how: True})
    for reply in (3, 4, 5, 6):
        assert store.comments.add(_comment(1, reply, waits=0, held=reply == 6))
        assert not store.comments.add(_comment(1, reply, waits=0))
    assert _numbers(store) == (1, 1, 3)
    _change(store, _id(1, 4), removed=True)
    _change(store, _id(1, 6), held=False)
    _change(store, _id(1, 5), hidden=True)
    assert _numbers(store) == (1, 1, 2)
    listed = _replies(store, _id(1), None, 9).items
    assert [reply.counts for reply in listed] == [True, False, False, False, False]
    _change(store, _id(1), **{how: False})
    assert _numbers(store) == (4, 3, 0)
    listed = _replies(store, _id(1), None, 9).items
    assert [reply.counts for reply in listed] == [True, True, False, False, True]
    assert _stored(store, _id(1, 3)).counts
    [alone] = store.comments.look_up(_id(1, 3), ADA).comments.items
    assert alone.counts
    _change(store, _id(1), **{how: True})
    assert _numbers(store) == (3, 3, 0), "it keeps the replies that it has"
    store.comments.add(_comment(1, 7, waits=1))
    assert [r.counts for r in _replies(store, _id(1), None, 9).items][-2:] == [True, False]
    _change(store, _id(1, 3), removed=True)
    _change(store, _id(1, 7), waits=None)
    assert _numbers(store) == (3, 3, 0), "what is shown by itself waits no longer"
    _change(store, _id(1), removed=True)
    assert _numbers(store) == (3, 3, 0)


def test_a_reply_and_its_root_that_change_at_once_leave_right_numbers(store: Store) -> None:
    store.comments.add(_comment(1, hidden=True))
    store.comments.add(_comment(1, 2, waits=0))
    root, reply = _stored(store, _id(1)), _stored(store, _id(1, 2))
    store.comments.add(_comment(1, 3, waits=0))
    assert not store.comments.change(root, replace(root, hidden=False)), "one more waits"
    _change(store, _id(1), hidden=False)
    assert not store.comments.change(reply, reply.without_text()), "it waits no longer"
    assert store.comments.add(_comment(1, 4, waits=0))
    assert _stored(store, _id(1, 4)).counts, "its root was shown before it was written"
    assert _numbers(store) == (4, 3, 0)
    _change(store, _id(1, 2), removed=True)
    assert _numbers(store) == (3, 2, 0)


def test_replies_that_wait_no_longer_lose_their_marks_once(store: Store) -> None:
    store.comments.add(_comment(1, hidden=True))
    for reply in (2, 3):
        store.comments.add(_comment(1, reply, waits=0))
    store.comments.release(_id(1), 2)
    assert _stored(store, _id(1, 2)).waits == 0
    _change(store, _id(1), hidden=False)
    for _ in range(2):
        store.comments.release(_id(1), 2)
        assert [_stored(store, _id(1, reply)).version for reply in (2, 3)] == [1, 1]
    _change(store, _id(1), hidden=True)
    store.comments.add(_comment(1, 4, waits=1))
    store.comments.release(_id(1), 1)
    assert [_stored(store, _id(1, reply)).counts for reply in (2, 3, 4)] == [True, True, False]
    assert _numbers(store) == (2, 2, 1)
    store.comments.release(_id(9), 1)


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_roots_are_listed_whole_in_pages_of_any_size_with_the_numbers_of_their_replies(
    store: Store, limit: int
) -> None:
    for number in range(1, 8):
        store.comments.add(_comment(number))
        for reply in range(number % 4):
            store.comments.add(_comment(number, 100 + 10 * number + reply, hidden=reply == 2))
    gone, kept = _stored(store, _id(4)), _stored(store, _id(5))
    for comment in (gone, kept):
        store.comments.change(comment, comment.without_text())
    shown = [_id(number).root for number in (1, 2, 3, 5, 6, 7)]
    assert _roots(store, Order.OLDEST, limit) == shown
    assert _roots(store, Order.NEWEST, limit) == shown[::-1]
    roots = store.comments.discussion(POST, ADA, Order.OLDEST, None, 50).comments.items
    assert [root.replies for root in roots] == [1, 2, 2, 1, 2, 2]
    assert store.comments.discussion(OTHER, ADA, Order.OLDEST, None, 50).comments.items == ()


def test_long_threads_have_no_gap_and_no_doubles(store: Store) -> None:
    for number in (1, 2, 3):
        store.comments.add(_comment(number))
    for reply in range(45):
        store.comments.add(_comment(2, 100 + reply))
    for limit in (1, 2, 10):
        for order in Order:
            assert len(_roots(store, order, limit)) == 3
    roots = store.comments.discussion(POST, ADA, Order.NEWEST, None, 2).comments.items
    assert [root.replies for root in roots] == [0, 45]
    for limit in (1, 7, 45, 50):
        found = whole(partial(_replies, store, _id(2)), limit)
        assert [reply.id for reply in found] == [_id(2, 100 + n) for n in range(45)]


def test_pages_stay_whole_while_others_write(store: Store) -> None:
    for number in (2, 4, 6):
        store.comments.add(_comment(number))
        store.comments.add(_comment(number, 50 + number))
    first = store.comments.discussion(POST, ADA, Order.OLDEST, None, 2).comments
    store.comments.add(_comment(4, 70))
    store.comments.add(_comment(8))
    removed = _stored(store, _id(2))
    store.comments.change(removed, removed.without_text())
    rest = store.comments.discussion(POST, ADA, Order.OLDEST, first.next_position, 9).comments
    seen = [root.id for root in (*first.items, *rest.items)]
    assert seen == [_id(number) for number in (2, 4, 6, 8)]
    thread = _replies(store, _id(4), None, 1)
    store.comments.add(_comment(4, 80))
    more = _replies(store, _id(4), thread.next_position, 9)
    assert [r.id for r in (*thread.items, *more.items)] == [_id(4, n) for n in (54, 70, 80)]


def test_held_comments_are_listed_for_the_owner_of_the_posts(store: Store) -> None:
    held = [_comment(number, held=True) for number in range(1, 6)]
    held[2] = replace(held[2], id=_id(3, post=OTHER))
    for comment in held:
        store.comments.add(comment)
    newest_first = [comment.id for comment in reversed(held)]
    for limit in (1, 2, 9):
        listed = whole(partial(store.comments.held_for, ADA), limit)
        assert listed == newest_first
    store.comments.change(held[0], replace(held[0], held=False))
    store.comments.change(held[1], held[1].without_text())
    assert store.comments.held_for(ADA, None, 9).items == tuple(newest_first[:3])
    assert store.comments.held_for(BEN, None, 9).items == ()


def test_likes_of_comments_are_counted_as_often_as_there_are_some(store: Store) -> None:
    store.comments.add(_comment(1))
    store.comments.add(_comment(1, 2))
    for user in (ADA, CY):
        assert store.comments.like(_id(1), user, LIKE)
        assert not store.comments.like(_id(1), user, LIKE)
    assert store.comments.like(_id(1, 2), CY, LIKE)
    assert (_stored(store, _id(1)).likes, _stored(store, _id(1, 2)).likes) == (2, 1)
    assert store.comments.liked(POST, CY) == {_id(1), _id(1, 2)}
    assert store.comments.liked(OTHER, CY) == frozenset()
    for taken_back in (True, False):
        assert store.comments.unlike(_id(1), CY) is taken_back
    assert _stored(store, _id(1)).likes == 1
    assert not store.comments.like(_id(9), CY, LIKE)
    before = _stored(store, _id(1))
    assert store.comments.change(before, replace(before, text="a like is no change of it"))
    store.comments.like(_id(1), BEN, LIKE)
    assert store.comments.change(_stored(store, _id(1)), _stored(store, _id(1)).without_text())
    assert not store.comments.like(_id(1), CY, LIKE)


def test_pins_are_replaced_only_as_they_were_read(store: Store) -> None:
    assert store.comments.pinned(POST) == ()
    assert store.comments.pin(POST, (), ("a",))
    assert not store.comments.pin(POST, (), ("b",))
    assert store.comments.pin(POST, ("a",), ("a", "b"))
    assert store.comments.pinned(POST) == ("a", "b")
    assert store.comments.pin(POST, ("a", "b"), ())
    assert store.comments.pinned(POST) == ()
    assert store.comments.pin(POST, (), ("c",))


def test_a_pin_is_charged_only_if_it_replaces_what_was_read(store: Store) -> None:
    limits = plenty_but(changes=Allowance(1, 1))
    spending = limits.spending(ADA, START, changes=1)
    assert not store.comments.pin(POST, ("x",), ("a",), spending)
    assert store.comments.pin(POST, (), ("a",), spending)
    with pytest.raises(LimitReached):
        store.comments.pin(POST, ("a",), (), spending)
    assert store.comments.pinned(POST) == ("a",)


def test_nothing_is_left_of_the_comments_of_a_post_that_is_gone(store: Store) -> None:
    for number in range(1, 31):
        store.comments.add(_comment(number, held=number % 3 == 0))
        store.comments.like(_id(number), CY, LIKE)
    store.comments.add(replace(_comment(1), id=_id(1, post=OTHER)))
    store.comments.pin(POST, (), (_id(1).root,))
    steps = 0
    while store.comments.forget(POST, 7):
        steps += 1
        assert steps < 20
    assert steps >= 60 // 7, "it removes no more at once than it is asked to"
    for _ in range(2):
        assert not store.comments.forget(POST, 7)
        assert store.comments.discussion(POST, CY, Order.OLDEST, None, 50).comments.items == ()
        assert store.comments.pinned(POST) == ()
        assert store.comments.liked(POST, CY) == frozenset()
        assert store.comments.held_for(ADA, None, 50).items == ()
        assert (_counted(store), _counted(store, OTHER)) == (0, 1)


def test_a_page_of_notes_is_never_larger_than_one_write_unit(tables: Tables) -> None:
    comments = DynamoComments(tables.metadata)
    spending = PLENTY.spending(BEN, START, comments=1)
    for number in range(ENTRIES):
        claim = Claim(f"{number:016}", _id(number, number + 1), "f" * 8)
        comments.claim(BEN, claim, START, spending)
    item = {**(tables.metadata.get(keys.commented(BEN, 0)) or {}), "apart": 0}
    assert sum(len(name) + len(str(value)) for name, value in item.items()) <= 1024


def _with_people(store: Store) -> None:
    for number in (1, 2, 3):
        store.profiles.create(samples.profile(number))


def test_whom_the_owner_of_a_post_has_blocked_is_known_to_everybody_who_reads(
    store: Store,
) -> None:
    _with_people(store)
    store.blocks.block(ADA, Block(BEN, "ben", START))
    store.blocks.block(CY, Block(ADA, "ada", START))
    store.blocks.block(CY, Block(BEN, "ben", START))
    wanted = Wanted(authors=[ADA, BEN, CY], guests=[(ADA, guest) for guest in (ADA, BEN, CY)])
    for viewer in (NOBODY, Viewer(CY), Viewer(ADA), Viewer(BEN)):
        stored = store.viewing.read_now(viewer, wanted)
        assert stored.barred == {(ADA, BEN)}
        assert stored.profiles.keys() == {ADA, BEN, CY}
    relation = store.viewing.read_now(Viewer(CY), wanted).relation_to
    assert relation(BEN) == relation(ADA) == Relation(has_blocked=True)
    assert store.viewing.read_now(Viewer(ADA), wanted).relation_to(CY) == Relation(is_blocked=True)
    assert store.viewing.read_now(NOBODY, Wanted(authors=[BEN])).barred == frozenset()


def test_the_words_of_a_user_are_kept_beside_the_profile_which_counts_them(store: Store) -> None:
    _with_people(store)
    assert store.profiles.held_words(ADA) == ()
    store.profiles.edit(
        ADA, None, None, comments_from=CommentsFrom.NOBODY, held_words=["one", "two"]
    )
    store.profiles.edit(ADA, None, "bio")
    profile = store.profiles.get(ADA)
    assert profile is not None
    assert (profile.comments_from, profile.held_words) == (CommentsFrom.NOBODY, 2)
    assert store.profiles.held_words(ADA) == ("one", "two")
    assert store.profiles.held_words(BEN) == ()
    store.profiles.edit(ADA, None, None, held_words=[])
    assert store.profiles.held_words(ADA) == ()


def test_who_may_comment_is_kept_with_the_post_until_it_is_edited(store: Store) -> None:
    _with_people(store)
    post = replace(samples.post(), comments_from=CommentsFrom.FOLLOWERS)
    store.posts.create(post, samples.uploads(post), "key", "print")

    def edited(comments_from: CommentsFrom | Keep | None = KEEP) -> CommentsFrom | None:
        assert store.posts.edit(post.id, "caption", None, (), comments_from=comments_from)
        found = store.posts.get(post.id)
        assert found is not None
        return found.comments_from

    assert edited() is CommentsFrom.FOLLOWERS
    assert edited(CommentsFrom.NOBODY) is edited() is CommentsFrom.NOBODY
    assert edited(None) is edited() is None
