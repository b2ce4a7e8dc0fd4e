"""The newest posts of followed hashtags are in the feed, if their reader may see them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shutterfeed.domain import hashtags as domain
from shutterfeed.domain.errors import Conflict, InvalidInput
from shutterfeed.domain.hashtags import MAX_FOLLOWED
from shutterfeed.domain.ids import PostId
from shutterfeed.services.feed import FeedPage
from tests import samples
from tests.fakes.backend import POLICY, Backend
from tests.fakes.storage import PHOTO

ADA, BEN, CY = (samples.user_id(number) for number in (1, 2, 3))
_RARE = replace(POLICY, regular_after_days=1)


@pytest.fixture(params=["pushed", "made again"])
def backend(request: pytest.FixtureRequest) -> Backend:
    """Cy follows Ben and #sea, and comes often, or rarely."""
    backend = Backend(policy=POLICY if request.param == "pushed" else _RARE)
    for number, handle in ((1, "ada"), (2, "ben"), (3, "cyd")):
        backend.sign_up(number)
        backend.users.edit(samples.user_id(number), handle=handle)
    backend.follows.follow(CY, "ben")
    backend.hashtags.follow(CY, "#Sea")
    backend.reader.page(CY, None, 10)
    backend.drain()
    return backend


def _publish(backend: Backend, author: int, caption: str = "Waves #sea") -> PostId:
    key = f"{author}-{len(backend.metadata.posts)}"
    post = backend.create_post(author, (PHOTO,), key, caption)
    backend.upload(post, 0, PHOTO)
    backend.drain()
    return post.id


def _shown(page: FeedPage) -> list[tuple[PostId, str | None]]:
    return [(view.post.id, view.hashtag) for view in page.posts]


def _feed(backend: Backend, limit: int = 20) -> list[tuple[PostId, str | None]]:
    """All pages."""
    shown, position = [], None
    while True:
        page = backend.reader.page(CY, position, limit)
        shown += _shown(page)
        position = page.next_position
        if position is None:
            return shown


def test_a_strangers_post_comes_with_the_hashtag_that_is_why(backend: Backend) -> None:
    older, between = _publish(backend, 1), _publish(backend, 2, "A duck")
    newer = _publish(backend, 1, "Tide #SEA #dunes")
    assert _feed(backend) == [(newer, "sea"), (between, None), (older, "sea")]


def test_a_post_of_somebody_followed_comes_once_and_without_a_mark(backend: Backend) -> None:
    post = _publish(backend, 2)
    assert _feed(backend) == [(post, None)]


def test_the_own_posts_are_not_there_because_of_a_hashtag(backend: Backend) -> None:
    post = _publish(backend, 3)
    assert _feed(backend) == [(post, None)]


def test_what_the_reader_may_not_see_is_gone_at_once_and_comes_back(backend: Backend) -> None:
    post = _publish(backend, 1)
    for hide, show in (
        (
            lambda: backend.users.edit(ADA, private=True),
            lambda: backend.users.edit(ADA, private=False),
        ),
        (
            lambda: backend.posts.delete(str(post), ADA),
            lambda: backend.posts.restore(str(post), ADA),
        ),
        (lambda: backend.mutes.mute(CY, "ada", None), lambda: backend.mutes.unmute(CY, "ada")),
        (lambda: backend.blocks.block(CY, "ada"), lambda: backend.blocks.unblock(CY, "ada")),
        (lambda: backend.blocks.block(ADA, "cyd"), lambda: backend.blocks.unblock(ADA, "cyd")),
    ):
        assert _feed(backend) == [(post, "sea")]
        hide()
        assert _feed(backend) == []
        backend.drain()
        assert _feed(backend) == []
        show()
        backend.drain()


def test_a_private_account_that_is_followed_is_shown_like_any_other(backend: Backend) -> None:
    post = _publish(backend, 1)
    backend.follows.follow(CY, "ada")
    backend.users.edit(ADA, private=True)
    backend.drain()
    assert _feed(backend) == [(post, None)]
    backend.follows.unfollow(CY, "ada")
    assert _feed(backend) == []


def test_a_caption_without_the_hashtag_takes_the_post_away(backend: Backend) -> None:
    post = _publish(backend, 1)
    backend.posts.edit(str(post), ADA, caption="Waves", place=None, drop_place=False)
    assert _feed(backend) == []


def test_a_burst_that_many_follow_is_brought_twice_and_its_last_post_too(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain, "FEW_FOLLOWERS", 1)
    monkeypatch.setattr(domain, "ROWS_PER_SECOND", 1 / 60)
    _publish(backend, 1)
    _publish(backend, 1)
    backend.fuse.log.clear()
    published = [_publish(backend, number) for number in (2, 1, 1, 2)]
    assert backend.fuse.log.count("bring") == 0, "the interval is not over"
    assert sum(len(queue.later) for queue in backend.queues.values()) == 1
    backend.wait(timedelta(minutes=1))
    backend.drain()
    assert backend.fuse.log.count("bring") == 1
    row = backend.metadata.hashtags[CY, "sea"]
    assert {entry.post_id for entry in row.entries} >= set(published)
    backend.wait(timedelta(minutes=1))
    backend.drain()
    assert backend.fuse.log.count("bring") == 1, "nothing is left to bring"


def test_unfollowing_takes_the_posts_away_also_if_they_are_still_on_their_way(
    backend: Backend,
) -> None:
    _publish(backend, 1)
    backend.hashtags.unfollow(CY, "sea")
    assert _feed(backend) == []
    _publish(backend, 1)
    assert _feed(backend) == []
    backend.hashtags.unfollow(CY, "sea")


def test_following_brings_what_is_there_already(backend: Backend) -> None:
    post = _publish(backend, 1, "Dunes #dunes")
    assert _feed(backend) == []
    backend.hashtags.follow(CY, "dunes")
    assert _feed(backend) == [(post, "dunes")]
    # The second one who follows it finds its list made.
    backend.hashtags.follow(BEN, "dunes")
    assert [view.hashtag for view in backend.reader.page(BEN, None, 20).posts] == ["dunes"]


def test_pages_have_few_because_of_hashtags_and_none_twice(backend: Backend) -> None:
    backend.hashtags.follow(CY, "dunes")
    for number in range(4, 10):
        backend.sign_up(number)
        _publish(backend, number)
        _publish(backend, number, "#dunes")
        _publish(backend, 2, "A duck")
    first = backend.reader.page(CY, None, 8)
    assert [view.hashtag for view in first.posts].count(None) == 6
    marked = [view for view in first.posts if view.hashtag]
    assert len(marked) == 2
    shown = _feed(backend, 8)
    assert len(shown) == len(dict(shown))
    assert sum(tag is None for _, tag in shown) == 6
    positions = [backend.metadata.posts[post_id].position for post_id, _ in shown]
    assert positions == sorted(positions, key=str, reverse=True)


def test_one_author_does_not_fill_a_page(backend: Backend) -> None:
    for _ in range(5):
        _publish(backend, 1)
    assert len(_feed(backend)) == 2


def test_what_hashtags_bring_is_not_counted_as_new(backend: Backend) -> None:
    _publish(backend, 2, "A duck")
    latest = backend.reader.page(CY, None, 20).latest
    assert latest is not None
    _publish(backend, 1)
    assert backend.reader.new_posts(CY, latest).count == 0
    latest = backend.reader.page(CY, None, 20).latest
    assert latest is not None
    _publish(backend, 2, "A swan")
    assert backend.reader.new_posts(CY, latest).count == 1


def test_hashtags_are_listed_and_end_at_a_number(backend: Backend) -> None:
    again = backend.hashtags.follow(CY, "sea")
    backend.clock.advance(timedelta(hours=1))
    assert backend.hashtags.follow(CY, "SEA") == replace(again)
    for number in range(MAX_FOLLOWED - 1):
        backend.hashtags.follow(CY, f"tag{number}")
    with pytest.raises(Conflict):
        backend.hashtags.follow(CY, "onemore")
    with pytest.raises(InvalidInput):
        backend.hashtags.follow(CY, "two words")
    page = backend.hashtags.page(CY, None, 30)
    rest = backend.hashtags.page(CY, page.next_position, 30)
    tags = [hashtag.tag for hashtag in (*page.items, *rest.items)]
    assert tags == sorted(tags)
    assert len(tags) == MAX_FOLLOWED
