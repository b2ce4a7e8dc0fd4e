"""Every operation of the OpenAPI document has examples, which are as its schemas say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

import pytest

from tests.integration import contract
from tools import examples

OPERATIONS = [pytest.param(o, id=o["operationId"]) for _, _, o in contract.operations()]


def _faults(operation: Mapping[str, Any]) -> Iterator[str]:
    """What of an operation's examples is missing or wrong."""
    for parameter in operation["parameters"]:
        if "example" in parameter:
            yield from contract.wrong(parameter["schema"], parameter["example"])
        elif parameter.get("required"):
            yield f"{parameter['name']} has no example"
    bodies = [operation["requestBody"]] if "requestBody" in operation else []
    bodies += [o for status, o in operation["responses"].items() if status.startswith("2")]
    for content in (body["content"] for body in bodies if "content" in body):
        [described] = content.values()
        if "example" in described:
            yield from contract.wrong(described["schema"], described["example"])
        else:
            yield "a body has no example"


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_has_examples_that_its_schemas_allow(operation: dict[str, Any]) -> None:
    assert list(_faults(operation)) == []


def test_missing_and_wrong_examples_are_found() -> None:
    """Or the test above finds nothing because it looks at nothing."""
    [post] = [o for _, _, o in contract.operations() if o["operationId"] == "create_post"]
    broken = deepcopy(post)
    del broken["parameters"][0]["example"]
    broken["requestBody"]["content"]["application/json"]["example"]["media"][0]["bytes"] = 0
    broken["requestBody"]["content"]["application/json"]["example"]["media"][0]["sha256"] = "F"
    del broken["responses"]["201"]["content"]["application/json"]["example"]
    assert list(_faults(broken)) == [
        "Idempotency-Key has no example",
        "$.media[0].bytes: 0 breaks minimum 1",
        "$.media[0].sha256: 'F' breaks pattern ^[0-9a-f]{64}$",
        "a body has no example",
    ]


def test_no_answer_is_left_unread() -> None:
    operations = [operation for _, _, operation in contract.operations()]
    names = {o["operationId"] for o in operations}
    names |= {f"{o['operationId']}_waits" for o in operations if "202" in o["responses"]}
    assert examples.ANSWERS.keys() <= names | set(contract.document()["components"]["schemas"])
