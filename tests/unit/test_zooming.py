"""The zoom size of a photo: when there can be one, who has it made, and that nothing of it is left
over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from shutterfeed import keys
from shutterfeed.domain.crops import Crop
from shutterfeed.domain.errors import Conflict, LimitReached, NotFound
from shutterfeed.domain.limits import Allowance
from shutterfeed.domain.links import PUBLIC
from shutterfeed.domain.media import Clip, Reference
from shutterfeed.domain.messages import RenderZoom
from shutterfeed.domain.photos import plan, working_size
from shutterfeed.domain.posts import DELETED_RETENTION, Post
from shutterfeed.domain.visibility import NOBODY
from shutterfeed.domain.zooming import (
    LEAST_GAIN,
    MOST_PIXELS,
    ZOOM,
    ZOOM_RETENTION,
    Zoom,
    ZoomState,
    plan_zoom,
)
from shutterfeed.services.posts import MediumDraft, PostDraft
from shutterfeed.services.zooming import Zoomed
from shutterfeed.topology import worker
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import BROKEN_PHOTO, PHOTO
from tests.fakes.system import START
from tests.limits import plenty_but

ADA, BEN, EVE = (samples.user_id(number) for number in (1, 2, 3))


@pytest.mark.parametrize(
    ("photo", "zoom"),
    [
        ((4032, 3024), (2048, 1536)),
        ((3024, 4032), (1774, 2365)),
        ((1290, 2796), (1290, 2796)),  # a screenshot, in its own size
        ((10_000, 500), (2048, 102)),
    ],
)
def test_a_large_photo_has_one_of_so_many_pixels(
    photo: tuple[int, int], zoom: tuple[int, int]
) -> None:
    (planned,) = plan_zoom(*photo)
    assert (planned.spec, planned.width, planned.height) == (ZOOM, *zoom)
    assert planned.width * planned.height <= MOST_PIXELS * 1.001
    assert working_size(*photo, plan_zoom) == zoom
    assert planned.width >= LEAST_GAIN * max(other.width for other in plan(*photo))


@pytest.mark.parametrize(
    "photo",
    [(64, 48), (1080, 1080), (1170, 2532), (1080, 30_000), (1, 30_000)],
)
def test_a_photo_that_is_hardly_larger_than_its_renditions_has_none(
    photo: tuple[int, int],
) -> None:
    assert plan_zoom(*photo) == ()
    picture = replace(samples.picture(), width=photo[0], height=photo[1])
    assert samples.medium(1).ready(picture).zoom is None


def test_a_video_has_none_however_large() -> None:
    medium, picture = samples.medium(1), samples.picture()
    assert medium.zoom is None
    assert medium.ready(picture).zoom is not None
    clip = Clip("video.mp4", 640, 480, 1000, 1, has_audio=False)
    assert medium.ready(replace(picture, clip=clip)).zoom is None


def test_a_state_counts_until_a_link_to_it_could_lead_to_nothing() -> None:
    served = ZOOM_RETENTION - timedelta(seconds=PUBLIC.lifetime)
    assert Zoom().as_of(START) is ZoomState.NONE
    # A renderer that was slow once does not refuse a photo for months.
    for state, lasts in ((ZoomState.MADE, served), (ZoomState.REFUSED, timedelta(days=1))):
        zoom = Zoom(state, START)
        assert zoom.as_of(START + lasts - timedelta(seconds=1)) is state
        assert zoom.as_of(START + lasts) is ZoomState.NONE
    ordered = Zoom(ZoomState.ORDERED, START)
    takes = timedelta(seconds=worker("render").timeout_s)
    assert ordered.as_of(START + takes) is ZoomState.ORDERED
    assert ordered.as_of(START + timedelta(minutes=2)) is ZoomState.NONE


class Scene:
    """Ada's published post of a large photo, which Ben may see."""

    def __init__(self, backend: Backend, content: bytes = PHOTO) -> None:
        self.backend = backend
        self.post = self.publish(1, content)

    def publish(self, author: int, content: bytes) -> Post:
        post = self.backend.create_post(author, (content,), "key")
        self.backend.upload(post, 0, content)
        self.backend.drain()
        return post

    def ask(self, user_id: str = BEN, post: Post | None = None) -> Zoomed:
        post = post or self.post
        return self.backend.zooming.ask(user_id, str(post.id), post.media[0].media_id)

    def find(self, post: Post | None = None) -> Zoomed | None:
        """The zoom size for somebody who is not signed in."""
        post = post or self.post
        return self.backend.zooming.find(NOBODY, str(post.id), post.media[0].media_id)

    @property
    def orders(self) -> list[RenderZoom]:
        messages = self.backend.queues["render"].messages
        return [message for message in messages if isinstance(message, RenderZoom)]

    @property
    def stored(self) -> list[str]:
        """The zoom sizes in the bucket."""
        return [key for key in self.backend.buckets.renditions if "/2048-" in key]

    @property
    def state(self) -> ZoomState:
        medium = self.post.media[0]
        return self.backend.metadata.zooms[
            Reference(medium.sha256, self.post.id, medium.media_id)
        ].state


@pytest.fixture
def scene() -> Scene:
    return Scene(Backend())


def test_the_first_to_ask_has_it_made_and_all_others_find_it(scene: Scene) -> None:
    assert not scene.ask().is_made
    assert not scene.ask(EVE).is_made
    (order,) = scene.orders
    assert (order.viewer_id, order.reference.post_id) == (BEN, scene.post.id)
    scene.backend.drain()
    found = scene.ask(EVE)
    assert found.is_made
    assert (found.rendition.width, found.rendition.height) == (2048, 1536)
    assert scene.stored == [keys.rendition_object(found.blob_id, found.rendition.name)]
    assert not scene.orders


def test_whoever_is_not_signed_in_finds_it_and_has_none_made(scene: Scene) -> None:
    assert scene.find() is None
    assert not scene.orders
    scene.ask()
    assert scene.find() is None
    scene.backend.drain()
    found = scene.find()
    assert found is not None
    assert (found.is_made, found.rendition.width) == (True, 2048)
    # Another upload of the same photo has none: nothing tells that it is the same.
    assert scene.find(scene.publish(2, PHOTO)) is None
    scene.backend.clock.advance(ZOOM_RETENTION)
    assert scene.find() is None
    scene.backend.users.edit(ADA, public_page=False)
    with pytest.raises(NotFound):
        scene.find()


def test_another_upload_of_the_same_photo_tells_nobody_that_it_is_one(scene: Scene) -> None:
    scene.ask()
    scene.backend.drain()
    another = scene.publish(2, PHOTO)
    waiting = scene.ask(EVE, another)
    assert not waiting.is_made
    key = keys.rendition_object(waiting.blob_id, waiting.rendition.name)
    assert key not in scene.stored, "a link that one could make oneself leads to nothing yet"
    assert len(scene.orders) == 1
    scene.backend.drain()
    assert scene.ask(EVE, another).is_made
    assert key in scene.stored


def test_a_cropped_photo_is_enlarged_as_it_is_cropped(scene: Scene) -> None:
    crop = Crop(0, 0, 5000, 5000)
    medium = MediumDraft("image/jpeg", len(PHOTO), samples.sha256(PHOTO), crop=crop)
    draft = PostDraft("caption", None, (medium,))
    cropped = scene.backend.posts.create(ADA, draft, "cropped").view.post
    scene.backend.upload(cropped, 0, PHOTO)
    scene.backend.drain()
    scene.ask(BEN, cropped)
    scene.backend.drain()
    found = scene.ask(BEN, cropped)
    assert found.is_made
    key = keys.rendition_object(found.blob_id, found.rendition.name)
    _, content = scene.backend.buckets.renditions[key]
    assert content == b"very large " + f"{crop} of ".encode() + PHOTO


def test_an_order_whose_message_was_never_sent_is_made_again(scene: Scene) -> None:
    scene.ask()
    scene.backend.queues["render"].messages.clear()
    scene.backend.wait(timedelta(seconds=119))
    scene.ask()
    assert not scene.orders
    scene.backend.wait(timedelta(seconds=1))
    scene.ask()
    assert len(scene.orders) == 1


def test_what_the_lifecycle_is_about_to_remove_is_made_again(scene: Scene) -> None:
    scene.ask()
    scene.backend.drain()
    scene.backend.wait(ZOOM_RETENTION - timedelta(days=2, seconds=1))
    assert scene.ask().is_made
    scene.backend.wait(timedelta(seconds=1))
    assert not scene.ask().is_made
    scene.backend.drain()
    assert scene.ask().is_made


def test_a_message_that_comes_again_makes_nothing_more(scene: Scene) -> None:
    scene.ask()
    scene.backend.deliver("render", again=True)
    made = scene.backend.metadata.zooms.copy()
    scene.backend.buckets.renditions.clear()
    scene.backend.drain()
    assert not scene.stored
    assert scene.backend.metadata.zooms == made


def test_whoever_orders_is_charged_and_asking_again_costs_nothing() -> None:
    scene = Scene(Backend(limits=plenty_but(zooms=Allowance(1, 1))))
    for _ in range(3):
        scene.ask()
    scene.backend.drain()
    scene.ask()
    another = scene.publish(2, b"\xff\xd8\xff another photo")
    with pytest.raises(LimitReached):
        scene.ask(BEN, another)
    assert not scene.orders
    assert not scene.ask(EVE, another).is_made


def test_what_cannot_be_made_is_not_tried_again(scene: Scene) -> None:
    """The decoder takes too much memory for the larger picture."""
    (key,) = scene.backend.buckets.originals
    scene.backend.buckets.originals[key] = BROKEN_PHOTO
    scene.ask()
    scene.backend.drain()
    assert scene.state is ZoomState.REFUSED
    with pytest.raises(Conflict) as refused:
        scene.ask()
    assert refused.value.code == "no_zoom_size"
    assert not scene.stored


def test_there_is_none_of_what_one_may_not_see_and_of_what_is_not_in_the_post(
    scene: Scene,
) -> None:
    with pytest.raises(NotFound, match="no such photo or video"):
        scene.backend.zooming.ask(BEN, str(scene.post.id), samples.medium(7).media_id)
    scene.backend.posts.delete(str(scene.post.id), ADA)
    for user_id in (ADA, BEN):
        with pytest.raises(NotFound, match="no such post"):
            scene.ask(user_id)
    assert not scene.orders


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_post_that_is_erased_leaves_no_zoom_size(scene: Scene, when: str) -> None:
    """Its order may wait in the queue for days."""
    scene.ask()
    if when == "after":
        scene.backend.drain()
    scene.backend.posts.erase(str(scene.post.id), ADA)
    scene.backend.drain_all_but("render")
    for time in (timedelta(minutes=2), timedelta(hours=2)):
        scene.backend.wait(time)
        scene.backend.drain_all_but("render")
    scene.backend.drain()
    assert not scene.backend.metadata.blobs
    assert not scene.backend.buckets.renditions
    assert not scene.backend.metadata.zooms


def test_an_order_of_a_medium_whose_post_is_gone_makes_nothing_though_the_content_stays(
    scene: Scene,
) -> None:
    scene.publish(2, PHOTO)
    scene.ask()
    scene.backend.delete_post(scene.post.id)
    scene.backend.drain_all_but("render")
    scene.backend.wait(DELETED_RETENTION + timedelta(days=1))
    scene.backend.drain_all_but("render")
    scene.backend.drain()
    assert scene.backend.metadata.blobs
    assert not scene.stored


def test_wherever_a_worker_crashes_it_is_there_in_the_end() -> None:
    for call in range(1, 20):
        scene = Scene(Backend())
        scene.ask()
        fuse = scene.backend.fuse
        fuse.crash_before = fuse.calls + call
        scene.backend.deliver("render")
        if not scene.orders:
            assert call > len(("get", "get", "open", "put_zoom", "complete"))
            return
        scene.backend.drain()
        assert scene.ask().is_made
    raise AssertionError("a worker makes more calls than that")
