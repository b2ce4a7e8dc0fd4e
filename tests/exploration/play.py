"""What scenarios are written with: people, what they do, and how their apps take trouble.

An app repeats a request that was not answered, or answered with 5xx, with the same
`Idempotency-Key`. Files go to their links as a browser would send them.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from api.handler import handler as api
from shutterfeed import keys
from shutterfeed.domain.ids import PostId
from shutterfeed.domain.traces import Person as Traced
from tests.exploration import dynamo
from tests.exploration.before import Before
from tests.exploration.dynamo import Touched
from tests.exploration.tasks import Task
from tests.exploration.world import World
from tests.integration import payloads
from tests.integration.world import METADATA, UPLOADS, Person

_TRIES: Final = 8
_PATIENCE: Final = timedelta(seconds=30)
"""How long an app waits for an answer."""
_BETWEEN: Final = timedelta(seconds=1)
_GOOD: Final = (200, 201, 202, 204)


@dataclass(frozen=True, slots=True)
class File:
    """What somebody posts; `good`: it is what it says, and can be published."""

    content: bytes
    content_type: str = "image/jpeg"
    good: bool = True
    declared: dict[str, Any] = field(default_factory=dict)
    """What a declaration says that is not so, or that videos have besides."""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def declaration(self) -> dict[str, Any]:
        return {
            "content_type": self.content_type,
            "bytes": len(self.content),
            "sha256": self.sha256,
            **self.declared,
        }


@dataclass(frozen=True, slots=True)
class Landed:
    """A file that came to its link whole."""

    post_id: PostId
    media_id: str
    file: File


@dataclass(frozen=True, slots=True)
class Posted:
    """A post that somebody has made, or the hidden one of an avatar."""

    id: str
    files: tuple[File, ...]
    uploads: tuple[dict[str, Any], ...]


@dataclass(slots=True)
class Play:
    """The hand that leads the people of a scenario."""

    world: World
    people: dict[str, Person] = field(default_factory=dict)
    handles: dict[str, str] = field(default_factory=dict)
    landed: list[Landed] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)
    """Answers that nobody expected."""
    authors: tuple[str, ...] = ()
    """Who publishes once more when all is at rest: it has to reach all who follow."""
    avatars: dict[str, list[File | None]] = field(default_factory=dict)
    """What each person asked for, in order; None: to have none."""
    sessions: dict[str, datetime] = field(default_factory=dict)
    """When people have signed in, if it was not long ago."""
    moderators: set[str] = field(default_factory=set)
    erased: dict[str, Traced] = field(default_factory=dict)
    """Those whose accounts are erased in the end, and by what they are found."""
    erasable: dict[str, Traced] = field(default_factory=dict)
    """Those whose accounts are either erased or open in the end."""
    before: Before | None = None
    """What has to be again as it was."""
    others: Before | None = None
    """What others have, who lose nothing."""

    # Time, and people side by side.

    def also(self, script: Callable[[], Any]) -> None:
        """Let somebody else act at the same time."""
        self.world.hub.clients += 1

        def ended(task: Task) -> None:
            self.world.hub.clients -= 1
            if task.error is not None:
                raise task.error

        self.world.hub.run(Task(script.__name__, script, ended))

    def wait(self, **span: float) -> None:
        self.world.hub.wait(self.world.clock.now() + timedelta(**span))

    def until(self, condition: Callable[[], bool], **at_most: float) -> None:
        """Wait until something is so, though not for longer than that."""
        if not condition():
            self.world.hub.wait(self.world.clock.now() + timedelta(**at_most), condition)

    def until_removed(self, place: Touched, seconds_before: float) -> None:
        """Wait until shortly before an item goes by its time-to-live."""
        watch = self.world.watch
        self.until(lambda: place in watch.due, days=40)
        if place in watch.due:
            gone = watch.goes_at(place) - timedelta(seconds=seconds_before)
            self.world.hub.wait(max(gone, self.world.clock.now()))

    def state(self, posted: Posted) -> str | None:
        """What the table says of a post now, without a call."""
        author, ulid = posted.id.split("-")
        item = dynamo.image((METADATA, f"USER#{author}", f"POST#{ulid}"))
        return None if item is None else str(item["state"]["S"])

    # Requests.

    def ask(
        self,
        name: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        expected: Sequence[int] = _GOOD,
        query: dict[str, str] | None = None,
    ) -> Any:
        """The answer's JSON, after as many repetitions as it takes; None of an error."""
        status, answer = 0, None
        for _ in range(_TRIES):
            task = self._send(name, method, path, body, key, query)
            if task.ended and task.error is None:
                status, answer = task.result["statusCode"], _json(task.result)
                if status < 500:
                    break
            self._pause()
        if status not in expected:
            self.surprises.append(f"{name}: {method} {path} was answered {status} {answer}")
        return answer if status in _GOOD else None

    def ask_once(self, name: str, method: str, path: str, body: Any) -> None:
        """Ask and leave, whether there is an answer or not."""
        self._send(name, method, path, body, None, None)

    def _send(
        self, name: str, method: str, path: str, body: Any, key: str | None, query: Any
    ) -> Task:
        event = payloads.http_event(
            method,
            path,
            claims=self._claims(name),
            body=None if body is None else json.dumps(body),
            headers={"Idempotency-Key": key} if key else None,
            query=query,
        )
        hub = self.world.hub
        task = self.world.invoke(
            "api", lambda: api(event, payloads.context()), lambda _: None, lambda: None
        )
        if not task.ended and not task.overtaken:
            deadline = self.world.clock.now() + _PATIENCE
            hub.wait(deadline, lambda: task.ended)
        return task

    def _claims(self, name: str) -> dict[str, str]:
        subject = self.people[name].subject
        began_at = self.sessions.get(name, payloads.SESSION_BEGAN)
        if name in self.moderators:
            return payloads.moderator_claims(subject, began_at)
        return payloads.access_claims(subject, began_at)

    def _pause(self) -> None:
        """Between two tries."""
        if self.world.hub.current is None:
            self.world.pass_time(_BETWEEN)
        else:
            self.world.hub.wait(self.world.clock.now() + _BETWEEN)

    # What people do.

    def person(self, name: str) -> str:
        """Somebody with a profile; the handle."""
        number = len(self.people) + 1
        self.people[name] = Person.number(number)
        self.handles[name] = self.ask(name, "GET", "/me")["handle"]
        return self.handles[name]

    def sign_in(self, name: str) -> None:
        """Begin a session, which is later than the second in which another one was ended."""
        self.wait(seconds=1)
        self.sessions[name] = self.world.clock.now()

    def follow(self, name: str, other: str) -> None:
        self.ask(name, "PUT", f"/me/following/{self.handles[other]}")

    def unfollow(self, name: str, other: str) -> None:
        self.ask(name, "DELETE", f"/me/following/{self.handles[other]}")

    def remove_follower(self, name: str, other: str) -> None:
        self.ask(name, "DELETE", f"/me/followers/{self.handles[other]}")

    def switch(self, name: str, *, private: bool) -> None:
        self.ask(name, "PATCH", "/me", {"private": private})

    def accept(self, name: str, other: str) -> None:
        """Accept a request, which may have been withdrawn."""
        path = f"/me/requests/{self.handles[other]}"
        self.ask(name, "PUT", path, expected=(200, 404))

    def try_to_follow(self, name: str, other: str) -> None:
        """Follow somebody who may not be there for this one."""
        path = f"/me/following/{self.handles[other]}"
        self.ask(name, "PUT", path, expected=(*_GOOD, 404))

    def try_to_unfollow(self, name: str, other: str) -> None:
        """Stop following somebody who may not be there for this one."""
        path = f"/me/following/{self.handles[other]}"
        self.ask(name, "DELETE", path, expected=(*_GOOD, 404))

    def block(self, name: str, other: str) -> None:
        """Block somebody who may have blocked this one before."""
        self.ask(name, "PUT", f"/me/blocks/{self.handles[other]}", expected=(*_GOOD, 404))

    def unblock(self, name: str, other: str) -> None:
        self.ask(name, "DELETE", f"/me/blocks/{self.handles[other]}")

    def mute(self, name: str, other: str, **span: float) -> None:
        """Mute somebody, for a time if one is given."""
        until = self.world.clock.now() + timedelta(**span)
        query = {"until": until.strftime("%Y-%m-%dT%H:%M:%SZ")} if span else None
        self.ask(name, "PUT", f"/me/mutes/{self.handles[other]}", query=query)

    def unmute(self, name: str, other: str) -> None:
        self.ask(name, "DELETE", f"/me/mutes/{self.handles[other]}")

    def suggested(self, name: str) -> set[str]:
        """The names of those whom somebody may like to follow."""
        answer = self.ask(name, "GET", "/suggestions") or {"items": []}
        names = {handle: other for other, handle in self.handles.items()}
        return {names[user["handle"]] for user in answer["items"]}

    def visit(self, name: str) -> list[str]:
        """The ids of all posts of somebody's feed, page by page."""
        found: list[str] = []
        query = {"limit": "3"}
        while True:
            page = self.ask(name, "GET", "/feed", query=query)
            if page is None:
                return found
            found += [post["id"] for post in page["items"]]
            if page["next_cursor"] is None:
                return found
            query = {"limit": "3", "cursor": page["next_cursor"]}

    def declare(
        self,
        name: str,
        *files: File,
        key: str,
        caption: str = "",
        publish_at: str | None = None,
        draft: bool = False,
    ) -> Posted:
        body: dict[str, Any] = {"caption": caption, "media": [file.declaration() for file in files]}
        if draft:
            body["draft"] = True
        if publish_at is not None:
            body["publish_at"] = publish_at
        answer = self.ask(name, "POST", "/posts", body, key=key)
        return Posted(answer["post"]["id"], files, tuple(answer["uploads"]))

    def later(self, **span: float) -> str:
        """The moment after that time, as clients write it."""
        return (self.world.clock.now() + timedelta(**span)).isoformat()

    def ask_for_avatar(self, name: str, file: File, key: str) -> None:
        """Declared and sent."""
        answer = self.ask(name, "POST", "/me/avatar", file.declaration(), key=key)
        self.avatars.setdefault(name, []).append(file)
        if answer and answer["upload"]:
            self.put(answer["upload"], file)

    def remove_avatar(self, name: str) -> None:
        self.ask(name, "DELETE", "/me/avatar")
        self.avatars.setdefault(name, []).append(None)

    def send(self, posted: Posted) -> None:
        """All files to their links."""
        for upload, file in zip(posted.uploads, posted.files, strict=True):
            self.put(upload, file)

    def post(self, name: str, *files: File, key: str, caption: str = "") -> Posted:
        posted = self.declare(name, *files, key=key, caption=caption)
        self.send(posted)
        return posted

    def put(self, upload: dict[str, Any], file: File) -> None:
        """A whole file to its link."""
        key, content_type = upload["fields"]["key"], upload["fields"]["Content-Type"]
        s3 = self.world.machinery.clients["s3"]
        s3.put_object(Bucket=UPLOADS, Key=key, Body=file.content, ContentType=content_type)
        self.arrived(key, file)

    def put_parts(self, upload: dict[str, Any], file: File, numbers: Sequence[int]) -> None:
        """Some parts of a large file to their links."""
        s3 = self.world.machinery.clients["s3"]
        for part in upload["multipart"]["parts"]:
            if part["number"] not in numbers:
                continue
            begin = (part["number"] - 1) * upload["multipart"]["part_size"]
            path, _, signed = part["url"].partition("?")
            named = dict(pair.split("=", 1) for pair in signed.split("&"))
            s3.upload_part(
                Bucket=UPLOADS,
                Key=path[path.index("uploads/") :],
                UploadId=named["uploadId"],
                PartNumber=part["number"],
                Body=file.content[begin : begin + part["size"]],
            )

    def complete(self, name: str, upload: dict[str, Any], file: File) -> None:
        """Say that all parts are there."""
        answer = self.ask(name, "POST", f"/me/uploads/{upload['media_id']}/complete")
        if answer is not None:
            post_id = PostId.parse(answer["upload"]["post_id"])
            self.landed.append(Landed(post_id, upload["media_id"], file))

    def arrived(self, key: str, file: File) -> None:
        post_id, media_id = keys.parse_upload_object(key)
        self.landed.append(Landed(post_id, media_id, file))


def _json(answer: Any) -> Any:
    text = answer.get("body") or ""
    if answer.get("isBase64Encoded"):
        text = gzip.decompress(base64.b64decode(text)).decode()
    return json.loads(text) if text else {}
