"""DynamoDB's answers as they are read here, held against botocore's own reading of them.

Both ways in are botocore's: a component of its session, and methods of its parser named after the
model's types. Should a new version of it call neither, or know of more, a test here fails.
"""

from __future__ import annotations

import base64
import json
from typing import Any, Final

import boto3
import botocore.session
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ClientError, ParamValidationError
from botocore.parsers import JSONParser

from shutterfeed.adapters.clients import connect
from shutterfeed.adapters.dynamodb.answers import AnswerParser, AnswerParserFactory
from tests.conftest import REGION
from tests.wire import answer

MODEL: Final = botocore.session.Session().get_service_model("dynamodb")
BINARY: Final = base64.b64encode(b"\x00\xffpacked").decode()
KINDS: Final[dict[str, Any]] = {
    "S": "text",
    "N": "-12.5",
    "B": BINARY,
    "SS": ["a", "b"],
    "NS": ["1", "2"],
    "BS": [BINARY, BINARY],
    "NULL": True,
    "BOOL": False,
    "M": {"deep": {"L": [{"B": BINARY}, {"M": {"deeper": {"BS": [BINARY]}}}, {"S": ""}]}},
    "L": [{"M": {"in": {"B": BINARY}}}, {"N": "1"}, {"L": []}],
}
HEADERS: Final = {"x-amzn-RequestId": "request-1", "Content-Type": "application/x-amz-json-1.0"}


SCALARS: Final[dict[str, Any]] = {
    "string": "text",
    "timestamp": 1_700_000_000.5,
    "blob": BINARY,
    "boolean": True,
    **dict.fromkeys(("integer", "long", "float", "double"), 7),
}


def sample(shape: Any, seen: tuple[str, ...] = ()) -> Any:
    """The JSON of an answer of this shape, with all its members and every kind of attribute."""
    if shape.name in seen:
        return None
    seen = (*seen, shape.name)
    match shape.type_name:
        case "structure":
            return {name: sample(member, seen) for name, member in shape.members.items()}
        case "list":
            return [sample(shape.member, seen), sample(shape.member, seen)]
        case "map" if shape.value.name == "AttributeValue":
            return {kind: {kind: value} for kind, value in KINDS.items()}
        case "map":
            return {"first": sample(shape.value, seen), "second": sample(shape.value, seen)}
    return SCALARS[shape.type_name]


def read(parser: Any, status: int, body: Any, shape: Any) -> Any:
    content = json.dumps(body).encode()
    response = {"status_code": status, "headers": dict(HEADERS), "body": content, "context": {}}
    return parser.parse(response, shape)


def both(status: int, body: Any, shape: Any) -> Any:
    """The same from either."""
    ours, theirs = (read(parser, status, body, shape) for parser in (AnswerParser(), JSONParser()))
    assert ours == theirs
    return ours


@pytest.mark.parametrize("name", MODEL.operation_names)
def test_every_operation_s_answer_is_read_as_botocore_reads_it(name: str) -> None:
    shape = MODEL.operation_model(name).output_shape
    body = {} if shape is None else sample(shape)
    found = both(200, body, shape)
    assert found["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_errors_are_read_as_botocore_reads_them() -> None:
    for name in MODEL.operation_names:
        for shape in MODEL.operation_model(name).error_shapes:
            body = sample(shape) | {"__type": f"com.amazonaws.dynamodb#{shape.name}"}
            both(400, body, shape)
            both(400, body, None)
    both(500, {}, None)
    both(503, {"message": "slow down"}, None)


def test_the_model_knows_no_other_kinds_of_attributes() -> None:
    attribute: Any = MODEL.shape_for("AttributeValue")
    assert set(attribute.members) == set(KINDS)


def test_a_kind_that_came_later_is_told_as_botocore_tells_it() -> None:
    shape = MODEL.operation_model("GetItem").output_shape
    both(200, {"Item": {"a": {"VECTOR": [1]}, "b": {"L": [{"VECTOR": [1]}, {"S": "c"}]}}}, shape)


def test_dynamodb_speaks_the_protocol_that_is_read_here() -> None:
    assert MODEL.resolved_protocol == "json"
    assert type(AnswerParserFactory().create_parser("json")) is AnswerParser
    assert type(AnswerParserFactory().create_parser("query")) is not AnswerParser


@pytest.fixture
def sent() -> list[AWSPreparedRequest]:
    return []


@pytest.fixture
def client(sent: list[AWSPreparedRequest]) -> Any:
    """A client of ours whose requests are answered here."""
    made = connect("dynamodb", region_name=REGION)

    def answered(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        sent.append(request)
        body = {"Item": {kind: {kind: value} for kind, value in KINDS.items()}}
        return answer(request, 200, HEADERS, json.dumps(body).encode())

    made.meta.events.register("before-send.dynamodb", answered)
    return made


def test_clients_read_attributes_without_botocore_s_walk(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    walked: list[str] = []
    parser: Any = JSONParser
    generic = parser._handle_structure

    def counted(self: Any, shape: Any, value: Any) -> Any:
        walked.append(shape.name)
        return generic(self, shape, value)

    monkeypatch.setattr(parser, "_handle_structure", counted)
    found = client.get_item(TableName="t", Key={"pk": {"S": "a"}})

    assert found["Item"]["B"] == {"B": b"\x00\xffpacked"}
    assert found["Item"]["L"]["L"][0] == {"M": {"in": {"B": b"\x00\xffpacked"}}}
    assert walked == ["GetItemOutput"]


def test_requests_to_dynamodb_are_checked_by_dynamodb_alone(
    client: Any, sent: list[AWSPreparedRequest]
) -> None:
    client.get_item(TableName="t")
    body: Any = sent[0].body
    assert json.loads(body) == {"TableName": "t"}
    with pytest.raises(ParamValidationError):
        connect("sqs", region_name=REGION).send_message(QueueUrl="q")


def test_requests_say_who_calls_and_with_what(client: Any, sent: list[AWSPreparedRequest]) -> None:
    client.get_item(TableName="t", Key={})
    headers: Any = sent[0].headers
    agent = headers["User-Agent"].decode()
    # What Powertools adds stands behind it.
    expected = f"Boto3/{boto3.__version__} Botocore/{botocore.__version__} Shutterfeed "
    assert f"{agent} ".startswith(expected)


def test_an_error_of_dynamodb_is_a_client_error(sent: list[AWSPreparedRequest]) -> None:
    made: Any = connect("dynamodb", region_name=REGION)
    body = {"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "message": "no"}

    def refused(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        sent.append(request)
        return answer(request, 400, HEADERS, json.dumps(body).encode())

    made.meta.events.register("before-send.dynamodb", refused)
    with pytest.raises(made.exceptions.ResourceNotFoundException, match="no") as raised:
        made.get_item(TableName="t", Key={})
    assert isinstance(raised.value, ClientError)
    assert len(sent) == 1
