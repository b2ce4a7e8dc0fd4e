"""Limits over HTTP: 429 with how long to wait, and what is free."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from api import http
from shutterfeed.domain.limits import Allowance
from tests.integration import contract
from tests.integration.client import Answer, Client, declared, draft
from tests.integration.conftest import forget_services
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish
from tests.integration.world import Person, World
from tests.limits import PLENTY, plenty_but, setting
from tests.pictures import jpeg

PHOTO = jpeg(64, 48)
NAMES = ("posts", "files", "bytes", "follows", "likes", "changes", "originals")


@pytest.fixture
def scarce(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Two of everything at once, and then one a minute; of bytes, two photos."""
    limits = {name: Allowance(2, 60) for name in NAMES} | {
        "bytes": Allowance(2 * len(PHOTO), 60 * len(PHOTO))
    }
    monkeypatch.setenv("LIMITS", setting(plenty_but(**limits)))
    forget_services()
    return client


def _is_told(answer: Answer, limit: str) -> None:
    """A limit is told in the documented form. The clock moves on by a millisecond a reading."""
    assert answer.status == 429
    error = answer.json["error"]
    assert error.keys() == {"code", "message", "field", "limit", "retry_after"}
    assert (error["code"], error["limit"], error["field"]) == ("limit_reached", limit, None)
    assert error["message"].endswith("seconds.")
    assert 59 <= error["retry_after"] <= 60
    assert answer.headers["Retry-After"] == str(error["retry_after"])
    assert answer.headers["Cache-Control"] == "no-store"


def test_posts_and_avatars_share_a_limit(scarce: Client, world: World, ada: Person) -> None:
    assert scarce.create_post(ada, draft([PHOTO]), key="one").status == 201
    headers = {"Idempotency-Key": "two"}
    avatar = scarce.request("POST", "/me/avatar", ada, body=declared(PHOTO), headers=headers)
    assert avatar.status == 201
    refused = scarce.create_post(ada, draft([PHOTO]), key="three")
    assert refused.status == 429
    assert refused.json["error"]["limit"] in {"posts", "files", "bytes"}
    repeated = scarce.create_post(ada, draft([PHOTO]), key="one")
    assert repeated.status == 201
    assert len(scarce.get("/me/uploads", ada).json["items"]) == 2
    world.clock.instant += timedelta(hours=1)
    assert scarce.create_post(ada, draft([PHOTO]), key="three").status == 201


def test_follows_are_limited(scarce: Client, ada: Person) -> None:
    handles = [scarce.handle(Person.number(number)) for number in (1, 2, 3)]
    answers = [scarce.put(f"/me/following/{handle}", ada) for handle in handles]
    assert [answer.status for answer in answers] == [200, 200, 429]
    _is_told(answers[2], "follows")
    assert scarce.put(f"/me/following/{handles[0]}", ada).status == 200, "followed already"
    assert scarce.delete(f"/me/following/{handles[0]}", ada).status == 200, "never limited"
    assert scarce.get("/me", ada).json["counts"]["following"] == 1


def test_changes_are_limited(scarce: Client, ada: Person) -> None:
    bios = [scarce.patch("/me", ada, {"bio": f"{n}"}) for n in range(3)]
    _is_told(bios[2], "changes")
    assert scarce.get("/me", ada).json["bio"] == "1"


def test_changed_and_restored_posts_are_limited_and_deleting_is_not(
    scarce: Client, pipeline: Pipeline, ada: Person
) -> None:
    path = f"/posts/{publish(scarce, pipeline, ada, [PHOTO])}"
    assert scarce.patch(path, ada, {"caption": "one"}).status == 200
    for status in (200, 429):
        assert scarce.delete(path, ada).status == 204
        assert scarce.request("POST", f"{path}/restore", ada).status == status
    _is_told(scarce.request("POST", f"{path}/restore", ada), "changes")


def test_new_copies_of_originals_are_limited(
    scarce: Client, pipeline: Pipeline, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    plenty = plenty_but(originals=Allowance(2, 60))
    monkeypatch.setenv("LIMITS", setting(plenty))
    forget_services()
    for number in range(3):
        publish(scarce, pipeline, ada, [jpeg(64, 48 + number)], key=f"key-{number}")
    paths = [
        f"/me/uploads/{entry['media_id']}/original"
        for entry in scarce.get("/me/uploads", ada).json["items"]
    ]
    answers = [scarce.get(path, ada) for path in paths]
    assert [answer.status for answer in answers] == [200, 200, 429]
    _is_told(answers[2], "originals")
    assert scarce.get(paths[0], ada).status == 200, "the copy that is there"


def test_whatever_is_not_limited_takes_back_or_ends_what_was_limited() -> None:
    """That each limited route takes of a bucket, `test_api_repeats` says."""
    free = {route.name for route in http.ROUTES if route.writes and not route.limited}
    taking_back = {route.name for route in http.ROUTES if route.method == "DELETE"}
    assert free - taking_back == {
        "complete_upload",  # at most once for each file, which was charged
        "accept_request",  # at most once for each request, which its sender was charged for
        # Moderators do as much as there is to do.
        *("create_action", "undo_action", "decide_appeal"),
        "close_account",  # takes the password each time
        "sign_out_everywhere",  # against thieves, and no limit may stand in the way of that
    }


def test_the_document_names_the_limit_where_there_is_one() -> None:
    limited = {route.name for route in http.ROUTES if route.limited}
    assert limited == {
        *("create_post", "create_avatar", "follow", "edit_me", "edit_post", "restore_post"),
        "erase_post",
        *("get_original", "block", "mute", "follow_hashtag", "untag_me"),
        *("put_push_subscription", "replace_medium", "crop_medium", "zoom_medium"),
        *("create_report", "create_appeal"),
        *("create_export", "publish_post", "schedule_post", "change_album"),
        "change_draft",
        *("like_post", "save_post", "create_collection", "rename_collection", "add_to_collection"),
        *("create_comment", "edit_comment", "hide_comment", "show_comment", "approve_comment"),
        *("pin_comment", "unpin_comment", "like_comment", "see_activity"),
    }
    for _, _, operation in contract.operations():
        answer = operation["responses"]["429"]
        schemas = str(answer["content"]["application/json"]["schema"])
        named = operation["operationId"] in limited
        assert ("LimitBody" in schemas) is named
        assert ("Retry-After" in answer.get("headers", {})) is named
        assert "GatewayError" in schemas


def test_storage_is_full_until_something_is_gone_for_good(
    client: Client, monkeypatch: pytest.MonkeyPatch, ada: Person, ben: Person
) -> None:
    monkeypatch.setenv("LIMITS", setting(replace(PLENTY, storage_bytes=2 * len(PHOTO))))
    forget_services()
    statuses = [client.create_post(ada, draft([PHOTO]), key=str(n)).status for n in range(3)]
    assert statuses == [201, 201, 409]
    full = client.create_post(ada, draft([PHOTO]), key="more")
    assert full.error == ("storage_full", None)
    assert client.create_post(ada, draft([PHOTO]), key="1").status == 201, "a repetition"
    assert client.create_post(ben, draft([PHOTO])).status == 201, "everybody has storage"
