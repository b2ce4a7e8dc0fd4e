"""One deployed stage, on this machine or in AWS, and how the commands reach it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shutterfeed.adapters.dynamodb.table import Table
from tools import aws, local, names, templates
from tools.deploy import LocalAws
from tools.destroy import ClientFor
from tools.errors import ToolError


@dataclass(frozen=True, slots=True)
class Deployment:
    """One stage, wherever it runs."""

    client_for: ClientFor
    stage: str
    outputs: Mapping[str, str]
    """The outputs of the stage's stack, by name."""

    @property
    def prefix(self) -> str:
        """The prefix of the names of all queues and functions."""
        return names.prefix(self.stage)

    @property
    def metadata(self) -> Table:
        return Table(self.client_for("dynamodb"), self.outputs["MetadataTableName"])

    def invoke(self, function: str, event: Mapping[str, Any]) -> dict[str, Any]:
        """Invoke the function and return its answer. Raises `ToolError` if it fails."""
        answer = self.client_for("lambda").invoke(
            FunctionName=names.function(self.stage, function),
            Payload=json.dumps(event, default=lambda at: at.timestamp()).encode(),
        )
        payload = answer["Payload"].read().decode()
        if answer.get("FunctionError"):
            raise ToolError(f"{function} failed: {payload[:500]}")
        result: dict[str, Any] = json.loads(payload)
        return result


def find(stage: str | None) -> Deployment:
    """The stage in AWS; if `stage` is None, the one that runs on this machine. Raises `ToolError`
    if there is none."""
    if stage is not None:
        client_for, outputs = aws.deployed(stage)
        return Deployment(client_for, stage, outputs)
    running = local.current()
    return Deployment(LocalAws(running.endpoint).client, templates.LOCAL_STAGE, running.outputs)


def queues(deployment: Deployment) -> dict[str, str]:
    """The URLs of the stage's queues, by their names without the prefix. Raises `ToolError` if
    there are none."""
    pages = deployment.client_for("sqs").get_paginator("list_queues")
    urls = [
        url
        for page in pages.paginate(QueueNamePrefix=deployment.prefix)
        for url in page.get("QueueUrls", [])
    ]
    if not urls:
        raise ToolError(f"The stage {deployment.stage} has no queues here: is it deployed?")
    return {url.rpartition("/")[2].removeprefix(deployment.prefix): url for url in urls}
