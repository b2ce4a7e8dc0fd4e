"""CloudFront's functions and key-value stores in memory, behind boto3's own clients.

boto3 checks what it is given, and what it returns, against the service's model; only the requests
go nowhere. ETags, conflicts and stages are as AWS documents them.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from types import SimpleNamespace
from typing import Any

import boto3
from botocore import xform_name

Json = dict[str, Any]
PAGE = 3
"""The most keys that a list gives at once here, so that tests have several pages."""
MOST_CHANGES = 50
CONFIG = {"Comment": "as it was", "Runtime": "cloudfront-js-2.0"}


class Refused(Exception):
    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


@dataclass
class FakeCloudFront:
    """One store and one function. `meanwhile` is called before each change, as if by others."""

    code: str = ""
    live: str = ""
    stored: dict[str, str] = field(default_factory=dict)
    taken: int = 0
    """The bytes that others take in the store."""
    meanwhile: Callable[[], None] = lambda: None
    calls: list[str] = field(default_factory=list)
    _versions: Any = field(default_factory=lambda: count(1))
    _version: str = "0"

    def client(self, service: str) -> Any:
        connect: Any = boto3.client
        client = connect(
            service,
            region_name="us-east-1",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
        )
        client.meta.events.register("provide-client-params", _note)
        client.meta.events.register("before-call", self._answer)
        return client

    def touch(self) -> None:
        """Change the version, as every change by anybody does."""
        self._version = f"v{next(self._versions)}"

    def _answer(self, model: Any, context: Json, **_: Any) -> tuple[Any, Json]:
        self.calls.append(model.name)
        try:
            answer = getattr(self, f"_{xform_name(model.name)}")(context["given"])
        except Refused as error:
            error_of = {"Error": {"Code": error.code, "Message": error.code}}
            return SimpleNamespace(status_code=error.status), error_of
        return SimpleNamespace(status_code=200), answer

    def _check(self, version: str, conflict: Refused) -> None:
        self.meanwhile()
        if version != self._version:
            raise conflict
        self.touch()

    # The key-value store

    def _describe_key_value_store(self, _: Json) -> Json:
        size = self.taken + sum(len(key) + len(value) for key, value in self.stored.items())
        return {"ETag": self._version, "ItemCount": len(self.stored), "TotalSizeInBytes": size}

    def _get_key(self, given: Json) -> Json:
        if given["Key"] not in self.stored:
            raise Refused(404, "ResourceNotFoundException")
        return {"Key": given["Key"], "Value": self.stored[given["Key"]]}

    def _update_keys(self, given: Json) -> Json:
        puts, deletes = given.get("Puts", []), given.get("Deletes", [])
        if len(puts) + len(deletes) > MOST_CHANGES:
            raise Refused(400, "ValidationException")
        if any(gone["Key"] not in self.stored for gone in deletes):
            raise Refused(404, "ResourceNotFoundException")
        self._check(given["IfMatch"], Refused(409, "ConflictException"))
        self.stored.update({put["Key"]: put["Value"] for put in puts})
        for gone in deletes:
            del self.stored[gone["Key"]]
        return {"ETag": self._version, "ItemCount": len(self.stored)}

    def _list_keys(self, given: Json) -> Json:
        start, keys = int(given.get("NextToken", 0)), sorted(self.stored)
        items = [{"Key": k, "Value": self.stored[k]} for k in keys[start : start + PAGE]]
        more = {"NextToken": str(start + PAGE)} if start + PAGE < len(keys) else {}
        return {"Items": items, **more}

    # The function

    def _get_function(self, given: Json) -> Json:
        code = self.code if given["Stage"] == "DEVELOPMENT" else self.live
        return {"FunctionCode": io.BytesIO(code.encode()), "ETag": self._version}

    def _describe_function(self, given: Json) -> Json:
        # Optional on AWS, but not on the local cloud.
        assert given["Stage"] == "DEVELOPMENT"
        summary = {"Name": given["Name"], "FunctionConfig": CONFIG}
        return {"FunctionSummary": summary, "ETag": self._version}

    def _update_function(self, given: Json) -> Json:
        assert given["FunctionConfig"] == CONFIG
        self._check(given["IfMatch"], Refused(412, "PreconditionFailed"))
        self.code = given["FunctionCode"].decode()
        return {}

    def _publish_function(self, given: Json) -> Json:
        if given["IfMatch"] != self._version:
            raise Refused(412, "PreconditionFailed")
        self.live = self.code
        return {}


def _note(params: Json, context: Json, **_: Any) -> None:
    context["given"] = params
