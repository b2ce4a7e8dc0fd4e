"""Avatars asked for, taken away and processed in any order, each worker broken off between any two
calls and each message delivered again: what was asked for last of all that is good is what is
shown, its content is never lost, and everything else goes in the end."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from shutterfeed import keys
from shutterfeed.domain.media import BLOB_COOLING_OFF, Purpose
from shutterfeed.domain.messages import IngestUpload
from shutterfeed.domain.posts import UNFINISHED_RETENTION, PostState
from shutterfeed.services.posts import MediumDraft
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import BROKEN_PHOTO, PHOTO

ADA = samples.user_id(1)
CONTENTS = (PHOTO, PHOTO + b" another", BROKEN_PHOTO)


class Avatars(RuleBasedStateMachine):
    """`asked` are the photos asked for since the avatar was last taken away, and their bytes."""

    @initialize()
    def begin(self) -> None:
        self.backend = Backend()
        self.backend.sign_up(1)
        self.asked: dict[str, bytes] = {}
        self.count = 0

    @rule(content=st.sampled_from(CONTENTS))
    def ask(self, content: bytes) -> None:
        self.count += 1
        draft = MediumDraft("image/jpeg", len(content), samples.sha256(content))
        created = self.backend.avatars.create(ADA, draft, str(self.count))
        self.asked[created.media_id] = content

    @rule(data=st.data())
    def upload(self, data: st.DataObject) -> None:
        """The bytes come: any number of times, in any order; those taken away do not matter."""
        if not self.asked:
            return
        media_id = data.draw(st.sampled_from(sorted(self.asked)))
        entry = self.backend.metadata.uploads.get((ADA, media_id))
        if entry is not None:
            key = keys.upload_object(entry.post_id, media_id)
            self.backend.buckets.uploads[key] = self.asked[media_id]
            self.backend.queues["ingest"].send([IngestUpload(entry.post_id, media_id)])

    @rule()
    def take_away(self) -> None:
        self.backend.avatars.remove(ADA)
        self.asked.clear()

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

    @rule(pause=st.sampled_from([timedelta(seconds=1), timedelta(hours=1)]))
    def wait(self, pause: timedelta) -> None:
        """TTL takes what was replaced; its messages wait with the others."""
        self.backend.wait(pause)

    @invariant()
    def one_post_is_the_avatar_and_its_content_is_whole(self) -> None:
        data, buckets = self.backend.metadata, self.backend.buckets
        avatar = data.profiles[ADA].avatar
        shown = [post for post in data.posts.values() if post.state is PostState.AVATAR]
        assert [post.id.ulid for post in shown] == ([avatar.post_ulid] if avatar else [])
        for post in shown:
            (medium,) = post.media
            assert avatar is not None
            assert avatar.media_id == medium.media_id
            original = keys.original_object(medium.sha256, avatar.blob_id)
            assert original in buckets.originals
            assert original not in buckets.retired
            assert medium.picture is not None
            for name in medium.picture.names():
                assert keys.rendition_object(avatar.blob_id, name) in buckets.renditions
        if avatar is not None:
            assert avatar.media_id in self.asked, "it was taken away"

    @invariant()
    def nothing_of_it_is_seen(self) -> None:
        data = self.backend.metadata
        assert {post.purpose for post in data.posts.values()} <= {Purpose.AVATAR}
        assert all(post.state is not PostState.PUBLISHED for post in data.posts.values())
        assert data.profiles[ADA].posts == 0
        assert not self.backend.feed_table.feeds

    def teardown(self) -> None:
        backend = self.backend
        for media_id in sorted(self.asked, reverse=True):
            entry = backend.metadata.uploads.get((ADA, media_id))
            if entry is not None:
                key = keys.upload_object(entry.post_id, media_id)
                backend.buckets.uploads[key] = self.asked[media_id]
                backend.queues["ingest"].send([IngestUpload(entry.post_id, media_id)])
        backend.drain()
        good = [m for m, content in self.asked.items() if content != BROKEN_PHOTO]
        expected = max(good) if good else None
        avatar = backend.metadata.profiles[ADA].avatar
        assert (avatar and avatar.media_id) == expected
        for _ in range(3):
            backend.wait(UNFINISHED_RETENTION + BLOB_COOLING_OFF)
            backend.drain()
        self.one_post_is_the_avatar_and_its_content_is_whole()
        kept = {samples.sha256(self.asked[expected])} if expected else set()
        assert set(backend.metadata.blobs) == kept
        assert {reference.media_id for reference in backend.metadata.references} == (
            {expected} if expected else set()
        )
        assert set(backend.metadata.uploads) == ({(ADA, expected)} if expected else set())


TestAvatars = Avatars.TestCase
TestAvatars.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
