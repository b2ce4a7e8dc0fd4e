"""What people are shown, to be compared before and after: their lists, and the files these name."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.http import request
from tools.errors import ToolError
from tools.progress import step

Answers = dict[str, Any]
"""An answer, or the digest of a file, by whose it is and what was asked for."""

_SEARCHES: Final = ("maya", "light", "borrowed", "mistake")
_TAGS: Final = ("sunrise", "mountains", "sea")
_HOST: Final = re.compile(r"^https?://[^/]+")
_TOKEN: Final = re.compile(r"&e=\d+&s=[\w-]+$")
"""The end of a link to media, which differs between deployments and from day to day."""
_OWN: Final = ("/me", "/me/deleted", "/me/uploads", "/feed")


def ask(people: Mapping[str, Api]) -> Answers:
    """Everything that each of the people is shown: their own lists, everybody's profile, posts,
    followers and followed, what they find; and the bytes of each file. Names of hosts and the
    tokens of links are left out."""
    answers: Answers = {}
    with step("Reading what everybody sees") as progress:
        for handle, api in people.items():
            for path in _paths(people):
                answers[f"{handle}: {path}"] = _answer(api, path)
                progress.detail = f"{len(answers)} answers"
            for media_id in _stored(answers[f"{handle}: /me/uploads"]):
                link = api.call("GET", f"/me/uploads/{media_id}/original")
                answers[f"{handle}: original of {media_id}"] = _digest(link["url"])
        for url in sorted({url for answer in answers.values() for url in _links(answer)}):
            answers[f"file {_lasting(url)}"] = _digest(url)
            progress.detail = f"{len(answers)} answers"
    return {asked: _comparable(answer) for asked, answer in answers.items()}


def differences(before: Answers, after: Answers) -> list[str]:
    """What is not the same, a line each, with both sides."""
    return [
        f"{asked}\n    before: {_short(before.get(asked))}\n    after:  {_short(after.get(asked))}"
        for asked in sorted(before.keys() | after.keys())
        if before.get(asked) != after.get(asked)
    ]


def _paths(people: Mapping[str, Api]) -> Iterator[str]:
    yield from _OWN
    for handle in people:
        yield f"/users/{handle}"
        yield from (f"/users/{handle}/{of}" for of in ("posts", "followers", "following"))
    yield from (f"/search?q={word}" for word in _SEARCHES)
    yield from (f"/hashtags/{tag}/posts" for tag in _TAGS)


def _answer(api: Api, path: str) -> Any:
    """The answer; of a list, the items of all its pages."""
    answer = api.call("GET", path)
    if "items" in answer:
        return list(api.items(path))
    return answer


def _stored(uploads: list[Any]) -> list[str]:
    return [upload["media_id"] for upload in uploads if upload["state"] == "ready"]


def _links(answer: Any) -> Iterator[str]:
    if isinstance(answer, dict):
        for value in answer.values():
            yield from _links(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from _links(value)
    elif isinstance(answer, str) and _HOST.match(answer):
        yield answer


def _digest(url: str) -> str:
    response = request("GET", url)
    if response.status_code != 200:
        # Without its query, which may be signed.
        raise ToolError(f"{url.partition('?')[0]} answers {response.status_code}.")
    return hashlib.sha256(response.content).hexdigest()


def _comparable(answer: Any) -> Any:
    if isinstance(answer, dict):
        return {name: _comparable(value) for name, value in answer.items()}
    if isinstance(answer, list):
        return [_comparable(value) for value in answer]
    return _lasting(answer) if isinstance(answer, str) else answer


def _lasting(text: str) -> str:
    """The part of an address that a restored deployment has again; any other text as it is."""
    return _TOKEN.sub("", _HOST.sub("", text))


def _short(answer: Any) -> str:
    text = json.dumps(answer, sort_keys=True)
    return text if len(text) <= 600 else f"{text[:600]}…"
