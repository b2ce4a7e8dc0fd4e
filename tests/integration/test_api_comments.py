"""Comments over HTTP: written, listed, edited, removed, and moderated by the owner of the post."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.client import Answer, Client
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish_unrendered
from tests.integration.world import Person
from tests.pictures import jpeg

CY = Person.number(0xC1)


@pytest.fixture
def post(client: Client, pipeline: Pipeline, ada: Person, ben: Person, eve: Person) -> str:
    """A published post of Ada's; Ben, Eve and Cy are there too."""
    for person, handle in ((ada, "ada"), (ben, "heron"), (eve, "eve"), (CY, "cyd")):
        client.patch("/me", person, {"handle": handle})
    return publish_unrendered(client, pipeline, ada, [jpeg(16, 16)])


def comment(
    client: Client, person: Person, post: str, text: str = "Nice", key: str = "", **more: Any
) -> Answer:
    body = {"text": text, **more}
    headers = {"Idempotency-Key": key or f"{person.subject}{text}{more}".replace(" ", "")}
    return client.request("POST", f"/posts/{post}/comments", person, body=body, headers=headers)


def made(client: Client, person: Person, post: str, text: str = "Nice", **more: Any) -> str:
    answer = comment(client, person, post, text, **more)
    assert answer.status == 201, answer.text
    found: str = answer.json["id"]
    return found


def texts(client: Client, person: Person, path: str, **query: str) -> list[str | None]:
    return [row["text"] for row in client.get(path, person, **query).json["items"]]


def count(client: Client, person: Person, post: str) -> int:
    found: int = client.get(f"/posts/{post}", person).json["counts"]["comments"]
    return found


def test_a_comment_is_there_at_once_for_its_author_and_for_others(
    client: Client, post: str, ada: Person, ben: Person
) -> None:
    assert client.get(f"/posts/{post}", ben).json["can_comment"] is True
    answer = comment(client, ben, post, " What a light! ")
    assert answer.status == 201
    own = answer.json
    assert own["text"] == "What a light!"
    assert own["author"]["handle"] == "heron"
    assert (own["post_id"], own["reply_to"], own["likes"], own["replies"]) == (post, None, 0, 0)
    assert (own["can_edit"], own["can_delete"], own["can_moderate"]) == (True, True, False)
    assert client.get(f"/posts/{post}/comments", ben).json["items"] == [own]
    assert client.get(f"/comments/{own['id']}", ben).json == own
    theirs = client.get(f"/comments/{own['id']}", ada).json
    assert (theirs["can_edit"], theirs["can_delete"], theirs["can_moderate"]) == (
        False,
        True,
        True,
    )
    assert count(client, ada, post) == count(client, ben, post) == 1
    assert client.get(f"/posts/{post}", ben).json["first_comments"] == [own]
    assert client.get("/me/comments", ben).json["items"] == [own]


def test_replies_are_one_level_deep_and_count(
    client: Client, post: str, ada: Person, ben: Person, eve: Person
) -> None:
    root = made(client, ben, post, "root")
    reply = made(client, ada, post, "reply", reply_to=root)
    deeper = comment(client, eve, post, "deeper", reply_to=reply).json
    assert deeper["reply_to"] == root
    assert texts(client, ben, f"/posts/{post}/comments") == ["root"]
    for of in (root, reply, deeper["id"]):
        assert texts(client, ben, f"/comments/{of}/replies") == ["reply", "deeper"]
    assert client.get(f"/comments/{root}", ben).json["replies"] == 2
    assert count(client, ben, post) == 3
    missing = comment(client, eve, post, "x", reply_to=f"{post}-{'0' * 26}")
    assert (missing.status, missing.error) == (404, ("comment_not_found", None))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", ("invalid_body", "text")),
        (" \n\u200b", ("empty_comment", "text")),
        ("x" * 1001, ("invalid_body", "text")),
        ("\x00", ("invalid_text", "text")),
    ],
)
def test_texts_without_words_or_of_too_many_are_refused(
    client: Client, post: str, ben: Person, text: str, error: tuple[str, str]
) -> None:
    answer = comment(client, ben, post, text, "key")
    assert (answer.status, answer.error) == (400, error)
    assert comment(client, ben, post, "x" * 1000, "key").status == 201


def test_a_key_makes_one_comment(client: Client, post: str, ben: Person, ada: Person) -> None:
    first = comment(client, ben, post, "once", "key")
    assert comment(client, ben, post, "once", "key").json == first.json
    assert count(client, ben, post) == 1
    other = comment(client, ben, post, "twice", "key")
    assert (other.status, other.error) == (409, ("idempotency_key_reused", "Idempotency-Key"))
    assert comment(client, ada, post, "twice", "key").status == 201
    client.patch("/me", ada, {"comments_from": "nobody"})
    assert comment(client, ben, post, "once", "key").json == first.json
    client.delete(f"/comments/{first.json['id']}", ben)
    gone = comment(client, ben, post, "once", "key")
    assert (gone.status, gone.error) == (409, ("comment_deleted", None))
    none = client.request("POST", f"/posts/{post}/comments", ben, body={"text": "x"})
    assert none.error == ("invalid_idempotency_key", "Idempotency-Key")


def test_lists_go_either_way_with_pinned_comments_first_and_once(
    client: Client, post: str, ada: Person, ben: Person
) -> None:
    ids = [made(client, ben, post, f"{number}") for number in range(6)]
    path = f"/posts/{post}/comments"
    assert texts(client, ben, path) == [str(n) for n in range(6)]
    assert texts(client, ben, path, order="newest") == [str(n) for n in reversed(range(6))]
    assert client.get(path, ben, order="best").error == ("invalid_order", "order")
    for number in (4, 1):
        pinned = client.put(f"/comments/{ids[number]}/pinned", ada)
        assert (pinned.status, pinned.json["pinned"]) == (200, True)
    for order, shown in (("oldest", "410235"), ("newest", "415320")):
        first = client.get(path, ben, order=order, limit="2").json
        assert [row["pinned"] for row in first["items"][:2]] == [True, True]
        seen = [row["text"] for row in first["items"]]
        # What is pinned meanwhile moves nothing between the pages.
        client.put(f"/comments/{ids[3]}/pinned", ada)
        cursor = first["next_cursor"]
        while cursor is not None:
            page = client.get(path, ben, order=order, limit="2", cursor=cursor).json
            seen += [row["text"] for row in page["items"]]
            cursor = page["next_cursor"]
        assert "".join(seen) == shown
        client.delete(f"/comments/{ids[3]}/pinned", ada)
    client.put(f"/comments/{ids[0]}/pinned", ada)
    fourth = client.put(f"/comments/{ids[2]}/pinned", ada)
    assert (fourth.status, fourth.error) == (409, ("too_many_pinned", None))
    client.delete(f"/comments/{ids[4]}", ben)
    assert client.put(f"/comments/{ids[2]}/pinned", ada).status == 200
    reply = made(client, ben, post, "reply", reply_to=ids[0])
    assert client.put(f"/comments/{reply}/pinned", ada).error == ("not_pinnable", "comment_id")
    refused = client.put(f"/comments/{ids[5]}/pinned", ben)
    assert (refused.status, refused.error) == (403, ("not_your_post", None))


def test_only_its_author_edits_a_comment(
    client: Client, post: str, ada: Person, ben: Person, eve: Person
) -> None:
    comment_id = made(client, ben, post)
    assert client.get(f"/comments/{comment_id}", ben).json["edited_at"] is None
    edited = client.patch(f"/comments/{comment_id}", ben, {"text": "Better"})
    assert (edited.status, edited.json["text"]) == (200, "Better")
    assert edited.json["edited_at"] is not None
    assert client.patch(f"/comments/{comment_id}", ben, {"text": "Better"}).json == edited.json
    for person in (ada, eve):
        refused = client.patch(f"/comments/{comment_id}", person, {"text": "Mine"})
        assert (refused.status, refused.error) == (403, ("not_your_comment", None))
    assert count(client, ben, post) == 1


def test_author_and_owner_delete_and_replies_stay(
    client: Client, post: str, ada: Person, ben: Person, eve: Person
) -> None:
    root = made(client, ben, post, "root")
    reply = made(client, eve, post, "reply", reply_to=root)
    refused = client.delete(f"/comments/{root}", eve)
    assert (refused.status, refused.error) == (403, ("not_your_comment", None))
    for _ in range(2):
        assert client.delete(f"/comments/{root}", ben).status == 204
    [left] = client.get(f"/posts/{post}/comments", eve).json["items"]
    assert (left["id"], left["deleted"], left["author"], left["text"]) == (root, True, None, None)
    assert left["replies"] == count(client, eve, post) == 1
    assert (left["can_edit"], left["can_delete"], left["can_moderate"]) == (False, False, False)
    assert texts(client, ben, f"/comments/{root}/replies") == ["reply"]
    assert client.patch(f"/comments/{root}", ben, {"text": "again"}).status == 404
    assert comment(client, ben, post, "more", reply_to=root).status == 404
    assert client.delete(f"/comments/{reply}", ada).status == 204
    assert client.get(f"/posts/{post}/comments", eve).json["items"] == []
    assert client.get(f"/comments/{root}", eve).status == 404
    assert client.get("/me/comments", ben).json["items"] == []
    assert count(client, eve, post) == 0


def test_a_hidden_comment_is_seen_by_its_author_and_the_owner_alone(
    client: Client, post: str, ada: Person, ben: Person, eve: Person
) -> None:
    comment_id = made(client, ben, post, "shadow")
    before = client.get(f"/comments/{comment_id}", ben).json
    hidden = client.put(f"/comments/{comment_id}/hidden", ada)
    assert (hidden.status, hidden.json["hidden"]) == (200, True)
    assert client.get(f"/comments/{comment_id}", ben).json == before
    assert texts(client, ben, f"/posts/{post}/comments") == ["shadow"]
    assert texts(client, ada, f"/posts/{post}/comments") == ["shadow"]
    assert client.get(f"/posts/{post}/comments", eve).json["items"] == []
    assert client.get(f"/comments/{comment_id}", eve).status == 404
    assert client.put(f"/comments/{comment_id}/like", eve).status == 404
    assert comment(client, eve, post, "reply", reply_to=comment_id).status == 404
    assert count(client, eve, post) == 0
    assert client.get(f"/posts/{post}", eve).json["first_comments"] == []
    own = made(client, ben, post, "to myself", reply_to=comment_id)
    assert client.get(f"/comments/{own}", eve).status == 404
    assert texts(client, ben, f"/comments/{comment_id}/replies") == ["to myself"]
    assert client.get(f"/posts/{post}/comments", eve).json["items"] == []
    assert client.put(f"/comments/{comment_id}/hidden", ben).status == 403
    assert client.delete(f"/comments/{comment_id}/hidden", ada).json["hidden"] is False
    assert texts(client, eve, f"/posts/{post}/comments") == ["shadow"]
    assert texts(client, eve, f"/comments/{comment_id}/replies") == ["to myself"]
    assert count(client, eve, post) == 2


def test_a_hidden_root_leaves_a_place_for_its_replies(
    client: Client, post: str, ada: Person, ben: Person, eve: Person
) -> None:
    root = made(client, ben, post, "root")
    made(client, eve, post, "reply", reply_to=root)
    client.put(f"/comments/{root}/hidden", ada)
    [left] = client.get(f"/posts/{post}/comments", CY).json["items"]
    assert (left["deleted"], left["author"], left["replies"]) == (True, None, 1)
    assert texts(client, CY, f"/comments/{root}/replies") == ["reply"]
    assert count(client, CY, post) == 1


def test_words_hold_comments_until_the_owner_approves_them(
    client: Client, post: str, ada: Person, ben: Person, eve: Person
) -> None:
    words = {"held_words": ["Ärt", "two words"]}
    assert client.patch("/me", ada, words).json["held_words"] == words["held_words"]
    assert client.get("/me", ada).json["held_words"] == words["held_words"]
    assert comment(client, ben, post, "a party").json["held"] is False
    held = comment(client, ben, post, "ART!").json
    assert held["held"] is True
    assert comment(client, ada, post, "art is mine").json["held"] is False
    assert count(client, eve, post) == 2
    assert texts(client, eve, f"/posts/{post}/comments") == ["a party", "art is mine"]
    assert texts(client, ben, f"/posts/{post}/comments") == ["a party", "ART!", "art is mine"]
    assert client.get(f"/comments/{held['id']}", eve).status == 404
    assert texts(client, ada, "/me/held-comments") == ["ART!"]
    assert client.get("/me/held-comments", ben).json["items"] == []
    assert client.put(f"/comments/{held['id']}/pinned", ada).error == ("not_visible", None)
    assert client.put(f"/comments/{held['id']}/approved", ben).status == 403
    for _ in range(2):
        approved = client.put(f"/comments/{held['id']}/approved", ada)
        assert (approved.status, approved.json["held"]) == (200, False)
    assert (count(client, eve, post), client.get("/me/held-comments", ada).json["items"]) == (3, [])
    again = client.patch(f"/comments/{held['id']}", ben, {"text": "Two  WORDS here"})
    assert again.json["held"] is True
    assert count(client, eve, post) == 2
    assert client.patch(f"/comments/{held['id']}", ben, {"text": "harmless"}).json["held"] is False
    assert (count(client, eve, post), client.get("/me/held-comments", ada).json["items"]) == (3, [])


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["x"] * 101, ("too_many_held_words", "held_words")),
        (["ok", "x" * 51], ("held_word_too_long", "held_words[1]")),
        (["ok", "..."], ("invalid_held_word", "held_words[1]")),
        (["a\nb"], ("invalid_text", "held_words[0]")),
        ([""], ("invalid_text", "held_words[0]")),
        ("x", ("invalid_body", "held_words")),
    ],
)
def test_a_list_of_words_that_is_wrong_is_refused_by_its_field(
    client: Client, ada: Person, words: Any, error: tuple[str, str]
) -> None:
    client.patch("/me", ada, {"held_words": ["kept"]})
    answer = client.patch("/me", ada, {"held_words": words})
    assert (answer.status, answer.error) == (400, error)
    assert client.get("/me", ada).json["held_words"] == ["kept"]


def test_account_and_post_say_who_may_comment(
    client: Client, post: str, ada: Person, ben: Person, eve: Person
) -> None:
    client.put("/me/following/ada", ben)

    def may() -> list[bool]:
        people = (ada, ben, eve)
        seen = [client.get(f"/posts/{post}", who).json["can_comment"] for who in people]
        done = [comment(client, who, post, f"{number()}").status == 201 for who in people]
        assert seen == done
        return done

    numbers = iter(range(100))

    def number() -> int:
        return next(numbers)

    assert client.patch("/me", ada, {"comments_from": "followers"}).json["comments_from"] == (
        "followers"
    )
    assert may() == [True, True, False]
    refused = comment(client, eve, post, "x")
    assert (refused.status, refused.error) == (403, ("comments_for_followers", None))
    edited = client.patch(f"/posts/{post}", ada, {"comments_from": "nobody"}).json
    assert edited["comments_from"] == "nobody"
    assert client.get(f"/posts/{post}", ben).json["comments_from"] is None
    assert may() == [True, False, False]
    assert comment(client, ben, post, "x").error == ("comments_closed", None)
    client.patch(f"/posts/{post}", ada, {"caption": "this leaves it"})
    assert may() == [True, False, False]
    client.patch(f"/posts/{post}", ada, {"comments_from": "everyone"})
    assert may() == [True, True, True]
    inherited = client.patch(f"/posts/{post}", ada, {"comments_from": None}).json
    assert inherited["comments_from"] is None
    assert may() == [True, True, False]


def test_a_block_hides_comments_between_two_and_on_the_posts_of_who_blocked(
    client: Client, pipeline: Pipeline, post: str, ada: Person, ben: Person, eve: Person
) -> None:
    bens, eves = made(client, ben, post, "ben"), made(client, eve, post, "eve")
    made(client, CY, post, "to ben", reply_to=bens)
    path = f"/posts/{post}/comments"
    client.put("/me/blocks/heron", eve)
    for person, shown in ((eve, [None, "eve"]), (ben, ["ben", None]), (CY, ["ben", "eve"])):
        expected = [text for text in shown if text is not None or person is eve]
        assert texts(client, person, path) == expected, person
    assert client.get(f"/comments/{eves}", ben).status == 404
    assert client.put(f"/comments/{eves}/like", ben).status == 404
    assert texts(client, eve, f"/comments/{bens}/replies") == ["to ben"]
    client.delete("/me/blocks/heron", eve)
    assert texts(client, eve, path) == ["ben", "eve"]
    # On the posts of the one who blocked, third persons do not see them either.
    client.put("/me/blocks/heron", ada)
    for person in (ada, CY, eve):
        assert texts(client, person, path) == [None, "eve"], person
    for method, where in (("GET", path), ("POST", path), ("GET", f"/comments/{bens}")):
        body = {"text": "x"} if method == "POST" else None
        asked = client.request(method, where, ben, body=body, headers={"Idempotency-Key": "b"})
        assert asked.status == 404
    assert client.patch(f"/comments/{bens}", ben, {"text": "x"}).status == 404
    # What everybody is told of their number stays the same.
    assert count(client, CY, post) == 3
    client.delete("/me/blocks/heron", ada)
    assert texts(client, CY, path) == ["ben", "eve"]
    # One's own words can be taken back in spite of a block.
    client.put("/me/blocks/heron", ada)
    assert client.delete(f"/comments/{bens}", ben).status == 204
    assert count(client, CY, post) == 2


def test_comments_are_hidden_with_their_post_and_come_back_with_it(
    client: Client, post: str, ada: Person, ben: Person
) -> None:
    comment_id = made(client, ben, post)
    held = {"held_words": ["held"]}
    client.patch("/me", ada, held)
    made(client, ben, post, "held")
    client.delete(f"/posts/{post}", ada)
    paths = (
        f"/posts/{post}/comments",
        f"/comments/{comment_id}",
        f"/comments/{comment_id}/replies",
    )
    for person in (ada, ben):
        for path in paths:
            assert client.get(path, person).status == 404
    assert client.get("/me/held-comments", ada).json["items"] == []
    client.request("POST", f"/posts/{post}/restore", ada)
    assert texts(client, ben, paths[0]) == ["Nice", "held"]
    assert texts(client, ada, "/me/held-comments") == ["held"]
    client.patch("/me", ada, {"private": True})
    for path in paths:
        missing = client.get(path, ben)
        assert missing.status == 404
    assert comment(client, ben, post, "x").status == 404


def test_a_comment_is_liked_and_counted_exactly(
    client: Client, post: str, ada: Person, ben: Person
) -> None:
    comment_id = made(client, ben, post)
    for _ in range(2):
        liked = client.put(f"/comments/{comment_id}/like", ada)
        assert (liked.status, liked.json) == (200, {"liked_by_me": True, "likes": 1})
    assert client.put(f"/comments/{comment_id}/like", ben).json["likes"] == 2
    [row] = client.get(f"/posts/{post}/comments", ada).json["items"]
    assert (row["likes"], row["liked_by_me"]) == (2, True)
    assert client.get(f"/comments/{comment_id}", CY).json["liked_by_me"] is False
    for _ in range(2):
        taken = client.delete(f"/comments/{comment_id}/like", ada)
        assert taken.json == {"liked_by_me": False, "likes": 1}


def test_the_first_comments_are_the_pinned_and_then_the_most_liked(
    client: Client, post: str, ada: Person, ben: Person
) -> None:
    ids = [made(client, ben, post, f"{number}") for number in range(4)]

    def first() -> list[str]:
        return [c["text"] for c in client.get(f"/posts/{post}", CY).json["first_comments"]]

    assert first() == ["3", "2"]
    client.put(f"/comments/{ids[1]}/like", ada)
    assert first() == ["1", "3"]
    client.put(f"/comments/{ids[0]}/pinned", ada)
    assert first() == ["0", "1"]
    assert client.get("/feed", ada).json["items"][0]["first_comments"] is None
    for path in ("/posts/x/comments", "/comments/x", "/comments/x/replies"):
        assert client.get(path, ada).status == 404


def test_people_in_comments_are_shown_by_todays_handles(
    client: Client, post: str, ada: Person, ben: Person, eve: Person
) -> None:
    said = comment(client, ben, post, "Hello @Eve and @nobody.here").json
    assert (said["text"], said["mentions"]) == ("Hello @Eve and @nobody.here", ["eve"])
    client.patch("/me", eve, {"handle": "evelyn", "mentions_from": "nobody"})
    shown = client.get(f"/comments/{said['id']}", ada).json
    assert (shown["text"], shown["mentions"]) == ("Hello @evelyn and @nobody.here", ["evelyn"])
    # Whoever is mentioned already stays so; nobody else can mention her.
    edited = client.patch(f"/comments/{said['id']}", ben, {"text": "Hi @evelyn, hi @cyd"}).json
    assert (edited["text"], edited["mentions"]) == ("Hi @evelyn, hi @cyd", ["evelyn", "cyd"])
    assert comment(client, CY, post, "Hi @evelyn").json["mentions"] == []
    client.put("/me/blocks/evelyn", ada)
    assert client.get(f"/comments/{said['id']}", ada).json["mentions"] == ["cyd"]
