"""The models that the world of who sees what is compared with: what they say by themselves, and
that they agree with the product's decision on every state that there may be between two users."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from shutterfeed.domain.posts import PostState
from shutterfeed.domain.visibility import (
    PostSubject,
    Relation,
    Surface,
    UserSubject,
    Viewer,
    decide,
    decide_on_lists,
)
from tests import samples
from tests.graph_model import GraphModel, Kind
from tests.sight import NOBODY, Facts

ADA, BEN = samples.user_id(1), samples.user_id(2)
POST = samples.post(1, 1, state=PostState.PUBLISHED)
NO_FACTS = Facts(
    samples.START,
    frozenset(),
    frozenset(),
    frozenset(),
    {},
    frozenset(),
    frozenset(),
    frozenset([POST.id]),
)
TO_ADA = frozenset([(BEN, ADA)])
NONE: frozenset[tuple[str, str]] = frozenset()


def states() -> Iterator[Facts]:
    """All that may be so of Ada, and of Ben towards her."""
    truths = [(False, True)] * 6
    for follows, blocked, is_blocked, muted, private, off in product(*truths):
        yield replace(
            NO_FACTS,
            edges=TO_ADA if follows else NONE,
            blocks=(TO_ADA if blocked else NONE) | ({(ADA, BEN)} if is_blocked else set()),
            mutes={(BEN, ADA): samples.START + timedelta(days=1)} if muted else {},
            private=frozenset([ADA] if private else []),
            off_public_pages=frozenset([ADA] if off else []),
        )


@pytest.mark.parametrize("viewer_id", [BEN, ADA, NOBODY])
def test_the_decision_says_the_same_as_the_model(viewer_id: str) -> None:
    viewer = Viewer(viewer_id or None)
    for facts in states():
        ada = replace(
            samples.profile(1),
            private=ADA in facts.private,
            public_page=ADA not in facts.off_public_pages,
        )
        relation = Relation(
            follows=(viewer_id, ADA) in facts.edges,
            has_blocked=(viewer_id, ADA) in facts.blocks,
            is_blocked=viewer_id == BEN and (ADA, BEN) in facts.blocks,
            has_muted=facts.has_muted(viewer_id, ADA),
        )
        post, user = PostSubject(POST, ada), UserSubject(ada)
        seen = {
            "profile": (decide(viewer, user, relation, Surface.ITSELF), facts.sees_profile),
            "found": (decide(viewer, user, relation, Surface.LIST), facts.sees_profile),
            "lists": (decide_on_lists(viewer, ada, relation), facts.sees_lists),
        }
        for name, (reason, sees) in seen.items():
            assert (reason is None) == sees(viewer_id, ADA), f"{name}: {facts}"
        posts = {
            Surface.ITSELF: facts.sees_post,
            Surface.LIST: facts.sees_post,
            Surface.MIXED: facts.comes_upon,
        }
        if viewer_id != NOBODY:
            posts[Surface.FEED] = facts.has_in_feed
        for surface, right in posts.items():
            reason = decide(viewer, post, relation, surface)
            assert (reason is None) == right(viewer_id, ADA, POST.id), f"{surface}: {facts}"
        if viewer_id == BEN and not relation.follows:
            reason = decide(viewer, user, relation, Surface.SUGGESTED)
            assert (reason is None) == facts.may_be_suggested(BEN, ADA), facts


def test_a_follow_is_there_when_it_was_answered() -> None:
    model = GraphModel()
    model.end(model.begin(Kind.FOLLOW, BEN, ADA), follows=True)
    assert model.of("edge", (BEN, ADA)) == {True}
    with pytest.raises(AssertionError, match="edge"):
        model.learn(replace(NO_FACTS, shown=frozenset()))


def test_of_two_requests_at_once_either_may_be_the_last() -> None:
    model = GraphModel()
    follow = model.begin(Kind.FOLLOW, BEN, ADA)
    unfollow = model.begin(Kind.UNFOLLOW, BEN, ADA)
    model.end(follow, follows=True)
    model.end(unfollow)
    assert model.of("edge", (BEN, ADA)) == {True, False}


def test_a_block_leaves_no_follow_whatever_overlaps_it() -> None:
    model = GraphModel()
    follow = model.begin(Kind.FOLLOW, BEN, ADA)
    model.end(model.begin(Kind.BLOCK, ADA, BEN))
    assert model.of("edge", (BEN, ADA)) == {False}
    assert model.refuse(follow)


def test_after_a_block_that_was_taken_back_a_follow_may_still_come() -> None:
    model = GraphModel()
    follow = model.begin(Kind.FOLLOW, BEN, ADA)
    model.end(model.begin(Kind.BLOCK, ADA, BEN))
    model.end(model.begin(Kind.UNBLOCK, ADA, BEN))
    assert model.of("edge", (BEN, ADA)) == {True, False}
    model.give_up(follow)
    assert model.of("edge", (BEN, ADA)) == {True, False}


def test_nobody_follows_a_private_account_without_an_acceptance() -> None:
    model = GraphModel()
    model.begin_with(replace(NO_FACTS, private=frozenset([ADA])))
    model.end(model.begin(Kind.FOLLOW, BEN, ADA), waits=True)
    assert model.of("edge", (BEN, ADA)) == {False}
    model.end(model.begin(Kind.ACCEPT, ADA, BEN), follows=True)
    assert model.of("edge", (BEN, ADA)) == {True}
    assert model.of("request", (BEN, ADA)) == {False}


@pytest.mark.parametrize("celebrities", [frozenset[str](), frozenset([ADA])])
def test_only_a_celebrity_is_followed_after_she_has_become_private(
    celebrities: frozenset[str],
) -> None:
    model = GraphModel()
    model.begin(Kind.FOLLOW, BEN, ADA)
    model.end(model.begin(Kind.BE_PRIVATE, ADA, ADA))
    private = replace(NO_FACTS, private=frozenset([ADA]), shown=frozenset())
    model.learn(replace(private, counted_apart=celebrities))
    assert (True in model.of("edge", (BEN, ADA))) == bool(celebrities)


def test_whoever_waits_for_an_account_that_becomes_public_may_be_accepted_at_any_time() -> None:
    model = GraphModel()
    model.begin_with(replace(NO_FACTS, private=frozenset([ADA]), requests=TO_ADA))
    model.end(model.begin(Kind.BE_PRIVATE, ADA, ADA, value=False))
    assert model.of("edge", (BEN, ADA)) == {True, False}


def test_nobody_is_refused_without_a_block() -> None:
    model = GraphModel()
    assert not model.refuse(model.begin(Kind.FOLLOW, BEN, ADA))
    assert not model.refuse(model.begin(Kind.MUTE, BEN, ADA, NO_FACTS.now))
