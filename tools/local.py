"""`make up`, `make down`, `make logs` and `make demo`: all of Shutterfeed on this machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError
from httpx import TransportError

from shutterfeed_cli.client.http import request
from tools import cloud, demo, demo_data, layers, names, paths, site, stamps, templates
from tools.deploy import LocalAws, deploy
from tools.errors import ToolError
from tools.progress import step

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

MINISTACK: Final = "ministack"
LOCALSTACK: Final = "localstack"
_LOCALSTACK_ENDPOINT: Final = "http://localhost:4566"
_LOCALSTACK_RUNTIME: Final = "python3.13"
_LOG_GROUPS: Final = f"/aws/lambda/{names.prefix(templates.LOCAL_STAGE)}"
_FOLLOW_SECONDS: Final = 0.5
_FRAMING: Final = ("START RequestId", "END RequestId", "REPORT RequestId")
"""What Lambda itself prints around every invocation."""

_DOORS: Final = ("SiteUrl", "ApiUrl", "MediaUrl", "UserPoolClientId")


@dataclass(frozen=True, slots=True)
class Running:
    """The stack that `make up` started, as the other commands find it."""

    kind: str
    endpoint: str
    identity: str
    """An id that changes when the cloud was started again and has forgotten everything."""
    outputs: Mapping[str, str]


def up(kind: str, port: int | None) -> Running:
    """Make sure that everything is up to date and running. Quick if it is already. Raises
    `ToolError` if that fails."""
    if kind not in {MINISTACK, LOCALSTACK}:
        raise ToolError(f"CLOUD must be {MINISTACK} or {LOCALSTACK}, not {kind}.")
    with _alone():
        start = _start_ministack if kind == MINISTACK else _start_localstack
        running = start(port)
        stamps.replace_text(_state(), json.dumps(asdict(running), indent=2) + "\n")
        if is_complete(running) and not stamps.is_current(_seeded(), _seed_digest(running)):
            seed(running)
    return running


def is_complete(running: Running) -> bool:
    """Whether people can sign in: LocalStack's free edition has no user pool and no API."""
    return all(running.outputs.get(name, "unknown") != "unknown" for name in _DOORS)


def seed(running: Running) -> None:
    """Add the demo data that is missing. Raises `ToolError` if nobody can sign in."""
    if not is_complete(running):
        raise ToolError("This cloud has no user pool or no HTTP API, so nobody can sign in.")
    demo.seed(running.outputs, running.endpoint)
    stamps.write(_seeded(), _seed_digest(running))


def down() -> bool:
    """Stop what `up` started and delete its state. False if nothing was running."""
    with _alone():
        remembered = _remembered()
        if remembered is not None and remembered.kind == LOCALSTACK:
            with step("Stopping LocalStack"):
                _compose("down", "--volumes")
            shutil.rmtree(paths.LOCAL)
            return True
        with step("Stopping the local cloud") as progress:

            def tell(text: str) -> None:
                progress.detail = text

            return cloud.LocalCloud().stop(tell)


def _alone() -> AbstractContextManager[None]:
    """Let one `up` or `down` of this folder work at a time; whoever waits is told."""

    def tell() -> None:
        print("Another `make up` or `make down` of this folder is waited for.", file=sys.stderr)

    return stamps.exclusive(paths.BUILD / "up.lock", on_wait=tell)


def current() -> Running:
    """The stack that is running now. Raises `ToolError` if none is."""
    remembered = _remembered()
    if remembered is None or (remembered.kind == MINISTACK and not cloud.LocalCloud().is_running()):
        raise ToolError("Shutterfeed is not running: start it with `make up`.")
    return remembered


def describe(running: Running) -> str:
    """The stack's addresses and accounts, for the person who uses it."""
    outputs = running.outputs
    if not is_complete(running):
        listed = "\n".join(f"  {name:<22}{value}" for name, value in sorted(outputs.items()))
        return (
            "\nTables, buckets, queues and workers are running. This cloud has no user pool or no "
            f"HTTP API, so nobody can sign in.\n\n{listed}\n"
        )
    people = "\n".join(
        f"  {person.email:<20} @{person.handle:<7} {person.display_name}"
        for person in demo_data.PEOPLE
    )
    return f"""
Shutterfeed is running.

  Open           {outputs["SiteUrl"]}
  API            {outputs["SiteUrl"]}/api
  Documentation  {outputs["SiteUrl"]}/docs
  Sign-in        {running.endpoint} (Cognito), client {outputs["UserPoolClientId"]}

Demo accounts, all with the password {demo_data.PASSWORD}

{people}

`make logs` follows the functions, `make down` stops everything.
These addresses as JSON: {paths.relative(_state())}
"""


def logs(function: str | None) -> None:
    """Print the functions' new log lines until interrupted, or only those of one function if it is
    named."""
    running = current()
    client: CloudWatchLogsClient = LocalAws(running.endpoint).client("logs")
    prefix = _LOG_GROUPS + (function or "").replace("_", "-")
    seen: set[str] = set()
    since = 0
    while True:
        try:
            events = list(_events(client, prefix, since))
        except (BotoCoreError, ClientError) as error:
            raise ToolError("The local cloud has stopped: start it with `make up`.") from error
        for name, event_id, timestamp, message in events:
            if event_id not in seen:
                seen.add(event_id)
                print(f"{name:<14}| {message}", flush=True)
                # Lines may come late by a little.
                since = max(since, timestamp - 2_000)
        time.sleep(_FOLLOW_SECONDS)


def _events(
    client: CloudWatchLogsClient, prefix: str, since: int
) -> Iterator[tuple[str, str, int, str]]:
    """Function, id, time in milliseconds and text of the lines since then, in order."""
    groups = client.describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]
    found = []
    for group in groups:
        name = group.get("logGroupName", "")
        pages = client.get_paginator("filter_log_events").paginate(
            logGroupName=name, startTime=since
        )
        for page in pages:
            for event in page["events"]:
                text = event.get("message", "").rstrip()
                if not text.startswith(_FRAMING):
                    function = name.removeprefix(_LOG_GROUPS)
                    key = event.get("eventId", f"{event.get('timestamp')}{text}")
                    found.append((event.get("timestamp", 0), function, key, text))
    for timestamp, function, key, text in sorted(found):
        yield function, key, timestamp, text


def _start_ministack(port: int | None) -> Running:
    layers.link()
    site.build()
    server = cloud.LocalCloud()
    if port is None:
        port = server.port if server.is_running() else cloud.DEFAULT_PORT
    if not server.is_running():
        cloud.prepare()
    with step("Starting the local cloud"):
        server.start(port)
    outputs = deploy(server.endpoint)
    return Running(MINISTACK, server.endpoint, server.identity, outputs)


def _start_localstack(port: int | None) -> Running:
    if port is not None:
        raise ToolError("PORT does not work with CLOUD=localstack, which always has port 4566.")
    if cloud.LocalCloud().is_running():
        raise ToolError("MiniStack is running on this machine: run `make down` first.")
    endpoint = os.environ.get("AWS_ENDPOINT_URL", _LOCALSTACK_ENDPOINT).rstrip("/")
    if not _answers(endpoint):
        with step("Starting LocalStack"):
            _compose("up", "--detach", "--wait", "localstack")
    target = layers.Target.of_function(_LOCALSTACK_RUNTIME, layers.Target.host().cpu)
    layers.build(target)
    site.build()
    outputs = deploy(
        endpoint, context={"layers_target": str(target), "layers_dir": str(paths.LAYERS)}
    )
    return Running(LOCALSTACK, endpoint, outputs.get("UserPoolId", ""), outputs)


def _answers(endpoint: str) -> bool:
    try:
        return request("GET", f"{endpoint}/_localstack/health", timeout=3).status_code == 200
    except TransportError:
        return False


def _compose(*arguments: str) -> None:
    try:
        done = subprocess.run(
            ["docker", "compose", *arguments],
            cwd=paths.ROOT,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
    except FileNotFoundError as error:
        raise ToolError(
            "LocalStack needs Docker, which is not installed: install it, or use `make up`."
        ) from error
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["no message"]
        raise ToolError(
            f"LocalStack did not start ({last[0]}): check that Docker runs and that "
            "LOCALSTACK_AUTH_TOKEN is set, or use `make up` without CLOUD."
        )


def _remembered() -> Running | None:
    try:
        return Running(**json.loads(_state().read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None  # nothing was started, or by another version of this tool


def _seed_digest(running: Running) -> str:
    tools = paths.ROOT / "tools"
    painted = [tools / "pictures.py", *sorted((tools / "painting").glob("*.py"))]
    sources = [*sorted(tools.glob("demo*.py")), *painted]
    return stamps.digest(sources, also=[running.identity])


def _state() -> Path:
    return paths.LOCAL / "outputs.json"


def _seeded() -> Path:
    return paths.LOCAL / "seeded.sha256"
