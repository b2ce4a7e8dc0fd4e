"""The secret by which the API knows that a request came through CloudFront."""

from __future__ import annotations

from typing import Final

from aws_cdk import CfnParameter, Fn
from constructs import Construct

PARAMETER: Final = "OriginKeys"
SEPARATOR: Final = ","


class OriginKeys(Construct):
    """A parameter of the stack, which `make deploy` fills with a random key. It costs nothing;
    Secrets Manager would cost 0.40 USD a month.

    The parameter may hold several keys: CloudFront sends the first, and the function accepts all,
    so that a key can be replaced without refusing anybody.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        keys = CfnParameter(
            self,
            "Keys",
            no_echo=True,
            min_length=32,
            allowed_pattern=f"[A-Za-z0-9_-]{{32,}}({SEPARATOR}[A-Za-z0-9_-]{{32,}})*",
            constraint_description="random keys of at least 32 letters and digits, with commas",
            description="What CloudFront sends to the API: the first key is sent, all are accepted",
        )
        keys.override_logical_id(PARAMETER)
        self.accepted = keys.value_as_string
        self.sent = Fn.select(0, Fn.split(SEPARATOR, self.accepted))
