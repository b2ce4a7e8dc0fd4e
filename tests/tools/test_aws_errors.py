"""What a person sees when AWS refuses something."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from tools import aws_errors
from tools.errors import exit_status


def _error(code: str, message: str = "User x is not authorized to perform y") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "DescribeStacks")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (_error("AccessDenied"), "credentials lack the right to DescribeStacks: User x is not"),
        (_error("WAFAccessDeniedException"), "lack the right"),
        (_error("ExpiredToken", "expired"), "not valid any more (expired): sign in again."),
        (_error("ValidationError", "No."), "AWS refused DescribeStacks: No."),
        (EndpointConnectionError(endpoint_url="https://x"), "AWS could not be asked: Could not"),
    ],
)
def test_a_refusal_is_one_sentence_and_no_traceback(
    error: Exception, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def command() -> int:
        raise error

    assert exit_status(command) == 1
    told = capsys.readouterr().err
    assert said in told
    assert len(told.splitlines()) == 1


def test_our_own_mistakes_are_not_hidden() -> None:
    def command() -> int:
        raise KeyError("mistake")

    with pytest.raises(KeyError):
        exit_status(command)
    assert aws_errors.sentence(KeyError("mistake")) is None
