"""What every worker does with its batches, and how it reports on them."""

from __future__ import annotations

import copy
import gc
import json
import random
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from shutterfeed import keys, runtime
from shutterfeed.adapters.dynamodb.table import key_item, marshal
from shutterfeed.domain.ids import ulid
from shutterfeed.schema import STREAM_SORT_KEY_PREFIXES
from tests import pictures
from tests.integration import payloads
from tests.integration.client import Client, draft
from tests.integration.conftest import Logs
from tests.integration.pipeline import WORKERS, Pipeline, invoke
from tests.integration.publishing import publish, upload_all
from tests.integration.world import FEED, ORIGINALS, Person, SteppingClock, World, aws

MESSAGES = [queue for queue in WORKERS if not queue.startswith("ingest")]
GOOD = {queue: payloads.sample(f"sqs/{queue.replace('-', '_')}") for queue in WORKERS}
_START = SteppingClock().instant
_STRANGE = [
    "no json",
    "[]",
    "{}",
    '{"kind": "Unheard", "message": {}}',
    payloads.message("RenderPhoto", sha256=1),
    payloads.message("FanOut", entry="shout"),
]


def _failed(answer: Any) -> list[str]:
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("queue", MESSAGES)
def test_messages_that_make_no_sense_fail_and_the_others_are_done(queue: str) -> None:
    good = GOOD[queue]["Records"][0]["body"]
    bodies = [text for bad in _STRANGE for text in (bad, good)]
    answer = invoke(queue, payloads.sqs_event(bodies))
    assert _failed(answer) == [f"message-{index}" for index in range(0, len(bodies), 2)]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("queue", [*WORKERS, "stream"])
def test_an_invocation_is_one_line_with_its_correlation_id(
    queue: str, logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    event = payloads.sample("stream/reference_added") if queue == "stream" else GOOD[queue]
    assert _failed(invoke(queue, event)) == []
    (entry,) = logs.entries
    assert entry["level"] == "INFO"
    assert entry["correlation_id"] == payloads.context().aws_request_id
    assert entry["records"] == len(event["Records"])
    assert entry["failures"] == []
    assert capsys.readouterr().out == "", "nothing failed: no metric"


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("queue", WORKERS)
def test_failures_are_one_line_and_a_metric(
    queue: str, logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    good = payloads.landed("foreign") if queue == "ingest" else GOOD[queue]["Records"][0]["body"]
    invoke(queue, payloads.sqs_event(["no json", good, "neither"]))
    (entry,) = logs.entries
    assert (entry["level"], entry["records"], len(entry["failures"])) == ("ERROR", 3, 2)
    assert "Traceback" in entry["exception"]
    metric = json.loads(capsys.readouterr().out)
    (directive,) = metric["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "Shutterfeed"
    assert directive["Metrics"] == [{"Name": "FailedRecords", "Unit": "Count"}]
    assert metric["FailedRecords"] == [2]


@pytest.mark.usefixtures("world")
def test_metrics_do_not_carry_over_to_the_next_invocation(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for _ in range(2):
        invoke("render", payloads.sqs_event(["no json"]))
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["FailedRecords"] == second["FailedRecords"] == [1]


class TestRouting:
    """The stream handler alone; its event source mapping retries what it reports."""

    @pytest.mark.parametrize(
        ("name", "queue", "kind"),
        [
            ("profile_changed", "index", "IndexUser"),
            ("post_deleted", "index", "IndexPost"),
            ("blob_expired", "collect", "CollectBlob"),
            ("reference_added", "publish", "PublishMedium"),
            ("follow_removed", "deliver", "Unfollowed"),
        ],
    )
    def test_a_change_goes_to_the_queue_of_those_who_act_on_it(
        self, world: World, name: str, queue: str, kind: str
    ) -> None:
        assert _failed(invoke("stream", payloads.sample(f"stream/{name}"))) == []
        sent = {q: [m["kind"] for m in world.waiting(q)] for q in WORKERS}
        assert sent == {q: [kind] if q == queue else [] for q in WORKERS}
        # What is sent is what the worker of that queue understands.
        bodies = [json.dumps(message) for message in world.waiting(queue)]
        assert _failed(invoke(queue, payloads.sqs_event(bodies))) == []

    @pytest.mark.parametrize(
        ("name", "work"),
        [
            ("post_published", {"fan-out": ["FanOut"], "index": ["IndexPost"]}),
            ("follow_added", {"deliver": ["Followed"], "notify": ["Notify"]}),
        ],
    )
    def test_a_change_goes_to_each_queue_that_acts_on_it(
        self, world: World, name: str, work: dict[str, list[str]]
    ) -> None:
        assert _failed(invoke("stream", payloads.sample(f"stream/{name}"))) == []
        sent = {q: [m["kind"] for m in world.waiting(q)] for q in WORKERS if world.waiting(q)}
        assert sent == work
        for queue in sent:
            bodies = [json.dumps(message) for message in world.waiting(queue)]
            assert _failed(invoke(queue, payloads.sqs_event(bodies))) == []

    def test_a_post_that_is_gone_is_collected_with_its_answers(self, world: World) -> None:
        assert _failed(invoke("stream", payloads.sample("stream/post_expired"))) == []
        sent = {q: [m["kind"] for m in world.waiting(q)] for q in WORKERS if world.waiting(q)}
        assert sent == {"collect": ["CollectMedia", "CollectLikes", "CollectComments"]}
        bodies = [json.dumps(message) for message in world.waiting("collect")]
        assert _failed(invoke("collect", payloads.sqs_event(bodies))) == []

    def test_a_new_post_is_nobodys_work(self, world: World) -> None:
        assert _failed(invoke("stream", payloads.sample("stream/post_created"))) == []
        assert [world.waiting(queue) for queue in WORKERS] == [[]] * len(WORKERS)

    def test_only_the_record_that_cannot_be_read_fails(self, world: World) -> None:
        records = [
            copy.deepcopy(payloads.sample(f"stream/{name}")["Records"][0])
            for name in ("post_published", "post_created", "follow_added")
        ]
        for number, record in enumerate(records):
            record["dynamodb"]["SequenceNumber"] = str(100 + number)
        records[1]["dynamodb"]["NewImage"]["state"] = {"S": "melted"}
        assert _failed(invoke("stream", {"Records": records})) == ["101"]
        assert len(world.waiting("fan-out")) == len(world.waiting("deliver")) == 1

    @pytest.mark.parametrize(
        "change",
        [{"OldImage": None}, {"NewImage": None}],
        ids=["restored without its past", "removed"],
    )
    def test_records_of_a_published_post_need_not_be_complete(
        self, world: World, change: dict[str, None]
    ) -> None:
        event = payloads.sample("stream/post_published")
        for name in change:
            del event["Records"][0]["dynamodb"][name]
        assert _failed(invoke("stream", event)) == []
        assert bool(world.waiting("fan-out")) is ("OldImage" in change)

    def test_a_queue_that_takes_nothing_fails_the_record(self, world: World) -> None:
        aws("sqs").delete_queue(QueueUrl=world.queue_url("deliver"))
        event = payloads.sample("stream/follow_added")
        number = event["Records"][0]["dynamodb"]["SequenceNumber"]
        assert _failed(invoke("stream", event)) == [number]

    @pytest.mark.usefixtures("world")
    def test_a_message_that_was_not_sent_fails_its_record_and_no_other(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Thirty unfollows are sent in three requests. SQS refuses one of them, and does not answer
        the second request."""
        record = payloads.sample("stream/follow_removed")["Records"][0]
        records = [copy.deepcopy(record) for _ in range(30)]
        for number, copied in enumerate(records):
            copied["dynamodb"]["SequenceNumber"] = str(100 + number)
            copied["dynamodb"]["Keys"]["pk"] = {"S": f"USER#{number}"}
        send, requests = aws("sqs").send_message_batch, []

        def reluctant(**call: Any) -> Any:
            requests.append(len(call["Entries"]))
            if len(requests) == 2:
                raise ReadTimeoutError(endpoint_url="https://sqs.example.com")
            refused, taken = call["Entries"][3:4], call["Entries"][:3] + call["Entries"][4:]
            answer = send(QueueUrl=call["QueueUrl"], Entries=taken)
            why = {"Code": "InternalError", "SenderFault": False, "Message": "later"}
            return answer | {"Failed": [{"Id": entry["Id"], **why} for entry in refused]}

        monkeypatch.setattr(aws("sqs"), "send_message_batch", reluctant)
        expected = [103, *range(110, 120), 123]
        assert _failed(invoke("stream", {"Records": records})) == list(map(str, expected))
        assert requests == [10, 10, 10]

    def test_unchanged_follows_and_other_items_are_nobodys_work(self, world: World) -> None:
        event = payloads.sample("stream/follow_added")
        change = event["Records"][0]["dynamodb"]
        change["OldImage"] = change["NewImage"]
        entry = copy.deepcopy(event["Records"][0])
        entry["dynamodb"] = {
            "Keys": {"pk": change["Keys"]["pk"], "sk": {"S": "UPLOAD#1"}},
            "NewImage": {"pk": change["Keys"]["pk"], "sk": {"S": "UPLOAD#1"}},
            "SequenceNumber": "7",
        }
        assert not "UPLOAD#1".startswith(STREAM_SORT_KEY_PREFIXES)
        assert _failed(invoke("stream", {"Records": [event["Records"][0], entry]})) == []
        assert [world.waiting(queue) for queue in WORKERS] == [[]] * len(WORKERS)


class TestRendering:
    def test_a_missing_original_fails_the_message_and_nothing_else(
        self, client: Client, pipeline: Pipeline, world: World, ada: Person
    ) -> None:
        """It may yet be restored; the dead-letter queue keeps the message until then."""
        photo = pictures.jpeg(64, 48)
        created = client.create_post(ada, draft([photo])).json
        upload_all(world, created, [photo])
        pipeline.pump_queue("ingest")
        (original,) = world.objects(ORIGINALS)
        (order,) = world.waiting("render")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("shutterfeed.adapters.buckets.keys.original_object", "no-{}/{}".format)
            assert _failed(invoke("render", payloads.sqs_event([json.dumps(order)])))
        post = client.get(f"/posts/{created['post']['id']}", ada).json
        assert post["state"] == "processing"
        assert world.objects(ORIGINALS) == [original]
        pipeline.run()
        assert client.get(f"/posts/{created['post']['id']}", ada).json["state"] == "published"

    def test_an_order_for_another_blob_of_that_content_is_passed_over(
        self, client: Client, pipeline: Pipeline, world: World, ada: Person, logs: Logs
    ) -> None:
        photo = pictures.jpeg(64, 48)
        created = client.create_post(ada, draft([photo])).json
        upload_all(world, created, [photo])
        pipeline.pump_queue("ingest")
        (order,) = world.waiting("render")
        order["message"]["blob_id"] = ulid(_START, 0)
        assert _failed(invoke("render", payloads.sqs_event([json.dumps(order)]))) == []
        assert "ready" not in logs.entries[-1]["outcomes"]


def test_an_author_whose_audience_cannot_be_read_holds_up_nobody(
    client: Client, pipeline: Pipeline, ada: Person, ben: Person, eve: Person
) -> None:
    for author in (ada, eve):
        client.put(f"/me/following/{client.handle(author)}", ben)
    client.get("/feed", ben)
    pipeline.run()
    poison = marshal(key_item(keys.push_subscription(ada.user_id, eve.user_id)))
    aws("dynamodb").put_item(TableName=FEED, Item=poison)
    stuck = publish(client, pipeline, ada, [pictures.jpeg(32, 32, seed=1)])
    shown = publish(client, pipeline, eve, [pictures.jpeg(32, 32, seed=2)])
    assert len(set(pipeline.failures)) == 1
    assert shown in _feed(client, ben)
    assert stuck not in _feed(client, ben)

    aws("dynamodb").delete_item(TableName=FEED, Key=poison)
    pipeline.run()
    assert {stuck, shown} <= _feed(client, ben)


def _feed(client: Client, person: Person) -> set[str]:
    return {item["id"] for item in client.get("/feed", person).json["items"]}


@pytest.mark.parametrize("seed", range(4))
def test_whatever_the_order_of_deliveries_the_end_is_the_same(
    client: Client, pipeline: Pipeline, world: World, ada: Person, ben: Person, seed: int
) -> None:
    """Queues are not ordered among each other, nor in themselves, and repeat themselves."""
    photos = [pictures.jpeg(32, 32, seed=number) for number in range(2)]
    pipeline.chance = random.Random(seed)
    client.put(f"/me/following/{client.handle(ada)}", ben)
    contents: list[tuple[Person, list[bytes]]] = [
        (ada, photos),
        (ben, photos[:1]),
        (ada, [photos[1], b"\xff\xd8\xff broken"]),
    ]
    created = []
    for number, (person, files) in enumerate(contents):
        made = client.create_post(person, draft(files), key=f"key-{number}").json
        created.append((person, made))
        upload_all(world, made, files)
    pipeline.run_shuffled()

    states = [client.get(f"/posts/{m['post']['id']}", p).json["state"] for p, m in created]
    assert states == ["published", "published", "failed"]
    ids = [made["post"]["id"] for _, made in created]
    assert {i["id"] for i in client.get("/feed", ada).json["items"]} == {ids[0]}
    assert {i["id"] for i in client.get("/feed", ben).json["items"]} == {ids[0], ids[1]}
    assert client.get("/me", ada).json["counts"] == {"followers": 1, "following": 0, "posts": 1}
    assert len(world.objects(ORIGINALS)) == 3
    assert not pipeline.failures


@pytest.mark.parametrize(("in_a_function", "built"), [(True, 1), (False, 0)])
def test_services_are_built_at_start_up_only_in_a_function(
    monkeypatch: pytest.MonkeyPatch, in_a_function: bool, built: int
) -> None:
    if in_a_function:
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "api")
    calls: list[str] = []
    # Once the services are there, garbage collection no longer looks through them.
    monkeypatch.setattr(gc, "freeze", lambda: calls.append("kept"))
    runtime.preload(lambda: calls.append("built"))
    assert calls == ["built", "kept"][: 2 * built]
