"""Drafts: which write changes and posts them, where they are listed, and when they expire."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.drafts import DynamoDrafts
from shutterfeed.adapters.dynamodb.posts import DynamoPosts
from shutterfeed.adapters.dynamodb.profiles import DynamoProfiles
from shutterfeed.domain.cropping import recropped
from shutterfeed.domain.crops import Crop
from shutterfeed.domain.drafts import drafted, posted, settled, with_media
from shutterfeed.domain.errors import LimitReached
from shutterfeed.domain.limits import Allowance
from shutterfeed.domain.media import Medium, Upload
from shutterfeed.domain.mentions import Mention
from shutterfeed.domain.people import TaggedPerson
from shutterfeed.domain.posts import (
    DISCARDED_RETENTION,
    DRAFT_RETENTION,
    OPEN_SHARDS,
    Place,
    Post,
    PostState,
)
from tests import samples
from tests.contract.conftest import Store, Tables
from tests.fakes.system import START
from tests.limits import plenty_but
from tests.paging import whole
from tests.wire import units_of

ADA = samples.user_id(1)
LATER = START + timedelta(days=1)
CROP = Crop(0, 0, 5_000, 5_000)
FOREVER = START + timedelta(days=100)


def _begun(store: Store, number: int = 1, media: int = 1) -> Post:
    if store.profiles.get(ADA) is None:
        store.profiles.create(samples.profile(1))
    post = drafted(samples.post(number=number, media=media), START)
    assert store.posts.create(post, samples.uploads(post), post.id.ulid, "print") is None
    return _now(store, post)


def _ready(store: Store, number: int = 1, media: int = 1) -> Post:
    post = _begun(store, number, media)
    assert store.drafts.write(post, settled(post, _uploads(post)), START)
    return _now(store, post)


def _uploads(post: Post) -> dict[str, Upload]:
    """Its entries in the ledger, all ready."""
    return {
        medium.media_id: Upload(post.id, medium.ready(samples.picture()), START)
        for medium in post.media
    }


def _now(store: Store, post: Post) -> Post:
    found = store.posts.get(post.id)
    assert found is not None
    return found


def _expires(store: Store, post: Post) -> int | None:
    return store.expiry(keys.post(post.id))


def _listed(store: Store, limit: int = 100) -> list[Post]:
    return list(whole(partial(store.drafts.by_author, ADA), limit))


def _open(store: Store) -> list[object]:
    pages = (store.open_posts.page(n, FOREVER, None, 9) for n in range(OPEN_SHARDS))
    return [post_id for page in pages for post_id in page.items]


def test_a_draft_waits_for_its_media_then_for_its_author_and_is_published(store: Store) -> None:
    post = _begun(store)
    kept = int((START + DRAFT_RETENTION).timestamp())
    assert (_open(store), _listed(store), _expires(store, post)) == ([post.id], [post], kept)
    store.posts.mark_processing(post.id)
    assert _expires(store, post) is None
    arriving = _now(store, post)
    assert store.drafts.write(arriving, settled(arriving, _uploads(post)), LATER)
    waiting = _now(store, post)
    assert waiting.state is PostState.DRAFT
    assert (_open(store), _listed(store), _expires(store, post)) == ([], [waiting], kept)
    assert not store.posts.publish(post.id, waiting.media, samples.position(9), LATER)
    assert store.drafts.write(waiting, posted(waiting, None), LATER)
    going = _now(store, post)
    assert (going.state, going.draft_until) == (PostState.PROCESSING, None)
    assert (_open(store), _listed(store), _expires(store, post)) == ([post.id], [], None)
    assert store.posts.publish(post.id, going.media, samples.position(9), LATER)
    assert [p.id for p in store.posts.published_by(ADA, None, 10).items] == [post.id]


def test_a_draft_whose_media_are_ready_is_not_published_before_it_is_posted(store: Store) -> None:
    post = _begun(store)
    media = settled(post, _uploads(post)).media
    assert not store.posts.publish(post.id, media, samples.position(9), LATER)
    assert _now(store, post) == post


def test_all_of_a_draft_is_written_at_once_and_only_as_it_was_read(store: Store) -> None:
    post = _ready(store, media=2)
    new = samples.medium(77)
    after = replace(
        with_media(post, (new, post.media[1])),
        caption="",
        place=Place("Lake", 1.5, -2.25),
        alt_texts=("new", "old"),
        sensitive=True,
        taken_at=LATER,
        draft_until=LATER + DRAFT_RETENTION,
    )
    assert store.drafts.write(post, after, LATER, uploads=[Upload(post.id, new, LATER)])
    assert _now(store, post) == after
    assert (after.state, _open(store)) == (PostState.PROCESSING, [post.id])
    assert store.ledger.get(ADA, new.media_id) is not None
    assert not store.drafts.write(post, after, LATER), "it has changed since"
    published = _posted(store, 2)
    assert not store.drafts.write(published, drafted(published, LATER), LATER)


def _posted(store: Store, number: int) -> Post:
    post = _ready(store, number)
    assert store.drafts.write(post, posted(post, None), LATER)
    return _now(store, post)


def test_every_write_of_its_author_says_when_a_draft_expires(store: Store) -> None:
    day = timedelta(days=1)
    post, kept = _begun(store), LATER + DRAFT_RETENTION
    assert store.posts.edit(post.id, "edited", None, (), draft_until=kept)
    assert (_now(store, post).draft_until, _expires(store, post)) == (kept, _seconds(kept))
    cropping, kept = _now(store, post), kept + day
    assert store.crops.change(cropping, *_cropped(cropping, LATER + day))
    assert (_now(store, post).draft_until, _expires(store, post)) == (kept, _seconds(kept))
    store.posts.mark_processing(post.id)
    cropping, kept = _now(store, post), kept + day
    assert store.crops.change(cropping, *_cropped(cropping, LATER, None))
    assert store.posts.edit(post.id, "again", None, (), draft_until=kept)
    assert (_now(store, post).draft_until, _expires(store, post)) == (kept, None)
    going = _now(store, post)
    failed = replace(going, media=(post.media[0].failed(samples.FAILURE),), state=PostState.FAILED)
    assert store.drafts.write(going, failed, LATER)
    upload = _uploads(post)[post.media[0].media_id]
    upload = replace(upload, medium=upload.medium.failed(samples.FAILURE))
    store.ledger.mark_failed(ADA, upload.medium.media_id, samples.FAILURE)
    failed, kept = _now(store, post), kept + day
    assert store.posts.mend(failed, drafted(failed, LATER + 3 * day), upload, LATER)
    assert (_now(store, post).draft_until, _expires(store, post)) == (kept, _seconds(kept))


def test_an_edit_makes_no_draft_of_what_is_posted(store: Store) -> None:
    post = _posted(store, 1)
    assert store.posts.edit(post.id, "edited", None, (), draft_until=LATER + DRAFT_RETENTION)
    assert (_now(store, post).draft_until, _listed(store)) == (None, [])
    assert _expires(store, post) is None


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _cropped(post: Post, at: datetime, crop: Crop | None = CROP) -> tuple[Post, Medium]:
    after, medium = recropped(post, post.media[0].media_id, crop)
    return drafted(after, at), medium


def test_a_draft_that_failed_or_was_deleted_expires_like_a_draft(store: Store) -> None:
    post = _begun(store)
    failed = replace(post, media=(post.media[0].failed(samples.FAILURE),), state=PostState.FAILED)
    assert store.drafts.write(post, failed, LATER)
    assert _expires(store, post) == int((START + DRAFT_RETENTION).timestamp())
    assert store.posts.delete(_now(store, post), LATER)
    assert _listed(store) == []
    assert _expires(store, post) == int((LATER + DISCARDED_RETENTION).timestamp())
    assert store.posts.restore(_now(store, post), LATER)
    restored = _now(store, post)
    assert restored.draft_until == LATER + DRAFT_RETENTION
    assert _listed(store) == [restored]
    assert _expires(store, post) == int((LATER + DRAFT_RETENTION).timestamp())


def test_drafts_are_listed_the_last_created_first(store: Store) -> None:
    posts = [_begun(store, number) for number in (1, 2, 3)]
    _posted(store, 4)
    assert _listed(store) == _listed(store, limit=1) == list(reversed(posts))


def test_a_change_is_charged_or_not_made(store: Store) -> None:
    post = _ready(store)
    limits = plenty_but(changes=Allowance(1, 1))
    spend = partial(limits.spending, ADA, LATER, changes=1)
    assert store.drafts.write(post, replace(post, caption="one"), LATER, spending=spend())
    current = _now(store, post)
    with pytest.raises(LimitReached):
        store.drafts.write(current, replace(current, caption="two"), LATER, spending=spend())
    assert _now(store, post).caption == "one"


def _units(tables: Tables, call: Callable[[], object]) -> float:
    """The write units of a call. A write within a transaction counts once, where AWS counts two."""
    with units_of(tables.metadata.client) as units:
        call()
    return units["write"]


def test_a_draft_takes_few_write_units_more_than_a_post(request: pytest.FixtureRequest) -> None:
    from tests.contract import conftest

    tables = conftest._tables("dynamodb-local", request)
    posts, drafts = DynamoPosts(tables.metadata), DynamoDrafts(tables.metadata)
    DynamoProfiles(tables.metadata).create(samples.profile(1))
    usual, draft = samples.post(number=1), drafted(samples.post(number=2), START)
    found = []
    for post in (usual, draft):
        spending = plenty_but().creation(post.author_id, START, [7])
        create = partial(posts.create, post, samples.uploads(post), post.id.ulid, "print", spending)
        created = _units(tables, create)
        found.append((created, _units(tables, partial(posts.mark_processing, post.id))))
    (made, arrived), (drafted_too, arrived_too) = found
    current = posts.get(draft.id)
    assert current is not None
    ready = settled(current, _uploads(current))
    settling = _units(tables, partial(drafts.write, current, ready, START))
    waiting = posts.get(draft.id)
    assert waiting is not None
    spending = plenty_but().spending(ADA, START, changes=1)
    post_it = partial(drafts.write, waiting, posted(waiting, None), START, spending=spending)
    posting = _units(tables, post_it)
    # Twice that of `create` and of the posting, which are transactions.
    assert (drafted_too - made, arrived_too - arrived, settling, posting) == (2, 1, 3, 8)


def test_who_is_not_to_be_named_any_more_is_not_when_it_is_published(store: Store) -> None:
    post = _ready(store, 1)
    media_id = post.media[0].media_id
    people = tuple(TaggedPerson(media_id, samples.user_id(number), 0.5, 0.5) for number in (2, 3))
    mentions = (Mention("cy", samples.user_id(3)),)
    naming = replace(post, people=people, mentions=mentions, caption="With @cy")
    assert store.drafts.write(post, posted(naming, None), LATER)
    media = _now(store, post).media
    gone = (samples.user_id(3),)
    assert store.posts.publish(post.id, media, samples.position(9), LATER, without=gone)
    published = _now(store, post)
    assert (published.caption, published.mentions, published.people) == ("With @cy", (), people[:1])
