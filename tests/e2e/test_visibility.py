"""Who sees what: every operation of the API for every viewer, held against the rules."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Final

import httpx
import pytest

from shutterfeed_cli.client.http import request as send
from tests.e2e.conftest import Deployment, Person, eventually
from tests.e2e.visibility_copy import answered, claims_of, copied
from tests.e2e.visibility_scene import Scene, played
from tests.integration.contract import document
from tests.visibility import rules
from tests.visibility.asking import Operation, Request, check_listed, operations, requests, unknown
from tests.visibility.cast import BARRED, GONE, OWNERS, PERSONS, Post, Role, User, Viewer, role
from tests.visibility.judging import Answer, Fault, Measured
from tests.visibility.marks import Marks
from tests.visibility.page import MEASURED, rendered
from tests.visibility.rules import Outcome

Ask = Callable[[Viewer, Request], Answer]
_BY_WIRE: Final = frozenset((Viewer.FRIEND, Viewer.PUBLIC, Viewer.SIGNED_OUT, Viewer.EXPIRED))
_IN_BOTH_WAYS: Final = Viewer.ASKER


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


def _absent(
    ask: Ask, marks: Marks, viewer: Viewer, request: Request, cache: dict[object, str]
) -> str | None:
    """The answer about what does not exist, asked for once in each way."""
    if request.target is None:
        return None
    key = (viewer, request.operation.name, request.address, request.asking.is_part)
    if key not in cache:
        name = marks.unknown().name_of(request.target)
        cache[key] = ask(viewer, unknown(request, marks.asked_by(viewer))).without(name)
    return cache[key]


def _asked(
    scene: Scene, known: Mapping[str, Operation], viewers: Collection[Viewer], *, writes: bool
) -> Iterator[tuple[Viewer, Request]]:
    for viewer in (viewer for viewer in Viewer if viewer in viewers):
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
def test_everybody_sees_what_the_rules_say(
    stack: Deployment, scene: Scene, known: Mapping[str, Operation]
) -> None:
    """Each operation is asked for over HTTP by somebody who is signed in, by a user with posts of
    their own, and by those whom the gateway refuses; for all others the same handler answers in
    this process. One viewer asks in both ways, and sees the same."""
    measured = Measured()
    claims = {viewer: claims_of(_token(scene, viewer)) for viewer in PERSONS}

    def here(viewer: Viewer, request: Request) -> Answer:
        return answered(claims[viewer], request)

    with copied(stack, list(claims.values())):
        seen_here = _seen(scene, known, here)
        _measure(measured, scene, known, frozenset(Viewer) - _BY_WIRE, here)
    over_http = partial(_sent, scene)
    assert seen_here == _seen(scene, known, over_http)
    _measure(measured, scene, known, _BY_WIRE, over_http)
    page = rendered(measured)
    MEASURED.parent.mkdir(exist_ok=True)
    MEASURED.write_text(page, encoding="utf-8")
    print(page)
    assert {fault: [str(f) for f in measured.findings if f.fault is fault] for fault in Fault} == {
        fault: [] for fault in Fault
    }


def _token(scene: Scene, viewer: Viewer) -> str:
    tokens = scene.apis[viewer]._tokens
    assert tokens is not None
    return tokens.access()


def _measure(
    measured: Measured,
    scene: Scene,
    known: Mapping[str, Operation],
    viewers: Collection[Viewer],
    ask: Ask,
) -> None:
    cache = dict[object, str]()
    for writes in (False, True):
        for viewer, request in _asked(scene, known, viewers, writes=writes):
            absent = _absent(ask, scene.marks, viewer, request, cache)
            answer = ask(viewer, request)
            measured.add(request, viewer, answer, absent, scene.marks, datetime.now(UTC))


def _seen(scene: Scene, known: Mapping[str, Operation], ask: Ask) -> dict[object, object]:
    """What one viewer gets of everything that is read as a whole: the status, and whose marks."""
    return {
        (request.operation.name, request.path, _timeless(request)): (
            (answer := ask(_IN_BOTH_WAYS, request)).status,
            set(scene.marks.found(answer.whole, request.sent)),
        )
        for _, request in _asked(scene, known, {_IN_BOTH_WAYS}, writes=False)
        if not request.asking.is_part
    }


def _timeless(request: Request) -> tuple[tuple[str, str], ...]:
    """The query without the moment until which posts are asked for: it is another one each time."""
    return tuple(pair for pair in request.query if pair[0] != "before")
