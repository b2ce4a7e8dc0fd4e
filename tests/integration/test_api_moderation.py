"""Reports, cases and appeals through the API: who may call what, and what they are told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import pytest

from api.http import ROUTES, Route
from shutterfeed import keys
from shutterfeed.adapters.dynamodb.moderation_log import DynamoModerationLog
from shutterfeed.adapters.dynamodb.table import Table
from shutterfeed.bootstrap import aws as composed
from shutterfeed.bootstrap import notify, publish
from shutterfeed.domain.messages import MarkCopies, TellCase
from shutterfeed.domain.moderation_log import broken
from shutterfeed.domain.users import Standing
from tests import samples
from tests.integration import payloads
from tests.integration.client import Answer, Client, draft
from tests.integration.publishing import publish_at_once
from tests.integration.world import METADATA, Person, World

MOD, SECOND = Person.number(0x1001), Person.number(0x1002)
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
FOR_MODERATORS: Final = [route for route in ROUTES if route.moderators]


@pytest.fixture
def post_id(client: Client, tables: World, ada: Person, ben: Person) -> str:
    """A post of Ada's."""
    tables.create_storage()
    for person in (ada, ben, MOD, SECOND):
        client.handle(person)
    return publish_at_once(client, ada, draft(caption="Down with them"), "one")


def _moderate(
    client: Client, method: str, path: str, body: Any = None, by: Person = MOD, **query: str
) -> Answer:
    claims = payloads.moderator_claims(by.subject, client.session_began)
    return client.request(method, f"/moderation{path}", claims=claims, body=body, query=query)


def _report(client: Client, post_id: str, by: Person, reason: str = "hate") -> str:
    body = {"kind": "post", "id": post_id, "reason": reason, "note": "Look!"}
    answer = client.request("POST", "/reports", by, body=body)
    assert answer.status == 200, answer.text
    found: str = answer.json["id"]
    return found


def _act(
    client: Client, case_id: str, kind: str = "hide_post", version: int = 0, **more: Any
) -> Answer:
    body = {"kind": kind, "rule": "hate", "version": version, "statement": "It insults people."}
    return _moderate(client, "POST", f"/cases/{case_id}/actions", body | more)


def test_a_report_becomes_a_case_with_evidence_and_its_reporter_is_not_named(
    client: Client, post_id: str, ada: Person, ben: Person
) -> None:
    case_id = _report(client, post_id, ben)
    assert _report(client, post_id, ben, "spam") == case_id
    (listed,) = _moderate(client, "GET", "/cases", reason="hate").json["items"]
    assert (listed["id"], listed["reports"], listed["version"]) == (case_id, 1, 0)
    assert _moderate(client, "GET", "/cases", reason="spam").json["items"] == []
    client.patch(f"/posts/{post_id}", ada, {"caption": "Peace"})
    case = _moderate(client, "GET", f"/cases/{case_id}").json
    (evidence,) = case["evidence"]
    assert evidence["text"] == "Down with them"
    assert "/media/" in evidence["media"][0]["url"]
    (reported,) = case["reported_by"]
    assert (reported["reporter"]["id"], reported["note"]) == (ben.user_id, "Look!")
    assert case["owner"]["id"] == ada.user_id
    assert _act(client, case_id).status == 200
    for path in ("/me/statements", "/me/activity"):
        answer = client.get(path, ada)
        assert ben.user_id not in answer.text
        assert client.handle(ben) not in answer.text


def test_what_was_decided_is_told_and_undone_exactly(
    client: Client, post_id: str, ada: Person, ben: Person, tables: World
) -> None:
    before = client.get(f"/posts/{post_id}", ben).json
    case_id = _report(client, post_id, ben)
    acted = _act(client, case_id).json
    assert (acted["state"], acted["version"]) == ("decided", 1)
    assert client.get(f"/posts/{post_id}", ben).status == 404
    assert client.get(f"/posts/{post_id}", ada).error[0] == "post_not_found"
    (statement,) = client.get("/me/statements", ada).json["items"]
    assert (statement["action"], statement["rule"]) == ("hide_post", "hate")
    assert (statement["can_appeal"], statement["undone_at"]) == (True, None)
    (report,) = client.get("/me/reports", ben).json["items"]
    assert report["outcome"] == "acted"
    notify.service().take([TellCase(case_id, ada.user_id, 1)])
    tables.clock.advance(_MINUTE)
    kinds = {
        person: [
            (g["kind"], g["case_id"]) for g in client.get("/me/activity", person).json["items"]
        ]
        for person in (ada, ben)
    }
    assert kinds == {ada: [("statement", case_id)], ben: [("report_decided", case_id)]}
    undo = {"action_id": acted["actions"][0]["id"], "version": 1}
    undone = _moderate(client, "POST", f"/cases/{case_id}/undo", undo).json
    assert (undone["state"], undone["version"]) == ("open", 2)
    assert client.get(f"/posts/{post_id}", ben).json == before | {"reported_by_me": True}
    handle = client.handle(ada)
    for person, marked in ((ben, True), (ada, False)):
        (listed,) = client.get(f"/users/{handle}/posts", person).json["items"]
        assert listed["reported_by_me"] is marked
    assert client.get("/me/reports", ben).json["items"][0]["outcome"] == "open"


def test_of_two_moderators_one_wins_and_the_other_gets_the_new_state(
    client: Client, post_id: str, ben: Person
) -> None:
    case_id = _report(client, post_id, ben)
    assert _act(client, case_id).status == 200
    body = {"kind": "dismiss", "rule": "other", "version": 0}
    late = _moderate(client, "POST", f"/cases/{case_id}/actions", body, SECOND)
    assert (late.status, late.error[0]) == (409, "case_changed")
    assert (late.json["error"]["state"], late.json["error"]["version"]) == ("decided", 1)


def test_an_appeal_is_decided_by_another_moderator(
    client: Client, post_id: str, ada: Person, ben: Person
) -> None:
    case_id = _report(client, post_id, ben)
    _act(client, case_id)
    appeal = {"case_id": case_id, "text": "It is a play."}
    assert client.request("POST", "/me/appeals", ben, body=appeal).error[0] == "case_not_found"
    assert client.request("POST", "/me/appeals", ada, body=appeal).json["outcome"] == "pending"
    path, body = f"/cases/{case_id}/appeal", {"overturn": True, "version": 2}
    assert _moderate(client, "POST", path, body).error[0] == "own_decision"
    assert _moderate(client, "POST", path, body, ada).error[0] == "own_case"
    assert _moderate(client, "POST", path, body, SECOND).status == 200
    assert client.get(f"/posts/{post_id}", ben).status == 200
    assert _moderate(client, "GET", "/statistics").json["appeals_overturned"] == 1


def test_a_withheld_content_is_gone_with_its_copies_and_comes_back(
    client: Client, post_id: str, ada: Person, ben: Person, tables: World
) -> None:
    copy = publish_at_once(client, ben, draft(caption="A copy"), "two")
    sha256 = samples.sha256(b"bytes")
    case_id = _report(client, post_id, ben)
    acted = _act(client, case_id, "withhold_content").json
    copies = publish.services().copies
    assert copies.mark(MarkCopies(sha256, case_id)) == 0, "no reference was made at once"
    later = publish_at_once(client, ben, draft(caption="Another"), "three")
    assert client.get(f"/posts/{later}", ben).status == 404
    assert client.get(f"/posts/{copy}", ben).status == 200
    undo = {"action_id": acted["actions"][0]["id"], "version": 1}
    assert _moderate(client, "POST", f"/cases/{case_id}/undo", undo).status == 200
    assert tables.item(keys.withheld(sha256)) is None


def test_the_log_is_one_whole_chain(client: Client, post_id: str, ben: Person) -> None:
    case_id = _report(client, post_id, ben)
    for version in (0, 2):
        action = _act(client, case_id, version=version).json["actions"][-1]
        undo = {"action_id": action["id"], "version": version + 1}
        _moderate(client, "POST", f"/cases/{case_id}/undo", undo)
    page = _moderate(client, "GET", "/log", limit="3").json
    assert [entry["number"] for entry in page["items"]] == [4, 3, 2]
    rest = _moderate(client, "GET", "/log", limit="3", cursor=page["next_cursor"]).json["items"]
    assert [entry["kind"] for entry in rest] == ["acted"]
    assert page["items"][0]["previous"] == page["items"][1]["hash"]
    log: Table = composed.table(METADATA)
    assert broken(DynamoModerationLog(log).after(0, 100)) is None


@pytest.mark.parametrize("route", FOR_MODERATORS, ids=lambda route: route.name)
def test_only_moderators_may_moderate(client: Client, ada: Person, route: Route) -> None:
    path = route.path.format(case_id=f"user-{ada.user_id}")
    body: Mapping[str, Any] | None = {} if route.body else None
    claims = payloads.access_claims(ada.subject)
    for groups in (None, "[]", "[moderator]", "[x.moderators moderators.x]", "moderatorsx"):
        given = claims if groups is None else {**claims, "cognito:groups": groups}
        answer = client.request(route.method, path, claims=given, body=body)
        assert (answer.status, answer.error[0]) == (403, "moderators_only"), groups
    given = {**claims, "cognito:groups": "[others moderators]"}
    assert client.request(route.method, path, claims=given, body=body).status != 403


def test_whoever_is_suspended_can_read_what_was_decided_and_appeal_and_nothing_else(
    client: Client, post_id: str, ada: Person, ben: Person
) -> None:
    case_id = _report(client, post_id, ben)
    assert _act(client, case_id, "suspend", until="2099-01-01T00:00:00Z").status == 200
    assert client.get("/me/statements", ada).error[0] == "session_ended"
    client.session_began += 2 * _DAY
    me = client.get("/me", ada).json
    assert me["suspension"] == {"case_id": case_id, "until": "2099-01-01T00:00:00Z"}
    handle = me["handle"]
    assert client.get(f"/users/{handle}", ben).status == 404
    assert client.get(f"/posts/{post_id}", ben).status == 404
    (statement,) = client.get("/me/statements", ada).json["items"]
    assert statement["until"] == "2099-01-01T00:00:00Z"
    appeal = {"case_id": case_id, "text": "It is a play."}
    for route in ROUTES:
        if not route.checks_session or Standing.SUSPENDED in route.open_to:
            continue
        sample = payloads.sample(f"api/{route.name}")
        claims = payloads.moderator_claims(ada.subject, client.session_began)
        sample["requestContext"]["authorizer"]["jwt"]["claims"] = claims
        answer = client.send(sample)
        assert (answer.status, answer.error[0]) == (403, "account_suspended"), route.name
    assert client.request("POST", "/me/appeals", ada, body=appeal).status == 200


def test_a_limited_user_is_found_by_nobody_who_looks_for_something(
    client: Client, post_id: str, ada: Person, ben: Person
) -> None:
    case_id = _report(client, post_id, ben)
    assert _act(client, case_id, "limit").status == 200
    handle = client.handle(ada)
    assert client.get(f"/users/{handle}", ben).status == 200
    assert client.get(f"/posts/{post_id}", ben).status == 200
    case = _moderate(client, "GET", f"/cases/{case_id}").json
    assert case["owner"]["limited"] is True
