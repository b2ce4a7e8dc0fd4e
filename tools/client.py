"""A small client of the public API, as an app would use it: sign-in, calls, uploads.

Only the standard library, only HTTP. The demo data, the end-to-end tests and the benchmarks come
in through this door, the same that everybody uses.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

Json = dict[str, Any]

LOCAL_CONFIRMATION_CODE: Final = "123456"
"""The local cloud sends no e-mail; its code is always this one."""
LOCAL_RESET_CODE: Final = "654321"
"""The same, for a forgotten password."""

_TIMEOUT_SECONDS: Final = 60.0
_FIRST_POLL_SECONDS: Final = 0.1
_LONGEST_POLL_SECONDS: Final = 0.5
_PARALLEL_PARTS: Final = 4
_FINAL_STATES: Final = frozenset({"published", "failed"})


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered, whatever the status."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    def json(self) -> Any:
        """The body, decoded. Raises `ValueError` if it is no JSON."""
        return json.loads(self.body)


class ApiError(Exception):
    """The server refused a request."""

    def __init__(self, request: str, response: Response) -> None:
        text = response.body[:500].decode(errors="replace")
        super().__init__(f"{request} was answered {response.status}: {text}")
        self.response = response

    @property
    def status(self) -> int:
        return self.response.status

    @property
    def code(self) -> str:
        """The machine-readable reason: ours, or Cognito's exception name; empty without one."""
        try:
            body = self.response.json()
        except ValueError:
            return ""
        if not isinstance(body, dict):
            return ""
        error = body.get("error")
        if isinstance(error, dict):
            return str(error.get("code", ""))
        return str(body.get("__type", "")).rpartition("#")[2]


@dataclass(frozen=True, slots=True)
class Photo:
    """A file to upload, declared as what it is."""

    data: bytes
    content_type: str = "image/jpeg"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    def declaration(self) -> Json:
        """What `POST /posts` wants to know of it."""
        return {"content_type": self.content_type, "bytes": len(self.data), "sha256": self.sha256}


@dataclass(frozen=True, slots=True, kw_only=True)
class Video(Photo):
    """A file to upload of which more has to be declared."""

    width: int
    height: int
    duration_ms: int

    def declaration(self) -> Json:
        moving = {"width": self.width, "height": self.height, "duration_ms": self.duration_ms}
        return {**Photo.declaration(self), **moving}


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in yields. The API takes the access token."""

    access: str
    id: str
    refresh: str | None


def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    timeout: float = _TIMEOUT_SECONDS,
) -> Response:
    """One HTTP request. Redirects are not followed, no status raises; `OSError` if nobody answers.

    Any name under `.localhost` means this machine, as in browsers and curl.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    secure = parts.scheme == "https"
    connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    local = host == "localhost" or host.endswith(".localhost")
    connection = connect("127.0.0.1" if local else host, parts.port, timeout=timeout)
    target = parts.path or "/"
    if parts.query:
        target = f"{target}?{parts.query}"
    try:
        connection.request(method, target, body, {"Host": parts.netloc, **(headers or {})})
        answer = connection.getresponse()
        lowered = {name.lower(): value for name, value in answer.getheaders()}
        return Response(answer.status, lowered, answer.read())
    except http.client.HTTPException as error:
        raise ConnectionError(f"{url} answered no HTTP: {error!r}") from error
    finally:
        connection.close()


@dataclass(frozen=True, slots=True)
class Accounts:
    """Cognito's public operations: those that need no AWS credentials."""

    endpoint: str
    """Of Cognito: the local cloud's, or `for_region`."""
    client_id: str

    @classmethod
    def for_region(cls, region: str, client_id: str) -> Accounts:
        """Cognito in AWS."""
        return cls(f"https://cognito-idp.{region}.amazonaws.com", client_id)

    def sign_up(self, email: str, password: str) -> None:
        """Raises `ApiError` with code `UsernameExistsException` if the address is taken."""
        self.call(
            "SignUp",
            {
                "Username": email,
                "Password": password,
                "UserAttributes": [{"Name": "email", "Value": email}],
            },
        )

    def confirm(self, email: str, code: str) -> None:
        """Prove the address with the code that was sent to it."""
        self.call("ConfirmSignUp", {"Username": email, "ConfirmationCode": code})

    def sign_in(self, email: str, password: str) -> Tokens:
        """Raises `ApiError` with code `NotAuthorizedException` for a wrong address or password."""
        return self._authenticate(
            "USER_PASSWORD_AUTH", {"USERNAME": email, "PASSWORD": password}, None
        )

    def refresh(self, refresh_token: str) -> Tokens:
        """New access and id tokens."""
        return self._authenticate(
            "REFRESH_TOKEN_AUTH", {"REFRESH_TOKEN": refresh_token}, refresh_token
        )

    def call(self, operation: str, body: Json) -> Json:
        """Any unsigned operation, the client id added. Raises `ApiError` if it is refused."""
        response = request(
            "POST",
            self.endpoint,
            headers={
                "Content-Type": "application/x-amz-json-1.1",
                "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
            },
            body=json.dumps({"ClientId": self.client_id, **body}).encode(),
        )
        if response.status != HTTPStatus.OK:
            raise ApiError(operation, response)
        answer: Json = response.json()
        return answer

    def _authenticate(self, flow: str, parameters: Json, refresh: str | None) -> Tokens:
        answer = self.call("InitiateAuth", {"AuthFlow": flow, "AuthParameters": parameters})
        result = answer["AuthenticationResult"]
        return Tokens(
            result["AccessToken"], result["IdToken"], result.get("RefreshToken") or refresh
        )


@dataclass(frozen=True, slots=True)
class Api:
    """The HTTP API, as one signed-in user or, without a token, as nobody."""

    base_url: str
    token: str | None = field(default=None, repr=False)

    def as_user(self, token: str) -> Api:
        """The same API for the bearer of this access token."""
        return Api(self.base_url, token)

    def send(
        self,
        method: str,
        path: str,
        *,
        body: object | None = None,
        query: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """One call, `body` as JSON. Answers with any status, errors too."""
        sent = dict(headers or {})
        if self.token is not None:
            sent["Authorization"] = f"Bearer {self.token}"
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        suffix = f"?{urlencode(asked)}" if asked else ""
        return request(method, f"{self.base_url}{path}{suffix}", headers=sent, body=data)

    def call(
        self,
        method: str,
        path: str,
        *,
        body: object | None = None,
        query: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        """One call that must succeed. Raises `ApiError` if it does not."""
        response = self.send(method, path, body=body, query=query, headers=headers)
        if not HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
            raise ApiError(f"{method} {path}", response)
        answer: Json = response.json() if response.body else {}
        return answer

    def me(self) -> Json:
        """The caller's profile."""
        return self.call("GET", "/me")

    def edit_me(self, **changes: str) -> Json:
        """Change `handle`, `display_name` or `bio`."""
        return self.call("PATCH", "/me", body=changes)

    def user(self, handle: str) -> Json:
        """Somebody's profile, and whether the caller follows them."""
        return self.call("GET", f"/users/{quote(handle)}")

    def follow(self, handle: str) -> Json:
        return self.call("PUT", f"/me/following/{quote(handle)}")

    def unfollow(self, handle: str) -> Json:
        return self.call("DELETE", f"/me/following/{quote(handle)}")

    def post(self, post_id: str) -> Json:
        return self.call("GET", f"/posts/{quote(post_id)}")

    def feed(
        self, *, cursor: str | None = None, limit: int | None = None, since: str | None = None
    ) -> Json:
        """One page of the caller's feed: `items`, `next_cursor` and, of the first one, `latest`;
        with that as `since` it only tells in `new` how many posts have come."""
        return self.call("GET", "/feed", query={"cursor": cursor, "limit": limit, "since": since})

    def items(self, path: str, *, limit: int | None = None) -> Iterator[Json]:
        """Every item of a paged list, page by page; `limit` is the size of a page."""
        cursor: str | None = None
        while True:
            page = self.call("GET", path, query={"cursor": cursor, "limit": limit})
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def create_post(
        self,
        photos: Sequence[Photo],
        *,
        caption: str = "",
        place: Json | None = None,
        idempotency_key: str | None = None,
    ) -> Json:
        """Declare a post: `post`, and in `uploads` where each photo goes that has not arrived."""
        return self.call(
            "POST",
            "/posts",
            body={
                "caption": caption,
                "place": place,
                "media": [photo.declaration() for photo in photos],
            },
            headers={"Idempotency-Key": idempotency_key or secrets.token_hex(16)},
        )

    def publish(
        self,
        photos: Sequence[Photo],
        *,
        caption: str = "",
        place: Json | None = None,
        idempotency_key: str | None = None,
    ) -> str:
        """Create a post and upload its photos. Returns its id; it publishes itself."""
        created = self.create_post(
            photos, caption=caption, place=place, idempotency_key=idempotency_key
        )
        media = created["post"]["media"]
        photo_of = {medium["id"]: photo for medium, photo in zip(media, photos, strict=True)}
        for grant in created["uploads"]:
            photo = photo_of[grant["media_id"]]
            if "multipart" in grant:
                upload_parts(grant, photo)
                self.complete_upload(grant["media_id"])
                continue
            response = upload(grant, photo)
            if response.status not in {HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT}:
                raise ApiError("upload", response)
        post_id: str = created["post"]["id"]
        return post_id

    def upload_state(self, media_id: str) -> Json:
        """An upload: `upload`, the parts that `arrived`, and the `link` for the rest."""
        return self.call("GET", f"/me/uploads/{quote(media_id)}")

    def complete_upload(self, media_id: str) -> Json:
        """Say that all parts of a large file are there."""
        return self.call("POST", f"/me/uploads/{quote(media_id)}/complete")

    def resume_upload(self, media_id: str, photo: Photo) -> None:
        """Send the parts of a large file that have not arrived, and complete it."""
        link = self.upload_state(media_id)["link"]
        if link is not None:
            upload_parts(link, photo)
        self.complete_upload(media_id)

    def settled(self, post_id: str, *, within: float = 300.0) -> Json:
        """The post, once it is published or has failed. Raises `TimeoutError` after `within`
        seconds."""
        deadline = time.monotonic() + within
        pause = _FIRST_POLL_SECONDS
        while True:
            post = self.post(post_id)
            if post["state"] in _FINAL_STATES:
                return post
            if time.monotonic() > deadline:
                raise TimeoutError(f"post {post_id} is still {post['state']} after {within:.0f} s")
            time.sleep(pause)
            # Asking costs the API as much as the work that is waited for.
            pause = min(1.5 * pause, _LONGEST_POLL_SECONDS)


def upload(grant: Json, photo: Photo, *, fields: Mapping[str, str] | None = None) -> Response:
    """Send a photo to storage as its grant says. `fields` replaces some of the signed ones."""
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in {**grant["fields"], **(fields or {})}.items()
    ]
    parts.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="photo"\r\n'
        f"Content-Type: {photo.content_type}\r\n\r\n".encode()
    )
    parts += [photo.data, f"\r\n--{boundary}--\r\n".encode()]
    return request(
        "POST",
        grant["url"],
        headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
        body=b"".join(parts),
    )


def upload_parts(grant: Json, photo: Photo) -> None:
    """Send the parts of a large photo that its grant has links for, some at a time.

    Raises `ApiError` if one is refused; those that arrived stay.
    """
    size = grant["multipart"]["part_size"]

    def send(part: Json) -> None:
        start = (part["number"] - 1) * size
        response = upload_part(part, photo.data[start : start + part["size"]])
        if response.status != HTTPStatus.OK:
            raise ApiError(f"part {part['number']}", response)

    with ThreadPoolExecutor(_PARALLEL_PARTS) as pool:
        list(pool.map(send, grant["multipart"]["parts"]))


def upload_part(part: Json, data: bytes) -> Response:
    """Send one part to storage, whatever its bytes."""
    return request("PUT", part["url"], body=data)


def claims(token: str) -> Json:
    """What a token says, unverified."""
    payload = token.split(".")[1]
    decoded: Json = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return decoded
