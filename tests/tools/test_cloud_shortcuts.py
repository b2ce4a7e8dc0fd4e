"""The local cloud gives the same answers with its shortcuts as without."""

from __future__ import annotations

import json
import subprocess
from typing import Any, Final

import pytest

from tools import cloud, paths

# Runs in the cloud's own environment, and answers everything as the cloud does, and then twice with
# the shortcuts, which are taken with the import: the second time they have kept what they found.
_BOTH: Final = """
import asyncio, json, logging, queue, sys, time
from types import SimpleNamespace
from ministack import app
from ministack.core import iam_actions, iam_evaluator, lambda_runtime
from ministack.services import apigateway, cloudfront, dynamodb, lambda_svc, sqs, sts
from uvicorn.protocols.http import httptools_impl

def said(call, *arguments):
    try:
        return repr(call(*arguments))
    except ValueError as error:
        return f"refused: {error}"

def caller(authorization):
    iam_evaluator.pin_request_caller({"authorization": authorization}, {})
    return iam_evaluator.caller_arn()

def route(method, path):
    return (apigateway._match_route("api", method, path) or {}).get("routeKey")

class Transport(list):
    write = list.append
    def close(self):
        self.append("closed")

def written(method, keep_alive, headers, *bodies):
    transport = Transport()
    flow = SimpleNamespace(write_paused=False)
    log = logging.getLogger()
    cycle = httptools_impl.RequestResponseCycle(
        {"method": method}, transport, flow, log, log, False, [], asyncio.Event(), False,
        keep_alive, lambda: None)
    async def answer():
        await cycle.send({"type": "http.response.start", "status": 200,
                          "headers": [(n.encode(), v.encode()) for n, v in headers]})
        for i, body in enumerate(bodies, 1):
            await cycle.send({"type": "http.response.body", "body": body.encode(),
                              "more_body": i < len(bodies)})
    asyncio.run(answer())
    writes.append(len(transport))
    return [b"".join(part for part in transport if part != "closed"), transport[-1] == "closed"]

writes = []

def taken(queues):
    batches = []
    def dispatch(source, fn, esm, func, event, *_):
        batches.append((source, [one["body"] for one in event["Records"]]))
    lambda_svc._dispatch_esm_batch = dispatch
    lambda_svc._get_func_record_for_qualifier = lambda *_: ({}, {})
    sqs._queues._data.clear()
    lambda_svc._esms._data.clear()
    for name, bodies in queues:
        url = sqs._act_create_queue({"QueueName": name}, "")["QueueUrl"]
        for body in bodies:
            sqs._act_send_message({"QueueUrl": url, "MessageBody": body}, url)
        arn = sqs._queues[url]["attributes"]["QueueArn"]
        for kind in ("sqs", "kinesis"):
            source = arn.replace(":sqs:", f":{kind}:")
            lambda_svc._esms[name + kind] = {
                "UUID": name + kind, "EventSourceArn": source, "FunctionName": "f"}
    found = [lambda_svc._poll_sqs(), lambda_svc._poll_kinesis(), lambda_svc._poll_sqs()]
    return found, batches

def answers(cases):
    yield [said(taken, cases["queues"])]
    yield [said(route, *case) for case in cases["routes"]]
    yield [said(caller, case) for case in cases["callers"]]
    for asked in (iam_actions.dynamodb_service_context, iam_actions.dynamodb_resource_arns):
        more = ("here", "me") if asked is iam_actions.dynamodb_resource_arns else ()
        yield [said(asked, case.encode(), *more) for case in cases["bodies"] * 2]
    yield [said(written, *case) for case in cases["answers"]]
    yield [app.formatdate(usegmt=True)]
    yield [said(dynamodb._evaluate_condition, *case) for case in cases["conditions"]]
    yield [said(dynamodb._apply_update_expression, *case) for case in cases["updates"]]
    yield [said(apigateway._extract_path_params, *case) for case in cases["paths"]]
    yield [said(iam_evaluator.parse_policy_document, case) for case in cases["policies"]]
    yield [said(cloudfront._glob_to_regex, case) for case in cases["globs"]]
    read = cloudfront.parse_distribution_dataplane_config
    yield [said(read, {"config_xml": case, "Id": "x"}) for case in cases["distributions"]]
    yield [said(apigateway._verify_rs256_signature, *case) for case in cases["tokens"]]

cases = json.load(sys.stdin)
sts.register_session("ASIAKNOWN", {"Arn": "arn:aws:sts::000000000000:assumed-role/one/two",
    "UserId": "one:two", "SecretAccessKey": "s", "SessionToken": "t"})
apigateway._routes["api"] = {str(n): {"routeKey": key} for n, key in enumerate(cases["api"])}
time.time = lambda: 1_700_000_000.5  # The second must not change meanwhile.
plain = list(answers(cases))
script = lambda_runtime._PYTHON_WORKER_SCRIPT
from tools import cloud_shortcuts
quick = [list(answers(cases)) for _ in range(2)]
assert lambda_runtime._PYTHON_WORKER_SCRIPT != script
lines = queue.Queue()
worker = SimpleNamespace(config={"Runtime": "python3.13"}, _stderr_queue=lines)
for line in ("one", "two" + cloud_shortcuts._LOG_ENDS, cloud_shortcuts._LOG_ENDS, "three"):
    lines.put(line)
log = [lambda_runtime.Worker._drain_stderr_bounded(worker) for _ in range(3)]
json.dump({"plain": plain, "quick": quick, "log": log, "writes": writes}, sys.stdout)
"""
_ITEM: Final = {"pk": {"S": "a"}, "sk": {"S": "b#1"}, "n": {"N": "7"}, "tags": {"SS": ["x", "y"]}}
_NAMES: Final = {"#p": "pk", "#s": "sk", "#n": "n", "#t": "tags"}
_VALUES: Final = {
    ":a": {"S": "a"},
    ":b": {"S": "b"},
    ":c": {"S": "c"},
    ":x": {"S": "x"},
    ":1": {"N": "1"},
    ":9": {"N": "9"},
}
_CONDITIONS: Final = (
    "#p = :a AND begins_with(#s, :b)",
    "#p = :a AND #s < :b",
    "#p = :a AND #s BETWEEN :b AND :c",
    "#p = :a AND #s BETWEEN :c AND :b",
    "#n BETWEEN :1 AND :9",
    "NOT #n > :9 AND (attribute_not_exists(gone) OR contains(#t, :x))",
    "begins_with(#s, :9)",
    "((#n = :1))",
    "#n = ",
    "name = :a",
    "",
)
_UPDATES: Final = ("SET #n = #n + :1 REMOVE #t", "ADD #n :9", "SET ((#n)) = :1", "SET name = :1")
_PATHS: Final = ("/me", "/posts/{id}/likes", "/{proxy+}", "/files/{name+}/a.b", "/a.b/{id}")
_ASKED: Final = ("/me", "/posts/1/likes", "/posts/1/2/likes", "/files/a/b/a.b", "/a.b/", "/axb/1")
_API: Final = ("$default", "GET /posts/{id}", "GET /posts/mine", "ANY /{proxy+}", "PUT /posts/{id}")
_ROUTES: Final = (
    ("GET", "/posts/1"),
    ("GET", "/posts/mine"),
    ("POST", "/posts/mine"),
    ("PUT", "/posts/2"),
    ("GET", "/"),
)
_CALLERS: Final = (
    "AWS4-HMAC-SHA256 Credential=ASIAKNOWN/20300101/us-east-1/sqs/aws4_request",
    "AWS4-HMAC-SHA256 Credential=ASIANOBODY/20300101/us-east-1/sqs/aws4_request",
    "Bearer token",
    "",
)
_BODIES: Final = (
    '{"TableName": "one", "IndexName": "by", "ProjectionExpression": "#a, b.c"}',
    '{"RequestItems": {"one": {}, "two": {}}}',
    "{",
    "[]",
    "",
)
_LONG: Final = [["Content-Length", "5"]]
_ANSWERS: Final[tuple[tuple[Any, ...], ...]] = (
    ("GET", True, _LONG, "hello"),
    ("GET", False, _LONG, "he", "llo"),
    ("HEAD", True, _LONG, ""),
    ("GET", True, [], "in ", "parts", ""),
    ("GET", True, [["Content-Length", "0"]], ""),
)
_POLICY: Final = {
    "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": ["a", "b"], "Sid": "One"},
        {"Effect": "Maybe", "Action": "s3:*", "Resource": "a"},
    ]
}
_DISTRIBUTION: Final = (
    "<DistributionConfig><DefaultRootObject>index.html</DefaultRootObject>"
    "<Origins><Items><Origin><Id>one</Id><DomainName>a.s3.amazonaws.com</DomainName>"
    "<S3OriginConfig/></Origin></Items></Origins>"
    "<CacheBehaviors><Items><CacheBehavior><PathPattern>/api/*</PathPattern>"
    "<TargetOriginId>one</TargetOriginId></CacheBehavior></Items></CacheBehaviors>"
    "<DefaultCacheBehavior><TargetOriginId>one</TargetOriginId></DefaultCacheBehavior>"
    "</DistributionConfig>"
)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    cloud.prepare()
    cases = {
        "conditions": [
            (condition, item, _VALUES, _NAMES, slot)
            for condition in _CONDITIONS
            for slot in ("ConditionExpression", "KeyConditionExpression")
            for item in (_ITEM, {}, {**_ITEM, "sk": {"N": "5"}})
        ],
        "updates": [(_ITEM, update, _VALUES, _NAMES) for update in _UPDATES],
        "paths": [(path, asked) for path in _PATHS for asked in _ASKED],
        "policies": [_POLICY, json.dumps(_POLICY), "{", "[]"],
        "globs": ["/media/*", "api/?", "*.js"],
        "distributions": [_DISTRIBUTION, _DISTRIBUTION.replace("index", "other"), "<", "", None],
        "api": _API,
        "routes": _ROUTES,
        "callers": _CALLERS,
        "bodies": _BODIES,
        "answers": _ANSWERS,
        "queues": [("one", ["a", "b"]), ("two", []), ("three", ["c"])],
        "tokens": [("a.b.c", {"n": "AQAB", "e": "AQAB"}), ("a", {})],
    }
    answer = subprocess.run(
        [paths.CLOUD_VENV / "bin" / "python", "-c", _BOTH],
        cwd=paths.ROOT,
        env=cloud._environment(4566, tmp_path_factory.mktemp("cloud")),
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr[-3000:]
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def test_conditions_routes_policies_tokens_and_answers_are_the_same(both: dict[str, Any]) -> None:
    for plain, *quick in zip(both["plain"], *both["quick"], strict=True):
        assert quick == [plain] * 2
    said = {answer.partition(":")[0] for answers in both["plain"] for answer in answers}
    assert {"True", "False", "refused", "None", "'arn"} <= said
    assert "'GET /posts/mine'" in both["plain"][1]
    # There is nothing more in the queues when they are looked at again.
    batches = "[('onesqs', ['a', 'b']), ('threesqs', ['c'])]"
    assert both["plain"][0] == [f"([True, False, False], {batches})"]


def test_an_answer_is_sent_at_once(both: dict[str, Any]) -> None:
    count = len(_ANSWERS)
    plain, quick = both["writes"][:count], both["writes"][count : 2 * count]
    assert plain == [2, 4, 1, 4, 2]
    assert quick == [1, 3, 1, 3, 1]


def test_the_log_of_an_invocation_ends_where_its_process_says(both: dict[str, Any]) -> None:
    assert both["log"] == ["one\ntwo", "", "three"]
