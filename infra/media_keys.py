"""The keys that sign links to media: the API signs with the first, the edge accepts both."""

from __future__ import annotations

from typing import Final

from aws_cdk import CfnParameter
from constructs import Construct

PARAMETER: Final = "MediaKeys"
_KEY: Final = "[A-Za-z0-9_-]{32,64}"


class MediaKeys(Construct):
    """A parameter of the stack, which a deployment fills with a random key and keeps afterwards. It
    costs nothing, and both sides have the same keys from the first moment on.

    Why not in the key-value store: reading it costs 0.03 USD a million requests, the API could not
    read it without another signature algorithm, and the first keys would have to be put there after
    the deployment. Who reads the function's code or settings gets no further with a key: to make a
    link, one has to know the ids of a blob and of a medium, which are random.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        keys = CfnParameter(
            self,
            "Keys",
            no_echo=True,
            allowed_pattern=f"{_KEY}(,{_KEY})?",
            constraint_description="one or two random keys of 32 to 64 letters and digits",
            description="What signs links to media: the first key signs, both are accepted",
        )
        keys.override_logical_id(PARAMETER)
        self.value = keys.value_as_string
