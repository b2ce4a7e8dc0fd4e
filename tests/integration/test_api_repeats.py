"""A write that is repeated, because its answer was lost or for no reason, is answered like the
first time and has the effect of one.

The routes come from their declarations: a new one needs a scenario here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

import pytest
from boto3.dynamodb.conditions import Key
from botocore.model import OperationModel

from api.http import ROUTES, Route
from shutterfeed import keys
from shutterfeed.adapters.dynamodb.avatars import DynamoAvatars
from shutterfeed.adapters.dynamodb.blobs import DynamoBlobs
from shutterfeed.adapters.dynamodb.closings import DynamoClosings
from shutterfeed.adapters.dynamodb.ledger import DynamoLedger
from shutterfeed.bootstrap import aws as composed
from shutterfeed.bootstrap import notify
from shutterfeed.domain.activity import Act, NoticeKind
from shutterfeed.domain.media import Reference, Upload
from shutterfeed.domain.multipart import part_sizes
from shutterfeed.schema import LIMITS
from tests import samples
from tests.integration import payloads
from tests.integration.client import Answer, Client, declared, draft
from tests.integration.conftest import Logs, forget_services, new_world
from tests.integration.publishing import fail_at_once, publish_at_once, store_at_once
from tests.integration.world import METADATA, UPLOADS, Person, World, aws

WRITES: Final = [route for route in ROUTES if route.method != "GET"]
LARGE: Final = declared(b"large") | {"bytes": 17 * 1024 * 1024}
PLACE: Final = {"name": "Lindau", "latitude": 47.5436, "longitude": 9.6835}
EVE: Final = Person.number(0xEE)
_LINK: Final = frozenset(("url", "fields", "expires_at"))
"""What differs between two answers that give an upload link."""
_READS: Final = ("Get", "BatchGet", "Query", "List", "Head")
_SIGNED: Final = frozenset(("latest", "next_cursor"))
_ID: Final = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sends; `path` fills the braces of the route's path."""

    path: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    key: str | None = None


@dataclass(slots=True)
class Stage:
    """A new world with two people; Ada makes the requests."""

    world: World
    client: Client
    ada: Person
    ben: Person
    looks_later: bool = False
    """Whether `shown` looks in a session that begins a day later."""

    def play(self, route: Route, request: Request) -> Answer:
        headers = {"Idempotency-Key": request.key} if request.key else {}
        return self.client.request(
            route.method,
            route.path.format_map(request.path),
            self.ada,
            body=request.body,
            headers=headers,
            claims=self.moderator(self.ada) if route.moderators else None,
        )

    def moderator(self, person: Person) -> Mapping[str, str]:
        return payloads.moderator_claims(person.subject, self.client.session_began)

    def moderate(self, path: str, person: Person, body: Any) -> Any:
        """What a moderator does about a case."""
        claims = self.moderator(person)
        return self.client.request("POST", path, claims=claims, body=body).json

    def shown(self) -> Any:
        """Everything that the API shows of both."""
        before = self.client.session_began
        if self.looks_later:
            self.client.session_began = before + timedelta(days=1)
        try:
            return self._shown()
        finally:
            self.client.session_began = before

    def _shown(self) -> Any:
        own = (
            *("/me", "/me/uploads", "/me/deleted", "/me/requests", "/me/blocks", "/me/mutes"),
            *("/me/scheduled", "/me/drafts"),
            *("/me/likes", "/me/saved", "/me/collections"),
            *("/me/comments", "/me/held-comments", "/me/hashtags", "/feed"),
            *("/me/activity", "/me/activity/count", "/me/push-subscriptions"),
            *("/me/tagged", "/me/exports", "/me/reports", "/me/statements"),
        )
        public = ("/users/{}", "/users/{}/posts", "/users/{}/followers", "/users/{}/following")
        answers = [self.client.get(path, who) for who in (self.ada, self.ben) for path in own]
        handle = self.client.handle(self.ada)
        answers += [self.client.get(path.format(handle), self.ben) for path in public]
        # There are none to be shown if Ada has closed her account.
        mine = self.client.get(f"/users/{handle}/posts", self.ada).json.get("items", ())
        answers += [self.client.get(f"/posts/{post['id']}/likes", self.ben) for post in mine]
        answers += [self.client.get(f"/posts/{post['id']}/comments", self.ben) for post in mine]
        return [_without_links(answer.json) for answer in answers]

    def create(self, body: Any, key: str = "earlier") -> Any:
        return self.client.create_post(self.ada, body, key).json

    def published(self) -> str:
        """The id of a post of Ada's, as the workers would have published it."""
        return publish_at_once(self.client, self.ada, draft(caption="here"), "earlier")

    def commented(self, person: Person, text: str = "here", post_id: str | None = None) -> str:
        """The id of somebody's comment on a post of Ada's."""
        path = f"/posts/{post_id or self.published()}/comments"
        headers = {"Idempotency-Key": f"earlier-{person.subject}"}
        body = {"text": text}
        made = self.client.request("POST", path, person, body=body, headers=headers)
        found: str = made.json["id"]
        return found

    def with_avatar(self) -> None:
        request = Request(body=declared(b"earlier"), key="earlier-avatar")
        media_id = self.play(_route("create_avatar"), request).json["media_id"]
        metadata, now = composed.table(METADATA), composed.clock().now()
        upload = self.upload(media_id)
        DynamoLedger(metadata).mark_ready(self.ada.user_id, media_id, samples.picture())
        medium = upload.medium.ready(samples.picture())
        assert DynamoAvatars(metadata).show(upload.post_id, medium, now)

    def allowances(self) -> list[dict[str, int]]:
        """What Ada has left of her limits."""
        table = composed.table(METADATA)
        rows = table.query(Key("pk").eq(keys.user_partition(self.ada.user_id)), limit=None).items
        kept = (keys.limits("").sk, keys.COMMENTED_PREFIX)
        left: list[dict[str, int]] = [
            {str(name): int(row[name]) for name in LIMITS if name in row}
            for row in rows
            if row["sk"].startswith(kept)
        ]
        begun = [{"exports": len(row["begun"])} for row in rows if row["sk"] == keys.EXPORT]
        return left + begun

    def upload(self, media_id: str) -> Upload:
        found = DynamoLedger(composed.table(METADATA)).get(self.ada.user_id, media_id)
        assert found is not None
        return found

    def large(self, *, whole: bool) -> tuple[str, str]:
        """Post and media id of a large file of which all parts have come, or none."""
        created = self.create({"media": [LARGE]})
        media_id = created["uploads"][0]["media_id"]
        upload = self.upload(media_id)
        for number, size in part_sizes(LARGE["bytes"]).items() if whole else ():
            aws("s3").upload_part(
                Bucket=UPLOADS,
                Key=keys.upload_object(upload.post_id, media_id),
                UploadId=upload.multipart_id,
                PartNumber=number,
                Body=bytes(size),
            )
        return created["post"]["id"], media_id


Scenario = Callable[[Stage], Request]
"""Prepares the stage, and says what to request."""


def _handle_and_names(stage: Stage) -> Request:
    stage.client.patch("/me", stage.ada, {"handle": "ada", "bio": "before"})
    return Request(
        body={
            "handle": "lovelace",
            "display_name": "Ada",
            "bio": "",
            "sensitive": "show",
            "mentions_from": "nobody",
            "welcomed": True,
        }
    )


def _own_handle(stage: Stage) -> Request:
    stage.client.patch("/me", stage.ada, {"handle": "ada"})
    return Request(body={"handle": "Ada"})


def _signed_in(stage: Stage) -> Request:
    """Ada looks at everything in a session that begins afterwards."""
    stage.world.create_accounts(stage.ada)
    os.environ["USER_POOL_ID"] = stage.world.user_pool_id
    forget_services()
    stage.looks_later = True
    return Request()


def _closed(stage: Stage) -> Request:
    """Ada has closed her account, and signs in to come back."""
    stage.published()
    stage.client.handle(stage.ada)
    now = composed.clock().now()
    DynamoClosings(composed.table(METADATA)).close(stage.ada.user_id, now, now + timedelta(days=9))
    stage.client.session_began += timedelta(days=1)
    return Request()


def _open(_: Stage) -> Request:
    return Request()


def _first_avatar(_: Stage) -> Request:
    return Request(body=declared(b"photo"), key="key")


def _another_avatar(stage: Stage) -> Request:
    stage.with_avatar()
    return Request(body=declared(b"photo"), key="key")


def _avatar_shown(stage: Stage) -> Request:
    stage.with_avatar()
    return Request()


def _no_avatar(_: Stage) -> Request:
    return Request()


def _all_parts_there(stage: Stage) -> Request:
    return Request({"media_id": stage.large(whole=True)[1]})


def _not_followed(stage: Stage) -> Request:
    return Request({"handle": stage.client.handle(stage.ben)})


def _followed(stage: Stage) -> Request:
    handle = stage.client.handle(stage.ben)
    stage.client.put(f"/me/following/{handle}", stage.ada)
    return Request({"handle": handle})


def _private_not_asked(stage: Stage) -> Request:
    stage.client.patch("/me", stage.ben, {"private": True})
    return _not_followed(stage)


def _private_asked(stage: Stage) -> Request:
    stage.client.patch("/me", stage.ben, {"private": True})
    return _followed(stage)


def _asked_and_public(stage: Stage) -> Request:
    request = _private_asked(stage)
    stage.client.patch("/me", stage.ben, {"private": False})
    return request


def _following_me(stage: Stage) -> Request:
    stage.client.put(f"/me/following/{stage.client.handle(stage.ada)}", stage.ben)
    return _not_followed(stage)


def _asking_me(stage: Stage) -> Request:
    stage.client.patch("/me", stage.ada, {"private": True})
    return _following_me(stage)


def _told_of_a_follower(stage: Stage) -> Request:
    _following_me(stage)
    act = Act(
        stage.ada.user_id,
        NoticeKind.FOLLOW,
        stage.ada.user_id,
        stage.ben.user_id,
        stage.world.clock.now(),
    )
    assert notify.service().tell([act]) == {}
    stage.world.clock.advance(timedelta(minutes=1))
    assert stage.client.get("/me/activity/count", stage.ada).json == {"count": 1}
    return Request()


def _private(stage: Stage) -> Request:
    _following_me(stage)
    return Request(body={"private": True, "bio": "new"})


def _public_again(stage: Stage) -> Request:
    _asking_me(stage)
    return Request(body={"private": False})


def _each_follows_the_other(stage: Stage) -> Request:
    request = _followed(stage)
    stage.client.put(f"/me/following/{stage.client.handle(stage.ada)}", stage.ben)
    return request


def _blocked(stage: Stage) -> Request:
    request = _followed(stage)
    stage.client.put(f"/me/blocks/{request.path['handle']}", stage.ada)
    return request


def _muted(stage: Stage) -> Request:
    request = _followed(stage)
    stage.client.put(f"/me/mutes/{request.path['handle']}", stage.ada)
    return request


def _no_hashtag(_: Stage) -> Request:
    return Request({"tag": "birds"})


def _hashtag_followed(stage: Stage) -> Request:
    request = _no_hashtag(stage)
    stage.client.put(f"/me/hashtags/{request.path['tag']}", stage.ada)
    return request


def _no_device(_: Stage) -> Request:
    keys = {"p256dh": samples.P256DH, "auth": samples.AUTH}
    device = samples.device()
    return Request({"subscription_id": device.id}, {"endpoint": device.endpoint, **keys})


def _device_told(stage: Stage) -> Request:
    request = _no_device(stage)
    path = f"/me/push-subscriptions/{request.path['subscription_id']}"
    stage.client.request("PUT", path, stage.ada, body=request.body)
    return request


def _no_export(_: Stage) -> Request:
    return Request()


def _export_begun(stage: Stage) -> Request:
    stage.play(_route("create_export"), Request())
    return Request()


def _export_to_discard(stage: Stage) -> Request:
    begun = stage.play(_route("create_export"), Request()).json
    return Request({"export_id": begun["id"]})


def _device_to_remove(stage: Stage) -> Request:
    return Request(_device_told(stage).path)


def _small_files(_: Stage) -> Request:
    return Request(body=draft([b"one", b"two"], caption="new", place=PLACE), key="key")


def _large_file(_: Stage) -> Request:
    return Request(body={"media": [LARGE]}, key="key")


def _edit_of(stage: Stage, post_id: str) -> Request:
    (medium,) = stage.client.get(f"/posts/{post_id}", stage.ada).json["media"]
    texts, handle = {medium["id"]: "A lake"}, stage.client.handle(stage.ben)
    people = {medium["id"]: [{"handle": handle, "x": 0.5, "y": 1}]}
    body = {"caption": f"new @{handle}", "place": PLACE, "alt_texts": texts, "sensitive": True}
    body["people"] = people
    return Request({"id": post_id}, body=body)


def _album_of_two(stage: Stage) -> Request:
    body = draft([b"one", b"two"], caption="here")
    post_id = publish_at_once(stage.client, stage.ada, body, "earlier")
    one, two = (m["id"] for m in stage.client.get(f"/posts/{post_id}", stage.ada).json["media"])
    return Request({"id": post_id}, {"media": [{"id": two}, {"id": one}], "seen": [one, two]})


def _album_with_a_file(stage: Stage) -> Request:
    request = _album_of_two(stage)
    media = [request.body["media"][0], {"file": declared(b"new")}]
    return replace(request, body={**request.body, "media": media})


def _in_days(stage: Stage, days: int) -> str:
    return f"{stage.world.clock.now() + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"


def _to_schedule(stage: Stage) -> Request:
    post_id = stage.create(draft())["post"]["id"]
    return Request({"id": post_id}, {"publish_at": _in_days(stage, 3)})


def _scheduled_otherwise(stage: Stage) -> Request:
    post_id = stage.create({**draft(), "publish_at": _in_days(stage, 2)})["post"]["id"]
    return Request({"id": post_id}, {"publish_at": _in_days(stage, 3)})


def _scheduled(stage: Stage) -> Request:
    return Request(_scheduled_otherwise(stage).path)


def _draft_posted(stage: Stage) -> Request:
    post = stage.create({**draft([b"one", b"two"]), "draft": True})["post"]
    one, two = (medium["id"] for medium in post["media"])
    media = [{"id": two, "alt_text": "Two"}, {"id": one}]
    return Request({"id": post["id"]}, {"media": media, "caption": "#new", "publish": True})


def _draft_with_a_file(stage: Stage) -> Request:
    request = _draft_posted(stage)
    media = [request.body["media"][0], {"file": declared(b"new")}]
    return Request(request.path, {"media": media})


def _pending_edited(stage: Stage) -> Request:
    return _edit_of(stage, stage.create(draft())["post"]["id"])


def _published_edited(stage: Stage) -> Request:
    return _edit_of(stage, stage.published())


def _published_there(stage: Stage) -> Request:
    return Request({"id": stage.published()})


def _enlarged(stage: Stage) -> Request:
    post_id = stage.published()
    (medium,) = stage.client.get(f"/posts/{post_id}", stage.ada).json["media"]
    upload = stage.upload(medium["id"])
    reference = Reference(upload.medium.sha256, upload.post_id, medium["id"])
    DynamoBlobs(composed.table(METADATA)).refer(reference)
    return Request({"id": post_id, "media_id": medium["id"]})


def _tagged_in(stage: Stage) -> Request:
    post_id = stage.published()
    (medium,) = stage.client.get(f"/posts/{post_id}", stage.ada).json["media"]
    people = {medium["id"]: [{"handle": stage.client.handle(stage.ada), "x": 0, "y": 0}]}
    stage.client.patch(f"/posts/{post_id}", stage.ada, {"people": people})
    return Request({"id": post_id})


def _failed(stage: Stage) -> Request:
    body = draft([b"one", b"two"], caption="bad")
    post_id, media_id = fail_at_once(stage.client, stage.ada, body, "earlier")
    return Request({"id": post_id, "media_id": media_id}, body=declared(b"another"))


def _failed_without_it(stage: Stage) -> Request:
    request = _failed(stage)
    stage.client.delete("/posts/{id}/media/{media_id}".format_map(request.path), stage.ada)
    return request


def _failed_and_large(stage: Stage) -> Request:
    return replace(_failed(stage), body=LARGE)


_CROPPED: Final = {"crop": {"x": 0, "y": 0.25, "width": 1, "height": 0.5}}


def _pending_cropped(stage: Stage) -> Request:
    post = stage.create(draft())["post"]
    return Request({"id": post["id"], "media_id": post["media"][0]["id"]}, _CROPPED)


def _stored_cropped(stage: Stage) -> Request:
    post_id, media_id = store_at_once(stage.client, stage.ada, b"bytes", "earlier")
    return Request({"id": post_id, "media_id": media_id}, _CROPPED)


def _pending_in_parts(stage: Stage) -> Request:
    return Request({"id": stage.large(whole=True)[0]})


def _published_deleted(stage: Stage) -> Request:
    post_id = stage.published()
    stage.client.delete(f"/posts/{post_id}", stage.ada)
    return Request({"id": post_id})


def _pending_deleted(stage: Stage) -> Request:
    post_id, _ = stage.large(whole=False)
    stage.client.delete(f"/posts/{post_id}", stage.ada)
    return Request({"id": post_id})


def _liked(stage: Stage) -> Request:
    request = _published_there(stage)
    stage.client.put(f"/posts/{request.path['id']}/like", stage.ben)
    stage.client.put(f"/posts/{request.path['id']}/like", stage.ada)
    return request


def _nothing_said(stage: Stage) -> Request:
    return Request({"id": stage.published()}, body={"text": "new"}, key="key")


def _something_said(stage: Stage) -> Request:
    post_id = stage.published()
    said = stage.commented(stage.ben, post_id=post_id)
    return Request({"id": post_id}, body={"text": "new", "reply_to": said}, key="key")


def _own_comment(stage: Stage) -> Request:
    return Request({"comment_id": stage.commented(stage.ada)}, body={"text": "new"})


def _bens_comment(stage: Stage) -> Request:
    return Request({"comment_id": stage.commented(stage.ben)})


def _held_comment(stage: Stage) -> Request:
    stage.client.patch("/me", stage.ada, {"held_words": ["here"]})
    return _bens_comment(stage)


def _comment_marked(mark: str) -> Scenario:
    def scenario(stage: Stage) -> Request:
        request = _bens_comment(stage)
        stage.client.put(f"/comments/{request.path['comment_id']}/{mark}", stage.ada)
        return request

    scenario.__name__ = f"comment_{mark}"
    return scenario


_HIDDEN_COMMENT: Final = _comment_marked("hidden")
_PINNED_COMMENT: Final = _comment_marked("pinned")
_LIKED_COMMENT: Final = _comment_marked("like")


def _saved(stage: Stage) -> Request:
    request = _published_there(stage)
    stage.client.put(f"/posts/{request.path['id']}/save", stage.ada)
    return request


def _collection(stage: Stage) -> str:
    created = stage.client.request("POST", "/me/collections", stage.ada, body={"name": "Lakes"})
    return str(created.json["id"])


def _no_collection(_: Stage) -> Request:
    return Request(body={"name": "Lakes"})


def _collection_there(stage: Stage) -> Request:
    return Request({"collection_id": _collection(stage)}, body={"name": "Seas"})


def _not_collected(stage: Stage) -> Request:
    return Request({"collection_id": _collection(stage), "id": stage.published()})


def _collected(stage: Stage) -> Request:
    request = _not_collected(stage)
    path = "/me/collections/{collection_id}/posts/{id}".format_map(request.path)
    stage.client.put(path, stage.ada)
    return request


def _not_reported(stage: Stage) -> Request:
    post_id = publish_at_once(stage.client, stage.ben, draft(caption="there"), "bens")
    return Request(body={"kind": "post", "id": post_id, "reason": "hate", "note": "Look!"})


def _reported(stage: Stage) -> Request:
    request = _not_reported(stage)
    stage.play(_route("create_report"), request)
    return request


def _case_open(stage: Stage) -> Request:
    case_id = f"post-{_reported(stage).body['id']}"
    return Request({"case_id": case_id}, {"kind": "hide_post", "rule": "hate", "version": 0})


def _case_of_withheld(stage: Stage) -> Request:
    request = _case_open(stage)
    return replace(request, body=request.body | {"kind": "withhold_content"})


def _case_of_suspended(stage: Stage) -> Request:
    request = _case_open(stage)
    return replace(
        request, body=request.body | {"kind": "suspend", "until": "2099-01-01T00:00:00Z"}
    )


def _case_decided(stage: Stage) -> Request:
    request = _case_open(stage)
    case = stage.moderate(f"/moderation/cases/{request.path['case_id']}/actions", EVE, request.body)
    return Request(request.path, {"action_id": case["actions"][0]["id"], "version": 1})


def _case_appealed(stage: Stage) -> Request:
    path = _case_decided(stage).path
    appeal = {"case_id": path["case_id"], "text": "It is a play."}
    stage.client.request("POST", "/me/appeals", stage.ben, body=appeal)
    return Request(path, {"overturn": True, "version": 2, "statement": "True."})


def _about_ada(stage: Stage) -> Request:
    report = {"kind": "post", "id": stage.published(), "reason": "hate"}
    case_id = stage.client.request("POST", "/reports", stage.ben, body=report).json["id"]
    action = {"kind": "label_sensitive", "rule": "nudity", "version": 0}
    stage.moderate(f"/moderation/cases/{case_id}/actions", EVE, action)
    return Request(body={"case_id": case_id, "text": "It is a play."})


SCENARIOS: Final[Mapping[str, tuple[Scenario, ...]]] = {
    "edit_me": (_handle_and_names, _own_handle, _private, _public_again),
    "sign_out_everywhere": (_signed_in,),
    "close_account": (_signed_in,),
    "reopen_account": (_closed, _open),
    "create_avatar": (_first_avatar, _another_avatar),
    "delete_avatar": (_avatar_shown, _no_avatar),
    "complete_upload": (_all_parts_there,),
    "follow": (_not_followed, _followed, _private_not_asked, _private_asked, _asked_and_public),
    "unfollow": (_followed, _not_followed, _private_asked),
    "remove_follower": (_following_me, _not_followed),
    "accept_request": (_asking_me, _following_me),
    "decline_request": (_asking_me, _not_followed),
    "block": (_each_follows_the_other, _not_followed, _blocked),
    "unblock": (_blocked, _not_followed),
    "mute": (_followed, _muted),
    "unmute": (_muted, _not_followed),
    "see_activity": (_told_of_a_follower,),
    "follow_hashtag": (_no_hashtag, _hashtag_followed),
    "unfollow_hashtag": (_hashtag_followed, _no_hashtag),
    "put_push_subscription": (_no_device, _device_told),
    "delete_push_subscription": (_device_to_remove,),
    "create_report": (_not_reported, _reported),
    "create_appeal": (_about_ada,),
    "create_action": (_case_open, _case_of_withheld, _case_of_suspended),
    "undo_action": (_case_decided,),
    "decide_appeal": (_case_appealed,),
    "create_export": (_no_export, _export_begun),
    "delete_export": (_export_to_discard,),
    "create_post": (_small_files, _large_file),
    "like_post": (_published_there, _liked),
    "unlike_post": (_liked, _published_there),
    "create_comment": (_nothing_said, _something_said),
    "edit_comment": (_own_comment,),
    "delete_comment": (_bens_comment, _held_comment, _HIDDEN_COMMENT),
    "hide_comment": (_bens_comment, _held_comment, _HIDDEN_COMMENT),
    "show_comment": (_HIDDEN_COMMENT, _bens_comment),
    "approve_comment": (_held_comment, _bens_comment),
    "pin_comment": (_bens_comment, _PINNED_COMMENT),
    "unpin_comment": (_PINNED_COMMENT, _bens_comment),
    "like_comment": (_bens_comment, _LIKED_COMMENT),
    "unlike_comment": (_LIKED_COMMENT, _bens_comment),
    "save_post": (_published_there, _saved),
    "unsave_post": (_saved, _collected),
    "create_collection": (_no_collection, _collection_there),
    "rename_collection": (_collection_there,),
    "delete_collection": (_collected, _collection_there),
    "add_to_collection": (_not_collected, _collected),
    "take_out_of_collection": (_collected, _not_collected),
    "edit_post": (_pending_edited, _published_edited),
    "untag_me": (_tagged_in, _published_there),
    "remove_medium": (_failed, _failed_without_it),
    "replace_medium": (_failed, _failed_and_large),
    "crop_medium": (_pending_cropped, _stored_cropped),
    "delete_post": (_published_there, _pending_in_parts),
    "erase_post": (_published_there, _published_deleted, _pending_in_parts),
    "change_album": (_album_of_two, _album_with_a_file),
    "change_draft": (_draft_posted, _draft_with_a_file),
    "schedule_post": (_to_schedule, _scheduled_otherwise),
    "publish_post": (_scheduled, _published_there),
    "restore_post": (_published_deleted, _pending_deleted, _published_there),
    "zoom_medium": (_enlarged,),
}
CASES: Final = [
    pytest.param(route, scenario, id=f"{route.name}-{scenario.__name__.strip('_')}")
    for route in WRITES
    for scenario in SCENARIOS.get(route.name, ())
]


def test_every_route_that_writes_has_a_scenario() -> None:
    assert {route.name for route in WRITES} == set(SCENARIOS)


@pytest.mark.parametrize(("route", "scenario"), CASES)
def test_a_repeated_write_changes_nothing_more_and_completes_one_that_broke_off_anywhere(
    route: Route, scenario: Scenario, logs: Logs
) -> None:
    expected = _repeated(route, scenario, logs)
    for number in range(1, expected.written + 1):
        _break_off_and_repeat(route, scenario, number, expected)


@dataclass(frozen=True, slots=True)
class _Expected:
    """What comes of a request that does not break off."""

    answer: Answer
    shown: Any
    written: int
    """How many writes it takes."""


def _repeated(route: Route, scenario: Scenario, logs: Logs) -> _Expected:
    """A repeated write is answered like the first and changes nothing more."""
    with _stage() as stage:
        request = scenario(stage)
        before = stage.allowances()
        with _broken_off(after=None) as calls:
            first = stage.play(route, request)
        charged = before != stage.allowances()
        # The first scenario of a route is one in which it changes something.
        assert charged is route.limited or (scenario != SCENARIOS[route.name][0] and not charged)
        assert first.status == route.status or (route.may_wait and first.status == 202), first.text
        line = [entry for entry in logs.entries if entry["route"] == route.path][-1]
        assert (line["user_id"], line["address"]) == (stage.ada.user_id, "203.0.113.7")
        shown = stage.shown()
        _assert_same(stage.play(route, request), first)
        assert stage.shown() == shown
    return _Expected(first, shown, calls.written)


def _break_off_and_repeat(
    route: Route, scenario: Scenario, number: int, expected: _Expected
) -> None:
    """The request breaks off after so many of its writes; after the last, only the answer is
    lost."""
    with _stage() as stage:
        request = scenario(stage)
        with _broken_off(after=number):
            assert stage.play(route, request).status == 500
        repeated = stage.play(route, request)
        assert repeated.status == expected.answer.status, (number, repeated.text)
        assert _timeless(_body(repeated)) == _timeless(_body(expected.answer)), number
        assert _timeless(stage.shown()) == _timeless(expected.shown), number
        _assert_same(stage.play(route, request), repeated)


@contextmanager
def _stage() -> Iterator[Stage]:
    with new_world() as world:
        world.create_storage()
        stage = Stage(world, Client(), Person.number(0xADA), Person.number(0xBE))
        for person in (stage.ada, stage.ben):
            stage.client.handle(person)
        yield stage


@dataclass(slots=True)
class _Calls:
    written: int = 0


class _BrokenOff(Exception):
    """The function's process ended, after AWS had done what it was asked for."""


@contextmanager
def _broken_off(after: int | None) -> Iterator[_Calls]:
    """End the request once AWS has done so many writes; None only counts them."""
    calls = _Calls()

    def count(model: OperationModel, **_: Any) -> None:
        calls.written += not model.name.startswith(_READS)
        if calls.written == after:
            raise _BrokenOff

    events = [aws(service).meta.events for service in ("dynamodb", "s3", "sqs", "cognito-idp")]
    for emitter in events:
        emitter.register("after-call", count, unique_id="repeats")
    try:
        yield calls
    finally:
        for emitter in events:
            emitter.unregister("after-call", unique_id="repeats")


def _route(name: str) -> Route:
    return next(route for route in ROUTES if route.name == name)


def _assert_same(answer: Answer, first: Answer) -> None:
    assert (answer.status, _body(answer)) == (first.status, _body(first))


def _body(answer: Answer) -> Any:
    return _without_links(answer.json) if answer.text else None


def _without_links(body: Any) -> Any:
    match body:
        case {"uploads": list(links), **rest}:
            return {"uploads": list(map(_bare, links)), **_without_links(rest)}
        case {"upload": {"fields": _} | {"multipart": _} as link, **rest}:
            return {"upload": _bare(link), **rest}
    return body


def _bare(link: Any) -> Any:
    """A link's constant part."""
    kept = {name: value for name, value in link.items() if name not in _LINK}
    if "multipart" in kept:
        parts = kept["multipart"]["parts"]
        kept["multipart"] = [(part["number"], part["size"]) for part in parts]
    return kept


def _timeless(value: Any) -> Any:
    """Without what differs in another world: ids, instants, and cursors by their signatures."""
    match value:
        case dict():
            known = {name: bool(value[name]) for name in _SIGNED & value.keys()}
            return {name: _timeless(member) for name, member in value.items()} | known
        case list():
            return list(map(_timeless, value))
        case str():
            return _TIME.sub("<time>", _ID.sub("<id>", value))
    return value
