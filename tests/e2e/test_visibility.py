"""Who sees what: every operation of the API for every viewer, held against the rules."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial

import httpx
import pytest

from shutterfeed_cli.client.http import request as send
from tests.e2e.conftest import Deployment, Person, eventually
from tests.e2e.visibility_scene import Scene, played
from tests.integration.contract import document
from tests.visibility import rules
from tests.visibility.asking import Operation, Request, check_listed, operations, requests, unknown
from tests.visibility.cast import BARRED, GONE, OWNERS, Post, Role, User, Viewer, role
from tests.visibility.judging import Answer, Fault, Measured
from tests.visibility.page import MEASURED, rendered
from tests.visibility.rules import Outcome


@pytest.fixture(scope="module")
def known() -> Mapping[str, Operation]:
    found = operations(document())
    check_listed(found)
    return found


@pytest.fixture(scope="module")
def scene(
    stack: Deployment, person: Callable[[], Person], moderator: Callable[[], Person]
) -> Scene:
    return played(stack, person, moderator())


def _answer(answer: httpx.Response) -> Answer:
    return Answer(answer.status_code, tuple(answer.headers.multi_items()), answer.text)


def _sent(scene: Scene, viewer: Viewer, request: Request) -> Answer:
    answer = scene.apis[viewer].send(
        request.operation.method,
        request.path,
        query=dict(request.query),
        body=request.body,
        headers=dict(request.headers),
    )
    return _answer(answer)


def _absent(scene: Scene, viewer: Viewer, request: Request, cache: dict[object, str]) -> str | None:
    """The answer about what does not exist, asked for once in each way."""
    if request.target is None:
        return None
    key = (viewer, request.operation.name, request.address, request.asking.is_part)
    if key not in cache:
        name = scene.marks.unknown().name_of(request.target)
        cache[key] = _sent(scene, viewer, unknown(request, scene.marks)).without(name)
    return cache[key]


def _asked(
    scene: Scene, known: Mapping[str, Operation], *, writes: bool
) -> Iterator[tuple[Viewer, Request]]:
    for viewer in Viewer:
        for request in requests(known, scene.marks, viewer, scene.bodies):
            if request.operation.writes is writes:
                yield viewer, request


def test_only_a_good_link_opens_a_file(scene: Scene) -> None:
    """Nothing opens what a moderator withholds. Links that were given before something else was
    hidden are good for as long as they say."""
    for post, link in scene.links.items():
        assert send("GET", link.partition("?")[0]).status_code == 403, post
        right = 403 if post is Post.WITHHELD else 200
        eventually(partial(_status, link), partial(operator.eq, right))


def _status(link: str) -> int:
    return send("GET", link).status_code


def test_the_number_of_new_posts_counts_nothing_hidden(scene: Scene) -> None:
    """Posts that were deleted or hidden since may be counted, as documented."""
    for viewer, since in scene.began.items():
        if role(viewer, User.PUBLIC) in BARRED:
            continue
        others = [post for post in Post if role(viewer, OWNERS[post]) is not Role.OWNER]
        shown = sum(
            rules.FEED.outcome(post, role(viewer, OWNERS[post])) is Outcome.SHOWN for post in others
        )
        roles = [role(viewer, OWNERS[post]) for post in (Post.DELETED, *GONE)]
        gone = sum(each in (Role.FOLLOWER, Role.DELETED) for each in roles)
        new = scene.apis[viewer].feed(since=since)["new"]
        assert shown <= new["count"] <= shown + gone, viewer


# The last of this file: it ends with everybody signed out.
def test_everybody_sees_what_the_rules_say(scene: Scene, known: Mapping[str, Operation]) -> None:
    measured, cache = Measured(), dict[object, str]()
    for writes in (False, True):
        for viewer, request in _asked(scene, known, writes=writes):
            absent = _absent(scene, viewer, request, cache)
            answer = _sent(scene, viewer, request)
            measured.add(request, viewer, answer, absent, scene.marks, datetime.now(UTC))
    page = rendered(measured)
    MEASURED.parent.mkdir(exist_ok=True)
    MEASURED.write_text(page, encoding="utf-8")
    print(page)
    assert {fault: [str(f) for f in measured.findings if f.fault is fault] for fault in Fault} == {
        fault: [] for fault in Fault
    }
