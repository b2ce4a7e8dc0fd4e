"""The index is brought to what the table says, whatever the message was about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shutterfeed.domain.messages import IndexAuthor, IndexMessage, IndexPost, IndexUser
from shutterfeed.domain.posts import Post, PostState
from shutterfeed.domain.search import Gone, PostDocument, UserDocument, post_document
from shutterfeed.services.hashtags import TaggingService
from shutterfeed.services.indexing import IndexingService, NotIndexed
from tests import samples
from tests.fakes.hashtags import FakeTaggedPosts
from tests.fakes.metadata import FakePosts, FakeProfiles, Metadata
from tests.fakes.search import FakeSearchDocuments
from tests.fakes.storage import FakeQueue
from tests.fakes.system import FakeClock

ADA = samples.user_id(1)


@pytest.fixture
def data() -> Metadata:
    return Metadata()


@pytest.fixture
def found() -> FakeSearchDocuments:
    return FakeSearchDocuments()


@pytest.fixture
def steps() -> FakeQueue[IndexMessage]:
    return FakeQueue()


@pytest.fixture
def service(
    data: Metadata, found: FakeSearchDocuments, steps: FakeQueue[IndexMessage]
) -> IndexingService:
    return IndexingService(
        posts=FakePosts(data),
        profiles=FakeProfiles(data),
        index=found,
        tagging=TaggingService(lists=FakeTaggedPosts(data), steps=FakeQueue(), clock=FakeClock()),
        steps=steps,
    )


def test_a_published_post_and_a_user_are_put_in_one_call(
    service: IndexingService, data: Metadata, found: FakeSearchDocuments
) -> None:
    post = replace(
        samples.post(state=PostState.PUBLISHED), position=samples.position(1), revision=3
    )
    data.posts[post.id] = post
    data.profiles[ADA] = replace(samples.profile(1, "ada"), revision=2)
    messages: list[IndexMessage] = [IndexPost(post.id), IndexUser(ADA), IndexPost(post.id)]
    assert service.apply(messages) == {}
    assert found.batches == [2]
    document, user = found.documents[post.id], found.documents[ADA]
    assert isinstance(document, PostDocument)
    assert isinstance(user, UserDocument)
    assert (document.version, document.words) == (3, ("caption", "1"))
    assert (user.version, user.handle) == (2, "ada")


def test_what_the_table_does_not_show_is_taken_out(
    service: IndexingService, data: Metadata, found: FakeSearchDocuments
) -> None:
    deleted = samples.post(number=1, state=PostState.DELETED)
    data.posts[deleted.id] = deleted
    missing = samples.post(number=2).id
    service.apply([IndexPost(deleted.id), IndexPost(missing), IndexUser(ADA)])
    assert found.shown() == set()
    assert all(isinstance(document, Gone) for document in found.documents.values())


def test_one_that_cannot_be_read_or_written_fails_alone(
    service: IndexingService, data: Metadata, found: FakeSearchDocuments
) -> None:
    posts = [
        replace(samples.post(number=n, state=PostState.PUBLISHED), position=samples.position(n))
        for n in range(3)
    ]
    data.profiles[ADA] = samples.profile(1)
    data.posts.update({post.id: post for post in posts})
    data.posts[posts[0].id] = replace(posts[0], media=None)  # type: ignore[arg-type]
    found.refusals[posts[1].id] = "mapper_parsing_exception"
    failures = service.apply([IndexPost(post.id) for post in posts])
    assert isinstance(failures[IndexPost(posts[0].id)], TypeError)
    refused = failures[IndexPost(posts[1].id)]
    assert isinstance(refused, NotIndexed)
    assert "mapper_parsing_exception" in str(refused)
    assert found.shown() == {posts[2].id}


def _with_posts(data: Metadata, count: int) -> list[Post]:
    """Published posts of Ada's, one of them deleted, and one that waits."""
    states = {1: PostState.DELETED, 2: PostState.PENDING}
    posts = [
        replace(
            samples.post(number=n, state=states.get(n, PostState.PUBLISHED)),
            position=samples.position(n),
        )
        for n in range(count)
    ]
    data.posts.update({post.id: post for post in posts})
    return [post for post in posts if post.state is PostState.PUBLISHED]


def test_all_posts_of_an_account_go_when_it_becomes_private_and_come_back(
    service: IndexingService,
    data: Metadata,
    found: FakeSearchDocuments,
    steps: FakeQueue[IndexMessage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shutterfeed.services.indexing.PAGE", 3)
    posts = _with_posts(data, 8)
    others = samples.post(2, 50, state=PostState.PUBLISHED)
    data.posts[others.id], data.profiles[others.author_id] = others, samples.profile(2)
    data.profiles[ADA] = samples.profile(1)
    service.apply([IndexPost(post.id) for post in (*posts, others)])
    shown = found.shown()
    assert shown == {post.id for post in (*posts, others)}
    for switches, private in ((1, True), (2, False)):
        data.profiles[ADA] = replace(samples.profile(1), private=private, switches=switches)
        steps.messages.append(IndexAuthor(ADA, switches))
        rounds = 0
        while steps.messages:
            rounds += 1
            assert service.apply([steps.messages.pop(0)]) == {}
        assert rounds == 3
        assert found.shown() == ({others.id} if private else shown)


def test_a_switch_that_is_not_the_last_one_is_left_to_the_later(
    service: IndexingService,
    data: Metadata,
    found: FakeSearchDocuments,
    steps: FakeQueue[IndexMessage],
) -> None:
    _with_posts(data, 4)
    data.profiles[ADA] = replace(samples.profile(1), private=True, switches=3)
    assert service.apply([IndexAuthor(ADA, 2), IndexAuthor(samples.user_id(9), 1)]) == {}
    assert (found.documents, found.batches, steps.messages) == ({}, [], [])


def test_a_page_that_was_not_taken_comes_again_before_the_next(
    service: IndexingService,
    data: Metadata,
    found: FakeSearchDocuments,
    steps: FakeQueue[IndexMessage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shutterfeed.services.indexing.PAGE", 2)
    posts = _with_posts(data, 5)
    data.profiles[ADA] = replace(samples.profile(1), switches=1)
    found.refusals[posts[-1].id] = "busy"
    message = IndexAuthor(ADA, 1)
    assert isinstance(service.apply([message])[message], NotIndexed)
    assert steps.messages == []
    found.refusals.clear()
    assert service.apply([message]) == {}
    assert steps.messages == [IndexAuthor(ADA, 1, posts[-2].id.ulid)]


def test_a_message_from_before_a_switch_brings_nothing_back(
    service: IndexingService, data: Metadata, found: FakeSearchDocuments
) -> None:
    """Two workers: one read the account before it became private, and writes after the other."""
    (post, *_) = _with_posts(data, 1)
    late = post_document(post.id, post, samples.profile(1))
    data.profiles[ADA] = replace(samples.profile(1), private=True, switches=1)
    service.apply([IndexPost(post.id)])
    found.apply([late])
    assert found.shown() == set()


def test_nothing_to_do_is_no_call(service: IndexingService, found: FakeSearchDocuments) -> None:
    assert service.apply([]) == {}
    assert found.batches == []
