"""Exports: built part by part by a worker that may end at any moment."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from shutterfeed.domain import exported
from shutterfeed.domain.errors import LimitReached, NotFound
from shutterfeed.domain.exports import (
    EXPORT_LIFETIME,
    EXPORT_LINK_LIFETIME,
    EXPORT_STALLED,
    EXPORTS_A_DAY,
    ExportState,
)
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.moderation import ReportReason, SubjectKind
from shutterfeed.domain.posts import DELETED_RETENTION
from shutterfeed.domain.visibility import Viewer
from shutterfeed.services.export_part import PartLimits
from shutterfeed.services.exports import ExportView
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import BROKEN_PHOTO, PHOTO

ADA, BOB, CY = (samples.user_id(number) for number in (1, 2, 3))
SMALL = PartLimits(bytes=3_000, rows=3)


def _content(number: int) -> bytes:
    return PHOTO + bytes([number]) * 700


def _post(backend: Backend, content: bytes, caption: str, author: int = 1) -> PostId:
    post = backend.create_post(author, (content,), caption.encode().hex(), caption)
    backend.upload(post, 0, content)
    backend.drain()
    return post.id


def _scene(limits: PartLimits = SMALL, posts: int = 7) -> Backend:
    """Ada with posts, one of them deleted, and with an edge of every kind."""
    backend = Backend(part_limits=limits)
    handles = [backend.sign_up(number).handle for number in (1, 2, 3)]
    made = [_post(backend, _content(number), f"Größe {number}") for number in range(posts)]
    backend.posts.delete(str(made[0]), ADA)
    theirs = str(_post(backend, PHOTO + b"of Bob", "Bob's words", author=2))
    other = _post(backend, PHOTO + b"of Bob, too", "Bob's", author=2)
    backend.follows.follow(ADA, handles[1])
    backend.follows.follow(BOB, handles[0])
    backend.blocks.block(ADA, handles[2])
    backend.mutes.mute(ADA, handles[1], None)
    backend.likes.like(ADA, theirs)
    backend.saves.save(ADA, theirs)
    reason = ReportReason.SPAM
    backend.reporting.report(Viewer(ADA), SubjectKind.POST, str(other), reason, "look")
    backend.drain()
    return backend


def _begin(backend: Backend) -> ExportView:
    return backend.exports.begin(ADA, "ada")


def _zips(backend: Backend, view: ExportView) -> list[ZipFile]:
    """The parts behind the links of an export."""
    keys = [link.removeprefix("https://uploads.example/") for link in view.links]
    return [ZipFile(BytesIO(backend.buckets.exports[key])) for key in keys]


def _ready(backend: Backend) -> list[ZipFile]:
    (view,) = backend.exports.all(ADA)
    assert view.state is ExportState.READY
    return _zips(backend, view)


def _files(parts: Sequence[ZipFile]) -> dict[str, bytes]:
    """All files of all parts, as if they were unpacked into one folder."""
    names = [name for part in parts for name in part.namelist()]
    assert len(names) == len(set(names)), "no two files have the same name"
    return {name: part.read(name) for part in parts for name in part.namelist()}


def _rows(files: dict[str, bytes], kind: exported.ListKind) -> Iterator[Any]:
    for name in sorted(files):
        if name.startswith(f"{kind.stem}_"):
            content = json.loads(files[name])
            yield from content[kind.wrapped] if kind.wrapped else content


def _assert_complete(backend: Backend, posts: int = 7) -> None:
    files = _files(_ready(backend))
    originals = sorted(content for name, content in files.items() if name.startswith("media/"))
    assert originals == [_content(number) for number in range(posts)]
    captions = Counter(row["caption"] for row in _rows(files, exported.OWN_POSTS))
    assert captions == Counter(f"Größe {number}" for number in range(posts))
    for kind in (exported.FOLLOWING, exported.FOLLOWERS, exported.BLOCKS, exported.LIKES):
        assert len(list(_rows(files, kind))) == 1, kind
    assert len(list(_rows(files, exported.SAVES))) == 1
    assert len(list(_rows(files, exported.MUTES))) == 1
    (report,) = _rows(files, exported.REPORTS)
    assert (report["kind"], report["note"]) == ("post", "look")


def test_an_export_has_everything_in_parts_that_can_be_opened_by_themselves() -> None:
    backend = _scene()
    assert _begin(backend).state is ExportState.BUILDING
    backend.drain()
    parts = _ready(backend)
    assert len(parts) > 2
    assert all(part.testzip() is None for part in parts)
    assert all(sum(i.file_size for i in part.infolist()) < 6_000 for part in parts)
    _assert_complete(backend)
    for part in parts:
        listed = {
            medium["uri"]
            for kind in (exported.POSTS, exported.DELETED)
            for row in _rows(_files([part]), kind)
            for medium in row["media"]
        }
        assert listed == {name for name in part.namelist() if name.startswith("media/")}


def test_of_others_an_export_has_handles_and_addresses_alone() -> None:
    backend = _scene()
    _begin(backend)
    backend.drain()
    whole = b"".join(_files(_ready(backend)).values())
    assert backend.sign_up(2).handle.encode() in whole
    assert b"Bob's words" not in whole
    assert b"of Bob" not in whole


def test_a_worker_that_ends_at_any_call_loses_and_doubles_nothing() -> None:
    """Every message of an export is interrupted before and after each of its calls."""
    whole = _scene()
    _begin(whole)
    whole.fuse.calls = 0
    whole.drain()
    calls = whole.fuse.calls
    assert calls > 60
    for number in range(1, calls + 1):
        for crash in ("crash_before", "crash_after"):
            backend = _scene()
            _begin(backend)
            backend.fuse.calls = 0
            setattr(backend.fuse, crash, number)
            backend.drain()
            _assert_complete(backend)


def test_a_message_that_comes_twice_and_late_changes_nothing() -> None:
    backend = _scene()
    _begin(backend)
    messages = []
    while backend.waiting():
        name = backend.waiting()[-1]
        if name == "export":
            messages += backend.queues["export"].messages
        backend.deliver(name)
    (before,) = backend.exports.all(ADA)
    kept = dict(backend.buckets.exports)
    backend.queues["export"].messages += messages
    backend.drain()
    (after,) = backend.exports.all(ADA)
    assert (after.export, after.links) == (before.export, before.links)
    assert backend.buckets.exports == kept


def test_of_two_workers_with_one_part_the_second_removes_what_it_has_made() -> None:
    backend = _scene()
    _begin(backend)
    backend.drain_all_but("export")
    backend.queues["export"].messages *= 2
    backend.fuse.calls = 0
    # The first is held up in its middle, while the second makes the same part.
    backend.fuse.pauses[20] = lambda: backend.deliver("export")
    backend.deliver("export")
    assert not backend.fuse.pauses
    backend.drain()
    _assert_complete(backend)
    (view,) = backend.exports.all(ADA)
    assert len(backend.buckets.exports) == len(view.export.parts)


def test_one_export_at_a_time_and_three_a_day() -> None:
    backend = _scene(posts=1)
    first = _begin(backend)
    assert _begin(backend).export == first.export
    begun = {first.export.id}
    for _ in range(EXPORTS_A_DAY - 1):
        backend.drain()
        begun.add(_begin(backend).export.id)
    assert len(begun) == EXPORTS_A_DAY
    backend.drain()
    with pytest.raises(LimitReached) as refused:
        _begin(backend)
    assert (refused.value.limit, refused.value.retry_after) == ("exports", 86_400)
    backend.wait(timedelta(days=1))
    assert _begin(backend).state is ExportState.BUILDING


def test_a_new_export_takes_the_place_of_the_earlier_one() -> None:
    backend = _scene(posts=1)
    earlier = _begin(backend)
    backend.drain()
    _begin(backend)
    backend.drain()
    assert _ready(backend)
    assert not any(earlier.export.id in key for key in backend.buckets.exports)


def test_an_export_can_be_stopped_and_discarded() -> None:
    backend = _scene()
    view = _begin(backend)
    backend.drain_all_but("export")
    backend.deliver("export")
    assert backend.buckets.exports
    backend.exports.discard(ADA, view.export.id)
    backend.exports.discard(ADA, view.export.id)
    assert backend.exports.all(ADA) == ()
    backend.drain()
    assert not backend.buckets.exports
    with pytest.raises(NotFound):
        backend.exports.discard(ADA, samples.user_id(9))
    with pytest.raises(NotFound):
        backend.exports.discard(BOB, view.export.id)


def test_what_is_discarded_while_a_part_is_made_leaves_nothing() -> None:
    backend = _scene()
    view = _begin(backend)
    backend.drain_all_but("export")
    backend.fuse.calls = 0
    backend.fuse.pauses[25] = lambda: backend.exports.discard(ADA, view.export.id)
    backend.deliver("export")
    backend.drain()
    assert not backend.buckets.exports


def test_links_live_an_hour_and_an_export_four_days() -> None:
    backend = _scene(posts=1)
    _begin(backend)
    backend.drain()
    (view,) = backend.exports.all(ADA)
    now = backend.clock.now()
    assert (view.links_expire_at, view.export.expires_at) == (
        now + EXPORT_LINK_LIFETIME,
        now + EXPORT_LIFETIME,
    )
    backend.clock.advance(EXPORT_LIFETIME - timedelta(minutes=10))
    (view,) = backend.exports.all(ADA)
    assert view.links_expire_at == view.export.expires_at
    backend.clock.advance(timedelta(minutes=10))
    (view,) = backend.exports.all(ADA)
    assert (view.state, view.links) == (ExportState.EXPIRED, ())


def test_an_export_on_which_nobody_works_any_more_has_failed_and_can_be_begun_again() -> None:
    backend = _scene(posts=1)
    _begin(backend)
    backend.clock.advance(EXPORT_STALLED + timedelta(seconds=1))
    (view,) = backend.exports.all(ADA)
    assert view.state is ExportState.FAILED
    assert _begin(backend).export.id != view.export.id
    backend.drain()
    assert _ready(backend)


def test_its_owner_is_told_by_mail_without_a_link_to_the_files() -> None:
    backend = _scene(posts=1)
    _begin(backend)
    backend.drain()
    ((address, _, text),) = backend.mailer.sent
    assert address == "ada@example.com"
    assert "https://shutterfeed.example/settings/export" in text
    assert "uploads" not in text


def test_what_was_refused_as_no_picture_and_what_cannot_be_restored_is_left_out() -> None:
    backend = _scene(posts=2)
    _post(backend, BROKEN_PHOTO, "broken")
    _begin(backend)
    backend.drain()
    files = _files(_ready(backend))
    (broken,) = [row for row in _rows(files, exported.OWN_POSTS) if row["caption"] == "broken"]
    assert (broken["state"], broken["media"][0]["file"]) == ("failed", None)
    assert not any(BROKEN_PHOTO in content for content in files.values())
    backend.clock.advance(DELETED_RETENTION)
    _begin(backend)
    backend.drain()
    captions = {row["caption"] for row in _rows(_files(_ready(backend)), exported.OWN_POSTS)}
    assert captions == {"Größe 1", "broken"}
