"""Every AWS call of a function, in one place: numbered, and failed where the schedule says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from botocore.exceptions import ClientError, ReadTimeoutError

from tests.exploration import accounts, dynamo, storage
from tests.exploration.faults import Faults, Kind
from tests.exploration.queues import Queues
from tests.exploration.storage import Storage
from tests.exploration.stream import Stream, Watch
from tests.exploration.tasks import Crash, Hub, Task
from tests.integration import rights
from tests.integration.world import EDGE_SERVICE

Parameters = dict[str, Any]
_CONFLICTING: Final = frozenset(("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"))
_BATCHES: Final = frozenset(("BatchWriteItem", "BatchGetItem", "SendMessageBatch"))
_OTHER_WRITES: Final = frozenset(("SendMessageBatch", "AdminUserGlobalSignOut", "AdminDeleteUser"))
_BUSY: Final = {
    "dynamodb": "ProvisionedThroughputExceededException",
    "s3": "SlowDown",
    "sqs": "RequestThrottled",
    EDGE_SERVICE: "ThrottlingException",
    accounts.SERVICE: "TooManyRequestsException",
}


class Original(Protocol):
    def __call__(self, client: Any, operation: str, parameters: Parameters) -> Any: ...


@dataclass(slots=True)
class Call:
    """One that was made; what may go wrong at it follows from that."""

    number: int
    by: Task
    service: str
    operation: str
    on: str
    is_last: bool = False
    """Whether it is the last call of its invocation."""

    def __str__(self) -> str:
        return f"{self.by.name}: {self.service} {self.operation} {self.on}"

    @property
    def is_write(self) -> bool:
        return (
            self.operation in dynamo.WRITES
            or storage.is_write(self.operation)
            or self.operation in _OTHER_WRITES
        )

    def kinds(self) -> list[Kind]:
        """What makes a difference here: a crash after a call is one before the next."""
        kinds = [Kind.CRASH_BEFORE, Kind.THROTTLED, Kind.SUSPENDED]
        if self.by.again is not None:
            kinds.append(Kind.OVERTAKEN)
        if self.is_last:
            kinds.append(Kind.CRASH_AFTER)
        if self.is_write:
            kinds.append(Kind.UNANSWERED)
            if self.operation != "TransactWriteItems":  # The SDK's token makes it one.
                kinds.append(Kind.DOUBLED)
        if self.operation in _CONFLICTING:
            kinds.append(Kind.CONFLICT)
        if self.operation in _BATCHES:
            kinds.append(Kind.PARTIAL)
        return kinds


@dataclass(slots=True)
class Calls:
    """`original` is how botocore would make a call."""

    original: Original
    hub: Hub
    now: Callable[[], datetime]
    queues: Queues
    stream: Stream
    watch: Watch
    storage: Storage
    faults: Faults
    counting: bool = False
    made: list[Call] = field(default_factory=list)
    happened: list[str] = field(default_factory=list)
    """The faults that came to pass, for people."""
    forbidden: list[str] = field(default_factory=list)
    """Calls that AWS would refuse."""

    def make(self, client: Any, operation: str, parameters: Parameters) -> Any:
        task = self.hub.current
        if task is None or not task.limit:
            return self._perform(client, operation, parameters)
        service = client.meta.service_model.service_name
        function = task.name.partition("#")[0]
        missing = rights.missing(function, service, operation, parameters)
        self.forbidden += (f"{function} may not {right}" for right in missing)
        if not self.counting:
            return self._perform(client, operation, parameters)
        call = Call(len(self.made) + 1, task, service, operation, _on(parameters))
        self.made.append(call)
        task.calls += 1
        fault = self.faults.get(call.number)
        if fault is None or fault not in {*call.kinds(), Kind.CRASH_AFTER}:
            return self._perform(client, operation, parameters)
        self.happened.append(f"{fault} at call {call.number}, {call}")
        return self._fail(fault, client, operation, parameters, task)

    def _fail(
        self, fault: Kind, client: Any, operation: str, parameters: Parameters, task: Task
    ) -> Any:
        match fault:
            case Kind.CRASH_BEFORE:
                raise Crash
            case Kind.CRASH_AFTER:
                self._perform(client, operation, parameters)
                raise Crash
            case Kind.DOUBLED:
                self._perform(client, operation, parameters)
            case Kind.UNANSWERED:
                self._perform(client, operation, parameters)
                raise ReadTimeoutError(endpoint_url="https://aws.example.com")
            case Kind.THROTTLED:
                raise _throttled(client, operation, parameters)
            case Kind.CONFLICT:
                raise _conflict(client, operation, parameters)
            case Kind.PARTIAL:
                return self._partly(client, operation, parameters)
            case Kind.SUSPENDED | Kind.OVERTAKEN:
                if fault is Kind.OVERTAKEN and task.again is not None:
                    task.overtaken = True
                    task.again()
                self.hub.wait(self.now() + task.limit)
        return self._perform(client, operation, parameters)

    def _perform(self, client: Any, operation: str, parameters: Parameters) -> Any:
        service = client.meta.service_model.service_name
        if service == "dynamodb":
            return self._dynamodb(client, operation, parameters)
        if service == "sqs":
            return self.queues.call(operation, parameters)
        if service in (EDGE_SERVICE, accounts.SERVICE):
            return self.original(client, operation, parameters)
        assert service == "s3", service
        response = self.original(client, operation, parameters)
        self.storage.changed(operation, parameters, response)
        return response

    def _dynamodb(self, client: Any, operation: str, parameters: Parameters) -> Any:
        places = dynamo.touched(operation, parameters)
        before = [dynamo.image(place) for place in places]
        try:
            response = dynamo.answer(operation, parameters)
        except dynamo.Refused as refused:
            raise _error(client, operation, refused.response) from refused
        for place, old in zip(places, before, strict=True):
            new = dynamo.image(place)
            self.stream.changed(place, old, new, ttl=False)
            self.watch.changed(place, new)
        return response

    def _partly(self, client: Any, operation: str, parameters: Parameters) -> Any:
        """The first half is done, of one nothing."""
        if operation == "SendMessageBatch":
            entries = parameters["Entries"]
            done, left = _halves(entries)
            response = self._perform(client, operation, {**parameters, "Entries": done})
            return {**response, "Failed": [{"Id": e["Id"], "Message": "busy"} for e in left]}
        [(table, requested)] = parameters["RequestItems"].items()
        if operation == "BatchWriteItem":
            done, left = _halves(requested)
            if done:
                self._perform(client, operation, {"RequestItems": {table: done}})
            return {"UnprocessedItems": {table: left}}
        done, left = _halves(requested["Keys"])
        found: Any = {"Responses": {}}
        if done:
            some = {"RequestItems": {table: {**requested, "Keys": done}}}
            found = self._perform(client, operation, some)
        return {**found, "UnprocessedKeys": {table: {**requested, "Keys": left}}}


def _halves(values: list[Any]) -> tuple[list[Any], list[Any]]:
    middle = len(values) // 2
    return values[:middle], values[middle:]


def _throttled(client: Any, operation: str, parameters: Parameters) -> ClientError:
    if operation == "TransactWriteItems":
        return _cancelled(client, parameters, "ThrottlingError")
    service = client.meta.service_model.service_name
    return _error(client, operation, {"Error": {"Code": _BUSY[service], "Message": "busy"}})


def _conflict(client: Any, operation: str, parameters: Parameters) -> ClientError:
    if operation == "TransactWriteItems":
        return _cancelled(client, parameters, "TransactionConflict")
    said = {"Error": {"Code": "TransactionConflictException", "Message": "conflict"}}
    return _error(client, operation, said)


def _cancelled(client: Any, parameters: Parameters, reason: str) -> ClientError:
    others = [{"Code": "None"}] * (len(parameters["TransactItems"]) - 1)
    said = {
        "Error": {"Code": "TransactionCanceledException", "Message": reason},
        "CancellationReasons": [{"Code": reason}, *others],
    }
    return _error(client, "TransactWriteItems", said)


def _error(client: Any, operation: str, response: Mapping[str, Any]) -> ClientError:
    error: ClientError = client.exceptions.from_code(response["Error"]["Code"])(
        dict(response), operation
    )
    return error


def _on(parameters: Parameters) -> str:
    """What the call is about, as short as tells it."""
    if "KvsARN" in parameters:
        return "denials"
    if "Key" in parameters and isinstance(parameters["Key"], str):
        return f"{parameters['Bucket']} {parameters['Key']}"
    key = parameters.get("Key") or parameters.get("Item")
    if key:
        return f"{key['pk']['S']} {key['sk']['S']}"
    if "QueueUrl" in parameters:
        return str(parameters["QueueUrl"].rpartition("/")[2])
    if "TransactItems" in parameters:
        places = dynamo.touched("TransactWriteItems", parameters)
        return ", ".join(f"{pk} {sk}" for _, pk, sk in places)
    values = parameters.get("ExpressionAttributeValues", {})
    return " ".join(str(next(iter(value.values()))) for value in values.values())
