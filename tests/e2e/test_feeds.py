"""Feeds on the deployed stack: pushed, pulled, made again, and written by a worker that is
killed."""

from __future__ import annotations

import os
import secrets
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from boto3.dynamodb.conditions import Key

from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import Table, Update
from shutterfeed_cli.client.content import Photo
from tests import pictures
from tests.e2e.conftest import Deployment, Person, eventually, feed_ids, published
from tests.local_stack import CELEBRITY
from tools.deploy import LocalAws


@pytest.fixture
def feeds(stack: Deployment) -> Table:
    return Table(LocalAws(stack.endpoint).client("dynamodb"), stack.outputs["FeedTableName"])


@pytest.fixture
def metadata(stack: Deployment) -> Table:
    return Table(LocalAws(stack.endpoint).client("dynamodb"), stack.outputs["MetadataTableName"])


def _publish(author: Person) -> str:
    photo = Photo(pictures.jpeg(160, 120, seed=secrets.randbelow(10**6)))
    post_id: str = author.api.publish([photo])
    published(author.api, post_id)
    return post_id


def _pushed(feeds: Table, reader: Person) -> list[str]:
    """Ids of the posts that were pushed to a reader."""
    partition = keys.feed_partition(reader.api.me()["id"])
    condition = Key("pk").eq(partition) & Key("sk").lt(keys.ENTRIES_END)
    return [row["sk"].partition("#")[2] for row in feeds.query(condition, limit=None).items]


def _subscribed(feeds: Table, author: Person) -> set[str]:
    condition = Key("pk").eq(keys.audience_partition(author.api.me()["id"]))
    rows = feeds.query(condition, limit=None, consistent=True).items
    return {keys.parse_push_subscription_sort(row["sk"]) for row in rows}


def _delivery(metadata: Table, author: Person) -> str | None:
    recent = metadata.get(keys.recent_posts(author.api.me()["id"]))
    return None if recent is None else str(recent["delivery"])


def _regulars(
    person: Callable[[], Person], author: Person, feeds: Table, number: int
) -> list[Person]:
    """Followers to whom posts are pushed; here a first visit is enough."""
    readers = [person() for _ in range(number)]
    for reader in readers:
        reader.api.follow(author.handle)
        reader.api.feed()
    ids = {reader.api.me()["id"] for reader in readers}
    eventually(lambda: _subscribed(feeds, author), lambda subscribed: subscribed >= ids)
    return readers


def test_an_author_becomes_a_celebrity_and_ceases_to_be_one(
    person: Callable[[], Person], feeds: Table, metadata: Table
) -> None:
    author = person()
    readers = _regulars(person, author, feeds, CELEBRITY - 1)
    posts = [_publish(author)]
    for reader in readers:
        eventually(partial(_pushed, feeds, reader), lambda pushed: pushed == posts)

    readers += _regulars(person, author, feeds, 1)
    eventually(lambda: _delivery(metadata, author), lambda delivery: delivery == "pull")
    before = [_pushed(feeds, reader) for reader in readers]
    posts.insert(0, _publish(author))
    for reader in readers:
        eventually(partial(feed_ids, reader.api), lambda ids: ids == posts)
    assert [_pushed(feeds, reader) for reader in readers] == before, "not one item was pushed"
    counts = readers[0].api.user(author.handle)["user"]["counts"]
    assert counts["followers"] == CELEBRITY

    gone, staying = readers[0], readers[1:]
    gone.api.unfollow(author.handle)
    assert feed_ids(gone.api) == []
    staying[0].api.unfollow(author.handle)
    eventually(lambda: _delivery(metadata, author), lambda delivery: delivery == "push")
    posts.insert(0, _publish(author))
    for reader in staying[1:]:
        eventually(partial(_pushed, feeds, reader), lambda pushed: posts[0] in pushed)
        assert feed_ids(reader.api) == posts


def test_a_migration_under_load_leaves_every_feed_complete(
    person: Callable[[], Person], feeds: Table, metadata: Table
) -> None:
    author = person()
    readers = _regulars(person, author, feeds, CELEBRITY - 1)
    late = [person() for _ in range(2)]
    for reader in late:
        reader.api.feed()
    with ThreadPoolExecutor(2) as pool:
        posting = pool.submit(lambda: [_publish(author) for _ in range(6)])
        for reader in late:
            reader.api.follow(author.handle)
        eventually(lambda: _delivery(metadata, author), lambda delivery: delivery == "pull")
        for reader in [*late, readers[0]]:
            reader.api.unfollow(author.handle)
        posts = set(posting.result())
    eventually(lambda: _delivery(metadata, author), lambda delivery: delivery == "push")
    for reader in readers[1:]:
        ids = eventually(partial(feed_ids, reader.api), lambda ids: set(ids) == posts)
        assert len(ids) == len(posts)
    for reader in [*late, readers[0]]:
        assert feed_ids(reader.api) == []


def test_who_comes_back_after_long_has_the_whole_feed_at_once(
    person: Callable[[], Person], feeds: Table, metadata: Table
) -> None:
    author = person()
    (reader,) = _regulars(person, author, feeds, 1)
    posts = [_publish(author)]
    eventually(partial(_pushed, feeds, reader), lambda pushed: pushed == posts)
    # As if it were months ago.
    reader_id, author_id = reader.api.me()["id"], author.api.me()["id"]
    long_ago = {"pushed_until": 1, "visited_on": "2020-01-01"}
    metadata.write(Update(keys.profile(reader_id), set=long_ago))
    feeds.write(Update(keys.push_subscription(author_id, reader_id), set={"until": 1}))
    posts.insert(0, _publish(author))
    eventually(partial(_subscribed, feeds, author), lambda subscribed: not subscribed)
    assert _pushed(feeds, reader) == posts[1:], "nothing is pushed to who does not come"
    assert feed_ids(reader.api) == posts
    # From now on they are pushed to again.
    eventually(partial(_subscribed, feeds, author), lambda subscribed: subscribed == {reader_id})
    posts.insert(0, _publish(author))
    eventually(partial(_pushed, feeds, reader), lambda pushed: posts[0] in pushed)
    assert feed_ids(reader.api) == posts


def test_a_writer_killed_at_its_work_loses_nothing(
    stack: Deployment, person: Callable[[], Person], feeds: Table
) -> None:
    author = person()
    readers = _regulars(person, author, feeds, CELEBRITY - 1)
    sqs = LocalAws(stack.endpoint).client("sqs")
    url = sqs.get_queue_url(QueueName="shutterfeed-local-deliver")["QueueUrl"]
    kept = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
    # What a dead worker held comes back soon, not after six minutes.
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "2"})
    try:
        post_id = author.api.publish([Photo(pictures.jpeg(160, 120, seed=7))])
        port = stack.endpoint.rpartition(":")[2]
        eventually(partial(_kill, "deliver", port), bool, longest_pause=0.05)
        until = time.monotonic() + 3
        while time.monotonic() < until:
            _kill("deliver", port)
            time.sleep(0.05)  # A new one takes longer to start.
        published(author.api, post_id)
        for reader in readers:
            eventually(partial(_pushed, feeds, reader), lambda pushed: post_id in pushed)
            assert feed_ids(reader.api) == [post_id]
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=kept["Attributes"])


def _kill(function: str, port: str) -> int:
    """Kill every process of a function of this cloud, as a crash would; how many there were."""
    killed = 0
    for process in Path("/proc").iterdir():
        try:
            environment = (process / "environ").read_bytes().split(b"\0")
            # It runs in its code's folder. The name of a forked process is not in its first
            # environment, which is all that the kernel shows.
            is_its_own = (process / "cwd" / function / "handler.py").exists()
        except OSError:
            continue
        if is_its_own and f"GATEWAY_PORT={port}".encode() in environment:
            os.kill(int(process.name), signal.SIGKILL)
            killed += 1
    return killed


def test_the_number_of_new_posts_is_told(person: Callable[[], Person]) -> None:
    author, reader = person(), person()
    reader.api.follow(author.handle)
    latest = reader.api.feed()["latest"]
    assert reader.api.feed(since=latest)["new"] == {"count": 0, "more": False}
    _publish(author)
    eventually(
        lambda: reader.api.feed(since=latest)["new"], lambda new: new == {"count": 1, "more": False}
    )
