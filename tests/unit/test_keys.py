"""Keys: what is built is read back, and nothing else is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shutterfeed import keys, schema
from shutterfeed.domain.activity import Notice, NoticeKind
from shutterfeed.domain.comments import CommentId
from shutterfeed.domain.crops import content_names
from shutterfeed.domain.feed import FeedEntry
from shutterfeed.domain.ids import MalformedId, PostId, random_id
from shutterfeed.domain.media import Reference
from shutterfeed.domain.posts import OPEN_SHARDS
from shutterfeed.domain.suggestions import SLOTS
from shutterfeed.keys import Key, MalformedKey
from tests import samples, strategies
from tests.strategies import ulids


@given(strategies.post_ids)
def test_posts(post_id: PostId) -> None:
    assert keys.parse_post(keys.post(post_id)) == post_id


@given(ulids, ulids)
def test_uploads(author_id: str, media_id: str) -> None:
    assert keys.parse_upload(keys.upload(author_id, media_id)) == (author_id, media_id)


@given(ulids, ulids)
def test_follows(follower_id: str, followee_id: str) -> None:
    assert keys.parse_follow(keys.follow(follower_id, followee_id)) == (follower_id, followee_id)
    request = keys.request(follower_id, followee_id)
    assert keys.parse_request(request) == (follower_id, followee_id)
    assert not request.sk.startswith(keys.FOLLOWS_PREFIX)
    first, last = keys.READER_RANGE
    assert not first <= request.sk <= last, "a feed page does not read it"


@given(ulids, ulids)
def test_blocks_and_mutes(one: str, other: str) -> None:
    assert keys.parse_block(keys.block(one, other)) == (one, other)
    assert keys.parse_mute(keys.mute(one, other)) == (one, other)
    assert keys.pair(one, other) == keys.pair(other, one)
    assert keys.parse_pair(keys.pair(one, other)) == tuple(sorted((one, other)))
    first, last = keys.READER_RANGE
    assert first <= keys.reader_mutes(one).sk <= last, "a feed page reads them with its reader"
    for key in (keys.block(one, other), keys.mute(one, other), keys.blocks(one)):
        assert not first <= key.sk <= last, "a feed page does not read it"
        wakes = (*schema.STREAM_SORT_KEY_PREFIXES, *schema.STREAM_REMOVED_SORT_KEY_PREFIXES)
        assert not key.sk.startswith(wakes)


@given(ulids)
def test_devices(user_id: str) -> None:
    device = samples.device()
    key, (first, last) = keys.device(user_id, device.id), keys.READER_RANGE
    assert keys.parse_device(key) == (user_id, device.id)
    assert not first <= key.sk <= last, "a feed page does not read it"
    assert not key.sk.startswith(schema.STREAM_SORT_KEY_PREFIXES)


@given(ulids, st.integers(0, SLOTS - 1))
def test_suggestions(user_id: str, slot: int) -> None:
    assert keys.parse_nomination(keys.nomination(slot)) == slot
    mine, (first, last) = keys.acquaintances(user_id), keys.READER_RANGE
    assert not first <= mine.sk <= last, "a feed page does not read it"
    for key in (mine, keys.POPULAR, keys.nomination(slot)):
        wakes = (*schema.STREAM_SORT_KEY_PREFIXES, *schema.STREAM_REMOVED_SORT_KEY_PREFIXES)
        assert not key.sk.startswith(wakes)


@given(
    ulids,
    st.sampled_from(NoticeKind),
    st.one_of(ulids, strategies.post_ids.map(str)),
    st.integers(1, 99_999),
    st.tuples(strategies.instants, st.one_of(st.none(), strategies.instants)),
    st.integers(0, 31),
)
def test_notices(
    owner_id: str,
    kind: NoticeKind,
    subject: str,
    number: int,
    span: tuple[datetime, datetime | None],
    shard: int,
) -> None:
    since, until = (None if at is None else at.replace(microsecond=0) for at in span)
    assert since is not None
    notice = Notice(owner_id, kind, subject, number, owner_id, since, until, shard)
    key = keys.notice(owner_id, kind, subject, number)
    assert keys.parse_notice(key, keys.notice_sort(notice)) == notice
    assert key.sk.startswith(keys.notices_of(kind, subject))
    first, last = keys.READER_RANGE
    assert not first <= key.sk <= last, "a feed page does not read it"


@given(ulids)
def test_profiles(user_id: str) -> None:
    assert keys.parse_profile(keys.profile(user_id)) == user_id


@given(strategies.digests)
def test_blobs(sha256: str) -> None:
    assert keys.parse_blob(keys.blob(sha256)) == sha256


@given(strategies.digests, ulids)
def test_a_cropped_content_lies_beside_the_whole_one(sha256: str, media_id: str) -> None:
    whole, cropped = content_names(sha256, media_id)
    assert keys.parse_blob(keys.blob(cropped)) == cropped
    assert keys.blob(cropped).pk == keys.blob(whole).pk
    assert keys.withheld(cropped) == keys.withheld(whole)


@given(strategies.references)
def test_references(reference: Reference) -> None:
    assert keys.parse_reference(keys.reference(reference)) == reference
    _, name = content_names(reference.sha256, reference.media_id)
    cropped = replace(reference, sha256=name)
    key = keys.reference(cropped)
    assert keys.parse_reference(key) == cropped
    assert key.sk.startswith(keys.references_prefix(name))
    assert key.sk.startswith(keys.COPIES_PREFIX)
    assert not key.sk.startswith(keys.REFERENCE_PREFIX)


@given(strategies.post_ids, ulids)
def test_objects_of_uploads(post_id: PostId, media_id: str) -> None:
    key = keys.upload_object(post_id, media_id)
    assert keys.parse_upload_object(key) == (post_id, media_id)


@given(strategies.post_ids, ulids)
def test_objects_in_the_uploads_bucket_begin_as_they_are_listed(
    post_id: PostId, media_id: str
) -> None:
    assert keys.upload_object(post_id, media_id).startswith(keys.UPLOADED)
    for key_of in (keys.discarded_object, keys.download_object):
        key = key_of(post_id, media_id)
        assert key.startswith(keys.COPIED)
        with pytest.raises(MalformedKey):
            keys.parse_upload_object(key)


@pytest.mark.parametrize("term", ["heron", "#birds", "~u0v", "🦩", "#"])
def test_partitions_of_terms(term: str) -> None:
    assert keys.parse_term_partition(keys.term_partition("12", "P", term)) == ("P", term)
    for other in (
        keys.starts_partition("12", term),
        keys.dictionary_partition("12", "P", term),
        keys.typos("12", "P", term).pk,
        keys.search_document("12", "P", term).pk,
        keys.GENERATIONS.pk,
    ):
        assert keys.parse_term_partition(other) is None


@given(strategies.digests, ulids)
def test_objects_of_originals(sha256: str, blob_id: str) -> None:
    key = keys.original_object(sha256, blob_id)
    assert keys.parse_original_object(key) == (sha256, blob_id)
    for altered in ("", blob_id, key[1:], key[:-1], key.upper(), f"{key}/", f"/{key}", f"{key}0"):
        if altered != key:
            with pytest.raises(MalformedKey):
                keys.parse_original_object(altered)
    _, cropped = content_names(sha256, blob_id)
    assert keys.parse_original_object(keys.original_object(cropped, blob_id)) == (cropped, blob_id)


@given(strategies.post_ids)
def test_open_posts(post_id: PostId) -> None:
    position = keys.open_sort(post_id)
    assert keys.parse_open_sort(position) == post_id
    assert 0 <= keys.open_shard(post_id) < OPEN_SHARDS
    assert keys.open_shard(post_id) == keys.open_shard(PostId(post_id.author_id, post_id.ulid))


@given(strategies.entries)
def test_feed_entries(entry: FeedEntry) -> None:
    assert FeedEntry.parse(str(entry)) == entry
    assert keys.feed("owner", entry) == Key("FEED#owner", str(entry))


@given(strategies.entries, strategies.entries)
def test_feed_entries_sort_as_text_as_they_sort_by_position(
    one: FeedEntry, other: FeedEntry
) -> None:
    assert (str(one) < str(other)) == (one < other)


@given(strategies.entries)
def test_only_entries_are_taken_for_entries(entry: FeedEntry) -> None:
    text = str(entry)
    for altered in ("", "#", text[1:], text[:-1], text + "0", text.replace("#", "-"), f"#{text}"):
        with pytest.raises(MalformedId):
            FeedEntry.parse(altered)


@given(ulids, st.text(st.characters(exclude_categories=["Cs"])), st.text(max_size=5))
def test_what_clients_choose_never_reaches_into_a_key(user: str, chosen: str, more: str) -> None:
    key = keys.idempotency(user, chosen)
    assert key.pk == keys.user_partition(user)
    assert len(key.sk) == len("IDEMPOTENCY#") + 64
    assert not key.sk.startswith(schema.STREAM_SORT_KEY_PREFIXES)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "uploads",
        "uploads/a/b/c",
        "uploads/" + "/".join(["0" * 26] * 2),
        "uploads/" + "/".join(["0" * 26] * 4),
        "other/" + "/".join(["0" * 26] * 3),
        "/uploads/" + "/".join(["0" * 26] * 3),
        "uploads/" + "/".join(["0" * 26, "..", "0" * 26]),
        "uploads/" + "/".join(["0" * 26] * 3) + "/",
    ],
)
def test_an_object_that_the_api_gave_no_link_for_is_not_taken_for_an_upload(key: str) -> None:
    with pytest.raises(MalformedKey):
        keys.parse_upload_object(key)


@given(strategies.references, strategies.post_ids, ulids)
def test_a_key_of_one_kind_is_not_read_as_another(
    reference: Reference, post_id: PostId, media_id: str
) -> None:
    author = post_id.author_id
    with pytest.raises(MalformedKey):
        keys.parse_post(keys.upload(author, media_id))
    with pytest.raises(MalformedKey):
        keys.parse_upload(keys.post(post_id))
    with pytest.raises(MalformedKey):
        keys.parse_follow(keys.profile(author))
    with pytest.raises(MalformedKey):
        keys.parse_follow(keys.request(author, media_id))
    with pytest.raises(MalformedKey):
        keys.parse_request(keys.follow(author, media_id))
    with pytest.raises(MalformedKey):
        keys.parse_reference(keys.blob(reference.sha256))
    with pytest.raises(MalformedKey):
        keys.parse_block(keys.blocks(author))
    with pytest.raises(MalformedKey):
        keys.parse_block(keys.mute(author, media_id))
    with pytest.raises(MalformedKey):
        keys.parse_mute(keys.block(author, media_id))
    with pytest.raises(MalformedKey):
        keys.parse_pair(keys.block(author, media_id))
    with pytest.raises(MalformedKey):
        keys.parse_blob(keys.profile(author))
    with pytest.raises(MalformedKey):
        keys.parse_profile(keys.blob(reference.sha256))
    with pytest.raises(MalformedKey):
        keys.parse_post(Key(keys.user_partition(author), keys.POST_PREFIX))


def test_the_stream_lets_through_exactly_what_drives_work() -> None:
    post_id = PostId("A" * 26, "B" * 26)
    reference = Reference("0" * 64, post_id, "C" * 26)
    driving = (
        keys.post(post_id),
        keys.follow("A", "B"),
        keys.request("A", "B"),
        keys.like("A", post_id),
        keys.reference(reference),
        keys.reference(replace(reference, sha256=f"{'0' * 64}/{'C' * 26}")),
        keys.profile("A"),
        keys.counts(post_id),
        keys.counts_shard(post_id, 1),
    )
    silent = (
        keys.blob("0" * 64),
        keys.upload("A", "B"),
        keys.handle("ada"),
        keys.notice("A", NoticeKind.FOLLOW, "A", 1),
        keys.liker(post_id, 0, "A", "B"),
        keys.pair("A", "B"),
        keys.block("A", "B"),
        keys.blocks("A"),
        keys.mute("A", "B"),
        keys.reader_mutes("A"),
        keys.idempotency("A", "key"),
        keys.save("A", post_id),
        keys.appearance("A", post_id),
        keys.collection("A", "B"),
        keys.CURSOR_KEY,
        keys.ACCOUNT_KEY,
    )
    assert all(key.sk.startswith(schema.STREAM_SORT_KEY_PREFIXES) for key in driving)
    assert not any(key.sk.startswith(schema.STREAM_SORT_KEY_PREFIXES) for key in silent)
    for name in ("0" * 64, f"{'0' * 64}/{'C' * 26}"):
        assert keys.blob(name).sk.startswith(schema.STREAM_REMOVED_SORT_KEY_PREFIXES)


@given(ulids)
def test_the_renditions_of_a_blob_are_below_its_prefix_and_no_other_blobs(blob_id: str) -> None:
    assert keys.rendition_object(blob_id, "640.jpg") == f"media/{blob_id}/640.jpg"
    assert keys.parse_rendition_object(f"media/{blob_id}/640.jpg") == (blob_id, "640.jpg")
    assert keys.rendition_object(blob_id, "640.jpg").startswith(keys.rendition_prefix(blob_id))
    assert not keys.rendition_object(blob_id + "0", "x").startswith(keys.rendition_prefix(blob_id))


@given(strategies.post_ids, ulids, ulids | st.none(), ulids)
def test_comments(post_id: PostId, root: str, reply: str | None, user_id: str) -> None:
    comment_id = CommentId(post_id, root, reply)
    key, like = keys.comment(comment_id), keys.comment_like(comment_id, user_id)
    assert keys.parse_comment(key) == keys.parse_comment_like(like) == comment_id
    assert key.pk == like.pk == keys.pinned(post_id).pk
    assert like.sk.startswith(keys.comment_likes(user_id))
    assert not like.sk.startswith(keys.COMMENT_PREFIX)
    assert keys.held(comment_id) == keys.held_entry(post_id.author_id, comment_id.ulid)
    is_reply = key.sk.startswith(keys.replies(comment_id))
    assert is_reply is not key.sk.startswith(keys.COMMENT_PREFIX)
    assert is_reply is (reply is not None)


@given(ulids, st.integers(0, 10**8 - 1), st.integers(0, 10**8 - 1))
def test_pages_of_what_somebody_has_said_stand_in_their_order(
    user_id: str, one: int, other: int
) -> None:
    first, second = keys.commented(user_id, one), keys.commented(user_id, other)
    assert keys.parse_commented(first) == one
    assert (first.sk < second.sk) is (one < other)
    for key in (first, keys.held_words(user_id), keys.held_entry(user_id, user_id)):
        assert not keys.READER_RANGE[0] <= key.sk <= keys.READER_RANGE[1]


@given(strategies.post_ids, ulids, ulids)
def test_counts_likes_and_saves(post_id: PostId, user_id: str, at: str) -> None:
    assert keys.parse_counts(keys.counts(post_id)) == post_id
    assert keys.parse_counts(keys.counts_shard(post_id, 31)) == post_id
    like, save = keys.like(user_id, post_id), keys.save(user_id, post_id)
    assert keys.parse_like(like) == keys.parse_save(save) == (user_id, post_id)
    entry = keys.liker(post_id, 31, at, user_id)
    assert keys.parse_liker_sort(entry.sk) == (at, user_id)
    assert keys.parse_likers_partition(entry.pk) == post_id
    collection = keys.collection(user_id, at)
    assert keys.collection(user_id, at.lower()) == collection
    appearance = keys.appearance(user_id, post_id)
    assert keys.parse_appearance(appearance) == (user_id, post_id)
    first, last = keys.READER_RANGE
    for key in (like, save, collection, appearance):
        assert not first <= key.sk <= last, "a feed page does not read them all"


@given(strategies.post_ids, strategies.post_ids, ulids)
def test_likes_stand_in_the_order_of_the_posts(one: PostId, other: PostId, user_id: str) -> None:
    in_order = keys.like(user_id, one).sk < keys.like(user_id, other).sk
    assert in_order is ((one.ulid, one.author_id) < (other.ulid, other.author_id))


@given(strategies.post_ids, ulids)
def test_items_are_known_by_their_keys(post_id: PostId, other: str) -> None:
    author = post_id.author_id
    kinds = {
        keys.profile(author): keys.Kind.PROFILE,
        keys.post(post_id): keys.Kind.POST,
        keys.counts(post_id): keys.Kind.COUNTS,
        keys.follow(author, other): keys.Kind.FOLLOW,
        keys.like(other, post_id): keys.Kind.LIKE,
        keys.save(other, post_id): keys.Kind.SAVE,
        keys.request(author, other): keys.Kind.REQUEST,
        keys.recent_posts(author): keys.Kind.RECENT_POSTS,
        keys.pair(author, other): keys.Kind.BLOCK,
        keys.reader_mutes(author): keys.Kind.MUTES,
        keys.limits(author): keys.Kind.LIMITS,
    }
    assert set(kinds.values()) == set(keys.Kind)
    for key, kind in kinds.items():
        assert keys.kind_of(key) is kind


@given(strategies.post_ids, ulids)
def test_an_item_of_another_kind_is_not_known(post_id: PostId, other: str) -> None:
    author = post_id.author_id
    for key in (
        keys.upload(author, other),
        keys.idempotency(author, other),
        keys.pull_marker(author, other),
        keys.unfollowed_marker(author, other),
        keys.handle("ada"),
        keys.follower_count(author, 3),
        keys.snapshot(author),
        keys.CURSOR_KEY,
        keys.ACCOUNT_KEY,
        Key("USER", "POST2#x"),
        Key("COUNTS", "POST#x"),
    ):
        with pytest.raises(MalformedKey):
            keys.kind_of(key)


@pytest.mark.parametrize("shard_of", [keys.like_shard, keys.follower_shard])
def test_the_shards_of_a_number_are_hit_evenly(shard_of: Callable[[str, int], int]) -> None:
    chance = Random(1)
    hits = Counter(shard_of(random_id(chance.getrandbits(128)), 32) for _ in range(32_000))
    assert len(hits) == 32
    assert max(hits.values()) < 1.2 * 1_000
