"""Reindexing and checking through the function, as the tools do it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from index.handler import handler
from operations import search_index
from operations.deployment import Deployment
from shutterfeed import keys
from shutterfeed.adapters.dynamodb.table import key_item, marshal
from shutterfeed.bootstrap import api
from shutterfeed.bootstrap.index import maintenance
from shutterfeed.domain.errors import Busy
from tests.integration import payloads
from tests.integration.client import Client
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import publish
from tests.integration.world import SEARCH, Person, World, aws
from tests.pictures import jpeg
from tools.errors import ToolError


class _Functions:
    """AWS Lambda's door, behind which is the handler itself."""

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - AWS's
        assert FunctionName == "shutterfeed-test-index"
        try:
            answer = json.dumps(handler(json.loads(Payload), payloads.context()))
        except Exception as error:  # noqa: BLE001 - as Lambda does
            text = json.dumps({"errorMessage": str(error)})
            return {"Payload": io.BytesIO(text.encode()), "FunctionError": "Unhandled"}
        return {"Payload": io.BytesIO(answer.encode())}


@pytest.fixture
def deployment() -> Deployment:
    return Deployment(lambda _: _Functions(), "test", {})


@pytest.fixture
def heron(client: Client, pipeline: Pipeline, ada: Person) -> str:
    client.patch("/me", ada, {"handle": "ada"})
    return publish(client, pipeline, ada, [jpeg(16, 16)], caption="A heron #birds")


def _found(client: Client, person: Person, text: str) -> list[str]:
    page = client.get("/search", person, q=text, type="posts").json
    return [post["id"] for post in page["posts"]]


def _reindex(deployment: Deployment, meanwhile: Callable[[], object] = lambda: None) -> Any:
    """A pause lets every container see which generations there are."""
    paused: list[float] = []

    def pause(seconds: float) -> None:
        paused.append(seconds)
        maintenance().index._generations._seen_at = None  # type: ignore[attr-defined]
        api.services().search.index._generations._seen_at = None  # type: ignore[attr-defined]
        if len(paused) == 1:
            meanwhile()

    done = search_index.reindex(deployment, pause)
    assert len(paused) == 2
    return done


def test_a_new_index_finds_what_the_old_one_did_and_what_came_meanwhile(
    client: Client, pipeline: Pipeline, ada: Person, heron: str, deployment: Deployment
) -> None:
    came: list[str] = []

    def meanwhile() -> None:
        came.append(publish(client, pipeline, ada, [jpeg(17, 17)], "k2", caption="A stork"))
        assert _found(client, ada, "heron") == [heron]

    done = _reindex(deployment, meanwhile)
    assert done["indexed"] == 3
    assert _found(client, ada, "heron") == [heron]
    assert _found(client, ada, "stork") == came
    partitions = {item["pk"]["S"] for item in aws("dynamodb").scan(TableName=SEARCH)["Items"]}
    assert {p.split("#")[0] for p in partitions} == {"2", keys.GENERATIONS.pk}
    assert _checked(deployment) == {"looked at": 6, "mended": 0}


def test_an_index_that_was_lost_is_built_from_the_table(
    client: Client, ada: Person, heron: str, deployment: Deployment
) -> None:
    _empty_the_index()
    assert _found(client, ada, "heron") == []
    _reindex(deployment)
    assert _found(client, ada, "heron") == [heron]


def test_what_differs_is_found_and_mended(
    client: Client, world: World, ada: Person, heron: str, deployment: Deployment
) -> None:
    assert _checked(deployment) == {"looked at": 4, "mended": 0}
    _empty_the_index()
    expected = {"looked at": 2, "missing": 2, "mended": 0}
    assert _checked(deployment) == expected
    expected = {"looked at": 4, "missing": 2, "mended": 2}
    assert _checked(deployment, repair=True) == expected
    assert _found(client, ada, "heron") == [heron]
    # A change whose message was lost, and a post that went without one.
    client.patch(f"/posts/{heron}", ada, {"caption": "A stork"})
    assert search_index.check(deployment, repair=True)["outdated"] == 1
    assert _found(client, ada, "stork") == [heron]
    author_id, _, ulid = heron.partition("-")
    world.expire(keys.Key(f"USER#{author_id}", f"POST#{ulid}"))
    assert search_index.check(deployment, repair=True)["left over"] == 1
    assert _checked(deployment, repair=True) == {"looked at": 2, "mended": 0}


def test_a_document_that_cannot_be_written_leaves_the_old_index(
    client: Client,
    ada: Person,
    heron: str,
    deployment: Deployment,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    index = maintenance().index
    monkeypatch.setattr(type(index), "fill", lambda *_: {ada.user_id: "refused"})
    with pytest.raises(ToolError, match="refused"):
        search_index.reindex(deployment, lambda _: None)
    monkeypatch.undo()
    assert _found(client, ada, "heron") == [heron]


@pytest.mark.usefixtures("tables")
def test_what_is_no_action_is_refused(deployment: Deployment) -> None:
    with pytest.raises(ToolError, match="there is no action"):
        search_index._act(deployment, "explode")


def test_entries_of_no_document_are_found_and_removed(
    client: Client, world: World, ada: Person, heron: str, deployment: Deployment
) -> None:
    """Such entries are in an index from which a document was removed before its entries."""
    author_id, _, ulid = heron.partition("-")
    aws("dynamodb").delete_item(
        TableName=SEARCH, Key=marshal(key_item(keys.search_document("1", "P", heron)))
    )
    world.expire(keys.Key(f"USER#{author_id}", f"POST#{ulid}"))
    told = search_index.check(deployment, repair=False)
    assert told["astray"] > 3
    assert told["mended"] == 0
    assert search_index.check(deployment, repair=True)["mended"] == told["astray"]
    assert _checked(deployment) == {"looked at": 2, "mended": 0}
    assert _found(client, ada, "heron") == []
    assert not [item for item in _index_items() if heron in item["sk"]["S"]]


def test_a_removal_that_broke_off_is_told_and_ended(
    client: Client, pipeline: Pipeline, ada: Person, heron: str, deployment: Deployment
) -> None:
    """Its message is dead, and lost after 14 days."""
    client.delete(f"/posts/{heron}", ada)
    pipeline.pump_stream()
    writer = maintenance().index._writers["1"]  # type: ignore[attr-defined]

    def dies(*_: object) -> None:
        raise Busy

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(writer), "_carry_out", dies)
        pipeline.pump_queue("index")
        assert pipeline.failures
    aws("sqs").purge_queue(QueueUrl=pipeline.world.queue_url("index"))
    assert [item for item in _index_items() if f"#{heron}" in item["sk"]["S"]]
    assert not [item for item in _index_items() if "expires_at" in item]
    assert search_index.check(deployment, repair=False)["unfinished"] > 0
    assert search_index.check(deployment, repair=True)["mended"] > 0
    assert not [item for item in _index_items() if f"#{heron}" in item["sk"]["S"]]
    assert "unfinished" not in search_index.check(deployment, repair=False)


def _checked(deployment: Deployment, *, repair: bool = False) -> dict[str, int]:
    """What a check tells, without how many entries it looked at."""
    return {
        k: n for k, n in search_index.check(deployment, repair=repair).items() if k != "entries"
    }


def _index_items() -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = aws("dynamodb").scan(TableName=SEARCH)["Items"]
    return items


def _empty_the_index() -> None:
    for item in aws("dynamodb").scan(TableName=SEARCH)["Items"]:
        key = {name: item[name] for name in ("pk", "sk")}
        aws("dynamodb").delete_item(TableName=SEARCH, Key=key)
    maintenance().index._writers.clear()  # type: ignore[attr-defined]
