"""Likes over HTTP: who may like what, how often they count, and who sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.client import Client, draft
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish_unrendered
from tests.integration.world import Person
from tests.pictures import jpeg

PHOTO = jpeg(32, 32)


@pytest.fixture
def post(client: Client, pipeline: Pipeline, ada: Person, ben: Person, eve: Person) -> str:
    """The id of a post of Ada's that everybody sees."""
    for name, person in (("ada", ada), ("ben", ben), ("eve", eve)):
        client.patch("/me", person, {"handle": name})
    return publish_unrendered(client, pipeline, ada, [PHOTO], caption="here #sea")


def _handles(client: Client, post: str, viewer: Person) -> list[str]:
    return [user["handle"] for user in client.get(f"/posts/{post}/likes", viewer).json["items"]]


def _liked(client: Client, viewer: Person) -> list[str]:
    return [post["id"] for post in client.get("/me/likes", viewer).json["items"]]


def _answer(likes: int, *, liked: bool) -> dict[str, Any]:
    return {"liked_by_me": liked, "counts": {"likes": likes, "comments": 0}}


def test_a_like_counts_once_however_often_it_is_given_and_taken_back(
    client: Client, post: str, ada: Person, ben: Person
) -> None:
    path = f"/posts/{post}/like"
    assert client.delete(path, ben).json == _answer(0, liked=False)
    for _ in range(2):
        assert client.put(path, ben).json == _answer(1, liked=True)
    assert client.put(path, ada).json == _answer(2, liked=True), "one's own post, too"
    for viewer in (ada, ben):
        body = client.get(f"/posts/{post}", viewer).json
        assert (body["counts"]["likes"], body["liked_by_me"]) == (2, True)
    for _ in range(2):
        assert client.delete(path, ben).json == _answer(1, liked=False)
    assert client.get(f"/posts/{post}", ben).json["liked_by_me"] is False
    assert _handles(client, post, ben) == ["ada"]


def test_every_view_of_a_post_says_the_same(
    client: Client, pipeline: Pipeline, post: str, ben: Person, eve: Person
) -> None:
    client.put("/me/following/ada", ben)
    client.put(f"/posts/{post}/like", ben)
    client.put(f"/posts/{post}/like", eve)
    pipeline.run()
    for path in ("/feed", "/users/ada/posts", "/hashtags/sea/posts", "/me/likes"):
        [shown] = client.get(path, ben).json["items"]
        assert (shown["counts"]["likes"], shown["liked_by_me"]) == (2, True), path
    [found] = client.get("/search", ben, q="here").json["posts"]
    assert (found["counts"]["likes"], found["liked_by_me"]) == (2, True)
    client.delete(f"/posts/{post}/like", ben)
    for path in ("/feed", "/users/ada/posts", "/hashtags/sea/posts"):
        [shown] = client.get(path, ben).json["items"]
        assert (shown["counts"]["likes"], shown["liked_by_me"]) == (1, False), path
    public = client.request("GET", f"/public/posts/{post}", None).json
    assert (public["counts"]["likes"], public["liked_by_me"]) == (1, False)


def test_a_restored_post_has_its_likes_again(
    client: Client, post: str, ada: Person, ben: Person
) -> None:
    client.put(f"/posts/{post}/like", ben)
    client.delete(f"/posts/{post}", ada)
    assert client.put(f"/posts/{post}/like", ben).status == 404
    assert client.delete(f"/posts/{post}/like", ada).status == 404, "there is none"
    assert client.get(f"/posts/{post}/likes", ada).status == 404
    assert _liked(client, ben) == []
    client.request("POST", f"/posts/{post}/restore", ada)
    body = client.get(f"/posts/{post}", ben).json
    assert (body["counts"]["likes"], body["liked_by_me"]) == (1, True)
    assert (_handles(client, post, ada), _liked(client, ben)) == (["ben"], [post])


def test_what_one_may_not_see_cannot_be_liked(
    client: Client, post: str, ada: Person, ben: Person, eve: Person
) -> None:
    waiting = client.create_post(ada, draft(), "waiting").json["post"]["id"]
    client.put(f"/posts/{post}/like", ben)
    client.patch("/me", ada, {"private": True})
    for hidden in (post, waiting, post[:-1] + "0", "nonsense"):
        for answer in (
            client.put(f"/posts/{hidden}/like", eve),
            client.delete(f"/posts/{hidden}/like", eve),
            client.get(f"/posts/{hidden}/likes", eve),
        ):
            assert (answer.status, answer.error[0]) == (404, "post_not_found")
    assert client.put(f"/posts/{waiting}/like", ada).status == 404, "not published yet"
    assert _liked(client, ben) == []
    client.put("/me/following/ada", ben)
    client.put("/me/requests/ben", ada)
    assert _liked(client, ben) == [post]


def _goes_private(client: Client, ada: Person) -> None:
    client.patch("/me", ada, {"private": True})


def _blocks(client: Client, ada: Person) -> None:
    client.put("/me/blocks/ben", ada)


@pytest.mark.parametrize("hide", [_goes_private, _blocks])
def test_a_like_can_be_taken_back_where_one_does_not_see_the_post_any_more(
    client: Client, post: str, ada: Person, ben: Person, hide: Callable[[Client, Person], None]
) -> None:
    path = f"/posts/{post}/like"
    for person in (ada, ben):
        client.put(path, person)
    hide(client, ada)
    taken = client.delete(path, ben)
    assert (taken.status, taken.json) == (200, _answer(0, liked=False)), "it tells no number"
    absent = client.delete(f"/posts/{post[:-1]}0/like", ben)
    again = client.delete(path, ben)
    assert (again.status, again.error) == (absent.status, absent.error)
    assert client.get(f"/posts/{post}", ada).json["counts"]["likes"] == 1
    assert _handles(client, post, ada) == ["ada"]


def test_the_blocked_are_not_there_for_each_other_and_others_see_both(
    client: Client, post: str, ada: Person, ben: Person, eve: Person
) -> None:
    for person in (ben, eve):
        client.put(f"/posts/{post}/like", person)
    client.put("/me/blocks/ben", eve)
    assert _handles(client, post, eve) == ["eve"]
    assert _handles(client, post, ben) == ["ben"]
    assert _handles(client, post, ada) == ["eve", "ben"]
    client.put("/me/blocks/ben", ada)
    assert client.put(f"/posts/{post}/like", ben).status == 404
    assert _liked(client, ben) == []
    client.delete("/me/blocks/ben", ada)
    assert _liked(client, ben) == [post]


def _named(client: Client, viewer: Person, *posts: str) -> dict[str, str]:
    """The handles of those who are named, by the posts."""
    answer = client.get("/posts/likers", viewer, ids=",".join(posts))
    return {item["post_id"]: item["user"]["handle"] for item in answer.json["items"]}


def test_one_of_those_who_like_a_post_is_named(
    client: Client, post: str, ada: Person, ben: Person, eve: Person
) -> None:
    assert _named(client, ada, post) == {}
    for person in (ada, ben, eve):
        client.put(f"/posts/{post}/like", person)
    absent = f"{post[:-1]}0"
    assert _named(client, ada, post, absent) == {post: "eve"}, "the last one"
    client.put("/me/following/ben", ada)
    assert _named(client, ada, post) == {post: "ben"}, "whom one follows"
    assert _named(client, eve, post) == {post: "ben"}, "not oneself"
    client.delete(f"/posts/{post}/like", ben)
    assert _named(client, ada, post) == {post: "eve"}
    client.put("/me/blocks/eve", ada)
    assert _named(client, ada, post) == {}
    assert _named(client, eve, post) == {}, "a post that one does not see"
    assert _named(client, ben, post) == {post: "ada"}, "whom its author has blocked is not named"
    client.patch("/me", ada, {"private": True})
    assert _named(client, ben, post) == {}


@pytest.mark.parametrize("ids", ["", ",", "nonsense", "{post},", ",".join(["{post}"] * 21)])
def test_names_are_asked_for_by_the_ids_of_up_to_twenty_posts(
    client: Client, post: str, ada: Person, ids: str
) -> None:
    answer = client.get("/posts/likers", ada, ids=ids.format(post=post))
    assert (answer.status, answer.error) == (400, ("invalid_ids", "ids"))


def test_likers_come_page_by_page_with_what_the_viewer_is_to_them(
    client: Client, post: str, ada: Person, ben: Person, eve: Person
) -> None:
    client.put("/me/following/eve", ada)
    for person in (ada, ben, eve):
        client.put(f"/posts/{post}/like", person)
    path = f"/posts/{post}/likes"
    first = client.get(path, ada, limit="2").json
    assert [(u["handle"], u["followed_by_me"]) for u in first["items"]] == [
        ("eve", True),
        ("ben", False),
    ]
    client.delete(f"/posts/{post}/like", ben)
    client.put(f"/posts/{post}/like", ben)
    rest = client.get(path, ada, limit="2", cursor=first["next_cursor"]).json
    assert [user["handle"] for user in rest["items"]] == ["ada"]


def test_whom_the_author_has_blocked_nobody_finds_among_the_likers(
    client: Client, post: str, ada: Person, ben: Person, eve: Person
) -> None:
    for person in (ben, eve):
        client.put(f"/posts/{post}/like", person)
    client.put("/me/blocks/ben", ada)
    for viewer in (ada, eve):
        assert _handles(client, post, viewer) == ["eve"]
    client.delete("/me/blocks/ben", ada)
    client.put("/me/blocks/ada", ben)
    assert _handles(client, post, eve) == ["eve", "ben"], "who has blocked the author is there"
