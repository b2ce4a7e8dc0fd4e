"""Withholding a content while it is published, and undoing that while marks are written: at every
call of a worker, before which somebody else comes in between, or at which the worker dies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from shutterfeed.domain.errors import NotFound
from shutterfeed.domain.moderation import ActionKind, CaseId, ReportReason, SubjectKind
from shutterfeed.domain.posts import Post
from shutterfeed.domain.visibility import Viewer
from shutterfeed.services.moderation import Decision
from tests import samples
from tests.fakes.backend import Backend
from tests.fakes.storage import PHOTO

ADA, BEN, CY, MOD = (samples.user_id(number) for number in (1, 2, 3, 4))
HATE: Final = ReportReason.HATE
CALLS: Final = range(1, 40)
"""More calls than any of these workers makes."""


def _backend() -> tuple[Backend, CaseId, Post]:
    """Ada has posted a photo, which is reported; Ben is about to post the same."""
    backend = Backend()
    for number in (1, 2, 3, 4):
        backend.sign_up(number)
    post = _uploaded(backend, 1)
    backend.drain()
    view = backend.reporting.report(Viewer(CY), SubjectKind.POST, str(post.id), HATE, "")
    backend.drain()
    return backend, view.report.case_id, post


def _uploaded(backend: Backend, author: int) -> Post:
    post = backend.create_post(author, (PHOTO,), f"by-{author}")
    backend.upload(post, 0, PHOTO)
    return post


def _withhold(backend: Backend, case_id: CaseId) -> None:
    version = backend.metadata.cases[case_id].version
    decision = Decision(ActionKind.WITHHOLD_CONTENT, HATE, "", None, version)
    backend.moderation.act(case_id, MOD, decision)


def _undo(backend: Backend, case_id: CaseId) -> None:
    case = backend.metadata.cases[case_id]
    backend.moderation.undo(case_id, MOD, case.standing[-1].id, case.version)


def _is_shown(backend: Backend, post: Post) -> bool:
    try:
        backend.viewing.post(Viewer(CY), post.id)
    except NotFound:
        return False
    return True


def _pausing(backend: Backend, call: int, between: Callable[[], None]) -> None:
    backend.fuse.pauses[backend.fuse.calls + call] = between


@pytest.mark.parametrize("call", CALLS)
def test_a_copy_that_is_published_while_its_content_is_withheld_is_hidden_in_the_end(
    call: int,
) -> None:
    backend, case_id, first = _backend()
    copy = _uploaded(backend, 2)
    _pausing(backend, call, lambda: _withhold(backend, case_id))
    backend.drain()
    backend.fuse.pauses.clear()
    if not backend.metadata.withheld:
        _withhold(backend, case_id)  # It was published in fewer calls.
        backend.drain()
    assert not _is_shown(backend, first)
    assert not _is_shown(backend, copy)
    _undo(backend, case_id)
    backend.drain()
    assert _is_shown(backend, first)
    assert _is_shown(backend, copy)


@pytest.mark.parametrize("call", CALLS)
def test_an_undo_while_marks_are_written_leaves_none(call: int) -> None:
    backend, case_id, first = _backend()
    copy = _uploaded(backend, 2)
    backend.drain()
    before = {i: post.withheld for i, post in backend.metadata.posts.items()}
    _withhold(backend, case_id)
    _pausing(backend, call, lambda: _undo(backend, case_id))
    backend.drain()
    backend.fuse.pauses.clear()
    if backend.metadata.withheld:
        _undo(backend, case_id)
        backend.drain()
    assert {i: post.withheld for i, post in backend.metadata.posts.items()} == before
    assert not backend.metadata.denials
    assert _is_shown(backend, first)
    assert _is_shown(backend, copy)


@pytest.mark.parametrize("crashes", ["before", "after"])
@pytest.mark.parametrize("call", range(1, 20))
def test_a_worker_that_dies_anywhere_marks_and_unmarks_all_the_same(
    call: int, crashes: str
) -> None:
    backend, case_id, first = _backend()
    copy = _uploaded(backend, 2)
    backend.drain()
    for change, is_shown in ((_withhold, False), (_undo, True)):
        change(backend, case_id)
        number = backend.fuse.calls + call
        backend.fuse.crash_before = number if crashes == "before" else None
        backend.fuse.crash_after = number if crashes == "after" else None
        backend.drain()
        backend.fuse.crash_before = backend.fuse.crash_after = None
        backend.drain()
        assert _is_shown(backend, first) is is_shown
        assert _is_shown(backend, copy) is is_shown
    assert not backend.metadata.withheld
