"""The demo's people answer each other's posts, and an export holds what they said: both through the
API, as the command line and `make up` do it."""

from __future__ import annotations

from collections.abc import Mapping

import httpx
import pytest

from shutterfeed_cli.client.answering import Query
from shutterfeed_cli.client.api import Api
from shutterfeed_cli.client.content import Json
from shutterfeed_cli.client.http import Patience
from shutterfeed_cli.own_lists import read_lists
from tests.integration.client import Client, draft
from tests.integration.publishing import publish_at_once
from tests.integration.world import Person
from tools.demo_answers import answer_posts
from tools.demo_data import COLLECTION, COMMENTS, PEOPLE, POSTS, TAGS

FEW = [post for post in POSTS if post.caption in {*COMMENTS, *TAGS, COLLECTION[2]}]
"""The posts of which more is told than likes."""


class HandlerApi(Api):
    """The API's client, whose requests go straight into the handler."""

    def __init__(self, client: Client, person: Person) -> None:
        super().__init__(httpx.Client(), "https://api.test", None, Patience(attempts=1))
        self._handler, self._person = client, person

    def call(
        self,
        method: str,
        path: str,
        *,
        body: object | None = None,
        query: Query | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        asked = {name: str(value) for name, value in (query or {}).items() if value is not None}
        answer = self._handler.request(
            method, path, self._person, body=body, headers=headers, query=asked
        )
        assert answer.status < 300, answer.text
        said: Json = answer.json if answer.text else {}
        return said


@pytest.fixture
def apis(client: Client, monkeypatch: pytest.MonkeyPatch) -> dict[str, HandlerApi]:
    """The API as each of the demo's people calls it, one request after the other."""
    monkeypatch.setattr("tools.parallel.PARALLEL", 1)
    monkeypatch.setattr("tools.demo_answers.POSTS", FEW)
    apis = {
        person.handle: HandlerApi(client, Person.number(number))
        for number, person in enumerate(PEOPLE, start=1)
    }
    for person in PEOPLE:
        apis[person.handle].edit_me(handle=person.handle, private=person.private)
    for person in PEOPLE:
        for handle in person.follows:
            apis[person.handle].follow(handle)
        for handle in person.accepts:
            apis[person.handle].accept_request(handle)
    return apis


@pytest.fixture
def post_ids(client: Client, apis: dict[str, HandlerApi]) -> dict[str, str]:
    """The ids of these posts, by their captions: all of them published at once."""
    ids = {}
    for number, post in enumerate(FEW):
        author, body = apis[post.author]._person, draft([b"a photo"], caption=post.caption)
        ids[post.caption] = publish_at_once(client, author, body, f"key-{number}")
    return ids


@pytest.mark.slow
def test_the_demos_answers_are_made_once_and_exported(
    apis: dict[str, HandlerApi], post_ids: dict[str, str]
) -> None:
    for _ in range(2):
        answer_posts(apis, post_ids)
    for post in FEW:
        counts = apis[post.author].post(post_ids[post.caption])["counts"]
        written = COMMENTS.get(post.caption, ())
        comments = len(written) + sum(len(comment.answers) for comment in written)
        assert counts == {"likes": len(post.liked_by), "comments": comments}, post.caption

    lists = read_lists(apis["maya"], apis["maya"].me())
    liked = {post.caption for post in FEW if "maya" in post.liked_by}
    assert {post["caption"] for post in lists["likes"]} == liked
    saved = [post["id"] for post in lists["saved"]]
    assert [(one["name"], one["posts"]) for one in lists["collections"]] == [("Walks", saved[:1])]
    assert len(saved) == 2
    assert {one["hashtag"] for one in lists["hashtags"]} == {"desert", "mountains"}
    texts = {comment["text"] for comment in lists["comments"]}
    assert "Thank you, @lena." in texts
