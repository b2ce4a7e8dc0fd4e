"""Erasing a closed account: nothing of its user is left, and nothing of others is lost, whatever
breaks off or comes twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shutterfeed import keys
from shutterfeed.domain.accounts import subject_of
from shutterfeed.domain.delivery import entry_of
from shutterfeed.domain.erasures import Erasable, digest_of
from shutterfeed.domain.errors import SessionEnded
from shutterfeed.domain.messages import EraseAccount
from shutterfeed.domain.users import HANDLE_REST
from tests import samples
from tests.erasing_scene import (
    ADA,
    ADAS,
    BEN,
    CYD,
    EVE,
    HALF_A_MINUTE,
    SHARED,
    SUBJECT,
    Scene,
    scene,
)
from tests.fakes.backend import CLOSING_DAYS

_CALLS = 400
"""More calls than an erasure makes of ports."""


def _of_others(one: Scene) -> dict[str, Any]:
    """What the others have, without what goes by itself."""
    data = one.backend.metadata
    people = {
        user_id: replace(profile, activity_seen_at=None)
        for user_id, profile in data.profiles.items()
    }
    return {
        "profiles": people,
        "edges": dict(data.edges),
        "posts": dict(data.posts),
        "counts": {i: counts for i, counts in data.counts.items() if i.author_id != ADA},
        "likes": dict(data.likes),
        "comments": dict(data.comments),
        "comment likes": dict(data.comment_likes),
        "saves": dict(data.saves),
        "blobs": {sha256: blob.state for sha256, blob in data.blobs.items()},
        "references": set(data.references),
        "blocks": dict(data.blocks),
        "mutes": dict(data.mutes),
    }


@pytest.fixture(scope="module")
def erased() -> Scene:
    """The scene after an erasure that nothing disturbed."""
    made = scene()
    made.close()
    made.end()
    return made


def test_nothing_of_the_erased_is_left(erased: Scene) -> None:
    assert erased.left_of(ADA) == []
    assert erased.backend.accounts.deleted == [_account()]


def _account() -> str:
    return subject_of(ADA, samples.ACCOUNT_KEY)


def test_the_others_keep_what_is_theirs_with_exact_numbers(erased: Scene) -> None:
    data = erased.backend.metadata
    ben = data.profiles[BEN]
    assert (ben.followers, ben.following, ben.posts) == (0, 0, 1)
    assert data.profiles[CYD].requests == 0
    assert data.profiles[EVE].following == 0
    counts = data.counts[erased.bens.id]
    assert counts.likes == 1
    assert counts.comments == 2, "Ben's own, and his answer to what is now nobody's"
    (root,) = (c for c in data.comments.values() if c.removed)
    assert (root.author_id, root.text, root.replies) == ("", "", 1)
    assert {reference.post_id for reference in data.references} == {erased.bens.id}
    assert data.posts[erased.bens.id].people == ()
    assert data.posts[erased.bens.id].untagged == ()


def test_a_content_that_others_have_stays_and_one_of_hers_alone_goes(erased: Scene) -> None:
    erased.backend.wait(timedelta(hours=2))
    erased.settle()
    shared, hers = samples.sha256(SHARED), samples.sha256(ADAS)
    assert shared in erased.backend.metadata.blobs
    assert hers not in erased.backend.metadata.blobs


def test_the_record_says_what_to_look_for_and_the_list_holds_the_hash_alone(erased: Scene) -> None:
    backend = erased.backend
    record = backend.erased.get(ADA)
    assert record is not None
    assert (record.account, record.email) == (_account(), f"{_account()}@example.com")
    assert record.finished_at is not None
    found = {content.sha256 for content in backend.erased.contents(ADA)}
    assert found == {samples.sha256(SHARED), samples.sha256(ADAS)}
    assert digest_of(Erasable.ACCOUNT, ADA) in {
        erasure.digest for erasure in backend.erasures.noted
    }
    assert ADA not in repr(backend.erasures.noted)


def test_the_handle_rests_and_nobody_is_found_by_it(erased: Scene) -> None:
    record = erased.backend.erased.get(ADA)
    assert record is not None
    (handle,) = record.handles
    assert erased.backend.metadata.handles.get(handle) is None
    end = erased.backend.metadata.expiries[keys.handle(handle)]
    assert end - record.begun_at >= HANDLE_REST


def test_a_token_that_outlives_the_account_makes_no_profile(erased: Scene) -> None:
    with pytest.raises(SessionEnded):
        erased.backend.users.me(ADA)


def test_whoever_comes_back_in_time_has_everything_as_it_was() -> None:
    made = scene()
    before = _of_others(made)
    made.close()
    made.backend.drain()
    made.backend.wait(timedelta(days=CLOSING_DAYS - 1))
    made.backend.closing.come_back(ADA, made.backend.clock.now())
    made.backend.drain()
    after = _of_others(made)
    ada, was = after["profiles"].pop(ADA), before["profiles"].pop(ADA)
    assert (ada.closed_at, ada.erase_at, ada.followers) == (None, None, was.followers)
    assert after == before
    # The note of the first closing does not erase what is open.
    made.backend.wait(timedelta(days=CLOSING_DAYS))
    made.settle()
    assert ADA in made.backend.metadata.profiles


def test_a_message_for_an_account_that_is_not_due_changes_nothing() -> None:
    made = scene()
    before = _of_others(made)
    made.backend.queues["erase"].send([EraseAccount(ADA)])
    made.backend.drain()
    made.close()
    made.backend.queues["erase"].send([EraseAccount(ADA)])
    made.backend.drain()
    assert _of_others(made)["posts"] == before["posts"]
    assert made.backend.erased.records == {}


def _disturbed(disturb: Callable[[Scene], None]) -> Scene:
    made = scene()
    made.close()
    made.backend.drain()
    made.backend.wait(timedelta(days=CLOSING_DAYS, seconds=1))
    disturb(made)
    made.settle()
    return made


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_eraser_that_dies_at_any_call_is_taken_up_again(erased: Scene, when: str) -> None:
    expected = _of_others(erased)
    expected.pop("blobs")
    last = 0
    for call in range(1, _CALLS, 3 if when == "before" else 4):

        def crash(made: Scene, call: int = call) -> None:
            fuse = made.backend.fuse
            setattr(fuse, f"crash_{when}", fuse.calls + call)

        made = _disturbed(crash)
        found = _of_others(made)
        found.pop("blobs")
        assert made.left_of(ADA) == [], call
        assert found == expected, call
        last = call
        if getattr(made.backend.fuse, f"crash_{when}") > made.backend.fuse.calls:
            break
    assert last > 100


def test_every_message_may_come_twice(erased: Scene) -> None:
    def double(made: Scene) -> None:
        backend = made.backend
        done = 0
        while backend.waiting() or any(queue.later for queue in backend.queues.values()):
            if not backend.waiting():
                backend.wait(HALF_A_MINUTE)
                continue
            name = backend.waiting()[-1]
            # Not without an end: what comes twice sends all that follows twice.
            backend.deliver(name, again=name == "erase" and done % 4 == 0 and done < 40)
            done += 1

    made = _disturbed(double)
    assert made.left_of(ADA) == []
    expected, found = _of_others(erased), _of_others(made)
    expected.pop("blobs"), found.pop("blobs")
    assert found == expected


def test_what_comes_by_a_late_message_is_erased_too() -> None:
    made = scene()
    made.close()
    backend = made.backend
    backend.drain()
    backend.wait(timedelta(days=CLOSING_DAYS, seconds=1))
    while ADA in backend.metadata.profiles:
        backend.drain()
        backend.wait(HALF_A_MINUTE)
    assert made.left_of(ADA) == []
    # A worker that has read the audience before puts an entry into her feed.
    backend.feed_table.put([ADA], [entry_of(made.bens)], backend.clock.now())
    assert made.left_of(ADA) == ["feed"]
    made.settle()
    assert made.left_of(ADA) == []


def test_closing_asks_for_nothing_but_the_subject() -> None:
    made = scene()
    made.close()
    assert made.backend.sign_ins.ended == [SUBJECT]
