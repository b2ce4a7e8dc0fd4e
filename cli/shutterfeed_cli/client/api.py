"""The service's HTTP API, called as the signed-in user."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, Protocol
from urllib.parse import quote

import httpx

from shutterfeed_cli.client.answering import Answering, Query
from shutterfeed_cli.client.content import Content, Json
from shutterfeed_cli.client.http import Patience, single_client
from shutterfeed_cli.client.limits import MAX_PAGE
from shutterfeed_cli.client.transfer import Transfer
from shutterfeed_cli.errors import NotSignedIn, Refused

_FIRST_POLL_SECONDS: Final = 0.1
_LONGEST_POLL_SECONDS: Final = 0.5
_FINAL_STATES: Final = frozenset({"published", "failed"})


class AccessTokens(Protocol):
    """A source of access tokens."""

    def access(self) -> str: ...

    def rejected(self, token: str) -> None: ...


@dataclass(frozen=True, slots=True)
class OneToken:
    """A fixed access token, which is never renewed."""

    token: str = field(repr=False)

    def access(self) -> str:
        return self.token

    def rejected(self, token: str) -> None:
        """Do nothing: there is no other token, and the next request is refused too."""


class Api(Answering):
    """Calls of the service's API. Each is repeated until it is answered, as `patience` allows.

    Without `tokens` the caller is not signed in. Unless it says otherwise, a method raises
    `Refused` with the service's reason, `NotSignedIn`, `NetworkGone`, and `Stopped`.
    """

    def __init__(
        self,
        client: httpx.Client,
        base_url: str,
        tokens: AccessTokens | None,
        patience: Patience,
    ) -> None:
        self._client = client
        self._base_url = base_url
        self._tokens = tokens
        self._patience = patience

    @classmethod
    def once(cls, base_url: str, tokens: AccessTokens | None = None) -> Api:
        """An API whose calls are tried only once, each on a connection of its own. It is for tests
        and benchmarks, from which a second attempt would hide a failure."""
        return cls(single_client(), base_url, tokens, Patience(attempts=1))

    def as_user(self, token: str) -> Api:
        """The same API for the bearer of this access token."""
        return Api(self._client, self._base_url, OneToken(token), self._patience)

    def send(
        self,
        method: str,
        path: str,
        *,
        body: object | None = None,
        query: Query | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Make one request, once, and return its answer, whatever the status. Raises `NotSignedIn`
        and `httpx.TransportError`."""
        token = "" if self._tokens is None else self._tokens.access()
        return self._sent(method, path, token, body=body, query=query, headers=headers)

    def call(
        self,
        method: str,
        path: str,
        *,
        body: object | None = None,
        query: Query | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        """Make one call and return the answer. Every call of this class may be repeated safely."""
        used = ""

        def attempt() -> httpx.Response:
            nonlocal used
            used = "" if self._tokens is None else self._tokens.access()
            return self._sent(method, path, used, body=body, query=query, headers=headers)

        answer = self._patience.send(attempt)
        if answer.status_code == HTTPStatus.UNAUTHORIZED and self._tokens is not None:
            self._tokens.rejected(used)
            answer = self._patience.send(attempt)
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            raise NotSignedIn("The service refused your sign-in: run `shutterfeed login`.")
        if not answer.is_success:
            raise _refused(answer)
        said: Json = answer.json() if answer.content else {}
        return said

    def _sent(
        self,
        method: str,
        path: str,
        token: str,
        *,
        body: object | None,
        query: Query | None,
        headers: Mapping[str, str] | None,
    ) -> httpx.Response:
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        signed = {"Authorization": f"Bearer {token}"} if token else {}
        return self._client.request(
            method,
            f"{self._base_url}{path}",
            params=asked or None,
            json=body,
            headers={**(headers or {}), **signed},
        )

    # --- Lists

    def pages(self, path: str, *, query: Query | None = None) -> Iterator[Json]:
        """Every page of a list."""
        cursor: str | None = None
        while True:
            page = self.call(
                "GET", path, query={"limit": MAX_PAGE, **(query or {}), "cursor": cursor}
            )
            yield page
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def items(self, path: str, *, limit: int = MAX_PAGE) -> Iterator[Json]:
        """Every item of a list, asked for in pages of `limit`."""
        for page in self.pages(path, query={"limit": limit}):
            yield from page["items"]

    def feed(
        self, *, cursor: str | None = None, limit: int | None = None, since: str | None = None
    ) -> Json:
        """One page of the caller's feed: `items` and `next_cursor`, and on the first page `latest`.
        With a `latest` given as `since`, the answer has only `new`: how many posts are newer."""
        return self.call("GET", "/feed", query={"cursor": cursor, "limit": limit, "since": since})

    # --- People

    def me(self) -> Json:
        """The caller's profile."""
        return self.call("GET", "/me")

    def edit_me(self, **changes: str | bool | Sequence[str] | Mapping[str, str]) -> Json:
        """Change `handle`, `display_name`, `bio`, `private`, `public_page`, `sensitive`,
        `comments_from`, `mentions_from`, `held_words` (all of them) or `activity` (of whose acts
        the caller is told, by kind). Returns the caller's profile."""
        return self.call("PATCH", "/me", body=changes)

    def user(self, handle: str) -> Json:
        """Somebody's profile, and what the caller is to them."""
        return self.call("GET", f"/users/{quote(handle)}")

    def follow(self, handle: str) -> Json:
        return self.call("PUT", f"/me/following/{quote(handle)}")

    def unfollow(self, handle: str) -> Json:
        return self.call("DELETE", f"/me/following/{quote(handle)}")

    def remove_follower(self, handle: str) -> Json:
        return self.call("DELETE", f"/me/followers/{quote(handle)}")

    def accept_request(self, handle: str) -> Json:
        """Let somebody follow the caller who has asked to. Returns their profile."""
        return self.call("PUT", f"/me/requests/{quote(handle)}")

    def decline_request(self, handle: str) -> Json:
        """Decline somebody's request to follow the caller. Returns their profile."""
        return self.call("DELETE", f"/me/requests/{quote(handle)}")

    def block(self, handle: str) -> Json:
        """Block somebody. Returns the entry in the list of those whom the caller has blocked."""
        return self.call("PUT", f"/me/blocks/{quote(handle)}")

    def unblock(self, handle: str) -> None:
        self.call("DELETE", f"/me/blocks/{quote(handle)}")

    def mute(self, handle: str, until: str | None = None) -> Json:
        """Mute somebody until a moment, or for ever. Returns the entry in the list of those whom
        the caller has muted."""
        return self.call("PUT", f"/me/mutes/{quote(handle)}", query={"until": until})

    def unmute(self, handle: str) -> None:
        self.call("DELETE", f"/me/mutes/{quote(handle)}")

    def suggestions(self, limit: int) -> Json:
        """Users whom the caller may like to follow, as `items`."""
        return self.call("GET", "/suggestions", query={"limit": limit})

    # --- Posts

    def post(self, post_id: str) -> Json:
        return self.call("GET", f"/posts/{quote(post_id)}")

    def edit_post(self, post_id: str, changes: Json) -> Json:
        """Change `caption`, `place`, `sensitive`, `comments_from`, or the `people` tagged in the
        media of one of the caller's posts. Returns it."""
        return self.call("PATCH", f"/posts/{quote(post_id)}", body=changes)

    def delete_post(self, post_id: str) -> None:
        """Delete one of the caller's posts, which can be restored for 30 days."""
        self.call("DELETE", f"/posts/{quote(post_id)}")

    def erase_post(self, post_id: str) -> None:
        """Erase one of the caller's posts, deleted or not. It cannot be undone."""
        self.call("POST", f"/posts/{quote(post_id)}/erasure")

    def restore_post(self, post_id: str) -> Json:
        """Restore one of the caller's deleted posts. Returns it."""
        return self.call("POST", f"/posts/{quote(post_id)}/restore")

    def schedule_post(self, post_id: str, publish_at: str) -> Json:
        """Change the time at which one of the caller's posts is to be published. Returns it."""
        body = {"publish_at": publish_at}
        return self.call("PUT", f"/posts/{quote(post_id)}/schedule", body=body)

    def publish_post(self, post_id: str) -> Json:
        """Publish one of the caller's posts now that is to be published later. Returns it."""
        return self.call("POST", f"/posts/{quote(post_id)}/publish")

    def remove_medium(self, post_id: str, media_id: str) -> Json:
        """Take a file that failed out of one of the caller's posts. Returns the post."""
        return self.call("DELETE", f"/posts/{quote(post_id)}/media/{quote(media_id)}")

    def replace_medium(self, post_id: str, media_id: str, declaration: Json) -> Json:
        """Put another file into the place of one that failed. Returns `post`, and in `uploads` the
        link for the file, unless it has arrived."""
        path = f"/posts/{quote(post_id)}/media/{quote(media_id)}"
        return self.call("PUT", path, body=declaration)

    def send_draft(self, draft: Json, idempotency_key: str) -> Json:
        """Create a post from a body of `POST /posts`. Returns `post`, and in `uploads` the links
        for files not yet arrived."""
        return self.call("POST", "/posts", body=draft, headers={"Idempotency-Key": idempotency_key})

    def create_post(
        self,
        media: Sequence[Content],
        *,
        caption: str = "",
        place: Json | None = None,
        idempotency_key: str | None = None,
    ) -> Json:
        """Declare a post. Returns `post`, and in `uploads` the links for files not yet arrived."""
        draft = {
            "caption": caption,
            "place": place,
            "media": [content.declaration() for content in media],
        }
        return self.send_draft(draft, idempotency_key or secrets.token_hex(16))

    def publish(
        self,
        media: Sequence[Content],
        *,
        caption: str = "",
        place: Json | None = None,
        idempotency_key: str | None = None,
    ) -> str:
        """Create a post and upload its files. Returns its id. The service publishes it once the
        files are processed."""
        created = self.create_post(
            media, caption=caption, place=place, idempotency_key=idempotency_key
        )
        ids = [medium["id"] for medium in created["post"]["media"]]
        content_of = dict(zip(ids, media, strict=True))
        for link in created["uploads"]:
            self.upload(link, content_of[link["media_id"]])
        post_id: str = created["post"]["id"]
        return post_id

    def wait_until_final(
        self,
        post_id: str,
        *,
        within: float = 300.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> Json:
        """The post, once it is published or has failed. Raises `TimeoutError` after `within`
        seconds."""
        deadline = clock() + within
        pause = _FIRST_POLL_SECONDS
        while True:
            post = self.post(post_id)
            if post["state"] in _FINAL_STATES:
                return post
            if clock() > deadline:
                raise TimeoutError(f"post {post_id} is still {post['state']} after {within:.0f} s")
            self._patience.stop.sleep(pause)
            # Asking costs the API as much as the work that is waited for.
            pause = min(1.5 * pause, _LONGEST_POLL_SECONDS)

    # --- Files

    def set_avatar(self, declaration: Json, idempotency_key: str) -> Json:
        return self.call(
            "POST", "/me/avatar", body=declaration, headers={"Idempotency-Key": idempotency_key}
        )

    def upload(self, link: Json, content: Content) -> None:
        """Send a file to its upload link, whole or in parts. Completes an upload in parts."""
        Transfer(self._client, self, self._patience).send(content, link)

    def upload_state(self, media_id: str) -> Json:
        """The state of an upload: `upload`, the parts that `arrived`, and the `link` for the
        missing ones."""
        return self.call("GET", f"/me/uploads/{quote(media_id)}")

    def complete_upload(self, media_id: str) -> Json:
        """Complete the upload of a large file, once all its parts have been sent."""
        return self.call("POST", f"/me/uploads/{quote(media_id)}/complete")


_NOT_OURS: Final[Mapping[int, str]] = {
    HTTPStatus.FORBIDDEN: "The service does not allow that with this sign-in: run "
    "`shutterfeed login`.",
    HTTPStatus.NOT_FOUND: "The service does not know this request: it may be of another "
    "version than this command, or another site.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The request is larger than the service accepts.",
}
"""The messages for statuses that came not from the API itself but from the gateway in front of it,
or from CloudFront, whose answers have no `error`."""


def _refused(answer: httpx.Response) -> Refused:
    try:
        error = answer.json()["error"]
        code, message = str(error["code"]), str(error["message"])
        if field := error.get("field"):
            message = f"{message} ({field})"
    except (ValueError, KeyError, TypeError):
        unknown = f"The service answered {answer.status_code}."
        code, message = "", _NOT_OURS.get(answer.status_code, unknown)
    return Refused(message, code=code, status=answer.status_code)
