"""What each thing that people do takes, measured: the functions' own handlers run on moto, from the
request to the last worker, while every call is counted."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from datetime import timedelta
from functools import partial
from typing import Any, Final

from bench import bill_answers, bill_explored, bill_suggested
from bench.bill_bench import Bench
from bench.bill_measured import Measured, Operation
from bench.progress import clear
from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import Table
from shutterfeed.domain.ids import PostId, ulid
from shutterfeed.schema import PUBLISHED_SK, SK
from tests.feed_scene import Scene
from tests.integration.conftest import new_world
from tests.integration.publishing import publish
from tests.integration.world import FEED, RENDITIONS, SITE_URL, Person, aws

_CAPTION: Final = "Late light over the harbour, the last ferry and nobody else about. #evening #sea"
_CELEBRITIES: Final = 2
"""Celebrities among them, an assumption."""
_READERS: Final = 3
"""Followers to whom a post is pushed, of the 104 that a post has: docs/feed-cost.md."""
_COPIES: Final = 60
"""Copies of a post with which its author has as many as are looked at for places."""


def measure(photos: Sequence[bytes], followed: int, comments: int, explored: int) -> Measured:
    """Measure every operation. Of the posts, one for each photo, the last one counts: its author's
    items are those of somebody who has posted before. It gets `comments` comments. The reader of
    the feed pages follows `followed` accounts. `explored` posts are on the list to explore."""
    with new_world() as world, _logged() as log:
        bench = Bench(world, log)
        _follows(bench)
        post_ids = _posts(bench, photos)
        bill_answers.measure(bench, post_ids, comments)
        _requests(bench)
        reader = _pages(bench, followed)
        bill_suggested.measure(bench, reader, explored)
        bill_explored.measure(bench, reader)
        _profiles(bench, post_ids[-1])
        renditions = _sizes(RENDITIONS)
    clear()
    count = len(photos)
    by_name: Counter[str] = Counter()
    for key, size in renditions.items():
        by_name[key.rpartition("/")[2]] += size
    return Measured(
        bench.operations,
        {name: size / count for name, size in sorted(by_name.items())},
    )


@contextmanager
def _logged() -> Iterator[io.StringIO]:
    """What the functions log meanwhile, instead of on standard output."""
    # Imported late, since it takes its names from the environment that `tests.conftest` sets.
    from shutterfeed import runtime

    stream = io.StringIO()
    handler: Any = runtime.logger.registered_handler
    before = handler.setStream(stream)
    with redirect_stdout(stream):
        try:
            yield stream
        finally:
            handler.setStream(before)


def _sizes(bucket: str) -> dict[str, int]:
    listed = aws("s3").list_objects_v2(Bucket=bucket)
    assert not listed["IsTruncated"]
    return {entry["Key"]: entry["Size"] for entry in listed["Contents"]}


def _follows(bench: Bench) -> None:
    author, *readers = map(Person.number, range(1, 2 + _READERS))
    bench.measure(Operation.SIGN_UP, lambda: bench.client.get("/me", author))
    handle = bench.client.handle(author)
    for reader in readers:
        bench.client.get("/me", reader)
        bench.client.get("/feed", reader)
        bench.pipeline.run()
        bench.measure(
            Operation.FOLLOW, partial(bench.client.put, f"/me/following/{handle}", reader)
        )
    bench.world.clock.advance(timedelta(days=1))
    for reader in readers:  # Who comes again on another day is a regular reader.
        bench.client.get("/feed", reader)
    bench.pipeline.run()


def _posts(bench: Bench, photos: Sequence[bytes]) -> Sequence[str]:
    """Posts of one author, and what is read of the last one. Returns their ids."""
    client, author = bench.client, Person.number(1)
    post_ids: list[str] = []

    def post(number: int, photo: bytes) -> None:
        key = f"key-{number}"
        post_ids.append(publish(client, bench.pipeline, author, [photo], key, caption=_CAPTION))

    for number, photo in enumerate(photos):
        bench.world.clock.advance(timedelta(hours=1))
        bench.measure(Operation.POST, partial(post, number, photo))
    post_id = post_ids[-1]
    bench.measure(Operation.OPEN, lambda: client.get("/me", author))
    bench.measure(Operation.UPLOADS, lambda: client.get("/me/uploads", author))
    client.get("/public/index.html")  # The function keeps the site's page for a minute.
    bench.measure(Operation.PUBLIC_PAGE, lambda: client.get("/public/index.html", post=post_id))
    bench.measure(Operation.PUBLIC_POST, lambda: client.get(f"/public/posts/{post_id}"))
    bench.measure(Operation.OEMBED, lambda: client.get("/oembed", url=f"{SITE_URL}/p/{post_id}"))
    return post_ids


def _requests(bench: Bench) -> None:
    client, owner, reader = bench.client, Person.number(10), Person.number(11)
    handles = [client.handle(person) for person in (owner, reader)]
    client.patch("/me", owner, {"private": True})
    bench.pipeline.run()

    def follow() -> None:
        assert client.put(f"/me/following/{handles[0]}", reader).status == 202
        (waiting,) = client.get("/me/requests", owner).json["items"]
        client.put(f"/me/requests/{waiting['handle']}", owner)

    bench.measure(Operation.REQUEST, follow)


def _pages(bench: Bench, followed: int) -> Person:
    """The pages of a reader to whom posts are pushed, 20 posts each. Returns the reader.

    The scene lies in the tables as the workers would have left it. They do not run here: they would
    deliver and index hundreds of its posts again.
    """
    feeds = Table(aws("dynamodb"), FEED)
    scene = Scene(bench.world.metadata, feeds, bench.world.clock.now())
    reader = Person(scene.reader(followed, _CELEBRITIES))
    get = partial(bench.client.get, "/feed", reader)
    first = get(limit="20").json
    assert len(first["items"]) == 20, "a whole page"
    requests = {
        Operation.FIRST_PAGE: {"limit": "20"},
        Operation.PAGE_BELOW: {"limit": "20", "cursor": first["next_cursor"]},
        Operation.LOOK: {"since": first["latest"]},
    }
    for name, query in requests.items():
        bench.measure(name, partial(get, **query), with_workers=False)
    return reader


def _profiles(bench: Bench, post_id: str) -> None:
    """A profile with a whole page of posts: the measured one, and copies of it."""
    client, author, reader = bench.client, Person.number(1), Person.number(2)
    profile = f"/users/{client.handle(author)}"
    posts, page = f"{profile}/posts", {"limit": "20"}
    real = bench.world.metadata.get(keys.post(PostId.parse(post_id)))
    assert real is not None
    copies = (ulid(bench.world.clock.now(), number) for number in range(_COPIES))
    bench.world.metadata.write_many(
        {**real, SK: keys.POST_PREFIX + copy, PUBLISHED_SK: copy, "position": copy}
        for copy in copies
    )

    def look() -> None:
        client.get(f"/public{profile}")
        listed = client.get(f"/public{posts}", limit=page["limit"])
        assert len(listed.json["items"]) == 20, "a whole page"

    requests: dict[Operation, Callable[[], object]] = {
        Operation.PROFILE: lambda: client.get(profile, reader),
        Operation.POSTS: lambda: client.get(posts, reader, **page),
        Operation.PUBLIC_PROFILE: look,
        Operation.ATOM: lambda: client.get(f"/public{profile}/feed.atom"),
        Operation.PLACES: lambda: client.get("/places", author, q="har"),
    }
    for name, act in requests.items():
        # The copies are not to be delivered.
        bench.measure(name, act, with_workers=False)
