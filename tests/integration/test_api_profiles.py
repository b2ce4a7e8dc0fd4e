"""The caller's own profile, and how others see it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shutterfeed.domain.accounts import subject_of
from shutterfeed.domain.ids import random_id
from tests.integration.client import Client
from tests.integration.world import Person, World
from tests.samples import ACCOUNT_KEY


def test_a_profile_is_made_on_the_first_call(client: Client, ada: Person) -> None:
    first = client.get("/me", ada).json
    assert first["id"] == ada.user_id
    assert first["handle"].startswith("user_")
    assert first["counts"] == {"followers": 0, "following": 0, "posts": 0}
    assert client.get("/me", ada).json == first
    assert first["private"] is False
    shown = client.get(f"/users/{first['handle']}", ada).json["user"]
    own = {name: first.pop(name) for name in first.keys() - shown.keys()}
    acts = ("likes", "comments", "mentions", "tags", "follows")
    assert own == {
        "requests": 0,
        "sensitive": "blur",
        "public_page": True,
        "comments_from": "everyone",
        "held_words": [],
        "mentions_from": "everyone",
        "activity": dict.fromkeys(acts, "everyone"),
        "closing": None,
        "handle_chosen": False,
        "welcomed": False,
        "suspension": None,
    }
    assert shown == first


def test_reading_an_empty_feed_makes_the_profile_too(
    client: Client, ada: Person, ben: Person
) -> None:
    feed = client.get("/feed", ada).json
    assert feed["items"] == []
    assert feed["next_cursor"] is None
    handle = "user_" + ada.user_id[-10:].lower()
    assert client.get(f"/users/{handle}", ben).json["user"]["id"] == ada.user_id


def test_people_whose_first_handles_collide_both_get_one(client: Client) -> None:
    # The first handle is made from the last ten characters of the id.
    one, other = (Person(subject_of(random_id(n << 100 | 7), ACCOUNT_KEY)) for n in (1, 2))
    assert one.user_id[-10:] == other.user_id[-10:]
    assert client.handle(one) != client.handle(other)


def test_fields_are_changed_one_by_one(client: Client, ada: Person) -> None:
    client.patch("/me", ada, {"handle": "ada", "display_name": "Ada", "bio": "first"})
    changed = client.patch("/me", ada, {"bio": "second\nline"}).json
    assert (changed["handle"], changed["display_name"], changed["bio"]) == (
        "ada",
        "Ada",
        "second\nline",
    )
    assert client.patch("/me", ada, {}).json == changed
    assert client.patch("/me", ada, {"display_name": ""}).json["display_name"] == ""
    assert client.get("/me", ada).json["bio"] == "second\nline"


def test_only_oneself_sees_ones_settings(client: Client, ada: Person, ben: Person) -> None:
    new = client.get("/me", ada).json
    assert (new["sensitive"], new["public_page"]) == ("blur", True)
    changed = client.patch("/me", ada, {"sensitive": "show"}).json
    assert (changed["sensitive"], changed["public_page"]) == ("show", True)
    changed = client.patch("/me", ada, {"public_page": False}).json
    assert (changed["sensitive"], changed["public_page"]) == ("show", False)
    assert client.get("/me", ada).json == changed
    refused = client.patch("/me", ada, {"sensitive": "hide"})
    assert (refused.status, refused.error) == (400, ("invalid_body", "sensitive"))
    seen = client.get(f"/users/{client.handle(ada)}", ben).json["user"]
    assert not {"requests", "sensitive", "public_page"} & seen.keys()


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("ada", "ada"),
        ("Ada.Linde", "ada.linde"),
        ("@ada", "ada"),
        (" ada ", "ada"),
        ("a_b.c9", "a_b.c9"),
        ("x" * 30, "x" * 30),
    ],
)
def test_handles_are_kept_in_one_form(
    client: Client, ada: Person, ben: Person, given: str, stored: str
) -> None:
    assert client.patch("/me", ada, {"handle": given}).json["handle"] == stored
    for spelling in (stored, stored.upper()):
        assert client.get(f"/users/{spelling}", ben).json["user"]["id"] == ada.user_id


@pytest.mark.parametrize(
    "handle",
    [
        "a..b",
        ".ab",
        "ab.",
        "a._b",
        "a b",
        "ädä",
        "a-b",
        "a/b",
        "\uff21\uff22\uff23",
        "   ",
        "@ab",
        "x" * 31,
    ],
)
def test_other_handles_are_refused(client: Client, ada: Person, handle: str) -> None:
    answer = client.patch("/me", ada, {"handle": handle})
    assert answer.status == 400
    assert answer.error == ("invalid_handle", "handle")


@pytest.mark.parametrize("handle", ["ab", "", "x" * 32])
def test_handles_of_impossible_length_are_refused(client: Client, ada: Person, handle: str) -> None:
    answer = client.patch("/me", ada, {"handle": handle})
    assert answer.status == 400
    assert answer.error[1] == "handle"


def test_reserved_handles_are_refused(client: Client, ada: Person) -> None:
    assert client.patch("/me", ada, {"handle": "Admin"}).error == ("reserved_handle", "handle")


def test_a_taken_handle_is_refused_and_free_thirty_days_after_it_was_given_up(
    client: Client, tables: World, ada: Person, ben: Person
) -> None:
    client.patch("/me", ada, {"handle": "ada"})
    taken = client.patch("/me", ben, {"handle": "ADA", "bio": "not written either"})
    assert taken.status == 409
    assert taken.error == ("handle_taken", "handle")
    assert client.get("/me", ben).json["bio"] == ""

    client.patch("/me", ada, {"handle": "lovelace"})
    for wait in (timedelta(0), timedelta(days=29, hours=23)):
        tables.clock.advance(wait)
        resting = client.patch("/me", ben, {"handle": "ada"})
        assert (resting.status, resting.text) == (taken.status, taken.text)
        for who in (ada, ben):
            for path in ("/users/ada", "/users/ada/posts", "/users/ada/followers"):
                assert client.get(path, who).error == ("user_not_found", None)
            assert client.put("/me/following/ada", who).status == 404
        assert client.get("/search/suggest", ben, q="@ada").json["items"] == []

    tables.clock.advance(timedelta(hours=1))
    assert client.patch("/me", ben, {"handle": "ada"}).json["id"] == ben.user_id
    assert client.get("/users/ada", ada).json["user"]["id"] == ben.user_id
    assert client.get("/users/lovelace", ben).json["user"]["id"] == ada.user_id


def test_it_is_told_whether_a_handle_is_free(
    client: Client, tables: World, ada: Person, ben: Person
) -> None:
    def is_free(handle: str, who: Person = ben) -> bool:
        return bool(client.get("/me/handle", who, handle=handle).json["free"])

    assert client.get("/me/handle", ben, handle=" @Ada").json == {"handle": "ada", "free": True}
    client.patch("/me", ada, {"handle": "ada"})
    assert (is_free("ada"), is_free("ADA"), is_free("ada", ada)) == (False, False, True)
    # Somebody whom one may not see has a handle all the same.
    client.put("/me/blocks/" + client.handle(ben), ada)
    assert not is_free("ada")

    client.patch("/me", ada, {"handle": "lovelace"})
    assert (is_free("ada"), is_free("ada", ada)) == (False, True)
    tables.clock.advance(timedelta(days=30))
    assert is_free("ada")
    for wrong, code in (("a", "invalid_handle"), ("admin", "reserved_handle")):
        assert client.get("/me/handle", ben, handle=wrong).error == (code, "handle")


def test_it_is_known_whether_a_handle_was_chosen_and_the_welcome_is_over(
    client: Client, ada: Person, ben: Person
) -> None:
    skipped = client.patch("/me", ada, {"welcomed": True}).json
    assert (skipped["handle_chosen"], skipped["welcomed"]) == (False, True)
    chosen = client.patch("/me", ben, {"handle": "ben"}).json
    assert (chosen["handle_chosen"], chosen["welcomed"]) == (True, False)
    again = client.patch("/me", ben, {"welcomed": True}).json
    assert client.get("/me", ben).json == again == {**chosen, "welcomed": True}


def test_one_may_go_back_to_a_former_handle(client: Client, ada: Person, ben: Person) -> None:
    for handle in ("ada", "lovelace", "ada"):
        assert client.patch("/me", ada, {"handle": handle}).json["handle"] == handle
    assert client.get("/users/ada", ben).json["user"]["id"] == ada.user_id
    assert client.get("/users/lovelace", ben).status == 404
    assert client.patch("/me", ben, {"handle": "lovelace"}).error == ("handle_taken", "handle")


def test_whoever_renames_too_often_is_told_when_they_may_again(
    client: Client, tables: World, ada: Person
) -> None:
    for number in range(5):
        assert client.patch("/me", ada, {"handle": f"name{number}"}).status == 200
    answer = client.patch("/me", ada, {"handle": "another"})
    assert (answer.status, answer.error) == (429, ("limit_reached", None))
    assert answer.json["error"]["limit"] == "renames"
    wait = int(answer.headers["Retry-After"])
    assert timedelta(days=29) < timedelta(seconds=wait) <= timedelta(days=30)
    tables.clock.advance(timedelta(seconds=wait))
    assert client.patch("/me", ada, {"handle": "another"}).json["handle"] == "another"


def test_ones_own_handle_is_not_taken(client: Client, ada: Person) -> None:
    client.patch("/me", ada, {"handle": "ada"})
    assert client.patch("/me", ada, {"handle": "Ada", "bio": "x"}).json["bio"] == "x"


@pytest.mark.parametrize(("field", "limit"), [("display_name", 50), ("bio", 150)])
def test_texts_have_a_length(client: Client, ada: Person, field: str, limit: int) -> None:
    longest = "😀" * limit
    assert client.patch("/me", ada, {field: longest}).json[field] == longest
    answer = client.patch("/me", ada, {field: longest + "x"})
    assert answer.status == 400
    assert answer.error[1] == field
    assert client.get("/me", ada).json[field] == longest


@pytest.mark.parametrize(
    "change",
    [
        {"display_name": "a\nb"},
        {"display_name": "\x00"},
        {"display_name": "a\u0085b"},
        {"display_name": "Ada\u202e"},
        {"display_name": "\u200b\u200d"},
        {"bio": "a\x1bb"},
    ],
)
def test_control_characters_are_refused(
    client: Client, ada: Person, change: dict[str, str]
) -> None:
    answer = client.patch("/me", ada, change)
    assert answer.status == 400
    assert answer.error == ("invalid_text", *change)


def test_a_bio_is_cleaned(client: Client, ada: Person) -> None:
    assert client.patch("/me", ada, {"bio": " a\u0085b\u202e\nc "}).json["bio"] == "ab\nc"
    assert client.patch("/me", ada, {"bio": "\u200b"}).json["bio"] == ""


@pytest.mark.parametrize("change", [{"handle": None}, {"bio": 5}, {"display_name": ["a"]}])
def test_values_of_a_wrong_type_are_refused(
    client: Client, ada: Person, change: dict[str, Any]
) -> None:
    answer = client.patch("/me", ada, change)
    assert answer.status == 400
    assert answer.error == ("invalid_body", *change)


@pytest.mark.parametrize("handle", ["nobody", "x", "@ada", "a%20b", "x" * 3000, "ä" * 2000])
def test_nobody_has_that_handle(client: Client, ada: Person, handle: str) -> None:
    for what in ("", "/posts", "/followers", "/following"):
        answer = client.get(f"/users/{handle}{what}", ada)
        assert (what, answer.status) == (what, 404)
        assert answer.error == ("user_not_found", None)
