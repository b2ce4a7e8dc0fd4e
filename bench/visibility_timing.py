"""Whether answers and their times tell somebody that a post or profile is hidden from them, rather
than not there, on a local cloud of its own.

A reader asks for the post of somebody who has blocked them, for the post of a private account, and
for one that does not exist; for the profile of the one who has blocked them, and for one that does
not exist; and, signed out, for post and profile of the private account and for what does not exist.
All of them come once in each round, in random order, so that they meet the same load. How well the
times tell two of them apart is the area under the ROC curve (Mann-Whitney): 0.5 is a coin. The
answers must be equal in every byte but the time and the request's id.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median
from typing import Final

import httpx

from bench.deployment import Deployment, deployed
from bench.figures import Figure
from bench.progress import clear, show
from bench.rank import distinguishability
from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Photo
from tools.pictures import landscape

_GOAL: Final = "<= 0.55"
_OF_THE_MOMENT: Final = re.compile(r"date|.*request-?id|x-amz.*|x-amzn.*", re.IGNORECASE)
"""The headers that differ from answer to answer."""
_LAST: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class Size:
    """How often everything is asked for, and how often before, as a warm-up."""

    rounds: int
    warm_up: int


FULL: Final = Size(rounds=500, warm_up=20)
TOY: Final = Size(rounds=3, warm_up=1)
MINUTES: Final = 4.0


@dataclass(frozen=True, slots=True)
class Question:
    """Something that a reader asks for; `name` stands in its path, and may be repeated."""

    about: str
    """What questions that must be answered alike have in common."""
    kind: str
    api: Api
    path: str
    name: str


@dataclass(slots=True)
class Told:
    """What the answers to one question were like."""

    seconds: list[float]
    answers: set[str]


def run(size: Size) -> list[Figure]:
    with deployed() as deployment:
        questions = _questions(deployment)
        told = _told(questions, size)
    return _figures(questions, told)


def _questions(deployment: Deployment) -> Sequence[Question]:
    blocker, private = (_author(deployment, f"timed_{name}") for name in ("blocker", "private"))
    reader = deployment.person("timed_reader0")
    blocker.api.block("timed_reader0")
    private.api.edit_me(private=True)
    nobody = Api.once(deployment.outputs["ApiUrl"])
    # Neither this author exists nor a user with this handle, which is as long as the others.
    absent_post, absent = _other_id(private.post_id), "timed_nobody0"
    posts = {"blocked": blocker.post_id, "private": private.post_id, "nonexistent": absent_post}
    unseen = {"private": private.post_id, "nonexistent": absent_post}
    profiles = {"blocked": blocker.handle, "nonexistent": absent}
    pages = {"private": private.handle, "nonexistent": absent}
    return [
        *(Question("post", k, reader, f"/posts/{name}", name) for k, name in posts.items()),
        *(Question("profile", k, reader, f"/users/{name}", name) for k, name in profiles.items()),
        *_of_strangers("signed out, post", nobody, "/public/posts/", unseen),
        *_of_strangers("signed out, profile", nobody, "/public/users/", pages),
    ]


def _of_strangers(
    about: str, api: Api, folder: str, names: Mapping[str, str]
) -> Sequence[Question]:
    return [Question(about, kind, api, folder + name, name) for kind, name in names.items()]


@dataclass(frozen=True, slots=True)
class _Author:
    api: Api
    handle: str
    post_id: str


def _author(deployment: Deployment, handle: str) -> _Author:
    api = deployment.person(handle)
    post_id = api.publish([Photo(landscape(1))], caption="Seen by few")
    if api.wait_until_final(post_id)["state"] != "published":
        raise RuntimeError("the post was not published")
    return _Author(api, handle, post_id)


def _other_id(post_id: str) -> str:
    """A post's id that differs in the last character of each half."""
    return "-".join(half[:-1] + _LAST[_LAST.index(half[-1]) - 1] for half in post_id.split("-"))


def _told(questions: Sequence[Question], size: Size) -> Mapping[Question, Told]:
    chance = random.Random(size.rounds)  # noqa: S311 - an order, no secret
    told = {question: Told([], set()) for question in questions}
    for number in range(size.warm_up + size.rounds):
        for question in chance.sample(questions, len(questions)):
            start = time.perf_counter()
            answer = question.api.send("GET", question.path)
            took = time.perf_counter() - start
            if number >= size.warm_up:
                told[question].seconds.append(took)
                told[question].answers.add(_read(answer, question.name))
        show(f"round {number + 1} of {size.warm_up + size.rounds}")
    clear()
    return told


def _read(answer: httpx.Response, name: str) -> str:
    """All of an answer that says something: without the name that it repeats."""
    kept = sorted(
        f"{header}: {value}"
        for header, value in answer.headers.items()
        if not _OF_THE_MOMENT.fullmatch(header)
    )
    text = "\n".join((str(answer.status_code), *kept, answer.text))
    return text.replace(name, "…")


def _figures(questions: Sequence[Question], told: Mapping[Question, Told]) -> list[Figure]:
    figures = []
    for about in dict.fromkeys(question.about for question in questions):
        alike = [question for question in questions if question.about == about]
        for question in alike:
            took = median(told[question].seconds) * 1000
            figures.append(Figure(f"{about}: {question.kind}, median", took, "ms"))
        for one, other in combinations(alike, 2):
            area = distinguishability(told[one].seconds, told[other].seconds)
            figures.append(Figure(f"{about}: {one.kind} or {other.kind}, AUC", area, "", _GOAL))
        answers = set().union(*(told[question].answers for question in alike))
        figures.append(Figure(f"{about}: different answers", len(answers), "", "<= 1"))
    return figures
