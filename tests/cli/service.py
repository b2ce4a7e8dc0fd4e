"""A stand-in for the service at the other end of the wire: as much of its API as the command line
uses, with its rules for idempotency, and storage that takes forms and parts."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from PIL import Image

from shutterfeed_cli import context as shared
from shutterfeed_cli.client import http
from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.client.http import Patience
from shutterfeed_cli.client.transfer import Transfer
from shutterfeed_cli.journal import Journal
from shutterfeed_cli.ledger import refresh_ledger
from shutterfeed_cli.planning import FileResult, Outcome, Wanted
from shutterfeed_cli.session import Session, SessionFile, Site
from shutterfeed_cli.stopping import Stop
from shutterfeed_cli.uploads import Uploader

BASE = "http://service.test/api"
STORAGE = "http://storage.test"
IN_PARTS = 1000
"""Bytes above which the stand-in wants parts."""
PART = 400

Answer = Callable[[httpx.Request], httpx.Response | None]


def nothing(_: httpx.Request) -> httpx.Response | None:
    """Leave the answer to the stand-in."""
    return None


class FixedTokens:
    """A sign-in that never ends."""

    def access(self) -> str:
        return "token"

    def rejected(self, token: str) -> None:
        raise AssertionError(f"the stand-in takes every token, {token} too")


@dataclass
class Service:
    """`before` may answer, or fail, in the service's place; `refused` are contents it fails."""

    before: Answer = nothing
    refused: set[str] = field(default_factory=set)
    posts: dict[str, Json] = field(default_factory=dict)
    ledger: dict[str, Json] = field(default_factory=dict)
    stored: dict[str, bytes] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    _keys: dict[str, tuple[str, str]] = field(default_factory=dict)
    _parts: dict[str, dict[int, bytes]] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def client(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self._answer))

    @property
    def published(self) -> list[Json]:
        """Posts that everybody sees, in the order they were declared."""
        return [post for post in self.posts.values() if self._state(post) == "published"]

    def count(self, method: str, path: str) -> int:
        """How often something was asked for."""
        return sum(bool(re.fullmatch(f"{method} {path}", one)) for one in self.requests)

    def expire(self) -> None:
        """Let half an hour go by: files that have not arrived fail."""
        for entry in self.ledger.values():
            if entry["state"] == "awaiting":
                failure = {"code": "never_arrived", "message": "It never came.", "field": None}
                entry.update(state="failed", failure=failure)

    def forget_keys(self) -> None:
        """Let a day go by."""
        self._keys.clear()

    def _answer(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        with self._lock:
            self.requests.append(f"{request.method} {request.url.path}")
            said = self.before(request)
            if said is not None:
                return said
            if request.url.host == "storage.test":
                return self._store(request, body)
            assert request.headers["Authorization"] == "Bearer token"
            return self._api(request, request.url.path.removeprefix("/api"), body)

    def _api(self, request: httpx.Request, path: str, body: bytes) -> httpx.Response:
        if (request.method, path) == ("POST", "/posts"):
            return self._create(request.headers["Idempotency-Key"], body)
        if path == "/me":
            return httpx.Response(200, json={"id": "ME", "handle": "me"})
        if path == "/me/uploads":
            return self._page(request.url.params, list(reversed(self.ledger.values())))
        if match := re.fullmatch("/me/uploads/([^/]+)(/complete)?", path):
            media_id, complete = match.groups()
            if complete:
                missing = set(self._part_sizes(media_id)) - self._parts.get(media_id, {}).keys()
                if missing:
                    return _error(409, "parts_missing", f"Missing: {missing}.")
                self._arrive(
                    media_id, b"".join(b for _, b in sorted(self._parts[media_id].items()))
                )
            entry = self.ledger[media_id]
            link = self._link(media_id) if entry["state"] == "awaiting" else None
            return httpx.Response(200, json={"upload": entry, "arrived": [], "link": link})
        assert path == "/users/me/posts"
        return self._page(request.url.params, list(reversed(self.published)))

    def _page(self, asked: Mapping[str, str], items: list[Json]) -> httpx.Response:
        start, limit = int(asked.get("cursor", 0)), int(asked["limit"])
        following = start + limit
        cursor = str(following) if following < len(items) else None
        page = {"items": items[start:following], "next_cursor": cursor}
        return httpx.Response(200, json=page)

    def _create(self, key: str, body: bytes) -> httpx.Response:
        draft = json.loads(body)
        fingerprint = json.dumps(draft, sort_keys=True)
        post_id, earlier = self._keys.get(key, ("", fingerprint))
        if earlier != fingerprint:
            return _error(409, "idempotency_key_reused", "This key was used for another post.")
        if not post_id:
            post_id = f"P{len(self.posts):04}"
            self._keys[key] = post_id, fingerprint
            ids = [f"M{len(self.ledger) + n:04}" for n in range(len(draft["media"]))]
            self.posts[post_id] = {"id": post_id, "media": [{"id": i} for i in ids], "draft": draft}
            for media_id, medium in zip(ids, draft["media"], strict=True):
                self.ledger[media_id] = {
                    "media_id": media_id,
                    "post_id": post_id,
                    "sha256": medium["sha256"],
                    "bytes": medium["bytes"],
                    "state": "awaiting",
                    "purpose": "post",
                    "failure": None,
                }
        post = self.posts[post_id]
        waiting = [m["id"] for m in post["media"] if self.ledger[m["id"]]["state"] == "awaiting"]
        shown = {"id": post_id, "media": post["media"], "state": self._state(post)}
        answer = {"post": shown, "uploads": [self._link(media_id) for media_id in waiting]}
        return httpx.Response(201, json=answer)

    def _state(self, post: Json) -> str:
        states = {self.ledger[medium["id"]]["state"] for medium in post["media"]}
        if "failed" in states:
            return "failed"
        return "published" if states == {"ready"} else "pending"

    def _part_sizes(self, media_id: str) -> dict[int, int]:
        size = self.ledger[media_id]["bytes"]
        starts = range(0, size, PART)
        return {n: min(PART, size - start) for n, start in enumerate(starts, start=1)}

    def _link(self, media_id: str) -> Json:
        if self.ledger[media_id]["bytes"] <= IN_PARTS:
            url, fields = f"{STORAGE}/form/{media_id}", {"key": media_id}
            return {"media_id": media_id, "url": url, "fields": fields}
        there = self._parts.get(media_id, {})
        parts = [
            {"number": number, "size": size, "url": f"{STORAGE}/part/{media_id}/{number}"}
            for number, size in self._part_sizes(media_id).items()
            if number not in there
        ]
        return {"media_id": media_id, "multipart": {"part_size": PART, "parts": parts}}

    def _store(self, request: httpx.Request, body: bytes) -> httpx.Response:
        assert int(request.headers["Content-Length"]) == len(body)
        kind, media_id, *number = request.url.path.strip("/").split("/")
        if kind == "part":
            assert len(body) == self._part_sizes(media_id)[int(number[0])]
            self._parts.setdefault(media_id, {})[int(number[0])] = body
            return httpx.Response(200)
        boundary = request.headers["Content-Type"].partition("boundary=")[2].encode()
        *fields, file = body.removesuffix(b"\r\n--" + boundary + b"--\r\n").split(b"--" + boundary)
        assert any(b'name="key"' in one and media_id.encode() in one for one in fields)
        self._arrive(media_id, file.partition(b"\r\n\r\n")[2])
        return httpx.Response(204)

    def _arrive(self, media_id: str, content: bytes) -> None:
        entry = self.ledger[media_id]
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]
        self.stored[media_id] = content
        if entry["sha256"] in self.refused:
            failure = {"code": "undecodable", "message": "It is broken.", "field": None}
            entry.update(state="failed", failure=failure)
        else:
            entry["state"] = "ready"


def _error(status: int, code: str, message: str) -> httpx.Response:
    error = {"code": code, "message": message, "field": None}
    return httpx.Response(status, json={"error": error})


@dataclass
class Seen:
    """Watches one run."""

    results: list[FileResult] = field(default_factory=list)
    bytes: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def sent(self, number: int) -> None:
        with self.lock:
            self.bytes += number

    def done(self, result: FileResult) -> None:
        with self.lock:
            self.results.append(result)

    def names(self, outcome: Outcome) -> list[str]:
        """The names of the files with this outcome."""
        return sorted(Path(one.name).name for one in self.results if one.outcome is outcome)

    def reasons(self) -> set[str]:
        return {one.reason for one in self.results if one.reason}


class NoPause(Stop):
    """Does not sleep."""

    def sleep(self, _: float) -> None:
        self.check_new()


def run(
    service: Service,
    journal: Journal,
    groups: list[Wanted],
    *,
    stop: Stop | None = None,
    parallel: int = 2,
    dry: bool = False,
    ready: Callable[[], object] = lambda: None,
) -> Seen:
    """One run of the uploader, from reading the ledger on; `ready` follows when it was read."""
    stop = stop or NoPause()
    patience = Patience(stop, attempts=3)
    client, seen = service.client, Seen()
    api = Api(client, BASE, FixedTokens(), patience)
    refresh_ledger(api, journal, clock=lambda: 0.0)
    transfer = Transfer(client, api, patience)
    uploader = Uploader(
        api=api,
        transfer=transfer,
        journal=journal,
        stop=stop,
        watcher=seen,
        parallel=parallel,
        dry=dry,
        ready=ready,
    )
    uploader.run(groups)
    return seen


def pictures(folder: Path, names: list[str]) -> list[Path]:
    """Tiny files, each of another colour, by its name."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in names:
        path = folder / name
        colour = tuple(hashlib.sha256(name.encode()).digest()[:3])
        Image.new("RGB", (4, 4), colour).save(path, "PNG")
        paths.append(path)
    return paths


def signed_in(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Service:
    """The service that commands find, which are signed in at it."""
    service = Service()
    monkeypatch.setenv("SHUTTERFEED_CONFIG", str(folder / "config"))
    monkeypatch.setenv("SHUTTERFEED_STATE", str(folder / "state"))
    SessionFile().save(Session(Site("http://site", BASE, "", ""), "ann@example.com", "refresh"))
    monkeypatch.setattr(http, "new_client", lambda _: service.client)
    monkeypatch.setattr(shared, "Tokens", lambda *_: FixedTokens())
    return service
