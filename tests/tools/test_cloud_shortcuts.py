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
import json, queue, sys
from types import SimpleNamespace
from ministack.core import iam_evaluator, lambda_runtime
from ministack.services import apigateway, cloudfront, dynamodb

def said(call, *arguments):
    try:
        return repr(call(*arguments))
    except ValueError as error:
        return f"refused: {error}"

def answers(cases):
    yield [said(dynamodb._evaluate_condition, *case) for case in cases["conditions"]]
    yield [said(dynamodb._apply_update_expression, *case) for case in cases["updates"]]
    yield [said(apigateway._extract_path_params, *case) for case in cases["paths"]]
    yield [said(iam_evaluator.parse_policy_document, case) for case in cases["policies"]]
    yield [said(cloudfront._glob_to_regex, case) for case in cases["globs"]]
    read = cloudfront.parse_distribution_dataplane_config
    yield [said(read, {"config_xml": case, "Id": "x"}) for case in cases["distributions"]]
    yield [said(apigateway._verify_rs256_signature, *case) for case in cases["tokens"]]

cases = json.load(sys.stdin)
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
json.dump({"plain": plain, "quick": quick, "log": log}, sys.stdout)
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


def test_conditions_routes_policies_and_tokens_mean_the_same(both: dict[str, Any]) -> None:
    assert both["quick"] == [both["plain"]] * 2
    said = {answer.partition(":")[0] for answers in both["plain"] for answer in answers}
    assert {"True", "False", "refused", "None"} <= said


def test_the_log_of_an_invocation_ends_where_its_process_says(both: dict[str, Any]) -> None:
    assert both["log"] == ["one\ntwo", "", "three"]
