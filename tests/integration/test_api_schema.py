"""The document says all that is checked, and nothing else: what its schemas allow is not refused
for its form, what they do not allow is, and every default may be sent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, combinations, count
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shutterfeed.domain.ids import PostId, ulid
from tests import samples
from tests.fakes.system import START
from tests.integration import contract, payloads, schemas
from tests.integration.client import Answer, Client, declared, draft
from tests.integration.conftest import forget_services, new_world
from tests.integration.world import SITE_URL, Person

Operation = dict[str, Any]
OPERATIONS: Final = {o["operationId"]: (m, p, o) for m, p, o in contract.operations()}
BODIES: Final = [name for name, (_, _, o) in OPERATIONS.items() if "requestBody" in o]
PARAMETERS: Final = [
    pytest.param(name, parameter, id=f"{name}-{parameter['name']}")
    for name, (_, _, operation) in OPERATIONS.items()
    for parameter in operation["parameters"]
]
ABOUT_CONTENT: Final = frozenset(
    (
        *("empty_query", "follow_oneself", "invalid_cursor", "invalid_hashtag", "invalid_size"),
        *("invalid_video", "reserved_handle", "too_long", "too_many_pixels", "too_much_work"),
        *("cannot_be_tagged", "tagged_twice", "too_many_people"),
        *("caption_too_long", "comment_too_long"),
        *("unknown_push_service", "wrong_subscription_id", "invalid_push_key"),
        *("unknown_medium", "block_oneself", "mute_oneself", "until_out_of_range"),
        *("empty_comment", "invalid_held_word", "empty_appeal", "report_oneself"),
        *("impossible_action", "until_without_suspension", "incomplete_point"),
        *("invalid_place_name", "publish_at_too_soon", "publish_at_too_late"),
        *("id_or_file", "medium_twice", "draft_with_time", "invalid_crop"),
    )
)
"""Why a request may be refused though it has the form that the document asks for: each is
described there in words."""
AS_IT_IS: Final = (
    *("not_in_parts", "not_stored", "medium_not_failed", "not_published", "not_a_draft"),
)
"""Why a request of the right form is refused for what it is about."""
EXAMPLES: Final = settings(max_examples=10)
CROP: Final = {"x": 0.5, "y": 0, "width": 0.25, "height": 1}
_numbers = count()
_LEAVING: Final = {
    "sign_out_everywhere": Person.number(0x1EA),
    "close_account": Person.number(0x1EB),
}
"""Who calls the operations that end the sessions of whoever does."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Ada, with a post and a file on its way, at an API in a world of its own."""

    client: Client
    ada: Person
    friend: str
    """The handle of somebody who stays as they are."""
    paths: Mapping[str, str]

    def send(self, name: str, given: Mapping[str, Any], body: Any = None) -> Answer:
        """An operation with these parameters, and valid ones for the others it requires."""
        method, path, operation = OPERATIONS[name]
        key = f"request-{next(_numbers)}"  # none of the keys that made the world
        others = {"Idempotency-Key": key, "q": "sunset", "near": "52.52,13.4", **self.paths}
        others["ids"] = self.paths["id"]
        if name == "erase_post":
            others["id"] = str(PostId(PostId.parse(self.paths["id"]).author_id, ulid(START, 0)))
        # No search without `q`, though another parameter could take its place; no `km` alone.
        needed = {"q", *given, *(["near"] if "km" in given else [])}
        values = {**others, **given}
        places: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}}
        for parameter in operation["parameters"]:
            if parameter.get("required") or parameter["name"] in needed:
                value = values[parameter["name"]]
                text = value if isinstance(value, str) else json.dumps(value)
                places[parameter["in"]][parameter["name"]] = text
        if body is None and "requestBody" in operation:
            body = self.body(name)
        person = _LEAVING.get(name, self.ada)
        answer = self.client.request(
            method,
            path.format_map(places["path"]),
            claims=payloads.moderator_claims(person.subject),
            body=body,
            headers=places["header"],
            query=places["query"],
        )
        if name == "delete_post":
            self.send("restore_post", {})  # for the others, in whatever order they come
        return answer

    def added(self, photo: Any) -> Any:
        """A file that is added to an album."""
        people = [{"handle": self.friend, "x": 0.5, "y": 0.5}]
        said = {"alt_text": "A lake", "keep_capture_details": True, "people": people}
        return {**_whole(photo), **said}

    def drafted(self, photo: Any) -> Any:
        """A file that is added to a draft."""
        people = [{"handle": self.friend, "x": 0.5, "y": 0.5}]
        said = {"alt_text": "A lake", "keep_capture_details": True, "people": people}
        return {"id": None, "file": _whole(photo), **said}

    def body(self, name: str) -> Any:
        """A valid one, with every field that it may have."""
        place = {"name": "Lindau", "latitude": 47.5, "longitude": 9.7}
        photo = declared(b"photo")
        full = {**photo, "alt_text": "A lake", "width": 1, "height": 1, "duration_ms": 1}
        full["crop"] = CROP
        full["people"] = [{"handle": self.friend, "x": 0.5, "y": 0.5}]
        return {
            "edit_me": {
                "handle": "ada",
                "display_name": "Ada",
                "bio": "x",
                "private": False,
                "sensitive": "show",
                "public_page": True,
                "comments_from": "followers",
                "held_words": ["spoiler"],
                "mentions_from": "followed",
                "welcomed": True,
                "activity": dict.fromkeys(
                    ("likes", "comments", "mentions", "tags", "follows"), "followed"
                ),
            },
            "create_comment": {"text": "x", "reply_to": None},
            "edit_comment": {"text": "x"},
            "create_avatar": photo,
            "replace_medium": _whole(photo),
            "crop_medium": {"crop": CROP},
            "create_post": draft(place=place, caption="x", taken_at="2024-05-01T12:00:00Z")
            | {"media": [full | {"keep_capture_details": True}], "sensitive": True}
            | {"comments_from": "nobody"},
            "edit_post": {"caption": "x", "place": place, "alt_texts": {}, "sensitive": True}
            | {"comments_from": None, "people": {}},
            "put_push_subscription": {
                "endpoint": samples.endpoint(),
                "p256dh": samples.P256DH,
                "auth": samples.AUTH,
            },
            "create_report": {
                "kind": "user",
                "id": Person.number(0xF1E).user_id,
                "reason": "spam",
                "note": "x",
            },
            "create_appeal": {"case_id": self.paths["case_id"], "text": "x"},
            "create_action": {"kind": "suspend", "rule": "spam", "version": 0, "statement": "x"}
            | {"until": "2098-01-01T00:00:00Z"},
            "undo_action": {"action_id": "0" * 26, "version": 0},
            "decide_appeal": {"overturn": False, "version": 0, "statement": "x"},
            "schedule_post": {"publish_at": f"{START + timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}"},
            "change_draft": {
                "media": [self.drafted(photo)],
                "caption": "x",
                "place": place,
                "taken_at": "2024-05-01T12:00:00Z",
                "sensitive": True,
                "comments_from": "nobody",
                "publish": True,
                "publish_at": f"{START + timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}",
            },
            "change_album": {
                "media": [{"id": None, "file": self.added(photo)}],
                "seen": [self.paths["media_id"]],
            },
            "create_collection": {"name": "Lakes"},
            "rename_collection": {"name": "Seas"},
        }[name]


@pytest.fixture(scope="module")
def caller() -> Iterator[Caller]:
    with new_world() as world, pytest.MonkeyPatch.context() as patch:
        world.create_storage()
        world.create_accounts()
        world.create_site()
        patch.setenv("USER_POOL_ID", world.user_pool_id)
        forget_services()
        client, ada, ben = Client(), Person.number(0xADA), Person.number(0xBE)
        post = client.create_post(ada, draft()).json["post"]
        paths = {
            "handle": client.handle(ben),
            "id": post["id"],
            "media_id": post["media"][0]["id"],
            "comment_id": f"{post['id']}-{'0' * 26}",
            "tag": "sunset",
            "place": "old-pier",
            "subscription_id": samples.device().id,
            "case_id": f"user-{'0' * 26}",
            "export_id": "0" * 26,
            "collection_id": "2M8ZQ4R7T0V5X9Y1B3C6D8F0GH",
            "url": f"{SITE_URL}/u/{client.handle(ben)}",
        }
        friend = client.handle(Person.number(0xF1E))
        yield Caller(client, ada, friend, paths)


def _whole(photo: Any) -> Any:
    """A file with every field that it may have."""
    return {**photo, "width": 1, "height": 1, "duration_ms": 1, "crop": CROP}


def _has_form(answer: Answer) -> bool:
    """Whether the request was not refused for its form."""
    if answer.status == 400:
        return answer.error[0] in ABOUT_CONTENT
    return answer.status < 300 or answer.status in (403, 404, 409, 429)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_documented_default_may_be_sent(caller: Caller, name: str) -> None:
    """Defaults may be sent in any combination, with or without the parameters that have none."""
    _, _, operation = OPERATIONS[name]
    described = {p["name"]: p["schema"] for p in operation["parameters"]}
    defaults = {n: s["default"] for n, s in described.items() if "default" in s}
    others = [{}, {"near": "52.52,13.405"}, {"media": "photo"}]
    subsets = chain.from_iterable(combinations(defaults, n) for n in range(len(defaults) + 1))
    for subset in subsets:
        for more in others:
            sent = {n: defaults[n] for n in subset} | {n: more[n] for n in more if n in described}
            answer = caller.send(name, sent)
            assert answer.status < 300 or answer.status in (403, 404, 409), (sent, answer.text)
            if answer.status == 409:
                assert answer.error[0] in AS_IT_IS


def test_a_page_goes_on_whether_defaults_are_sent_or_not(caller: Caller) -> None:
    """Generated clients send every default, others none."""
    defaults = {"type": "all", "km": "10", "near": "1,1"}
    for first, second in ((defaults, {"near": "1,1"}), ({"near": "1,1"}, defaults)):
        page = caller.client.get("/search", caller.ada, **first)
        assert page.status == 200
        assert caller.client.get("/search", caller.ada, **second).status == 200


@pytest.mark.parametrize("name", BODIES)
def test_every_default_of_a_body_may_be_sent(caller: Caller, name: str) -> None:
    body = caller.body(name)
    for path, schema in schemas.members(_body_schema(name)):
        if "default" in schema:
            answer = caller.send(name, {}, _with(body, path, schema["default"]))
            assert _has_form(answer), (path, answer.text)


@EXAMPLES
@pytest.mark.parametrize(("name", "parameter"), PARAMETERS)
@given(data=st.data())
def test_a_parameter_that_the_document_allows_is_not_refused_for_its_form(
    caller: Caller, name: str, parameter: Mapping[str, Any], data: st.DataObject
) -> None:
    value = data.draw(schemas.allowed(parameter["schema"]))
    sent = {parameter["name"]: value}
    if parameter["in"] == "path" and re.search(r"[/?#%]", str(value)):
        return
    answer = caller.send(name, sent)
    assert _has_form(answer), (value, answer.text)


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS)
def test_a_parameter_that_the_document_does_not_allow_is_refused_by_its_name(
    caller: Caller, name: str, parameter: Mapping[str, Any]
) -> None:
    for value in schemas.refused(parameter["schema"]):
        if parameter["in"] == "path" and not re.fullmatch(r"[\w.,-]+", value):
            continue  # It would be another path.
        answer = caller.send(name, {parameter["name"]: value})
        if parameter["in"] == "path":
            assert answer.status == 404, (value, answer.text)
        else:
            # 501: what the document does not offer, others may.
            assert answer.status in (400, 501), value
            assert answer.error[1] == parameter["name"], value


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS)
def test_a_parameter_is_required_where_the_document_says_so(
    caller: Caller, name: str, parameter: Mapping[str, Any]
) -> None:
    if parameter["in"] == "path":
        assert parameter["required"]
        return
    method, path, _ = OPERATIONS[name]
    given = {"q": "sunset", "url": caller.paths["url"]}
    query = {name: text for name, text in given.items() if name != parameter["name"]}
    body = caller.body(name) if name in BODIES else None
    answer = caller.client.request(
        method,
        path.format_map(caller.paths),
        claims=payloads.moderator_claims(caller.ada.subject),
        body=body,
        query=query,
    )
    if parameter.get("required"):
        assert (answer.status, answer.error[1]) == (400, parameter["name"])
    elif (name, parameter["name"]) == ("search", "q"):
        # Required unless `near` is given, which no schema can say.
        assert answer.error == ("empty_query", "q")
    else:
        assert _has_form(answer)


@EXAMPLES
@pytest.mark.parametrize("name", BODIES)
@given(data=st.data())
def test_a_body_that_the_document_allows_is_not_refused_for_its_form(
    caller: Caller, name: str, data: st.DataObject
) -> None:
    body = data.draw(schemas.allowed(_body_schema(name)))
    answer = caller.send(name, {}, body)
    assert _has_form(answer), answer.text


@pytest.mark.parametrize("name", BODIES)
def test_a_field_that_the_document_does_not_allow_is_refused_by_its_name(
    caller: Caller, name: str
) -> None:
    body, tried = caller.body(name), 0
    for path, schema in schemas.members(_body_schema(name)):
        for value in (*schemas.refused(schema), *schemas.refused_types(schema)):
            answer = caller.send(name, {}, _with(body, path, value))
            if path.endswith(".handle") and answer.error[0] in AS_IT_IS:
                continue  # Whose it is, is looked at last.
            assert (answer.status, answer.error[1]) == (400, path), (value, answer.text)
            tried += 1
    assert tried >= 3


@pytest.mark.parametrize("name", BODIES)
def test_what_a_body_lacks_or_has_too_much_of_is_named(caller: Caller, name: str) -> None:
    objects = {"": _body_schema(name)} | dict(schemas.members(_body_schema(name)))
    body = caller.body(name)
    for path, schema in objects.items():
        inner = schemas.resolved(schema)
        below = f"{path}." if path else ""
        for required in inner.get("required", ()):
            answer = caller.send(name, {}, _without(body, below + required))
            assert (answer.status, answer.error[1]) == (400, below + required)
        if inner.get("additionalProperties") is False:
            answer = caller.send(name, {}, _with(body, f"{below}unknown", 1))
            assert (answer.status, answer.error[1]) == (400, f"{below}unknown")


@pytest.mark.parametrize("name", ["create_post"])
def test_a_list_has_as_many_entries_as_the_document_says(caller: Caller, name: str) -> None:
    body = caller.body(name)
    limits = schemas.resolved(_body_schema(name))["properties"]["media"]
    for number in (limits["minItems"], limits["maxItems"]):
        assert caller.send(name, {}, body | {"media": body["media"] * number}).status == 201
    for number in (limits["minItems"] - 1, limits["maxItems"] + 1):
        answer = caller.send(name, {}, body | {"media": body["media"] * number})
        assert (answer.status, answer.error[1]) == (400, "media")


def _body_schema(name: str) -> schemas.Schema:
    _, _, operation = OPERATIONS[name]
    found: schemas.Schema = operation["requestBody"]["content"]["application/json"]["schema"]
    return found


def _with(body: Any, path: str, value: Any) -> Any:
    changed = deepcopy(body)
    holder, name = _holder(changed, path)
    holder[name] = value
    return changed


def _without(body: Any, path: str) -> Any:
    changed = deepcopy(body)
    holder, name = _holder(changed, path)
    del holder[name]
    return changed


def _holder(body: Any, path: str) -> tuple[Any, str]:
    """The object that holds a field of a body, and the field's own name."""
    *way, name = re.findall(r"\w+", path)
    for step in way:
        body = body[int(step) if step.isdecimal() else step]
    return body, name
