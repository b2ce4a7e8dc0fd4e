"""Declaring posts, and reading, editing and deleting them."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from shutterfeed.domain.photos import MAX_PHOTO_BYTES
from tests.integration.client import Client, declared, draft, listed
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish, upload_all
from tests.integration.world import UPLOADS, Person, World
from tests.pictures import jpeg

PLACE = {"name": "Lindau", "latitude": 47.5436, "longitude": 9.6835}


@pytest.fixture
def pending(client: Client, ada: Person) -> str:
    """The id of a post of Ada's that waits for its file."""
    found: str = client.create_post(ada, draft(caption="waiting", place=PLACE)).json["post"]["id"]
    return found


@pytest.fixture
def published(client: Client, pipeline: Pipeline, ada: Person) -> str:
    """The id of a post of Ada's that everybody sees."""
    return publish(client, pipeline, ada, [jpeg(32, 32)], caption="here", place=PLACE)


def test_a_post_is_made_pending_with_a_link_per_file(client: Client, ada: Person) -> None:
    answer = client.create_post(ada, draft([b"one", b"two"], caption="Dawn 🌅", place=PLACE))
    assert answer.status == 201
    post, uploads = answer.json["post"], answer.json["uploads"]
    assert post["id"].startswith(ada.user_id + "-")
    assert (post["state"], post["caption"], post["place"]) == ("pending", "Dawn 🌅", PLACE)
    assert post["author"]["id"] == ada.user_id
    assert post["counts"] == {"likes": 0, "comments": 0}
    assert post["published_at"] is None
    assert [medium["state"] for medium in post["media"]] == ["awaiting", "awaiting"]
    assert [link["media_id"] for link in uploads] == [medium["id"] for medium in post["media"]]
    ledger = client.get("/me/uploads", ada).json["items"]
    assert [(e["post_id"], e["media_id"], e["bytes"], e["state"]) for e in ledger] == [
        (post["id"], medium["id"], 3, "awaiting") for medium in reversed(post["media"])
    ]


def test_an_upload_link_takes_exactly_the_declared_file(
    client: Client, ada: Person, world: World
) -> None:
    content = b"the file"
    created = client.create_post(ada, draft([content])).json
    (link,) = created["uploads"]
    author, post_ulid = created["post"]["id"].split("-")
    checksum = base64.b64encode(hashlib.sha256(content).digest()).decode()

    policy = json.loads(base64.b64decode(link["fields"]["policy"]))
    exact = {
        k: v
        for condition in policy["conditions"]
        if isinstance(condition, dict)
        for k, v in condition.items()
    }
    assert exact["key"] == f"uploads/{author}/{post_ulid}/{link['media_id']}"
    assert exact["bucket"] == UPLOADS
    assert exact["Content-Type"] == "image/jpeg"
    assert exact["x-amz-checksum-sha256"] == checksum
    assert ["content-length-range", 8, 8] in policy["conditions"]
    for field, value in exact.items():
        assert field == "bucket" or link["fields"][field] == value
    lifetime = datetime.fromisoformat(link["expires_at"]) - world.clock.now()
    assert timedelta(minutes=14) < lifetime <= timedelta(minutes=15)


def test_ten_files_are_taken_and_not_eleven_nor_none(client: Client, ada: Person) -> None:
    ten = client.create_post(ada, draft([bytes([n]) for n in range(10)]))
    assert ten.status == 201
    assert len({link["fields"]["key"] for link in ten.json["uploads"]}) == 10
    for contents in ([b"x"] * 11, []):
        answer = client.create_post(ada, draft(contents), key="other")
        assert answer.status == 400
        assert answer.error[1] == "media"


@pytest.mark.parametrize("character", ["x", "ä", "😀", "\nx"])
def test_a_caption_has_2200_characters_at_most(client: Client, ada: Person, character: str) -> None:
    longest = character * (2200 // len(character))
    assert client.create_post(ada, draft(caption=longest)).json["post"]["caption"] == longest
    answer = client.create_post(ada, draft(caption=longest + "x"), key="other")
    assert answer.status == 400
    assert answer.error[1] == "caption"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"content_type": "image/tiff"}, "media[0].content_type"),
        ({"content_type": "text/html"}, "media[0].content_type"),
        ({"content_type": "IMAGE/JPEG"}, "media[0].content_type"),
        ({"bytes": 0}, "media[0].bytes"),
        ({"bytes": -1}, "media[0].bytes"),
        ({"bytes": MAX_PHOTO_BYTES + 1}, "media[0].bytes"),
        ({"bytes": 1.5}, "media[0].bytes"),
        ({"bytes": True}, "media[0].bytes"),
        ({"sha256": "0" * 63}, "media[0].sha256"),
        ({"sha256": "A" * 64}, "media[0].sha256"),
        ({"sha256": "0" * 64 + "\n"}, "media[0].sha256"),
    ],
)
def test_files_are_declared_within_the_rules(
    client: Client, ada: Person, change: dict[str, Any], field: str
) -> None:
    answer = client.create_post(ada, {"media": [declared(b"x") | change]})
    assert answer.status == 400
    assert answer.error[1] == field


def test_the_largest_file_is_taken(client: Client, ada: Person, world: World) -> None:
    medium = declared(b"x") | {"bytes": MAX_PHOTO_BYTES}
    assert client.create_post(ada, {"media": [medium]}).status == 201


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "place.name"),
        ({"name": "  "}, "place.name"),
        ({"name": "x" * 101}, "place.name"),
        ({"name": "a\x00b"}, "place.name"),
        ({"latitude": 90.001}, "place.latitude"),
        ({"latitude": "47"}, "place.latitude"),
        ({"longitude": -180.001}, "place.longitude"),
        ({"longitude": None}, "place.longitude"),
        ({"country": "DE"}, "place.country"),
    ],
)
def test_places_are_on_earth_and_named(
    client: Client, ada: Person, change: dict[str, Any], field: str
) -> None:
    answer = client.create_post(ada, draft(place=PLACE | change))
    assert answer.status == 400
    assert answer.error[1] == field


def test_a_place_may_have_only_a_name(client: Client, ada: Person) -> None:
    post = client.create_post(ada, draft(place={"name": "Old pier"})).json["post"]
    assert post["place"] == {"name": "Old pier", "latitude": None, "longitude": None}
    assert client.get(f"/posts/{post['id']}", ada).json["place"] == post["place"]


@pytest.mark.parametrize("latitude", [0, -90, 90.0, 1e-7, 5e-324, -1e-200, 47.54361234567891])
def test_any_number_is_a_point_on_earth(client: Client, ada: Person, latitude: float) -> None:
    post = client.create_post(ada, draft(place=PLACE | {"latitude": latitude})).json["post"]
    assert post["place"]["latitude"] == pytest.approx(latitude, abs=1e-6)
    assert client.get(f"/posts/{post['id']}", ada).json["place"] == post["place"]


def test_what_nobody_can_see_is_taken_out_of_texts(client: Client, ada: Person) -> None:
    body = draft(caption="a\u0085b\u202ec\nd")
    body["media"][0]["alt_text"] = "\u2066a lake\u2069"
    post = client.create_post(ada, body).json["post"]
    assert post["caption"] == "abc\nd"
    assert post["media"][0]["alt_text"] == "a lake"
    assert client.create_post(ada, body).json["post"]["id"] == post["id"]
    edited = client.patch(f"/posts/{post['id']}", ada, {"caption": "\u200b\u2060 \n"})
    assert edited.json["caption"] == ""


@pytest.mark.parametrize(
    "name", ["Lin\ndau", "Lin\u2028dau", "Lin\u0085dau", "\u202eLindau", "\u200b", "\u3164"]
)
def test_a_place_is_one_line_that_can_be_read(client: Client, ada: Person, name: str) -> None:
    place = {"name": name, "latitude": 47.5, "longitude": 9.7}
    answer = client.create_post(ada, draft(place=place))
    assert (answer.status, answer.error) == (400, ("invalid_text", "place.name"))


def test_control_characters_in_a_caption_are_refused(client: Client, ada: Person) -> None:
    answer = client.create_post(ada, draft(caption="a\x07b"))
    assert answer.error == ("invalid_text", "caption")


class TestIdempotency:
    def test_a_repeated_request_gives_the_same_post(self, client: Client, ada: Person) -> None:
        first = client.create_post(ada, draft(caption="once"))
        again = client.create_post(ada, draft(caption="once"))
        assert again.status == 201
        assert again.json["post"] == first.json["post"]
        keys = [answer.json["uploads"][0]["fields"]["key"] for answer in (first, again)]
        assert keys[0] == keys[1]
        assert len(client.get("/me/uploads", ada).json["items"]) == 1

    def test_another_body_under_the_same_key_is_refused(self, client: Client, ada: Person) -> None:
        client.create_post(ada, draft(caption="once"))
        for body in (draft(caption="twice"), draft([b"other"], caption="once")):
            answer = client.create_post(ada, body)
            assert answer.status == 409
            assert answer.error == ("idempotency_key_reused", "Idempotency-Key")
        assert len(client.get("/me/uploads", ada).json["items"]) == 1

    def test_keys_are_each_users_own(self, client: Client, ada: Person, ben: Person) -> None:
        ids = {client.create_post(person, draft()).json["post"]["id"] for person in (ada, ben)}
        assert len(ids) == 2

    def test_only_what_is_missing_gets_a_link_again(
        self, client: Client, pipeline: Pipeline, ada: Person
    ) -> None:
        photos = [jpeg(32, 32, seed=1), jpeg(32, 32, seed=2)]
        created = client.create_post(ada, draft(photos)).json
        upload_all(pipeline.world, created, photos[:1], of=created["uploads"][:1])
        pipeline.run()
        again = client.create_post(ada, draft(photos)).json
        assert [medium["state"] for medium in again["post"]["media"]] == ["ready", "awaiting"]
        assert [link["media_id"] for link in again["uploads"]] == [
            created["uploads"][1]["media_id"]
        ]

    def test_a_deleted_post_is_not_made_again(self, client: Client, ada: Person) -> None:
        post_id = client.create_post(ada, draft()).json["post"]["id"]
        client.delete(f"/posts/{post_id}", ada)
        answer = client.create_post(ada, draft())
        assert answer.status == 409
        assert answer.error == ("post_deleted", None)

    def test_a_key_is_forgotten_after_a_day(
        self, client: Client, ada: Person, world: World
    ) -> None:
        first = client.create_post(ada, draft(caption="a")).json["post"]["id"]
        world.clock.advance(timedelta(hours=24, seconds=1))
        # TTL has not come by yet: the record is there, and past its time.
        assert client.create_post(ada, draft(caption="b")).json["post"]["id"] != first

    @pytest.mark.parametrize("key", ["", " ", "a b", "ü", "x" * 256, "a\n"])
    def test_a_key_is_printable_ascii(self, client: Client, ada: Person, key: str) -> None:
        answer = client.create_post(ada, draft(), key=key)
        assert answer.status == 400
        assert answer.error == ("invalid_idempotency_key", "Idempotency-Key")

    def test_a_key_is_needed(self, client: Client, ada: Person) -> None:
        answer = client.request("POST", "/posts", ada, body=draft())
        assert answer.error == ("invalid_idempotency_key", "Idempotency-Key")
        assert client.create_post(ada, draft(), key="x" * 255).status == 201


BAD_IDS = ["x", "x-y", "0" * 26, "-", f"{'0' * 26}-{'0' * 26}", f"{'8' * 26}-{'0' * 26}", "ä"]


@pytest.mark.parametrize("post_id", BAD_IDS)
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_there_is_no_such_post(client: Client, ada: Person, method: str, post_id: str) -> None:
    body = {"caption": "x"} if method == "PATCH" else None
    answer = client.request(method, f"/posts/{post_id}", ada, body=body)
    assert answer.status == 404
    assert answer.error == ("post_not_found", None)


def test_a_pending_post_is_its_authors_secret(
    client: Client, ada: Person, ben: Person, pending: str
) -> None:
    path = f"/posts/{pending}"
    assert client.get(path, ada).json["caption"] == "waiting"
    # Not even its existence is told, whatever the method.
    for answer in (
        client.get(path, ben),
        client.patch(path, ben, {"caption": "mine"}),
        client.delete(path, ben),
    ):
        assert answer.status == 404
        assert answer.error == ("post_not_found", None)
    assert client.get(path, ada).json["caption"] == "waiting"


def test_another_users_published_post_can_be_read_only(
    client: Client, ada: Person, ben: Person, published: str
) -> None:
    path = f"/posts/{published}"
    seen = client.get(path, ben).json
    assert seen == client.get(path, ada).json
    for answer in (client.patch(path, ben, {"caption": "mine"}), client.delete(path, ben)):
        assert answer.status == 403
        assert answer.error == ("not_your_post", None)
    assert client.get(path, ben).json == seen


@pytest.mark.parametrize("which", ["pending", "published"])
def test_caption_and_place_are_edited_one_by_one(
    client: Client, ada: Person, which: str, request: pytest.FixtureRequest
) -> None:
    path = f"/posts/{request.getfixturevalue(which)}"
    before = listed(client.get(path, ada).json)
    assert client.patch(path, ada, {}).json == before
    assert client.patch(path, ada, {"caption": "new"}).json == before | {"caption": "new"}
    bregenz = PLACE | {"name": " Bregenz "}
    moved = client.patch(path, ada, {"place": bregenz}).json
    assert moved == before | {"caption": "new", "place": PLACE | {"name": "Bregenz"}}
    bare = client.patch(path, ada, {"caption": "", "place": None}).json
    assert bare == before | {"caption": "", "place": None}
    assert listed(client.get(path, ada).json) == bare


def test_alt_texts_and_the_time_of_taking_are_shown(
    client: Client, pipeline: Pipeline, ada: Person
) -> None:
    taken = "2024-05-01T23:59:00-09:30"
    photos = [jpeg(32, 32, seed=1), jpeg(32, 32, seed=2)]
    body = draft(photos, taken_at=taken)
    body["media"][1]["alt_text"] = "A lake at dawn 🌅"
    created = client.create_post(ada, body).json
    assert created["post"]["taken_at"] == taken
    path = f"/posts/{created['post']['id']}"
    first = created["post"]["media"][0]["id"]
    client.patch(path, ada, {"alt_texts": {first: "A boat"}})
    upload_all(pipeline.world, created, photos)
    pipeline.run()
    post = client.get(path, ada).json
    assert (post["state"], post["taken_at"]) == ("published", taken)
    assert [m["alt_text"] for m in post["media"]] == ["A boat", "A lake at dawn 🌅"]
    assert client.get("/feed", ada).json["items"] == [listed(post)]
    client.patch(path, ada, {"alt_texts": {first: ""}, "caption": "new"})
    (shown,) = client.get("/feed", ada).json["items"]
    assert [m["alt_text"] for m in shown["media"]] == ["", "A lake at dawn 🌅"]


def test_a_sensitive_post_says_so_wherever_it_is_shown(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person
) -> None:
    photos = [jpeg(32, 32, seed=1)]
    created = client.create_post(ada, draft(photos, caption="#dunes", sensitive=True)).json
    assert created["post"]["sensitive"] is True
    upload_all(pipeline.world, created, photos)
    pipeline.run()
    handle, path = client.handle(ada), f"/posts/{created['post']['id']}"
    client.request("PUT", f"/me/following/{handle}", ben)
    shown = client.get(path, ben).json
    assert shown["sensitive"] is True
    for url in ("/feed", f"/users/{handle}/posts", "/hashtags/dunes/posts"):
        assert client.get(url, ben).json["items"] == [listed(shown)], url
    assert client.patch(path, ada, {"caption": "#dunes"}).json["sensitive"] is True
    assert client.patch(path, ada, {"sensitive": False}).json["sensitive"] is False
    assert client.get(path, ben).json["sensitive"] is False
    assert client.patch(path, ada, {"sensitive": None}).error == ("invalid_body", "sensitive")
    client.request("DELETE", path, ada)
    (deleted,) = client.get("/me/deleted", ada).json["items"]
    assert deleted["post"]["sensitive"] is False


@pytest.mark.parametrize(
    "taken_at", ["2024-05-01", "2024-05-01T10:00:00", "yesterday", "2024-13-01T00:00:00Z", 5]
)
def test_the_time_of_taking_has_an_offset(client: Client, ada: Person, taken_at: object) -> None:
    answer = client.create_post(ada, draft(taken_at=taken_at))
    assert answer.status == 400
    assert answer.error[1] == "taken_at"


def test_the_ledger_says_what_was_declared(client: Client, ada: Person) -> None:
    client.create_post(ada, draft([b"one"]))
    (entry,) = client.get("/me/uploads", ada).json["items"]
    assert entry["sha256"] == hashlib.sha256(b"one").hexdigest()
    found = client.get(f"/me/uploads/{entry['media_id']}", ada).json["upload"]
    assert found == entry


def test_an_edit_shows_in_feed_and_list(
    client: Client, pipeline: Pipeline, ada: Person, published: str
) -> None:
    edited = client.patch(f"/posts/{published}", ada, {"caption": "changed"}).json
    pipeline.run()
    for path in ("/feed", f"/users/{client.handle(ada)}/posts"):
        assert client.get(path, ada).json["items"] == [edited]


def test_an_edit_before_publishing_is_kept(client: Client, pipeline: Pipeline, ada: Person) -> None:
    photo = jpeg(32, 32)
    created = client.create_post(ada, draft([photo], caption="a")).json
    client.patch(f"/posts/{created['post']['id']}", ada, {"caption": "b"})
    upload_all(pipeline.world, created, [photo])
    pipeline.run()
    post = client.get(f"/posts/{created['post']['id']}", ada).json
    assert (post["state"], post["caption"]) == ("published", "b")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"caption": "x" * 2201}, "caption"),
        ({"caption": None}, "caption"),
        ({"caption": "a\x00"}, "caption"),
        ({"place": PLACE | {"latitude": 91}}, "place.latitude"),
        ({"media": []}, "media"),
        ({"alt_texts": {"x": "no such medium"}}, "alt_texts.x"),
        ({"alt_texts": None}, "alt_texts"),
        ({"state": "published"}, "state"),
    ],
)
def test_wrong_edits_change_nothing(
    client: Client, ada: Person, pending: str, change: dict[str, Any], field: str
) -> None:
    before = client.get(f"/posts/{pending}", ada).json
    answer = client.patch(f"/posts/{pending}", ada, change)
    assert answer.status == 400
    assert answer.error[1] == field
    assert client.get(f"/posts/{pending}", ada).json == before


@pytest.mark.parametrize("which", ["pending", "published"])
def test_a_deleted_post_is_gone_and_deleting_it_again_changes_nothing(
    client: Client, ada: Person, ben: Person, which: str, request: pytest.FixtureRequest
) -> None:
    path = f"/posts/{request.getfixturevalue(which)}"
    for _ in range(2):
        gone = client.delete(path, ada)
        assert (gone.status, gone.text) == (204, "")
    for answer in (
        client.get(path, ada),
        client.patch(path, ada, {"caption": "back"}),
        client.delete(path, ben),
    ):
        assert answer.status == 404
        assert answer.error == ("post_not_found", None)
    assert client.get("/me", ada).json["counts"]["posts"] == 0


def test_a_file_that_never_came_is_shown_as_failed(
    client: Client, ada: Person, world: World, pending: str
) -> None:
    world.clock.advance(timedelta(minutes=31))
    post = client.get(f"/posts/{pending}", ada).json
    assert post["state"] == "failed"
    assert post["media"][0]["failure"]["code"] == "never_arrived"
    (entry,) = client.get("/me/uploads", ada).json["items"]
    assert (entry["state"], entry["failure"]["code"]) == ("failed", "never_arrived")


def test_a_file_that_came_late_is_published_all_the_same(
    client: Client, pipeline: Pipeline, world: World, ada: Person
) -> None:
    photo = jpeg(32, 32)
    created = client.create_post(ada, draft([photo])).json
    world.clock.advance(timedelta(minutes=31))
    upload_all(world, created, [photo])
    pipeline.run()
    assert client.get(f"/posts/{created['post']['id']}", ada).json["state"] == "published"
