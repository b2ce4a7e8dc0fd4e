"""Closing an account through the API: what is answered from then on, and what the workers erase."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from moto.sqs.models import sqs_backends

from api.http import ROUTES
from operations import close as closing
from operations.close import close
from operations.deployment import Deployment
from operations.erasure_sweep import Sweep
from operations.everything import DeployedEverything
from shutterfeed import keys
from shutterfeed.domain.traces import Person as Sought
from shutterfeed.domain.users import Standing
from shutterfeed.services.erasure_scan import ErasureScan
from tests.conftest import REGION
from tests.integration import payloads
from tests.integration.client import Answer, Client, draft
from tests.integration.conftest import forget_services
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish, publish_at_once, set_avatar
from tests.integration.world import ACCOUNT, FEED, METADATA, SEARCH, UPLOADS, Person, World, aws
from tests.pictures import jpeg

REFUSED = [
    route
    for route in ROUTES
    if route.checks_session and not (Standing.CLOSED in route.open_to or route.moderators)
]
MINUTE = timedelta(minutes=1)


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


def _signed_in(person: Person, world: World) -> dict[str, str]:
    """The claims of a session that begins now."""
    claims = payloads.access_claims(person.subject)
    return claims | {"auth_time": str(int(world.clock.now().timestamp()))}


def _close(client: Client, world: World, person: Person) -> Answer:
    answer = client.request("POST", "/me/closing", claims=_signed_in(person, world))
    world.clock.advance(MINUTE)
    return answer


def test_a_closed_account_is_hidden_at_once_and_comes_back_as_it_was(
    client: Client, accounts: World, ada: Person, ben: Person
) -> None:
    post_id = publish_at_once(client, ada, draft(), "key")
    handle = client.handle(ada)
    before = client.get(f"/posts/{post_id}", ben).json
    closing = _close(client, accounts, ada)
    assert closing.status == 200
    assert closing.json["closed_at"] < closing.json["erased_at"]
    for path in (f"/posts/{post_id}", f"/users/{handle}", f"/users/{handle}/posts"):
        assert client.get(path, ben).status == 404
    for path in (f"/public/posts/{post_id}", f"/public/users/{handle}"):
        assert client.get(path).status == 404
    later = _signed_in(ada, accounts)
    assert client.request("GET", "/me", claims=later).json["closing"] == closing.json
    for path in ("/feed", f"/posts/{post_id}", "/me/activity"):
        answer = client.request("GET", path, claims=later)
        assert (answer.status, answer.error) == (403, ("account_closed", None))
    for _ in range(2):
        assert client.request("DELETE", "/me/closing", claims=later).status == 204
    assert client.request("GET", "/me", claims=later).json["closing"] is None
    after = client.get(f"/posts/{post_id}", ben).json
    assert (after["id"], after["author"], after["counts"]) == (
        *(before[name] for name in ("id", "author", "counts")),
    )


def test_closing_takes_a_recent_sign_in_and_ends_it(
    client: Client, accounts: World, ada: Person
) -> None:
    claims = _signed_in(ada, accounts)
    accounts.clock.advance(5 * MINUTE)
    refused = client.request("POST", "/me/closing", claims=claims)
    assert (refused.status, refused.error) == (403, ("recent_sign_in_required", None))
    claims = _signed_in(ada, accounts)
    first = client.request("POST", "/me/closing", claims=claims)
    assert client.request("GET", "/me", claims=claims).error == ("session_ended", None)
    again = client.request("POST", "/me/closing", claims=claims)
    assert (again.status, again.json) == (first.status, first.json)


def test_whoever_has_closed_the_account_comes_back_or_exports_and_does_nothing_else(
    client: Client, accounts: World, ada: Person
) -> None:
    _close(client, accounts, ada)
    for route in REFUSED:
        path = route.path.format_map(dict.fromkeys(route.parameters, "someone"))
        answer = client.request(route.method, path, claims=_signed_in(ada, accounts), body={})
        assert (answer.status, answer.error) == (403, ("account_closed", None)), route.name
    open_ones = {route.name for route in ROUTES if Standing.CLOSED in route.open_to}
    exports = {"create_export", "list_exports", "delete_export"}
    assert open_ones == {"get_me", "close_account", "reopen_account", *exports}


# The workers, to the end.


@pytest.fixture
def erasing(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, ada: Person, ben: Person) -> World:
    """A world where accounts are erased a minute after they were closed."""
    world = pipeline.world
    world.create_accounts(ada, ben)
    monkeypatch.setenv("USER_POOL_ID", world.user_pool_id)
    monkeypatch.setenv("CLOSING_DAYS", "0")
    forget_services()
    return world


def _everything(client: Client, pipeline: Pipeline, ada: Person, ben: Person) -> str:
    """Ada and Ben have to do with each other; the id of a post of Ben's."""
    shared, hers = jpeg(8, 8, 1), jpeg(8, 8, 2)
    handles = {person: client.handle(person) for person in (ada, ben)}
    adas = publish(client, pipeline, ada, [shared, hers], "a", caption="a #sea of lakes")
    bens = publish(client, pipeline, ben, [shared], "b", caption="a #sea of birds")
    set_avatar(client, pipeline, ada, jpeg(8, 8, 3))
    client.create_post(ada, draft([jpeg(8, 8, 4)]), "never-comes")
    for one, other, post in ((ada, ben, bens), (ben, ada, adas)):
        _put(client, one, f"/me/following/{handles[other]}")
        _put(client, one, f"/posts/{post}/like")
        _put(client, one, f"/posts/{post}/save")
        root = _comment(client, one, post, "a root")
        _comment(client, other, post, "a reply", root)
        _put(client, other, f"/comments/{root}/like")
    _put(client, ada, "/me/hashtags/sea")
    _put(client, ben, f"/me/mutes/{handles[ada]}", {})
    pipeline.run()
    client.get("/feed", ada)
    client.get("/feed", ben)
    pipeline.run()
    return bens


def _put(client: Client, person: Person, path: str, body: Any = None) -> None:
    answer = client.request("PUT", path, person, body=body)
    assert answer.status < 300, answer.text


def _comment(client: Client, who: Person, post: str, text: str, reply_to: str | None = None) -> str:
    headers = {"Idempotency-Key": f"{who.subject}-{post}-{text.replace(' ', '-')}"}
    body = {"text": text, "reply_to": reply_to}
    made = client.request("POST", f"/posts/{post}/comments", who, body=body, headers=headers)
    return str(made.json["id"])


def _run(pipeline: Pipeline) -> None:
    """Let all happen that follows, also what waits for some minutes."""
    for _ in range(60):
        pipeline.run()
        waiting = [
            message
            for queue in sqs_backends[ACCOUNT][REGION].queues.values()
            for message in queue._messages
            if message.delayed_until
        ]
        if not waiting:
            return
        pipeline.world.clock.advance(MINUTE)
        for message in waiting:
            message.delayed_until = 0
    raise AssertionError("there is no end to it")


def _deployment(world: World) -> Deployment:
    outputs = {
        "MetadataTableName": METADATA,
        "FeedTableName": FEED,
        "SearchEngine": "dynamodb",
        "SearchTarget": SEARCH,
        "UserPoolId": world.user_pool_id,
        "OriginalsBucketName": "shutterfeed-test-originals",
        "BackupDays": "35",
    }
    return Deployment(aws, "test", outputs)


def test_nothing_is_left_of_an_erased_account_and_others_keep_what_is_theirs(
    client: Client, erasing: World, pipeline: Pipeline, ada: Person, ben: Person
) -> None:
    bens = _everything(client, pipeline, ada, ben)
    handle = client.handle(ada)
    assert _close(client, erasing, ada).status == 200
    _run(pipeline)

    aws("sqs").create_queue(QueueName="shutterfeed-test-collect-dlq")
    sought = Sought(ada.user_id, ada.subject, None, (handle,))
    scan, deployment = ErasureScan(DeployedEverything(_deployment(erasing))), _deployment(erasing)
    # What others have muted and saved goes with the receipt.
    scan.look([sought], lambda _: None, Sweep.of(deployment, erasing.clock).remove)
    findings = scan.look([sought], lambda _: None).findings
    named = [f"{stored.kind} {stored.where}" for stored in findings.named(ada.user_id)]
    left = {kind for kind in findings.left(ada.user_id) if kind != ("bucket uploads", "object")}
    assert left == set(), named
    # Uploads go by the bucket's lifecycle, which goes by their tags, and copies by their keys.
    for key in erasing.objects(UPLOADS):
        assert not key.startswith(keys.UPLOADED) or erasing.upload_tags(key), key
    post = client.get(f"/posts/{bens}", ben).json
    assert post["media"][0]["renditions"], "the content that both have posted"
    assert post["counts"] == {"likes": 0, "comments": 1}
    me = client.get("/me", ben).json
    assert me["counts"] == {"followers": 0, "following": 0, "posts": 1}
    assert erasing.item(keys.gone(ada.user_id)) is not None
    assert client.request("GET", "/me", ada).status == 401
    assert pipeline.failures == []


def test_an_operator_closes_an_account_and_has_it_erased(
    client: Client,
    erasing: World,
    pipeline: Pipeline,
    ada: Person,
    ben: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The queues of these worlds have no prefix.
    monkeypatch.setattr(closing, "queues", lambda _: {"erase": erasing.queue_url("erase")})
    client.handle(ben)
    publish(client, pipeline, ada, [jpeg(8, 8, 1)], "a")
    handle, deployment = client.handle(ada), _deployment(erasing)
    deployment = replace(deployment, client_for=_client_for)
    at = close(deployment, handle, clock=erasing.clock)
    assert at - erasing.clock.now() > timedelta(days=29)
    assert client.get(f"/users/{handle}", ben).status == 404
    sooner = close(deployment, handle, erase_now=True, clock=erasing.clock)
    assert sooner < at
    erasing.clock.advance(MINUTE)
    _run(pipeline)
    assert erasing.item(keys.profile(ada.user_id)) is None


def _client_for(service: str) -> Any:
    return _Lambda() if service == "lambda" else aws(service)


class _Lambda:
    """The API's function, as an operator asks for its settings."""

    def get_function_configuration(self, **_: Any) -> Any:
        return {"Environment": {"Variables": {"CLOSING_DAYS": "30"}}}


def test_a_note_that_expires_begins_the_erasure(
    client: Client, erasing: World, pipeline: Pipeline, ada: Person
) -> None:
    client.handle(ada)
    assert _close(client, erasing, ada).status == 200
    for queue in sqs_backends[ACCOUNT][REGION].queues.values():
        queue._messages.clear()
    erasing.clock.advance(MINUTE)
    erasing.expire(keys.closing(ada.user_id))
    _run(pipeline)
    assert erasing.item(keys.profile(ada.user_id)) is None
