"""Answers to a photo: CPU time of the API's handler for likes, saves, comments, activity, followed
hashtags and their lists beside the bare boto3 calls it makes, and wall time with a latency in every
call to DynamoDB.

The calls of each case are recorded against DynamoDB Local, with its real answers, and played back
from memory, so a write finds the same state in every round. The latency is that of `feed_read`.
Handler and bare calls take turns; figures are medians (CPU) or percentiles (wall) of all rounds.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

import boto3
from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest

from bench import engines
from bench.feed_read import MEDIAN_SECONDS, SIGMA, cpu
from bench.figures import Figure
from bench.imports import environment
from bench.progress import clear, show
from shutterfeed.adapters.dynamodb.activity import DynamoNotices
from shutterfeed.adapters.dynamodb.table import Table, at_once
from shutterfeed.domain.accounts import user_id_of
from shutterfeed.domain.activity import WAIT, Notice, NoticeKind
from shutterfeed.domain.ids import ulid
from tests.feed_scene import Scene
from tests.samples import ACCOUNT_KEY
from tests.tables import create_search_table, create_tables, put_account_key
from tests.wire import Recorded, Wire


@dataclass(frozen=True, slots=True)
class Size:
    """How many people answer the photo, and how often each request is made for CPU time and for
    wall time."""

    people: int
    cpu_rounds: int
    wall_rounds: int


FULL: Final = Size(20, cpu_rounds=60, wall_rounds=300)
TOY: Final = Size(1, cpu_rounds=1, wall_rounds=2)
MINUTES: Final = 2.0

Measured = tuple[list[float], list[float], list[float], int]
"""Milliseconds of CPU time of the handler and of its bare calls, and of wall time; and the round
trips one after the other, each of which takes the latency of a call."""


@dataclass
class Tape(Wire):
    """Plays a request back also if it differs a little each time, such as by the moment in a write:
    then the answer is the one that its operation got at the same turn."""

    turns: defaultdict[str, list[Recorded]] = field(default_factory=lambda: defaultdict(list))
    played: Counter[str] = field(default_factory=Counter)

    def clear(self) -> None:
        super().clear()
        self.played.clear()

    def found(self, request: AWSPreparedRequest) -> Recorded:
        operation = str(request.headers["X-Amz-Target"])
        if not self.offline:
            answered = super().found(request)
            self.turns[operation].append(answered)
            return answered
        turn = self.played[operation]
        self.played[operation] += 1
        try:
            return super().found(request)
        except KeyError:
            return self.turns[operation][turn]


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """One request of somebody to the API."""

    name: str
    method: str
    path: str
    body: Any = None
    trips: int = 3
    """How many round trips one after the other it may take."""


def run(size: Size) -> list[Figure]:
    # The function's own log lines and metrics are part of its work, but nobody reads them here.
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        return _figures(_recorded_and_measured(size))


def _recorded_and_measured(size: Size) -> dict[Request, Measured]:
    with engines.dynamodb() as (endpoint, key):
        names = {"METADATA_TABLE": "metadata", "FEED_TABLE": "feed"}
        # Starts as in a function: with its services built, and kept out of garbage collection.
        started = {"AWS_LAMBDA_FUNCTION_NAME": "api", "AWS_ACCESS_KEY_ID": key}
        os.environ.update(environment(AWS_ENDPOINT_URL=endpoint, **names, **started))
        # Not before: the function reads its settings while it is imported.
        from api.handler import handler
        from shutterfeed.bootstrap import aws

        client = aws.client("dynamodb")
        # As anybody has it: the API's own reads answers in its own way.
        bare = boto3.client("dynamodb")
        create_tables(client, *names.values(), with_stream=False)
        create_search_table(client, "search")
        put_account_key(bare, names["METADATA_TABLE"])
        metadata, feeds = (Table(client, name) for name in names.values())
        scene = Scene(metadata, feeds, datetime.now(UTC))
        cases: dict[Request, tuple[Tape, Tape, Callable[[], Any]]] = {}
        show("laying out a photo and those who answer it")
        for request, ask in _requests(handler, scene, size.people):
            tape = Tape(client)
            with tape.tapped():
                ask()
            plain = Tape(bare, recorded=tape.recorded, turns=tape.turns, offline=True)
            tape.offline = True
            cases[request] = tape, plain, ask
    # From here on there is no server: each of the calls is answered as it was.
    measured = {
        request: _measured(request.name, tape, plain, ask, size)
        for request, (tape, plain, ask) in cases.items()
    }
    clear()
    return measured


def _requests(
    handler: Callable[..., Any], scene: Scene, people: int
) -> list[tuple[Request, Callable[[], Any]]]:
    subject = scene.reader(10, 1)
    told = partial(_told, handler, subject)
    post = told(Request("", "GET", "/feed"))["items"][-1]["id"]
    comments = f"/posts/{post}/comments"
    own, answers, handle = [], [], ""
    for number in range(people):
        other = partial(_told, handler, f"00000000-0000-4000-8000-{number:012}")
        other(Request("", "PUT", f"/posts/{post}/like"))
        comment = other(Request("", "POST", comments, {"text": "A fine picture"}))
        handle = comment["author"]["handle"]
        own.append(told(Request(f"{number}", "POST", comments, {"text": "Where is this?"}))["id"])
        reply = {"text": "At the sea", "reply_to": own[0]}
        answers.append(other(Request("reply", "POST", comments, reply))["id"])
        other(Request("", "PUT", f"/comments/{own[-1]}/like"))
        other(Request("", "PUT", "/me/hashtags/evening"))
    _tell(scene, subject, own, answers)
    root = f"/comments/{own[0]}"
    requests = (
        Request("like", "PUT", f"/posts/{post}/like"),
        Request("list of likers", "GET", f"/posts/{post}/likes", trips=4),
        Request("list of liked posts", "GET", "/me/likes"),
        Request("unlike", "DELETE", f"/posts/{post}/like"),
        Request("save", "PUT", f"/posts/{post}/save"),
        Request("list of saves", "GET", "/me/saved"),
        Request("unsave", "DELETE", f"/posts/{post}/save"),
        Request("post with its comments", "GET", f"/posts/{post}"),
        Request("comment", "POST", comments, {"text": "Where is this?"}),
        Request("comment with a mention", "POST", comments, {"text": f"Look, @{handle}"}, 4),
        Request("reply", "POST", comments, {"text": "I see", "reply_to": own[0]}, 4),
        Request("edit a comment", "PATCH", root, {"text": "Where was this?"}, 4),
        Request("like a comment", "PUT", f"{root}/like"),
        Request("list of comments", "GET", comments),
        Request("list of replies", "GET", f"{root}/replies"),
        Request("own comments", "GET", "/me/comments"),
        Request("activity", "GET", "/me/activity"),
        Request("activity, the number", "GET", "/me/activity/count"),
        Request("activity, seen", "PUT", "/me/activity/seen"),
        Request("follow a hashtag", "PUT", "/me/hashtags/evening", trips=4),
        Request("list of hashtags", "GET", "/me/hashtags"),
        Request("unfollow a hashtag", "DELETE", "/me/hashtags/evening"),
    )
    return [(request, _asking(handler, subject, request)) for request in requests]


def _tell(scene: Scene, subject: str, liked: Sequence[str], replies: Sequence[str]) -> None:
    """Notices of what others have done, as the worker that tells of it would have written them: a
    group for each comment that is liked, and one for each reply. They are older than the moment in
    which everybody finds them."""
    notices = DynamoNotices(scene.metadata)
    owner_id = user_id_of(subject, ACCOUNT_KEY)
    since = scene.now - timedelta(hours=1)
    kinds = ((NoticeKind.COMMENT_LIKE, liked), (NoticeKind.REPLY, replies))
    told = [(kind, comment_id) for kind, ids in kinds for comment_id in ids]
    for number, (kind, comment_id) in enumerate(told):
        position = ulid(scene.now - timedelta(minutes=1), number)
        notices.open(Notice(owner_id, kind, comment_id, 1, position, since))
    time.sleep(WAIT.total_seconds())  # What was just done is not told yet.


def _asking(
    handler: Callable[..., Any], subject: str, request: Request, **headers: str
) -> Callable[[], Any]:
    """A function that makes the request, and returns the body of the answer, perhaps compressed.
    The event is made before, as it is no work of the handler."""
    from tests.integration.payloads import access_claims, context, http_event

    body = None if request.body is None else json.dumps(request.body)
    if body:
        headers["Idempotency-Key"] = f"{subject}-{request.name}".replace(" ", "-")
    claims = access_claims(subject)
    event = http_event(request.method, request.path, claims=claims, body=body, headers=headers)

    def ask() -> Any:
        answer = handler(event, context())
        if answer["statusCode"] >= 300:
            raise RuntimeError(f"{request.method} {request.path}: {answer['body']}")
        return answer["body"]

    return ask


def _told(handler: Callable[..., Any], subject: str, request: Request) -> Any:
    """What is in the answer."""
    ask = _asking(handler, subject, request, **{"Accept-Encoding": "identity"})
    return json.loads(ask())


def _measured(name: str, tape: Tape, plain: Tape, ask: Callable[[], Any], size: Size) -> Measured:
    show(f"measuring: {name}")

    def once() -> None:
        tape.clear()
        ask()

    with tape.tapped(), plain.tapped():
        once()
        once()
        calls: list[Callable[[], Any]] = [
            partial(getattr(plain.client, xform_name(operation)), **parameters)
            for operation, parameters in tape.calls
        ]

        def bare() -> None:
            plain.clear()
            at_once(calls)

        bare()
        ours, theirs = [], []
        for _ in range(size.cpu_rounds):
            ours.append(cpu(once))
            theirs.append(cpu(bare))
        chance = random.Random(1)  # noqa: S311 - a simulation
        tape.latency = lambda: MEDIAN_SECONDS * chance.lognormvariate(0, SIGMA)
        wall = []
        for _ in range(size.wall_rounds):
            start = time.perf_counter()
            once()
            wall.append((time.perf_counter() - start) * 1000)
    return ours, theirs, wall, tape.trips


def _figures(measured: dict[Request, Measured]) -> list[Figure]:
    figures = []
    for request, (ours, bare, wall, trips) in measured.items():
        name = request.name
        percentiles = quantiles(wall, n=100)
        figures += [
            Figure(f"{name}: CPU", median(ours), "ms"),
            Figure(f"{name}: CPU / bare calls", median(ours) / median(bare), "ratio", "<= 1.5"),
            Figure(f"{name}: round trips", trips, "", f"<= {request.trips}"),
            Figure(f"{name}: wall p50", percentiles[49], "ms", "<= 20"),
            Figure(f"{name}: wall p99", percentiles[98], "ms", "<= 60"),
        ]
    return figures
