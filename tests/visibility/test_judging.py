"""The judge: it finds what is shown that must not be, what is missing, and what tells."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.integration.contract import document
from tests.local_stack import CELEBRITY
from tests.visibility.asking import Request, made, operations
from tests.visibility.asking import askings as ways
from tests.visibility.cast import AUTHORS, CROWDED, FOLLOWS, Post, Role, Subject, User, Viewer, role
from tests.visibility.judging import Answer, Fault, Finding, Measured, expected, judged
from tests.visibility.matrix import MATRIX
from tests.visibility.page import COMMITTED, rendered
from tests.visibility.rules import Outcome
from tests.visibility.samples import sample_marks

MARKS = sample_marks()
KNOWN = operations(document())
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NO_STORE = (("cache-control", "no-store"),)


def _request(name: str, target: Subject | None = None, way: int = 0) -> Request:
    operation, entry = KNOWN[name], MATRIX[name]
    bodies: dict[Post, Any] = {Post.UNPUBLISHED: {}, Post.AVATAR: {}}
    return made(operation, entry, ways(operation, entry)[way], target, MARKS, bodies)


def _answer(text: str, status: int = 200, headers: Sequence[tuple[str, str]] = NO_STORE) -> Answer:
    return Answer(status, tuple(headers), text)


def _user(user: User, **more: Any) -> dict[str, Any]:
    marks = MARKS.users[user]
    return {"id": marks.id, "handle": marks.handle, "display_name": marks.name, **more}


def _post(post: Post, author: User, *, url: str | None = None) -> dict[str, Any]:
    marks = MARKS.posts[post]
    link = (
        url
        or f"https://x.example/media/{marks.blob_id}/640.jpg?m={marks.media_id}&e=1772370000&s=x"
    )
    media = [{"id": marks.media_id, "alt_text": marks.alt, "url": link}]
    return {"id": marks.id, "caption": marks.word, "author": _user(author), "media": media}


def _faults(
    request: Request, viewer: Viewer, answer: Answer, absent: Answer | None = None
) -> list[tuple[Fault, Subject | None]]:
    name = MARKS.unknown().name_of(request.target) if request.target else ""
    other = absent.without(name) if absent else None
    found = judged(request, viewer, answer, other, MARKS, NOW)
    return [(finding.fault, finding.subject) for finding in found]


GONE = _answer('{"error": {"code": "post_not_found"}}', 404)


def test_a_post_that_may_be_seen_is_missed_if_it_is_not_there() -> None:
    request = _request("get_post", Post.RESTORED)
    body = json.dumps(_post(Post.RESTORED, User.PUBLIC))
    assert _faults(request, Viewer.STRANGER, _answer(body), GONE) == []
    assert set(_faults(request, Viewer.STRANGER, GONE, GONE)) == {
        (Fault.WRONG, Post.RESTORED),
        (Fault.MISSING, Post.RESTORED),
        (Fault.MISSING, User.PUBLIC),
        (Fault.TELLS, Post.RESTORED),
    }


def test_a_hidden_post_leaks_by_any_mark_of_it() -> None:
    request = _request("get_post", Post.PRIVATE)
    assert _faults(request, Viewer.STRANGER, GONE, GONE) == []
    body = json.dumps(_post(Post.PRIVATE, User.PRIVATE))
    found = _faults(request, Viewer.STRANGER, _answer(body), GONE)
    assert found.count((Fault.LEAK, Post.PRIVATE)) == 2, "itself and its files"
    assert (Fault.LEAK, User.PRIVATE) in found
    assert (Fault.TELLS, Post.PRIVATE) in found
    for mark in ("word06z", "ALT06Z", MARKS.posts[Post.PRIVATE].media_id):
        answer = _answer(GONE.text.replace("post_not_found", mark), 404)
        assert (Fault.LEAK, Post.PRIVATE) in _faults(request, Viewer.STRANGER, answer, GONE)


def test_it_leaks_in_a_header_and_in_a_token_too() -> None:
    request, hidden = _request("get_feed"), MARKS.posts[Post.DELETED].id
    token = base64.urlsafe_b64encode(b"\1" * 16 + hidden.encode()).rstrip(b"=").decode()
    for answer in (
        _answer('{"items": []}', headers=[*NO_STORE, ("x-cursor", f"at {hidden}")]),
        _answer(f'{{"items": [], "latest": "{token}"}}'),
    ):
        assert _faults(request, Viewer.STRANGER, answer) == [(Fault.LEAK, Post.DELETED)]


def test_an_answer_may_repeat_what_it_was_asked() -> None:
    request = _request("get_user", User.PRIVATE)
    handle = MARKS.users[User.PRIVATE].handle
    hidden = _answer(f"there is no user with the handle {handle}", 404)
    absent = _answer(
        f"there is no user with the handle {MARKS.unknown().users[User.PRIVATE].handle}", 404
    )
    assert _faults(request, Viewer.BLOCKED, hidden, absent) == []


@pytest.mark.parametrize(
    "absent",
    [
        _answer('{"error": {"code": "user_not_found"}}', 404),
        _answer(GONE.text, 403),
        _answer(GONE.text, 404, [*NO_STORE, ("x-more", "1")]),
    ],
)
def test_an_answer_that_differs_from_that_of_nothing_tells(absent: Answer) -> None:
    request = _request("get_post", Post.DELETED)
    assert _faults(request, Viewer.FRIEND, GONE, absent) == [(Fault.TELLS, Post.DELETED)]


def test_times_and_request_ids_tell_nothing() -> None:
    request = _request("get_post", Post.DELETED)
    first, second = (
        _answer(GONE.text, 404, [*NO_STORE, ("date", text), ("apigw-requestid", text)])
        for text in ("a", "b")
    )
    assert _faults(request, Viewer.FRIEND, first, second) == []


def test_the_lists_of_a_private_account_are_closed_and_not_gone() -> None:
    request = _request("list_followers", User.PRIVATE)
    closed, absent = _answer("private_account", 403), _answer("user_not_found", 404)
    assert _faults(request, Viewer.STRANGER, closed, absent) == []
    assert _faults(request, Viewer.STRANGER, absent, absent) == [(Fault.TELLS, User.PRIVATE)]
    assert _faults(request, Viewer.BLOCKER, closed, absent) == [(Fault.TELLS, User.PRIVATE)]


def test_whoever_is_hidden_is_left_out_of_lists_and_others_are_not() -> None:
    request = _request("list_following", User.FRIEND)
    there = {User.FRIEND, User.SUSPENDED, User.CLOSED}
    everybody = [_user(user) for user in User if user not in there]
    whole, absent = _answer(json.dumps({"items": everybody})), _answer("no", 404)
    assert _faults(request, Viewer.STRANGER, whole, absent) == []
    found = _faults(request, Viewer.BLOCKED, whole, absent)
    assert {subject for fault, subject in found if fault is Fault.LEAK} == {
        User.PUBLIC,
        User.PRIVATE,
        User.UNLISTED,
        User.CELEBRITY,
    }
    empty = _answer('{"items": []}')
    assert set(_faults(request, Viewer.BLOCKED, empty, absent)) == {
        (Fault.MISSING, User.ASKER),
        (Fault.MISSING, User.LIMITED),
    }
    for user in (User.SUSPENDED, User.CLOSED):
        more = _answer(json.dumps({"items": [*everybody, _user(user)]}))
        assert _faults(request, Viewer.STRANGER, more, absent) == [(Fault.LEAK, user)]
    assert _faults(_request("list_following", User.FRIEND, 1), Viewer.BLOCKED, empty, absent) == []


def test_nobody_is_told_how_many_posts_a_private_account_has() -> None:
    request, absent = _request("get_user", User.PRIVATE), _answer("no", 404)
    for number, seen in ((None, Viewer.STRANGER), (1, Viewer.FRIEND)):
        body = {"user": _user(User.PRIVATE, counts={"followers": 3, "posts": number})}
        answer = _answer(json.dumps(body))
        assert _faults(request, seen, answer, absent) == []
        other = Viewer.STRANGER if seen is Viewer.FRIEND else Viewer.FRIEND
        assert _faults(request, other, answer, absent) == [(Fault.WRONG, User.PRIVATE)]


def test_links_to_what_not_everybody_may_see_are_short_lived() -> None:
    blob = MARKS.posts[Post.PRIVATE].blob_id
    for hours, wrong in ((1.9, []), (3, [(Fault.WRONG, Post.PRIVATE)])):
        expiry = int(NOW.timestamp() + hours * 3600)
        body = _post(
            Post.PRIVATE, User.PRIVATE, url=f"https://x/media/{blob}/150.jpg?m=x&e={expiry}&s=x"
        )
        request = _request("get_post", Post.PRIVATE)
        assert _faults(request, Viewer.FRIEND, _answer(json.dumps(body)), GONE) == wrong


def test_a_sensitive_post_has_a_card_without_its_files() -> None:
    request = _request("get_page", Post.SENSITIVE)
    marks, absent = MARKS.posts[Post.SENSITIVE], _answer("<html>", 404, ())
    author = MARKS.users[User.PUBLIC].handle
    bare = f"<html>{marks.word} by {author}"
    assert _faults(request, Viewer.SIGNED_OUT, _answer(bare, headers=()), absent) == []
    with_files = _answer(f'{bare} <meta content="https://x/{marks.blob_id}/1.jpg">', headers=())
    assert _faults(request, Viewer.SIGNED_OUT, with_files, absent) == [(Fault.LEAK, Post.SENSITIVE)]


def test_who_is_not_signed_in_is_refused_everything_else() -> None:
    for viewer in (Viewer.SIGNED_OUT, Viewer.EXPIRED):
        request = _request("get_post", Post.PUBLIC)
        refused = _answer('{"message": "Unauthorized"}', 401, ())
        assert _faults(request, viewer, refused, refused) == []
        body = json.dumps(_post(Post.PUBLIC, User.PUBLIC))
        assert (Fault.LEAK, Post.PUBLIC) in _faults(request, viewer, _answer(body), refused)


def test_no_cache_may_keep_what_is_for_one_user() -> None:
    kept = _answer('{"items": []}', headers=[("cache-control", "max-age=60")])
    assert _faults(_request("list_blocks"), Viewer.STRANGER, kept) == [(Fault.WRONG, None)]


def test_whoever_is_suspended_or_has_closed_the_account_is_told_so_and_nothing_else() -> None:
    request = _request("list_blocks")
    for viewer, code in (
        (Viewer.SUSPENDED, "account_suspended"),
        (Viewer.CLOSED, "account_closed"),
    ):
        refused = _answer(f'{{"error": {{"code": "{code}"}}}}', 403)
        assert _faults(request, viewer, refused) == []
        for wrong in (_answer('{"items": []}'), _answer(refused.text, 404), _answer("{}", 403)):
            assert _faults(request, viewer, wrong) == [(Fault.WRONG, None)]
        own = _answer(json.dumps(_user(User[viewer.name])))
        assert _faults(_request("get_me"), viewer, own) == []
        assert _faults(_request("get_me"), viewer, refused) == [(Fault.WRONG, None)]


def test_a_case_is_for_moderators_and_only_where_there_is_one() -> None:
    request, absent = _request("get_case", Post.TAKEN_DOWN), _answer("case_not_found", 404)
    case = _answer(json.dumps(_post(Post.TAKEN_DOWN, User.CELEBRITY)))
    assert _faults(request, Viewer.MODERATOR, case, absent) == []
    assert (Fault.WRONG, Post.TAKEN_DOWN) in _faults(request, Viewer.STRANGER, case, case)
    refused = _answer('{"error": {"code": "moderators_only"}}', 403)
    for viewer in (Viewer.STRANGER, Viewer.SUSPENDED):
        assert _faults(request, viewer, refused, refused) == []
    other = _request("get_case", Post.CELEBRITY)
    assert _faults(other, Viewer.MODERATOR, absent, absent) == []
    assert (Fault.TELLS, Post.CELEBRITY) in _faults(other, Viewer.MODERATOR, case, absent)


def test_a_report_of_what_is_hidden_is_answered_like_one_of_nothing() -> None:
    absent, made = _answer(GONE.text, 404), _answer('{"outcome": "open"}')
    for post, right in ((Post.PUBLIC, made), (Post.PRIVATE, absent), (Post.WITHHELD, absent)):
        request = _request("create_report", post)
        assert request.body["id"] == MARKS.posts[post].id
        assert _faults(request, Viewer.MODERATOR, right, absent) == []
        wrong = made if right is absent else absent
        assert _faults(request, Viewer.MODERATOR, wrong, absent) == [(Fault.TELLS, post)]
    removed = _request("create_report", Post.SILENCED, 1)
    assert removed.body["id"] == MARKS.posts[Post.SILENCED].comment_id
    assert _faults(removed, Viewer.MODERATOR, made, absent) == [(Fault.TELLS, Post.SILENCED)]


def test_a_failure_of_the_service_is_a_fault() -> None:
    assert _faults(_request("get_me"), Viewer.STRANGER, _answer("{}", 500)) == [(Fault.WRONG, None)]


def test_everybody_is_what_the_cast_says() -> None:
    assert role(Viewer.ASKER, User.PRIVATE) is Role.REQUESTER
    assert role(Viewer.ASKER, User.PUBLIC) is Role.STRANGER
    assert role(Viewer.FRIEND, User.PRIVATE) is Role.FOLLOWER
    assert role(Viewer.BLOCKED, User.FRIEND) is Role.FOLLOWER
    assert role(Viewer.BLOCKED, User.ASKER) is Role.STRANGER
    assert role(Viewer.PUBLIC, User.CELEBRITY) is Role.FOLLOWER
    assert role(Viewer.PUBLIC, User.PUBLIC) is Role.OWNER
    assert role(Viewer.PUBLIC, User.PRIVATE) is Role.STRANGER
    assert role(Viewer.EXPIRED, User.FRIEND) is Role.EXPIRED


def test_only_those_who_are_crowded_have_the_followers_of_a_celebrity() -> None:
    """Lists of their followers come in many pages, and their posts are pulled."""
    others = {Viewer.MUTING, Viewer.DELETED}
    for user in User:
        users = {follower for follower, followee in FOLLOWS if followee is user}
        persons = {v for v in others if role(v, user) in (Role.MUTING, Role.DELETED)}
        # Those who are cut follow one after the other, before the account is deleted.
        most = len(users) + max(len(persons), len(persons - {Viewer.DELETED}) + 1)
        if user in AUTHORS:
            assert (most >= CELEBRITY) is (user in CROWDED), user


def test_only_the_one_who_is_asked_expects_the_request() -> None:
    asked = _request("list_requests")
    assert expected(asked, Viewer.PRIVATE).shown == {User.ASKER}
    assert expected(asked, Viewer.PUBLIC).shown == frozenset()
    assert expected(asked, Viewer.EXPIRED).outcome is Outcome.REFUSED


def test_the_committed_page_is_what_the_rules_say() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == rendered(), "run `make visibility`"


def test_the_measured_page_names_every_fault_where_it_is() -> None:
    measured = Measured()
    for text in ('{"items": []}', json.dumps(_post(Post.PRIVATE, User.PRIVATE))):
        measured.add(_request("list_tagged"), Viewer.STRANGER, _answer(text), None, MARKS, NOW)
    page = rendered(measured)
    assert "2 requests" in page
    assert "· **leak**" in page
    assert "● **missing**" in page
    detail = str(Finding(Fault.LEAK, "list_tagged", Viewer.STRANGER, Post.PRIVATE, "its files: "))
    assert detail in page
