"""A draft is its author's alone, wherever it is asked for, until one request posts it."""

from __future__ import annotations

from typing import Any

from tests.integration.client import Client, declared, draft
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import upload_all
from tests.integration.world import Person
from tests.pictures import jpeg

CAPTION = "Begun #words of @heron"


def test_a_draft_is_made_ready_for_its_author_alone_and_posted_by_one_request(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person
) -> None:
    client.patch("/me", ada, {"handle": "ada"})
    client.patch("/me", ben, {"handle": "heron"})
    client.put("/me/following/ada", ben)
    photo = jpeg(16, 16)
    body = {**draft([photo], caption=CAPTION), "draft": True}
    created = client.create_post(ada, body).json
    post = created["post"]
    assert (post["state"], bool(post["draft_until"])) == ("pending", True)
    upload_all(pipeline.world, created, [photo])
    pipeline.run()
    (listed,) = client.get("/me/drafts", ada).json["items"]
    assert (listed["id"], listed["state"]) == (post["id"], "draft")
    assert listed["media"][0]["renditions"]
    _assert_hidden(client, post["id"], ben)
    assert client.get("/me", ada).json["counts"]["posts"] == 0
    media = [{"id": post["media"][0]["id"], "alt_text": "A square"}]
    change = {"media": media, "caption": CAPTION, "publish": True}
    path = f"/posts/{post['id']}/draft"
    posted = client.request("PUT", path, ada, body=change).json
    assert (posted["post"]["draft_until"], posted["uploads"]) == (None, [])
    pipeline.run()
    shown = client.get(f"/posts/{post['id']}", ben).json
    assert (shown["state"], shown["media"][0]["alt_text"]) == ("published", "A square")
    assert [one["id"] for one in client.get("/feed", ben).json["items"]] == [post["id"]]
    assert client.get("/me/drafts", ada).json["items"] == []
    # Repeated, it is the same post; anything else is too late.
    assert client.request("PUT", path, ada, body=change).json["post"]["state"] == "published"
    late = {**change, "media": [*media, {"file": declared(b"new")}]}
    assert client.request("PUT", path, ada, body=late).error == ("not_a_draft", None)


def _assert_hidden(client: Client, post_id: str, person: Person) -> None:
    """Nothing tells a follower that there is a draft."""
    for path in ("", "/likes", "/comments", "/album"):
        assert client.get(f"/posts/{post_id}{path}", person).status == 404
    assert client.put(f"/posts/{post_id}/like", person).status == 404
    answers: list[Any] = [
        client.get(path, person).json
        for path in (
            *("/feed", "/users/ada/posts", "/hashtags/words/posts", "/explore", "/me/drafts"),
            *("/me/activity", "/me/tagged"),
        )
    ]
    assert [answer["items"] for answer in answers] == [[]] * len(answers)
    for path in (f"/public/posts/{post_id}", f"/posts/{post_id}"):
        assert client.request("GET", path).status in (401, 404)
