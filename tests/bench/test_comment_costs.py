"""What comments cost, by the calls that are really made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from bench.bill_measured import Taken
from bench.bill_meter import metered
from shutterfeed.adapters.dynamodb.commented import ENTRIES
from shutterfeed.adapters.dynamodb.comments import DynamoComments
from shutterfeed.bootstrap import aws
from shutterfeed.domain.comments import CommentId
from shutterfeed.domain.ids import ulid, ulid_time
from shutterfeed.ports.comments import Claim
from tests.integration.client import Answer, Client
from tests.integration.conftest import new_world
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish_unrendered
from tests.integration.world import METADATA, Person
from tests.pictures import jpeg

DAY = timedelta(days=1)
TEXT = "A text as people write it, of about a hundred characters. What a light over the lake!"


def _measured(call: Callable[[], Answer]) -> tuple[int, float, Any]:
    """The write and read units of a request that succeeds, and its answer."""
    taken: Taken
    with metered((METADATA,)) as taken:
        answer = call()
    assert answer.status < 300, answer.text
    return taken.written[METADATA], taken.halves[METADATA] / 2, answer


def _said(
    client: Client, person: Person, post: str, key: int, text: str = TEXT, **more: str
) -> Callable[[], Answer]:
    def say() -> Answer:
        headers = {"Idempotency-Key": f"key-{key}"}
        body = {"text": text, **more}
        return client.request("POST", f"/posts/{post}/comments", person, body=body, headers=headers)

    return say


@dataclass(frozen=True, slots=True)
class Scene:
    client: Client
    ada: Person
    ben: Person
    post: str
    """A published post of Ada's."""


@pytest.fixture
def scene() -> Iterator[Scene]:
    with new_world() as world:
        world.create_storage()
        world.connect_uploads()
        client, ada, ben = Client(), Person.number(0xADA), Person.number(0xBE)
        for person in (ada, ben):
            client.handle(person)
        post = publish_unrendered(client, Pipeline(world), ada, [jpeg(16, 16)])
        client.get(f"/posts/{post}/comments", ben, limit="1")
        yield Scene(client, ada, ben, post)


def test_a_comment_takes_five_write_units_with_all_that_belongs_to_it_and_a_reply_seven(
    scene: Scene,
) -> None:
    """Its charge, its idempotency key, the list of one's own, the post's number, and of a reply its
    root's number; also when a new page of that list begins."""
    client, ben, post = scene.client, scene.ben, scene.post
    _, _, root = _measured(_said(client, ben, post, 0))
    for key in range(1, 2 * ENTRIES + 1):
        more = {"reply_to": root.json["id"]} if key % 2 else {}
        written, read, _ = _measured(_said(client, ben, post, key, **more))
        assert written == (7 if more else 5)
        assert read <= 16
        again, _, _ = _measured(_said(client, ben, post, key, **more))
        assert again == 0


def test_what_is_held_costs_no_more_and_what_changes_little(
    scene: Scene,
) -> None:
    client, ada, ben, post = scene.client, scene.ada, scene.ben, scene.post
    client.patch("/me", ada, {"held_words": ["lake"]})
    written, _, held = _measured(_said(client, ben, post, 1))
    assert (written, held.json["held"]) == (5, True)
    path = f"/comments/{held.json['id']}"
    costs = [
        (lambda: client.put(f"{path}/approved", ada), 8),
        (lambda: client.patch(path, ben, {"text": "other"}), 4),
        (lambda: client.put(f"{path}/hidden", ada), 6),
        (lambda: client.delete(f"{path}/hidden", ada), 6),
        (lambda: client.put(f"{path}/pinned", ada), 4),
        (lambda: client.put(f"{path}/like", ada), 9),
        (lambda: client.delete(f"{path}/like", ada), 6),
        (lambda: client.delete(path, ben), 4),
    ]
    for call, units in costs:
        assert _measured(call)[0] == units, call


def test_a_page_of_twenty_comments_of_twenty_people_takes_at_most_45_read_units(
    scene: Scene,
) -> None:
    client, ben, post = scene.client, scene.ben, scene.post
    people = [Person.number(0x100 + number) for number in range(20)]
    for person in people:
        client.handle(person)
    _, without, _ = _measured(lambda: client.get(f"/posts/{post}", ben))
    for number, person in enumerate(people):
        said = _said(client, person, post, number)().json
        _said(client, person, post, 100 + number, reply_to=said["id"])()
    _, read, page = _measured(lambda: client.get(f"/posts/{post}/comments", ben, limit="20"))
    assert [row["replies"] for row in page.json["items"]] == [1] * 20
    assert read <= 45
    _, read, shown = _measured(lambda: client.get(f"/posts/{post}", ben))
    assert len(shown.json["first_comments"]) == 2
    assert read - without <= 14


def test_a_key_is_found_at_the_same_cost_however_many_comments_there_were_that_day(
    scene: Scene,
) -> None:
    client, ben, post = scene.client, scene.ben, scene.post
    first = CommentId.parse(_said(client, ben, post, 0)().json["id"])
    comments, now = DynamoComments(aws.table(METADATA)), ulid_time(first.ulid)
    costs = {}
    for number in range(8 * ENTRIES):
        made = CommentId(first.post_id, ulid(now, number))
        comments.claim(ben.user_id, Claim(f"{number:016}", made, "f" * 8), now - DAY)
        if number in (2 * ENTRIES, 6 * ENTRIES, 7 * ENTRIES):
            written, read, _ = _measured(_said(client, ben, post, number + 1))
            costs[number // ENTRIES] = written, read
    assert [written for written, _ in costs.values()] == [5, 6, 6]
    assert costs[6] == costs[7]
    assert costs[7][1] <= costs[2][1] + 3
