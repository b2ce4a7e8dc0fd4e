"""Following, unfollowing, and the lists and counts that come of it."""

from __future__ import annotations

import pytest

from tests.integration.client import Client
from tests.integration.world import Person


@pytest.fixture
def adas_handle(client: Client, ada: Person) -> str:
    return client.handle(ada)


def _counts(client: Client, person: Person) -> tuple[int, int]:
    counts = client.get("/me", person).json["counts"]
    return counts["followers"], counts["following"]


def test_following_is_seen_from_both_sides(
    client: Client, ada: Person, ben: Person, adas_handle: str
) -> None:
    answer = client.put(f"/me/following/{adas_handle}", ben)
    assert answer.status == 200
    assert answer.json["followed_by_me"] is True
    assert answer.json["user"]["counts"]["followers"] == 1
    assert _counts(client, ada) == (1, 0)
    assert _counts(client, ben) == (0, 1)
    assert client.get(f"/users/{adas_handle}", ben).json["followed_by_me"] is True
    assert client.get(f"/users/{client.handle(ben)}", ada).json["followed_by_me"] is False


def test_repeating_changes_nothing(
    client: Client, ada: Person, ben: Person, adas_handle: str
) -> None:
    path = f"/me/following/{adas_handle}"
    first = client.put(path, ben)
    assert client.put(path.upper().replace("/ME/FOLLOWING", "/me/following"), ben).json == (
        first.json
    )
    assert _counts(client, ada) == (1, 0)

    for _ in range(2):
        answer = client.delete(path, ben)
        assert (answer.status, answer.json["followed_by_me"]) == (200, False)
    assert _counts(client, ada) == (0, 0)
    assert _counts(client, ben) == (0, 0)


def test_unfollowing_without_a_follow_changes_nothing(
    client: Client, ada: Person, ben: Person, adas_handle: str
) -> None:
    assert client.delete(f"/me/following/{adas_handle}", ben).status == 200
    assert _counts(client, ada) == (0, 0)
    assert _counts(client, ben) == (0, 0)


def test_nobody_follows_themselves(client: Client, ada: Person, adas_handle: str) -> None:
    answer = client.put(f"/me/following/{adas_handle}", ada)
    assert answer.status == 400
    assert answer.error == ("follow_oneself", "handle")
    assert client.delete(f"/me/following/{adas_handle}", ada).status == 200
    assert _counts(client, ada) == (0, 0)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_nobody_follows_a_stranger_who_is_not_there(
    client: Client, ada: Person, method: str
) -> None:
    answer = client.request(method, "/me/following/nobody", ada)
    assert answer.status == 404
    assert answer.error == ("user_not_found", None)


def test_lists_hold_everybody_once_page_by_page(client: Client, ada: Person) -> None:
    people = [Person.number(number) for number in range(1, 8)]
    handles = [client.handle(person) for person in people]
    for person, handle in zip(people, handles, strict=True):
        client.put(f"/me/following/{client.handle(ada)}", person)
        client.put(f"/me/following/{handle}", ada)

    for limit in (1, 3, 7, 100):
        followers = client.all_pages(f"/users/{client.handle(ada)}/followers", ada, limit)
        assert [user["handle"] for user in followers] == handles[::-1], "newest first"
        following = client.all_pages(f"/users/{client.handle(ada)}/following", ada, limit)
        assert sorted(user["handle"] for user in following) == sorted(handles)


def test_lists_of_nobody_are_empty(client: Client, ada: Person, adas_handle: str) -> None:
    for name in ("followers", "following", "posts"):
        page = client.get(f"/users/{adas_handle}/{name}", ada).json
        assert page == {"items": [], "next_cursor": None}


def test_lists_of_people_tell_whom_the_caller_follows(
    client: Client, ada: Person, ben: Person, eve: Person, adas_handle: str
) -> None:
    bens, eves = client.handle(ben), client.handle(eve)
    client.put(f"/me/following/{adas_handle}", ben)
    client.put(f"/me/following/{adas_handle}", eve)
    client.put(f"/me/following/{bens}", eve)

    def followed(path: str, person: Person) -> dict[str, bool]:
        items = client.get(path, person).json["items"]
        return {user["handle"]: user["followed_by_me"] for user in items}

    assert followed(f"/users/{adas_handle}/followers", eve) == {bens: True, eves: False}
    assert followed(f"/users/{adas_handle}/followers", ada) == {bens: False, eves: False}
    assert followed(f"/users/{eves}/following", eve) == {adas_handle: True, bens: True}
    assert followed(f"/users/{eves}/following", ben) == {adas_handle: True, bens: False}
