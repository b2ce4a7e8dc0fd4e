"""The account's quota of concurrent Lambda executions, compared with what a stack reserves.

AWS lets functions reserve only what leaves 100 for all others; an account whose quota is below
that, as every new one's is (10), may reserve nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from tools.aws_errors import is_forbidden
from tools.errors import ToolError

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

LEAST_UNRESERVED: Final = 100


def left_unreserved(client: LambdaClient, reserved: Mapping[str, int]) -> int | None:
    """The number of executions left for functions without a reservation, once these reservations
    are made. None if the credentials may not read the quota; they may still deploy.

    Raises `ToolError` if the account cannot reserve that much.
    """
    try:
        limits = client.get_account_settings()["AccountLimit"]
        # A reservation that shrinks is not counted: it may be changed after those that grow.
        more = sum(max(0, number - _reserved_now(client, n)) for n, number in reserved.items())
    except ClientError as error:
        if is_forbidden(error):
            return None
        raise ToolError(
            f"The account's quota of Lambda executions cannot be read: {error}"
        ) from error
    limit, unreserved = limits["ConcurrentExecutions"], limits["UnreservedConcurrentExecutions"]
    least = min(LEAST_UNRESERVED, limit)
    if more > max(0, unreserved - least):
        raise ToolError(
            f"reserved_concurrency takes {more} more Lambda executions, and this account can "
            f"reserve {max(0, unreserved - least)} more: {unreserved} of its {limit} are "
            f"unreserved, and {least} must stay so. Lower it, or ask for a higher quota "
            "(Service Quotas, AWS Lambda, Concurrent executions)."
        )
    return unreserved - more


def _reserved_now(client: LambdaClient, function: str) -> int:
    try:
        answer = client.get_function_concurrency(FunctionName=function)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return 0
        raise
    return answer.get("ReservedConcurrentExecutions", 0)
