"""What each thing that people do takes, measured: the functions' own handlers run on moto, from the
request to the last worker, while every call is counted."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, Final
from unittest.mock import patch

from bench.bill_measured import Measured, Operation, Taken
from bench.bill_meter import metered
from bench.progress import clear, show
from shutterfeed.adapters.dynamodb.table import Table
from tests import conftest  # noqa: F401 - sets the functions' environment, before they are imported
from tests.feed_scene import Scene
from tests.integration import pipeline as plumbing
from tests.integration.client import Client
from tests.integration.conftest import new_world
from tests.integration.payloads import Event
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish
from tests.integration.world import FEED, METADATA, RENDITIONS, Person, World, aws

_CAPTION: Final = "Late light over the harbour, the last ferry and nobody else about. #evening #sea"
_FOLLOWED: Final = 115
"""Accounts that the reader of the feed pages follows: docs/feed-cost.md."""
_CELEBRITIES: Final = 2
"""Celebrities among them, an assumption."""
_READERS: Final = 3
"""Followers to whom a post is pushed, of the 104 that a post has: docs/feed-cost.md."""
_TABLES: Final = (METADATA, FEED)
"""The tables whose units are counted. Those of the search index are known of a large one."""
_ROUTER: Final = "route_changes"


@dataclass(slots=True)
class _Bench:
    """A world whose operations are measured."""

    world: World
    log: io.StringIO
    client: Client = field(default_factory=Client)
    pipeline: Pipeline = field(init=False)
    operations: dict[Operation, Taken] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world.create_storage()
        self.world.connect_uploads()
        self.pipeline = Pipeline(self.world)

    def measure(
        self, name: Operation, act: Callable[[], object], *, with_workers: bool = True
    ) -> None:
        """Do something, and what follows from it in the workers."""
        show(f"measuring: {name}")
        requests, logged = self.client.requests, self.log.tell()
        with metered(_TABLES) as taken, patch.object(plumbing, "invoke", _counted(taken.runs)):
            act()
            if with_workers:
                self.pipeline.run()
        taken.runs["api"] += self.client.requests - requests
        taken.logged = self.log.tell() - logged
        self.operations[name] = taken


def _counted(runs: Counter[str]) -> Callable[[str, Event], Mapping[str, Any]]:
    invoke = plumbing.invoke

    def counted(queue: str, event: Event) -> Mapping[str, Any]:
        name = _ROUTER if queue == "stream" else plumbing.NAMES[queue]
        runs[name] += 1
        return invoke(queue, event)

    return counted


def measure(photos: Sequence[bytes]) -> Measured:
    """Measure every operation. Of the posts, one for each photo, the last one counts: its author's
    items are those of somebody who has posted before."""
    with new_world() as world, _logged() as log:
        bench = _Bench(world, log)
        _follows(bench)
        _posts(bench, photos)
        _pages(bench)
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


def _follows(bench: _Bench) -> None:
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


def _posts(bench: _Bench, photos: Sequence[bytes]) -> None:
    author, reader = Person.number(1), Person.number(2)
    for number, photo in enumerate(photos):
        bench.world.clock.advance(timedelta(hours=1))
        post = partial(publish, bench.client, bench.pipeline, author, [photo], f"key-{number}")
        bench.measure(Operation.POST, partial(post, caption=_CAPTION))
    handle = bench.client.handle(author)
    bench.measure(Operation.OPEN, lambda: bench.client.get("/me", author))
    bench.measure(Operation.PROFILE, lambda: bench.client.get(f"/users/{handle}", reader))
    bench.measure(Operation.POSTS, lambda: bench.client.get(f"/users/{handle}/posts", reader))
    bench.measure(Operation.UPLOADS, lambda: bench.client.get("/me/uploads", author))


def _pages(bench: _Bench) -> None:
    """The pages of a reader to whom posts are pushed, 20 posts each.

    The scene lies in the tables as the workers would have left it. They do not run here: they would
    deliver and index hundreds of its posts again.
    """
    tables = (Table(aws("dynamodb"), METADATA), Table(aws("dynamodb"), FEED))
    scene = Scene(*tables, bench.world.clock.now())
    get = partial(bench.client.get, "/feed", Person(scene.reader(_FOLLOWED, _CELEBRITIES)))
    first = get(limit="20").json
    assert len(first["items"]) == 20, "a whole page"
    requests = {
        Operation.FIRST_PAGE: {"limit": "20"},
        Operation.PAGE_BELOW: {"limit": "20", "cursor": first["next_cursor"]},
        Operation.LOOK: {"since": first["latest"]},
    }
    for name, query in requests.items():
        bench.measure(name, partial(get, **query), with_workers=False)
