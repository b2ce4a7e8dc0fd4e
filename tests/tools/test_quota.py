"""Reservations held against what an account may reserve."""

from __future__ import annotations

from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from tools import quota
from tools.errors import ToolError


class FakeLambda:
    def __init__(self, limit: int, unreserved: int, reserved: dict[str, int] | None = None) -> None:
        self._account = {
            "ConcurrentExecutions": limit,
            "UnreservedConcurrentExecutions": unreserved,
        }
        self._reserved = reserved or {}
        self.refuses = ""
        self.refuses_functions = ""

    def get_account_settings(self) -> Any:
        if self.refuses:
            raise ClientError({"Error": {"Code": self.refuses, "Message": "no"}}, "X")
        return {"AccountLimit": self._account}

    def get_function_concurrency(self, FunctionName: str) -> Any:  # noqa: N803 - AWS's name
        if self.refuses_functions:
            raise ClientError({"Error": {"Code": self.refuses_functions, "Message": "no"}}, "X")
        if FunctionName not in self._reserved:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "X")
        # A function without a reservation is answered with nothing.
        number = self._reserved[FunctionName]
        return {"ReservedConcurrentExecutions": number} if number else {}


def left(client: FakeLambda, reserved: dict[str, int]) -> int | None:
    return quota.left_unreserved(cast("Any", client), reserved)


def test_a_new_account_has_ten_for_all_and_can_reserve_none() -> None:
    assert left(FakeLambda(10, 10), {}) == 10
    with pytest.raises(ToolError, match=r"305 more .* can reserve 0 more: 10 of its 10 .* 10 must"):
        left(FakeLambda(10, 10), {"a": 300, "b": 5})


@pytest.mark.parametrize("limit", [50, 100])
def test_an_account_of_up_to_a_hundred_can_reserve_none(limit: int) -> None:
    with pytest.raises(ToolError, match=f"can reserve 0 more.* and {limit} must stay so"):
        left(FakeLambda(limit, limit), {"a": 1})


def test_beyond_a_hundred_all_can_be_reserved_and_no_more() -> None:
    assert left(FakeLambda(405, 405), {"a": 300, "b": 5}) == 100
    with pytest.raises(ToolError, match=r"306 more .* can reserve 305 more"):
        left(FakeLambda(405, 405), {"a": 301, "b": 5})


def test_what_others_reserved_is_not_there() -> None:
    assert left(FakeLambda(1000, 300), {"a": 200}) == 100
    with pytest.raises(ToolError, match="can reserve 200 more"):
        left(FakeLambda(1000, 300), {"a": 201})


def test_what_the_stack_has_already_it_keeps() -> None:
    deployed = FakeLambda(405, 100, {"a": 300, "b": 5, "c": 0})
    assert left(deployed, {"a": 300, "b": 5}) == 100
    with pytest.raises(ToolError, match=r"1 more .* can reserve 0 more"):
        left(deployed, {"a": 301, "b": 5})
    # One that shrinks gives back nothing before it has shrunk.
    with pytest.raises(ToolError, match=r"2 more .* can reserve 0 more"):
        left(deployed, {"a": 298, "c": 2})


def test_who_may_not_look_may_still_deploy() -> None:
    client = FakeLambda(10, 10)
    client.refuses = "AccessDeniedException"
    assert left(client, {"a": 300}) is None
    client.refuses = "ServiceException"
    with pytest.raises(ToolError, match="quota of Lambda executions"):
        left(client, {})


def test_who_may_not_look_at_functions_may_still_deploy() -> None:
    client = FakeLambda(405, 405)
    client.refuses_functions = "AccessDeniedException"
    assert left(client, {}) == 405
    assert left(client, {"a": 300}) is None
    client.refuses_functions = "ServiceException"
    with pytest.raises(ToolError, match="quota of Lambda executions"):
        left(client, {"a": 300})
