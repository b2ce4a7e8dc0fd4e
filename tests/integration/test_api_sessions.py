"""Signing out everywhere: which tokens are refused then, where, and for how long."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from api.http import ROUTES
from operations.deployment import Deployment
from operations.sign_out import sign_out
from tests.integration import payloads
from tests.integration.client import Answer, Client, draft
from tests.integration.conftest import forget_services
from tests.integration.publishing import publish_at_once
from tests.integration.world import Person, World, aws
from tools.errors import ToolError

WRITES = [route for route in ROUTES if route.writes and route.checks_session]
LOOKING = [route for route in WRITES if route.reads_session]
READS = [route for route in ROUTES if not route.writes and route.checks_session]


def _claims(person: Person, world: World) -> dict[str, str]:
    """Those of a session that begins now."""
    return payloads.access_claims(person.subject, world.clock.now())


@pytest.fixture
def accounts(
    client: Client, tables: World, monkeypatch: pytest.MonkeyPatch, ada: Person, ben: Person
) -> World:
    tables.create_accounts(ada, ben)
    monkeypatch.setenv("USER_POOL_ID", tables.user_pool_id)
    forget_services()
    client.handle(ada)
    client.handle(ben)
    return tables


def _sign_out_everywhere(client: Client, claims: dict[str, str]) -> Answer:
    return client.request("POST", "/me/sign-out-everywhere", claims=claims)


def test_it_ends_all_sessions_and_no_later_one(
    client: Client, accounts: World, ada: Person, ben: Person
) -> None:
    sessions = []
    for _ in range(2):
        accounts.clock.advance(timedelta(seconds=1))
        sessions.append(_claims(ada, accounts))
    bens = _claims(ben, accounts)
    assert client.request("GET", "/me", claims=sessions[0]).status == 200

    assert _sign_out_everywhere(client, sessions[1]).status == 204

    accounts.clock.advance(timedelta(seconds=1))
    later = _claims(ada, accounts)
    for path in ("/me", "/feed"):
        for ended in sessions:
            answer = client.request("GET", path, claims=ended)
            assert (answer.status, answer.error) == (401, ("session_ended", None))
        for good in (bens, later):
            assert client.request("GET", path, claims=good).status == 200


def test_an_ended_session_is_shown_nothing_of_its_own_user(
    client: Client, accounts: World, ada: Person
) -> None:
    claims = _claims(ada, accounts)
    headers = {"Idempotency-Key": "key"}
    made = client.request("POST", "/posts", claims=claims, body=draft(), headers=headers).json
    handle = made["post"]["author"]["handle"]
    paths = (f"/posts/{made['post']['id']}", f"/users/{handle}", f"/users/{handle}/posts")
    for path in paths:
        assert client.request("GET", path, claims=claims).status == 200
    _sign_out_everywhere(client, claims)
    for path in paths:
        assert client.request("GET", path, claims=claims).error == ("session_ended", None)


def test_an_ended_session_reads_nothing(client: Client, accounts: World, ada: Person) -> None:
    claims = payloads.moderator_claims(ada.subject, accounts.clock.now())
    _sign_out_everywhere(client, claims)
    for route in READS:
        sample = payloads.sample(f"api/{route.name}")
        sample["requestContext"]["authorizer"]["jwt"]["claims"] = claims
        answer = client.send(sample)
        assert (answer.status, answer.error) == (401, ("session_ended", None)), route.name


@pytest.mark.parametrize("route", WRITES, ids=lambda route: route.name)
def test_an_ended_session_writes_nothing(
    client: Client, accounts: World, ada: Person, route: Any
) -> None:
    claims = payloads.moderator_claims(ada.subject, accounts.clock.now())
    _sign_out_everywhere(client, claims)
    path = route.path.format_map(dict.fromkeys(route.parameters, "someone"))
    answer = client.request(route.method, path, claims=claims, body={})
    assert (answer.status, answer.error) == (401, ("session_ended", None))


@pytest.mark.parametrize("route", LOOKING, ids=lambda route: route.name)
def test_it_writes_nothing_either_if_all_else_is_right(
    client: Client, accounts: World, ada: Person, ben: Person, route: Any
) -> None:
    """The routes are those whose services look at the session with their first read."""
    post_id = publish_at_once(client, ben, draft(caption="here"), "key")
    said, headers = {"text": "A heron"}, {"Idempotency-Key": "key"}
    comments = f"/posts/{post_id}/comments"
    comment = client.request("POST", comments, ben, body=said, headers=headers).json
    [medium] = client.request("GET", f"/posts/{post_id}", ben).json["media"]
    ids = {"id": post_id, "comment_id": comment["id"], "media_id": medium["id"]}
    path = route.path.format(**ids, tag="birds")
    claims = _claims(ada, accounts)
    _sign_out_everywhere(client, claims)
    before = _items(accounts)
    body = said if route.body else None
    answer = client.request(route.method, path, claims=claims, body=body, headers=headers)
    assert (answer.status, answer.error) == (401, ("session_ended", None))
    assert _items(accounts) == before


def _items(world: World) -> Any:
    return aws("dynamodb").scan(TableName=world.metadata.name)["Items"]


def test_repeated_by_the_ended_session_it_leaves_later_ones_alone(
    client: Client, accounts: World, ada: Person
) -> None:
    first = _claims(ada, accounts)
    assert _sign_out_everywhere(client, first).status == 204
    accounts.clock.advance(timedelta(seconds=2))
    later = _claims(ada, accounts)
    accounts.clock.advance(timedelta(seconds=2))
    assert _sign_out_everywhere(client, first).status == 204
    assert client.request("GET", "/me", claims=later).status == 200


def test_an_account_that_is_gone_can_still_be_signed_out(
    client: Client, accounts: World, ada: Person
) -> None:
    aws("cognito-idp").admin_delete_user(UserPoolId=accounts.user_pool_id, Username=ada.subject)
    claims = _claims(ada, accounts)
    assert _sign_out_everywhere(client, claims).status == 204
    assert client.request("GET", "/me", claims=claims).status == 401


@pytest.mark.parametrize("auth_time", [None, "", "soon", "1e3", "9" * 30])
def test_a_token_that_does_not_say_when_its_session_began_is_refused(
    client: Client, ada: Person, auth_time: str | None
) -> None:
    claims: dict[str, Any] = payloads.access_claims(ada.subject)
    del claims["auth_time"]
    if auth_time is not None:
        claims["auth_time"] = auth_time
    answer = client.request("GET", "/users/ada", claims=claims)
    assert (answer.status, answer.error) == (401, ("unauthenticated", None))


@pytest.mark.parametrize("handle", ["ada", "@Ada"])
def test_an_operator_ends_all_sessions_of_a_user(
    client: Client, accounts: World, ada: Person, ben: Person, handle: str
) -> None:
    client.patch("/me", ada, {"handle": "ada"})
    claims = _claims(ada, accounts)
    outputs = {
        "MetadataTableName": accounts.metadata.name,
        "UserPoolId": accounts.user_pool_id,
    }
    deployment = Deployment(aws, "test", outputs)
    assert sign_out(deployment, handle, accounts.clock) == ada.subject
    assert client.request("GET", "/me", claims=claims).error == ("session_ended", None)
    assert client.get("/me", ben).status == 200
    with pytest.raises(ToolError, match="Nobody has the handle"):
        sign_out(deployment, "nobody", accounts.clock)
