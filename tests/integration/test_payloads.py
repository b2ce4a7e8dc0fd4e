"""The samples in `events/` are whole, alike, and good for invoking the functions with."""

from __future__ import annotations

import hashlib
import json

import pytest

from api.http import PREFIX
from tests import batches
from tests.integration import contract, payloads
from tests.integration.client import Client
from tests.integration.conftest import forget_services
from tests.integration.pipeline import WORKERS, invoke
from tests.integration.world import Person, World

FOLDERS = ("api", "cognito", "s3", "sqs", "stream")
REQUESTS = payloads.sample_names("api")
BATCHES = payloads.sample_names("sqs")
CHANGES = payloads.sample_names("stream")
SUBJECT = payloads.sample("api/get_me")["requestContext"]["authorizer"]["jwt"]["claims"]["sub"]
STRANGERS = {"id", "media_id", "comment_id", "collection_id", "export_id", "case_id"}
"""The parameters of paths by which samples name what is not there."""
_WHAT = ("post", "upload", "comment", "collection", "export", "case")
NOT_FOUND = {
    *((f"{what}_not_found", None) for what in _WHAT),
    ("page_not_found", "url"),
}
NAMED_ELSEWHERE = {"get_oembed", "create_report", "create_appeal"}
"""The operations whose samples name what is not there in the query or the body."""
ANSWERED_ALIKE = {"untag_me", "delete_collection"}
"""The operations that answer alike whether there was something to remove or not."""


def test_every_operation_has_its_sample_request() -> None:
    operations = {operation["operationId"] for _, _, operation in contract.operations()}
    assert {name.removeprefix("api/") for name in REQUESTS} == operations


def test_every_queue_has_its_sample_batch() -> None:
    for file, text in batches.rendered():
        assert file.read_text() == text, "run `make events`"
    names = {name.removeprefix("sqs/").replace("_", "-") for name in BATCHES}
    assert names == {*WORKERS, "ingest-test-event"}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_sample_request_is_answered(
    client: Client, tables: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    if name in {"api/sign_out_everywhere", "api/close_account"}:
        tables.create_accounts()
        monkeypatch.setenv("USER_POOL_ID", tables.user_pool_id)
        forget_services()
    if name == "api/get_page":
        tables.create_site()
    ben = Person.number(1)
    client.patch("/me", ben, {"handle": "ben"})
    # So that Ada can accept Ben, which is answered alike however often it is sent.
    client.put(f"/me/following/{client.handle(Person(SUBJECT))}", ben)
    event = payloads.sample(name)
    answer = client.send(event)
    assert answer.status == _expected(name.removeprefix("api/"))
    http = event["requestContext"]["http"]
    assert event["routeKey"] == event["requestContext"]["routeKey"]
    assert (event["rawPath"], event["routeKey"].split()[0]) == (http["path"], http["method"])
    assert event["rawPath"].startswith(f"{PREFIX}/")
    assert answer.status != 404 or answer.error in NOT_FOUND


def _expected(name: str) -> int:
    """The status that the document gives a success, or 404 if the path names a stranger."""
    [operation] = [o for _, _, o in contract.operations() if o["operationId"] == name]
    named = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
    is_strange = (named & STRANGERS and name not in ANSWERED_ALIKE) or name in NAMED_ELSEWHERE
    return 404 if is_strange else min(map(int, operation["responses"]))


def test_sample_requests_play_together(client: Client) -> None:
    """Signed in as Ada, one after another: profile, follow, post, ledger."""
    client.patch("/me", Person.number(1), {"handle": "ben"})
    for name in ("get_me", "edit_me", "follow", "create_post"):
        assert client.send(payloads.sample(f"api/{name}")).status in {200, 201}
    me = client.get("/me", Person(SUBJECT)).json
    assert (me["handle"], me["counts"]["following"]) == ("ada", 1)
    assert len(client.send(payloads.sample("api/list_uploads")).json["items"]) == 1


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("name", [n for n in BATCHES if n != "sqs/ingest_test_event"])
def test_a_sample_batch_is_understood(name: str) -> None:
    event = payloads.sample(name)
    queue = name.removeprefix("sqs/").replace("_", "-")
    assert invoke(queue, event) == {"batchItemFailures": []}
    assert len({record["messageId"] for record in event["Records"]}) == len(event["Records"])
    for record in event["Records"]:
        assert record["eventSourceARN"].endswith(f":{queue}")
        assert record["md5OfBody"] == hashlib.md5(record["body"].encode()).hexdigest()


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("name", CHANGES)
def test_a_sample_change_is_understood(name: str) -> None:
    event = payloads.sample(name)
    assert invoke("stream", event) == {"batchItemFailures": []}
    for record in event["Records"]:
        change = record["dynamodb"]
        images = ("OldImage" in change, "NewImage" in change)
        assert {"INSERT": (False, True), "MODIFY": (True, True), "REMOVE": (True, False)}[
            record["eventName"]
        ] == images
        assert all(change["Keys"].items() <= change[i].items() for i in change if "Image" in i)
        by_ttl = record.get("userIdentity", {}).get("principalId") == "dynamodb.amazonaws.com"
        assert by_ttl is name.endswith("_expired")


def test_the_notifications_are_what_the_queue_carries() -> None:
    for alone, queued in (("object_created", "ingest"), ("test_event", "ingest_test_event")):
        (record,) = payloads.sample(f"sqs/{queued}")["Records"]
        assert json.loads(record["body"]) == payloads.sample(f"s3/{alone}")


def test_no_sample_is_left_unread() -> None:
    files = {path.relative_to(payloads.EVENTS) for path in payloads.EVENTS.rglob("*.json")}
    assert {path.parts[0] for path in files} == set(FOLDERS)
