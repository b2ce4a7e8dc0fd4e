"""The requests of the matrix: made from the OpenAPI document, for all that is in it."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from tests.integration.contract import document
from tests.visibility.asking import (
    Operation,
    Request,
    Unlisted,
    check_listed,
    operations,
    requests,
    unknown,
)
from tests.visibility.cast import ENLARGED, Post, Viewer
from tests.visibility.judging import expected
from tests.visibility.matrix import MATRIX
from tests.visibility.rules import Outcome
from tests.visibility.samples import sample_marks

SHOWING = frozenset(("PostBody", "User", "Me", "ListedUser", "Author", "SuggestedUser"))
"""The models that hold somebody or something."""
MARKS = sample_marks()
_ENDS = frozenset(("close_account",))
NOT_ASKED = {
    Viewer.PRIVATE: _ENDS | {"delete_post", "erase_post", "edit_comment", "delete_comment"},
    Viewer.FRIEND: _ENDS,
    Viewer.STRANGER: _ENDS,
    Viewer.MODERATOR: _ENDS,
    Viewer.SIGNED_OUT: frozenset[str](),
}
"""The operations that these viewers do not ask, since what they would end or change, an account, a
post or a comment of their own, is asked about afterwards."""
BODIES = {Post.UNPUBLISHED: {"caption": "x"}, Post.AVATAR: {"bytes": 1}}


@pytest.fixture(scope="module")
def known() -> dict[str, Operation]:
    return operations(document())


def _asked(known: dict[str, Operation], viewer: Viewer) -> list[Request]:
    return list(requests(known, MARKS, viewer, BODIES))


def test_the_matrix_lists_every_operation_of_the_document(known: dict[str, Operation]) -> None:
    check_listed(known)


@pytest.mark.parametrize("name", ["get_post", "suggest", "create_avatar"])
def test_an_operation_that_it_does_not_list_fails(known: dict[str, Operation], name: str) -> None:
    rest = {listed: entry for listed, entry in MATRIX.items() if listed != name}
    with pytest.raises(Unlisted, match=f"does not list {name}"):
        check_listed(known, rest)
    fewer = {each: operation for each, operation in known.items() if each != name}
    with pytest.raises(Unlisted, match=f"no operation {name}"):
        check_listed(fewer)


def test_a_parameter_that_it_does_not_know_fails() -> None:
    changed = {
        "paths": {
            "/posts/{id}/likers/{page}": {
                "get": {
                    "operationId": "get_post",
                    "parameters": [{"name": "sort", "in": "query"}, {"name": "id", "in": "path"}],
                    "responses": {},
                }
            }
        }
    }
    operation = operations(changed)
    with pytest.raises(Unlisted, match="page, sort"):
        check_listed(operation, {"get_post": MATRIX["get_post"]})


def test_what_can_show_somebody_by_its_schema_has_a_rule_that_shows(
    known: dict[str, Operation],
) -> None:
    without = {
        name
        for name, operation in known.items()
        if operation.models & SHOWING
        and not any(roles for s in MATRIX[name].surfaces for roles in s.shown.values())
    }
    # They show whom the path names, or have rows of their own in `judging.py`.
    assert without == {
        *("accept_request", "list_requests", "list_held_comments"),
        *("create_comment", "remove_medium", "replace_medium", "change_album", "change_draft"),
    }


def test_what_names_something_is_not_refused_to_everybody(known: dict[str, Operation]) -> None:
    """What always looks as if there were nothing would hide that it is shown to the wrong ones."""
    outcomes = defaultdict[str, set[Outcome | None]](set)
    for viewer in Viewer:
        for request in _asked(known, viewer):
            if request.target is not None and not request.asking.is_of_another:
                outcomes[request.operation.name].add(expected(request, viewer).outcome)
    never = {name for name, found in outcomes.items() if not found & {Outcome.SHOWN, Outcome.TOLD}}
    # These are answered alike whether there is anything to take back or not.
    assert never == {"untag_me", "unmute", "unblock"}


def test_a_zoom_size_is_asked_for_where_there_is_one(known: dict[str, Operation]) -> None:
    asked = {
        r.target for v in Viewer for r in _asked(known, v) if r.operation.name == "zoom_medium"
    }
    assert asked == {*ENLARGED, Post.UNPUBLISHED}


def test_whoever_is_signed_out_asks_about_everything(known: dict[str, Operation]) -> None:
    asked = Counter(request.operation.name for request in _asked(known, Viewer.SIGNED_OUT))
    assert asked.keys() == known.keys()
    assert asked["get_public_post"] == len(Post)
    assert asked["get_post"] == 1, "it is refused, whatever is asked for"


@pytest.mark.parametrize("viewer", Viewer)
def test_everybody_asks_every_operation_that_could_show_them_something(
    known: dict[str, Operation], viewer: Viewer
) -> None:
    asked = {request.operation.name for request in _asked(known, viewer)}
    left_out = known.keys() - asked
    # Authors ask about what is their own only, and these are for nobody's own.
    writes = {name for name in left_out if known[name].writes}
    assert left_out - writes <= {name for name in known if known[name].is_open} | {
        *("get_upload", "get_original", "list_followers", "list_following")
    }
    if viewer in NOT_ASKED:
        assert left_out == NOT_ASKED[viewer]


def test_every_request_says_what_it_is_about(known: dict[str, Operation]) -> None:
    for request in _asked(known, Viewer.STRANGER):
        assert "{" not in request.path
        if request.target is not None:
            assert request.address is not None
            absent = unknown(request, MARKS)
            assert absent.sent != request.sent
            assert len(absent.sent) == len(request.sent)


def test_a_creation_is_repeated_with_the_key_and_body_of_another(
    known: dict[str, Operation],
) -> None:
    stranger, owner = (
        next(r for r in _asked(known, viewer) if r.operation.name == "create_post")
        for viewer in (Viewer.STRANGER, Viewer.PUBLIC)
    )
    assert stranger.body == owner.body == BODIES[Post.UNPUBLISHED]
    assert stranger.headers == owner.headers != ()
