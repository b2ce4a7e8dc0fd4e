"""What must not work: foreign tokens, foreign posts, forged uploads, altered cursors."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Json, Photo
from shutterfeed_cli.client.http import request
from shutterfeed_cli.errors import NotSignedIn
from tests import pictures
from tests.e2e.conftest import PASSWORD, Deployment, Person, published
from tests.e2e.expiry import expired_token
from tests.e2e.links import upload
from tools.deploy import LocalAws


def altered(token: str) -> str:
    """The same token for another user, with the old signature."""
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    claims["sub"] = "00000000-0000-4000-8000-000000000000"
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"{header}.{forged}.{signature}"


def unsigned(token: str) -> str:
    header = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    return f"{header}.{token.split('.')[1]}."


def test_without_a_token_nothing_is_told(stack: Deployment) -> None:
    for path in ("/me", "/feed", "/me/uploads", "/users/person1"):
        assert stack.api.send("GET", path).status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/nothing"), ("GET", "/posts/one/shares"), ("POST", "/feed"), ("PATCH", "/posts")],
)
def test_what_is_no_route_is_told_in_the_apis_own_words_to_whoever_is_signed_in(
    stack: Deployment, person: Callable[[], Person], method: str, path: str
) -> None:
    known = person().api.send(method, path)

    assert (known.status_code, known.json()["error"]["code"]) == (404, "route_not_found")
    assert stack.api.send(method, path).status_code == 401


def test_wrong_and_altered_tokens_are_refused(
    stack: Deployment, person: Callable[[], Person]
) -> None:
    tokens = person().tokens
    for token in ("nonsense", altered(tokens.access), unsigned(tokens.access)):
        assert stack.api.as_user(token).send("GET", "/me").status_code == 401


def test_an_id_token_is_no_access_token(stack: Deployment, person: Callable[[], Person]) -> None:
    assert stack.api.as_user(person().tokens.id).send("GET", "/me").status_code in {401, 403}


def test_an_expired_token_is_refused(stack: Deployment, person: Callable[[], Person]) -> None:
    api = stack.api.as_user(expired_token(stack, person().email))

    assert api.send("GET", "/me").status_code == 401


def test_a_wrong_password_and_an_unknown_address_look_alike(
    stack: Deployment, person: Callable[[], Person]
) -> None:
    someone = person()
    answers = []
    for email, password in ((someone.email, "Wrong-password-1"), ("nobody@example.com", PASSWORD)):
        with pytest.raises(NotSignedIn) as refused:
            stack.accounts.sign_in(email, password)
        answers.append((refused.value.status, refused.value.code))
    assert answers == [(400, "NotAuthorizedException")] * 2


def test_refreshed_tokens_work(stack: Deployment, person: Callable[[], Person]) -> None:
    someone = person()
    assert someone.tokens.refresh
    fresh = stack.accounts.refresh(someone.tokens.refresh)
    assert stack.api.as_user(fresh.access).me()["handle"] == someone.handle


def test_anothers_post_can_be_seen_but_not_changed(person: Callable[[], Person]) -> None:
    author, other = person(), person()
    post_id = author.api.publish([Photo(pictures.jpeg(160, 120, seed=30))])
    published(author.api, post_id)
    path = f"/posts/{post_id}"

    assert other.api.send("GET", path).status_code == 200
    assert other.api.send("PATCH", path, body={"caption": "mine"}).status_code == 403
    assert other.api.send("DELETE", path).status_code == 403


def test_a_pending_post_is_its_authors_alone(person: Callable[[], Person]) -> None:
    author, other = person(), person()
    post_id = author.api.create_post([Photo(pictures.jpeg(160, 120, seed=31))])["post"]["id"]

    assert author.api.post(post_id)["state"] == "pending"
    assert other.api.send("GET", f"/posts/{post_id}").status_code == 404


@pytest.fixture(scope="module")
def author(person: Callable[[], Person]) -> Person:
    return person()


@pytest.fixture
def photo() -> Photo:
    return Photo(pictures.jpeg(160, 120, seed=40))


@pytest.fixture
def grant(author: Person, photo: Photo) -> Json:
    created = author.api.create_post([photo])
    grant: Json = created["uploads"][0]
    return grant


class TestForgedUploads:
    """Storage itself refuses what was not declared; the post stays pending."""

    def test_another_size(self, grant: Json, photo: Photo) -> None:
        assert 400 <= upload(grant, replace(photo, data=photo.data + b"!")).status_code < 500

    def test_another_type(self, grant: Json, photo: Photo) -> None:
        forged = upload(grant, photo, fields={"Content-Type": "text/html"})
        assert 400 <= forged.status_code < 500

    def test_another_key(self, grant: Json, photo: Photo) -> None:
        key = grant["fields"]["key"]
        other = key[:-1] + ("1" if key.endswith("0") else "0")
        forged = upload(grant, photo, fields={"key": other})
        assert 400 <= forged.status_code < 500

    def test_another_signature(self, grant: Json, photo: Photo) -> None:
        forged = upload(grant, photo, fields={"x-amz-signature": "0" * 64})
        assert 400 <= forged.status_code < 500

    def test_no_checksum(self, grant: Json, photo: Photo) -> None:
        fields = {k: v for k, v in grant["fields"].items() if "checksum" not in k}
        assert 400 <= upload({**grant, "fields": fields}, photo).status_code < 500


def test_other_bytes_of_the_same_size_are_never_published(person: Callable[[], Person]) -> None:
    author = person()
    photo = Photo(pictures.jpeg(160, 120, seed=44))
    created = author.api.create_post([photo])

    answer = upload(created["uploads"][0], replace(photo, data=photo.data[:-1] + b"!"))

    # S3 compares a POST's bytes with its checksum field; the local cloud takes them, and then it
    # is the hashing function that finds out.
    if answer.status_code < 400:
        post = author.api.wait_until_final(created["post"]["id"])
        assert post["state"] == "failed"
        failure = post["media"][0]["failure"]
        assert (failure["code"], failure["field"]) == ("sha256_mismatch", "sha256")


def test_a_file_that_is_no_photo_fails_with_a_reason(person: Callable[[], Person]) -> None:
    author = person()
    pdf = Photo(b"%PDF-1.7\n" + b"not a photo " * 50)

    post = author.api.wait_until_final(author.api.publish([pdf]))

    assert post["state"] == "failed"
    assert post["media"][0]["failure"]["code"] == "unsupported_type"
    [entry] = author.api.call("GET", "/me/uploads")["items"]
    assert (entry["state"], entry["failure"]["code"]) == ("failed", "unsupported_type")


def test_a_broken_photo_fails_with_a_reason(person: Callable[[], Person]) -> None:
    author = person()
    whole = pictures.jpeg(640, 480, seed=41)

    post = author.api.wait_until_final(author.api.publish([Photo(whole[: len(whole) // 3])]))

    assert post["state"] == "failed"
    assert post["media"][0]["failure"]["message"]


def test_one_content_of_two_users_is_stored_once_and_published_twice(
    stack: Deployment, person: Callable[[], Person]
) -> None:
    first, second = person(), person()
    photo = Photo(pictures.jpeg(500, 400, seed=42))

    posts = [published(p.api, p.api.publish([photo])) for p in (first, second)]

    urls = [[r["url"] for r in post["media"][0]["renditions"]] for post in posts]
    # The same objects, but each post's own URLs: no cache tells the second that there is a first.
    assert [urlsplit(url).path for url in urls[0]] == [urlsplit(url).path for url in urls[1]]
    assert not set(urls[0]) & set(urls[1])
    assert photo.sha256 not in urls[0][0]
    answer = request("GET", urls[1][0])
    assert answer.status_code == 200
    assert "last-modified" not in answer.headers
    originals = (
        LocalAws(stack.endpoint)
        .client("s3")
        .list_object_versions(
            Bucket=stack.outputs["OriginalsBucketName"], Prefix=f"{photo.sha256}/"
        )
    )
    assert len(originals["Versions"]) == 1


def test_one_idempotency_key_makes_one_post(person: Callable[[], Person]) -> None:
    author = person()
    photo = Photo(pictures.jpeg(160, 120, seed=43))

    made = [author.api.create_post([photo], idempotency_key="once") for _ in range(2)]
    other = author.api.send(
        "POST",
        "/posts",
        body={"media": [photo.declaration()], "caption": "another"},
        headers={"Idempotency-Key": "once"},
    )

    assert made[0]["post"]["id"] == made[1]["post"]["id"]
    assert other.status_code == 409
    assert other.json()["error"]["code"] == "idempotency_key_reused"


def test_a_cursor_is_good_for_its_list_and_user_alone(person: Callable[[], Person]) -> None:
    reader, followed = person(), [person() for _ in range(2)]
    for someone in followed:
        reader.api.follow(someone.handle)
    path = f"/users/{reader.handle}/following"
    cursor = reader.api.call("GET", path, query={"limit": 1})["next_cursor"]

    def status(api: Api, where: str, what: str) -> int:
        return api.send("GET", where, query={"cursor": what}).status_code

    assert status(reader.api, path, cursor) == 200
    changed = ("B" if cursor[0] == "A" else "A") + cursor[1:]
    assert status(reader.api, path, changed) == 400
    assert status(followed[0].api, path, cursor) == 400
    assert status(reader.api, f"/users/{reader.handle}/followers", cursor) == 400


def test_bad_input_names_the_field(person: Callable[[], Person]) -> None:
    author = person()
    body = {"media": [{**Photo(b"x").declaration(), "bytes": 0}]}

    answer = author.api.send("POST", "/posts", body=body, headers={"Idempotency-Key": "k"})

    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == "media[0].bytes"
    limit = author.api.send("GET", "/feed", query={"limit": 0}).json()
    assert limit["error"]["field"] == "limit"
