"""A stage in memory that does what `make smoke` asks of one, or fails where a test says so."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import httpx
from botocore.exceptions import ClientError
from PIL import Image

SITE = "https://photos.example.com"
REGION = "eu-north-1"
GOOD_TOKEN = "g" * 22
OUTPUTS = {
    "SiteUrl": SITE,
    "MediaUrl": f"{SITE}/media",
    "UserPoolId": "pool",
    "UserPoolClientId": "client",
}
CONFIG = {
    "apiUrl": "/api",
    "cognitoUrl": "https://cognito.example.com/",
    "userPoolClientId": "client",
}


class UserNotFound(ClientError):
    def __init__(self) -> None:
        super().__init__({"Error": {"Code": "UserNotFoundException"}}, "AnyOperation")


def forbidden(operation: str) -> ClientError:
    return ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, operation)


@dataclass
class Stage:
    """One post at most, and whoever has an account."""

    passwords: dict[str, str | None] = field(default_factory=dict)
    follows: set[tuple[str, str]] = field(default_factory=set)
    posts: dict[str, dict[str, Any]] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    """What changed something, in order."""
    before: Callable[[str], object] = lambda _: None
    """Called with each request and each call of an operator before it is done."""
    polls: int = 0
    checks_links: bool = True

    # --- Cognito, for an operator

    @property
    def cognito(self) -> Any:
        return SimpleNamespace(
            admin_create_user=self._create,
            admin_set_user_password=self._set_password,
            admin_delete_user=self._delete_user,
            exceptions=SimpleNamespace(UserNotFoundException=UserNotFound),
            meta=SimpleNamespace(region_name=REGION),
        )

    def _create(self, *, UserPoolId: str, Username: str, **rest: Any) -> None:  # noqa: N803
        self.before("AdminCreateUser")
        assert (UserPoolId, rest["MessageAction"]) == ("pool", "SUPPRESS")
        self.passwords[Username] = None
        self.done.append("create account")

    def _set_password(self, *, Username: str, Password: str, **rest: Any) -> None:  # noqa: N803
        self.before("AdminSetUserPassword")
        assert rest == {"UserPoolId": "pool", "Permanent": True}
        self._require(Username)
        self.passwords[Username] = Password

    def _delete_user(self, *, Username: str, **_: str) -> None:  # noqa: N803
        self.before("AdminDeleteUser")
        self._require(Username)
        del self.passwords[Username]
        self.done.append("delete account")

    def _require(self, email: str) -> None:
        if email not in self.passwords:
            raise UserNotFound

    # --- Everything else, for everybody

    def client(self, _: int = 0) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = unquote(request.url.path)
        self.before(f"{request.method} {path}")
        if path == "/config.json":
            return httpx.Response(200, json=CONFIG)
        if request.url.host == "cognito.example.com":
            return self._sign_in(json.loads(request.content)["AuthParameters"])
        if path.startswith("/media"):
            if self.checks_links and request.url.params.get("s") != GOOD_TOKEN:
                return httpx.Response(403)
            return httpx.Response(200, content=picture(64, 48))
        if path == "/uploads":
            [post] = self.posts.values()
            post["state"] = "processing"
            return httpx.Response(204)
        caller = request.headers["Authorization"].removeprefix("Bearer ")
        return self._called(request, path.removeprefix("/api"), caller)

    def _called(self, request: httpx.Request, path: str, caller: str) -> httpx.Response:
        if (request.method, path) == ("POST", "/posts"):
            return self._new_post(json.loads(request.content), caller)
        if request.method == "GET" and path.startswith("/posts/"):
            return self._post(path.removeprefix("/posts/"), caller)
        return self._api(request, path, caller)

    def _sign_in(self, given: dict[str, str]) -> httpx.Response:
        email = given["USERNAME"]
        if self.passwords.get(email) != given["PASSWORD"]:
            refusal = {"__type": "#NotAuthorizedException", "message": "Incorrect."}
            return httpx.Response(400, json=refusal)
        tokens = {"AccessToken": email.partition("@")[0], "RefreshToken": "r", "ExpiresIn": 900}
        return httpx.Response(200, json={"AuthenticationResult": tokens})

    def _api(self, request: httpx.Request, path: str, caller: str) -> httpx.Response:
        parts = path.strip("/").split("/")
        if request.method == "GET":
            return httpx.Response(200, json=self._listed(parts, request, caller))
        match request.method, parts:
            case "PUT", ["me", "following", handle]:
                self.follows.add((caller, handle))
                self.done.append("follow")
            case "DELETE", ["me", "following", handle]:
                self.follows.discard((caller, handle))
                self.done.append("unfollow")
            case "DELETE", ["posts", post_id]:
                self.posts[post_id]["state"] = "deleted"
                self.done.append("delete post")
            case other:
                raise AssertionError(other)
        return httpx.Response(204)

    def _listed(self, parts: list[str], request: httpx.Request, caller: str) -> dict[str, Any]:
        visible = [post for post in self.posts.values() if post["state"] == "published"]
        match parts:
            case ["me"]:
                return {"handle": caller}
            case ["users", handle]:
                return {"followed_by_me": (caller, handle) in self.follows}
            case ["users", handle, "following"]:
                items = [{"handle": b} for a, b in sorted(self.follows) if a == handle]
            case ["me", "uploads"]:
                mine = [post for post in self.posts.values() if post["author"] == caller]
                items = [{"post_id": post["id"]} for post in mine]
            case ["feed"]:
                items = [post for post in visible if (caller, post["author"]) in self.follows]
            case ["hashtags", tag, "posts"]:
                items = [post for post in visible if f"#{tag}" in post["caption"]]
            case ["search"]:
                word = request.url.params["q"]
                return {"posts": [post for post in visible if word in post["caption"]]}
            case other:
                raise AssertionError(other)
        return {"items": items, "next_cursor": None}

    def _new_post(self, body: dict[str, Any], caller: str) -> httpx.Response:
        rendition = {
            "url": f"{SITE}/media/640.jpg?m=medium&e=1&s={GOOD_TOKEN}",
            "width": 64,
            "height": 48,
        }
        medium = {"id": "medium", "failure": None, "renditions": [rendition]}
        self.posts["post"] = {
            "id": "post",
            "author": caller,
            "caption": body["caption"],
            "state": "awaiting_upload",
            "media": [medium],
        }
        self.done.append("create post")
        link = {"media_id": "medium", "url": f"{SITE}/uploads", "fields": {}}
        return httpx.Response(201, json={"post": self.posts["post"], "uploads": [link]})

    def _post(self, post_id: str, caller: str) -> httpx.Response:
        post = self.posts[post_id]
        if post["state"] == "processing":
            self.polls += 1
            if self.polls > 2:
                post["state"] = "published"
        if post["state"] == "published" or (
            post["author"] == caller and post["state"] != "deleted"
        ):
            return httpx.Response(200, json=post)
        error = {"code": "not_found", "message": "There is no such post.", "field": None}
        return httpx.Response(404, json={"error": error})


def picture(width: int, height: int) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(target, "JPEG")
    return target.getvalue()
