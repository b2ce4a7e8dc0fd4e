"""A post that a thousand people a second like for a minute, played on a model of what DynamoDB
bears; and one that people like as fast as a local cloud goes: nobody is told to try again, and all
likes are counted.

The model (`tests/hot_post.py`) has the services of the API and of the workers, in a time of its
own. On the local cloud everybody likes the post and takes that back, again and again and all at the
same time, and likes it in the end. Each of them is one client that waits for its answers.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Final

from bench.deployment import deployed
from bench.figures import Figure
from bench.progress import clear, show
from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Photo
from tests import hot_post
from tools.pictures import landscape


@dataclass(frozen=True, slots=True)
class Size:
    seconds: float
    """How long the model plays."""
    people: int
    """How many like the post on the local cloud, and how often each of them."""
    rounds: int


FULL: Final = Size(60, people=8, rounds=25)
TOY: Final = Size(0.1, people=2, rounds=1)
MINUTES: Final = 3.0
_PATIENCE_SECONDS: Final = 120.0
_POLL_SECONDS: Final = 0.1


def run(size: Size) -> list[Figure]:
    show(f"playing {size.seconds:g} s of {hot_post.A_SECOND:,} likes a second")
    figures = _played(size.seconds)
    with deployed() as deployment:
        show(f"{size.people} people sign up")
        author, *people = (deployment.person(f"hot_{n}") for n in range(size.people + 1))
        figures += _on_a_local_cloud(author, people, size.rounds)
    clear()
    return figures


def _played(seconds: float) -> list[Figure]:
    outcome = hot_post.play(seconds)
    number = round(seconds * hot_post.A_SECOND)
    return [
        Figure("model: likes", outcome.liked, "", f">= {number}"),
        Figure("model: answered busy", outcome.busy, "", "<= 0"),
        Figure("model: likes not counted", number - outcome.counts.likes, "", "<= 0"),
        Figure("model: the last like after", outcome.time.now, "s", f"<= {seconds + 3:g}"),
        Figure("model: what people see is old by", outcome.behind / hot_post.A_SECOND, "s", "<= 1"),
        Figure("model: writes of the author's activity", outcome.activity, "", "<= 1"),
        Figure("model: writes of the author's recent posts", outcome.recent, ""),
    ]


def _on_a_local_cloud(author: Api, people: Sequence[Api], rounds: int) -> list[Figure]:
    post_id = author.publish([Photo(landscape(1))], caption="Liked by many")
    if author.wait_until_final(post_id)["state"] != "published":
        raise RuntimeError("the post was not published")
    show(f"{len(people)} people like a post {rounds} times each")
    start = time.perf_counter()
    with ThreadPoolExecutor(len(people)) as pool:
        answers = sum(pool.map(partial(_like, post_id, rounds), people), Counter[int]())
    took = time.perf_counter() - start
    others = answers.total() - answers[HTTPStatus.OK] - answers[HTTPStatus.SERVICE_UNAVAILABLE]
    missing = len(people) - _counted(author, post_id, len(people))
    return [
        Figure("local cloud: likes and unlikes", answers[HTTPStatus.OK] / took, "1/s"),
        Figure("local cloud: busy", answers[HTTPStatus.SERVICE_UNAVAILABLE], "", "<= 0"),
        Figure("local cloud: other answers", others, "", "<= 0"),
        Figure("local cloud: likes not counted", abs(missing), "", "<= 0"),
    ]


def _like(post_id: str, rounds: int, api: Api) -> Counter[int]:
    """The statuses of the answers to somebody who ends by liking the post."""
    methods = ["PUT", *("DELETE", "PUT") * (rounds - 1)]
    path = f"/posts/{post_id}/like"
    return Counter(api.send(method, path).status_code for method in methods)


def _counted(api: Api, post_id: str, expected: int) -> int:
    """The number that is shown, once it is the expected one, or does not become it."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        likes: int = api.post(post_id)["counts"]["likes"]
        if likes == expected or time.monotonic() > deadline:
            return likes
        time.sleep(_POLL_SECONDS)
