"""Shortcuts for what moto does at great length, with the same outcome.

Most tests with AWS in them spend most of their time inside moto. That its tables still do what
DynamoDB does with these shortcuts is what the contract tests hold against DynamoDB Local.
"""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, wraps
from threading import RLock
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from botocore import UNSIGNED
from botocore.model import OperationModel
from moto.core import models, responses
from moto.core.exceptions import ServiceException
from moto.core.serialize import JSONSerializer
from moto.core.utils import camelcase_to_underscores, method_names_from_class
from moto.dynamodb.exceptions import ConditionalCheckFailed, TransactionCanceledException
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models import table as tables
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler
from moto.sqs import models as sqs
from moto.sqs.responses import SQSResponse
from werkzeug.exceptions import HTTPException

from tests import moto_expressions, moto_items, moto_objects

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

_partitions: Final[list[list[Any]]] = []
"""The items of the partition that is being queried, in order."""
_whole: Final[list[bool]] = []
"""Whether the query that is being made is of the table itself, whose items it only reads."""
_changes: Final[list[list[Mapping[str, Any]]]] = []
"""The writes of the transaction that is being made."""
_ACCOUNT: Final = "123456789012"
"""The account that moto plays."""
_turn: Final = RLock()
"""Services make several calls at once, and moto's tables are dictionaries, which must not grow
while another thread goes through them."""
_MESSAGES: Final = frozenset(
    ("SendMessage", "SendMessageBatch", "ReceiveMessage", "DeleteMessage", "DeleteMessageBatch")
)
"""SQS's operations that moto answers in the form in which a client gets them."""
_CONDITIONS: Final = (ConditionalCheckFailed, TransactionCanceledException)
"""What is raised when the conditions of a write do not hold."""


def take() -> None:
    """Take them in this process."""
    moto_expressions.take()
    moto_items.take()
    moto_objects.take()
    _replace(DynamoHandler, "call_action", _in_turns)
    _replace(DynamoDBBackend, "transact_write_items", _knowing_what_it_changes)
    _replace(Table, "query", _among_its_partition)
    _replace(Table, "all_items", _of_the_partition)
    _replace(JSONSerializer, "get_value", _by_name)
    setattr(Table, "__deepcopy__", _as_before)  # noqa: B010
    setattr(tables, "copy", SimpleNamespace(**{**vars(copy), "deepcopy": _unless_only_read}))  # noqa: B010
    for module, function in (
        (responses, method_names_from_class),
        (responses, camelcase_to_underscores),
        (sqs, camelcase_to_underscores),
    ):
        # These are asked for the same again and again.
        setattr(module, function.__name__, cache(function))
    # It answers the package `requests` as well, which nobody here uses: a thousand answers are
    # prepared for each test.
    models.RESPONSES_METHODS.clear()


def direct(client: DynamoDBClient | SQSClient) -> None:
    """Let a client call moto's DynamoDB or SQS as a function. To write, sign, send and read a
    request and its answer takes longer than what they are about.

    A call that fails for another reason than its own conditions is made once more in the long way,
    which knows how to answer with an error, as are the few with binary values.
    """
    its: Any = client
    resolve, convert = its._resolve_endpoint_ruleset, its._convert_to_request_dict

    def complete(request: dict[str, Any], model: OperationModel, context: dict[str, Any]) -> None:
        """Make of a request what botocore would have sent, in place."""
        parameters = request["parameters"]
        url, headers, properties = resolve(model, parameters, context)
        if properties:
            context["endpoint_properties"] = properties
        whole = convert(parameters, model, endpoint_url=url, context=context, headers=headers)
        request.clear()
        request.update(whole)

    def call(
        model: OperationModel, params: dict[str, Any], context: dict[str, Any], **_: Any
    ) -> tuple[Any, dict[str, Any]] | None:
        answer = _called(model, params["parameters"], context)
        if answer is None:
            complete(params, model, context)
        return answer

    its._resolve_endpoint_ruleset = lambda *_: ("", {}, {})
    its._convert_to_request_dict = _unwritten
    name, events = its.meta.service_model.service_name, its.meta.events
    if name == "dynamodb":
        # moto knows the region of a call to SQS by its signature alone.
        events.register("choose-signer.dynamodb", lambda **_: UNSIGNED)
    events.register_last(f"before-call.{name}", call)


def as_received(value: Any) -> Any:
    """A copy of what moto keeps as it was sent, as a client receives it: with plain bytes."""
    if isinstance(value, dict):
        if len(value) == 1 and isinstance(text := value.get("B"), str):
            return {"B": base64.b64decode(text)}
        return {name: as_received(part) for name, part in value.items()}
    return list(map(as_received, value)) if isinstance(value, list) else value


def _unwritten(
    api_params: Mapping[str, Any], context: Mapping[str, Any], **_: Any
) -> dict[str, Any]:
    """A request that is not written yet."""
    return {"parameters": api_params, "context": context, "headers": {}, "body": b""}


def _called(
    model: OperationModel, parameters: Mapping[str, Any], context: Mapping[str, Any]
) -> tuple[Any, dict[str, Any]] | None:
    """What the client gets for a call: the answer's status, and what is in it."""
    known = model.input_shape.members if model.input_shape else {}
    assert parameters.keys() <= known.keys(), f"{model.name} has no such parameter"
    if not models.botocore_stubber.enabled:
        return None
    of_queue = model.service_model.service_name == "sqs"
    if of_queue and model.name not in _MESSAGES:
        return None
    try:
        sent = json.dumps(parameters)
    except TypeError:  # A binary value.
        return None
    handler: Any = SQSResponse() if of_queue else DynamoHandler()
    handler.region, handler.current_account = context["client_region"], _ACCOUNT
    handler.headers, handler.uri_match, handler.body = {}, {}, json.loads(sent)
    handler.params = handler.body
    with _turn:
        try:
            result = getattr(handler, camelcase_to_underscores(model.name))().result
        except _CONDITIONS as error:
            return _refused(model, json.loads(error.description))
        except (HTTPException, ServiceException):
            return None
    return _answered(200, model.output_shape, result or {})


def _refused(model: OperationModel, said: Mapping[str, Any]) -> tuple[Any, dict[str, Any]] | None:
    """What the client gets for a write whose conditions do not hold; None if an item is in it."""
    code = said["__type"].rpartition("#")[2]
    if "Item" in said or any("Item" in one for one in said.get("CancellationReasons", ())):
        return None
    error = {"Message": said.get("message", said.get("Message")), "Code": code}
    status, answer = _answered(400, model.service_model.shape_for_error_code(code), said)
    return status, answer | {"Error": error}


def _answered(status: int, shape: Any, said: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    """A status, and of what moto says that which a client knows of."""
    members = shape.members if shape else {}
    given = {n: value for n, value in said.items() if n in members and value is not None}
    metadata = {"HTTPStatusCode": status, "HTTPHeaders": {}, "RequestId": "", "RetryAttempts": 0}
    return SimpleNamespace(status_code=status), given | {"ResponseMetadata": metadata}


def _replace(owner: type, name: str, shortcut: Callable[[Callable[..., Any]], Any]) -> None:
    setattr(owner, name, shortcut(getattr(owner, name)))


def _in_turns(handle: Callable[[DynamoHandler], Any]) -> Callable[[DynamoHandler], Any]:
    """Let moto handle one request at a time."""

    @wraps(handle)
    def in_turn(request: DynamoHandler) -> Any:
        with _turn:
            return handle(request)

    return in_turn


def _by_name(get_value: Callable[..., Any]) -> Callable[..., Any]:
    """Find the value of an item's attribute by its type's name alone. For each of the ten types
    moto looks for six other ways to write it."""

    @wraps(get_value)
    def found(serializer: object, value: Any, key: str, shape: Any) -> Any:
        parent = getattr(shape, "parent", None)
        if type(value) is dict and parent is not None and parent.name == "AttributeValue":
            return value.get(key)
        return get_value(serializer, value, key, shape)

    return found


def _among_its_partition(query: Callable[..., Any]) -> Callable[..., Any]:
    """Let a query look among the items of its partition. moto sorts all items of the table, and
    looks among them. The seventh of the other arguments is the index."""

    @wraps(query)
    def answered(table: Any, hash_key: Any, *arguments: Any, **named: Any) -> Any:
        index = arguments[6]
        if hash_key is None or index not in {None, *(one.name for one in table.all_indexes())}:
            return query(table, hash_key, *arguments, **named)
        found = _partition(table, hash_key, index)
        with _within(_partitions, found), _within(_whole, index is None):
            return query(table, hash_key, *arguments, **named)

    return answered


def _partition(table: Any, hash_key: Any, index: str | None) -> list[Any]:
    if index is None:
        return sorted(table.items.get(hash_key, {}).values(), key=_sort_value)
    name = next(
        key["AttributeName"] for key in table.get_index(index).schema if key["KeyType"] == "HASH"
    )
    every = (item for some in table.items.values() for item in some.values())
    found = [item for item in every if name in item.attrs and item.attrs[name] == hash_key]
    return sorted(found, key=lambda item: (item.hash_key.cast_value, _sort_value(item)))


def _sort_value(item: Any) -> Any:
    return item.range_key and item.range_key.cast_value


def _unless_only_read(value: Any, memo: dict[int, Any] | None = None) -> Any:
    """A copy, but not of what a query of the table has found: it is made into an answer at once.
    What an index does not have is taken out of a copy."""
    return value if _whole and _whole[-1] else copy.deepcopy(value, memo)


def _of_the_partition(all_items: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(all_items)
    def found(table: Any) -> Any:
        return _partitions[-1] if _partitions else all_items(table)

    return found


def _knowing_what_it_changes(transact: Callable[..., Any]) -> Callable[..., Any]:
    """Tell `_as_before` which items a transaction may change."""

    @wraps(transact)
    def made(backend: Any, writes: Sequence[Mapping[str, Any]]) -> Any:
        with _within(_changes, [one for write in writes for one in write.values()]):
            return transact(backend, writes)

    return made


def _as_before(table: Any, _: dict[int, Any]) -> Any:
    """A copy of a table to return to if a transaction fails. moto copies all its items and all that
    was ever written to its stream, once for each write of the transaction."""
    kept = copy.copy(table)
    kept.items = table.items.copy()
    for change in _changes[-1]:
        key = change.get("Key") or change.get("Item")
        if change.get("TableName") == table.name and key is not None:
            partition = DynamoType(key[table.hash_key_attr])
            if partition in kept.items:
                place = kept.items[partition] = kept.items[partition].copy()
                sort = DynamoType(key[table.range_key_attr])
                if sort in place:
                    place[sort] = copy.deepcopy(place[sort])
    if table.stream_shard is not None:
        kept.stream_shard = copy.copy(table.stream_shard)
        kept.stream_shard.items = list(table.stream_shard.items)
        kept.stream_shard.table = kept
    return kept


@contextmanager
def _within(stack: list[Any], value: Any) -> Iterator[None]:
    stack.append(value)
    try:
        yield
    finally:
        stack.pop()
