"""The collector among uploads, deletions and the table's TTL, each broken off between any two
writes and taken up again in any order: no content that a post shows ever loses its objects, and of
what nobody shows everything goes in the end."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from shutterfeed import keys
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.posts import DELETED_RETENTION, Post, PostState
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import PHOTO

ADA, BOB = 1, 2
CONTENTS = (PHOTO, PHOTO + b" another")
PAUSES = st.sampled_from(
    [timedelta(hours=1), timedelta(days=8), DELETED_RETENTION + timedelta(days=1)]
)


class Collector(RuleBasedStateMachine):
    """`shown` is what users see: published posts, which are neither deleted nor will be."""

    @initialize()
    def begin(self) -> None:
        self.backend = Backend()
        for number in (ADA, BOB):
            self.backend.sign_up(number)
        self.posts: dict[PostId, bytes] = {}
        self.count = 0

    @rule(author=st.sampled_from([ADA, BOB]), content=st.sampled_from(CONTENTS))
    def post(self, author: int, content: bytes) -> None:
        self.count += 1
        post = self.backend.create_post(author, (content,), str(self.count))
        self.backend.upload(post, 0, content)
        self.posts[post.id] = content

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        alive = sorted(self.posts)
        if alive:
            post_id = data.draw(st.sampled_from(alive))
            self.backend.delete_post(post_id)
            del self.posts[post_id]

    @rule(data=st.data(), again=st.booleans(), calls=st.none() | st.integers(1, 14))
    def work(self, data: st.DataObject, again: bool, calls: int | None) -> None:
        """One worker takes one message; perhaps it dies on its way, between any two calls."""
        waiting = self.backend.waiting()
        if not waiting:
            return
        name = data.draw(st.sampled_from(waiting))
        index = data.draw(st.integers(0, self.backend.backlog(name) - 1))
        fuse = self.backend.fuse
        fuse.crash_after = None if calls is None else fuse.calls + calls
        self.backend.deliver(name, index, again=again)
        fuse.crash_after = None

    @rule(pause=PAUSES)
    def wait(self, pause: timedelta) -> None:
        """TTL takes what is due. Messages do not outlive days in a queue: what is about uploads
        is delivered before."""
        backend = self.backend
        for name in ("ingest", "render", "stream", "publish"):
            while name in backend.waiting():
                backend.deliver(name)
        backend.wait(pause)

    @invariant()
    def what_is_shown_is_whole(self) -> None:
        buckets = self.backend.buckets
        for post_id, content in self.posts.items():
            post = self.backend.metadata.posts[post_id]
            if post.state is not PostState.PUBLISHED:
                continue
            for original, renditions in _objects(post):
                assert original not in buckets.retired
                assert buckets.originals[original] == content
                assert renditions <= set(buckets.renditions)

    def teardown(self) -> None:
        backend = self.backend
        for _ in range(3):
            backend.drain()
            backend.wait(DELETED_RETENTION + timedelta(days=8))
        backend.drain()
        self.what_is_shown_is_whole()
        for post_id in self.posts:
            assert backend.metadata.posts[post_id].state is PostState.PUBLISHED
        kept = {
            key
            for post_id in self.posts
            for original, renditions in _objects(backend.metadata.posts[post_id])
            for key in (original, *renditions)
        }
        found = {*backend.buckets.originals} - backend.buckets.retired
        assert {*found, *backend.buckets.renditions} == kept
        wanted = {samples.sha256(content) for content in self.posts.values()}
        assert set(backend.metadata.blobs) == wanted
        assert {reference.sha256 for reference in backend.metadata.references} == wanted


def _objects(post: Post) -> list[tuple[str, set[str]]]:
    """The key of the original, and the keys of the renditions, for each medium."""
    found = []
    for medium in post.media:
        assert medium.picture is not None
        blob_id = medium.picture.blob_id
        names = {keys.rendition_object(blob_id, r.name) for r in medium.picture.renditions}
        found.append((keys.original_object(medium.sha256, blob_id), names))
    return found


TestCollector = Collector.TestCase
TestCollector.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
