"""Who may see what: the decision, case by case."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from shutterfeed.domain.media import Purpose
from shutterfeed.domain.posts import TO_PUBLISH, Post, PostState
from shutterfeed.domain.users import Profile
from shutterfeed.domain.visibility import (
    NOBODY,
    STRANGERS,
    PostSubject,
    Reason,
    Relation,
    Surface,
    UserSubject,
    Viewer,
    decide,
    decide_on_relation,
)
from tests import samples
from tests.fakes.system import START

OWNER, OTHER = Viewer(samples.user_id(1)), Viewer(samples.user_id(2))
VIEWERS = (OWNER, OTHER, NOBODY)
FOLLOWED = Relation(follows=True)
AUTHOR = samples.profile(1)
PUBLISHED = samples.post(state=PostState.PUBLISHED)


def _post_reason(
    viewer: Viewer, post: Post | None, surface: Surface, relation: Relation = FOLLOWED
) -> Reason | None:
    return decide(viewer, PostSubject(post, AUTHOR), relation, surface)


@pytest.mark.parametrize(("viewer", "surface"), [*product(VIEWERS, Surface)])
def test_a_published_post_is_for_all_even_for_those_who_are_not_signed_in(
    viewer: Viewer, surface: Surface
) -> None:
    assert _post_reason(viewer, PUBLISHED, surface) is None


@pytest.mark.parametrize("surface", sorted(set(Surface) - {Surface.FEED}))
def test_to_see_a_published_post_nobody_has_to_follow_its_author(surface: Surface) -> None:
    for viewer in VIEWERS:
        assert _post_reason(viewer, PUBLISHED, surface, STRANGERS) is None


@pytest.mark.parametrize("state", [*TO_PUBLISH, PostState.DRAFT, PostState.FAILED])
def test_before_it_is_published_a_post_is_shown_to_its_author_by_its_id_and_in_lists_of_theirs(
    state: PostState,
) -> None:
    post = samples.post(state=state)
    shown = {
        (viewer, surface)
        for viewer, surface in product(VIEWERS, Surface)
        if _post_reason(viewer, post, surface) is None
    }
    own = (Surface.ITSELF, Surface.SCHEDULED, Surface.DRAFTS)
    assert shown == {(OWNER, surface) for surface in own}
    assert _post_reason(OTHER, post, Surface.ITSELF) is Reason.UNPUBLISHED


@pytest.mark.parametrize("state", PostState)
def test_a_deleted_post_is_shown_to_its_author_among_the_deleted_ones_alone(
    state: PostState,
) -> None:
    post = samples.post(state=state).deleted(START)
    reasons = {
        (viewer, surface): _post_reason(viewer, post, surface)
        for viewer, surface in product(VIEWERS, Surface)
    }
    assert reasons.pop((OWNER, Surface.BIN)) is None
    assert set(reasons.values()) == {Reason.DELETED}


@pytest.mark.parametrize(("state", "surface"), [*product(PostState, Surface)])
def test_the_hidden_post_of_an_avatar_is_shown_to_nobody(
    state: PostState, surface: Surface
) -> None:
    post = replace(samples.post(state=state), purpose=Purpose.AVATAR)
    for viewer in VIEWERS:
        assert _post_reason(viewer, post, surface) is Reason.NEVER_SHOWN


@pytest.mark.parametrize(("viewer", "surface"), [*product(VIEWERS, Surface)])
def test_what_is_not_stored_is_missing_and_so_is_the_post_of_an_author_without_a_profile(
    viewer: Viewer, surface: Surface
) -> None:
    assert _post_reason(viewer, None, surface) is Reason.MISSING
    assert decide(viewer, UserSubject(None), FOLLOWED, surface) is Reason.MISSING
    assert decide(viewer, UserSubject(None, is_barred=True), FOLLOWED, surface) is Reason.MISSING
    assert decide(viewer, UserSubject(AUTHOR, is_barred=True), FOLLOWED, surface) is Reason.BLOCKED
    orphan = PostSubject(PUBLISHED, None)
    assert decide(viewer, orphan, FOLLOWED, surface) is Reason.OWNER_MISSING


def test_a_feed_has_nothing_of_whom_its_reader_does_not_follow_but_their_own() -> None:
    assert _post_reason(OTHER, PUBLISHED, Surface.FEED, STRANGERS) is Reason.UNFOLLOWED
    assert _post_reason(OWNER, PUBLISHED, Surface.FEED, STRANGERS) is None


@pytest.mark.parametrize(("viewer", "relation"), [*product(VIEWERS, (STRANGERS, FOLLOWED))])
def test_what_is_decided_by_the_owner_alone_is_what_is_decided_of_a_post_that_all_may_see(
    viewer: Viewer, relation: Relation
) -> None:
    for surface in Surface:
        reason = decide_on_relation(viewer, AUTHOR.user_id, relation, surface)
        assert reason == _post_reason(viewer, PUBLISHED, surface, relation)


@pytest.mark.parametrize("surface", [Surface.ITSELF, Surface.LIST])
def test_a_user_is_shown_to_all(surface: Surface) -> None:
    for viewer, relation in product(VIEWERS, (STRANGERS, FOLLOWED)):
        assert decide(viewer, UserSubject(AUTHOR), relation, surface) is None


BLOCKS = (Relation(has_blocked=True), Relation(is_blocked=True))
PRIVATE = replace(AUTHOR, private=True)


@pytest.mark.parametrize(("surface", "relation"), [*product(Surface, BLOCKS)])
def test_who_blocks_and_who_is_blocked_are_not_there_for_each_other(
    surface: Surface, relation: Relation
) -> None:
    followed = replace(relation, follows=True)
    assert _post_reason(OTHER, PUBLISHED, surface, followed) is Reason.BLOCKED
    if surface is not Surface.BLOCKS:
        assert decide(OTHER, UserSubject(AUTHOR), followed, surface) is Reason.BLOCKED


def test_in_the_list_of_those_whom_one_has_blocked_they_are_shown_and_nobody_else() -> None:
    def reason(relation: Relation) -> Reason | None:
        return decide(OTHER, UserSubject(AUTHOR), relation, Surface.BLOCKS)

    assert reason(Relation(has_blocked=True)) is None
    assert reason(Relation(has_blocked=True, is_blocked=True)) is None
    assert reason(Relation(is_blocked=True)) is Reason.BLOCKED
    assert decide(OTHER, UserSubject(None), BLOCKS[0], Surface.BLOCKS) is Reason.MISSING


@pytest.mark.parametrize("surface", [one for one in Surface if one is not Surface.EXPLORED])
def test_the_posts_of_a_private_account_are_for_its_followers_and_itself(surface: Surface) -> None:
    post = PostSubject(PUBLISHED, PRIVATE)
    assert decide(OWNER, post, STRANGERS, surface) is None
    assert decide(OTHER, post, FOLLOWED, surface) is None
    for stranger in (STRANGERS, Relation(has_requested=True), Relation(is_followed=True)):
        assert decide(OTHER, post, stranger, surface) is Reason.PRIVATE
    assert decide(NOBODY, post, STRANGERS, surface) is Reason.PRIVATE
    if surface not in {Surface.FEED, Surface.SUGGESTED}:
        assert decide(OTHER, UserSubject(PRIVATE), STRANGERS, surface) is None


def test_a_private_account_is_suggested_to_nobody_who_does_not_follow_it() -> None:
    def reason(profile: Profile, relation: Relation, viewer: Viewer = OTHER) -> Reason | None:
        return decide(viewer, UserSubject(profile), relation, Surface.SUGGESTED)

    for stranger in (STRANGERS, Relation(has_requested=True), Relation(is_followed=True)):
        assert reason(PRIVATE, stranger) is Reason.PRIVATE
        assert reason(AUTHOR, stranger) is None
    assert reason(PRIVATE, FOLLOWED) is None
    assert reason(PRIVATE, STRANGERS, OWNER) is None


@pytest.mark.parametrize("surface", Surface)
def test_whom_one_has_muted_is_left_out_only_where_one_has_not_asked_for_them(
    surface: Surface,
) -> None:
    muted = Relation(follows=True, has_muted=True)
    unasked = {Surface.FEED, Surface.MIXED, Surface.SUGGESTED, Surface.EXPLORED}
    reason = Reason.MUTED if surface in unasked else None
    # Whoever looks for a user finds them; posts come up among those of many.
    of_posts = Reason.MUTED if surface is Surface.FOUND else reason
    assert _post_reason(OTHER, PUBLISHED, surface, muted) is of_posts
    assert decide(OTHER, UserSubject(AUTHOR), muted, surface) is reason


HIDING = replace(AUTHOR, public_page=False)


@pytest.mark.parametrize("surface", Surface)
def test_people_who_are_not_signed_in_see_nobody_who_does_not_want_that(surface: Surface) -> None:
    assert decide(NOBODY, UserSubject(AUTHOR), FOLLOWED, surface) is None
    for profile in (HIDING, PRIVATE, replace(PRIVATE, public_page=False)):
        assert decide(NOBODY, UserSubject(profile), FOLLOWED, surface) is Reason.NOT_PUBLIC
    post = PostSubject(PUBLISHED, HIDING)
    assert decide(NOBODY, post, FOLLOWED, surface) is Reason.NOT_PUBLIC
    for viewer in (OWNER, OTHER):
        assert decide(viewer, post, FOLLOWED, surface) is None
        assert decide(viewer, UserSubject(HIDING), FOLLOWED, surface) is None


LIMITED = replace(AUTHOR, limited="case")


def test_those_who_explore_see_no_sensitive_post_and_none_of_a_private_or_limited_account() -> None:
    """Not even the author, while the list is older than that."""
    labelled = (replace(PUBLISHED, sensitive=True), replace(PUBLISHED, labelled="case"))
    for viewer, relation in product((OWNER, OTHER), (STRANGERS, FOLLOWED)):
        subject = PostSubject(PUBLISHED, PRIVATE)
        assert decide(viewer, subject, relation, Surface.EXPLORED) is Reason.PRIVATE
        subject = PostSubject(PUBLISHED, LIMITED)
        assert decide(viewer, subject, relation, Surface.EXPLORED) is Reason.LIMITED
        for post in labelled:
            assert _post_reason(viewer, post, Surface.EXPLORED, relation) is Reason.SENSITIVE


@pytest.mark.parametrize("surface", [one for one in Surface if one is not Surface.EXPLORED])
@pytest.mark.parametrize("author", [AUTHOR, HIDING, PRIVATE])
def test_a_sensitive_post_is_as_visible_as_any_other(surface: Surface, author: Profile) -> None:
    for viewer, relation in product(VIEWERS, (STRANGERS, FOLLOWED)):
        plain, marked = (
            decide(viewer, PostSubject(post, author), relation, surface)
            for post in (PUBLISHED, replace(PUBLISHED, sensitive=True))
        )
        assert plain is marked


def test_the_first_reason_in_order_is_given() -> None:
    gone = PostSubject(replace(PUBLISHED.deleted(START), purpose=Purpose.AVATAR), None)
    assert decide(OTHER, gone, STRANGERS, Surface.FEED) is Reason.NEVER_SHOWN
    deleted = PostSubject(PUBLISHED.deleted(START), None)
    assert decide(OTHER, deleted, STRANGERS, Surface.FEED) is Reason.DELETED
    orphan = PostSubject(PUBLISHED, None)
    assert decide(OTHER, orphan, STRANGERS, Surface.FEED) is Reason.OWNER_MISSING
    both = Relation(is_blocked=True, has_muted=True)
    assert decide(OTHER, PostSubject(PUBLISHED, PRIVATE), both, Surface.FEED) is Reason.BLOCKED
    muted = Relation(has_muted=True)
    assert decide(OTHER, PostSubject(PUBLISHED, PRIVATE), muted, Surface.FEED) is Reason.PRIVATE
    assert _post_reason(OTHER, PUBLISHED, Surface.FEED, muted) is Reason.MUTED
    shy = replace(AUTHOR, private=True, public_page=False)
    assert decide(NOBODY, PostSubject(PUBLISHED, shy), STRANGERS, Surface.FEED) is Reason.PRIVATE
    assert decide(NOBODY, PostSubject(PUBLISHED, HIDING), muted, Surface.FEED) is Reason.NOT_PUBLIC
