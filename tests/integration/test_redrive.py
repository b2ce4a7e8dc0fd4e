"""Dead letters sent back: a queue's by SQS itself, the stream's by reading it again."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.validate import ParamValidator

from operations import redrive
from operations.deployment import Deployment
from reconcile.handler import handler as reconcile
from route_changes.handler import handler as route_changes
from shutterfeed import topology
from tests import pictures
from tests.integration import payloads
from tests.integration.client import Client, draft
from tests.integration.pipeline import Pipeline
from tests.integration.publishing import upload_all
from tests.integration.world import Person, World, aws
from tools.errors import ToolError

HANDLERS: dict[str, Callable[[Any, Any], Any]] = {
    "shutterfeed-test-route-changes": route_changes,
    "shutterfeed-test-reconcile": reconcile,
}


@dataclass
class InProcessLambda:
    """Invokes the real handlers, with the JSON that they would get."""

    called: list[str] = field(default_factory=list)

    def invoke(self, **call: Any) -> dict[str, Any]:
        self.called.append(call["FunctionName"])
        handler = HANDLERS[call["FunctionName"]]
        answer = handler(json.loads(call["Payload"]), payloads.context())
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


@dataclass
class MovingSqs:
    """Moto's SQS with the task that it lacks, as AWS documents it: each message goes back to the
    queue it was in, which SQS notes and moto does not; here its body says so. Calls are checked
    against the SDK's own model."""

    sqs: Any
    sources: dict[str, str]
    """URLs by the ARN of a queue."""
    status: str = "COMPLETED"
    tasks: list[dict[str, Any]] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sqs, name)

    def start_message_move_task(self, **call: Any) -> dict[str, str]:
        self._check("StartMessageMoveTask", call)
        moved = 0
        url = self.sources[call["SourceArn"]]
        while messages := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get(
            "Messages", []
        ):
            for message in messages:
                (target,) = (u for u in self.sources.values() if u.endswith(f"-{message['Body']}"))
                self.sqs.send_message(QueueUrl=target, MessageBody=message["Body"])
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                moved += 1
        done = {"Status": self.status, "ApproximateNumberOfMessagesMoved": moved}
        self.tasks = [done, {"Status": "RUNNING"}]
        return {"TaskHandle": "handle"}

    def list_message_move_tasks(self, **call: Any) -> dict[str, Any]:
        self._check("ListMessageMoveTasks", call)
        return {"Results": [self.tasks.pop()]}

    def _check(self, operation: str, call: dict[str, Any]) -> None:
        shape = self.sqs.meta.service_model.operation_model(operation).input_shape
        report = ParamValidator().validate(call, shape)
        assert not report.has_errors(), report.generate_report()


@dataclass
class SimpleSqs:
    """SQS of a cloud that has no task for moving dead letters."""

    sqs: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sqs, name)

    def start_message_move_task(self, **_: Any) -> dict[str, str]:
        raise ClientError({"Error": {"Code": "InvalidAction"}}, "StartMessageMoveTask")


def _deployment(client_for: Callable[[str], Any]) -> Deployment:
    return Deployment(client_for, "test", {"MetadataTableName": "metadata"})


def _queue(name: str, **attributes: str) -> str:
    sqs = aws("sqs")
    return str(
        sqs.create_queue(QueueName=f"shutterfeed-test-{name}", Attributes=attributes)["QueueUrl"]
    )


def _arn(url: str) -> str:
    answer = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return str(answer["Attributes"]["QueueArn"])


def _bodies(url: str) -> list[str]:
    answer = aws("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return sorted(message["Body"] for message in answer.get("Messages", []))


@pytest.mark.usefixtures("world")
class TestQueues:
    @pytest.fixture
    def moving(self, monkeypatch: pytest.MonkeyPatch) -> MovingSqs:
        monkeypatch.setattr(redrive, "_POLL_SECONDS", 0)
        dead = _queue("feed-delivery-dlq")
        policy = json.dumps({"deadLetterTargetArn": _arn(dead), "maxReceiveCount": 1})
        urls = [dead, *(_queue(n, RedrivePolicy=policy, VisibilityTimeout="0") for n in NAMES)]
        sqs = aws("sqs")
        for name, url in zip(NAMES, urls[1:], strict=True):
            sqs.send_message(QueueUrl=url, MessageBody=name)
            for _ in range(2):
                # The second time SQS itself moves it.
                sqs.receive_message(QueueUrl=url)
        return MovingSqs(sqs, {_arn(url): url for url in urls})

    def test_sqs_sends_each_message_back_to_the_queue_it_was_in(self, moving: MovingSqs) -> None:
        deployment = _deployment(lambda service: moving if service == "sqs" else aws(service))
        assert redrive.redrive(deployment, "feed-delivery") == {"feed-delivery-dlq": 2}
        for url in moving.sources.values():
            name = url.rpartition("shutterfeed-test-")[2]
            assert _bodies(url) == ([] if name.endswith("-dlq") else [name])
        assert moving.tasks == [], "it waited until the task had ended"
        assert redrive.redrive(deployment) == {"feed-delivery-dlq": 0}

    def test_a_task_that_fails_is_told(self, moving: MovingSqs) -> None:
        moving.status = "FAILED"
        deployment = _deployment(lambda service: moving if service == "sqs" else aws(service))
        with pytest.raises(ToolError, match="FAILED"):
            redrive.redrive(deployment)

    def test_where_sqs_has_no_such_task_the_kind_says_which_worker_a_message_is_for(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shared = [w for w in topology.WORKERS if w.dead_letters == "feed-delivery-dlq"]
        dead, urls = _shared_dead_letters(shared)
        kinds = {kind: worker.queue for worker in shared for kind in worker.kinds}
        for kind in kinds:
            aws("sqs").send_message(QueueUrl=dead, MessageBody=payloads.message(kind))
        deployment = _without_move_tasks(monkeypatch)
        assert redrive.redrive(deployment, "feed-delivery") == {"feed-delivery-dlq": len(kinds)}
        assert {q: _bodies(url) for q, url in urls.items()} == {
            worker.queue: sorted(map(payloads.message, worker.kinds)) for worker in shared
        }

    def test_where_the_queues_are_one_workers_a_message_goes_to_its_first(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What the storage sends has no kind."""
        dead = _queue("ingest-dlq", VisibilityTimeout="0")
        policy = json.dumps({"deadLetterTargetArn": _arn(dead), "maxReceiveCount": 9})
        names = [lane.queue for lane in topology.worker("ingest").lanes]
        urls = [_queue(name, RedrivePolicy=policy) for name in names]
        event = payloads.landed("uploads/a/b/c")
        aws("sqs").send_message(QueueUrl=dead, MessageBody=event)
        assert redrive.redrive(_without_move_tasks(monkeypatch), "ingest") == {"ingest-dlq": 1}
        assert [_bodies(url) for url in urls] == [[event], []]

    @pytest.mark.parametrize(
        "stranger",
        ["no json", "[]", "{}", payloads.message("Unheard"), payloads.message("RenderPhoto")],
    )
    def test_a_message_that_no_worker_takes_stays_and_is_told_and_the_others_go(
        self, monkeypatch: pytest.MonkeyPatch, stranger: str
    ) -> None:
        shared = [w for w in topology.WORKERS if w.dead_letters == "feed-delivery-dlq"]
        dead, urls = _shared_dead_letters(shared)
        for body in (stranger, payloads.message("Followed")):
            aws("sqs").send_message(QueueUrl=dead, MessageBody=body)
        deployment = _without_move_tasks(monkeypatch)
        with pytest.raises(
            ToolError, match=r"1 messages were sent back; 1 could not be\. No worker takes"
        ):
            redrive.redrive(deployment, "feed-delivery")
        assert {q: len(_bodies(url)) for q, url in urls.items()} == {
            worker.queue: int("Followed" in worker.kinds) for worker in shared
        }
        assert _bodies(dead) == [stranger]


def _shared_dead_letters(workers: list[topology.Worker]) -> tuple[str, dict[str, str]]:
    """The URL of their queue of dead letters, and of their own queues."""
    dead = _queue("feed-delivery-dlq", VisibilityTimeout="0")
    policy = json.dumps({"deadLetterTargetArn": _arn(dead), "maxReceiveCount": 9})
    return dead, {worker.queue: _queue(worker.queue, RedrivePolicy=policy) for worker in workers}


def _without_move_tasks(monkeypatch: pytest.MonkeyPatch) -> Deployment:
    """A cloud that has no task for moving messages. Messages that are not deleted are visible again
    at once."""
    monkeypatch.setattr(redrive, "_HIDDEN_SECONDS", 0)
    return _deployment(
        lambda service: SimpleSqs(aws(service)) if service == "sqs" else aws(service)
    )


NAMES = ("fan-out", "deliver")


@pytest.mark.usefixtures("world")
class TestStream:
    @pytest.fixture
    def functions(self) -> InProcessLambda:
        return InProcessLambda()

    @pytest.fixture
    def deployment(self, functions: InProcessLambda, monkeypatch: pytest.MonkeyPatch) -> Deployment:
        # What is not deleted is there again at once.
        monkeypatch.setattr(redrive, "_HIDDEN_SECONDS", 0)
        _queue("stream-dlq", VisibilityTimeout="0")
        return _deployment(lambda service: functions if service == "lambda" else aws(service))

    def test_the_records_at_a_place_are_read_and_routed_again(
        self,
        client: Client,
        pipeline: Pipeline,
        world: World,
        ada: Person,
        deployment: Deployment,
        functions: InProcessLambda,
    ) -> None:
        post_id = _landed(client, pipeline, world, ada)
        records = pipeline._new_records()
        _fail(world, records)
        # What came afterwards was routed and is not looked at again.
        pipeline.run()
        assert client.get(f"/posts/{post_id}", ada).json["state"] != "published"

        assert redrive.redrive(deployment, "stream") == {"stream-dlq": 1}

        assert functions.called[0] == "shutterfeed-test-route-changes"
        pipeline.run()
        assert client.get(f"/posts/{post_id}", ada).json["state"] == "published"
        assert redrive.redrive(deployment) == {"stream-dlq": 0}

    def test_where_the_records_are_gone_the_place_stays_and_the_reconciler_looks(
        self,
        client: Client,
        pipeline: Pipeline,
        world: World,
        ada: Person,
        functions: InProcessLambda,
        deployment: Deployment,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        post_id = _landed(client, pipeline, world, ada)
        _fail(world, pipeline._new_records())
        streams = aws("dynamodbstreams")

        def trimmed(**_: object) -> None:
            error = {"Error": {"Code": "TrimmedDataAccessException", "Message": ""}}
            raise ClientError(error, "GetShardIterator")  # type: ignore[arg-type]

        with monkeypatch.context() as patch:
            patch.setattr(streams, "get_shard_iterator", trimmed)
            assert redrive.redrive(deployment, "stream") == {"stream-dlq": 0}
        assert functions.called == ["shutterfeed-test-reconcile"]
        assert len(_bodies(_url())) == 1, "for a person to read"
        pipeline.run()
        assert client.get(f"/posts/{post_id}", ada).json["state"] == "published"

    def test_a_batch_that_is_not_whole_any_more_is_not_called_done(
        self,
        client: Client,
        pipeline: Pipeline,
        world: World,
        ada: Person,
        deployment: Deployment,
        functions: InProcessLambda,
    ) -> None:
        _landed(client, pipeline, world, ada)
        records = pipeline._new_records()
        _fail(world, records, end=str(10**40))
        assert redrive.redrive(deployment, "stream") == {"stream-dlq": 0}
        assert functions.called == ["shutterfeed-test-reconcile"]

    def test_records_that_fail_again_stay(
        self,
        client: Client,
        pipeline: Pipeline,
        world: World,
        ada: Person,
        deployment: Deployment,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        _landed(client, pipeline, world, ada)
        _fail(world, pipeline._new_records())

        def broken(*_: object) -> None:
            raise EndpointConnectionError(endpoint_url="https://sqs.example.com")

        with monkeypatch.context() as patch:
            patch.setattr("shutterfeed.adapters.queues.SqsQueue._post", broken)
            patch.setitem(HANDLERS, "shutterfeed-test-reconcile", lambda *_: {})
            assert redrive.redrive(deployment, "stream") == {"stream-dlq": 0}
        assert redrive.redrive(deployment, "stream") == {"stream-dlq": 1}


def _landed(client: Client, pipeline: Pipeline, world: World, ada: Person) -> str:
    """A post that is rendered, and of which the publish gate has not been told."""
    photo = pictures.jpeg(64, 48)
    created = client.create_post(ada, draft([photo])).json
    upload_all(world, created, [photo])
    pipeline.pump_queue("ingest")
    pipeline.pump_stream()
    pipeline.pump_queue("render")
    return str(created["post"]["id"])


def _url() -> str:
    return str(aws("sqs").get_queue_url(QueueName="shutterfeed-test-stream-dlq")["QueueUrl"])


def _fail(world: World, records: list[dict[str, Any]], end: str | None = None) -> None:
    """What Lambda sends to the destination for a batch: its place, and none of its records."""
    streams = aws("dynamodbstreams")
    shards = streams.describe_stream(StreamArn=world.stream_arn)["StreamDescription"]["Shards"]
    first, last = (records[at]["dynamodb"]["SequenceNumber"] for at in (0, -1))
    now = datetime.now(UTC).isoformat()
    place = {
        "shardId": shards[0]["ShardId"],
        "startSequenceNumber": first,
        "endSequenceNumber": end or last,
        "approximateArrivalOfFirstRecord": now,
        "approximateArrivalOfLastRecord": now,
        "batchSize": len(records),
        "streamArn": world.stream_arn,
    }
    body = {
        "requestContext": {"condition": "RetryAttemptsExhausted", "approximateInvokeCount": 11},
        "responseContext": {"statusCode": 200, "functionError": "Unhandled"},
        "version": "1.0",
        "timestamp": now,
        "DDBStreamBatchInfo": place,
    }
    aws("sqs").send_message(QueueUrl=_url(), MessageBody=json.dumps(body))
